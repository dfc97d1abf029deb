package insight

import (
	"cmp"
	"math"
	"slices"
)

// What a list of purchases shows.
const (
	// MinBuyers is how many members must have bought something for it to have
	// a lift: two buyers say nothing about a segment.
	MinBuyers = 10
	// MinShare is the share of the members who must have bought it to stand
	// out: what one member in a thousand bought is not what the segment buys.
	MinShare = 0.01
	// Confidence is that of all intervals in a list together.
	Confidence = 0.95
	// listLength is how long each list is at most.
	listLength = 10
)

// Buyers counts the customers who bought a product or from a category.
type Buyers struct {
	Value   string
	Members int64
	Others  int64 // known customers who are not members
}

// Purchases is what members and others bought in the last 12 months.
type Purchases struct {
	Anything             Buyers
	Categories, Products []Buyers
}

// Item is a product or category as members and others bought it.
type Item struct {
	Value        string  `json:"value" doc:"the category, or the product's id"`
	Name         string  `json:"name,omitempty" doc:"the product's"`
	Members      int64   `json:"members" doc:"members who bought it"`
	MembersShare float64 `json:"members_share" doc:"of the members, from 0 to 1"`
	Others       int64   `json:"others" doc:"other known customers who bought it"`
	OthersShare  float64 `json:"others_share"`
	// Lift is MembersShare over OthersShare. It is nil if fewer than MinBuyers
	// members bought it, or nobody else did.
	Lift *float64 `json:"lift,omitempty" doc:"members_share by others_share; absent if fewer than 10 members bought it or no others did"`
	// AtLeast is the lower end of the lift's interval, which is also there
	// where nobody else bought it.
	AtLeast *float64 `json:"lift_at_least,omitempty" doc:"the lower end of the lift's interval, 95 % for the whole list; absent if fewer than 10 members bought it, or everybody is a member"`
}

// Ranking is the same items by two orders.
type Ranking struct {
	MostBought []Item `json:"most_bought" doc:"by members who bought it"`
	StandOut   []Item `json:"stand_out" doc:"what members buy more than others do, surest first"`
}

// Base is how many members and other known customers there are.
type Base struct{ Members, Others int64 }

// Rank lists what members bought most, and what they buy more than others.
//
// To stand out, MinBuyers members and a MinShare of all members must have
// bought it, and the lower end of the lift's interval must be above 1. What
// stands out is ordered by this lower end, so that a lift that rests on few
// buyers does not come before one that is sure.
func (b Base) Rank(all []Buyers) Ranking {
	compared := 0
	for _, x := range all {
		if b.comparable(x) {
			compared++
		}
	}
	z := limit(compared)
	bought, standOut := []Item{}, []Item{}
	for _, x := range all {
		if x.Members == 0 {
			continue
		}
		item := b.item(x, z)
		bought = append(bought, item)
		if item.AtLeast != nil && *item.AtLeast > 1 && item.MembersShare >= MinShare {
			standOut = append(standOut, item)
		}
	}
	byMembers := func(x, y Item) int { return cmp.Or(cmp.Compare(y.Members, x.Members), cmp.Compare(x.Value, y.Value)) }
	slices.SortFunc(bought, byMembers)
	slices.SortFunc(standOut, func(x, y Item) int { return cmp.Or(cmp.Compare(*y.AtLeast, *x.AtLeast), byMembers(x, y)) })
	return Ranking{MostBought: first(bought), StandOut: first(standOut)}
}

// first are the items that a list shows, without holding on to the others.
func first(items []Item) []Item {
	return slices.Clip(slices.Clone(items[:min(len(items), listLength)]))
}

// comparable says whether something has a lift, or would if others bought it.
func (b Base) comparable(x Buyers) bool { return x.Members >= MinBuyers && b.Others > 0 }

// limit is how many standard errors the intervals of n lifts reach to either
// side. All of them together hold with Confidence, after Bonferroni: among
// twenty thousand products a thousand would else stand out by chance.
func limit(n int) float64 { return quantile(1 - (1-Confidence)/2/float64(max(1, n))) }

// item compares what members and others bought of one thing.
func (b Base) item(x Buyers, z float64) Item {
	item := Item{
		Value: x.Value, Members: x.Members, Others: x.Others,
		MembersShare: share(x.Members, b.Members), OthersShare: share(x.Others, b.Others),
	}
	if !b.comparable(x) {
		return item
	}
	if x.Others > 0 {
		lift := item.MembersShare / item.OthersShare
		item.Lift = &lift
	}
	low := b.liftAtLeast(x.Members, x.Others, z)
	item.AtLeast = &low
	return item
}

// liftAtLeast is the lower end of the interval of a ratio of two shares, z
// standard errors of its logarithm below it, with a half added to each count
// so that it exists where no others bought: Pettigrew, Gart and Thomas, The
// bias and higher cumulants of the logarithm of a binomial variate, Biometrika
// 73 (1986), after Katz et al., Biometrics 34 (1978).
func (b Base) liftAtLeast(members, others int64, z float64) float64 {
	x, n := float64(members)+0.5, float64(b.Members)+0.5
	y, m := float64(others)+0.5, float64(b.Others)+0.5
	sd := math.Sqrt(max(0, 1/x-1/n+1/y-1/m))
	return math.Exp(math.Log(x/n) - math.Log(y/m) - z*sd)
}

// share is a part of a whole; of nothing it is 0.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
