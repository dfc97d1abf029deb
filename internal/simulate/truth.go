package simulate

import "math"

// truth is what a person was made with, one line of truth.jsonl. Times of
// regular habits are in days; with a season, days of its business, which
// come to as many on average over a year.
type truth struct {
	// ID is what names them in answers: the customer id, else the e-mail
	// address.
	ID             string   `json:"id"`
	CustomerID     string   `json:"customer_id,omitempty"`
	Email          string   `json:"email,omitempty"`
	Kind           string   `json:"kind"`
	Labels         []string `json:"labels"`
	Country        string   `json:"country"`
	Season         string   `json:"season"`
	PriceBand      string   `json:"price_band"`
	Favourites     []string `json:"favourite_categories"`
	Device         string   `json:"device"`
	FavouriteHour  float64  `json:"favourite_hour"` // in the shop's zone
	OpenRate       float64  `json:"open_rate"`
	Orders         int      `json:"orders"` // those that count, at the end
	MeanInterval   float64  `json:"mean_interval_days,omitempty"`
	Regularity     float64  `json:"regularity,omitempty"` // shape of the gamma distribution of intervals
	DropoutChance  float64  `json:"dropout_probability,omitempty"`
	DropoutAt      string   `json:"dropout_at,omitempty"` // the last order ever
	Alive          *bool    `json:"alive,omitempty"`
	ExpectedOrders *float64 `json:"expected_orders_12m,omitempty"`
	CouponShare    *float64 `json:"coupon_share,omitempty"`
	ExtraPieces    float64  `json:"extra_pieces,omitempty"` // mean pieces per order beyond the first
	Replenishes    []usage  `json:"replenishes,omitempty"`
	CartReason     string   `json:"cart_reason,omitempty"` // why the last cart was left
	CartAt         string   `json:"cart_at,omitempty"`
}

// usage is a product that somebody uses up in so many days.
type usage struct {
	ProductID string  `json:"product_id"`
	Days      float64 `json:"days"`
}

func (g *generator) truth() truth {
	p := &g.person
	h := &p.habit
	t := truth{
		ID: p.id(), CustomerID: p.customerID, Email: p.email,
		Kind: kindNames[p.kind], Labels: p.labels(), Country: p.place.country,
		Season: seasonNames[h.season], PriceBand: tierNames[h.band],
		Device: p.device.name, FavouriteHour: round2(h.hour), OpenRate: round2(h.opens),
	}
	for _, c := range h.favourites {
		t.Favourites = append(t.Favourites, categories[c])
	}
	if p.cart.at != 0 && (len(p.orders) == 0 || p.cart.at > p.orders[len(p.orders)-1].at) {
		t.CartReason, t.CartAt = p.cart.reason, stampText(p.cart.at)
	}
	if p.buys() {
		t.addBuying(p)
	}
	return t
}

func (t *truth) addBuying(p *person) {
	h := &p.habit
	for i := range p.orders {
		if p.orders[i].counts() {
			t.Orders++
		}
	}
	alive := p.dropoutAt == 0
	expected, share := 0.0, round2(h.coupons)
	if alive {
		expected = round2(expectedOrders(h, 365))
	} else {
		t.DropoutAt = stampText(p.dropoutAt)
	}
	t.Alive, t.ExpectedOrders, t.CouponShare = &alive, &expected, &share
	t.MeanInterval, t.Regularity = round2(h.interval), h.regularity
	t.DropoutChance, t.ExtraPieces = round4(h.dropout), round2(h.extra)
	for _, n := range h.needs {
		t.Replenishes = append(t.Replenishes, usage{n.product.id, round2(n.days)})
	}
}

// expectedOrders is the mean number of orders in the next days of somebody
// who is alive: with rate 1/interval and dropout p, (1 - exp(-p days /
// interval)) / p (Fader, Hardie, Lee 2005, before mixing over people). It is
// exact for regularity 1 and close for the others.
func expectedOrders(h *habit, days float64) float64 {
	x := days / h.interval
	if h.dropout < 1e-9 {
		return x
	}
	return -math.Expm1(-h.dropout*x) / h.dropout
}

// labels are words that segments can be checked against.
func (p *person) labels() []string {
	h := &p.habit
	list := []string{} // never null in the file
	add := func(is bool, label string) {
		if is {
			list = append(list, label)
		}
	}
	add(!p.buys(), "prospect")
	add(h.indecisive, "indecisive")
	if p.buys() {
		add(h.style != regular, styleLabels[h.style])
		add(h.couponFan, "coupon_lover")
		add(h.fullPrice, "full_price")
		add(p.dropoutAt != 0, "churned")
	}
	add(h.member && p.kind == buyer, "points_member")
	return list
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }
func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }
