package warehouse

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/internal/commerce"
)

// What loads worked out bit by bit is what working it out from nothing gives.
func TestDerivedBitByBit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			g := &randomShop{rand: rand.New(rand.NewPCG(seed, 1))}
			for range 8 {
				kind, rows := g.batch()
				s.load(kind, rows...)
			}
			before := s.prints()
			s.checkPersons()
			s.checkCatalogue("item", "name", 2)
			s.checkCatalogue("event", "product_name", 2)
			s.deriveAll()
			wantSame(t, before, s.prints())
		})
	}
}

// randomShop makes batches over few names, so that everything meets.
type randomShop struct {
	rand *rand.Rand
	n    int
}

func (g *randomShop) pick(values ...string) string { return values[g.rand.IntN(len(values))] }

func (g *randomShop) instant() time.Time {
	return time.Date(2026, 3, 1, 0, g.rand.IntN(40)*11, 0, 0, time.UTC)
}

// keys gives a row one or two keys; the second now and then, so that persons
// are joined late.
func (g *randomShop) keys(row Row, anonymous bool) Row {
	n := g.pick("1", "2", "3", "4", "5")
	kinds := []string{"customer_id", "email", "phone"}
	if anonymous {
		kinds = append(kinds, "anonymous_id", "anonymous_id")
	}
	row[kinds[g.rand.IntN(len(kinds))]] = "k" + n
	if g.rand.IntN(6) == 0 {
		row[kinds[g.rand.IntN(len(kinds))]] = "k" + g.pick("1", "2", "3", "4", "5")
	}
	return row
}

func (g *randomShop) batch() (commerce.Kind, []Row) {
	kinds := []commerce.Kind{commerce.Orders, commerce.Events, commerce.Events, commerce.Customers, commerce.Products}
	kind := kinds[g.rand.IntN(len(kinds))]
	rows := make([]Row, 1+g.rand.IntN(12))
	for i := range rows {
		rows[i] = g.row(kind)
	}
	return kind, rows
}

func (g *randomShop) row(kind commerce.Kind) Row {
	g.n++
	switch kind {
	case commerce.Orders:
		return g.keys(Row{
			"order_id": fmt.Sprintf("o%d", g.n), "ts": g.instant(), "status": g.pick("", "paid", "pending"),
			"country": g.pick("", "RO", "DE"), "product_id": g.pick("p1", "p2"), "unit_price": g.pick("", "5"), "product_name": g.pick("", "own"),
		}, false)
	case commerce.Customers:
		row := g.keys(Row{"fields": []Field{{"country", g.pick("", "RO", "FR")}, {"traits.x", g.pick("", "1", "2")}}}, false)
		if g.rand.IntN(2) == 0 {
			row["updated_at"] = g.instant()
		}
		return row
	case commerce.Products:
		row := Row{"product_id": g.pick("p1", "p2", "p3"), "name": g.pick("", "A", "B"), "price": g.pick("1", "2", "3"), "tags": []string{g.pick("x", "y")}}
		if g.rand.IntN(3) > 0 {
			row["updated_at"] = g.instant()
		}
		return row
	case commerce.Events, commerce.Rates:
	}
	event := g.pick("product_added", "product_added", "product_removed", "product_added_to_wishlist", "product_removed_from_wishlist", "seen", "page",
		"order", "cancel", "ticket", "message_opened", "coupon", "points", "refund")
	order := fmt.Sprintf("o%d", g.n)
	if event != "order" {
		order = fmt.Sprintf("o%d", g.rand.IntN(g.n+1))
	}
	properties := fmt.Sprintf(`{"id":%q,"order_id":%q,"product_id":%q,"quantity":%d,"country":%q,"topic":%q,"source":"s%d"}`,
		g.pick("i1", "i2"), order, g.pick("p1", "p2"), 1+g.rand.IntN(3), g.pick("RO", "DE"), g.pick("", "a", "b"), g.n)
	row := g.keys(Row{"type": "track", "event": event, "ts": g.instant(), "properties": properties}, true)
	if g.rand.IntN(10) == 0 {
		row["type"], row["traits"] = "identify", `{"country":"BG"}`
	}
	return row
}

// allVisits works out all visits from the events alone. Loads go on from what
// they know of visits.
const allVisits = `
INSERT INTO visit
WITH tracked AS (
    SELECT coalesce(m.customer, e.key) AS customer, e.* EXCLUDE (key), e.event IN ('page', 'page_viewed', 'screen') AS is_page
    FROM event e LEFT JOIN moved m ON m.key = e.key WHERE e.key IS NOT NULL
), gap AS (
    SELECT *, coalesce(ts >= lag(ts) OVER w + INTERVAL 30 MINUTE, true) AS starts
    FROM tracked WINDOW w AS (PARTITION BY customer ORDER BY ts, seq, pos)
), numbered AS (
    SELECT *, sum(starts::INTEGER) OVER (PARTITION BY customer ORDER BY ts, seq, pos) AS nth FROM gap
)
SELECT customer, min(ts), max(ts), first(day ORDER BY ts, seq, pos), count(*) FILTER (is_page),
    first(properties ->> '$.source' ORDER BY ts, seq, pos), NULL, NULL, NULL, NULL, NULL, NULL, NULL, first(properties ->> '$.country' ORDER BY ts, seq, pos),
    first(seq ORDER BY ts, seq, pos), first(pos ORDER BY ts, seq, pos)
FROM numbered GROUP BY customer, nth
ORDER BY 2, 15, 16`

