// Package preset holds the segments that ship with Kith: definitions with
// their parameters, the facts they need, and name, purpose and tactic in
// every language of the console. It computes nothing; package segment treats
// presets as saved segments that nobody had to save.
package preset
