package live_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"kith/internal/segment/live"
)

// A shelf gives back what was put last, also what was looked at before, and
// takes no more than some boxes and twice what is on it.
func TestShelf(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	s, want := live.NewShelf(), map[int][]byte{}
	thing := func() []byte {
		size := 1 + r.IntN(300)
		if r.IntN(50) == 0 {
			size = 1 + r.IntN(40_000)
		}
		return bytes.Repeat([]byte{byte(r.IntN(256))}, size)
	}
	type looked struct{ seen, was []byte }
	var before []looked
	persons := 0
	for step := range 20_000 {
		switch known := slices.Collect(maps.Keys(want)); {
		case len(known) < 500 || step%100 == 0:
			persons++
			s.Add(persons)
			want[persons] = nil
		case step%101 == 0:
			p := known[r.IntN(len(known))]
			s.Remove(p)
			delete(want, p)
		default:
			p := known[r.IntN(len(known))]
			before = append(before, looked{s.Look(p), slices.Clone(want[p])})
			if want[p] = nil; r.IntN(10) == 0 {
				s.Take(p)
				continue
			}
			want[p] = thing()
			s.Put(p, want[p])
		}
	}
	on := 0
	for p, thing := range want {
		if !bytes.Equal(s.Look(p), thing) {
			t.Fatalf("person %d has %d bytes, want %d", p, len(s.Look(p)), len(thing))
		}
		on += len(thing) + 8
	}
	for _, b := range before {
		if !bytes.Equal(b.seen, b.was) {
			t.Fatal("what was looked at changed")
		}
	}
	if most := 2*on + 3<<16; s.Bytes() > most {
		t.Errorf("%d bytes for %d, want at most %d", s.Bytes(), on, most)
	}
}
