// Package membership keeps the memberships of saved segments and presets
// live: it follows the log, lets the live engine (package live) answer, and
// commits what changed to the record.
//
// # What always holds
//
//   - Entries of the log take effect in order, each once: transitions,
//     standings and the place in the log are one commit. What a crash cut off
//     before its commit never happened, and is done again from the log.
//   - The warehouse is not ahead of the record by more than the one import or
//     scoring run that is taking effect (package loader asks through Before),
//     so that a Keeper that is opened again finds the facts as they were.
//   - A transition that time brings has its very instant, however late the
//     Keeper wakes.
//
// # Decisions
//
//   - The clock is the server's. A fact up to five minutes older than its
//     arrival counts at its own instant, if nothing of that person was asked
//     later; an older one is late and is applied when it arrives. A fact whose
//     instant lies ahead waits for it.
//   - What holds when memberships are first kept is taken as it is found: no
//     transition is recorded for it.
//   - What commands changed in the folder while no server ran takes effect
//     when the folder is next served, at the instants at which it was
//     accepted: imports with cause import, definitions with cause definition.
//   - Many transitions that have all but the person in common are recorded as
//     one Sweep.
//   - When a segment's definition changes, only those whose membership differs
//     have a transition. One that is deleted ends without transitions.
//
// It is not a store and reads no clock of its own.
package membership
