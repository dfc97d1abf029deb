package live_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segment/preset"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// BenchmarkStream measures events through the engine alone: presets and fifty
// further segments, 20,000 customers with a history of two years, and a stream
// of 70 % product views, 15 % pages, 10 % carts, 3 % orders, 2 % traits, of
// which 30 % are of new visitors.
func BenchmarkStream(b *testing.B) {
	s := newStream(b, streamCustomers)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ReportMetric(float64(before.HeapAlloc)/streamCustomers, "B/customer")
	b.ResetTimer()
	for range b.N {
		s.next()
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(s.transitions)/float64(b.N), "transitions/event")
}

type stream struct {
	r           *rand.Rand
	engine      *live.Engine
	zone        *eval.Zone
	customers   int
	now         int64
	pos         int64
	orders      int
	visitors    int
	transitions int
}

func newStream(b *testing.B, customers int) *stream {
	s := &stream{r: rand.New(rand.NewPCG(1, 1)), customers: customers, zone: eval.NewZone(time.UTC)}
	segments := benchSegments(b)
	var err error
	s.engine, err = live.New(eval.Settings{Zone: time.UTC}, segments, func(live.Transition) { s.transitions++ })
	if err != nil {
		b.Fatal(err)
	}
	s.history()
	return s
}

// benchSegments are the presets and fifty further segments.
func benchSegments(b *testing.B) []eval.Segment {
	b.Helper()
	texts := map[string]string{}
	for _, p := range preset.List("") {
		if !p.Template {
			texts[p.ID] = p.Text
		}
	}
	for i := range 50 {
		texts[fmt.Sprintf("further-%d", i)] = further[i%len(further)](i)
	}
	nodes := map[string]segql.Node{}
	for id, text := range texts {
		nodes[id], _ = segql.Parse(text)
	}
	catalogue := &segql.Catalogue{Segment: func(id string) (segql.Node, bool) { n, ok := nodes[id]; return n, ok }}
	var segments []eval.Segment
	for id, text := range texts {
		checked, problems := segql.Compile(text, catalogue)
		if len(problems) > 0 {
			b.Fatalf("%s: %v", text, problems)
		}
		segments = append(segments, eval.Segment{ID: id, Checked: checked, Saved: true})
	}
	return segments
}

var further = []func(i int) string{
	func(i int) string {
		return fmt.Sprintf("count(product_viewed[price > %d]) in last %d days >= 3", i, 7+i)
	},
	func(i int) string { return fmt.Sprintf("sum(order.total) in last %d days >= %d", 30+i, 50*i) },
	func(i int) string {
		return fmt.Sprintf(`has item[category = "shoes"] in last %d days and no order in last %d days`, 90+i, i)
	},
	func(i int) string { return fmt.Sprintf("avg(order.total) > %d and count(order) >= 3", 20+i) },
	func(i int) string {
		return fmt.Sprintf("sequence(product_added, no order within %d hours) in last 7 days", 1+i)
	},
}

const dayMicros = 86_400 * 1_000_000

// history gives everyone ten orders of two items and twenty views on average.
func (s *stream) history() {
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	n := s.customers * 40
	for i := range n {
		s.now = start + int64(float64(i)/float64(n)*730*dayMicros)
		if i%4 == 0 {
			s.order(s.customer())
		} else if i%4 < 3 {
			s.event("product_viewed", s.customer())
		}
	}
}

// customer draws a known customer, Zipf 1.1.
func (s *stream) customer() live.Key {
	u := s.r.Float64()
	rank := int(math.Pow(float64(s.customers), u)) // near enough to Zipf 1
	return live.Key{Kind: live.CustomerKey, Value: fmt.Sprint("c", rank)}
}

func (s *stream) visitor() live.Key {
	if s.r.IntN(100) >= 30 {
		return s.customer()
	}
	s.visitors++
	return live.Key{Kind: live.AnonymousKey, Value: fmt.Sprint("v", s.visitors)}
}

func (s *stream) next() {
	s.now += 50 // 20,000 events a second
	switch n := s.r.IntN(100); {
	case n < 70:
		s.event("product_viewed", s.visitor())
	case n < 85:
		s.event("page", s.visitor())
	case n < 95:
		s.event("product_added", s.visitor())
	case n < 98:
		s.order(s.customer())
	default:
		name := "RO"
		s.pos++
		s.engine.ArriveStatements([]live.Key{s.customer()}, s.now, []customer.Statement{
			{At: s.now, Place: customer.Place{Pos: s.pos}, Name: "country", Value: &name},
		}, nil, live.CauseEvent)
	}
}

func (s *stream) event(key string, who live.Key) {
	s.pos++
	e := &customer.Event{At: s.now, Place: customer.Place{Pos: s.pos}, Key: key, Properties: map[string]eval.Raw{
		"product": eval.RawText(fmt.Sprint("p", s.r.IntN(1000))), "category": eval.RawText("shoes"), "price": eval.RawText("12.50"),
	}}
	e.ReadProduct(s.zone)
	s.engine.ArriveEvent([]live.Key{who}, e, live.CauseEvent)
}

func (s *stream) order(who live.Key) {
	s.orders++
	id := fmt.Sprint("o", s.orders)
	var rows []live.OrderRow
	for range 2 {
		s.pos++
		rows = append(rows, live.OrderRow{
			Keys: []live.Key{who},
			Order: &customer.Order{
				ID: id, At: s.now, Place: customer.Place{Pos: s.pos}, Cancelled: eval.Never, Fields: map[string]eval.Value{},
			},
			Line: &customer.Line{
				Place: customer.Place{Pos: s.pos}, Product: fmt.Sprint("p", s.r.IntN(1000)), Quantity: eval.Whole(1), Price: eval.Number(25_000_000),
			},
		})
	}
	s.engine.ArriveOrders(rows, live.CauseEvent)
}

// streamCustomers is how many known customers the stream has.
const streamCustomers = 5_000
