package customer

import (
	"cmp"
	"slices"
)

// What is kept of a customer is read from the packed bytes when it is asked
// for: a question about orders reads no views. What was not read is packed
// again as it is.

// Weight is about how many bytes an open customer takes: the packed orders,
// with what they were before they were changed, and what may be worked out of
// the facts.
func (c *Customer) Weight() int {
	const order, event, everyone = 150, 400, 2_000
	// What is worked out of an order takes about as much as it does packed.
	weight := everyone + max(order*(c.orders.count+len(c.orders.added)), cap(c.orders.heads)+cap(c.orders.rest))
	for _, sets := range [...]eventSets{c.events, c.told} {
		for i := range sets {
			weight += event * max(sets[i].count, len(sets[i].list))
		}
	}
	return weight
}

// eventSets are events by their key, each set in order.
type eventSets []eventSet

type eventSet struct {
	key    string
	list   []*Event
	unread string // see packer.events
	count  int    // of those in unread
}

func (s *eventSet) all(shop *Shop) []*Event {
	if s.count > 0 {
		s.list = readEvents(s.key, s.unread, s.count, shop)
		s.unread, s.count = "", 0
	}
	return s.list
}

// of is the set with a key; nil if there is none.
func (s eventSets) of(key string) *eventSet {
	for i := range s {
		if s[i].key == key {
			return &s[i]
		}
	}
	return nil
}

// all are the events with a key.
func (s eventSets) all(key string, shop *Shop) []*Event {
	if set := s.of(key); set != nil {
		return set.all(shop)
	}
	return nil
}

// each calls yield with every event, set by set.
func (s eventSets) each(shop *Shop, yield func(*Event)) {
	for i := range s {
		for _, e := range s[i].all(shop) {
			yield(e)
		}
	}
}

func (s *eventSets) insert(e *Event, shop *Shop) {
	set := s.of(e.Key)
	if set == nil {
		*s = append(*s, eventSet{key: e.Key})
		set = &(*s)[len(*s)-1]
	}
	list := set.all(shop)
	i := len(list)
	for i > 0 && list[i-1].compare(e) > 0 {
		i--
	}
	set.list = slices.Insert(list, i, e)
}

// statements are what was said, by field, in order.
type statements struct {
	byName map[string][]Statement
	unread string // see packer.statements
}

func (s *statements) all(shop *Shop) map[string][]Statement {
	if s.unread != "" {
		s.byName = readStatements(s.unread, shop)
		s.unread = ""
	}
	return s.byName
}

func (s *statements) insert(n Statement, shop *Shop) {
	all := s.all(shop)
	if all == nil {
		all = map[string][]Statement{}
		s.byName = all
	}
	list := all[n.Name]
	i := len(list)
	for i > 0 && cmp.Or(cmp.Compare(list[i-1].At, n.At), list[i-1].Place.compare(n.Place)) > 0 {
		i--
	}
	all[n.Name] = slices.Insert(list, i, n)
}
