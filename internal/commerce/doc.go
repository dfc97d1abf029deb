// Package commerce holds the nouns that everything else speaks of: what an
// import brings, and the errors a row can be refused with.
//
// It knows no storage and no language and imports the standard library only.
package commerce
