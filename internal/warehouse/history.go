package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"kith/internal/customer"
	"kith/internal/duck"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// historian reads what is known of persons, and makes customers of it. Facts
// lie in the order in which they arrived, and are read in it, each table once:
// what belongs to one person comes far apart. So it is noted in few bytes
// first, by persons (notes.go); then customers are made, some at a time.
type historian struct {
	runner
	shop   *customer.Shop
	only   string // what limits a statement to the keys of some
	people []person
	byKey  keyTable // whose a key is
	words  *words
	notes  notes
}

// person is one person, with what is known but for the facts.
type person struct {
	name    string
	keys    []live.Key
	arrived []int
	since   int64 // eval.Never if nothing with an instant is known
	// These are how many of each there are.
	orders, lines, events uint32
}

func newHistorian(ctx context.Context, conn *sql.Conn, shop *customer.Shop) *historian {
	h := &historian{runner: runner{ctx: ctx, conn: conn, args: map[string]any{}}, shop: shop, words: newWords()}
	h.notes.writer.Words = h.words.all
	return h
}

// everyone reads what is known of everyone.
func (h *historian) everyone() error { return h.read("keys_by_arrival") }

// some reads what is known of some persons. wanted_key holds their keys until
// close.
func (h *historian) some(numbers []int64) error {
	h.args["customers"] = numbers
	if err := h.all("history_keys"); err != nil {
		return err
	}
	h.only = " WHERE key IN (SELECT key FROM wanted_key)"
	return h.read("keys_of")
}

func (h *historian) read(keys string) error {
	if err := h.readKeys(keys); err != nil {
		return err
	}
	for _, facts := range []func() error{h.readSaid, h.readOrders, h.readLines, h.readTold, h.readEvents} {
		if err := facts(); err != nil {
			return err
		}
	}
	return nil
}

// close drops what some made, also when the context has ended: the connection
// goes on being used.
func (h *historian) close() error {
	h.ctx = context.WithoutCancel(h.ctx)
	return h.dropAll()
}

// keyTable finds the place of a key's person. Keys are numbered one after the
// other, above zero and below, so that it is two lists.
type keyTable struct{ known, anonymous []int32 } // of places, from 1

func (t *keyTable) list(key int64) (*[]int32, int) {
	if key < 0 {
		return &t.anonymous, int(-key)
	}
	return &t.known, int(key)
}

func (t *keyTable) put(key int64, place int) {
	list, i := t.list(key)
	if i >= len(*list) {
		*list = append(*list, make([]int32, max(i+1-len(*list), len(*list)))...)
	}
	(*list)[i] = int32(place + 1)
}

func (t *keyTable) find(key int64) (place int, ok bool) {
	list, i := t.list(key)
	if i >= len(*list) {
		return 0, false
	}
	place = int((*list)[i]) - 1
	return place, place >= 0
}

func (h *historian) readKeys(statement string) error {
	var number, key, kind duck.Ints
	var value duck.Texts
	var first duck.Instants
	arrivals := 0
	return h.scan(statement, "", func(rows int) error {
		for i := range rows {
			n := number.At(i)
			place, known := h.byKey.find(n)
			if !known {
				place = len(h.people)
				h.people = append(h.people, person{since: eval.Never})
				h.byKey.put(n, place)
			}
			p := &h.people[place]
			k := live.Key{Kind: live.KeyKind(kind.At(i)), Value: value.At(i)}
			p.keys, p.arrived = append(p.keys, k), append(p.arrived, arrivals)
			arrivals++
			h.byKey.put(key.At(i), place)
			if key.At(i) == n && k.Kind != live.AnonymousKey {
				p.name = k.Value
			}
			if !first.Null(i) {
				p.since = min(p.since, first.At(i))
			}
		}
		return nil
	}, &number, &key, &kind, &value, &first)
}

// facts reads facts, of which the first column is the key. note is called
// for each that is a person's, to write down the rest.
func (h *historian) facts(statement string, kind noteKind, note func(w *eval.Writer, p *person, row int), columns ...duck.Column) error {
	var key duck.Ints
	return h.scan(statement, h.only, func(rows int) error {
		for i := range rows {
			if key.Null(i) {
				continue // nobody's
			}
			place, ok := h.byKey.find(key.At(i))
			if !ok {
				continue
			}
			w := h.notes.begin(place, kind)
			note(w, &h.people[place], i)
			h.notes.end(place)
		}
		return nil
	}, append([]duck.Column{&key}, columns...)...)
}

func (h *historian) readSaid() error {
	var name wordColumn
	var value duck.Texts
	var at duck.Instants
	var place placeColumns
	return h.facts("history_said", saidNote, func(w *eval.Writer, _ *person, i int) {
		name.note(w, h.words, i)
		w.Int(instantAt(&at, i))
		place.note(w, i)
		w.Flag(!value.Null(i))
		if !value.Null(i) {
			w.Text(value.View(i))
		}
	}, &name, &value, &at, &place.seq, &place.pos)
}

// The texts and the numbers that an order says itself.
var (
	orderTexts   = [...]string{"coupon", "currency", "channel", "country", "city"}
	orderNumbers = [...]string{"total", "subtotal", "discount", "shipping", "tax"}
)

