package simulate

import "time"

// Summary says what was made: the settings that the shop has, and how much
// there is of everything. It opens shop.json.
type Summary struct {
	Name         string `json:"name"`
	Currency     string `json:"currency"`
	Timezone     string `json:"timezone"`
	Country      string `json:"country"`
	Language     string `json:"language"`
	RewardPoints int    `json:"reward_points"`
	ShippingStep int    `json:"shipping_step"`

	Seed              uint64    `json:"seed"`
	Start             time.Time `json:"start"`
	End               time.Time `json:"end"`
	Years             int       `json:"years"`
	EventsPerCustomer int       `json:"events_per_customer"`
	Counts            Counts    `json:"counts"`
}

// Counts are rows of the files, where nothing else is said.
type Counts struct {
	People          int `json:"people"` // customers, guests among them
	CustomerRows    int `json:"customer_rows"`
	Products        int `json:"products"` // products, not versions
	ProductVersions int `json:"product_versions"`
	Orders          int `json:"orders"` // orders, not lines
	OrderRows       int `json:"order_rows"`
	CountingOrders  int `json:"counting_orders"` // neither pending nor failed nor cancelled
	Refunds         int `json:"refunds"`
	Events          int `json:"events"`
	Rates           int `json:"rates"`
}

func (n *Counts) countOrder(o *order) {
	n.Orders++
	if o.counts() {
		n.CountingOrders++
	}
	if o.back != nil || o.refunded != 0 {
		n.Refunds++
	}
}

func (g *generator) summary() Summary {
	c := g.config
	return Summary{
		Name: "Moss and Linen", Currency: c.Currency, Timezone: c.Zone.String(), Country: c.Country, Language: g.home.language,
		RewardPoints: rewardPoints, ShippingStep: shippingStep,
		Seed: c.Seed, Start: time.Unix(g.calendar.start, 0).UTC(), End: time.Unix(g.calendar.end, 0).UTC(), Years: c.Years,
		EventsPerCustomer: c.EventsPerCustomer,
		Counts:            Counts{Products: len(g.catalogue.products)},
	}
}

// shop is shop.json: the summary, and the truth about products.
type shop struct {
	Summary
	Truth relations `json:"truth"`
}

// relations hold between products, whoever buys them.
type relations struct {
	// Complements pairs a product with what is added to it more often than
	// chance: all of the other family in the same tier.
	Complements []complement `json:"complements"`
	// Ladders are one design from cheap to dear.
	Ladders [][]string `json:"ladders"`
	// Lasting says how many days one piece of a product is used.
	Lasting []usage `json:"lasting"`
}

type complement struct {
	ProductID string   `json:"product_id"`
	With      []string `json:"with"`
}

func (g *generator) relations() relations {
	c := g.catalogue
	var r relations
	ladder := -1
	for _, p := range c.products {
		if p.ladder != ladder {
			ladder = p.ladder
			r.Ladders = append(r.Ladders, nil)
		}
		last := &r.Ladders[len(r.Ladders)-1]
		*last = append(*last, p.id)
		if days := p.kind().lasts; days > 0 {
			r.Lasting = append(r.Lasting, usage{p.id, float64(days)})
		}
		if f := c.complement[p.family]; f >= 0 {
			with := complement{ProductID: p.id}
			for _, other := range c.byFamily[f][p.tier].products {
				with.With = append(with.With, other.id)
			}
			r.Complements = append(r.Complements, with)
		}
	}
	return r
}
