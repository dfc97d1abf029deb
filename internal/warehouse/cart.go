package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"time"
)

// What a cart's events do.
const (
	cartAdd = iota + 1
	cartRemove
	cartOrder
)

// cartMove is one event that can change a cart.
type cartMove struct {
	customer int32
	ts       time.Time
	seq, pos int64
	what     int
	product  string        // "" for an order
	quantity sql.NullInt64 // millionths
}

// mostQuantity is the greatest number that fits, in millionths.
const mostQuantity = 999_999_999_999_999_999

// cartLine is one line of a cart while nothing about it changes.
type cartLine struct {
	customer           int32
	ts, from, to       time.Time
	quantity           int64
	addSeq, addPos     int64 // of the latest addition
	firstSeq, firstPos int64 // of the one that brought the product in
}

// cartFold follows carts, one person after the other, moves in order of time
// and of arrival. It hands out a line when the line changes or ends, and the
// instants at which anything changed.
type cartFold struct {
	line   func(cartLine) error
	change func(customer int32, ts time.Time) error

	customer   int32
	lines      map[string]*cartLine
	order      []string // products as they came in, so that what is handed out has an order
	lastChange time.Time
}

// move applies one event.
func (f *cartFold) move(m cartMove) error {
	if m.customer != f.customer || f.lines == nil {
		if err := f.end(); err != nil {
			return err
		}
		f.customer, f.lines = m.customer, map[string]*cartLine{}
	}
	switch m.what {
	case cartAdd:
		return f.add(m)
	case cartRemove:
		return f.remove(m)
	}
	return f.empty(m.ts)
}

func (f *cartFold) add(m cartMove) error {
	quantity := int64(1_000_000)
	if m.quantity.Valid {
		quantity = m.quantity.Int64
	}
	if quantity <= 0 {
		return nil
	}
	l, ok := f.lines[m.product]
	if ok {
		if l.quantity > mostQuantity-quantity {
			return nil // does not fit
		}
		if err := f.hand(*l, m.ts); err != nil {
			return err
		}
	} else {
		l = &cartLine{customer: m.customer, ts: m.ts, firstSeq: m.seq, firstPos: m.pos}
		f.lines[m.product] = l
		f.order = append(f.order, m.product)
	}
	l.from, l.addSeq, l.addPos = m.ts, m.seq, m.pos
	l.quantity += quantity
	return f.changed(m.ts)
}

func (f *cartFold) remove(m cartMove) error {
	l, ok := f.lines[m.product]
	if !ok || m.quantity.Valid && m.quantity.Int64 <= 0 {
		return nil
	}
	if err := f.hand(*l, m.ts); err != nil {
		return err
	}
	if m.quantity.Valid && m.quantity.Int64 < l.quantity {
		l.quantity -= m.quantity.Int64
		l.from = m.ts
	} else {
		f.forget(m.product)
	}
	return f.changed(m.ts)
}

func (f *cartFold) forget(product string) {
	delete(f.lines, product)
	for i, p := range f.order {
		if p == product {
			f.order = append(f.order[:i], f.order[i+1:]...)
			return
		}
	}
}

// empty is what an order does. An empty cart stays as it is.
func (f *cartFold) empty(ts time.Time) error {
	if len(f.lines) == 0 {
		return nil
	}
	if err := f.handAll(ts); err != nil {
		return err
	}
	return f.changed(ts)
}

// end hands out the lines that are in the cart still.
func (f *cartFold) end() error {
	err := f.handAll(time.Time{})
	f.lastChange = time.Time{}
	return err
}

func (f *cartFold) handAll(ts time.Time) error {
	for _, product := range f.order {
		if err := f.hand(*f.lines[product], ts); err != nil {
			return err
		}
	}
	clear(f.lines)
	f.order = f.order[:0]
	return nil
}

// hand gives out a line that was so until ts (zero: it still is); one that
// never held at any instant is left out.
func (f *cartFold) hand(l cartLine, ts time.Time) error {
	l.to = ts
	if !ts.IsZero() && !l.from.Before(ts) {
		return nil
	}
	return f.line(l)
}

func (f *cartFold) changed(ts time.Time) error {
	if ts.Equal(f.lastChange) {
		return nil
	}
	f.lastChange = ts
	return f.change(f.customer, ts)
}

// deriveCarts works out the carts of the touched customers.
func (l *load) deriveCarts() error {
	if err := l.all("cart_gone", "cart_change_gone", "cart_fold"); err != nil {
		return err
	}
	var lines []cartLine
	var changes []cartMove
	fold := &cartFold{
		line: func(c cartLine) error { lines = append(lines, c); return nil },
		change: func(customer int32, ts time.Time) error {
			changes = append(changes, cartMove{customer: customer, ts: ts})
			return nil
		},
	}
	err := l.query("cart_source", func(rows *sql.Rows) error {
		var m cartMove
		if err := rows.Scan(&m.customer, &m.ts, &m.seq, &m.pos, &m.what, &m.product, &m.quantity); err != nil {
			return err
		}
		return fold.move(m)
	})
	if err != nil {
		return err
	}
	if err := fold.end(); err != nil {
		return err
	}
	if err := l.appendRows("temp", "cart_fold", appendLines(lines, l.db.config.Zone)); err != nil {
		return err
	}
	err = l.appendRows("", "cart_change", func(add func(...driver.Value) error) error {
		for _, c := range changes {
			if err := add(c.customer, c.ts); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.all("cart_insert")
}

func appendLines(lines []cartLine, zone *time.Location) func(func(...driver.Value) error) error {
	return func(add func(...driver.Value) error) error {
		for _, c := range lines {
			var to driver.Value // NULL is "still"
			if !c.to.IsZero() {
				to = c.to
			}
			err := add(c.customer, c.ts, c.from, to, dayOf(zone, c.ts), c.quantity, c.addSeq, c.addPos, c.firstSeq, c.firstPos)
			if err != nil {
				return err
			}
		}
		return nil
	}
}