func (h *historian) readOrders() error {
	var id duck.Texts
	var status wordColumn
	var at, ends duck.Instants
	var place placeColumns
	var texts [len(orderTexts)]wordColumn
	var numbers [len(orderNumbers)]duck.Decimals
	columns := []duck.Column{&id, &at, &ends, &place.seq, &place.pos, &status}
	for i := range texts {
		columns = append(columns, &texts[i])
	}
	for i := range numbers {
		columns = append(columns, &numbers[i])
	}
	return h.facts("history_orders", orderNote, func(w *eval.Writer, p *person, i int) {
		p.orders++
		w.Text(id.View(i))
		w.Int(at.At(i))
		w.Int(instantAt(&ends, i))
		place.note(w, i)
		status.note(w, h.words, i)
		for f := range texts {
			texts[f].note(w, h.words, i)
		}
		for f := range numbers {
			w.Value(numberAt(&numbers[f], i))
		}
	}, columns...)
}

func (h *historian) readLines() error {
	var order duck.Texts
	var product wordColumn
	var line, own duck.Ints
	var texts [4]wordColumn // sku, name, category, brand: the first product fields
	var price, quantity, discount duck.Decimals
	var place placeColumns
	return h.facts("history_items", lineNote, func(w *eval.Writer, p *person, i int) {
		p.lines++
		w.Text(order.View(i))
		w.Int(line.At(i))
		place.note(w, i)
		product.note(w, h.words, i)
		w.Value(numberAt(&quantity, i))
		w.Value(numberAt(&discount, i))
		given := uint32(own.At(i)) & (OwnSKU | OwnName | OwnCategory | OwnBrand | OwnPrice)
		w.Uint(uint64(given))
		for f := range texts {
			if given&(1<<f) != 0 {
				texts[f].note(w, h.words, i)
			}
		}
		if given&OwnPrice != 0 {
			w.Value(numberAt(&price, i))
		}
	}, &order, &line, &product, &own, &texts[0], &texts[1], &texts[2], &texts[3], &price, &quantity, &discount, &place.seq, &place.pos)
}

func (h *historian) readTold() error {
	var event wordColumn
	var given duck.Texts
	var at duck.Instants
	var place placeColumns
	return h.facts("history_told", eventNote, func(w *eval.Writer, p *person, i int) {
		p.events++
		event.note(w, h.words, i)
		w.Int(at.At(i))
		place.note(w, i)
		w.Text("")
		w.Uint(0)
		w.Value(eval.Value{})
		w.Uint(0)
		w.Text(given.View(i))
	}, &event, &at, &place.seq, &place.pos, &given)
}

func (h *historian) readEvents() error {
	var event, product wordColumn
	var id, properties duck.Texts
	var at duck.Instants
	var quantity duck.Decimals
	var own duck.Ints
	var place placeColumns
	var fields productColumns
	columns := []duck.Column{&event, &at, &place.seq, &place.pos, &id, &product, &quantity, &own}
	columns = append(columns, fields.all()...)
	return h.facts("history_events", eventNote, func(w *eval.Writer, p *person, i int) {
		p.events++
		event.note(w, h.words, i)
		w.Int(at.At(i))
		place.note(w, i)
		w.Text(id.View(i))
		product.note(w, h.words, i)
		w.Value(numberAt(&quantity, i))
		fields.note(w, i, uint32(own.At(i)), h.words)
		w.Text(properties.View(i))
	}, append(columns, &properties)...)
}

// one makes one customer, with what facts need of the catalogue, and with the
// recorded transitions if they are asked for.
func (h *historian) one(number int64, moved bool) (*customer.Customer, error) {
	if err := h.some([]int64{number}); err != nil {
		return nil, err
	}
	if err := h.products(); err != nil {
		return nil, err
	}
	customers, err := h.customers(0)
	if err != nil || len(customers) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no keys of customer %d", number))
	}
	if moved {
		err = h.moves(customers[0])
	}
	return customers[0], err
}

// products tells the shop the versions of products that the facts name.
func (h *historian) products() error {
	return readProducts(&h.runner, "history_products", h.shop.Catalogue.Add)
}

// moves reads the recorded transitions of a customer, which are in
// transition_now.
func (h *historian) moves(c *customer.Customer) error {
	var segment duck.Texts
	var at duck.Instants
	var entered duck.Bools
	return h.scan("history_moves", "", each(func(i int) {
		c.Move(segment.At(i), !entered.At(i), at.At(i))
	}), &segment, &at, &entered)
}

// readProducts tells the versions of products that a statement finds.
func readProducts(r *runner, statement string, tell func(id string, v customer.ProductVersion)) error {
	var id duck.Texts
	var at duck.Instants
	var place placeColumns
	var fields productColumns
	words := newWords()
	return r.scan(statement, "", func(rows int) error {
		for i := range rows {
			tell(id.At(i), customer.ProductVersion{At: instantAt(&at, i), Place: place.at(i), Fields: fields.at(i, allOwn, words)})
		}
		return nil
	}, append([]duck.Column{&id, &at, &place.seq, &place.pos}, fields.all()...)...)
}
