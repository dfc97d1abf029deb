package customer

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"math"
	"slices"

	"kith/internal/segql/eval"
)

// orders are a customer's orders, in order of arrival. They stay packed, and
// parts of them are read when they are asked for: a customer may have very
// many. What most questions need lies close together, apart from the rest.
type orders struct {
	heads, rest []byte // see packer.head and packer.rest; what is there does not change
	count       int    // how many are packed
	// Of this many bytes there the order was changed since.
	deadHeads, deadRest int
	// head and start are where each begins in heads and in rest; nil as long as
	// nobody asked.
	head, start []uint32
	moved       bool     // they lie in another order, or some lie there no more
	added       []*Order // not packed yet
	// byHash are places by the hashes of ids: ids themselves would keep the
	// memory that they were read from. Of ids that share a hash it has one.
	byHash map[uint64]int32
	hashed int // how many of the orders are in byHash
}

// ready makes head and start.
func (s *orders) ready(shop *Shop) {
	if len(s.start) < s.count {
		s.head, s.start = make([]uint32, 0, s.count+len(s.added)), make([]uint32, 0, s.count+len(s.added))
		heads, rest := shop.reader(s.heads), shop.reader(s.rest)
		for range s.count {
			s.head = append(s.head, offset(len(s.heads)-len(heads.Bytes)))
			heads.head()
			s.start = append(s.start, offset(len(s.rest)-len(rest.Bytes)))
			rest.Skip(rest.Len())
		}
		heads.end()
		rest.end()
	}
	for _, o := range s.added {
		head, start := s.pack(o, shop)
		s.head, s.start = append(s.head, offset(head)), append(s.start, offset(start))
		s.count++
	}
	s.added = nil
}

// offset is a place in heads or in rest. A customer's orders take no more than
// 4 GiB: a place that wrapped would be another order's.
func offset(n int) uint32 {
	if n > math.MaxUint32 {
		panic(fmt.Sprintf("customer: the orders of one customer take more than %d bytes", math.MaxUint32))
	}
	return uint32(n)
}

// pack packs an order, and says where it begins.
func (s *orders) pack(o *Order, shop *Shop) (head, start int) {
	head, start = len(s.heads), len(s.rest)
	w := &packer{eval.Writer{Words: shop.words, Bytes: s.heads}, shop}
	w.head(o)
	s.heads, w.Bytes = w.Bytes, s.rest
	w.Section(func() { w.rest(o) })
	s.rest = w.Bytes
	return head, start
}

// all are the packed orders, one after the other in order of arrival.
func (s *orders) all(shop *Shop) (heads, rest []byte, count int) {
	if len(s.added) > 0 {
		s.ready(shop)
	}
	if !s.moved {
		return s.heads, s.rest, s.count
	}
	t := s.tidied(shop)
	return t.heads, t.rest, t.count
}

// tidied are the same orders, with nothing between them.
func (s *orders) tidied(shop *Shop) orders {
	t := orders{
		heads: make([]byte, 0, len(s.heads)-s.deadHeads), rest: make([]byte, 0, len(s.rest)-s.deadRest), count: s.count,
		head: make([]uint32, s.count), start: make([]uint32, s.count), byHash: s.byHash, hashed: s.hashed,
	}
	for i := range s.count {
		head, rest := s.parts(i, shop)
		t.head[i], t.start[i] = offset(len(t.heads)), offset(len(t.rest))
		t.heads, t.rest = append(t.heads, head...), append(t.rest, rest...)
	}
	return t
}

// parts are what is packed of an order.
func (s *orders) parts(i int, shop *Shop) (head, rest []byte) {
	head, rest = s.heads[s.head[i]:], s.rest[s.start[i]:]
	h, r := shop.reader(head), shop.reader(rest)
	h.head()
	r.Skip(r.Len())
	return head[:len(head)-len(h.Bytes)], rest[:len(rest)-len(r.Bytes)]
}

// fewOrders are looked through without a map.
const fewOrders = 8

// find is the place of the order with an id.
func (s *orders) find(id string, shop *Shop) (place int, ok bool) {
	s.ready(shop)
	if s.count <= fewOrders {
		return s.look(id, shop)
	}
	if s.byHash == nil {
		s.byHash = make(map[uint64]int32, s.count)
	}
	for ; s.hashed < s.count; s.hashed++ {
		o := s.at(s.hashed, shop)
		s.byHash[s.hash(o.id, shop)] = int32(s.hashed)
	}
	at, ok := s.byHash[s.hash(id, shop)]
	if !ok {
		return 0, false
	}
	if o := s.at(int(at), shop); o.id != id {
		return s.look(id, shop)
	}
	return int(at), true
}

