package live

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// orderNumbers and orderTexts are the fields of an order that may not change
// when it comes again, in the order in which a difference is told.
var (
	orderNumbers = [...]string{"subtotal", "discount", "shipping", "tax"}
	orderTexts   = [...]string{"coupon", "channel", "country", "city"}
)

// trackedOrder is an order as an event gives it.
type trackedOrder struct {
	id       string
	at       int64
	key      Key
	currency string  // empty is the shop's
	rate     decimal // the one that its amounts are in the shop's currency by
	total    decimal // what was given, or the sum of the lines
	numbers  [len(orderNumbers)]decimal
	texts    [len(orderTexts)]string
	refunded decimal
	lines    []trackedLine
	keys     []Key // all of them
	found    bool  // it came another way: its keys and what its lines were given as are not known
}

// trackedLine is a line of one.
type trackedLine struct {
	product, sku, name, category, brand string
	quantity, price, discount           decimal
}

// sold says whether any line is more than a return; without lines it is.
func (o *trackedOrder) sold() bool {
	return len(o.lines) == 0 || slices.ContainsFunc(o.lines, func(l trackedLine) bool { return l.quantity.sign() >= 0 })
}

// readOrder reads an order out of an event that was checked.
func (t *Tracker) readOrder(f *fact) *trackedOrder {
	o := &trackedOrder{
		id: f.orderID(), at: f.at, key: f.keys[0], keys: f.keys,
		currency: strings.ToUpper(f.scalar("currency")), total: f.number("total", "value", "revenue"), refunded: f.number("refunded"),
	}
	if o.id == "" {
		o.id = fmt.Sprintf("#%d.%d", f.place.Seq, f.place.Pos)
	}
	o.rate = t.rate(o.currency, f.at)
	for i, name := range orderNumbers {
		o.numbers[i] = f.number(name)
	}
	for i, name := range orderTexts {
		o.texts[i] = f.scalar(name)
	}
	for i := range f.lines {
		x := &f.lines[i]
		o.lines = append(o.lines, trackedLine{
			product: x.scalar("product_id", "product", "productId"), sku: x.scalar("sku"), name: x.scalar("product_name", "name"),
			category: x.scalar("category"), brand: x.scalar("brand"), quantity: x.number("quantity").or(one),
			price: x.number("unit_price", "price"), discount: x.number("line_discount", "discount"),
		})
	}
	return o
}

// orderLine is one of the products of an order, as it came.
type orderLine struct {
	object

	isObject bool // anything else has no members
}

// orderLines are the products of an order.
func (o object) orderLines() []orderLine {
	var all []orderLine
	for _, name := range lineLists {
		for _, raw := range o.list(name) {
			all = append(all, orderLine{readObject(raw), raw[0] == '{'})
		}
	}
	return all
}

var lineLists = [...]string{"products", "items", "line_items"}

// amount is the total, else what the lines with a price come to, in the
// order's own currency.
func (o *trackedOrder) amount() decimal {
	if o.total.given() {
		return o.total
	}
	sum := zero
	for _, l := range o.lines {
		if revenue := l.quantity.times(l.price).fitting(); l.quantity.sign() > 0 && revenue.given() {
			sum = sum.plus(revenue).plus(l.discount.or(zero).minus())
		}
	}
	return sum
}

// paid is the order's total in the shop's currency; zero where it does not fit.
func (o *trackedOrder) paid() decimal { return o.amount().money(o.rate).fitting().or(zero) }

// content tells orders apart in all that may not change; a status, a
// cancellation and what was refunded may.
func (o *trackedOrder) content() string {
	return fmt.Sprint(o.at, fmt.Sprintf("%q", o.keys), o.currency, o.total, o.numbers, strings.Join(o.texts[:], "\x00"), o.lineTexts(one))
}

// lineTexts are the lines as texts, amounts by a rate, in an order of their own.
func (o *trackedOrder) lineTexts(rate decimal) []string {
	texts := make([]string, len(o.lines))
	for i, l := range o.lines {
		texts[i] = fmt.Sprintf("%q %q %q %q %q %v %v %v", l.product, l.sku, l.name, l.category, l.brand,
			l.quantity, l.price.money(rate), l.discount.money(rate))
	}
	slices.Sort(texts)
	return texts
}

// arriveOrder takes an order, or its changed state, or refuses it for what is
// known of it.
func (t *Tracker) arriveOrder(f *fact) error {
	o := t.readOrder(f)
	if !o.sold() {
		t.arriveReturned(f, o)
		return nil
	}
	known, again := t.known(o.id)
	if again {
		if problem := t.differs(o, known); problem != nil {
			return problem
		}
		o.rate = known.rate
	} else {
		t.orders[o.id] = o
	}
	order := t.orderOf(f, o)
	rows := make([]OrderRow, 0, len(o.lines))
	for i := range o.lines {
		if !again {
			rows = append(rows, OrderRow{Keys: f.keys, Order: order, Line: o.lines[i].line(f, o.rate), Status: order.Status})
		}
	}
	if len(rows) == 0 {
		rows = append(rows, OrderRow{Keys: f.keys, Order: order, Status: order.Status})
	}
	t.engine.ArriveOrders(rows, CauseEvent)
	return nil
}

