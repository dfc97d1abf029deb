// Package calendar holds the language's rules for days, months and years in a
// time zone: where a day starts, which day an instant is in, what lies three
// months before an instant, and from when to when "last month" runs.
//
// It is pure: zones and instants come in as arguments, the clock is never
// read. The SQL generator and the live evaluator call it; the warehouse
// computes its day columns with Offsets.
//
// # The wall clock
//
// Everything is said in two functions that undo each other:
//
//   - shown(t) is the latest local time that a clock on the wall has shown up
//     to t. It is the local time of t, but for the hour that is shown twice
//     when clocks go back: there it runs through the first pass and then
//     stands at the hour's last microsecond until the second pass is over.
//   - instant(l) is the first instant at which shown is l or later: the first
//     pass of a local time that is shown twice, and the end of the gap for a
//     local time that is skipped.
//
// Neither ever goes back: a later t never gives an earlier shown(t), a later l
// never an earlier instant(l). So nothing in this package goes back, in any
// zone.
//
// # What follows
//
//   - A day starts at instant(midnight). Where midnight is skipped, it starts
//     at the end of the gap; a day that is skipped as a whole (Apia,
//     30 December 2011) starts where the next one does, and is empty.
//   - An instant is in the day of shown. Days follow one another without
//     overlap. Where clocks go back over midnight (St. John's until 2011, from
//     00:01 to 23:01), the second pass belongs to the new day; where they go
//     back from midnight (São Paulo until 2019, to 23:00), to the old one.
//   - T − N months is instant(local time of T with the month changed), in a
//     second pass that of the hour's end; a day that the month lacks is the
//     first instant of the month after it. T − 0 months is T, whatever the hour.
//   - Minutes, hours, days and weeks are exact lengths and know no zone.
//
// Instants are in whole microseconds and come back in UTC. A step that would
// lead before Earliest stops there; no fact is older.
package calendar
