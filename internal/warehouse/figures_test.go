package warehouse

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/figures"
)

// sale is an order or refund as a test knows it.
type sale struct {
	customer          string // "" for nobody's
	at                time.Time
	cancelled         time.Time
	total             int64 // cents
	refund, uncounted bool
}

func (x sale) counts(at time.Time) bool {
	return !x.refund && !x.uncounted && !x.at.After(at) && (x.cancelled.IsZero() || x.cancelled.After(at))
}

// TestFiguresAreThoseOfCountingInGo makes random shops whose orders lie at the
// ends of months and of the windows, in a zone that is ahead of UTC and has
// daylight saving.
func TestFiguresAreThoseOfCountingInGo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			zone := s.config.Zone
			r := rand.New(rand.NewPCG(seed, 3))
			at := time.Date(2026, 4, 1, 0, 30, 0, 0, zone) // still March in UTC
			var sales []sale
			var orders, refunds []Row
			for i := range 120 {
				x := sale{customer: []string{"", "a", "b", "c", "d", "e"}[r.IntN(6)], at: instantNear(r, at, zone), total: r.Int64N(10_000)}
				switch {
				case i%5 == 0:
					x.refund = true
					row := Row{"type": "track", "event": "refund", "ts": x.at, "properties": fmt.Sprintf(`{"order_id":"r%d","total":"%d.%02d"}`, i, x.total/100, x.total%100)}
					row["customer_id"] = x.customer
					if x.customer == "" {
						delete(row, "customer_id")
						row["anonymous_id"] = "anon"
					}
					refunds = append(refunds, row)
				default:
					row := Row{"order_id": fmt.Sprint("o", i), "ts": x.at, "total": fmt.Sprintf("%d.%02d", x.total/100, x.total%100), "status": "paid"}
					if x.customer != "" {
						row["customer_id"] = x.customer
					}
					if x.uncounted = r.IntN(8) == 0; x.uncounted {
						row["status"] = "pending"
					}
					if r.IntN(8) == 0 {
						x.cancelled = x.at.Add(time.Duration(r.IntN(60*24)) * time.Hour)
						row["cancelled_at"] = x.cancelled
					}
					orders = append(orders, row)
				}
				sales = append(sales, x)
			}
			s.load(commerce.Orders, orders[:40]...)
			s.load(commerce.Orders, orders[40:]...)
			s.load(commerce.Events, refunds...)
			got, err := s.questions().Figures(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			want := counted(sales, at, zone)
			got.RFM, got.Prospects, got.Freshness.Imports, got.Freshness.LastImportAt, got.Freshness.LastEventAt = want.RFM, 0, nil, nil, nil
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}

// instantNear is an instant at, or a microsecond off, what figures are cut by.
func instantNear(r *rand.Rand, at time.Time, zone *time.Location) time.Time {
	edges := []time.Time{at, at.AddDate(0, 0, 0).Add(-30 * 24 * time.Hour), at.Add(-60 * 24 * time.Hour)}
	edges = append(edges, time.Date(2026, time.April-time.Month(r.IntN(16)), 1, 0, 0, 0, 0, zone))
	edge := edges[r.IntN(len(edges))]
	return edge.Add([]time.Duration{-time.Microsecond, 0, time.Microsecond, -time.Hour, 3 * time.Hour, 240 * time.Hour}[r.IntN(6)]).UTC()
}

