package customer

import (
	"slices"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// visitGap without a tracked event ends a visit, in microseconds.
const visitGap = 30 * 60 * 1_000_000

// visitFact is a run of tracked events, of which the first says how it came about.
type visitFact struct {
	spot
	first *Event
	last  int64
	pages int
}

func (f visitFact) Field(name string, _ segql.Type) eval.Value {
	switch name {
	case "pages":
		return eval.Whole(f.pages)
	case "duration": // in seconds, with the microseconds as decimals
		return eval.Number(f.last - f.at)
	case "source", "medium", "campaign", "referrer", "landing", "device", "os", "browser", "country":
		return f.first.Properties[name].Read(segql.Text)
	}
	return eval.Value{}
}

func (c *Customer) visitFacts() []placed {
	var tracked []*Event
	for _, events := range c.events {
		tracked = append(tracked, c.upTo(events)...)
	}
	slices.SortStableFunc(tracked, (*Event).compare)
	var all []placed
	var visit visitFact
	for i, e := range tracked {
		if i == 0 || e.At-visit.last >= visitGap {
			if i > 0 {
				all = append(all, visit)
			}
			visit = visitFact{spot: spot{at: e.At, place: e.Place}, first: e}
		}
		visit.last = e.At
		switch e.Key {
		case "page", "page_viewed", "screen":
			visit.pages++
		}
	}
	if len(tracked) > 0 {
		all = append(all, visit)
	}
	return all
}
