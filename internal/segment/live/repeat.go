package live

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"math/bits"
	"slices"

	"kith/internal/commerce"
)

// repeats are the message ids that were taken within commerce.RepeatWindow, by
// the instants of the log's entries in whole seconds. It gives the answers that
// the warehouse gives (message_recent there).
//
// An id takes 12 bytes, of which 79 bits are its own: among a thousand million
// ids that a new one is taken for another has a chance of less than 1 in 10^14.
// Ids lie in tables, one or more for each day; a day that is over is forgotten
// as a whole. When there are more than most in memory, the oldest table goes
// into a file: nothing is forgotten early.
type repeats struct {
	fingerprints
	clock  int64 // of the latest entry, in seconds since 1970
	tables []*repeatTable
	// most is how many are kept in memory, if there are files.
	most  int
	spill func() (SpillFile, error)
}

// SpillFile keeps what has no room in memory. It is gone when it is closed.
type SpillFile interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// mostRepeats is how many ids are kept in memory: about 200 MB.
const mostRepeats = 12_000_000

const (
	windowSeconds = int64(commerce.RepeatWindow / 1e9)
	daySeconds    = 86_400
	secondBits    = 17
	slotBytes     = 12
)

func newRepeats() *repeats { return &repeats{fingerprints: newFingerprints(), most: mostRepeats} }

// arrive moves the clock to an entry's instant, and forgets what is too old.
func (r *repeats) arrive(second int64) error {
	r.clock = max(r.clock, second)
	oldest := floorDay(r.clock - windowSeconds)
	kept := r.tables[:0]
	var failed error
	for _, t := range r.tables {
		if t.day >= oldest {
			kept = append(kept, t)
		} else if t.file != nil {
			if err := t.file.Close(); err != nil {
				failed = err
			}
		}
	}
	clear(r.tables[len(kept):])
	r.tables = kept
	return failed
}

func floorDay(second int64) int64 {
	day := second / daySeconds
	if second < day*daySeconds {
		day--
	}
	return day
}

// has says whether an id was taken less than the window before the clock.
func (r *repeats) has(id string) (bool, error) {
	mark, rest := r.slot(id)
	after := r.clock - windowSeconds
	for _, t := range slices.Backward(r.tables) {
		second, ok, err := t.find(mark, rest)
		if err != nil {
			return false, err
		}
		if ok && t.day*daySeconds+second > after {
			return true, nil
		}
	}
	return false, nil
}

// add notes an id that was taken at the clock, or before it.
func (r *repeats) add(id string, second int64) error {
	if second <= r.clock-windowSeconds {
		return nil
	}
	day := floorDay(second)
	mark, rest := r.slot(id)
	t := r.table(day)
	t.put(mark, rest|uint32(second-day*daySeconds+1))
	if r.spill != nil && r.count() > r.most {
		return r.spillOldest()
	}
	return nil
}

// slot is what stands for an id: the mark is never 0, and the rest has room
// for the second of the day, which is counted from 1.
func (r *repeats) slot(id string) (mark uint64, rest uint32) {
	return maphash.String(r.fingerprints[0], id), uint32(maphash.String(r.fingerprints[1], id)) << secondBits
}

// table is the one in memory that takes ids of a day.
func (r *repeats) table(day int64) *repeatTable {
	share := max(1, r.most/8) // so that there is always one to go into a file
	for _, t := range slices.Backward(r.tables) {
		if t.day == day && t.file == nil && (r.spill == nil || t.n < share) {
			return t
		}
	}
	for _, t := range r.tables {
		if t.file == nil {
			t.resize(t.n + t.n/7 + 1) // of a day that is over, most likely
		}
	}
	t := &repeatTable{day: day}
	r.tables = append(r.tables, t)
	return t
}

func (r *repeats) count() (n int) {
	for _, t := range r.tables {
		if t.file == nil {
			n += t.n
		}
	}
	return n
}

// bytes is what the ids take in memory.
func (r *repeats) bytes() (n int) {
	for _, t := range r.tables {
		n += len(t.prints) * slotBytes
	}
	return n
}