// deriveAll works out everything derived again, for everybody.
func (s *shop) deriveAll() {
	s.t.Helper()
	tx, err := s.writer.BeginTx(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, table := range []string{"customer", "summary", "trait", "visit", "cart_item", "cart_change", "favourite", "message", "ticket", "coupon", "product"} {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			s.t.Fatal(err)
		}
	}
	l := &load{db: s.DB, identified: true, merges: true, traitsChanged: true, traitsBefore: true, ordersChanged: true, tracked: true, versioned: true, eventsBefore: true}
	l.runner = runner{ctx: s.t.Context(), conn: s.writer, args: map[string]any{"seq": int64(-1)}}
	for _, text := range []string{
		"CREATE TEMP TABLE touched AS SELECT DISTINCT customer, true AS whole FROM person_key",
		"CREATE TEMP TABLE product_touched AS SELECT DISTINCT product FROM product_fact",
	} {
		if err := l.text(text); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := l.all("product_insert"); err != nil {
		s.t.Fatal(err)
	}
	if err := l.derive(); err != nil {
		s.t.Fatal(err)
	}
	if err := l.all("product_favourites"); err != nil {
		s.t.Fatal(err)
	}
	if _, err := tx.Exec(allVisits); err != nil {
		s.t.Fatal(err)
	}
	if err := l.dropAll(); err != nil {
		s.t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

// checkPersons compares who is who with what the claims say, by brute force.
func (s *shop) checkPersons() {
	s.t.Helper()
	type key struct {
		number, customer int
		kind             string
	}
	var keys []key
	s.each("SELECT key, customer, kind FROM person_key", func(rows *sql.Rows) error {
		var k key
		err := rows.Scan(&k.number, &k.customer, &k.kind)
		keys = append(keys, k)
		return err
	})
	group := map[int]int{}
	for _, k := range keys {
		group[k.number] = k.number
	}
	var claims [][2]int
	s.each("SELECT key_a, key_b FROM claim", func(rows *sql.Rows) error {
		var c [2]int
		err := rows.Scan(&c[0], &c[1])
		claims = append(claims, c)
		return err
	})
	for range keys {
		for _, c := range claims {
			low := min(group[c[0]], group[c[1]])
			group[c[0]], group[c[1]] = low, low
		}
	}
	strength := []string{"customer", "email", "phone", "anonymous"}
	best := map[int]key{}
	for _, k := range keys {
		b, ok := best[group[k.number]]
		mine, theirs := slices.Index(strength, k.kind), slices.Index(strength, b.kind)
		if !ok || mine < theirs || mine == theirs && max(k.number, -k.number) < max(b.number, -b.number) {
			best[group[k.number]] = k
		}
	}
	for _, k := range keys {
		if want := best[group[k.number]].number; k.customer != want {
			s.t.Errorf("key %d belongs to %d, not %d", k.number, k.customer, want)
		}
	}
	s.want("SELECT key, customer FROM person_key WHERE key <> customer EXCEPT FROM moved")
	s.want("FROM moved EXCEPT SELECT key, customer FROM person_key WHERE key <> customer")
}

func (s *shop) each(query string, scan func(*sql.Rows) error) {
	s.t.Helper()
	rows, err := s.sql.QueryContext(s.t.Context(), query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
}

// checkCatalogue compares a field of facts with the catalogue's as of ts.
func (s *shop) checkCatalogue(table, column string, bit int) {
	s.t.Helper()
	s.want(fmt.Sprintf(`SELECT f.ts, f.product, f.%[2]s, p.name FROM %[1]s f LEFT JOIN product p
		ON p.product = f.product AND f.ts >= p.valid_from AND f.ts < p.valid_to
		WHERE f.own & %[3]d = 0 AND (f.%[2]s IS DISTINCT FROM p.name OR f.tags IS DISTINCT FROM p.tags)`, table, column, bit))
}

// One batch or many: the same facts.
func TestSplitBatches(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			for _, kind := range []commerce.Kind{commerce.Orders, commerce.Events} {
				g := &randomShop{rand: rand.New(rand.NewPCG(seed, 2))}
				rows := make([]Row, 30)
				for i := range rows {
					rows[i] = g.row(kind)
				}
				one, many := openShop(t), openShop(t)
				one.load(kind, rows...)
				many.load(kind, rows[:7]...)
				many.load(kind, rows[7:19]...)
				many.load(kind, rows[19:]...)
				for _, table := range []string{
					"person_key", "moved", "customer", "summary", "trait", "orders", "item", "refund", "event", "visit",
					"cart_item", "cart_change", "favourite", "message", "ticket", "coupon", "points", "claim", "cancellation",
				} {
					exclude := " EXCLUDE (seq, pos)"
					if table == "moved" || table == "customer" || table == "summary" || table == "trait" || table == "cart_change" {
						exclude = ""
					}
					query := fmt.Sprintf("SELECT *%s FROM %s ORDER BY ALL", exclude, table)
					many.want(query, one.read(query)...)
				}
			}
		})
	}
}
