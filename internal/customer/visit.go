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

func (visitFact) about() (kind, id string) { return "visit", "" }

func (f visitFact) Field(name string, _ segql.Type) eval.Value {
	switch name {
	case "pages":
		return eval.Whole(f.pages)
	case "duration": // in seconds, with the microseconds as decimals
		return eval.Number(f.last - f.at)
	}
	for _, property := range visitProperties[name] {
		if text := f.first.property(property).Plain(); text != "" && text[0] != '{' && text[0] != '[' {
			return eval.Text(text)
		}
	}
	return eval.Value{}
}

// visitProperties are where a visit's first event may say its fields, the best
// first.
var visitProperties = map[string][]string{
	"source": {"source", "utm_source"}, "medium": {"medium", "utm_medium"}, "campaign": {"campaign", "utm_campaign"},
	"referrer": {"referrer"}, "landing": {"landing", "url", "path"}, "device": {"device"}, "os": {"os"}, "browser": {"browser"},
	"country": {"country"},
}

func (c *Customer) visitFacts() []visitFact {
	var tracked []*Event
	c.events.each(c.shop, func(e *Event) {
		if e.At <= c.now {
			tracked = append(tracked, e)
		}
	})
	slices.SortStableFunc(tracked, (*Event).compare)
	var all []visitFact
	for _, e := range tracked {
		if n := len(all); n > 0 {
			if visit, ok := all[n-1].with(e); ok {
				all[n-1] = visit
				continue
			}
		}
		all = append(all, startVisit(e))
	}
	return all
}

func startVisit(e *Event) visitFact {
	return visitFact{spot: spot{at: e.At, place: e.Place}, first: e, last: e.At, pages: pagesOf(e)}
}

// with is the visit with one more event; ok is false if it was over by then.
func (f visitFact) with(e *Event) (_ visitFact, ok bool) {
	if e.At-f.last >= visitGap {
		return f, false
	}
	f.last = e.At
	f.pages += pagesOf(e)
	return f, true
}

// spans says whether an event lies between the first and the last of the visit.
func (f visitFact) spans(e *Event) bool { return f.first.compare(e) <= 0 && e.At <= f.last }

func pagesOf(e *Event) int {
	switch e.Key {
	case "page", "page_viewed", "screen":
		return 1
	}
	return 0
}