// spillOldest moves the oldest table in memory into a file.
func (r *repeats) spillOldest() error {
	var oldest *repeatTable
	for _, t := range r.tables {
		if t.file == nil && (oldest == nil || t.day < oldest.day) {
			oldest = t
		}
	}
	file, err := r.spill()
	if err == nil {
		err = oldest.write(file)
	}
	if err != nil {
		return fmt.Errorf("moving message ids into a file: %w", err)
	}
	return nil
}

// close gives the files back.
func (r *repeats) close() error {
	var failed error
	for _, t := range r.tables {
		if t.file != nil {
			if err := t.file.Close(); err != nil {
				failed = err
			}
		}
	}
	r.tables = nil
	return failed
}

// repeatTable holds ids of one day in slots: an id's is the next one free after
// the one that its mark names.
type repeatTable struct {
	day    int64
	n      int
	prints []uint64
	rests  []uint32 // 0 where a slot is free; else the second of the day is in the lowest bits
	file   SpillFile
	slots  int // in file
}

// home is the slot that a mark names, of so many.
func home(mark uint64, slots int) int {
	hi, _ := bits.Mul64(mark, uint64(slots))
	return int(hi)
}

func (t *repeatTable) put(mark uint64, rest uint32) {
	if 8*(t.n+1) > 7*len(t.rests) { // one slot is always free: whoever looks stops there
		t.resize(max(64, len(t.rests)*3/2))
	}
	at := home(mark, len(t.rests))
	for t.rests[at] != 0 {
		if at++; at == len(t.rests) {
			at = 0
		}
	}
	t.prints[at], t.rests[at] = mark, rest
	t.n++
}

// resize gives the table another number of slots, if that is enough.
func (t *repeatTable) resize(slots int) {
	if slots == len(t.rests) || slots <= t.n {
		return
	}
	prints, rests := t.prints, t.rests
	t.prints, t.rests = make([]uint64, slots), make([]uint32, slots)
	t.n = 0
	for i, rest := range rests {
		if rest != 0 {
			at := home(prints[i], slots)
			for t.rests[at] != 0 {
				if at++; at == slots {
					at = 0
				}
			}
			t.prints[at], t.rests[at] = prints[i], rest
			t.n++
		}
	}
}

// find is the second of the day of an id that is there.
func (t *repeatTable) find(mark uint64, rest uint32) (second int64, ok bool, err error) {
	if t.file != nil {
		return t.findInFile(mark, rest)
	}
	if t.n == 0 {
		return 0, false, nil
	}
	for at := home(mark, len(t.rests)); t.rests[at] != 0; {
		if t.prints[at] == mark && t.rests[at]>>secondBits == rest>>secondBits {
			return secondIn(t.rests[at]), true, nil
		}
		if at++; at == len(t.rests) {
			at = 0
		}
	}
	return 0, false, nil
}

func secondIn(rest uint32) int64 { return int64(rest&(1<<secondBits-1)) - 1 }

// pageSlots is how many slots of a file are read at once.
const pageSlots = 64

func (t *repeatTable) findInFile(mark uint64, rest uint32) (second int64, ok bool, err error) {
	var page [pageSlots * slotBytes]byte
	for at := home(mark, t.slots); ; {
		n := min(pageSlots, t.slots-at)
		if _, err := t.file.ReadAt(page[:n*slotBytes], int64(at)*slotBytes); err != nil {
			return 0, false, fmt.Errorf("reading message ids from a file: %w", err)
		}
		for i := range n {
			slot := page[i*slotBytes:]
			found := binary.LittleEndian.Uint32(slot[8:])
			switch {
			case found == 0:
				return 0, false, nil
			case binary.LittleEndian.Uint64(slot) == mark && found>>secondBits == rest>>secondBits:
				return secondIn(found), true, nil
			}
		}
		if at += n; at == t.slots {
			at = 0
		}
	}
}

// write moves the table into a file.
func (t *repeatTable) write(file SpillFile) error {
	t.resize(t.n + t.n/7 + 1)
	page := make([]byte, 0, 1<<16)
	for i, mark := range t.prints {
		page = binary.LittleEndian.AppendUint64(page, mark)
		page = binary.LittleEndian.AppendUint32(page, t.rests[i])
		if len(page)+slotBytes > cap(page) || i == len(t.prints)-1 {
			if _, err := file.Write(page); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	t.file, t.slots = file, len(t.prints)
	t.prints, t.rests = nil, nil
	return nil
}
