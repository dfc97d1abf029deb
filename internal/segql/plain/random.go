package plain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/segqltest"
)

// RandomShop makes a shop of about size facts, with few names and values, so
// that they meet: several facts at one instant, around changes of clocks and
// the ends of days and months, exact spans apart; facts that arrive late or
// twice; visitors who turn out to be customers; products that change. Two
// segments stand beside them, which trees may name. asOf are instants worth
// asking about.
func RandomShop(r *rand.Rand, size int) (shop script.Shop, asOf []time.Time) {
	g := &generator{r: r}
	g.settings()
	g.always()
	for range size {
		g.lines = append(g.lines, g.fact())
	}
	g.arrive()
	for range 4 {
		asOf = append(asOf, g.instant())
	}
	asOf = append(asOf, g.end.UTC())
	g.shop.Lines = numbered(append(g.shop.Lines, g.lines...))
	vocabulary := Vocabulary(asOf)
	for _, id := range []string{"vip", "quiet"} {
		options := segqltest.Options{Vocabulary: vocabulary, Depth: 2, NoMoved: true}
		options.Vocabulary.Segments = nil
		text := segql.Print(segqltest.RandomTree(r, options))
		g.shop.Segments = append(g.shop.Segments, script.Segment{ID: id, Text: text})
	}
	return g.shop, asOf
}

// numbered gives lines their places: what comes twice does so on two lines.
func numbered(lines []script.Line) []script.Line {
	for i, l := range lines {
		place := script.Place{File: "random", Line: i + 1}
		switch l := l.(type) {
		case script.Customer:
			l.Place = place
			lines[i] = l
		case script.Product:
			l.Place = place
			lines[i] = l
		case script.ProductChange:
			l.Place = place
			lines[i] = l
		case script.Order:
			l.Place = place
			lines[i] = l
		case script.Event:
			l.Place = place
			lines[i] = l
		case script.Traits:
			l.Place = place
			lines[i] = l
		}
	}
	return lines
}

// Records are all records of a shop, in the order of their arrival.
func Records(shop script.Shop) []script.Record {
	var all []script.Record
	for _, l := range shop.Lines {
		all = append(all, script.Arrivals(shop.Settings, l, int64(len(all)))...)
	}
	return all
}

// The names and values of random shops. Ids of orders are numbers from 1 on,
// so that "10" comes before "9".
var (
	randomProducts   = []string{"lamp", "cup", "vase", "sofa"}
	randomCategories = []string{"home", "kitchen", "décor"}
	randomTags       = []string{"gift", "new", "sale"}
	randomCoupons    = []string{"SPRING", "vip10"}
	randomCountries  = []string{"RO", "BG", "US"}
	randomCities     = []string{"Cluj", "Iași"}
	randomEvents     = []string{
		"product_viewed", "product_added", "product_removed", "product_added_to_wishlist",
		"product_removed_from_wishlist", "page_viewed", "Quiz Finished", "checkout_started",
	}
	randomTraits = map[string][]string{
		"shoe_size": {"38", "41.5", "big"}, "club": {"true", "false"}, "wedding": {"2020-02-29", "1999-03-29"},
		"Colour": {"red", "blå"}, "seen": {"2026-01-31T22:00:00Z", "2026-03-29T03:30:00+03:00"},
	}
	randomProperties = map[string][]string{
		"score": {"1", "2", "5.5", "high"}, "ok": {"true", "false"}, "colour": {"red", "green"},
		"day": {"2026-03-01", "2026-03-29"}, "seen": {"2026-02-28T22:00:00Z"}, "step": {"2", "3"},
	}
	randomAmounts = []string{"0", "1", "10", "10.5", "49.95", "100", "120", "0.000001", "99.999999"}
)

// Vocabulary is what random shops are made of, for random trees.
func Vocabulary(asOf []time.Time) segqltest.Vocabulary {
	return segqltest.Vocabulary{
		Categories: randomCategories, Brands: []string{"Acme", "Lux"}, Products: randomProducts, Tags: randomTags,
		Coupons: randomCoupons, Countries: randomCountries, Cities: randomCities, Events: randomEvents,
		Segments: []string{"vip", "quiet"}, Traits: randomTraits, Properties: randomProperties, AsOf: asOf,
		Texts: map[string][]string{
			"id": {"1", "9", "10"}, "order": {"1", "9", "10"}, "source": {"google", "mail"}, "topic": {"returns"},
			"reason": {"broken", "reward"}, "shop.shipping_step": {"2"}, "email_domain": {"example.com"},
			"shop.timezone": randomZones, "channel": {"web", "chat", "email"}, "status": randomStatuses,
		},
		Numbers: map[string][]string{
			"total": randomAmounts, "price": randomAmounts, "quantity": {"1", "2", "3", "0.5"},
			"spend.net": {"0", "10", "100", "-10"}, "duration": {"0", "600", "1800"},
		},
	}
}

