package warehouse

import (
	"cmp"
	"database/sql"
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

func (s *shop) questions() *Questions {
	settings := commerce.Settings{Currency: "RON", Timezone: "Europe/Bucharest"}.Filled()
	return s.Questions(func() commerce.Settings { return settings })
}

// listed are the ids of a list.
func (s *shop) listed(f profile.Filter, at time.Time) []string {
	s.t.Helper()
	q := s.questions()
	numbers, err := q.ListCustomers(s.t.Context(), f, at)
	if err != nil {
		s.t.Fatal(err)
	}
	rows, err := q.CustomerRows(s.t.Context(), numbers, at)
	if err != nil {
		s.t.Fatal(err)
	}
	ids := []string{}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func (s *shop) wantListed(f profile.Filter, at time.Time, want ...string) {
	s.t.Helper()
	if diff := gocmp.Diff(append([]string{}, want...), s.listed(f, at)); diff != "" {
		s.t.Errorf("%+v (-want +got):\n%s", f, diff)
	}
}

var listAt = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func field(name, value string) Field { return Field{name, value} }

// distinctKeys lets each id name one person, whatever kind of key it is.
func distinctKeys(rows []Row) {
	for _, row := range rows {
		for _, key := range []string{"email", "phone", "anonymous_id"} {
			if value, ok := row[key].(string); ok {
				row[key] = key + value
			}
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.customers(
		Row{"customer_id": "C-1", "email": "ana.pop@shop.example", "phone": "+40721000111", "fields": []Field{field("traits.first_name", "Ana"), field("traits.last_name", "Șerban")}},
		Row{"customer_id": "C-2", "email": "anatol@x.example", "fields": []Field{field("first_name", "René"), field("last_name", "O'Hara 100%")}},
		Row{"customer_id": "C-3", "phone": "+821012345678", "fields": []Field{field("traits.first_name", "민수"), field("traits.last_name", "김")}},
		Row{"email": "chen@x.example", "fields": []Field{field("traits.first_name", "小明"), field("traits.last_name", "陳")}},
		Row{"customer_id": "ana"},
	)
	s.load(commerce.Events, Row{"type": "identify", "anonymous_id": "anon-77", "customer_id": "C-2", "ts": "2026-03-01T00:00:00Z"})
	s.orders(
		Row{"order_id": "#1001", "customer_id": "C-3", "ts": "2026-03-01T00:00:00Z", "total": "5"},
		Row{"order_id": "1002", "customer_id": "C-2", "ts": "2026-03-01T00:00:00Z", "total": "5"},
		Row{"order_id": "1003", "customer_id": "C-2", "ts": "2026-07-01T00:00:00Z", "total": "5"}, // after the instant
		Row{"order_id": "ro-77", "customer_id": "C-1", "ts": "2026-03-01T00:00:00Z", "total": "5"},
	)
	for text, want := range map[string][]string{
		"c-1": {"C-1"}, "ANA.POP@SHOP.EXAMPLE": {"C-1"}, "pop@": {"C-1"},
		"ana":    {"C-1", "ana", "C-2"}, // the name and the id are whole, anatol@ begins so
		"serban": {"C-1"}, "ŞERB": nil, "Ana Serban": {"C-1"}, "șerban ana": {"C-1"}, "rene": {"C-2"}, "RENÉ": {"C-2"},
		"#1001": {"C-3"}, "1001": {"C-3"}, "#1002": {"C-2"}, "#100": nil, "1003": nil, "RO-77": {"C-1"},
		"0721 000 111": {"C-1"}, "+40 (721) 000-111": {"C-1"}, "0040721000111": {"C-1"}, "010-1234-5678": {"C-3"}, "000111": nil,
		"김민수": {"C-3"}, "민수": {"C-3"}, "陳小明": {"chen@x.example"}, "小明": {"chen@x.example"},
		"anon-77": {"C-2"}, "anon-7": nil, "100%": {"C-2"}, "%%": nil, "__": nil, "o'h": {"C-2"}, `"; DROP TABLE customer`: nil, "\x00\x01": nil,
	} {
		if text == "ŞERB" { // s with cedilla, as old keyboards write it
			want = []string{"C-1"}
		}
		if text == "000111" {
			want = nil // six digits, of which three are zeros in front
		}
		s.wantListed(profile.Filter{Search: text}, listAt, want...)
	}
}

// TestListIsThatOfCountingInGo compares lists of random shops with sorting rows
// that are worked out from the facts, one customer after the other.
func TestListIsThatOfCountingInGo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			g := &randomShop{rand: rand.New(rand.NewPCG(seed, 9))}
			for range 6 {
				kind, rows := g.batch()
				distinctKeys(rows)
				if kind == commerce.Orders {
					for i := range rows {
						rows[i]["total"] = fmt.Sprint(g.rand.IntN(400))
						if g.rand.IntN(4) == 0 {
							rows[i]["cancelled_at"] = g.instant().Add(24 * time.Hour)
						}
					}
				}
				s.load(kind, rows...)
			}
			// Within the random instants, so that some orders and cancellations lie ahead.
			for _, at := range []time.Time{time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC), listAt} {
				q := s.questions()
				s.sheets.forget()
				numbers, err := q.ListCustomers(t.Context(), profile.Filter{Sort: "id"}, at)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := q.CustomerRows(t.Context(), numbers, at)
				if err != nil {
					t.Fatal(err)
				}
				for i, row := range rows {
					c, err := q.FindCustomer(t.Context(), row.ID, at, 0)
					if err != nil {
						t.Fatal(err)
					}
					want := profile.Row{
						ID: c.ID, Email: c.Email, Phone: c.Phone, Orders: c.Orders.Count, Revenue: c.Orders.Revenue,
						FirstOrderAt: c.Orders.First, LastOrderAt: c.Orders.Last, ExistsFrom: c.ExistsFrom,
					}
					if c.Orders.Count > 0 {
						want.Average = &c.Orders.Average
					}
					for _, x := range c.Traits {
						if x.Name == "country" {
							want.Country = x.Value
						}
					}
					if diff := gocmp.Diff(want, rows[i]); diff != "" {
						t.Errorf("row of %s at %s (-want +got):\n%s", row.ID, at, diff)
					}
				}
				checkSorts(t, s, rows, at)
			}
		})
	}
}

