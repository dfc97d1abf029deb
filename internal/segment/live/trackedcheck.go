package live

import (
	"strings"
	"time"
	"unicode/utf8"

	"kith/internal/commerce"
	"kith/internal/customer"
)

// problem is what is wrong with an event: the first of it counts.
type problem struct{ column, reason string }

func (p *problem) is(column, reason string) {
	if p.reason == "" && reason != "" {
		p.column, p.reason = column, reason
	}
}

// check refuses an event that cannot be taken whatever is known, as
// eventfact.sql does.
func (t *Tracker) check(f *fact) error {
	var p problem
	switch f.class {
	case customer.NamelessEvent:
		p.is("event", "no event")
	case customer.OrderEvent:
		t.checkOrder(f, &p)
	case customer.CancelEvent:
		name, id := f.given("order_id", "orderId", "order", "id")
		p.is("order_id", noID(id))
		if f.scalar(name) == "" {
			p.is("order_id", "it is missing")
		}
	case customer.RefundEvent:
		currency := f.text("currency")
		p.is("currency", noCurrency(currency))
		p.is("quantity", noNumber(f.text("quantity")))
		name, total := f.given("total", "amount", "value")
		p.is(name, noNumber(total))
		p.is(name, negative(total))
		t.checkRate(f, currency, &p)
	case customer.PointsEvent:
		name, amount := f.given("amount", "points", "value")
		p.is(name, noNumber(amount))
		if amount == "" {
			p.is("amount", "it is missing")
		}
	default:
	}
	if p.reason == "" {
		return nil
	}
	return &RefusedError{p.column, p.reason}
}

func (t *Tracker) checkOrder(f *fact, p *problem) {
	_, id := f.given("order_id", "orderId", "order", "id")
	p.is("order_id", noID(id))
	if status := f.text("status"); status != "" && !strings.Contains(", "+customer.EventStatuses+", ", ", "+statusOf(status)+", ") {
		p.is("status", shown(status)+" is no status that is known: "+customer.EventStatuses)
	}
	currency := f.text("currency")
	p.is("currency", noCurrency(currency))
	lines, lineProblem := f.checkLines()
	name, total := f.given("total", "value", "revenue")
	p.is(name, noNumber(total))
	if negative(total) != "" && !lines.returned {
		p.is(name, negative(total)+": a return is a refund, which is an event order_refunded or a product with a quantity below zero")
	}
	for _, name := range orderNumbers {
		p.is(name, noNumber(f.text(name)))
	}
	if cancelled := f.text("cancelled_at"); cancelled != "" {
		if _, ok := f.instant("cancelled_at"); !ok {
			p.is("cancelled_at", shown(cancelled)+" is not an instant like 2026-03-01T10:00:00Z")
		}
	}
	p.is("refunded", noNumber(f.text("refunded")))
	p.is("refunded", negative(f.text("refunded")))
	if lines.noList != "" {
		p.is(lines.noList, "it is not a list of products")
	}
	p.is(lineProblem.column, lineProblem.reason)
	t.checkRate(f, currency, p)
}

// lineCheck is what the lines of an order are.
type lineCheck struct {
	returned bool
	noList   string // the first property for lines, if it is no list
}

// checkLines looks at an order's lines. The problem is that of the first line
// that has one.
func (f *fact) checkLines() (c lineCheck, p problem) {
	for _, name := range lineLists {
		if raw := f.value(name); raw != "" && raw[0] != 'n' {
			if raw[0] != '[' {
				c.noList = name
			}
			break
		}
	}
	for i := range f.lines {
		if negativeNumber(f.lines[i].text("quantity")) {
			c.returned = true
		}
		if p.reason == "" {
			p = f.lines[i].check()
		}
	}
	return c, p
}

func (l *orderLine) check() (p problem) {
	if !l.isObject {
		p.is("products", "a product in it is not an object")
		return p
	}
	_, id := l.given("product_id", "product", "productId")
	p.is("product_id", noID(id))
	p.is("quantity", noNumber(l.text("quantity")))
	name, price := l.given("unit_price", "price")
	p.is(name, noNumber(price))
	p.is(name, negative(price))
	name, discount := l.given("line_discount", "discount")
	p.is(name, noNumber(discount))
	return p
}

func (t *Tracker) checkRate(f *fact, currency string, p *problem) {
	if currency = strings.ToUpper(currency); currency != "" && !t.rate(currency, f.at).given() {
		day := time.Unix(t.engine.shop.Zone.Day(f.at)*86_400, 0).UTC().Format(time.DateOnly)
		p.is("currency", "no rate for "+currency+" on "+day)
	}
}

// noNumber says why a text is no number. One that does not fit is a number: it
// is missing, as in files.
func noNumber(s string) string {
	if s == "" || isNumber(s) {
		return ""
	}
	return shown(s) + " is not a number"
}

// isNumber says whether a text is [+-]?[0-9]+(\.[0-9]+)?
func isNumber(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, decimals, point := strings.Cut(s, ".")
	return digits(whole) && (!point || digits(decimals))
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func negative(s string) string {
	if negativeNumber(s) {
		return `"` + s + `" is negative`
	}
	return ""
}

func negativeNumber(s string) bool {
	micros, _ := readMicros(s)
	return micros < 0
}

func noCurrency(s string) string {
	if s == "" || strings.Contains(commerce.Currencies, " "+strings.ToUpper(s)+" ") {
		return ""
	}
	return shown(s) + " is not a currency code"
}

func noID(s string) string {
	if strings.ContainsFunc(s, isControl) {
		return shown(s) + " holds a line break or another control character, which an id may not"
	}
	return ""
}

// isControl says whether a rune is a control character or none at all.
func isControl(r rune) bool { return r < ' ' || 0x7f <= r && r <= 0x9f || r == utf8.RuneError }

// shown is a value in a reason, cut where it is long.
func shown(s string) string {
	const most = 60
	if letters := []rune(s); len(letters) > most {
		s = string(letters[:most])
	}
	return `"` + s + `"`
}