// orderOf is the order as the engine takes it.
func (t *Tracker) orderOf(f *fact, o *trackedOrder) *customer.Order {
	order := &customer.Order{
		ID: o.id, At: o.at, Place: f.place, Status: statusOf(f.scalar("status")), Cancelled: eval.Never,
		Refunded: o.refunded.money(o.rate).value(), Fields: make(map[string]eval.Value, 2+len(orderNumbers)+len(orderTexts)),
	}
	order.Fields["currency"], order.Fields["total"] = eval.Text(o.currency), o.paid().value()
	if at, ok := f.instant("cancelled_at"); ok {
		order.Cancelled = at
	}
	for i, name := range orderNumbers {
		order.Fields[name] = o.numbers[i].money(o.rate).value()
	}
	for i, name := range orderTexts {
		order.Fields[name] = eval.Text(o.texts[i])
	}
	return order
}

func (l *trackedLine) line(f *fact, rate decimal) *customer.Line {
	line := &customer.Line{
		Place: f.place, Product: l.product, Quantity: l.quantity.value(), Price: l.price.money(rate).value(), Discount: l.discount.money(rate).value(),
	}
	if line.Product == "" {
		line.Product = l.sku
	}
	for i, text := range [...]string{l.sku, l.name, l.category, l.brand} { // the first product fields
		line.Own.Set(i, eval.Text(text))
	}
	return line
}

// statusOf is a status as it is kept.
func statusOf(given string) string {
	return strings.ToLower(statusWords.Replace(given))
}

var statusWords = strings.NewReplacer(" ", "_", "-", "_")

// arriveReturned takes an order of returned lines alone: it is no order, but
// refunds of one. The same again is nothing new.
func (t *Tracker) arriveReturned(f *fact, o *trackedOrder) {
	content := o.content()
	if slices.Contains(t.returned[o.id], content) {
		t.engine.ArriveStatements(f.keys, f.at, nil, nil, CauseEvent)
		return
	}
	t.returned[o.id] = append(t.returned[o.id], content)
	for i, l := range o.lines {
		line := l.line(f, o.rate)
		total := l.price.money(o.rate).times(l.quantity.minus()).fitting()
		if discount := l.discount.money(o.rate); total.given() && discount.given() {
			if discount.sign() > 0 {
				discount = discount.minus()
			}
			total = total.plus(discount)
		}
		t.tell(f, "refund", map[string]eval.Raw{
			"id": eval.RawText(fmt.Sprintf("%s:%d", o.id, i+1)), "order": eval.RawText(o.id), "product": textRaw(line.Product),
			"quantity": l.quantity.minus().raw(), "total": total.raw(),
		})
	}
}

// known is an order that came before, as an event or another way.
func (t *Tracker) known(id string) (*trackedOrder, bool) {
	if o := t.orders[id]; o != nil {
		return o, true
	}
	before, _ := t.engine.order(id)
	if before == nil {
		return nil, false
	}
	o := &trackedOrder{id: id, at: before.At, rate: one, found: true, currency: before.Fields["currency"].String()}
	o.total = decimalOf(before.Fields["total"])
	for i, name := range orderNumbers {
		o.numbers[i] = decimalOf(before.Fields[name])
	}
	for i, name := range orderTexts {
		o.texts[i] = before.Fields[name].String()
	}
	for _, l := range before.Lines {
		line := trackedLine{
			product: l.Product, sku: l.Own.Get(0).String(), name: l.Own.Get(1).String(), category: l.Own.Get(2).String(), brand: l.Own.Get(3).String(),
			quantity: decimalOf(l.Quantity), price: decimalOf(l.Price), discount: decimalOf(l.Discount),
		}
		o.lines = append(o.lines, line)
	}
	return o, true
}

// differs refuses an order that came before with another content.
func (t *Tracker) differs(o, known *trackedOrder) error {
	if !known.found && o.content() == known.content() {
		return nil
	}
	refuse := func(column, before string) error {
		return &RefusedError{column, "order " + o.id + " was imported before with " + before}
	}
	// Amounts are compared in the shop's currency, by the rate of the order.
	rate := known.rate
	if known.found {
		rate = o.rate
	}
	switch {
	case !known.found && o.key.Value != known.key.Value:
		return refuse([...]string{"customer_id", "email", "phone", "customer_id"}[o.key.Kind], "customer "+known.key.Value)
	case o.at != known.at:
		return refuse("at", "at "+time.UnixMicro(known.at).UTC().Format("2006-01-02T15:04:05Z"))
	case t.currencyOf(o) != t.currencyOf(known):
		return refuse("currency", "currency "+t.currencyOf(known))
	case !o.amount().money(rate).same(known.paid()):
		return refuse("total", "total "+known.paid().text(2))
	}
	for i, name := range orderNumbers {
		if before := known.numbers[i].money(known.rate); !o.numbers[i].money(rate).same(before) {
			return refuse(name, name+" "+textOrNone(before))
		}
	}
	for i, name := range orderTexts {
		if before := known.texts[i]; o.texts[i] != before {
			if before == "" {
				before = "none"
			}
			return refuse(name, name+" "+before)
		}
	}
	if known.found && slices.Equal(foundTexts(o, rate), foundTexts(known, known.rate)) {
		known.rate = rate
		return nil
	}
	return refuse("product_id", "other lines")
}

func textOrNone(d decimal) string {
	if !d.given() {
		return "none"
	}
	return d.text(2)
}

// foundTexts are lines as they can be compared when it is not known how they
// were given: without what was returned, which is a refund, and named by the
// product, or else the SKU.
func foundTexts(o *trackedOrder, rate decimal) []string {
	plain := &trackedOrder{}
	for _, l := range o.lines {
		if l.product == "" {
			l.product = l.sku
		}
		if l.quantity.sign() > 0 {
			plain.lines = append(plain.lines, l)
		}
	}
	return plain.lineTexts(rate)
}

func (t *Tracker) currencyOf(o *trackedOrder) string {
	if o.currency == "" {
		return t.currency
	}
	return o.currency
}
