package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/segql"
)

// fact is one fact as it is at T.
type fact struct {
	at    time.Time
	place int64  // of arrival
	id    string // empty: the place of arrival stands for it
	line  int    // of an item in its order
	// fields are the typed fields; properties those of a tracked event.
	fields     map[string]*value
	properties map[string]*raw
}

// key is what ids compare by: the id, or the place of arrival in digits that
// sort like the number.
func (f *fact) key() string {
	if f.id == "" {
		return fmt.Sprintf("%020d", f.place)
	}
	return f.id
}

// order says which of two facts is the earlier, or at one instant has the
// smaller id.
func inOrder(a, b fact) int {
	return cmp.Or(
		a.at.Compare(b.at), strings.Compare(a.key(), b.key()), cmp.Compare(a.line, b.line), cmp.Compare(a.place, b.place))
}

// world is the shop at T.
type world struct {
	shop    *Shop
	t       time.Time
	persons []*person // all, anonymous ones too
	facts   map[string][]fact
	steps   map[segql.Duration]time.Time // answers of ago, which is slow
	ranks   map[*segql.Percentile]map[*person]*value
	scores  map[*person]*rfm
}

func (s *Shop) at(t time.Time) *world {
	return &world{
		shop: s, t: t, persons: s.people.persons(), facts: map[string][]fact{},
		steps: map[segql.Duration]time.Time{}, ranks: map[*segql.Percentile]map[*person]*value{},
	}
}

// ago is T less a duration.
func (w *world) ago(d segql.Duration) time.Time {
	if _, ok := w.steps[d]; !ok {
		w.steps[d] = ago(w.shop.Settings.Zone, w.t, d)
	}
	return w.steps[d]
}

// known lists the known customers who exist at T.
func (w *world) known() []*person {
	var all []*person
	for _, p := range w.persons {
		if p.id != "" && p.existsAt(w.t) {
			all = append(all, p)
		}
	}
	return all
}

// all lists a person's facts of one kind at T, in order of instant and id.
func (w *world) all(p *person, name string) []fact {
	key := fmt.Sprintf("%d %s", p.number, name)
	if _, ok := w.facts[key]; !ok {
		facts := slices.DeleteFunc(w.make(p, name), func(f fact) bool { return f.at.After(w.t) })
		slices.SortFunc(facts, inOrder)
		w.facts[key] = facts
	}
	return w.facts[key]
}

// tracked lists a person's tracked events of one name.
func (w *world) tracked(p *person, key string) []fact {
	var all []fact
	for _, e := range w.trackedEvents(p) {
		if e.key == key {
			all = append(all, w.shop.eventFact(e))
		}
	}
	slices.SortFunc(all, inOrder)
	return all
}

// make makes a person's facts of one kind; some may lie after T.
func (w *world) make(p *person, name string) []fact {
	switch name {
	case "order", "item":
		return w.bought(p, name)
	case "refund":
		return w.refunds(p)
	case "favourite":
		return w.favourites(p)
	case "cart_item":
		return w.cart(p).items
	case "visit":
		return w.visits(p)
	case "points":
		return w.points(p)
	case "message", "ticket", "coupon":
		return w.versioned(p, name)
	}
	panic("plain: unknown fact " + name)
}

// orders are a person's orders that count at T.
func (w *world) orders(p *person) []*order {
	var all []*order
	for _, o := range w.shop.orders {
		if w.shop.owns(p, o.source) && w.shop.countsAt(o, w.t) {
			all = append(all, o)
		}
	}
	return all
}

func (w *world) bought(p *person, name string) []fact {
	var all []fact
	for _, o := range w.orders(p) {
		if name == "order" {
			all = append(all, w.shop.orderFact(o))
		} else {
			all = append(all, w.shop.itemFacts(o)...)
		}
	}
	return all
}

func (w *world) refunds(p *person) []fact {
	var all []fact
	for _, o := range w.shop.orders {
		if w.shop.owns(p, o.source) {
			all = append(all, o.refundFacts()...)
		}
	}
	for _, e := range w.events(p) {
		if e.key == "refund" {
			all = append(all, w.shop.told(e, refundTypes))
		}
	}
	return all
}

func (w *world) points(p *person) []fact {
	var all []fact
	for _, e := range w.events(p) {
		if e.key == "points" {
			all = append(all, w.shop.told(e, map[string]segql.Type{"amount": segql.Number, "reason": segql.Text}))
		}
	}
	return all
}

var refundTypes = map[string]segql.Type{
	"order": segql.Text, "product": segql.Text, "quantity": segql.Number, "total": segql.Number, "reason": segql.Text,
}

// told makes a fact of an event with known fields.
func (s *Shop) told(e event, types map[string]segql.Type) fact {
	f := fact{at: e.at, place: e.place, fields: map[string]*value{}}
	if id := e.properties["id"]; id != nil {
		f.id = id.text
	}
	for name, typ := range types {
		f.fields[name] = s.read(e.properties[name], typ)
	}
	return f
}

// events are a person's events up to T, in order of instant and arrival.
func (w *world) events(p *person) []event {
	var all []event
	for _, e := range w.shop.events {
		if w.shop.owns(p, e.source) && !e.at.After(w.t) {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b event) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.place, b.place))
	})
	return all
}

func (w *world) trackedEvents(p *person) []event {
	return slices.DeleteFunc(w.events(p), func(e event) bool { return !e.tracked() })
}

// eventFact is a tracked event as a fact.
func (s *Shop) eventFact(e event) fact {
	f := fact{at: e.at, place: e.place, id: e.id, properties: e.properties}
	f.fields = s.withCatalogue(e.properties, e.product(), e.at)
	delete(f.fields, "sku") // a property like any other
	f.fields["quantity"] = s.read(e.properties["quantity"], segql.Number)
	return f
}

// product is the id of the product that the event names.
func (e *event) product() string {
	if r := e.properties["product"]; r != nil && !r.nested {
		return r.text
	}
	return ""
}

// field is a fact's field. A property takes the type that it is read as.
func (s *Shop) field(f *fact, name string, as segql.Type) *value {
	if name == "at" {
		return moment(f.at)
	}
	if v, ok := f.fields[name]; ok || f.properties == nil {
		return v
	}
	return s.read(f.properties[name], as)
}
