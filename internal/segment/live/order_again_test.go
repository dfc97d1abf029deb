package live_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

const orderBefore = `"total":"20.50","currency":"EUR","shipping":3,"coupon":"SPRING","city":"Cluj",` +
	`"products":[{"product_id":"lamp","price":10,"quantity":2},{"sku":"cup","name":"Cup","price":"0.50","discount":0.1},{"sku":"cup","quantity":-1}]`

// sentAgain is an order as it comes again.
type sentAgain struct{ customer, email, at, properties, want string }

// sameOrders are what comes again as it was.
var sameOrders = []sentAgain{
	{properties: orderBefore},
	{properties: orderBefore + `,"status":"pending","refunded":1,"cancelled_at":"2026-03-05T00:00:00Z"`},
	{properties: `"value":20.5,"currency":"eur","shipping":"3.0","coupon":"SPRING","city":"Cluj","items":[{"sku":"cup","quantity":-1},` +
		`{"sku":"cup","name":"Cup","price":0.5,"discount":"0.10"},{"product":"lamp","price":"10","quantity":2}]`},
}

// otherOrders differ in what is known of every order.
var otherOrders = []sentAgain{
	{at: "2026-03-01T10:00:01Z", properties: orderBefore, want: "at: at 2026-03-01T10:00:00Z"},
	{properties: other(`"currency":"EUR",`, ``), want: "currency: currency EUR"},
	{properties: other(`20.50`, `20.51`), want: "total: total 102.019993"},
	{properties: other(`"total":"20.50",`, ``), want: "total: total 102.019993"},
	{properties: other(`"shipping":3`, `"shipping":4`), want: "shipping: shipping 14.929755"},
	{properties: other(`"shipping":3`, `"tax":3`), want: "shipping: shipping 14.929755"},
	{properties: other(`"shipping":3`, `"shipping":3,"tax":3`), want: "tax: tax none"},
	{properties: other(`SPRING`, `AUTUMN`), want: "coupon: coupon SPRING"},
	{properties: other(`SPRING`, ``), want: "coupon: coupon SPRING"},
	{properties: other(`"city"`, `"channel":"web","city"`), want: "channel: channel none"},
	{properties: other(`Cluj`, `Iasi`), want: "city: city Cluj"},
	{properties: other(`"quantity":2`, `"quantity":3`), want: "product_id: other lines"},
	{properties: other(`"Cup"`, `"Mug"`), want: "product_id: other lines"},
	{properties: other(`"price":10,`, `"price":10,"discount":0,`), want: "product_id: other lines"},
	{properties: other(`{"product_id":"lamp"`, `{"sku":"lamp"`), want: "product_id: other lines"},
	{properties: other(`"products":[`, `"products":[{"sku":"cup","name":"Cup","price":"0.50","discount":0.1},`), want: "product_id: other lines"},
}

// otherEvents differ in what is only known of an order that came as an event.
var otherEvents = []sentAgain{
	{customer: "bob", properties: orderBefore, want: "customer_id: customer ana"},
	{customer: "-", email: "b@x.y", properties: orderBefore, want: "email: customer ana"},
	{customer: "bob", at: "2026-03-01T10:00:01Z", properties: orderBefore, want: "customer_id: customer ana"},
	{email: "b@x.y", properties: orderBefore, want: "product_id: other lines"},
	{properties: other(`"quantity":-1`, `"quantity":-2`), want: "product_id: other lines"},
	{properties: other(`{"sku":"cup","quantity":-1}`, `{"product_id":"cup","quantity":-1}`), want: "product_id: other lines"},
}

func other(old, changed string) string { return strings.Replace(orderBefore, old, changed, 1) }

// TestOrderAgain sends an order again that differs in one thing. One that came
// as an event is compared with all that it was, by the rate that it had, and
// one that came another way with what is known of it.
func TestOrderAgain(t *testing.T) {
	t.Parallel()
	for _, packed := range []bool{false, true} {
		for _, test := range slices.Concat(sameOrders, otherOrders, otherEvents) {
			o := newOrdered(t)
			o.rate(t, 5_000_000) // of the day, from now on: the order keeps its own
			o.again(t, test, packed)
		}
		for _, test := range slices.Concat(sameOrders, otherOrders) {
			o := newOrdered(t)
			o.tracker = live.NewTracker(o.engine, "RON") // knows of no order that came before
			o.rate(t, 4_976_585)
			o.again(t, test, packed)
		}
		for _, test := range otherEvents {
			o := newOrdered(t)
			o.tracker = live.NewTracker(o.engine, "RON")
			o.rate(t, 4_976_585)
			if test.want = ""; test.at != "" {
				test.want = "at: at 2026-03-01T10:00:00Z"
			}
			o.again(t, test, packed)
		}
	}
}