// look looks through all orders for an id.
func (s *orders) look(id string, shop *Shop) (place int, ok bool) {
	for i := range s.count {
		if o := s.at(i, shop); o.id == id {
			return i, true
		}
	}
	return 0, false
}

func (s *orders) hash(id string, shop *Shop) uint64 { return maphash.String(shop.seed, id) }

// add adds an order that is new.
func (s *orders) add(o *Order) { s.added = append(s.added, o) }

// change puts an order in the place of the one with its id, and says whether
// it is any other. What stays as it was is not written again.
func (s *orders) change(o *Order, shop *Shop) (changed bool) {
	i, ok := s.find(o.ID, shop)
	if !ok {
		panic("customer: no order " + o.ID)
	}
	oldHead, oldRest := s.parts(i, shop)
	head, start := s.pack(o, shop)
	if bytes.Equal(s.heads[head:], oldHead) {
		s.heads = s.heads[:head]
	} else {
		s.head[i], changed = offset(head), true
		s.deadHeads += len(oldHead)
	}
	if bytes.Equal(s.rest[start:], oldRest) {
		s.rest = s.rest[:start]
	} else {
		s.start[i], changed = offset(start), true
		s.deadRest += len(oldRest)
	}
	s.moved = s.moved || changed
	// Half is dead after as many bytes were written as there are to move.
	if dead := s.deadHeads + s.deadRest; 2*dead > len(s.heads)+len(s.rest) {
		*s = s.tidied(shop)
	}
	return changed
}

// absorb takes over the orders of another customer.
func (s *orders) absorb(other *orders, shop *Shop) {
	s.ready(shop)
	other.ready(shop)
	for i := range other.count {
		head, rest := other.parts(i, shop)
		s.head, s.start = append(s.head, offset(len(s.heads))), append(s.start, offset(len(s.rest)))
		s.heads, s.rest = append(s.heads, head...), append(s.rest, rest...)
		s.count++
	}
}

// eachOrder calls yield with each order, which is another after the call.
func (c *Customer) eachOrder(yield func(o *keptOrder)) {
	c.orders.ready(c.shop)
	var o keptOrder
	for i := range c.orders.count {
		o = c.orders.at(i, c.shop)
		yield(&o)
	}
}

// keptOrder is a packed order, of which the first part was read.
type keptOrder struct {
	orderHead

	id     string
	place  Place
	status uint64 // word
	fields string // see packer.fields
	rest   unpacker
}

// at is one of the orders.
func (s *orders) at(i int, shop *Shop) (o keptOrder) {
	s.ready(shop)
	head := shop.reader(s.heads[s.head[i]:])
	o.orderHead = head.head()
	o.rest = shop.reader(s.rest[s.start[i]:])
	o.rest.Len()
	o.id, o.place, o.status, o.fields = o.rest.View(), o.rest.place(), o.rest.Uint(), o.rest.View()
	return o
}

// orderHead is what most questions need of an order.
type orderHead struct {
	orderTimes

	flags     byte
	total     eval.Value // that it says itself, or else what its lines come to
	cancelled int64      // eval.Never if not
	cancel    int64      // the earliest of the order's Cancels; eval.Never without any
}

// orderTimes say when an order counts.
type orderTimes struct {
	at, ends int64
	sells    bool // see Order.sells
}

// counted says that the order counted at its own instant.
func (t *orderTimes) counted() bool { return t.sells && t.ends > t.at }

// counts says that the order counts at an instant.
func (t *orderTimes) counts(now int64) bool { return t.counted() && t.at <= now && now < t.ends }

// What is said of an order in few bits.
const (
	orderSells = 1 << iota
	orderReturns
	orderCancelled
	orderCancels
	orderRefunded
	orderTotal    // it says one itself
	orderOddTotal // the total is no number of millionths in an int64
	orderDiscounted
)

