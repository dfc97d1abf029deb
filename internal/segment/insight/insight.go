package insight

import "kith/internal/commerce"

// Report is what sets a segment apart.
type Report struct {
	Members   int64   `json:"members"`
	Customers int64   `json:"customers" doc:"known customers"`
	Share     float64 `json:"share" doc:"of the known customers, from 0 to 1"`

	Year Value `json:"last_12_months"`
	Ever Value `json:"all_time"`

	Anything   Item    `json:"bought_anything" doc:"who bought anything at all in the last 12 months"`
	Categories Ranking `json:"categories" doc:"of the last 12 months"`
	Products   Ranking `json:"products" doc:"of the last 12 months"`

	Similar    []Relation `json:"similar" doc:"the saved segments and presets that share most customers with it, by Jaccard"`
	Containing []Relation `json:"containing" doc:"those that hold at least 95 % of its members"`
	Contained  []Relation `json:"contained" doc:"those of whose members it holds at least 95 %"`

	Test     Test      `json:"test" doc:"what a test that holds out half of the members could see within 30 days"`
	Warnings []Warning `json:"warnings" doc:"why it may not be worth it"`
}

// Value is what members and the shop's known customers are worth in a window.
// What would be a share of nothing, or an average of none, is nil.
type Value struct {
	Orders       int64            `json:"orders"`
	Revenue      commerce.Amount  `json:"revenue" doc:"orders less refunds"`
	Average      *commerce.Amount `json:"average_order,omitempty" doc:"total of an order, refunds not taken off; absent without orders"`
	ShopOrders   int64            `json:"shop_orders" doc:"of all known customers"`
	ShopRevenue  commerce.Amount  `json:"shop_revenue"`
	ShopAverage  *commerce.Amount `json:"shop_average_order,omitempty"`
	RevenueShare *float64         `json:"revenue_share,omitempty" doc:"of the shop's revenue; absent if that is not above 0"`
}

// ValueOf compares what members ordered with what everybody did.
func ValueOf(members, shop Sums) Value {
	v := Value{
		Orders: members.Orders, Revenue: members.Total - members.Refunds, Average: average(members),
		ShopOrders: shop.Orders, ShopRevenue: shop.Total - shop.Refunds, ShopAverage: average(shop),
	}
	if v.ShopRevenue > 0 {
		part := float64(v.Revenue) / float64(v.ShopRevenue)
		v.RevenueShare = &part
	}
	return v
}

// average is the total of an order, rounded half away from zero.
func average(s Sums) *commerce.Amount {
	if s.Orders == 0 {
		return nil
	}
	n := commerce.Amount(s.Orders)
	a, rest := s.Total/n, s.Total%n
	switch {
	case rest >= n-rest && rest > 0:
		a++
	case -rest >= n+rest && rest < 0:
		a--
	}
	return &a
}

// Relation is how another segment lies to this one.
type Relation struct {
	ID      string  `json:"id"`
	Name    string  `json:"name,omitempty" words:"preset"`
	Members int64   `json:"members"`
	Both    int64   `json:"both" doc:"who are in both"`
	Jaccard float64 `json:"jaccard" doc:"of those in one of them, the share in both"`
	Share   float64 `json:"share" doc:"of this segment's members, the share in the other"`
	Reverse float64 `json:"reverse_share" doc:"of the other's members, the share in this one"`
}

// Named is a segment that a report names.
type Named struct{ ID, Name string }

// Measured is all that a report is made of. Segment 0 is the one reported on,
// Others are those from 1 on.
type Measured struct {
	Kinds     []Kind
	Others    []Named
	Purchases Purchases
	Baseline  Baseline // of the members RateDays ago
}

// NewReport makes the report.
func NewReport(m Measured) Report {
	members, all := TotalsOf(0, m.Kinds)
	base := Base{Members: members.Customers, Others: all.Customers - members.Customers}
	r := Report{
		Members: members.Customers, Customers: all.Customers, Share: share(members.Customers, all.Customers),
		Year: ValueOf(members.Year, all.Year), Ever: ValueOf(members.Ever, all.Ever),
		Anything:   base.item(m.Purchases.Anything, limit(1)),
		Categories: base.Rank(m.Purchases.Categories), Products: base.Rank(m.Purchases.Products),
		Test: TestOf(members.Customers, m.Baseline),
	}
	o := NewOverlap(1+len(m.Others), m.Kinds)
	relations := o.RelationsOf(0)
	r.Similar = m.relations(o, relations.Similar)
	r.Containing = m.relations(o, relations.Containing)
	r.Contained = m.relations(o, relations.Contained)
	r.Warnings = r.warnings()
	return r
}

func (m Measured) relations(o Overlap, others []int) []Relation {
	list := []Relation{}
	for _, j := range others {
		list = append(list, Relation{
			ID: m.Others[j-1].ID, Name: m.Others[j-1].Name, Members: o.Members(j),
			Both: o.Both(0, j), Jaccard: o.Jaccard(0, j), Share: o.Share(0, j), Reverse: o.Share(j, 0),
		})
	}
	return list
}
