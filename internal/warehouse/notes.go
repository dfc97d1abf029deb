package warehouse

import (
	"cmp"
	"fmt"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// notes are facts in few bytes, as package eval writes them, sorted into
// drawers of some persons each: those whose customers are made together.
type notes struct {
	writer  eval.Writer // of the note that is being written
	drawers []drawer
}

// personsInDrawer bounds how many customers are there as such at a time.
const personsInDrawer = 256

// drawer holds the notes of neighbouring persons, in order of arrival, in
// sheets that are not written over again.
type drawer struct{ sheets [][]byte }

// sheetSize is how large a sheet is, unless one note takes more.
const sheetSize = 16 << 10

type noteKind byte

const (
	saidNote noteKind = iota
	orderNote
	lineNote
	eventNote
)

// begin begins a note of a person.
func (n *notes) begin(place int, kind noteKind) *eval.Writer {
	n.writer.Bytes = append(n.writer.Bytes[:0], byte(kind), byte(place%personsInDrawer))
	return &n.writer
}

// end puts the note into its drawer.
func (n *notes) end(place int) {
	for len(n.drawers) <= place/personsInDrawer {
		n.drawers = append(n.drawers, drawer{})
	}
	d, note := &n.drawers[place/personsInDrawer], n.writer.Bytes
	last := len(d.sheets) - 1
	if last < 0 || cap(d.sheets[last])-len(d.sheets[last]) < len(note) {
		d.sheets = append(d.sheets, make([]byte, 0, max(sheetSize, len(note))))
		last++
	}
	d.sheets[last] = append(d.sheets[last], note...)
}

// take is what is in a drawer, which is empty then.
func (n *notes) take(number int) [][]byte {
	if number >= len(n.drawers) {
		return nil
	}
	sheets := n.drawers[number].sheets
	n.drawers[number].sheets = nil
	return sheets
}

// customers makes the customers of a drawer, in order of their places. The
// notes are gone then.
func (h *historian) customers(number int) ([]*customer.Customer, error) {
	from := number * personsInDrawer
	people := h.people[from:min(from+personsInDrawer, len(h.people))]
	all := make([]pastOf, len(people))
	for i := range people {
		all[i].prepare(h.shop, &people[i])
	}
	for _, sheet := range h.notes.take(number) {
		r := eval.Reader{Bytes: sheet, Words: h.words.all}
		for len(r.Bytes) > 0 {
			kind, p := noteKind(r.Bytes[0]), &all[r.Bytes[1]]
			r.Bytes = r.Bytes[2:]
			if err := p.read(&r, kind); err != nil {
				return nil, err
			}
		}
		if err := r.Err(); err != nil {
			return nil, err
		}
	}
	customers := make([]*customer.Customer, len(all))
	for i := range all {
		customers[i] = all[i].told()
	}
	return customers, nil
}

// pastOf is one person's facts as they are read from notes. Each kind lies
// side by side: they come and go together.
type pastOf struct {
	customer *customer.Customer
	orders   []customer.Order
	byID     map[string]*customer.Order // made for the first line that comes apart
	lines    []customer.Line
	latest   *customer.Order // whose lines stand last in lines
	events   []customer.Event
}

func (p *pastOf) prepare(shop *customer.Shop, who *person) {
	p.customer = customer.New(shop)
	p.customer.Name = who.name
	p.customer.Known(who.since)
	p.orders = make([]customer.Order, 0, who.orders)
	p.lines = make([]customer.Line, 0, who.lines)
	p.events = make([]customer.Event, 0, who.events)
}

func (p *pastOf) read(r *eval.Reader, kind noteKind) error {
	switch kind {
	case saidNote:
		p.customer.Say(readSaid(r))
	case orderNote:
		p.orders = append(p.orders, customer.Order{})
		readOrder(r, &p.orders[len(p.orders)-1])
	case lineNote:
		return p.addLine(r)
	case eventNote:
		p.events = append(p.events, customer.Event{})
		readEvent(r, &p.events[len(p.events)-1])
	}
	return nil
}

func readPlace(r *eval.Reader) customer.Place { return customer.Place{Seq: r.Int(), Pos: r.Int()} }

func readSaid(r *eval.Reader) customer.Statement {
	s := customer.Statement{Name: r.Word(), At: r.Int(), Place: readPlace(r)}
	if r.Flag() {
		value := r.Text()
		s.Value = &value
	}
	return s
}

func readOrder(r *eval.Reader, o *customer.Order) {
	o.ID, o.At, o.Cancelled, o.Place, o.Status = r.Text(), r.Int(), r.Int(), readPlace(r), r.Word()
	o.Fields = map[string]eval.Value{}
	for _, name := range orderTexts {
		if text := r.Word(); text != "" {
			o.Fields[name] = eval.Text(text)
		}
	}
	for _, name := range orderNumbers {
		if v := r.Value(); !v.Missing() {
			o.Fields[name] = v
		}
	}
}

func readEvent(r *eval.Reader, e *customer.Event) {
	e.Key, e.At, e.Place, e.ID, e.Product, e.Quantity = r.Word(), r.Int(), readPlace(r), r.Text(), r.Word(), r.Value()
	own := r.Uint()
	for f := 0; own>>f != 0; f++ {
		if own&(1<<f) != 0 {
			e.Own.Set(f, r.Value())
		}
	}
	e.JSON = r.Text()
}

// addLine reads a line of an order. An order's lines come one after the other,
// as a rule; then they lie side by side.
func (p *pastOf) addLine(r *eval.Reader) error {
	order := r.Text()
	o := p.latest
	if o == nil || o.ID != order {
		if o = p.order(order); o == nil {
			return fmt.Errorf("an item of order %s, which is not there", order)
		}
	}
	var l *customer.Line
	if n := len(o.Lines); n > 0 && o != p.latest {
		o.Lines = append(o.Lines, customer.Line{})
		l = &o.Lines[n]
	} else {
		p.lines = append(p.lines, customer.Line{})
		end := len(p.lines)
		o.Lines = p.lines[end-1-n : end : end]
		l, p.latest = &p.lines[end-1], o
	}
	readLine(r, l)
	return nil
}

// order is the order with an id; nil if there is none. All orders were read.
func (p *pastOf) order(id string) *customer.Order {
	const few = 8
	if len(p.orders) <= few {
		for i := range p.orders {
			if p.orders[i].ID == id {
				return &p.orders[i]
			}
		}
		return nil
	}
	if p.byID == nil {
		p.byID = make(map[string]*customer.Order, len(p.orders))
		for i := range p.orders {
			p.byID[p.orders[i].ID] = &p.orders[i]
		}
	}
	return p.byID[id]
}

func readLine(r *eval.Reader, l *customer.Line) {
	l.Number, l.Place, l.Product, l.Quantity, l.Discount = int(r.Int()), readPlace(r), r.Word(), r.Value(), r.Value()
	own := uint32(r.Uint())
	if own == 0 {
		return
	}
	for f := range 4 {
		if own&(1<<f) != 0 {
			l.Own.Set(f, eval.Text(r.Word()))
		}
	}
	if own&OwnPrice != 0 {
		l.Price = r.Value()
	}
}

// told is the customer with everything told of them. Orders and events came in
// order, as a rule. Nobody has asked anything of the customer yet.
func (p *pastOf) told() *customer.Customer {
	for i := range p.orders {
		o := &p.orders[i]
		sorted := true
		for l := 1; l < len(o.Lines) && sorted; l++ {
			sorted = o.Lines[l-1].Number <= o.Lines[l].Number
		}
		if !sorted {
			slices.SortFunc(o.Lines, func(a, b customer.Line) int { return cmp.Compare(a.Number, b.Number) })
		}
		p.customer.AddOrder(o)
	}
	for _, e := range p.eventsInOrder() {
		p.customer.AddEvent(e)
	}
	return p.customer
}

// eventsInOrder are the events by instant and arrival: one that is added
// before many others moves them all.
func (p *pastOf) eventsInOrder() []*customer.Event {
	events := make([]*customer.Event, len(p.events))
	for i := range p.events {
		events[i] = &p.events[i]
	}
	slices.SortStableFunc(events, func(a, b *customer.Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Place.Seq, b.Place.Seq), cmp.Compare(a.Place.Pos, b.Place.Pos))
	})
	return events
}
