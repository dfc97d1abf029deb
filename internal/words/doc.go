// Package words says what Kith says to people in the languages of the console.
//
// All of Kith speaks English: messages are made where something is found, in Go
// and in SQL, are wrapped on their way, kept in files and stores, logged, and
// read by commands. Only at the edge, where an answer goes to a reader of
// another language, is a text said in that one: words recognises the English
// format that made it, and fills the arguments it finds there into that
// format's translation. A text that was kept years ago is translated too, and
// whoever writes a message writes English and nothing else.
//
// There is one file of translations for each language but English, by the
// English format: "messages" are what a text may be as a whole, "phrases" what
// only an argument may be, like the name of a type. Verbs of a translation are
// those of its format, by number where the order is another one. What an
// argument says (%s, %v, %w) is translated if it is a message or a phrase
// itself; what is in quotes (%q, "%s") and numbers stay as they are.
//
// What always holds: what is not recognised stays English; English stays as it
// is, byte for byte; every file has the same formats. The test of this package
// collects the messages of the packages that speak to readers from their source
// and fails for one that has no translation.
//
// Package api calls it. It is not for the console's own texts, which are its
// own files under web, nor for those of presets, which are package preset's.
package words
