package live

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// Script runs script files on an engine. It answers the segments that it was
// made with; base fields and percentiles are missing in it.
type Script struct {
	engine      *Engine
	settings    script.Settings
	ids         map[string]string // segments by their text
	rates       map[rateKey]eval.Value
	seen        map[string]bool // message ids
	transitions []Transition
}

type rateKey struct {
	day      int64
	currency string
}

var (
	_ script.Backend  = (*Script)(nil)
	_ script.Recorder = (*Script)(nil)
)

// NewScript returns a Script for a shop before its first line. Presets, by
// id, exist beside its segments.
func NewScript(s script.Shop, presets map[string]string) (*Script, error) {
	b := &Script{settings: s.Settings, ids: map[string]string{}, rates: map[rateKey]eval.Value{}, seen: map[string]bool{}}
	catalogue := script.Catalogue(s, presets)
	texts := maps.Clone(presets)
	if texts == nil {
		texts = map[string]string{}
	}
	for _, g := range s.Segments {
		texts[g.ID] = g.Text
	}
	var segments []eval.Segment
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		checked, problems := segql.Compile(texts[id], catalogue)
		if len(problems) > 0 {
			continue // the run reports it
		}
		segments = append(segments, eval.Segment{ID: id, Checked: checked, Saved: true})
		b.ids[texts[id]] = id
	}
	var err error
	b.engine, err = New(settingsOf(s.Settings), segments, func(t Transition) { b.transitions = append(b.transitions, t) })
	return b, err
}

func settingsOf(s script.Settings) eval.Settings {
	fields := map[string]eval.Value{
		"country": eval.Text(s.Country), "currency": eval.Text(s.Currency), "timezone": eval.Text(s.Timezone),
		"shipping_step": eval.Text(s.ShippingStep),
	}
	if s.RewardPoints != nil {
		fields["reward_points"] = eval.Number(int64(*s.RewardPoints))
	}
	return eval.Settings{Zone: s.Zone, Fields: fields}
}

// Advance moves the clock.
func (b *Script) Advance(to time.Time) error {
	b.engine.Advance(to.UnixMicro())
	return nil
}

// Members answers a segment's text at an instant that the clock has reached.
func (b *Script) Members(text string, at time.Time) ([]string, error) {
	id, ok := b.ids[text]
	if !ok {
		return nil, fmt.Errorf("no segment has the text %s", text)
	}
	return b.engine.Members(id, at.UnixMicro())
}

// Transitions lists a customer's transitions of a segment, up to and with the
// clock.
func (b *Script) Transitions(segment, customer string) ([]script.Move, error) {
	var moves []script.Move
	all := b.transitions
	b.engine.Due(b.engine.clock, func(t Transition) { all = append(all, t) })
	for _, t := range all {
		if t.Segment == segment && t.Customer == customer {
			moves = append(moves, script.Move{At: time.UnixMicro(t.At).UTC(), Left: t.Left})
		}
	}
	return moves, nil
}

// Load takes the records of one line.
func (b *Script) Load(records ...script.Record) error {
	var orders []OrderRow
	for _, r := range records {
		row := row(r.Values)
		switch r.Kind {
		case commerce.Orders:
			if o, ok := b.order(row); ok {
				orders = append(orders, o)
			}
		case commerce.Customers:
			b.customer(row)
		case commerce.Products:
			b.product(row)
		case commerce.Events:
			if err := b.event(row); err != nil {
				return err
			}
		case commerce.Rates:
			day := row.instant("date") / (86_400 * 1_000_000)
			b.rates[rateKey{day, row.text("currency")}] = row.number("rate")
		}
	}
	if len(orders) > 0 {
		b.engine.ArriveOrders(orders, CauseEvent)
	}
	return nil
}

// row is a record's values by column.
type row map[string]any

func (r row) text(column string) string {
	s, _ := r[column].(string)
	return s
}

func (r row) number(column string) eval.Value {
	if n, ok := r[column].(script.Number); ok {
		return eval.Number(int64(n))
	}
	return eval.Value{}
}

// instant is customer.Always where there is none.
func (r row) instant(column string) int64 {
	if t, ok := r[column].(time.Time); ok {
		return t.UnixMicro()
	}
	return customer.Always
}

func (r row) place() customer.Place {
	pos, _ := r["pos"].(int64)
	return customer.Place{Pos: pos}
}

