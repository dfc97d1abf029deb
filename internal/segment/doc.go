// Package segment keeps the segments of a shop: those people saved and those
// that ship with Kith, which are saved segments that nobody had to save.
//
// A Book checks texts against what the shop knows (its segments, the events it
// has seen), resolves "@id", and saves and deletes through the log. It plans
// what a file of segments would change, and applies it as one entry of the log.
// It asks no data itself: whoever can answer implements Asker.
//
// What always holds: a saved text was checked and is in canonical form; no
// segment refers to one that is not there, or in a ring; ids of presets stay
// theirs: saving one changes it for this shop, deleting a changed one brings
// back the shipped text, and deleting a shipped one hides it.
package segment
