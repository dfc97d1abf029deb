package main

import (
	"encoding/json"
	"testing"
	"time"

	"kith/internal/segment"
)

// TestCauseOfWhatCameMeanwhile imports an order of somebody new while nobody
// serves. Served again, they enter with cause import when the import was
// accepted, and nobody enters by time.
func TestCauseOfWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFollowed(t.Context(), t.TempDir(), "currency: RON\ntimezone: UTC\n")
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	deeds := []deed{
		{do: "serve"},
		{do: "save", id: "buyers", text: "has order"},
		{do: "track", events: []json.RawMessage{json.RawMessage(`{"customer_id":"c1","event":"Order Completed","properties":{"order_id":"o1","total":5}}`)}},
		{do: "catchup"},
		{do: "close"},
		{do: "open"},
		{do: "import", id: "orders", text: "order_id,customer_id,at,total\no2,c2,2026-02-21T12:55:20Z,120\n"},
		{do: "close"},
		{do: "look"},
		{do: "end"},
	}
	i := 0
	var all []segment.Transition
	problem := f.play(func() deed {
		d := deeds[i]
		d.at = start.Add(time.Duration(i) * time.Minute)
		i++
		if d.do == "end" {
			f.check(f.l.ops.Transitions(t.Context(), segment.TransitionFilter{Segment: "buyers"}, func(x segment.Transition) error {
				all = append(all, x)
				return nil
			}))
		}
		return d
	})
	if problem != "" {
		t.Fatal(problem)
	}
	if len(all) != 2 || all[0].Customer != "c1" || all[0].Cause != "event" ||
		all[1].Customer != "c2" || all[1].Cause != "import" || !all[1].At.Equal(start.Add(6*time.Minute)) {
		t.Errorf("transitions are %+v", all)
	}
}