var (
	randomZones = []string{
		"Europe/Bucharest", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe", "Africa/Casablanca", "UTC",
	}
	randomStatuses = []string{"paid", "refunded", "pending", "open", "closed", "sent"}
)

// generator makes one shop.
type generator struct {
	r     *rand.Rand
	shop  script.Shop
	lines []script.Line
	// edges are changes of clocks and starts of months and days of the zone.
	edges      []time.Time
	begin, end time.Time
	instants   []time.Time // of the facts so far
	orders     int
	messages   int
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func pick[T any](g *generator, from []T) T { return from[g.r.IntN(len(from))] }

func (g *generator) settings() {
	s := &g.shop.Settings
	s.Timezone, s.Currency, s.Country, s.ShippingStep = pick(g, randomZones), "RON", "RO", "2"
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		panic(err)
	}
	s.Zone = zone
	points := script.Number(100_000_000)
	s.RewardPoints = &points
	// The end lies after a change of clocks, a month's end or a leap day.
	ends := []time.Time{
		time.Date(2026, 4, 5, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 31, 23, 0, 0, 0, time.UTC), time.Date(2028, 3, 1, 6, 0, 0, 0, time.UTC),
	}
	g.end = pick(g, ends)
	g.begin = g.end.AddDate(-1, -2, 0)
	_, last := g.begin.In(zone).Zone()
	for t := g.begin; t.Before(g.end); t = t.Add(30 * time.Minute) {
		local := t.In(zone)
		_, offset := local.Zone()
		midnight := local.Hour() == 0 && local.Minute() == 0
		if offset != last || midnight && (local.Day() == 1 || g.end.Sub(t) < 72*time.Hour) {
			g.edges = append(g.edges, t)
		}
		last = offset
	}
}

// instant draws an instant, most often one near others.
func (g *generator) instant() time.Time {
	t := g.begin.Add(time.Duration(g.r.Int64N(int64(g.end.Sub(g.begin)/time.Second))) * time.Second)
	switch n := g.r.IntN(10); {
	case n < 2:
		t = pick(g, g.edges)
	case n < 7 && len(g.instants) > 0:
		t = pick(g, g.instants)
		if g.chance(70) {
			t = g.aside(t)
		}
	case n < 8:
		t = g.end.Add(-time.Duration(g.r.IntN(72*60)) * time.Minute)
	}
	if g.chance(25) {
		t = t.Add(time.Duration(g.r.IntN(3)-1) * time.Microsecond)
	}
	if t.After(g.end) || t.Before(g.begin) {
		t = g.end.Add(-time.Duration(g.r.IntN(1000)) * time.Hour)
	}
	return t.UTC()
}

// aside moves an instant by a span that windows ask for.
func (g *generator) aside(t time.Time) time.Time {
	sign := 1 - 2*g.r.IntN(2)
	if g.chance(30) {
		return t.In(g.shop.Settings.Zone).AddDate(0, sign*(1+g.r.IntN(3)), 0)
	}
	hour := time.Hour
	spans := []time.Duration{
		5 * time.Minute, hour / 2, hour, 4 * hour, 24 * hour, 48 * hour, 168 * hour, 720 * hour, 2160 * hour,
	}
	return t.Add(time.Duration(sign) * pick(g, spans))
}

// arrive puts the facts in the order of their arrival: that of their
// instants, but for some that are late, and some that come twice.
func (g *generator) arrive() {
	slices.SortStableFunc(g.lines, func(a, b script.Line) int { return atOf(a).Compare(atOf(b)) })
	for range len(g.lines) / 5 {
		i, j := g.r.IntN(len(g.lines)), g.r.IntN(len(g.lines))
		g.lines[i], g.lines[j] = g.lines[j], g.lines[i]
	}
	for range len(g.lines) / 15 {
		if again, ok := pick(g, g.lines).(script.Order); ok {
			g.lines = append(g.lines, again)
		}
	}
}

// atOf is the instant of a fact that has one.
func atOf(l script.Line) time.Time {
	switch l := l.(type) {
	case script.Order:
		return l.At
	case script.Event:
		return l.At
	case script.Traits:
		return l.At
	case script.ProductChange:
		return l.At
	}
	panic(fmt.Sprintf("plain: %T has no instant", l))
}
