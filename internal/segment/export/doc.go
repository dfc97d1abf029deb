// Package export writes a segment's members as CSV for other tools: the whole
// list for the shop, those who agreed to mail for a mail tool, those who
// agreed to advertising, hashed as an advertising network asks, for its lists.
//
// It is pure: members come in one by one, and bytes go out. Who is a member,
// and who agreed to what, is the warehouse's answer. Package api and the
// command line call it.
//
// What always holds: a cell that a spreadsheet would take for a formula begins
// with an apostrophe; a member who did not agree is in no mail and no
// advertising list; an advertising list holds hashes and nothing that names
// anybody; nothing is kept of a member when the next one comes.
package export