func (w *packer) head(o *Order) {
	said := o.Fields["total"]
	total := said
	if said.Missing() {
		total = o.cost()
	}
	micros, plain := total.Micros()
	flags := byte(0)
	for _, f := range [...]struct {
		flag byte
		is   bool
	}{
		{orderSells, o.sells()},
		{orderReturns, o.returns()},
		{orderCancelled, o.Cancelled != eval.Never},
		{orderCancels, len(o.Cancels) > 0},
		{orderRefunded, !o.Refunded.Missing()},
		{orderTotal, !said.Missing()},
		{orderOddTotal, !plain},
		{orderDiscounted, o.discounted()},
	} {
		if f.is {
			flags |= f.flag
		}
	}
	w.Fixed(o.At)
	w.Bytes = append(w.Bytes, flags)
	if plain {
		w.Int(micros)
	} else {
		w.Value(total)
	}
	if flags&orderCancelled != 0 {
		w.Int(o.Cancelled)
	}
	if flags&orderCancels != 0 {
		w.Int(slices.Min(o.Cancels)) // no other is ever asked for
	}
}

func (r *unpacker) head() (h orderHead) {
	h.at, h.flags, h.cancelled, h.cancel = r.Fixed(), r.Byte(), eval.Never, eval.Never
	h.total = r.total(h.flags)
	h.ends, h.sells = eval.Never, h.flags&orderSells != 0
	if h.flags&(orderCancelled|orderCancels) != 0 {
		r.ended(&h)
	}
	return h
}

func (r *unpacker) total(flags byte) eval.Value {
	if flags&orderOddTotal != 0 {
		return r.Value()
	}
	return eval.Number(r.Int())
}

func (r *unpacker) ended(h *orderHead) {
	if h.flags&orderCancelled != 0 {
		h.cancelled = r.Int()
	}
	if h.flags&orderCancels != 0 {
		h.cancel = r.Int()
	}
	h.ends = min(h.cancelled, h.cancel)
}

func (w *packer) rest(o *Order) {
	w.Text(o.ID)
	w.place(o.Place)
	w.Word(o.Status)
	w.Section(func() { w.fields(o.Fields) })
	if !o.Refunded.Missing() {
		w.Value(o.Refunded)
	}
	w.Uint(uint64(len(o.Lines)))
	for i := range o.Lines {
		w.line(&o.Lines[i])
	}
}

// order reads all of it.
func (k *keptOrder) order() *Order {
	o := &Order{
		ID: k.id, At: k.at, Place: k.place, Status: k.rest.Words.Text(k.status), Fields: map[string]eval.Value{},
		Cancelled: k.cancelled, Refunded: k.refunded(),
	}
	if k.cancel != eval.Never {
		o.Cancels = []int64{k.cancel}
	}
	if k.flags&orderTotal != 0 {
		o.Fields["total"] = k.total
	}
	for i, name := range orderFields {
		if v := k.field(i); !v.Missing() {
			o.Fields[name] = v
		}
	}
	k.eachLine(func(l *Line) { o.Lines = append(o.Lines, *l) })
	return o
}

// refunded is the sum that was refunded.
func (k *keptOrder) refunded() eval.Value {
	if k.flags&orderRefunded == 0 {
		return eval.Value{}
	}
	r := k.rest
	return r.Value()
}

func (k *keptOrder) skipRefunded(r *unpacker) {
	if k.flags&orderRefunded != 0 {
		r.Value()
	}
}

// eachLine calls yield with each line.
func (k *keptOrder) eachLine(yield func(l *Line)) {
	r := k.rest
	k.skipRefunded(&r)
	var l Line
	for range r.Uint() {
		l = r.line()
		yield(&l)
	}
}

// orderFields are the fields that an order may say itself, but for the total.
var orderFields = [...]string{"coupon", "discount", "currency", "channel", "country", "city", "subtotal", "shipping", "tax"}

// orderField is the place of a field; -1 if an order does not say it itself.
func orderField(name string) int { return slices.Index(orderFields[:], name) }

// fields writes a bit for each of orderFields that is there, and their values.
func (w *packer) fields(fields map[string]eval.Value) {
	given := uint64(0)
	for i, name := range orderFields {
		if !fields[name].Missing() {
			given |= 1 << i
		}
	}
	w.Uint(given)
	for i, name := range orderFields {
		if given&(1<<i) != 0 {
			w.Value(fields[name])
		}
	}
}

// field is one of orderFields.
func (k *keptOrder) field(i int) eval.Value {
	r := eval.ReaderOf(k.fields, k.rest.Words)
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
