package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"kith/internal/customer"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// readHistories reads what is known of some persons, by their numbers. The versions of products and the recorded
// transitions are read as well if also says so.
func readHistories(
	ctx context.Context, conn *sql.Conn, shop *customer.Shop, numbers []int64, also ...func(*historian) error,
) (map[int64]*customer.Customer, error) {
	h := &historian{
		runner: runner{ctx: ctx, conn: conn, args: map[string]any{"customers": numbers}},
		shop:   shop, customers: map[int64]*customer.Customer{}, orders: map[string]*ownedOrder{},
	}
	if err := h.all("history_keys"); err != nil {
		return nil, err
	}
	err := errors.Join(h.people(), h.known(), h.said(), h.readOrders(), h.told(), h.events())
	for _, read := range also {
		err = errors.Join(err, read(h))
	}
	return h.customers, errors.Join(err, h.dropAll())
}

// historian reads histories.
type historian struct {
	runner
	shop      *customer.Shop
	customers map[int64]*customer.Customer
	orders    map[string]*ownedOrder
}

type ownedOrder struct {
	order *customer.Order
	owner *customer.Customer
}

// people makes everyone who is asked for.
func (h *historian) people() error {
	return h.query("history_people", func(rows *sql.Rows) error {
		var number int64
		var id string
		if err := rows.Scan(&number, &id); err != nil {
			return err
		}
		h.customers[number] = customer.New(h.shop)
		h.customers[number].Name = id
		return nil
	})
}

func (h *historian) known() error {
	return h.query("history_known", func(rows *sql.Rows) error {
		var number int64
		var at time.Time
		if err := rows.Scan(&number, &at); err != nil {
			return err
		}
		h.customers[number].Known(at.UnixMicro())
		return nil
	})
}

// instantOrAlways is a fact's instant where it has one.
func instantOrAlways(at sql.NullTime) int64 {
	if at.Valid {
		return at.Time.UnixMicro()
	}
	return customer.Always
}

func (h *historian) said() error {
	return h.query("history_said", func(rows *sql.Rows) error {
		var number int64
		var s customer.Statement
		var value sql.NullString
		var at sql.NullTime
		if err := rows.Scan(&number, &s.Name, &value, &at, &s.Place.Seq, &s.Place.Pos); err != nil {
			return err
		}
		s.At = instantOrAlways(at)
		if value.Valid {
			s.Value = &value.String
		}
		h.customers[number].Say(s)
		return nil
	})
}

// number reads a decimal's text.
func number(text sql.NullString) eval.Value { return given(text).Read(segql.Number) }

func given(text sql.NullString) eval.Raw {
	if !text.Valid {
		return eval.Raw{}
	}
	return eval.RawText(text.String)
}

func (h *historian) readOrders() error {
	err := h.query("history_orders", func(rows *sql.Rows) error {
		var owner int64
		var at time.Time
		var ends sql.NullTime
		var status sql.NullString
		var texts, numbers [5]sql.NullString
		o := &customer.Order{Cancelled: eval.Never, Fields: map[string]eval.Value{}}
		err := rows.Scan(&owner, &o.ID, &at, &ends, &o.Place.Seq, &o.Place.Pos, &status,
			&texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &numbers[0], &numbers[1], &numbers[2], &numbers[3], &numbers[4])
		if err != nil {
			return err
		}
		o.At, o.Status = at.UnixMicro(), status.String
		if ends.Valid {
			o.Cancelled = ends.Time.UnixMicro()
		}
		for i, name := range [...]string{"coupon", "currency", "channel", "country", "city"} {
			o.Fields[name] = eval.Text(texts[i].String)
		}
		for i, name := range [...]string{"total", "subtotal", "discount", "shipping", "tax"} {
			o.Fields[name] = number(numbers[i])
		}
		h.orders[o.ID] = &ownedOrder{o, h.customers[owner]}
		return nil
	})
	if err != nil {
		return err
	}
	if err := h.lines(); err != nil {
		return err
	}
	for _, o := range h.orders {
		o.owner.AddOrder(o.order)
	}
	return nil
}

