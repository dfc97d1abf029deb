package simulate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// Names of the files.
const (
	ProductsFile  = "products.csv"
	RatesFile     = "rates.csv"
	CustomersFile = "customers.csv"
	OrdersFile    = "orders.csv"
	EventsFile    = "events.jsonl"
	TruthFile     = "truth.jsonl"
	ShopFile      = "shop.json"
)

// Write makes the shop. It calls create once for each file, writes to the
// files by turns, and closes every one it was given, also when it fails.
// create may be called for files that stay empty but for their header.
func Write(cfg Config, create func(name string) (io.WriteCloser, error)) (Summary, error) {
	cfg, err := cfg.filled()
	if err != nil {
		return Summary{}, err
	}
	g := newGenerator(cfg)
	out := &files{create: create}
	sum := g.summary()
	err = g.writeAll(out, &sum)
	if closing := out.close(); err == nil {
		err = closing
	}
	return sum, err
}

func (g *generator) writeAll(out *files, sum *Summary) error {
	if err := g.writeShared(out, sum); err != nil {
		return err
	}
	if err := g.writePeople(out, sum); err != nil {
		return err
	}
	f, err := out.open(ShopFile)
	if err != nil {
		return err
	}
	doc, err := json.MarshalIndent(shop{*sum, g.relations()}, "", "  ")
	if err != nil {
		return fmt.Errorf("simulate: writing %s: %w", ShopFile, err)
	}
	return f.write(append(doc, '\n'))
}

// writeShared writes what does not depend on any person.
func (g *generator) writeShared(out *files, sum *Summary) error {
	products, err := out.openTable(ProductsFile, productColumns)
	if err != nil {
		return err
	}
	var r row
	for _, p := range g.catalogue.products {
		r.b = r.b[:0]
		g.appendProduct(&r, p)
		sum.Counts.ProductVersions += len(p.versions)
		if err := products.write(r.b); err != nil {
			return err
		}
	}
	rates, err := out.openTable(RatesFile, rateColumns)
	if err != nil {
		return err
	}
	r.b = r.b[:0]
	g.appendRates(&r)
	sum.Counts.Rates = len(g.calendar.days) * len(g.rates.foreign)
	return rates.write(r.b)
}

// people are the four files that are written person by person.
type people struct {
	customers, orders, events, truth *file
	rows                             row
	lines                            []byte
}

func (g *generator) writePeople(out *files, sum *Summary) error {
	var w people
	var err error
	if w.customers, err = out.openTable(CustomersFile, customerColumns); err != nil {
		return err
	}
	if w.orders, err = out.openTable(OrdersFile, orderColumns); err != nil {
		return err
	}
	if w.events, err = out.open(EventsFile); err != nil {
		return err
	}
	if w.truth, err = out.open(TruthFile); err != nil {
		return err
	}
	for i := range g.config.Customers {
		g.drawAll(i)
		if err := g.writePerson(&w, &sum.Counts); err != nil {
			return err
		}
	}
	// Visitors that nobody knows come last: a tenth as many as people.
	for i := range g.config.Customers / 10 {
		g.makeVisitor(i)
		if err := g.writeEvents(&w, &sum.Counts, "v"); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) writePerson(w *people, n *Counts) error {
	p := &g.person
	w.rows.b = w.rows.b[:0]
	versions := g.appendCustomer(&w.rows)
	n.People++
	n.CustomerRows += versions
	if err := w.customers.write(w.rows.b); err != nil {
		return err
	}
	w.rows.b = w.rows.b[:0]
	for i := range p.orders {
		o := &p.orders[i]
		n.OrderRows += g.appendOrder(&w.rows, o)
		n.countOrder(o)
	}
	if err := w.orders.write(w.rows.b); err != nil {
		return err
	}
	line, err := json.Marshal(g.truth())
	if err != nil {
		return fmt.Errorf("simulate: writing %s: %w", TruthFile, err)
	}
	if err := w.truth.write(append(line, '\n')); err != nil {
		return err
	}
	return g.writeEvents(w, n, "e")
}

// writeEvents writes the log in order; each event's id is its place in it.
func (g *generator) writeEvents(w *people, n *Counts, prefix string) error {
	w.lines = w.lines[:0]
	for i := range g.log.list {
		id := fmt.Sprintf("%s%07d-%d", prefix, g.person.index+1, i+1)
		w.lines = g.log.append(w.lines, &g.log.list[i], &g.person, id)
	}
	n.Events += len(g.log.list)
	return w.events.write(w.lines)
}

// files opens the shop's files and closes them all at the end.
type files struct {
	create func(name string) (io.WriteCloser, error)
	opened []*file
}

// file is one of them, buffered.
type file struct {
	name string
	to   io.WriteCloser
	buf  *bufio.Writer
}

func (fs *files) open(name string) (*file, error) {
	to, err := fs.create(name)
	if err != nil {
		return nil, fmt.Errorf("simulate: creating %s: %w", name, err)
	}
	f := &file{name: name, to: to, buf: bufio.NewWriterSize(to, 1<<18)}
	fs.opened = append(fs.opened, f)
	return f, nil
}

func (fs *files) openTable(name, columns string) (*file, error) {
	f, err := fs.open(name)
	if err != nil {
		return nil, err
	}
	return f, f.write([]byte(columns + "\n"))
}

func (f *file) write(b []byte) error {
	if _, err := f.buf.Write(b); err != nil {
		return fmt.Errorf("simulate: writing %s: %w", f.name, err)
	}
	return nil
}

// close flushes and closes everything, and returns the first failure.
func (fs *files) close() error {
	var first error
	for _, f := range fs.opened {
		err := f.buf.Flush()
		if closing := f.to.Close(); err == nil {
			err = closing
		}
		if err != nil && first == nil {
			first = fmt.Errorf("simulate: closing %s: %w", f.name, err)
		}
	}
	return first
}
