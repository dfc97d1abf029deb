package customer

import (
	"fmt"
	"maps"
	"slices"

	"kith/internal/segql/eval"
)

// Pack appends all that came in about a customer, in few bytes, for keeping.
// What was worked out of it, the name, the scores and the instant that the
// customer stands at are not among it. The bytes can be read with the same
// Shop only.
func (c *Customer) Pack(to []byte) []byte {
	w := &packer{eval.Writer{Words: c.shop.words, Bytes: to}, c.shop}
	w.Int(c.since)
	w.Int(c.latest)
	w.Int(c.newest)
	w.Flag(c.last != nil)
	if c.last != nil {
		w.Int(c.last.At)
		w.place(c.last.Place)
	}
	w.orders(&c.orders)
	w.eventSets(c.events)
	w.eventSets(c.told)
	w.statements(&c.said)
	w.Uint(uint64(len(c.moves)))
	for _, id := range slices.Sorted(maps.Keys(c.moves)) {
		w.Word(id)
		w.instants(c.moves[id][0])
		w.instants(c.moves[id][1])
	}
	return w.Bytes
}

// PackedTimed says whether something with an instant is known of a packed
// customer.
func PackedTimed(packed []byte) bool {
	r := eval.Reader{Bytes: packed}
	return r.Int() != eval.Never
}

// packer packs one customer.
type packer struct {
	eval.Writer
	shop *Shop
}

func (w *packer) place(p Place) {
	w.Int(p.Seq)
	w.Int(p.Pos)
}

func (w *packer) instants(list []int64) {
	w.Uint(uint64(len(list)))
	for _, t := range list {
		w.Int(t)
	}
}

// orders writes how many there are, and two sections with them.
func (w *packer) orders(s *orders) {
	heads, rest, count := s.all(w.shop)
	w.Uint(uint64(count))
	for _, section := range [...][]byte{heads, rest} {
		w.Uint(uint64(len(section)))
		w.Bytes = append(w.Bytes, section...)
	}
}

func (w *packer) line(l *Line) {
	w.place(l.Place)
	w.Int(int64(l.Number))
	w.Word(l.Product)
	w.own(l.Own)
	w.Value(l.Quantity)
	w.Value(l.Price)
	w.Value(l.Discount)
}

// own writes product values as a word of their own: most events and lines of
// a product carry the same, or none.
func (w *packer) own(v OwnValues) {
	w.Flag(v.values != nil)
	if v.values == nil {
		return
	}
	values := eval.Writer{Words: w.Words, Bytes: w.shop.scratch[:0]}
	for _, x := range v.values {
		values.Value(x)
	}
	w.shop.scratch = values.Bytes
	w.Word(string(values.Bytes))
}

// eventSets writes each set's key, how many there are, and a section with them.
func (w *packer) eventSets(sets eventSets) {
	w.Uint(uint64(len(sets)))
	for i := range sets {
		s := &sets[i]
		w.Word(s.key)
		w.Uint(uint64(max(len(s.list), s.count)))
		if s.count > 0 {
			w.Text(s.unread)
			continue
		}
		w.Section(func() { w.events(s.list) })
	}
}

func (w *packer) events(list []*Event) {
	last := int64(0)
	for _, e := range list {
		w.Int(e.At - last)
		last = e.At
		w.event(e)
	}
}