func (h *historian) lines() error {
	return h.query("history_items", func(rows *sql.Rows) error {
		var order string
		var own uint32
		var product sql.NullString
		var texts [4]sql.NullString // sku, name, category, brand: the first product fields
		var price, quantity, discount sql.NullString
		var l customer.Line
		err := rows.Scan(&order, &l.Number, &product, &texts[0], &texts[1], &texts[2], &texts[3], &own, &price, &quantity, &discount,
			&l.Place.Seq, &l.Place.Pos)
		if err != nil {
			return err
		}
		l.Product, l.Quantity, l.Discount = product.String, number(quantity), number(discount)
		for i, text := range texts {
			if own&(1<<i) != 0 {
				l.Own[i] = eval.Text(text.String)
			}
		}
		if own&OwnPrice != 0 {
			l.Price = number(price)
		}
		o := h.orders[order]
		if o == nil {
			return fmt.Errorf("an item of order %s, which is not there", order)
		}
		o.order.Lines = append(o.order.Lines, l)
		return nil
	})
}

func (h *historian) told() error {
	return h.query("history_told", func(rows *sql.Rows) error {
		var owner int64
		var at time.Time
		e := &customer.Event{}
		if err := rows.Scan(&owner, &e.Key, &at, &e.Place.Seq, &e.Place.Pos, &e.JSON); err != nil {
			return err
		}
		e.At = at.UnixMicro()
		h.customers[owner].AddEvent(e)
		return nil
	})
}

// productRow is the product fields of a row, in the order of
// customer.ProductFields.
type productRow struct {
	texts        [5]sql.NullString
	tags         textList
	price, stock sql.NullString
	released     sql.NullTime
}

func (p *productRow) targets() []any {
	return []any{
		&p.texts[0], &p.texts[1], &p.texts[2], &p.texts[3], &p.texts[4], &p.tags, &p.price, &p.stock, &p.released,
	}
}

// values are the fields whose bits are set in own.
func (p *productRow) values(own uint32) (v customer.ProductValues) {
	all := customer.ProductValues{5: eval.List(p.tags), 6: number(p.price), 7: number(p.stock)}
	for i, text := range p.texts {
		all[i] = eval.Text(text.String)
	}
	if p.released.Valid {
		all[8] = eval.Instant(p.released.Time.UnixMicro())
	}
	for i := range all {
		if own&(1<<i) != 0 {
			v[i] = all[i]
		}
	}
	return v
}

func (h *historian) events() error {
	return h.query("history_events", func(rows *sql.Rows) error {
		var owner int64
		var at time.Time
		var id, product, quantity, properties sql.NullString
		var own uint32
		var p productRow
		e := &customer.Event{}
		targets := append([]any{&owner, &e.Key, &at, &e.Place.Seq, &e.Place.Pos, &id, &product, &quantity, &own}, p.targets()...)
		if err := rows.Scan(append(targets, &properties)...); err != nil {
			return err
		}
		e.At, e.ID, e.Product, e.Quantity, e.Own = at.UnixMicro(), id.String, product.String, number(quantity), p.values(own)
		e.JSON = properties.String
		h.customers[owner].AddEvent(e)
		return nil
	})
}

// products tells the shop the versions of products that the facts name.
func (h *historian) products() error {
	return readProducts(&h.runner, "history_products", h.shop.Catalogue.Add)
}

// moves reads the recorded transitions, which are in transition_now.
func (h *historian) moves() error {
	return h.query("history_moves", func(rows *sql.Rows) error {
		var owner int64
		var segment string
		var at time.Time
		var entered bool
		if err := rows.Scan(&owner, &segment, &at, &entered); err != nil {
			return err
		}
		h.customers[owner].Move(segment, !entered, at.UnixMicro())
		return nil
	})
}

// readProducts tells the versions of products that a statement finds.
func readProducts(r *runner, statement string, tell func(id string, v customer.ProductVersion)) error {
	return r.query(statement, func(rows *sql.Rows) error {
		var id string
		var at sql.NullTime
		var v customer.ProductVersion
		var p productRow
		if err := rows.Scan(append([]any{&id, &at, &v.Place.Seq, &v.Place.Pos}, p.targets()...)...); err != nil {
			return err
		}
		v.At, v.Fields = instantOrAlways(at), p.values(1<<9-1)
		tell(id, v)
		return nil
	})
}
