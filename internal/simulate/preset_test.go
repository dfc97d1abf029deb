package simulate

import (
	"strings"
	"testing"
	"time"
)

// scores are computed once for all presets.
type scores struct {
	shop                     *readShop
	spend, basket, value     map[*readCustomer]float64
	group, band              map[*readCustomer]string
	christmasFrom, christmas time.Time
}

func newScores(s *readShop) *scores {
	x := &scores{shop: s, group: s.rfm(), band: s.priceBand()}
	x.spend = s.percentile(func(c *readCustomer) (float64, bool) { return c.net(365 * days), c.ordersIn(365*days) > 0 })
	x.basket = s.percentile(func(c *readCustomer) (float64, bool) { return c.average(), len(c.orders) > 0 })
	x.value = s.percentile(func(c *readCustomer) (float64, bool) {
		alive, ok := c.alive()
		return alive * c.net(2*365*days), ok
	})
	x.christmasFrom = time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	x.christmas = time.Date(2025, 12, 25, 0, 0, 0, 0, time.UTC)
	return x
}

// preset is one row of the table of presets: the share of members that a
// shop of this size should have, and who is one.
type preset struct {
	id        string
	least     float64 // of all known customers
	most      float64
	condition func(x *scores, c *readCustomer) bool
}

var orderPresets = []preset{
	{"recent-buyers", .04, .3, func(_ *scores, c *readCustomer) bool { return c.ordersIn(30*days) > 0 }},
	{"lapsed-buyers", .2, .7, func(_ *scores, c *readCustomer) bool { return len(c.orders) > 0 && c.ordersIn(90*days) == 0 }},
	{"lapsed-3-to-12-months", .1, .5, func(_ *scores, c *readCustomer) bool { return c.ordersIn(365*days) > 0 && c.ordersIn(90*days) == 0 }},
	{"lost-buyers", .05, .4, func(_ *scores, c *readCustomer) bool { return len(c.orders) > 0 && c.ordersIn(365*days) == 0 }},
	{"bought-once-in-12-months", .1, .5, func(_ *scores, c *readCustomer) bool { return c.ordersIn(365*days) == 1 }},
	{"one-time-buyers", .15, .4, func(_ *scores, c *readCustomer) bool { return len(c.orders) == 1 }},
	{"repeat-buyers", .3, .6, func(_ *scores, c *readCustomer) bool { return len(c.orders) >= 2 }},
	{"biggest-spenders", .02, .15, func(x *scores, c *readCustomer) bool { return x.spend[c] >= 90 }},
	{"high-average-order", .1, .2, func(x *scores, c *readCustomer) bool { return x.basket[c] >= 80 }},
	{"frequent-small-baskets", .002, .1, func(x *scores, c *readCustomer) bool {
		return c.ordersIn(90*days) >= 3 && x.basket[c] < 50
	}},
	{"rare-large-baskets", .02, .15, func(x *scores, c *readCustomer) bool {
		n := c.ordersIn(365 * days)
		return n >= 1 && n <= 3 && x.basket[c] >= 90
	}},
	{"loyal-customers", .02, .2, func(_ *scores, c *readCustomer) bool {
		return c.ordersIn(365*days) >= 4 && c.ordersIn(90*days) > 0
	}},
	{"champions", .01, .2, func(x *scores, c *readCustomer) bool { return x.group[c] == "Champions" }},
	{"at-risk", .01, .2, func(x *scores, c *readCustomer) bool { return x.group[c] == "At risk" }},
	{"slipping-away", .01, .2, func(_ *scores, c *readCustomer) bool {
		alive, _ := c.alive()
		return alive >= .15 && alive <= .5 && len(c.orders) >= 2
	}},
	{"valuable-next-year", .02, .15, func(x *scores, c *readCustomer) bool { return x.value[c] >= 90 }},
	{"coupon-customers", .03, .15, func(_ *scores, c *readCustomer) bool { return len(c.orders) >= 2 && c.discountShare() >= .8 }},
	{"full-price-buyers", .08, .4, func(_ *scores, c *readCustomer) bool { return len(c.orders) >= 2 && c.discountShare() <= .1 }},
	{"frugal-customers", .03, .3, func(_ *scores, c *readCustomer) bool {
		return len(c.orders) >= 2 && c.sum((*readOrder).pieces)/float64(len(c.orders)) <= 2 && c.cadence() >= 45
	}},
	{"due-to-reorder", .02, .2, func(_ *scores, c *readCustomer) bool { x := c.overdue(); return x >= .8 && x <= 1.5 }},
	{"overdue-to-reorder", .005, .2, func(_ *scores, c *readCustomer) bool {
		alive, _ := c.alive()
		return c.overdue() > 1.5 && alive >= .2
	}},
	{"trend-followers", .02, .2, func(x *scores, c *readCustomer) bool { return x.trendy(c) >= 2 }},
	{"occasion-buyers", .03, .2, func(x *scores, c *readCustomer) bool {
		return c.last().After(x.christmasFrom) && c.last().Before(x.christmas)
	}},
	{"gift-buyers", .1, .6, func(x *scores, c *readCustomer) bool {
		return x.itemIs(c, func(p *readProduct) bool { return strings.Contains(p.fields["tags"], "gift") })
	}},
	{"category-fans", .03, .4, func(x *scores, c *readCustomer) bool {
		n := 0
		for _, it := range c.items() {
			if since(it.at, 365*days) && x.shop.products[it.product].fields["category"] == "stationery" {
				n++
			}
		}
		return n >= 2
	}},
	{"premium-shoppers", .04, .3, func(x *scores, c *readCustomer) bool { return x.band[c] == "premium" }},
}

