package live

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math/big"
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

// trackedPrint is what is kept of an order that came as an event: enough to
// see whether it comes again as it was. Its amounts and texts are those of the
// engine's order.
type trackedPrint struct {
	content uint64 // see trackedOrder.content
	key     uint64 // the hash of the first key's value
	rate    int64  // trackedOrder.rate in millionths
}

func (t *Tracker) printOf(o *trackedOrder) trackedPrint {
	seed := t.seeds()[0]
	return trackedPrint{content: o.content(seed), key: maphash.String(seed, o.key.Value), rate: o.rate.micros.Int64()}
}

// seeds are those of the engine's index of orders.
func (t *Tracker) seeds() fingerprints { return t.engine.orders.fingerprints }

// content is a hash of all that may not change; a status, a cancellation and
// what was refunded may. It is compared with that of one other order at a
// time, so 64 bits are plenty. The order of the lines does not matter.
func (o *trackedOrder) content(seed maphash.Seed) uint64 {
	w, lines := contentHash{seed: seed, buf: make([]byte, 0, 512)}, uint64(0)
	for i := range o.lines {
		l := &o.lines[i]
		w.texts(l.product, l.sku, l.name, l.category, l.brand)
		w.decimals(l.quantity, l.price, l.discount)
		lines += w.sum()
	}
	w.texts(o.id, o.currency)
	w.numbers(uint64(o.at), lines, uint64(len(o.lines)), uint64(len(o.keys)))
	for _, k := range o.keys {
		w.numbers(uint64(k.Kind))
		w.texts(k.Value)
	}
	w.decimals(o.total)
	w.decimals(o.numbers[:]...)
	w.texts(o.texts[:]...)
	return w.sum()
}

// contentHash hashes values so that none runs into the next.
type contentHash struct {
	seed maphash.Seed
	buf  []byte
}

func (w *contentHash) numbers(all ...uint64) {
	for _, n := range all {
		w.buf = binary.LittleEndian.AppendUint64(w.buf, n)
	}
}

func (w *contentHash) texts(all ...string) {
	for _, s := range all {
		w.numbers(uint64(len(s)))
		w.buf = append(w.buf, s...)
	}
}

// decimals takes numbers as they were read, which fit, or are missing.
func (w *contentHash) decimals(all ...decimal) {
	for _, d := range all {
		if d.given() {
			w.numbers(1, uint64(d.micros.Int64()))
		} else {
			w.numbers(0)
		}
	}
}

// sum is the hash of what was taken since the last one.
func (w *contentHash) sum() uint64 {
	sum := maphash.Bytes(w.seed, w.buf)
	w.buf = w.buf[:0]
	return sum
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
	again, problem := t.again(o)
	if problem != nil {
		return problem
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
	seeds := t.seeds()
	content := fingerprint{o.content(seeds[0]), o.content(seeds[1])} // one of many
	if _, again := t.returned[content]; again {
		t.engine.ArriveStatements(f.keys, f.at, nil, nil, CauseEvent)
		return
	}
	t.returned[content] = struct{}{}
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

// again says whether an order came before, as an event or another way, and
// refuses one whose content was another then. Its amounts count by the rate
// that they had.
func (t *Tracker) again(o *trackedOrder) (again bool, refused error) {
	id, now := t.engine.orders.of(o.id), t.printOf(o)
	before, tracked := t.orders[id]
	if tracked {
		o.rate = decimal{big.NewInt(before.rate)}
		if before.content == now.content {
			return true, nil
		}
	}
	order, owner := t.engine.order(o.id)
	if order == nil {
		t.orders[id] = now
		return false, nil
	}
	if tracked && before.key != now.key {
		return true, o.refused([...]string{"customer_id", "email", "phone", "customer_id"}[o.key.Kind], "customer "+t.keyOf(owner, before.key))
	}
	known := knownOrder(order)
	if column, was := t.differs(o, known); column != "" {
		return true, o.refused(column, was)
	}
	if tracked || !slices.Equal(foundTexts(o, o.rate), foundTexts(known, one)) {
		return true, o.refused("product_id", "other lines")
	}
	return true, nil
}

func (o *trackedOrder) refused(column, before string) error {
	return &RefusedError{column, "order " + o.id + " was imported before with " + before}
}

// keyOf is the value of the key by which an order came: it is one of its
// owner's, whoever that is by now.
func (t *Tracker) keyOf(owner *person, hash uint64) string {
	for _, k := range owner.keys {
		if maphash.String(t.seeds()[0], k.Value) == hash {
			return k.Value
		}
	}
	return "none"
}

// knownOrder is an order as the engine holds it: in the shop's currency.
func knownOrder(known *customer.Order) *trackedOrder {
	o := &trackedOrder{id: known.ID, at: known.At, rate: one, currency: known.Fields["currency"].String()}
	o.total = decimalOf(known.Fields["total"])
	for i, name := range orderNumbers {
		o.numbers[i] = decimalOf(known.Fields[name])
	}
	for i, name := range orderTexts {
		o.texts[i] = known.Fields[name].String()
	}
	for _, l := range known.Lines {
		line := trackedLine{
			product: l.Product, sku: l.Own.Get(0).String(), name: l.Own.Get(1).String(), category: l.Own.Get(2).String(), brand: l.Own.Get(3).String(),
			quantity: decimalOf(l.Quantity), price: decimalOf(l.Price), discount: decimalOf(l.Discount),
		}
		o.lines = append(o.lines, line)
	}
	return o
}

// differs is the first column, but for keys and lines, in which an order
// differs from the known one, and what that has there. Amounts are compared in
// the shop's currency, by the rate of the order.
func (t *Tracker) differs(o, known *trackedOrder) (column, was string) {
	switch {
	case o.at != known.at:
		return "at", "at " + time.UnixMicro(known.at).UTC().Format("2006-01-02T15:04:05Z")
	case t.currencyOf(o) != t.currencyOf(known):
		return "currency", "currency " + t.currencyOf(known)
	case !o.amount().money(o.rate).same(known.paid()):
		return "total", "total " + known.paid().text(2)
	}
	for i, name := range orderNumbers {
		if before := known.numbers[i]; !o.numbers[i].money(o.rate).same(before) {
			return name, name + " " + textOrNone(before)
		}
	}
	for i, name := range orderTexts {
		if before := known.texts[i]; o.texts[i] != before {
			if before == "" {
				before = "none"
			}
			return name, name + " " + before
		}
	}
	return "", ""
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
