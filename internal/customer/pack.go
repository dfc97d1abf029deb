package customer

import (
	"maps"
	"slices"

	"kith/internal/segql/eval"
)

// Pack writes all that came in about a customer into few bytes, for keeping.
// What was worked out of it, the name, the scores and the instant that the
// customer stands at are not among it. The bytes can be read with the same
// Shop only.
func (c *Customer) Pack() []byte {
	w := &packer{eval.Writer{Words: c.shop.words, Bytes: make([]byte, 0, 64)}, c.shop}
	w.Int(c.since)
	w.Uint(uint64(len(c.orders)))
	for _, o := range c.orders {
		w.order(o)
	}
	w.events(c.events)
	w.events(c.toldEvents)
	w.Uint(uint64(len(c.said)))
	for _, name := range slices.Sorted(maps.Keys(c.said)) {
		w.said(name, c.said[name])
	}
	w.Uint(uint64(len(c.moves)))
	for _, id := range slices.Sorted(maps.Keys(c.moves)) {
		w.Word(id)
		w.instants(c.moves[id][0])
		w.instants(c.moves[id][1])
	}
	return slices.Clip(w.Bytes)
}

// packer packs one customer.
type packer struct {
	eval.Writer
	shop *Shop
}

// orderFields are the fields that an order may say itself.
var orderFields = [...]string{"coupon", "currency", "channel", "country", "city", "total", "subtotal", "discount", "shipping", "tax"}

func (w *packer) place(p Place) {
	w.Int(p.Seq)
	w.Int(p.Pos)
}

func (w *packer) order(o *Order) {
	w.Text(o.ID)
	w.Int(o.At)
	w.place(o.Place)
	w.Word(o.Status)
	for _, name := range orderFields {
		w.Value(o.Fields[name])
	}
	w.Flag(o.Cancelled != eval.Never)
	if o.Cancelled != eval.Never {
		w.Int(o.Cancelled)
	}
	w.Value(o.Refunded)
	w.instants(o.Cancels)
	w.Uint(uint64(len(o.Lines)))
	for i := range o.Lines {
		w.line(&o.Lines[i])
	}
}

func (w *packer) line(l *Line) {
	w.place(l.Place)
	w.Int(int64(l.Number))
	w.Word(l.Product)
	w.own(&l.Own)
	w.Value(l.Quantity)
	w.Value(l.Price)
	w.Value(l.Discount)
}

// own writes product values as a word of their own: most events and lines of
// a product carry the same.
func (w *packer) own(v *ProductValues) {
	values := eval.Writer{Words: w.Words, Bytes: w.shop.scratch[:0]}
	for _, x := range v {
		values.Value(x)
	}
	w.shop.scratch = values.Bytes
	w.Word(string(values.Bytes))
}

func (w *packer) instants(list []int64) {
	w.Uint(uint64(len(list)))
	for _, t := range list {
		w.Int(t)
	}
}

func (w *packer) events(all map[string][]*Event) {
	w.Uint(uint64(len(all)))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		w.Word(key)
		w.Uint(uint64(len(all[key])))
		last := int64(0)
		for _, e := range all[key] {
			w.Int(e.At - last)
			last = e.At
			w.event(e)
		}
	}
}

func (w *packer) event(e *Event) {
	w.place(e.Place)
	w.Text(e.ID)
	w.Word(e.Product)
	w.Value(e.Quantity)
	w.own(&e.Own)
	w.Text(e.JSON)
	if e.JSON != "" {
		return
	}
	w.Uint(uint64(len(e.Properties)))
	for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
		w.Word(name)
		w.Raw(e.Properties[name])
	}
}

func (w *packer) said(name string, all []Statement) {
	w.Word(name)
	w.Uint(uint64(len(all)))
	for _, s := range all {
		w.Int(s.At)
		w.place(s.Place)
		w.Flag(s.Value != nil)
		if s.Value != nil {
			w.Text(*s.Value)
		}
	}
}

// Unpack is the customer that Pack wrote. It stands before everything.
func (s *Shop) Unpack(packed []byte) (*Customer, error) {
	c := New(s)
	r := &unpacker{eval.Reader{Words: s.words, Bytes: packed}, s}
	c.since = r.Int()
	for range r.Len() {
		o := r.order()
		c.noteOrder(o)
		c.newest = max(c.newest, o.At)
	}
	c.events, c.toldEvents = r.events(), r.events()
	for _, events := range c.events {
		for _, e := range events {
			if c.last == nil || c.last.compare(e) <= 0 {
				c.last = e
			}
		}
	}
	for range r.Len() {
		name := r.Word()
		if c.said == nil {
			c.said = map[string][]Statement{}
		}
		c.said[name] = r.said(name)
	}
	for range r.Len() {
		id := r.Word()
		if c.moves == nil {
			c.moves = map[string][2][]int64{}
		}
		c.moves[id] = [2][]int64{r.instants(), r.instants()}
	}
	c.pending = c.nextPending()
	return c, r.Err()
}

// unpacker reads one customer.
type unpacker struct {
	eval.Reader
	shop *Shop
}

func (r *unpacker) place() Place { return Place{r.Int(), r.Int()} }

func (r *unpacker) order() *Order {
	o := &Order{ID: r.Text(), At: r.Int(), Place: r.place(), Status: r.Word(), Fields: map[string]eval.Value{}, Cancelled: eval.Never}
	for _, name := range orderFields {
		if v := r.Value(); !v.Missing() {
			o.Fields[name] = v
		}
	}
	if r.Flag() {
		o.Cancelled = r.Int()
	}
	o.Refunded = r.Value()
	o.Cancels = r.instants()
	if n := r.Len(); n > 0 {
		o.Lines = make([]Line, n)
		for i := range o.Lines {
			o.Lines[i] = Line{
				Place: r.place(), Number: int(r.Int()), Product: r.Word(), Own: r.own(),
				Quantity: r.Value(), Price: r.Value(), Discount: r.Value(),
			}
		}
	}
	return o
}

func (r *unpacker) own() (v ProductValues) {
	values := eval.Reader{Words: r.Words, Bytes: []byte(r.Word())}
	for i := range v {
		v[i] = values.Value()
	}
	return v
}

func (r *unpacker) instants() []int64 {
	n := r.Len()
	if n == 0 {
		return nil
	}
	list := make([]int64, n)
	for i := range list {
		list[i] = r.Int()
	}
	return list
}

func (r *unpacker) events() map[string][]*Event {
	n := r.Len()
	if n == 0 {
		return nil
	}
	all := make(map[string][]*Event, n)
	for range n {
		key := r.Word()
		events := make([]Event, r.Len()) // side by side: they come and go together
		list := make([]*Event, len(events))
		at := int64(0)
		for i := range events {
			at += r.Int()
			events[i] = Event{At: at, Key: key, Place: r.place(), ID: r.Text(), Product: r.Word(), Quantity: r.Value(), Own: r.own()}
			if events[i].JSON = r.Text(); events[i].JSON != "" {
				list[i] = &events[i]
				continue
			}
			if n := r.Len(); n > 0 {
				events[i].Properties = make(map[string]eval.Raw, n)
				for range n {
					name := r.Word()
					events[i].Properties[name] = r.Raw()
				}
			}
			list[i] = &events[i]
		}
		all[key] = list
	}
	return all
}

func (r *unpacker) said(name string) []Statement {
	all := make([]Statement, r.Len())
	for i := range all {
		all[i] = Statement{At: r.Int(), Place: r.place(), Name: name}
		if r.Flag() {
			text := r.Text()
			all[i].Value = &text
		}
	}
	return all
}
