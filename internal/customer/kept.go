package customer

import (
	"cmp"
	"slices"

	"kith/internal/segql/eval"
)

// What is kept of a customer is read from the packed bytes when it is asked
// for: a question about orders reads no views, and one about the totals of
// orders no lines. What was not read is packed again as it is.

// orders are a customer's orders, in order of arrival.
type orders struct {
	list   []*Order
	byID   map[string]*Order // made for the first question when there are many
	unread string            // see packer.orders
	count  int               // of those in unread
}

func (s *orders) all(shop *Shop) []*Order {
	if s.count > 0 {
		s.list = readOrders(s.unread, s.count, shop)
		s.unread, s.count = "", 0
	}
	return s.list
}

// fewOrders are looked through without a map.
const fewOrders = 8

// find is the order with an id, or nil.
func (s *orders) find(id string, shop *Shop) *Order {
	list := s.all(shop)
	if len(list) <= fewOrders {
		if i := slices.IndexFunc(list, func(o *Order) bool { return o.ID == id }); i >= 0 {
			return list[i]
		}
		return nil
	}
	if s.byID == nil {
		s.byID = make(map[string]*Order, len(list))
		for _, o := range list {
			s.byID[o.ID] = o
		}
	}
	return s.byID[id]
}

// add adds an order that is new.
func (s *orders) add(o *Order, shop *Shop) {
	s.list = append(s.all(shop), o)
	if s.byID != nil {
		s.byID[o.ID] = o
	}
}

// packedOrder is what was not read of an order; the zero value of one that was
// never packed.
type packedOrder struct {
	shop     *Shop
	fields   string // see packer.fields
	lines    string
	count    int // of lines
	isRefund bool
}

// read makes Fields and Lines ready.
func (o *Order) read() {
	o.lines()
	if o.Fields == nil {
		o.Fields = map[string]eval.Value{}
		for _, name := range orderFields {
			if v := o.field(name); !v.Missing() {
				o.Fields[name] = v
			}
		}
	}
}

// field is a field that the order says itself.
func (o *Order) field(name string) eval.Value {
	if o.packed.shop == nil {
		return o.Fields[name]
	}
	i := slices.Index(orderFields[:], name)
	if i < 0 {
		return eval.Value{}
	}
	r := eval.ReaderOf(o.packed.fields, o.packed.shop.words)
	given := r.Uint()
	if given&(1<<i) == 0 {
		return eval.Value{}
	}
	for before := range i {
		if given&(1<<before) != 0 {
			r.Value()
		}
	}
	return r.Value()
}

// lines are the order's lines.
func (o *Order) lines() []Line {
	if o.Lines == nil && o.packed.count > 0 {
		r := &unpacker{eval.ReaderOf(o.packed.lines, o.packed.shop.words), o.packed.shop}
		o.Lines = make([]Line, o.packed.count)
		for i := range o.Lines {
			o.Lines[i] = r.line()
		}
	}
	return o.Lines
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