// checkSorts sorts rows in Go in every way.
func checkSorts(t *testing.T, s *shop, rows []profile.Row, at time.Time) {
	t.Helper()
	instant := func(at *time.Time, down bool) int64 {
		switch {
		case at != nil && down:
			return -at.UnixMicro()
		case at != nil:
			return at.UnixMicro()
		}
		return 1<<63 - 1
	}
	arrived := map[string]int{}
	s.each("SELECT c.id FROM customer c ORDER BY c.customer", func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		arrived[id] = len(arrived)
		return err
	})
	for _, down := range []bool{false, true} {
		sign, minus := 1, ""
		if down {
			sign, minus = -1, "-"
		}
		for name, compare := range map[string]func(a, b profile.Row) int{
			"revenue": func(a, b profile.Row) int { return sign * cmp.Compare(a.Revenue, b.Revenue) },
			"orders":  func(a, b profile.Row) int { return sign * cmp.Compare(a.Orders, b.Orders) },
			"first_order_at": func(a, b profile.Row) int {
				return cmp.Compare(instant(a.FirstOrderAt, down), instant(b.FirstOrderAt, down))
			},
			"last_order_at": func(a, b profile.Row) int {
				return cmp.Compare(instant(a.LastOrderAt, down), instant(b.LastOrderAt, down))
			},
			"id": func(a, b profile.Row) int { return sign * cmp.Compare(a.ID, b.ID) },
		} {
			want := slices.Clone(rows)
			slices.SortFunc(want, func(a, b profile.Row) int { return cmp.Or(compare(a, b), cmp.Compare(arrived[a.ID], arrived[b.ID])) })
			ids := []string{}
			for _, r := range want {
				ids = append(ids, r.ID)
			}
			s.wantListed(profile.Filter{Sort: minus + name}, at, ids...)
		}
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.wantListed(profile.Filter{}, listAt) // nobody
	s.orders(
		Row{"order_id": "o1", "customer_id": "a", "ts": "2026-01-01T10:00:00Z", "total": "10", "country": "RO"},
		Row{"order_id": "o2", "customer_id": "b", "ts": "2026-02-01T10:00:00Z", "total": "30", "country": "DE"},
		Row{"order_id": "o3", "customer_id": "b", "ts": "2026-02-02T10:00:00Z", "total": "1"},
	)
	s.customers(Row{"customer_id": "c", "fields": []Field{field("country", "RO")}})
	s.wantListed(profile.Filter{}, listAt, "b", "a", "c")
	s.wantListed(profile.Filter{Country: "ro"}, listAt, "a", "c")
	s.wantListed(profile.Filter{Sort: "-average"}, listAt, "b", "a", "c")
	s.wantListed(profile.Filter{Sort: "average"}, listAt, "a", "b", "c") // who has none comes last
	s.wantListed(profile.Filter{Group: "Prospects"}, listAt)             // there was no run
	if err := s.Score(t.Context(), 9, listAt.Add(-time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	s.wantListed(profile.Filter{Group: "Prospects"}, listAt, "c")
	s.wantListed(profile.Filter{Segment: "x", Checked: mustCheck(t, "count(order) >= 1"), Country: "DE"}, listAt, "b")
	q := s.questions()
	if _, err := q.ListCustomers(t.Context(), profile.Filter{Sort: "total; DROP"}, listAt); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("an unknown sort: %v", err)
	}
	rows, err := q.CustomerRows(t.Context(), []int32{-1, 1 << 30, 0}, listAt)
	if err != nil || len(rows) != 3 || !rows[0].Gone || !rows[1].Gone || !rows[2].Gone {
		t.Errorf("rows of nobody: %+v %v", rows, err)
	}
}

func TestSummariesAheadOfTheClock(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.orders(
		Row{"order_id": "o1", "customer_id": "a", "ts": "2026-01-01T10:00:00Z", "total": "10"},
		Row{"order_id": "o2", "customer_id": "a", "ts": "2026-08-01T10:00:00Z", "total": "90"},
		Row{"order_id": "o3", "customer_id": "b", "ts": "2026-01-01T10:00:00Z", "total": "50", "cancelled_at": "2026-07-01T00:00:00Z"},
	)
	s.wantListed(profile.Filter{}, listAt, "b", "a")
	s.sheets.forget()
	s.wantListed(profile.Filter{}, listAt.AddDate(1, 0, 0), "a", "b")
}

func TestFractionsCompareExactly(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a, b := r.Int64N(50)-25, r.Int64N(50)-25
		n, m := r.Int32N(9)+1, r.Int32N(9)+1
		if got, want := compareFractions(a, n, b, m), cmp.Compare(a*int64(m), b*int64(n)); got != want {
			t.Fatalf("%d/%d against %d/%d is %d", a, n, b, m, got)
		}
	}
	for _, tc := range [][3]int64{{10_000, 2, 10_000}, {30_000, 2, 20_000}, {-10_000, 2, -10_000}, {9_999, 2, 0}, {100, 3, 0}, {1_000_000, 3, 330_000}} {
		if got := cents(tc[0], tc[1]); got != tc[2] {
			t.Errorf("cents(%d, %d) = %d, want %d", tc[0], tc[1], got, tc[2])
		}
	}
}

