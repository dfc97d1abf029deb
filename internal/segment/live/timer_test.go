package live_test

import (
	"math/rand/v2"
	"testing"

	"kith/internal/segment/live"
)

// The first timer is the earliest, and of those of one instant that of the
// lowest number, whatever was set, moved and removed.
func TestTimers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	timers, want := &live.Timers{}, map[int]int64{}
	for step := range 20_000 {
		if step%100 == 0 {
			timers.Add()
		}
		number, at := r.IntN(step/100+1), r.Int64N(50)
		if r.IntN(4) == 0 {
			timers.Remove(number)
			delete(want, number)
		} else {
			timers.Set(number, at)
			want[number] = at
		}
		first, earliest := -1, int64(0)
		for number, at := range want {
			if first < 0 || at < earliest || at == earliest && number < first {
				first, earliest = number, at
			}
		}
		got, gotAt, ok := timers.First()
		if ok != (len(want) > 0) || ok && (got != first || gotAt != earliest) {
			t.Fatalf("step %d: first is %d at %d, %t; want %d at %d", step, got, gotAt, ok, first, earliest)
		}
	}
}
