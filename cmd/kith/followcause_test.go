package main

import (
	"encoding/json"
	"fmt"
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
	all := f.recorded(t, "buyers", start, deeds)
	if len(all) != 2 || all[0].Customer != "c1" || all[0].Cause != "event" ||
		all[1].Customer != "c2" || all[1].Cause != "import" || !all[1].At.Equal(start.Add(6*time.Minute)) {
		t.Errorf("transitions are %+v", all)
	}
}

// recorded does all deeds, a minute apart, and lists a segment's transitions.
func (f *followed) recorded(t *testing.T, id string, start time.Time, deeds []deed) (all []segment.Transition) {
	t.Helper()
	i := 0
	problem := f.play(func() deed {
		d := deeds[i]
		d.at = start.Add(time.Duration(i) * time.Minute)
		i++
		if d.do == "end" {
			f.check(f.l.ops.Transitions(t.Context(), segment.TransitionFilter{Segment: id}, func(x segment.Transition) error {
				all = append(all, x)
				return nil
			}))
		}
		return d
	})
	if problem != "" {
		t.Fatal(problem)
	}
	return all
}

// TestWhoStaysOfTwo lets two known customers turn out to be one. Both go by the
// name that came first; the other one leaves, also where something else was
// known of that one before.
func TestWhoStaysOfTwo(t *testing.T) {
	t.Parallel()
	track := func(event string) deed {
		return deed{do: "track", events: []json.RawMessage{json.RawMessage(event)}}
	}
	f := newFollowed(t.Context(), t.TempDir(), "currency: RON\ntimezone: UTC\n")
	all := f.recorded(t, "odd", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), []deed{
		{do: "serve"},
		{do: "save", id: "odd", text: "has odd"},
		track(`{"anonymous_id":"v","event":"x"}`),
		track(`{"customer_id":"x2","event":"odd"}`),
		track(`{"type":"identify","anonymous_id":"v","customer_id":"x1","traits":{}}`),
		track(`{"customer_id":"x1","event":"odd"}`),
		track(`{"type":"identify","customer_id":"x1","email":"a@x.ro","traits":{}}`),
		track(`{"type":"identify","customer_id":"x2","email":"a@x.ro","traits":{}}`),
		{do: "look"},
		{do: "end"},
	})
	told := ""
	for _, x := range all {
		told += fmt.Sprint(x.Customer, " ", x.Entered, " ", x.Cause, "; ")
	}
	if want := "x2 true event; x1 true event; x1 false merge; "; told != want {
		t.Errorf("got %s, want %s", told, want)
	}
}