func mustCheck(t *testing.T, text string) *segql.Checked {
	t.Helper()
	c, problems := segql.Compile(text, &segql.Catalogue{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

// TestListOfKeptMembers names members by keys whose texts are the same.
func TestListOfKeptMembers(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.customers(
		Row{"customer_id": "a"}, Row{"email": "b@shop.example"}, Row{"customer_id": "b@shop.example"}, Row{"phone": "+40712345678"},
		Row{"customer_id": "+40712345678"}, Row{"customer_id": "c", "email": "c@shop.example"},
	)
	names := []profile.Name{
		{Kind: profile.CustomerName, ID: "a"},
		{Kind: profile.EmailName, ID: "b@shop.example"},
		{Kind: profile.CustomerName, ID: "b@shop.example"},
		{Kind: profile.PhoneName, ID: "+40712345678"},
		{Kind: profile.CustomerName, ID: "+40712345678"},
		{Kind: profile.CustomerName, ID: "c"},
	}
	q := s.questions()
	everyone, err := q.ListCustomers(t.Context(), profile.Filter{}, listAt) // nobody ordered: as they came
	if err != nil || len(everyone) != len(names) {
		t.Fatal(everyone, err)
	}
	for subset := range 1 << len(names) {
		kept := &profile.Kept{Names: []profile.Name{{Kind: profile.EmailName, ID: "a"}, {Kind: profile.EmailName, ID: "c@shop.example"}, {}}} // nobody's names
		var want []int32
		for i := range names {
			if subset&(1<<i) != 0 {
				kept.Names, want = append(kept.Names, names[i]), append(want, everyone[i])
			}
		}
		got, err := q.ListCustomers(t.Context(), profile.Filter{Segment: "s", Members: kept}, listAt)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v: listed %v, want %v: %v", kept.Names, got, want, err)
		}
	}
}
