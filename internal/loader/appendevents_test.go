package loader_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"kith/internal/commerce"
)

// TestBatchesShareEntries: batches that many send at once are each in the log
// once, under the number that was answered, with their own source, and those of
// one sender in their order.
func TestBatchesShareEntries(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), newWarehouse(), nil)
	const senders, each = 24, 40
	var wg sync.WaitGroup
	answered := make([][]uint64, senders)
	for i := range senders {
		answered[i] = make([]uint64, each)
		wg.Go(func() {
			for n := range each {
				b := batch(fmt.Sprintf("%d/%d", i, n))
				b.Source = fmt.Sprint("key", i%3)
				if n%5 == 0 {
					b.Refused = []commerce.RefusedEvent{{Column: "row", Reason: b.Events[0].Name, Body: json.RawMessage(`{"a":1}`)}}
				}
				if n%10 == 0 {
					b.Events = nil
				}
				seq, at, err := s.AppendEvents(t.Context(), b)
				if err != nil || at.IsZero() {
					t.Error(seq, at, err)
				}
				answered[i][n] = seq
			}
		})
	}
	wg.Wait()
	next := [senders]int{}
	entries := 0
	for e, err := range s.Read(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		entries++
		b, err := commerce.ReadEvents(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		names := make([]string, 0, len(b.Events)+len(b.Refused))
		for _, r := range b.Refused {
			seen[r.Reason] = true
		}
		for _, event := range b.Events {
			names = append(names, event.Name)
			seen[event.Name] = true
		}
		for _, name := range names {
			var i, n int
			if _, err := fmt.Sscanf(name, "%d/%d", &i, &n); err != nil {
				t.Fatal(err)
			}
			if n%10 == 0 || n < next[i] {
				t.Errorf("%s comes after %d", name, next[i])
			}
			next[i] = n + 1
		}
		for name := range seen {
			var i, n int
			if _, err := fmt.Sscanf(name, "%d/%d", &i, &n); err != nil {
				t.Fatal(err)
			}
			if answered[i][n] != e.Seq || b.Source != fmt.Sprint("key", i%3) {
				t.Errorf("%s of key%d stands in entry %d of %s, %d was answered", name, i%3, e.Seq, b.Source, answered[i][n])
			}
			answered[i][n] = 0
		}
	}
	for i := range senders {
		for n, seq := range answered[i] {
			if seq != 0 {
				t.Errorf("%d/%d was answered with %d and is not there", i, n, seq)
			}
		}
	}
	if entries > senders*each*9/10 {
		t.Errorf("%d entries for %d batches", entries, senders*each)
	}
}
