package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql"
	"kith/internal/segql/eval"
	"kith/internal/warehouse"
)

// filled is a warehouse in memory with rows as statements write them.
func filled(t *testing.T, statements ...string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Config{Currency: "EUR", Zone: time.UTC, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, s := range statements {
		if _, err := conn.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return db
}

// everyone reads everyone, or with numbers some.
func everyone(ctx context.Context, t *testing.T, db *warehouse.DB, numbers ...int64) []live.Known {
	t.Helper()
	var all []live.Known
	take := func(k live.Known) { all = append(all, k) }
	shop := customer.NewShop(time.UTC)
	err := db.People().Everyone(ctx, shop, take)
	if numbers != nil {
		all = nil
		err = errors.Join(err, db.People().Some(ctx, shop, numbers, take))
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ordersOf are a customer's orders, in order of arrival.
func ordersOf(c *customer.Customer) (all []*customer.Order) {
	c.EachOrder(func(id string) { all = append(all, c.Order(id)) })
	return all
}

// told writes down what is known of a person.
func told(k live.Known) string {
	var b strings.Builder
	c := k.Customer
	fmt.Fprintf(&b, "%v %v %q since %d\n", k.Keys, k.Arrived, c.Name, c.Since())
	for _, o := range ordersOf(c) {
		fmt.Fprintf(&b, "order %s %d %v %q %d", o.ID, o.At, o.Place, o.Status, o.Cancelled)
		for _, name := range []string{"coupon", "currency", "channel", "country", "city", "total", "subtotal", "discount", "shipping", "tax"} {
			fmt.Fprintf(&b, " %v", o.Fields[name])
		}
		b.WriteByte('\n')
		for _, l := range o.Lines {
			fmt.Fprintf(&b, "line %+v\n", l)
		}
	}
	c.EachEvent(func(e *customer.Event) { fmt.Fprintf(&b, "event %+v\n", *e) })
	return b.String()
}

const (
	twoKeys = `INSERT INTO person_key VALUES (1, 'email', 'ana@x.y', 3, '2026-01-02', 1, 1), (-1, 'anonymous', 'visitor', -1, NULL, 1, 2),
		(3, 'customer', 'ana', 3, '2026-01-01', 2, 1), (2, 'phone', '+40', 2, NULL, 1, 3)`
	oneOrder = `INSERT INTO orders SELECT key, ts, valid_to, CAST(ts AS DATE), id, total, NULL, 0.5, NULL, NULL, coupon, 'EUR', 1, NULL, 'paid', NULL, 'Iași', 1, false, NULL, 0, 2, pos
		FROM (VALUES (3, TIMESTAMP '2026-01-03', TIMESTAMP 'infinity', 'o-2', 12.340001, 'NEW', 5), (1, TIMESTAMP '2026-01-02', TIMESTAMP '2026-02-01', 'o-1', -7, NULL, 6),
			(NULL, TIMESTAMP '2026-01-01', TIMESTAMP 'infinity', 'nobody''s', 1, NULL, 7)) t(key, ts, valid_to, id, total, coupon, pos)`
	itsLines = `INSERT INTO item SELECT key, '2026-01-02', 'infinity', '2026-01-02', id, line, product, 'sku', 'its name', 'shoes', 'brand', NULL, NULL, 9.99, quantity, NULL, NULL, NULL, own, 2, pos
		FROM (VALUES (3, 'o-2', 1, 'p-1', 1, 0, 5), (1, 'o-1', 2, 'p-1', 2, 64, 7), (3, 'o-2', 2, NULL, 1.5, 12, 6), (1, 'o-1', 1, 'a product with a long id', 1, 0, 6)) t(key, id, line, product, quantity, own, pos)`
	itsEvents = `INSERT INTO event SELECT key, ts, CAST(ts AS DATE), event, event, id, product, NULL, NULL, 'hats', NULL, NULL, tags, 5, NULL, '2025-01-01', quantity, own, properties, 2, pos
		FROM (VALUES (3, TIMESTAMP '2026-01-05', 'product_viewed', 'm-2', 'p-1', ['a', 'b'], NULL, 0, NULL, 9), (3, TIMESTAMP '2026-01-04', 'product_viewed', NULL, NULL, NULL, 2, 360, '{"a":1}', 8),
			(-1, TIMESTAMP '2026-01-04', 'home', NULL, NULL, NULL, NULL, 0, NULL, 3)) t(key, ts, event, id, product, tags, quantity, own, properties, pos)`
	whatWasSaid = `INSERT INTO trait_fact VALUES (3, 'country', 'RO', '-infinity', 2, 1), (1, 'country', NULL, '2026-01-03', 2, 4), (2, 'age', '44', '-infinity', 2, 3)`
	whatWasTold = `INSERT INTO refund VALUES (3, '2026-01-06', '2026-01-06', 'r-1', 'o-2', NULL, NULL, 3.5, 'too large', NULL, 2, 11)`
)

// TestPeopleAreWhatIsKnown reads persons with several keys, whose facts lie in
// no order, a visitor, and what is nobody's.
func TestPeopleAreWhatIsKnown(t *testing.T) {
	t.Parallel()
	db := filled(t, twoKeys, oneOrder, itsLines, itsEvents, whatWasSaid, whatWasTold)
	all := everyone(t.Context(), t, db)
	if len(all) != 3 {
		t.Fatalf("got %d persons", len(all))
	}
	ana, visitor, phone := all[0], all[1], all[2]
	if want := []live.Key{{Kind: live.EmailKey, Value: "ana@x.y"}, {Kind: live.CustomerKey, Value: "ana"}}; !slices.Equal(ana.Keys, want) || !slices.Equal(ana.Arrived, []int{0, 3}) {
		t.Errorf("ana's keys are %v, %v", ana.Keys, ana.Arrived)
	}
	if ana.Customer.Name != "ana" || visitor.Customer.Name != "" || phone.Customer.Name != "+40" {
		t.Errorf("names are %q, %q, %q", ana.Customer.Name, visitor.Customer.Name, phone.Customer.Name)
	}
	micros := func(day int) int64 { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC).UnixMicro() }
	if got := ana.Customer.Since(); got != micros(1) {
		t.Errorf("ana is known since %d", got)
	}
	checkOrders(t, ana.Customer, micros)
	views := ana.Customer.Events("product_viewed")
	if len(views) != 2 || views[0].At != micros(4) || views[1].ID != "m-2" || !views[1].Own.Get(6).Missing() {
		t.Fatalf("ana's views are %+v", views)
	}
	own := customer.ProductValues{6: eval.Number(5_000_000), 8: eval.Instant(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())}
	if ownOf(views[0].Own) != fmt.Sprint(own) || views[0].JSON != `{"a":1}` || views[0].Quantity != eval.Number(2_000_000) {
		t.Errorf("ana's first view is %+v", *views[0])
	}
	if got := visitor.Customer.Events("home"); len(got) != 1 || got[0].Place != (customer.Place{Seq: 2, Pos: 3}) {
		t.Errorf("the visitor's events are %v", got)
	}
	ana.Customer.Stand(micros(2))
	if got := ana.Customer.Field("country", segql.Text); got != eval.Text("RO") {
		t.Errorf("ana's country was %v", got)
	}
	ana.Customer.Stand(micros(7))
	if got := ana.Customer.Facts(eval.Kind{Name: "refund"}); len(got.Times()) != 1 || got.Field(0, "total", segql.Number) != eval.Number(3_500_000) {
		t.Errorf("ana's refunds are %v", got)
	}
	if got := phone.Customer.Field("age", segql.Number); got != eval.Number(44_000_000) {
		t.Errorf("the age is %v", got)
	}
}

func ownOf(o customer.OwnValues) string {
	var all customer.ProductValues
	for i := range all {
		all[i] = o.Get(i)
	}
	return fmt.Sprint(all)
}

func checkOrders(t *testing.T, ana *customer.Customer, micros func(day int) int64) {
	t.Helper()
	orders := ordersOf(ana)
	if len(orders) != 2 {
		t.Fatalf("ana's orders are %v", orders)
	}
	first, second := orders[0], orders[1]
	if first.ID != "o-2" || first.At != micros(3) || first.Cancelled != eval.Never || second.Cancelled != micros(32) {
		t.Errorf("ana's orders are %+v, %+v", *first, *second)
	}
	for name, want := range map[string]eval.Value{
		"total": eval.Number(12_340_001), "coupon": eval.Text("NEW"), "city": eval.Text("Iași"), "discount": eval.Number(500_000), "tax": {}, "country": {},
	} {
		if got := first.Fields[name]; got != want {
			t.Errorf("%s is %v", name, got)
		}
	}
	if total := second.Fields["total"]; total != eval.Number(-7_000_000) || !second.Fields["coupon"].Missing() {
		t.Errorf("the fields are %v", second.Fields)
	}
	lines := first.Lines
	if len(lines) != 2 || lines[0].Product != "p-1" || lines[1].Quantity != eval.Number(1_500_000) ||
		ownOf(lines[1].Own) != fmt.Sprint(customer.ProductValues{2: eval.Text("shoes"), 3: eval.Text("brand")}) || !lines[1].Price.Missing() {
		t.Errorf("the first one's lines are %+v", lines)
	}
	lines = second.Lines
	if len(lines) != 2 || lines[0].Number != 1 || lines[0].Product != "a product with a long id" || lines[1].Price != eval.Number(9_990_000) {
		t.Errorf("the second one's lines are %+v", lines)
	}
}

// manyPeople makes more people than are made customers at once. Keys of one
// person, and facts of one person, come far apart.
func manyPeople(n int) []string {
	return []string{
		fmt.Sprintf(`INSERT INTO person_key SELECT i, 'customer', 'c' || i, i, TIMESTAMP '2026-01-01', 1, i FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO person_key SELECT %d + i, 'email', i || '@x.y', %d + 1 - i, NULL, 2, i FROM range(1, %d + 1) t(i)`, n, n, n),
		fmt.Sprintf(`INSERT INTO person_key SELECT -i, 'anonymous', 'a' || i, -i, NULL, 3, i FROM range(1, %d + 1) t(i)`, n),
		fmt.Sprintf(`INSERT INTO orders SELECT 1 + i * 7919 %% (2 * %[1]d), ts, 'infinity', CAST(ts AS DATE), 'order number ' || i, i, NULL, NULL, NULL, NULL, NULL, 'EUR', 1, NULL, 'paid', NULL, NULL, 1, false, NULL, 0, 4, i
			FROM (SELECT i, TIMESTAMP '2026-01-01' + to_minutes(i) AS ts FROM range(%[1]d * 3) t(i))`, n),
		fmt.Sprintf(`INSERT INTO item SELECT 1 + (i %% (%[1]d * 3)) * 7919 %% (2 * %[1]d), '2026-01-01', 'infinity', '2026-01-01', 'order number ' || i %% (%[1]d * 3), CAST(1 + i // (%[1]d * 3) AS INTEGER), 'p' || i %% 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL, 0, 4, i
			FROM range(%[1]d * 9) t(i)`, n),
		fmt.Sprintf(`INSERT INTO event SELECT CASE WHEN i %% 2 = 0 THEN -1 - i %% %[1]d ELSE 1 + i * 31 %% %[1]d END, ts, CAST(ts AS DATE), 'home', 'home', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 5, i
			FROM (SELECT i, TIMESTAMP '2026-06-01' - to_minutes(i) AS ts FROM range(%[1]d * 10) t(i))`, n),
	}
}

// TestSomePeopleAreAsAmongEveryone reads people alone and among all others.
func TestSomePeopleAreAsAmongEveryone(t *testing.T) {
	t.Parallel()
	const many = 1000
	db := filled(t, manyPeople(many)...)
	all := everyone(t.Context(), t, db)
	if len(all) != 2*many {
		t.Fatalf("got %d persons", len(all))
	}
	orders, lines, events := 0, 0, 0
	for i, k := range all {
		if want := fmt.Sprint("c", i+1); i < many && k.Customer.Name != want {
			t.Fatalf("person %d is %q", i, k.Customer.Name)
		}
		orders += len(ordersOf(k.Customer))
		for _, o := range ordersOf(k.Customer) {
			lines += len(o.Lines)
		}
		home := k.Customer.Events("home")
		events += len(home)
		if !slices.IsSortedFunc(home, func(a, b *customer.Event) int { return int(a.At - b.At) }) {
			t.Errorf("the events of %q are in no order", k.Customer.Name)
		}
	}
	if orders != 3*many || lines != 9*many || events != 10*many {
		t.Errorf("got %d orders, %d lines, %d events", orders, lines, events)
	}
	for _, number := range []int64{1, 256, 257, 999, -1, -700} {
		some := everyone(t.Context(), t, db, number)
		if len(some) != 1 {
			t.Fatalf("got %d persons for %d", len(some), number)
		}
		among := all[slices.IndexFunc(all, func(k live.Known) bool { return slices.Contains(k.Keys, some[0].Keys[0]) })]
		some[0].Arrived = among.Arrived // counted among those who are asked for
		if got, want := told(some[0]), told(among); got != want {
			t.Errorf("alone:\n%s\namong everyone:\n%s", got, want)
		}
	}
	if none := everyone(t.Context(), t, db, []int64{}...); len(none) > 0 {
		t.Errorf("got %d persons for none", len(none))
	}
}

// TestReadingPeopleIsInterrupted ends the context, and reads again.
func TestReadingPeopleIsInterrupted(t *testing.T) {
	t.Parallel()
	db := filled(t, manyPeople(1000)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 {
		err := db.People().Some(ctx, customer.NewShop(time.UTC), []int64{1}, func(live.Known) {})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if got := everyone(t.Context(), t, db, 1, 2); len(got) != 2 {
		t.Errorf("got %d persons", len(got))
	}
}

// TestRemainsAndScores reads what is no person's fact.
func TestRemainsAndScores(t *testing.T) {
	t.Parallel()
	db := filled(
		t, twoKeys, `INSERT INTO message_recent VALUES ('m-1', 5, NULL, 1, 1), ('a longer id of a message', 7, 9, 2, 1), ('too old', -604793, 9, 2, 2), ('too early', 7, 9, 0, 2)`,
		`UPDATE shop SET clock = 7`,
		`INSERT INTO cancellation VALUES (NULL, '2026-01-01 00:00:00.000001', 'o-9', 1, 1)`, `INSERT INTO rate VALUES ('USD', '2026-01-02', 0.91, 1, 1)`,
		`INSERT INTO product_fact (product, ts, tags, price, seq, pos) VALUES ('p-1', '-infinity', ['new'], 9.5, 3, 1), ('p-2', '2026-01-01', NULL, NULL, 4, 1)`,
		`INSERT INTO run VALUES (1, '2026-01-01', 1)`,
		`INSERT INTO score VALUES (3, 'rfm.recency', 5, NULL, '2026-01-01', 'infinity', 1), (3, 'rfm.group', NULL, 'Champions', '2026-01-01', 'infinity', 1)`,
		`INSERT INTO percentile VALUES (1, 'count(order)', 3, 1, 4)`,
	)
	var got []string
	note := func(form string, args ...any) { got = append(got, fmt.Sprintf(form, args...)) }
	err := db.People().Remains(
		t.Context(), func(order string, at int64) { note("cancelled %s %d", order, at) },
		func(day int64, currency string, rate eval.Value) {
			note("rate %d %s %t", day, currency, rate == eval.Number(910_000))
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	clock, err := db.People().Messages(t.Context(), 0, func(id string, second int64) { note("seen %s %d", id, second) })
	if err != nil || clock != 7 {
		t.Fatal(clock, err)
	}
	err = db.People().Products(t.Context(), 2, func(id string, v customer.ProductVersion) {
		note("product %s %t %v %q %t", id, v.At == customer.Always, v.Place, v.Fields[5].AsList(), v.Fields[6] == eval.Number(9_500_000))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"cancelled o-9 1767225600000001", "rate 20455 USD true", "seen m-1 5", "seen a longer id of a message 7",
		`product p-1 true {3 1} ["new"] true`, `product p-2 false {4 1} [] false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	scores, err := db.People().Scores(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	of := scores(live.Key{Kind: live.CustomerKey, Value: "ana"})
	if of.Base("rfm.recency", true) != eval.Number(5_000_000) || of.Base("rfm.group", true) != eval.Text("Champions") || of.Percentile("count(order)", true).Missing() {
		t.Errorf("ana's scores are %v", of)
	}
	if got := scores(live.Key{Kind: live.PhoneKey, Value: "+40"}); !got.Base("rfm.recency", true).Missing() {
		t.Errorf("the other one's recency is %v", got)
	}
}