// counted is what Figures should say.
func counted(sales []sale, at time.Time, zone *time.Location) figures.Figures {
	var f figures.Figures
	var t figures.Totals
	first, exists, ordered := map[string]time.Time{}, map[string]time.Time{}, map[string]int{}
	for _, x := range sales {
		earlier := func(m map[string]time.Time, at time.Time) {
			if old, ok := m[x.customer]; !ok || at.Before(old) {
				m[x.customer] = at
			}
		}
		if earlier(exists, x.at); !x.counts(at) {
			continue
		}
		earlier(first, x.at)
		if ordered[x.customer]++; f.Freshness.LastOrderAt == nil || x.at.After(*f.Freshness.LastOrderAt) {
			f.Freshness.LastOrderAt = &x.at
		}
	}
	delete(exists, "")
	repeat := int64(0)
	for customer, since := range exists {
		if since.After(at) {
			continue
		}
		f.Customers++
		if since.After(at.Add(-30 * 24 * time.Hour)) {
			f.NewCustomers30d++
		}
		if ordered[customer] > 0 {
			f.Buyers++
		}
		if ordered[customer] > 1 {
			repeat++
		}
	}
	months := map[string]*figures.Month{}
	buyers := map[string]bool{}
	for i := 12; i >= 0; i-- {
		name := time.Date(2026, time.April-time.Month(i), 1, 0, 0, 0, 0, zone).Format("2006-01")
		months[name] = &figures.Month{Month: name}
	}
	for _, x := range sales {
		amount := commerce.Amount(x.total * 10_000)
		last := x.at.After(at.Add(-30 * 24 * time.Hour))
		before := !last && x.at.After(at.Add(-60*24*time.Hour))
		net := amount
		switch {
		case x.refund && !x.at.After(at):
			t.Refunded, net = t.Refunded+amount, -amount
		case x.counts(at):
			t.Sold += amount
			f.Orders++
			if last {
				f.Orders30d++
			}
			if before {
				f.OrdersPrevious30d++
			}
		default:
			continue
		}
		if last {
			f.RevenueNet30d += net
		}
		if before {
			f.RevenueNetPrevious30d += net
		}
		m := months[x.at.In(zone).Format("2006-01")]
		if m == nil {
			continue
		}
		m.Revenue += net
		if !x.refund {
			m.Orders++
		}
		if x.customer == "" {
			continue
		}
		began, bought := first[x.customer]
		isNew := bought && began.In(zone).Format("2006-01") == m.Month
		if isNew {
			m.NewCustomersRevenue += net
		} else {
			m.ReturningRevenue += net
		}
		if key := x.customer + m.Month; !x.refund && !buyers[key] {
			buyers[key] = true
			if isNew {
				m.NewBuyers++
			} else {
				m.ReturningBuyers++
			}
		}
	}
	for i := 12; i >= 0; i-- {
		f.Months = append(f.Months, *months[time.Date(2026, time.April-time.Month(i), 1, 0, 0, 0, 0, zone).Format("2006-01")])
	}
	f.Finish(t, repeat)
	return f
}

func TestFiguresOfAnEmptyShop(t *testing.T) {
	t.Parallel()
	f, err := openShop(t).questions().Figures(t.Context(), listAt)
	if err != nil || f.Customers != 0 || len(f.Months) != 13 || f.AverageOrder != nil || f.RepeatRate != nil || f.Freshness.LastOrderAt != nil {
		t.Errorf("%+v %v", f, err)
	}
}

// TestCellTextsHaveTheCellsCustomers: the text of each cell and group counts
// just those who are in it.
func TestCellTextsHaveTheCellsCustomers(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	r := rand.New(rand.NewPCG(5, 5))
	var rows []Row
	for i := range 200 {
		rows = append(rows, Row{
			"order_id": fmt.Sprint("o", i), "customer_id": fmt.Sprint("c", r.IntN(60)), "total": fmt.Sprint(r.IntN(300)),
			"ts": time.Date(2026, 1, 1+r.IntN(90), 0, 0, 0, 0, time.UTC),
		})
	}
	s.orders(rows...)
	s.customers(Row{"customer_id": "prospect"})
	q := s.questions()
	f, err := q.Figures(t.Context(), listAt)
	if err != nil {
		t.Fatal(err)
	}
	count := func(text string) int64 {
		n, err := q.Count(t.Context(), mustCheck(t, text), listAt, false)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	filled := 0
	for _, c := range f.RFM.Cells {
		if got := count(c.Text); got != c.Customers {
			t.Errorf("%s: %d, want %d", c.Text, got, c.Customers)
		}
		if c.Customers > 0 {
			filled++
		}
	}
	for _, g := range f.RFM.Groups {
		if got := count(g.Text); got != g.Customers {
			t.Errorf("%s: %d, want %d", g.Text, got, g.Customers)
		}
	}
	if got := count(`rfm.group = "Prospects"`); got != 1 || f.Prospects != 1 || filled < 8 {
		t.Errorf("%d prospects, %d told, %d cells with customers", got, f.Prospects, filled)
	}
}
