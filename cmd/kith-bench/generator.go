package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"syscall"
	"time"

	"kith/internal/commerce"
)

// generator makes the stream: 70 % product views, 15 % pages, 10 % carts, 3 %
// orders, 2 % identify; 600 bytes an event; Zipf 1.1 over the known customers,
// drawn apart from who ordered most, and three in ten by new visitors.
type generator struct {
	r         *rand.Rand
	now       func() time.Time
	customers int
	made      int
	filler    string
}

func newGenerator(customers int, now func() time.Time) *generator {
	filler := make([]byte, 300)
	for i := range filler {
		filler[i] = 'a' + byte(i%26)
	}
	return &generator{r: rand.New(rand.NewPCG(1, 2)), now: now, customers: customers, filler: string(filler)}
}

func (g *generator) batch(n int) commerce.EventBatch {
	batch := commerce.EventBatch{Events: make([]commerce.Event, n)}
	for i := range batch.Events {
		batch.Events[i] = g.event()
	}
	return batch
}

// cost is the processor time that an event takes to make. A batch alone takes
// less than the kernel's clock of a thread can tell.
func (g *generator) cost() time.Duration {
	const events = 10_000
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := cpuTime(rusageThread)
	g.batch(events)
	return (cpuTime(rusageThread) - before) / events
}

// zipf draws a rank with exponent 1.1, as the macro does.
func (g *generator) zipf(n int) int {
	return min(n, int(math.Pow(1-g.r.Float64()*(1-math.Pow(float64(n)+1, -0.1)), -10)))
}

// scattered is the macro scatter: who comes most is who ordered most.
func scattered(rank, n int) int { return 1 + (rank*7919+104729)%n }

func (g *generator) event() commerce.Event {
	g.made++
	e := commerce.Event{At: g.now().Truncate(time.Microsecond), Type: "track", MessageID: fmt.Sprintf("%08x-0000-4000-8000-%012x", g.r.Uint32(), g.made)}
	e.CustomerID = fmt.Sprint("c", scattered(g.zipf(g.customers), g.customers))
	product := g.zipf(20_000)
	p := fmt.Sprintf(`"product_id":"p%d","category":"shoes","price":%d.%02d,"url":"https://shop.example/p/%d?ref=%s"`,
		product, 1+product%200, product%100, product, g.filler[:200])
	switch n := g.r.IntN(100); {
	case n < 70:
		e.Name = "Product Viewed"
	case n < 85:
		e.Type, e.Name, p = "page", "Home", fmt.Sprintf(`"path":"/%s","referrer":"https://search.example/%s"`, g.filler[:100], g.filler[:120])
	case n < 95:
		e.Name = "Product Added"
	case n < 98:
		e.Name = "Order Completed"
		p = fmt.Sprintf(`"order_id":"s%d","total":%d,"currency":"EUR","products":[{"product_id":"p%d","price":20,"quantity":1},{"product_id":"p%d","price":15,"quantity":2}],"note":"%s"`,
			g.made, 20+g.made%100, product, product/2+1, g.filler[:150])
	default:
		e.Type, e.Name, p = "identify", "", ""
		e.Traits = json.RawMessage(fmt.Sprintf(`{"city":"c%d","note":%q}`, g.made%500, g.filler[:250]))
	}
	if p != "" {
		e.Properties = json.RawMessage("{" + p + "}")
	}
	if e.Type != "identify" && e.Name != "Order Completed" && g.r.IntN(100) < 30*100/95 {
		e.CustomerID, e.AnonymousID = "", fmt.Sprint("v", g.made)
	}
	return e
}

const rusageThread = 1 // RUSAGE_THREAD of Linux

func cpuTime(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