func (x *scores) trendy(c *readCustomer) int {
	seen := map[string]bool{}
	for _, it := range c.items() {
		age := it.at.Sub(x.shop.products[it.product].released)
		if since(it.at, 365*days) && age >= 0 && age <= 30*days {
			seen[it.product] = true
		}
	}
	return len(seen)
}

func (x *scores) itemIs(c *readCustomer, is func(p *readProduct) bool) bool {
	for _, it := range c.items() {
		if is(x.shop.products[it.product]) {
			return true
		}
	}
	return false
}

func (x *scores) hasFavourite(c *readCustomer, is func(f readFavourite) bool) bool {
	for _, f := range c.favourites(x.shop) {
		if !f.purchased && is(f) {
			return true
		}
	}
	return false
}

func hasTicket(c *readCustomer, is func(e *readEvent) bool) bool {
	for _, e := range c.tickets() {
		if is(e) {
			return true
		}
	}
	return false
}

var sitePresets = []preset{
	{"valuable-carts", .01, .3, func(x *scores, c *readCustomer) bool {
		cart := c.cart(x.shop)
		return len(c.orders) > 0 && cart.items > 0 && cart.value >= 2*c.average()
	}},
	{"waiting-for-a-discount", .005, .1, func(x *scores, c *readCustomer) bool {
		return len(c.orders) > 0 && c.discountShare() >= .5 && x.hasFavourite(c, func(readFavourite) bool { return true })
	}},
	{"dormant-customers", .05, .5, func(_ *scores, c *readCustomer) bool {
		return len(c.orders) > 0 && c.ordersIn(180*days) == 0 && c.visitsIn(90*days) == 0
	}},
	{"abandoned-carts", .005, .1, func(x *scores, c *readCustomer) bool {
		cart := c.cart(x.shop)
		return cart.items > 0 && since(cart.at, 7*days) && !since(cart.at, 4*time.Hour)
	}},
	{"abandoned-at-shipping-cost", .001, .05, func(_ *scores, c *readCustomer) bool {
		started, ok := c.lastEvent("Checkout Started")
		for _, e := range c.eventsIn("Checkout Step Viewed", 7*days) {
			if e.number("step") == shippingStep && ok && !c.last().After(started) && !since(started, 4*time.Hour) {
				return true
			}
		}
		return false
	}},
	{"cart-without-checkout", .005, .1, func(_ *scores, c *readCustomer) bool {
		return len(c.eventsIn("Product Added", 7*days)) > 0 && len(c.eventsIn("Checkout Started", 7*days)) == 0 && c.ordersIn(7*days) == 0
	}},
	{"browsed-nothing-in-cart", .01, .2, func(_ *scores, c *readCustomer) bool {
		return len(c.eventsIn("Product Viewed", 7*days)) > 0 && len(c.eventsIn("Product Added", 7*days)) == 0 && c.ordersIn(7*days) == 0
	}},
	{"all-prospects", .2, .3, func(_ *scores, c *readCustomer) bool { return len(c.orders) == 0 }},
	{"curious-prospects", .01, .15, func(_ *scores, c *readCustomer) bool { return len(c.orders) == 0 && c.visitsIn(14*days) > 0 }},
	{"indecisive-prospects", .005, .1, func(_ *scores, c *readCustomer) bool {
		return len(c.orders) == 0 && c.visitsIn(30*days) >= 4 && (len(c.eventsIn("Product Added", 30*days)) >= 3 ||
			hasTicket(c, func(e *readEvent) bool { return since(e.At, 30*days) }))
	}},
	{"visited-never-bought", .1, .3, func(_ *scores, c *readCustomer) bool { return len(c.orders) == 0 && len(c.visits()) > 0 }},
	{"not-seen-for-a-while", .2, .8, func(_ *scores, c *readCustomer) bool { return len(c.visits()) > 0 && c.visitsIn(60*days) == 0 }},
	{"low-stock-in-favourites", .002, .1, func(x *scores, c *readCustomer) bool {
		return x.hasFavourite(c, func(f readFavourite) bool { return f.stock > 0 && f.stock <= 3 })
	}},
	{"price-drop-in-favourites", .005, .1, func(x *scores, c *readCustomer) bool {
		return x.hasFavourite(c, func(f readFavourite) bool { return f.drop >= .1 })
	}},
	{"waiting-for-support", .002, .05, func(_ *scores, c *readCustomer) bool {
		return hasTicket(c, func(e *readEvent) bool { return e.text("status") == "open" })
	}},
	{"unhappy-lately", .002, .05, func(_ *scores, c *readCustomer) bool {
		for _, r := range c.refunds {
			if since(r.at, 30*days) {
				return true
			}
		}
		return hasTicket(c, func(e *readEvent) bool { return e.text("sentiment") == "negative" && since(e.At, 30*days) })
	}},
	{"unfinished-survey", .001, .05, unfinishedSurvey},
	{"points-worth-a-reward", .003, .1, func(_ *scores, c *readCustomer) bool { return c.points() >= rewardPoints }},
}