// TestOrderAgainAfterMerge: the customer by whom an order came is told also
// when they became part of another.
func TestOrderAgainAfterMerge(t *testing.T) {
	t.Parallel()
	o := newOrdered(t)
	o.send(t, commerce.Event{At: o.at, Type: "identify", CustomerID: "zoe", Email: "z@x.y"})
	o.send(t, commerce.Event{At: o.at, Type: "identify", CustomerID: "ana", Email: "z@x.y"})
	o.again(t, sentAgain{customer: "zoe", properties: orderBefore, want: "customer_id: customer ana"}, true)
	o.again(t, sentAgain{properties: orderBefore}, true)
}

// TestRefundsAgain: an order of returned lines alone is told once, whatever
// the order of its lines, and one that differs is another.
func TestRefundsAgain(t *testing.T) {
	t.Parallel()
	o := newOrdered(t)
	for i, test := range []struct {
		properties string
		want       int // refunds: one of the order before, two of each of these
	}{
		{`"products":[{"sku":"cup","quantity":-1,"price":2},{"sku":"lamp","quantity":-1,"price":3}]`, 3},
		{`"products":[{"sku":"lamp","quantity":-1,"price":3},{"sku":"cup","quantity":"-1.0","price":2}]`, 3},
		{`"products":[{"sku":"lamp","quantity":-1,"price":2},{"sku":"cup","quantity":-1,"price":3}]`, 5},
		{`"products":[{"sku":"lamp","quantity":-1,"price":3},{"sku":"cup","quantity":-1,"price":2}],"city":"Cluj"`, 7},
		{`"products":[{"sku":"cup","quantity":-1,"price":2},{"sku":"lamp","quantity":-1,"price":3}]`, 7},
	} {
		if err := o.event("ana", "", o.at, test.properties); err != nil {
			t.Fatal(err)
		}
		got, err := o.engine.Members(fmt.Sprintf("refunds-%d", test.want), o.at.UnixMicro())
		if err != nil || len(got) != 1 {
			t.Errorf("%d: %v %v, want %d refunds", i, got, err, test.want)
		}
	}
}

// ordered is an engine to which an order came as an event.
type ordered struct {
	engine  *live.Engine
	tracker *live.Tracker
	at      time.Time
	pos     int64
}

func newOrdered(t *testing.T) *ordered {
	t.Helper()
	var all []eval.Segment
	for _, n := range []int{3, 5, 7} {
		checked, problems := segql.Compile(fmt.Sprintf(`count(refund) = %d`, n), script.Catalogue(script.Shop{}, nil))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all = append(all, eval.Segment{ID: fmt.Sprintf("refunds-%d", n), Checked: checked})
	}
	engine, err := live.New(eval.Settings{Zone: time.UTC}, all, func(live.Transition) {})
	if err != nil {
		t.Fatal(err)
	}
	o := &ordered{engine: engine, tracker: live.NewTracker(engine, "RON"), at: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	o.rate(t, 4_976_585)
	if err := o.event("ana", "", o.at, orderBefore); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *ordered) rate(t *testing.T, micros int64) {
	t.Helper()
	o.tracker.SetRate(o.at.Unix()/86_400, "EUR", eval.Number(micros))
}

func (o *ordered) event(customerID, email string, at time.Time, properties string) error {
	o.pos++
	return o.tracker.ArriveTracked(commerce.Event{
		At: at, Name: "order", CustomerID: customerID, Email: email, Properties: json.RawMessage(`{"id":"o1",` + properties + `}`),
	}, customer.Place{Seq: 1, Pos: o.pos})
}

func (o *ordered) send(t *testing.T, ev commerce.Event) {
	t.Helper()
	o.pos++
	if err := o.tracker.ArriveTracked(ev, customer.Place{Seq: 1, Pos: o.pos}); err != nil {
		t.Fatal(err)
	}
}

func (o *ordered) again(t *testing.T, test sentAgain, packed bool) {
	t.Helper()
	if packed {
		o.engine.Cool(0, 0)
	}
	at := o.at
	if test.at != "" {
		at, _ = time.Parse(time.RFC3339, test.at)
	}
	who := cmp.Or(test.customer, "ana")
	if who == "-" {
		who = ""
	}
	got := ""
	if err := o.event(who, test.email, at, test.properties); err != nil {
		got = strings.Replace(err.Error(), "order o1 was imported before with ", "", 1)
	}
	if got != test.want {
		t.Errorf("%+v: got %q, want %q", test, got, test.want)
	}
}
