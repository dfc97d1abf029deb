// Package tail shows events as they come in: a Hub holds the last ones, and
// tells whoever listens.
//
// Whoever takes events in puts each of them into the Hub, with what became of
// it. That never waits: the Hub is a ring, and a Listener has a place in it. One
// that is slower than what comes in loses the oldest, and is told how many. What
// is put while nobody listens costs a copy.
//
//	hub.Put(tail.Event{At: now, Source: keyID, Kind: "track", Status: tail.Accepted, ...})
//
//	l, err := hub.Listen(tail.Filter{Status: tail.Refused}, "")
//	defer l.Close()
//	batch, missed, err := l.Next(ctx)
//
// What always holds: a Hub takes no more than Ring events of some 6 KB each,
// whoever listens; a Listener is given each event once and in the order in which
// they were put, or it is counted as missed.
//
// It is a look at what happens, not a record of it: a Hub is empty when the
// program starts. What was accepted is in the log. Package api puts events, and
// serves them as a stream.
package tail
