package plain

import (
	"time"

	"kith/internal/segql"
)

// versionTypes are the fields of facts that change by coming again.
var versionTypes = map[string]map[string]segql.Type{
	"message": {
		"channel": segql.Text, "campaign": segql.Text, "journey": segql.Text, "template": segql.Text,
		"status": segql.Text, "opened": segql.Bool, "clicked": segql.Bool, "converted": segql.Bool,
	},
	"ticket": {
		"channel": segql.Text, "status": segql.Text, "topic": segql.Text, "sentiment": segql.Text, "order": segql.Text,
	},
	"coupon": {
		"code": segql.Text, "campaign": segql.Text, "redeemed": segql.Bool, "expires_at": segql.Instant,
		"value": segql.Number,
	},
}

// versioned makes messages, tickets and coupons: events with one id are
// versions of one fact. Each field has the latest value that a version up to
// T gave it; an empty one takes it away.
func (w *world) versioned(p *person, name string) []fact {
	var all []*fact
	for _, e := range w.events(p) {
		if e.key != name {
			continue
		}
		f := versionOf(all, e)
		if f == nil {
			f = &fact{at: e.at, place: e.place, fields: map[string]*value{}}
			if id := e.properties["id"]; id != nil {
				f.id = id.text
			}
			all = append(all, f)
		}
		for field, typ := range versionTypes[name] {
			if given, ok := e.properties[field]; ok {
				f.fields[field] = w.shop.read(given, typ)
			}
		}
	}
	var out []fact
	for _, f := range all {
		for field, typ := range versionTypes[name] {
			if typ == segql.Bool && f.fields[field] == nil {
				f.fields[field] = boolean(false)
			}
		}
		out = append(out, *f)
	}
	return out
}

// versionOf finds the fact that an event is a version of.
func versionOf(all []*fact, e event) *fact {
	id := e.properties["id"]
	for _, f := range all {
		if id != nil && f.id == id.text {
			return f
		}
	}
	return nil
}

// visitGap without a tracked event ends a visit.
const visitGap = 30 * time.Minute

// visits are runs of tracked events.
func (w *world) visits(p *person) []fact {
	var all []fact
	var last time.Time
	for _, e := range w.trackedEvents(p) {
		if len(all) == 0 || e.at.Sub(last) >= visitGap {
			all = append(all, w.visit(e))
		}
		last = e.at
		visit := &all[len(all)-1]
		visit.fields["duration"] = number(last.Sub(visit.at).Microseconds())
		switch e.key {
		case "page", "page_viewed", "screen":
			visit.fields["pages"] = plus(visit.fields["pages"], whole(1))
		}
	}
	return all
}

// visit starts a visit with its first event, which says how it came about.
func (w *world) visit(first event) fact {
	f := fact{at: first.at, place: first.place, fields: map[string]*value{"pages": whole(0)}}
	for _, name := range []string{
		"source", "medium", "campaign", "referrer", "landing", "device", "os", "browser", "country",
	} {
		f.fields[name] = w.shop.read(first.properties[name], segql.Text)
	}
	return f
}
