package warehouse_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/insight"
	"kith/internal/warehouse"
	"kith/internal/warehouse/warehousetest"
)

// line is an order with one item, as the test itself counts it.
type line struct {
	customer          string // empty: nobody's
	at                time.Time
	total             int
	refunded          int
	cancelled         time.Time
	product, category string
	quantity          int
}

// counts says whether the order counts at an instant.
func (l line) counts(at time.Time) bool {
	return !l.at.After(at) && (l.cancelled.IsZero() || l.cancelled.After(at))
}

// randomLines makes orders of the years 2024 to 2026, some on the very bounds
// of windows.
func randomLines(r *rand.Rand, customers, n int, at time.Time) []line {
	edges := []time.Time{at, at.Add(time.Microsecond), at.AddDate(-1, 0, 0), at.AddDate(-1, 0, 0).Add(time.Microsecond), at.AddDate(0, 0, -30), at.AddDate(0, 0, -30).Add(time.Microsecond)}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var lines []line
	for range n {
		l := line{
			customer: fmt.Sprintf("c%02d", r.IntN(customers)), at: start.Add(time.Duration(r.IntN(1000*24)) * time.Hour),
			total: r.IntN(100), product: fmt.Sprintf("p%d", r.IntN(12)), category: fmt.Sprintf("k%d", r.IntN(4)), quantity: 1,
		}
		if r.IntN(3) == 0 {
			l.at = at.Add(-time.Duration(r.IntN(40*24)) * time.Hour)
		}
		switch r.IntN(8) {
		case 0:
			l.at = edges[r.IntN(len(edges))]
		case 1:
			l.cancelled = l.at.Add(time.Duration(r.IntN(1000)) * time.Hour)
		case 2:
			l.customer = ""
		case 3:
			l.refunded = l.total / 2
		case 4:
			l.product, l.category = "", ""
		case 5:
			l.category = ""
		}
		lines = append(lines, l)
	}
	return lines
}

// load loads the lines as orders.
func loadLines(shop *warehousetest.Shop, lines []line) {
	rows := make([]warehouse.Row, len(lines))
	for i, l := range lines {
		rows[i] = warehouse.Row{
			"order_id": fmt.Sprint(i), "customer_id": l.customer, "ts": l.at, "total": l.total,
			"product_id": l.product, "category": l.category, "product_name": "the " + l.product, "quantity": l.quantity, "unit_price": l.total,
		}
		if l.refunded > 0 {
			rows[i]["refunded"] = l.refunded
		}
		if !l.cancelled.IsZero() {
			rows[i]["cancelled_at"] = l.cancelled
		}
	}
	shop.Add(commerce.Orders, rows...)
}

// sums adds up what some customers ordered after from and up to at.
func sums(lines []line, in func(string) bool, from, at time.Time) (s insight.Sums) {
	for _, l := range lines {
		if l.customer == "" || !in(l.customer) || !l.at.After(from) || l.at.After(at) {
			continue
		}
		if l.counts(at) {
			s.Orders++
			s.Total += commerce.Amount(l.total * 1_000_000)
		}
		s.Refunds += commerce.Amount(l.refunded * 1_000_000)
	}
	return s
}

// buyers counts who bought each value in the last 12 months; only what a
// member bought.
func buyers(lines []line, in func(string) bool, at time.Time, of func(line) string) []insight.Buyers {
	members, others := map[string]map[string]bool{}, map[string]map[string]bool{}
	for _, l := range lines {
		if l.customer == "" || of(l) == "" || !l.counts(at) || !l.at.After(at.AddDate(-1, 0, 0)) {
			continue
		}
		side := others
		if in(l.customer) {
			side = members
		}
		if side[of(l)] == nil {
			side[of(l)] = map[string]bool{}
		}
		side[of(l)][l.customer] = true
	}
	var list []insight.Buyers
	for v, m := range members {
		list = append(list, insight.Buyers{Value: v, Members: int64(len(m)), Others: int64(len(others[v]))})
	}
	return list
}

var byValue = cmpopts.SortSlices(func(a, b insight.Buyers) bool { return a.Value < b.Value })

func questionsOf(t *testing.T, texts ...string) []segment.Question {
	t.Helper()
	var list []segment.Question
	for _, text := range texts {
		list = append(list, segment.Question{Text: text, Checked: checkedIn(t, text, nil)})
	}
	return list
}

// membersOf asks for the members by themselves, without anything of insights.
func membersOf(t *testing.T, q *warehouse.Questions, s segment.Question, at time.Time) map[string]bool {
	t.Helper()
	in := map[string]bool{}
	if err := q.Members(t.Context(), s.Checked, at, s.Saved(), func(id string) error { in[id] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	return in
}

func asking(shop *warehousetest.Shop) *warehouse.Questions {
	settings := commerce.Settings{Currency: "RON"}.Filled()
	return shop.Questions(func() commerce.Settings { return settings })
}

// TestInsightsAreThoseOfCountingInGo compares random shops with what Go counts
// from the same orders.
func TestInsightsAreThoseOfCountingInGo(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			lines := randomLines(rand.New(rand.NewPCG(seed, 5)), 40, 400, at)
			shop := warehousetest.Open(t, "RON", "UTC")
			loadLines(shop, lines)
			q := asking(shop)
			questions := questionsOf(t, "count(order) >= 8", "everyone", "no order and has order",
				`has item[category = "k1"] in last 3 months`, "percentile(sum(order.total)) >= 50", `percent(30, "a") and not percent(50, "b")`)
			compareKinds(t, q, questions, lines, at)
			for _, s := range questions {
				comparePurchases(t, q, s, lines, at)
				compareOrdered(t, q, s, lines, at)
			}
		})
	}
}

func compareKinds(t *testing.T, q *warehouse.Questions, questions []segment.Question, lines []line, at time.Time) {
	t.Helper()
	kinds, err := q.Kinds(t.Context(), questions, at)
	if err != nil {
		t.Fatal(err)
	}
	o := insight.NewOverlap(len(questions), kinds)
	var in []map[string]bool
	for _, s := range questions {
		in = append(in, membersOf(t, q, s, at))
	}
	everyone := membersOf(t, q, questionsOf(t, "everyone")[0], at)
	for i := range questions {
		for j := range questions {
			both := 0
			for id := range in[i] {
				if in[j][id] {
					both++
				}
			}
			if o.Both(i, j) != int64(both) {
				t.Errorf("%s and %s: %d, want %d", questions[i].Text, questions[j].Text, o.Both(i, j), both)
			}
		}
		members, all := insight.TotalsOf(i, kinds)
		of := func(set map[string]bool) insight.Totals {
			is := func(id string) bool { return set[id] }
			return insight.Totals{Customers: int64(len(set)), Year: sums(lines, is, at.AddDate(-1, 0, 0), at), Ever: sums(lines, is, time.Time{}, at)}
		}
		if diff := cmp.Diff([]insight.Totals{of(in[i]), of(everyone)}, []insight.Totals{members, all}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", questions[i].Text, diff)
		}
	}
}

func comparePurchases(t *testing.T, q *warehouse.Questions, s segment.Question, lines []line, at time.Time) {
	t.Helper()
	got, err := q.Purchases(t.Context(), s, at)
	if err != nil {
		t.Fatal(err)
	}
	set := membersOf(t, q, s, at)
	in := func(id string) bool { return set[id] }
	want := insight.Purchases{
		Categories: buyers(lines, in, at, func(l line) string { return l.category }),
		Products:   buyers(lines, in, at, func(l line) string { return l.product }),
	}
	anything := func(side func(string) bool) int64 {
		list := buyers(lines, side, at, func(l line) string {
			if l.product+l.category == "" {
				return "" // an order without an item
			}
			return "anything"
		})
		if len(list) == 0 {
			return 0
		}
		return list[0].Members
	}
	want.Anything.Members, want.Anything.Others = anything(in), anything(func(id string) bool { return !set[id] })
	if diff := cmp.Diff(want, got, byValue, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", s.Text, diff)
	}
}

func compareOrdered(t *testing.T, q *warehouse.Questions, s segment.Question, lines []line, at time.Time) {
	t.Helper()
	from := at.AddDate(0, 0, -30)
	got, err := q.OrderedSince(t.Context(), s, from, at)
	if err != nil {
		t.Fatal(err)
	}
	members := membersOf(t, q, s, from)
	ordered := map[string]bool{}
	for _, l := range lines {
		if members[l.customer] && l.at.After(from) && l.counts(at) {
			ordered[l.customer] = true
		}
	}
	if want := insight.NewBaseline(int64(len(members)), int64(len(ordered))); got != want {
		t.Errorf("%s: %+v, want %+v", s.Text, got, want)
	}
}