func unfinishedSurvey(_ *scores, c *readCustomer) bool {
	started, ok := c.lastEvent("Form Started")
	submitted, _ := c.lastEvent("Form Submitted")
	return ok && since(started, 14*days) && !since(started, days) && submitted.Before(started)
}

var personPresets = []preset{
	{"newsletter-subscribers", .3, .8, func(_ *scores, c *readCustomer) bool { return c.fields["accepts_email"] == "true" }},
	{"newsletter-never-bought", .05, .25, func(_ *scores, c *readCustomer) bool {
		return c.fields["accepts_email"] == "true" && len(c.orders) == 0
	}},
	{"birthday-this-week", .004, .04, func(_ *scores, c *readCustomer) bool {
		for d := range 7 {
			if strings.HasSuffix(c.fields["birth_date"], testEnd.AddDate(0, 0, d).Format("-01-02")) {
				return true
			}
		}
		return false
	}},
	{"higher-income", .1, .5, func(x *scores, c *readCustomer) bool {
		return c.fields["income"] == "high" || c.fields["income"] == "very high" || x.band[c] == "premium"
	}},
	{"women", .4, .7, func(_ *scores, c *readCustomer) bool { return c.fields["gender"] == "female" }},
	{"men", .2, .5, func(_ *scores, c *readCustomer) bool { return c.fields["gender"] == "male" }},
	{"local-customers", .5, .7, func(_ *scores, c *readCustomer) bool { return c.country() == "RO" }},
	{"international-customers", .25, .4, func(_ *scores, c *readCustomer) bool { return c.country() != "" && c.country() != "RO" }},
	{"mobile-shoppers", .4, .8, func(_ *scores, c *readCustomer) bool { return c.fields["device"] == "mobile" }},
}

// TestPresets counts the members of every preset in the files alone.
func TestPresets(t *testing.T) {
	t.Parallel()
	s := testLoaded(t)
	x := newScores(s)
	for _, list := range [][]preset{orderPresets, sitePresets, personPresets} {
		for _, p := range list {
			n := 0
			for _, c := range s.list {
				if p.condition(x, c) {
					n++
				}
			}
			share := float64(n) / float64(len(s.list))
			t.Logf("%-28s %5d  %.4f", p.id, n, share)
			if share < p.least || share > p.most {
				t.Errorf("%s: %d of %d, a share of %.4f, not within %.4f to %.4f", p.id, n, len(s.list), share, p.least, p.most)
			}
		}
	}
}
