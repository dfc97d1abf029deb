package figures

import (
	"time"

	"kith/internal/commerce"
	"kith/internal/rfm"
)

// Figures are a shop's as of an instant. Amounts are in the shop's currency.
type Figures struct {
	Customers       int64 `json:"customers" doc:"known customers who exist"`
	NewCustomers30d int64 `json:"new_customers_30d" doc:"whose first fact is of the last 30 days"`

	Orders            int64 `json:"orders" doc:"orders that count, whoever's they are"`
	Orders30d         int64 `json:"orders_30d"`
	OrdersPrevious30d int64 `json:"orders_previous_30d" doc:"of the 30 days before the last 30"`

	RevenueNet            commerce.Amount `json:"revenue_net" doc:"totals of orders less refunds"`
	RevenueNet30d         commerce.Amount `json:"revenue_net_30d"`
	RevenueNetPrevious30d commerce.Amount `json:"revenue_net_previous_30d"`

	AverageOrder *commerce.Amount `json:"average_order,omitempty" doc:"average total; absent without orders"`
	RefundsShare *float64         `json:"refunds_share,omitempty" doc:"refunds as a part of the totals; absent without orders"`
	Buyers       int64            `json:"buyers" doc:"known customers with an order"`
	RepeatRate   *float64         `json:"repeat_rate,omitempty" doc:"the part of buyers with two orders or more; absent without buyers"`

	Months    []Month    `json:"months" doc:"13 months of the shop's calendar, the oldest first; the last one is under way"`
	RFM       rfm.Report `json:"rfm" doc:"as of the same instant"`
	Prospects int64      `json:"prospects" doc:"known customers without an order"`
	Freshness Freshness  `json:"freshness"`
}

// Month is one of the shop's calendar.
type Month struct {
	Month               string          `json:"month" doc:"YYYY-MM"`
	Orders              int64           `json:"orders"`
	Revenue             commerce.Amount `json:"revenue" doc:"totals less refunds; of refunds the month in which they were made"`
	NewCustomersRevenue commerce.Amount `json:"new_customers_revenue" doc:"of known customers whose first order is of this month"`
	ReturningRevenue    commerce.Amount `json:"returning_revenue" doc:"of all other known customers; what remains is of orders of nobody known"`
	NewBuyers           int64           `json:"new_buyers"`
	ReturningBuyers     int64           `json:"returning_buyers"`
}

// Freshness is how new the newest facts are.
type Freshness struct {
	LastOrderAt  *time.Time `json:"last_order_at,omitempty"`
	LastEventAt  *time.Time `json:"last_event_at,omitempty" doc:"of tracked events"`
	LastImportAt *time.Time `json:"last_import_at,omitempty"`
	// Imports are the numbers in the log of those of the last 7 days.
	Imports []int64 `json:"-"`
}

// Totals are what the shop's orders and refunds come to.
type Totals struct{ Sold, Refunded commerce.Amount }

// Finish works out what follows from totals and buyers.
func (f *Figures) Finish(t Totals, repeat int64) {
	f.RevenueNet = t.Sold - t.Refunded
	if f.Orders > 0 {
		average := perUnit(t.Sold, f.Orders)
		f.AverageOrder = &average
	}
	if t.Sold > 0 {
		share := float64(t.Refunded) / float64(t.Sold)
		f.RefundsShare = &share
	}
	if f.Buyers > 0 {
		rate := float64(repeat) / float64(f.Buyers)
		f.RepeatRate = &rate
	}
}

// perUnit is total / n, rounded half away from zero to hundredths.
func perUnit(total commerce.Amount, n int64) commerce.Amount {
	const cent = 10_000
	whole, rest := int64(total)/(n*cent), int64(total)%(n*cent)
	switch {
	case 2*rest >= n*cent:
		whole++
	case -2*rest >= n*cent:
		whole--
	}
	return commerce.Amount(whole * cent)
}