func (w *packer) event(e *Event) {
	w.place(e.Place)
	w.Text(e.ID)
	w.Word(e.Product)
	w.Value(e.Quantity)
	w.own(e.Own)
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

// statements writes a section, which is empty without any.
func (w *packer) statements(s *statements) {
	if s.unread != "" {
		w.Text(s.unread)
		return
	}
	w.Section(func() {
		for _, name := range slices.Sorted(maps.Keys(s.byName)) {
			w.said(name, s.byName[name])
		}
	})
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

// Unpack is the customer that Pack wrote. It stands before everything. The
// bytes must not change as long as it is used.
func (s *Shop) Unpack(packed []byte) (*Customer, error) {
	c := &Customer{}
	return c, s.UnpackInto(c, packed)
}

// UnpackInto is Unpack for one customer after the other: nothing is left of
// the one that c was, but room.
func (s *Shop) UnpackInto(c *Customer, packed []byte) error {
	c.forgetFacts()
	c.memo.Reset()
	facts, memo := c.facts, c.memo
	*c = *New(s)
	c.facts, c.memo = facts, memo
	r := &unpacker{eval.Reader{Words: s.words, Bytes: packed}, s}
	c.since, c.latest, c.newest = r.Int(), r.Int(), r.Int()
	if r.Flag() {
		c.last = &Event{At: r.Int(), Place: r.place()}
	}
	c.orders.count = int(r.Uint())
	c.orders.heads, c.orders.rest = eval.ReaderOf(r.View(), r.Words).Bytes, eval.ReaderOf(r.View(), r.Words).Bytes
	c.events, c.told = r.eventSets(), r.eventSets()
	c.said.unread = r.View()
	for range r.Len() {
		id := r.Word()
		if c.moves == nil {
			c.moves = map[string][2][]int64{}
		}
		c.moves[id] = [2][]int64{r.instants(), r.instants()}
	}
	c.pending = Always // the first instant that it stands at finds out
	return r.Err()
}

// unpacker reads one customer.
type unpacker struct {
	eval.Reader
	shop *Shop
}

// sectionOf reads a section of a customer whose bytes this process packed.
func (s *Shop) sectionOf(section string) unpacker {
	return unpacker{eval.ReaderOf(section, s.words), s}
}

// reader reads what this process packed.
func (s *Shop) reader(packed []byte) unpacker {
	return unpacker{eval.Reader{Words: s.words, Bytes: packed}, s}
}

// end panics if what was read is not what Pack wrote.
func (r *unpacker) end() {
	if err := r.Err(); err != nil || len(r.Bytes) > 0 {
		panic(fmt.Sprintf("customer: %v, %d bytes left", err, len(r.Bytes)))
	}
}

func (r *unpacker) place() Place { return Place{r.Int(), r.Int()} }

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

func (r *unpacker) line() Line {
	return Line{
		Place: r.place(), Number: int(r.Int()), Product: r.Word(), Own: r.own(),
		Quantity: r.Value(), Price: r.Value(), Discount: r.Value(),
	}
}

// skipLine reads a line without most of it.
func (r *unpacker) skipLine() (place Place, number int, quantity eval.Value) {
	place, number = r.place(), int(r.Int())
	r.Uint()
	if r.Flag() {
		r.Uint()
	}
	quantity = r.Value()
	r.Value()
	r.Value()
	return place, number, quantity
}

func (r *unpacker) own() OwnValues {
	if !r.Flag() {
		return OwnValues{}
	}
	return OwnValues{r.shop.ownOf(r.Uint())}
}

// ownOf are the values of a word that packer.own wrote.
func (s *Shop) ownOf(word uint64) *ProductValues {
	s.sharing.Lock()
	defer s.sharing.Unlock()
	if v := s.own[word]; v != nil {
		return v
	}
	r := eval.ReaderOf(s.words.Text(word), s.words)
	v := &ProductValues{}
	for i := range v {
		v[i] = r.Value()
	}
	if len(s.own) >= mostShared {
		clear(s.own)
	}
	s.own[word] = v
	return v
}

// mostShared bounds what is kept ready to be shared.
const mostShared = 100_000

func (r *unpacker) eventSets() eventSets {
	n := r.Len()
	if n == 0 {
		return nil
	}
	sets := make(eventSets, n)
	for i := range sets {
		sets[i].key, sets[i].count, sets[i].unread = r.Word(), int(r.Uint()), r.View()
	}
	return sets
}

func readEvents(key, section string, count int, shop *Shop) []*Event {
	r := shop.sectionOf(section)
	all := make([]Event, count) // side by side: they come and go together
	list := make([]*Event, count)
	at := int64(0)
	for i := range all {
		at += r.Int()
		all[i] = Event{At: at, Key: key}
		r.event(&all[i])
		list[i] = &all[i]
	}
	r.end()
	return list
}

func (r *unpacker) event(e *Event) {
	e.Place, e.ID, e.Product, e.Quantity, e.Own = r.place(), r.View(), r.Word(), r.Value(), r.own()
	if e.JSON = r.View(); e.JSON != "" {
		return
	}
	if n := r.Len(); n > 0 {
		e.Properties = make(map[string]eval.Raw, n)
		for range n {
			name := r.Word()
			e.Properties[name] = r.Raw()
		}
	}
}

func readStatements(section string, shop *Shop) map[string][]Statement {
	r := shop.sectionOf(section)
	all := map[string][]Statement{}
	for len(r.Bytes) > 0 {
		name := r.Word()
		all[name] = r.said(name)
	}
	r.end()
	return all
}

func (r *unpacker) said(name string) []Statement {
	all := make([]Statement, r.Len())
	for i := range all {
		all[i] = Statement{At: r.Int(), Place: r.place(), Name: name}
		if r.Flag() {
			text := r.View()
			all[i].Value = &text
		}
	}
	return all
}
