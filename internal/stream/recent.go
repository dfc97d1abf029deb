package stream

import "kith/internal/commerce"

// recentBytes is how many bytes of entries stay in memory. Whoever follows the
// log reads what was just appended: to ask the server for it takes several
// goroutines, one after the other, of which each may have to wait for a
// processor.
const recentBytes = 16 << 20

// recent holds the last entries of a log, without a gap.
type recent struct {
	entries []commerce.Entry
	bytes   int
}

// add takes the next entry. Its body is not to be changed.
func (r *recent) add(e commerce.Entry) {
	r.entries = append(r.entries, e)
	r.bytes += size(e)
	gone := 0
	for ; r.bytes > recentBytes; gone++ {
		r.bytes -= size(r.entries[gone])
		r.entries[gone] = commerce.Entry{} // its body may go before the slice does
	}
	r.entries = r.entries[gone:]
}

// entry returns one, if it is still there, of those that end with last.
func (r *recent) entry(last, seq uint64) (commerce.Entry, bool) {
	back := last - seq
	if seq > last || back >= uint64(len(r.entries)) {
		return commerce.Entry{}, false
	}
	return r.entries[len(r.entries)-1-int(back)], true
}

// size is what an entry counts for: a small one takes more than its body.
func size(e commerce.Entry) int { return len(e.Body) + 128 }
