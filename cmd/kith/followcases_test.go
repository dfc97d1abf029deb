package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"kith/internal/customer/eventtest"
)

// TestFollowCases are histories that were followed in a wrong way once.
func TestFollowCases(t *testing.T) {
	t.Parallel()
	track := func(events ...string) deed {
		d := deed{do: "track"}
		for _, e := range events {
			d.events = append(d.events, json.RawMessage(e))
		}
		return d
	}
	hide, look := deed{do: "hide", text: "all-prospects"}, deed{do: "look"}
	save := func(id, text string) deed { return deed{do: "save", id: id, text: text} }
	orders := deed{do: "import", id: "orders", text: "order_id,customer_id,email,at,total,product_id\n1,,a@x.ro,2026-01-21T12:55:20Z,120,lamp\n2,c2,,2026-01-21T04:31:02Z,90,lamp\n"}
	for name, all := range map[string][]deed{
		// The warehouse waits for what was followed, and a definition for the
		// warehouse: they must not wait for each other.
		"a definition after events": {
			{do: "serve"},
			track(`{"customer_id":"c1","event":"Product Viewed"}`), save("s", "has product_viewed"),
			track(`{"customer_id":"c2","event":"Product Viewed"}`), save("t", "no product_viewed"), look,
		},
		"somebody who was to come was there already": {
			hide, look, track(`{"customer_id":"c3","event":"Page Viewed","timestamp":"2026-02-01T00:50:00Z"}`), look,
			track(`{"customer_id":"c3","type":"identify","traits":{"tags":["sale"]},"timestamp":"2026-01-31T23:46:00Z"}`), look,
		},
		"a percentile that no run ranked": {
			track(`{"customer_id":"c3","event":"Page Viewed"}`), look, save("s", "percentile(count(product_viewed)) >= 0"), look,
			track(`{"customer_id":"c3","event":"Product Viewed"}`), look,
		},
		"a percentile before the first server": {
			{do: "open"}, orders, save("s", "percentile(sum(order.total)) >= 0 or not rfm.group = \"Prospects\""), {do: "close"}, look,
		},
		"the scores of somebody with a new name": {
			{do: "serve"},
			save("s", "rfm.frequency <= 2"), orders, look,
			track(`{"customer_id":"c9","email":"a@x.ro","event":"Product Viewed"}`), look,
			{do: "close"},
			look,
			{do: "score"},
			look,
		},
		"the name of two who become one after a start": {
			{do: "serve"},
			save("s", "everyone"), track(`{"anonymous_id":"v1","email":"a@x.ro","event":"x"}`), track(`{"customer_id":"c2","event":"x"}`),
			track(`{"customer_id":"c1","email":"a@x.ro","event":"x"}`), look,
			{do: "close"},
			look, track(`{"customer_id":"c2","email":"a@x.ro","event":"x"}`), look,
		},
		"the group of somebody who came after the run": {
			{do: "serve"}, save("s", "rfm.group = \"Prospects\""), {do: "score"}, track(`{"customer_id":"c9","event":"Product Viewed"}`), look,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if problem := playAll(t, "currency: RON\ntimezone: UTC\n", slices.Concat([]deed{hide}, all)); problem != "" {
				t.Error(problem)
			}
		})
	}
}

// playAll does all deeds, a second apart.
func playAll(t *testing.T, settings string, all []deed) string {
	i := 0
	return newFollowed(t.Context(), t.TempDir(), settings).play(func() deed {
		d := deed{do: "end"}
		if i < len(all) {
			d = all[i]
		}
		i++
		d.at = eventtest.Begin.Add(time.Duration(i) * time.Second)
		return d
	})
}
