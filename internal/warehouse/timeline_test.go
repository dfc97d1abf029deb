package warehouse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/profile"
	"kith/internal/segql"
)

// TestTimelinePages: pages of any size, put together, are the whole, the newest
// first.
func TestTimelinePages(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			g := &randomShop{rand: rand.New(rand.NewPCG(seed, 17))}
			for range 10 {
				kind, rows := g.batch()
				for _, row := range rows {
					for _, key := range []string{"customer_id", "email", "phone", "anonymous_id"} {
						delete(row, key)
					}
					row["customer_id"] = "k1"
				}
				if kind != commerce.Products {
					s.load(kind, rows...)
				}
			}
			q := s.questions()
			whole, next, err := q.ReadTimeline(t.Context(), "k1", profile.TimelineKinds, profile.TimelinePlace{}, 1000, listAt)
			if err != nil || next != nil || len(whole) < 10 {
				t.Fatal(len(whole), next, err)
			}
			if !slices.IsSortedFunc(whole, func(a, b profile.Entry) int { return b.At.Compare(a.At) }) {
				t.Error("not the newest first")
			}
			for _, size := range []int{1, 3, 7} {
				var got []profile.Entry
				for from := (profile.TimelinePlace{}); ; {
					page, next, err := q.ReadTimeline(t.Context(), "k1", profile.TimelineKinds, from, size, listAt)
					if err != nil || len(page) > size {
						t.Fatal(len(page), err)
					}
					got = append(got, page...)
					if next == nil {
						break
					}
					if from, err = profile.ParseTimelinePlace(next.String()); err != nil {
						t.Fatal(err)
					}
				}
				if diff := gocmp.Diff(whole, got); diff != "" {
					t.Errorf("pages of %d (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

func TestTimelineOfAnOrder(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.orders(
		Row{"order_id": "o1", "customer_id": "a", "ts": "2026-01-01T10:00:00Z", "coupon": "X", "product_id": "p1", "product_name": "Lamp", "unit_price": "12.50", "quantity": "2"},
		Row{"order_id": "o2", "customer_id": "a", "ts": "2026-01-02T10:00:00Z", "total": "7", "cancelled_at": "2026-01-03T00:00:00Z"},
	)
	got, next, err := s.questions().ReadTimeline(t.Context(), "a", []string{"order"}, profile.TimelinePlace{}, 10, listAt)
	if err != nil || next != nil {
		t.Fatal(next, err)
	}
	yes, no := true, false
	amount := func(text string) *commerce.Amount {
		a, err := commerce.ParseAmount(text)
		if err != nil {
			t.Fatal(err)
		}
		return &a
	}
	want := []profile.Entry{
		{At: time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC), Kind: "order", ID: "o2", Counts: &no, Amount: amount("7"), Fields: map[string]any{"cancelled_at": "2026-01-03T00:00:00Z"}},
		{
			At: time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC), Kind: "order", ID: "o1", Counts: &yes, Amount: amount("25"), Fields: map[string]any{"coupon": "X"},
			Items: []profile.EntryItem{{Product: "p1", Name: "Lamp", Quantity: *amount("2"), Price: amount("12.50"), Revenue: amount("25")}},
		},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, _, err := s.questions().ReadTimeline(t.Context(), "nobody", []string{"order"}, profile.TimelinePlace{}, 10, listAt); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("of nobody: %v", err)
	}
	for _, bad := range []string{"", "x", "1", "-", "1-", "-1", "1--1", "99999999999999999999-1", "1-999999999"} {
		if _, err := profile.ParseTimelinePlace(bad); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("place %q: %v", bad, err)
		}
	}
}

// TestMembershipsAreThoseOfSQL compares why and where a customer is with what SQL
// says, and the stage with the language's.
func TestMembershipsAreThoseOfSQL(t *testing.T) {
	t.Parallel()
	texts := []string{
		"has order", "no order in last 30 days", "count(order) >= 2 or has product_added", "not has order[country = \"RO\"]",
		"rfm.recency >= 3", "rfm.group = \"Prospects\"", "percentile(sum(order.total)) >= 50", "cart.items > 0", "country = \"RO\"",
	}
	for _, stage := range []string{"lost", "lapsing", "loyal", "repeat", "first-time", "prospect"} {
		texts = append(texts, fmt.Sprintf("stage = %q", stage))
	}
	s := openShop(t)
	g := &randomShop{rand: rand.New(rand.NewPCG(3, 4))}
	for range 8 {
		kind, rows := g.batch()
		distinctKeys(rows)
		s.load(kind, rows...)
	}
	if err := s.Score(t.Context(), s.seq+1, listAt.Add(-time.Hour), []string{"sum(order.total)"}); err != nil {
		t.Fatal(err)
	}
	segments := map[string]*segql.Checked{}
	for _, text := range texts {
		segments[text] = mustCheck(t, text)
	}
	q := s.questions()
	seen := 0
	for _, at := range []time.Time{time.Date(2026, 3, 1, 5, 0, 0, 0, time.UTC), listAt} {
		for _, id := range s.listed(profile.Filter{Sort: "id"}, at) {
			name, list, err := q.MembershipsOf(t.Context(), id, segments, at)
			if err != nil {
				t.Fatal(err)
			}
			want, err := q.holding(t.Context(), name, segments, at)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, m := range list {
				if got = append(got, m.Segment); len(m.Why) == 0 {
					t.Errorf("%s is in %s for no reason", id, m.Segment)
				}
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s at %s (-want +got):\n%s", id, at, diff)
			}
			c, err := q.FindCustomer(t.Context(), id, at, 0)
			if err != nil || !slices.Contains(got, fmt.Sprintf("stage = %q", c.Stage)) {
				t.Errorf("%s at %s has the stage %s, and is in %v (%v)", id, at, c.Stage, got, err)
			}
			seen++
		}
	}
	if seen < 6 {
		t.Errorf("only %d customers", seen)
	}
}