func (r row) keys() []Key {
	keys := []Key{
		{CustomerKey, r.text("customer_id")},
		{EmailKey, strings.ToLower(r.text("email"))},
		{PhoneKey, r.text("phone")},
		{AnonymousKey, r.text("anonymous_id")},
	}
	return slices.DeleteFunc(keys, func(k Key) bool { return k.Value == "" })
}

func (b *Script) customer(r row) {
	at := r.instant("updated_at")
	said, _ := r["fields"].([]script.Said)
	var all []customer.Statement
	for _, f := range said {
		all = append(all, customer.Statement{At: at, Place: r.place(), Name: f.Name, Value: f.Value})
	}
	var known []int64
	if created, ok := r["created_at"].(time.Time); ok {
		text := created.Format(time.RFC3339Nano)
		all = append(all, customer.Statement{At: at, Place: r.place(), Name: "created_at", Value: &text})
		known = append(known, created.UnixMicro())
	}
	b.engine.ArriveStatements(r.keys(), at, all, known, CauseEvent)
}

func (b *Script) product(r row) {
	v := customer.ProductVersion{At: r.instant("updated_at"), Place: r.place()}
	for i, name := range customer.ProductFields {
		switch x := r[name].(type) {
		case string:
			v.Fields[i] = eval.Text(x)
		case []string:
			v.Fields[i] = eval.List(x)
		case time.Time:
			v.Fields[i] = eval.Instant(x.UnixMicro())
		default:
			v.Fields[i] = r.number(name)
		}
	}
	b.engine.ArriveProducts([]ProductVersion{{r.text("product_id"), v}})
}

func (b *Script) event(r row) error {
	e := &customer.Event{
		At: r.instant("ts"), Place: r.place(), Key: segql.EventKey(r.text("event")), ID: r.text("message_id"),
		Properties: map[string]eval.Raw{},
	}
	if text := r.text("properties"); text != "" {
		var properties map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &properties); err != nil {
			return fmt.Errorf("properties %s: %w", text, err)
		}
		for name, v := range properties {
			e.Properties[name] = eval.RawJSON(v)
		}
	}
	e.ReadProduct(b.engine.shop.Zone)
	if e.ID != "" && b.seen[e.ID] {
		return nil
	}
	b.seen[e.ID] = true
	b.engine.ArriveEvent(r.keys(), e, CauseEvent)
	return nil
}

// order makes a row of an order, in the shop's currency; ok is false without
// a rate.
func (b *Script) order(r row) (_ OrderRow, ok bool) {
	at := r.instant("ts")
	factor := eval.Whole(1)
	if currency := r.text("currency"); currency != "" && currency != b.settings.Currency {
		if factor, ok = b.rates[rateKey{b.engine.shop.Zone.Day(at), currency}]; !ok {
			return OrderRow{}, false
		}
	}
	money := func(column string) eval.Value { return eval.Arith(segql.Multiply, r.number(column), factor) }
	o := &customer.Order{
		ID: r.text("order_id"), At: at, Place: r.place(), Fields: map[string]eval.Value{},
		Cancelled: eval.Never, Refunded: money("refunded"),
	}
	if t, ok := r["cancelled_at"].(time.Time); ok {
		o.Cancelled = t.UnixMicro()
	}
	for _, name := range []string{"coupon", "currency", "channel", "country", "city"} {
		o.Fields[name] = eval.Text(r.text(name))
	}
	for _, name := range []string{"total", "subtotal", "discount", "shipping", "tax"} {
		o.Fields[name] = money(name)
	}
	out := OrderRow{Keys: r.keys(), Order: o, Status: r.text("status")}
	if quantity := r.number("quantity"); !quantity.Missing() {
		line := &customer.Line{
			Place: r.place(), Product: r.text("product_id"), Quantity: quantity,
			Price: money("unit_price"), Discount: money("line_discount"),
		}
		for i, name := range customer.ProductFields {
			switch name {
			case "name":
				line.Own.Set(i, eval.Text(r.text("product_name")))
			case "sku", "category", "brand":
				line.Own.Set(i, eval.Text(r.text(name)))
			}
		}
		out.Line = line
	}
	return out, true
}

// All lists what was recorded so far.
func (b *Script) All() []Transition { return b.transitions }

// UpTo lists what was recorded, and what would be if nothing more came up to
// and with an instant, by the ids that people have now.
func (b *Script) UpTo(at time.Time) []Transition {
	all := slices.Clone(b.transitions)
	b.engine.Due(at.UnixMicro(), func(t Transition) { all = append(all, t) })
	for i := range all {
		all[i].Customer = b.engine.NameOf(all[i].Person)
	}
	return all
}
