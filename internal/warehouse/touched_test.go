package warehouse

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kith/internal/commerce"
)

// personOf is the number of the person that a key stands for now.
func (s *shop) personOf(value string) int64 {
	s.t.Helper()
	var customer int64
	if err := s.sql.QueryRow(`SELECT customer FROM person_key WHERE value = ?`, value).Scan(&customer); err != nil {
		s.t.Fatal(err)
	}
	return customer
}

func (s *shop) wantTouched(got []int64, persons ...string) {
	s.t.Helper()
	want := []int64{}
	for _, value := range persons {
		want = append(want, s.personOf(value))
	}
	slices.Sort(want)
	if got == nil || !slices.Equal(got, want) {
		s.t.Errorf("touched %v, want %v, which are %v", got, want, persons)
	}
}

func TestTouched(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	if r := s.load(commerce.Products, Row{"product_id": "p1", "name": "A"}); r.Touched == nil || len(r.Touched) > 0 {
		t.Errorf("products touched %v", r.Touched)
	}
	r := s.load(commerce.Customers, Row{"customer_id": "a", "email": "a@x.example"}, Row{"customer_id": "b"}, Row{"customer_id": "c"})
	if r.Touched != nil {
		t.Errorf("with the first keys, %v were touched, want everyone", r.Touched)
	}
	order := Row{"order_id": "o1", "customer_id": "a", "ts": "2026-03-01T10:00:00Z", "total": "5", "status": "pending"}
	s.wantTouched(s.load(commerce.Orders, order).Touched, "a")
	order["status"] = "paid"
	s.wantTouched(s.load(commerce.Orders, order).Touched, "a")
	s.wantTouched(s.load(commerce.Customers, Row{"customer_id": "b", "fields": []Field{{"country", "RO"}}}).Touched, "b")
	s.wantTouched(s.load(commerce.Products, Row{"product_id": "p1", "name": "B"}).Touched)
	s.wantTouched(s.load(commerce.Rates, Row{"date": "2026-03-01", "currency": "USD", "rate": "1.1"}).Touched)

	// A cancellation touches whose order it is, and who says it.
	at := "2026-03-02T10:00:00Z"
	s.wantTouched(s.load(commerce.Events,
		Row{"type": "track", "event": "Order Cancelled", "customer_id": "c", "ts": at, "properties": `{"order_id":"o1"}`}).Touched, "a", "c")

	// Who was joined is told under both numbers.
	s.wantTouched(s.load(commerce.Events, Row{"type": "page", "anonymous_id": "anon", "ts": at}).Touched, "anon")
	anonymous := s.personOf("anon")
	r = s.load(commerce.Events, Row{"type": "identify", "anonymous_id": "anon", "customer_id": "b", "ts": at})
	if want := []int64{anonymous, s.personOf("b")}; !slices.Equal(r.Touched, want) {
		t.Errorf("joining touched %v, want %v", r.Touched, want)
	}
	s.wantTouched(s.load(commerce.Events, Row{"type": "page", "anonymous_id": "anon", "ts": at}).Touched, "b")
}

// TestWhoIsNotTouchedStays: nothing of a person that a load does not name
// is another after it.
func TestWhoIsNotTouchedStays(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s, g := openShop(t), &randomShop{rand: rand.New(rand.NewPCG(seed, 3))}
			before := s.persons()
			for range 8 {
				kind, rows := g.batch()
				result := s.load(kind, rows...)
				after := s.persons()
				if result.Touched == nil || kind == commerce.Products {
					before = after
					continue
				}
				for customer, was := range before {
					if is := after[customer]; is != was && !slices.Contains(result.Touched, customer) {
						t.Fatalf("%s: person %d is %s and was %s; touched: %v", kind, customer, is, was, result.Touched)
					}
				}
				for customer := range after {
					if _, known := before[customer]; !known && !slices.Contains(result.Touched, customer) {
						t.Fatalf("%s: person %d is new; touched: %v", kind, customer, result.Touched)
					}
				}
				before = after
			}
		})
	}
}

// persons returns a text of all that is known of each person.
func (s *shop) persons() map[int64]string {
	s.t.Helper()
	var parts []string
	for _, table := range []string{"orders", "item", "refund", "event", "trait_fact", "points", "version_fact", "message", "ticket", "coupon"} {
		parts = append(parts, "SELECT p.customer, hash('"+table+"', x) AS content FROM "+table+" x JOIN person_key p ON p.key = x.key")
	}
	for _, table := range []string{"person_key", "customer", "summary", "trait", "visit", "cart_item", "cart_change", "favourite"} {
		parts = append(parts, "SELECT x.customer, hash('"+table+"', x) FROM "+table+" x")
	}
	prints := map[int64]string{}
	s.each("SELECT customer, CAST(sum(content) AS VARCHAR) FROM ("+strings.Join(parts, " UNION ALL ")+") GROUP BY customer", func(rows *sql.Rows) error {
		var customer int64
		var content string
		err := rows.Scan(&customer, &content)
		prints[customer] = content
		return err
	})
	return prints
}
