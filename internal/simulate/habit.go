package simulate

import "slices"

// style is the main thing that shapes when and what somebody buys.
type style uint8

const (
	regular     style = iota
	frugal            // one piece at a time, rarely, when needed
	trendy            // what came out in the last weeks
	giver             // presents, before the days of presents
	seasonal          // in one season of the year only
	replenisher       // the same thing whenever it runs out
	stocker           // few orders, many things in each
)

const styleCount = int(stocker) + 1

var styleLabels = [styleCount]string{
	"", "frugal", "trend_follower", "gift_buyer", "seasonal", "replenisher", "big_basket",
}

// habit is the truth about a person: all that their orders are drawn from.
type habit struct {
	style style
	// interval is the mean time between orders in days of average business;
	// regularity is the shape of its gamma distribution: 1 is as random as
	// can be, 10 is like a clock.
	interval   float64
	regularity float64
	// dropout is the chance that an order is the last, as in the BG/NBD model.
	dropout    float64
	season     season
	band       tier
	coupons    float64 // chance that an order carries a coupon
	fullPrice  bool    // never takes a reduction
	couponFan  bool
	favourites []category
	extra      float64 // mean pieces beyond the first
	indecisive bool
	member     bool    // collects points
	opens      float64 // chance that a message is opened
	hour       float64 // favourite hour of the day, in the shop's zone
	needs      []need
}

// need is a product that somebody uses up and buys again.
type need struct {
	product *product
	days    float64
	last    int64
}

var (
	styleWeights    = newWeights(44, 12, 8, 9, 10, 13, 4)
	seasonalWeights = newWeights(45, 15, 22, 18) // christmas, valentine, summer, school
	bandWeights     = newWeights(33, 47, 20)
)

func (g *generator) drawHabit(h *habit) {
	d := g.dice
	*h = habit{
		style:      style(styleWeights.draw(d)),
		regularity: 1,
		band:       tier(bandWeights.draw(d)),
		extra:      d.between(0.3, 1.3),
		member:     d.chance(0.35),
		opens:      d.beta(1.6, 3),
		hour:       8 + 14*d.beta(2.2, 1.6),
		favourites: h.favourites[:0],
		needs:      h.needs[:0],
	}
	for range 1 + d.IntN(3) {
		h.likes(category(g.catalogue.popularity.draw(d)))
	}
	switch x := d.Float64(); {
	case x < 0.14:
		h.couponFan, h.coupons = true, d.between(0.9, 0.98)
	case x < 0.44:
		h.fullPrice, h.coupons = true, 0.01
	default:
		h.coupons = d.beta(1.2, 4)
	}
	g.drawRhythm(h)
}

// drawRhythm sets what the style does to time and basket.
func (g *generator) drawRhythm(h *habit) {
	d := g.dice
	switch h.style {
	case regular:
		// Rates are gamma distributed over people, so that few buy often.
		h.interval = min(max(100/d.gamma(1.3), 8), 600)
		h.dropout = d.beta(1, 2.6)
	case frugal:
		h.interval = max(d.logNormal(95, 0.3), 58)
		h.regularity, h.extra = 4, 0.05
		h.dropout = d.beta(1, 6)
	case trendy:
		h.interval = d.logNormal(38, 0.3)
		h.dropout = d.beta(1, 9)
	case giver:
		h.interval = d.logNormal(80, 0.4)
		h.season = gifting
		h.dropout = d.beta(1, 4)
	case seasonal:
		h.interval = d.logNormal(300, 0.25)
		h.regularity = 2
		h.season = christmas + season(seasonalWeights.draw(d))
		h.dropout = d.beta(1, 4)
	case replenisher:
		g.drawNeeds(h)
		h.regularity = 10
		h.dropout = d.beta(1, 8)
	case stocker:
		h.interval = d.logNormal(150, 0.3)
		h.regularity, h.extra = 2, d.between(3, 5)
		h.dropout = d.beta(1, 4)
	}
}

// drawNeeds gives a replenisher one or two things that run out; the first
// sets the rhythm of the orders.
func (g *generator) drawNeeds(h *habit) {
	d := g.dice
	h.interval = 45
	for range 1 + d.IntN(2) {
		p := g.catalogue.lasting[h.band].draw(d, g.calendar.start)
		if p == nil {
			continue
		}
		h.needs = append(h.needs, need{product: p, days: float64(p.kind().lasts) * d.logNormal(1.05, 0.12)})
		h.likes(p.kind().category)
	}
	if len(h.needs) > 0 {
		h.interval = h.needs[0].days
	}
}

func (h *habit) likes(c category) {
	if !slices.Contains(h.favourites, c) {
		h.favourites = append(h.favourites, c)
	}
}
