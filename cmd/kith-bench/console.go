package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Limits of the console's answers, in milliseconds.
const (
	mostFigure = 50    // the 99th percentile of what is stored
	mostCount  = 1_000 // the median of counts of what nobody asked before

	consoleFigures = 200   // times that what is stored is asked for
	consoleRate    = 1_000 // events a second, where they come
)

// console asks a program that serves a large shop what the console asks, over
// HTTP: while nothing else happens, then while events come.
func (b *bench) console(ctx context.Context) error {
	kith, err := filepath.Abs(b.kith)
	if err != nil {
		return err
	}
	if _, err := os.Stat(kith); err != nil {
		b.skip("there is no program %s for console; make build makes it", b.kith)
		return nil
	}
	shop, err := b.consoleShop(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(b.dir, "console-data")
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(shop))); err != nil {
		return err
	}
	s, err := beginConsole(ctx, kith, dir)
	if err != nil {
		return err
	}
	b.line("console_opening", s.opening.Seconds(), "s")
	err = b.askConsole(ctx, s, "console_quiet")
	if err == nil {
		err = s.whileEvents(ctx, consoleRate, func() error { return b.askConsole(ctx, s, "console_busy") })
	}
	b.line("console_rss_peak", s.memory("VmHWM"), "MB")
	return errors.Join(err, s.end(), os.RemoveAll(dir))
}

// consoleAsk is one thing that is asked.
type consoleAsk struct {
	name string
	// request is the n-th time's: a method, a path and a body.
	request func(n int) (method, path string, body any)
	times   int     // 0: as many as there are rounds
	p50     float64 // limits; 0 for none
	p99     float64
}

// get is a request that is the same each time.
func get(path string) func(int) (string, string, any) {
	return func(int) (string, string, any) { return "GET", path, nil }
}

// consoleAsks lists what is asked, of a shop with so many customers.
func consoleAsks(customers int) []consoleAsk {
	var list []consoleAsk
	for _, stored := range [][2]string{
		{"overview", "/v1/overview"}, {"figures", "/v1/segments/figures"}, {"segments", "/v1/segments"}, {"rfm", "/v1/rfm"},
	} {
		list = append(list, consoleAsk{name: "stored_" + stored[0], request: get(stored[1]), times: consoleFigures, p99: mostFigure})
	}
	for _, c := range consoleCounts {
		list = append(list, consoleAsk{name: "count_" + c.name, p50: mostCount, request: func(n int) (string, string, any) {
			// Each time another text, so that no answer is one that was given before.
			return "POST", "/v1/segments/sample", map[string]any{"text": fmt.Sprintf(c.text, n+1), "limit": 6}
		}})
	}
	for _, sort := range []string{"-revenue", "revenue", "orders", "average", "first_order_at", "-last_order_at", "exists_from", "id", "name"} {
		list = append(list, consoleAsk{name: "list_by_" + sort, request: get("/v1/customers?sort=" + sort)})
	}
	for _, part := range [][2]string{
		{"deep", fmt.Sprintf("offset=%d", customers*9/10)},
		{"segment", "segment=lapsed-buyers"},
		{"group", "group=Loyal"},
		{"country", "country=RO"},
		{"search_name", "search=" + url.QueryEscape("ștefan kovacs")},
		{"search_mail", "search=maria.pop"},
		{"search_id", "search=c4711"},
	} {
		list = append(list, consoleAsk{name: "list_" + part[0], request: get("/v1/customers?" + part[1])})
	}
	for _, one := range [][2]string{{"profile", ""}, {"timeline", "/timeline"}, {"segments_of", "/segments"}} {
		list = append(list, consoleAsk{name: one[0], request: func(n int) (string, string, any) {
			return "GET", fmt.Sprintf("/v1/customers/c%d%s", scattered(1+customers*n/1000, customers), one[1]), nil
		}})
	}
	for _, field := range []string{"country", "city", "item.category", "item.product", "order.coupon", "traits.shoe_size"} {
		list = append(list, consoleAsk{name: "values_" + field, request: get("/v1/language/values?name=" + field)})
	}
	return append(list, consoleAsk{name: "search_box", request: get("/v1/search?q=elena+nagy")})
}

// consoleCounts are segments as they are written in a builder; %d is a number
// that is another one each time.
var consoleCounts = []struct{ name, text string }{
	{"field", `country = "RO" and city != "x%d"`},
	{"recent", "has order in last %d days"},
	{"lapsed", "has order and no order in last %d days"},
	{"orders", "count(order) >= %d"},
	{"average", "avg(order.total) > %d"},
	{"spent", `sum(order.total) in last 90 days > %d and country = "DE"`},
	{"coupons", `count(order[coupon = "CODE7"]) >= %d`},
	{"items", `count(item[category = "shoes" and quantity >= 2]) in last 60 days >= %d`},
	{"products", "distinct(item.product) in last 12 months >= %d"},
	{"favourites", "has favourite[stock < 100] and count(order) >= %d"},
	{"sequence", `sequence(order[total > 100], item[category = "coats"] within %d days) in last 6 months`},
	{"rfm_group", `rfm.group in ("Loyal", "Champions") and count(order) >= %d`},
	{"rfm_scores", "rfm.recency >= 4 and rfm.monetary >= 3 and count(order) >= %d"},
	{"rfm_filter", `rfm.group = "At risk" and has item[category = "bags"] in last %d days`},
	{"stage", `stage = "lapsing" and points.balance >= %d`},
	{"percentile", "percentile(sum(order.total) in last 12 months) >= %d"},
	{"referred", `in segment "lapsed-buyers" and count(order) >= %d`},
}

// askConsole asks all there is, and tells how long the answers took.
func (b *bench) askConsole(ctx context.Context, s *consoleServer, prefix string) error {
	for _, ask := range consoleAsks(int(b.streamTimes[0] * streamCustomers)) {
		if err := b.askOne(ctx, s, prefix+"_"+ask.name, ask); err != nil {
			return fmt.Errorf("%s: %w", ask.name, err)
		}
	}
	return nil
}

// askOne asks one thing several times; the first one alone, since it may find
// nothing prepared.
func (b *bench) askOne(ctx context.Context, s *consoleServer, name string, ask consoleAsk) error {
	times := ask.times
	if times == 0 {
		times = b.rounds
	}
	var took []seen
	work := time.Duration(0)
	for n := range times + 1 {
		method, path, body := ask.request(n)
		begin, before := time.Now(), s.work()
		if err := s.ask(ctx, method, path, body, nil); err != nil {
			return err
		}
		passed := time.Since(begin)
		if n == 0 {
			b.line(name+"_first", passed.Seconds()*1000, "ms")
			continue
		}
		took, work = append(took, seen{took: passed}), work+s.work()-before
	}
	b.limited(name+"_p50", percentile(took, 50), "ms", ask.p50)
	b.limited(name+"_p99", percentile(took, 99), "ms", ask.p99)
	b.line(name+"_work", work.Seconds()*1000/float64(times), "ms")
	return nil
}