// TestInsightsOfJoinedPersons: facts keep the key they arrived with.
func TestInsightsOfJoinedPersons(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "RON", "UTC")
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	order := func(id string, customer, email any, total int) warehouse.Row {
		return warehouse.Row{"order_id": id, "customer_id": customer, "email": email, "ts": day, "total": total, "product_id": "lamp", "quantity": 1, "unit_price": total}
	}
	shop.Add(commerce.Orders, order("1", nil, "ana@example.com", 10), order("2", "ana", nil, 20), order("3", "bob", nil, 5))
	shop.Add(commerce.Customers, warehouse.Row{"customer_id": "ana", "email": "ana@example.com"})
	q := asking(shop)
	s := questionsOf(t, "sum(order.total) >= 30")
	kinds, err := q.Kinds(t.Context(), s, day.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	members, all := insight.TotalsOf(0, kinds)
	if members.Customers != 1 || members.Ever.Orders != 2 || members.Ever.Total != 30_000_000 || all.Customers != 2 || all.Ever.Orders != 3 {
		t.Errorf("members %+v of %+v", members, all)
	}
	p, err := q.Purchases(t.Context(), s[0], day.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if want := []insight.Buyers{{Value: "lamp", Members: 1, Others: 1}}; !slices.Equal(p.Products, want) {
		t.Errorf("%+v, want %+v", p.Products, want)
	}
	b, err := q.OrderedSince(t.Context(), questionsOf(t, "everyone")[0], day.AddDate(0, 0, -1), day)
	if err != nil || b.Members != 0 {
		t.Errorf("%+v %v: nobody was there the day before", b, err)
	}
}

func TestInsightsOfAnEmptyShop(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	shop := warehousetest.Open(t, "RON", "UTC")
	for _, with := range []string{"nobody", "a customer without orders"} {
		q := asking(shop)
		compareKinds(t, q, questionsOf(t, "everyone", "has order"), nil, at)
		compareKinds(t, q, nil, nil, at)
		comparePurchases(t, q, questionsOf(t, "everyone")[0], nil, at)
		compareOrdered(t, q, questionsOf(t, "everyone")[0], nil, at)
		if t.Failed() {
			t.Fatalf("in a shop with %s", with)
		}
		shop.Add(commerce.Customers, warehouse.Row{"customer_id": "ana"})
	}
}

// TestKindsOfManySegments: more than one word of a bitmap holds.
func TestKindsOfManySegments(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	lines := randomLines(rand.New(rand.NewPCG(9, 9)), 30, 200, at)
	shop := warehousetest.Open(t, "RON", "UTC")
	loadLines(shop, lines)
	var texts []string
	for i := range 130 {
		texts = append(texts, fmt.Sprintf("sum(order.total) >= %d", i*5))
	}
	compareKinds(t, asking(shop), questionsOf(t, texts...), lines, at)
}

func TestProductNames(t *testing.T) {
	t.Parallel()
	shop := warehousetest.Open(t, "RON", "UTC")
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	order := func(id, product, name string, days int) warehouse.Row {
		return warehouse.Row{"order_id": id, "customer_id": "ana", "ts": day.AddDate(0, 0, days), "product_id": product, "product_name": name, "quantity": 1, "unit_price": 1}
	}
	shop.Add(commerce.Products, warehouse.Row{"product_id": "lamp", "name": "Desk lamp"})
	shop.Add(commerce.Orders, order("1", "lamp", "a lamp", 0), order("2", "rug", "Old rug", 0), order("3", "rug", "Rug", 1), order("4", "rug", "Rug of tomorrow", 9), order("5", "cup", "", 0))
	got, err := asking(shop).ProductNames(t.Context(), []string{"lamp", "rug", "cup", "never", "lamp"}, day.AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"lamp": "Desk lamp", "rug": "Rug"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if got, err := asking(shop).ProductNames(t.Context(), nil, day); err != nil || len(got) > 0 {
		t.Errorf("of no products: %v %v", got, err)
	}
}
