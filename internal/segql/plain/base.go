package plain

import (
	"math/big"
	"slices"

	"kith/internal/segql"
)

// base is a field that depends on everyone, as of T.
func (w *world) base(p *person, name string) *value {
	if !slices.Contains(w.known(), p) {
		return nil
	}
	switch name {
	case "rfm.group":
		score := w.rfm(p)
		if score == nil {
			return text("Prospects")
		}
		return text(score.group())
	case "rfm.recency", "rfm.frequency", "rfm.monetary":
		score := w.rfm(p)
		if score == nil {
			return nil
		}
		return whole(map[string]int{
			"rfm.recency": score.r, "rfm.frequency": score.f, "rfm.monetary": score.m,
		}[name])
	case "price_band":
		return text(w.priceBand(p))
	}
	if w.shop.CLV == nil {
		return nil
	}
	if micros, ok := w.shop.CLV(name, p.id, w.t); ok {
		return number(micros)
	}
	return nil
}

// rfm holds a customer's scores.
type rfm struct {
	r, f, m int
	orders  int
}

// rfm scores a customer with an order against all such; nil without one.
func (w *world) rfm(p *person) *rfm {
	if w.scores == nil {
		w.scores = map[*person]*rfm{}
		var buyers []*person
		for _, c := range w.known() {
			if len(w.all(c, "order")) > 0 {
				buyers = append(buyers, c)
			}
		}
		for _, c := range buyers {
			w.scores[c] = w.score(c, buyers)
		}
	}
	return w.scores[p]
}

func (w *world) score(p *person, buyers []*person) *rfm {
	own := w.all(p, "order")
	worse := [3]int{}
	for _, other := range buyers {
		theirs := w.all(other, "order")
		if theirs[len(theirs)-1].at.Before(own[len(own)-1].at) {
			worse[0]++
		}
		if len(theirs) < len(own) {
			worse[1]++
		}
		if w.compare(w.spendNet(other), w.spendNet(p)) < 0 {
			worse[2]++
		}
	}
	of := func(worse int) int { return 1 + 5*worse/len(buyers) }
	return &rfm{r: of(worse[0]), f: of(worse[1]), m: of(worse[2]), orders: len(own)}
}

// group is the group of the scores' cell.
func (s *rfm) group() string {
	if s.orders == 1 {
		return [...]string{1: "Dormant", 2: "Almost lost", 3: "Needs attention", 4: "New", 5: "New"}[s.r]
	}
	fm := (s.f + s.m + 1) / 2
	return [...][6]string{
		5: {1: "New", 2: "Promising", 3: "Active", 4: "Loyal", 5: "Champions"},
		4: {1: "Promising", 2: "Promising", 3: "Active", 4: "Loyal", 5: "Champions"},
		3: {1: "Needs attention", 2: "Needs attention", 3: "Needs attention", 4: "Loyal", 5: "Loyal"},
		2: {1: "Almost lost", 2: "Almost lost", 3: "At risk", 4: "At risk", 5: "Previously loyal"},
		1: {1: "Dormant", 2: "Dormant", 3: "Dormant", 4: "Previously loyal", 5: "Previously loyal"},
	}[s.r][fm]
}

// units are bought pieces of one price.
type units struct {
	price, quantity *big.Int
}

// priced are a person's items that have a price; of the categories, or all.
func (w *world) priced(p *person, categories map[string]bool) []units {
	var all []units
	for _, item := range w.all(p, "item") {
		price, category := item.fields["price"], item.fields["category"]
		if price == nil || categories != nil && (category == nil || !categories[category.text]) {
			continue
		}
		all = append(all, units{price.num, item.fields["quantity"].num})
	}
	return all
}

// median is the price that half of the units lie at or below and half at or
// above; where that is a stretch, its middle. It comes doubled.
func median(all []units) *big.Int {
	slices.SortFunc(all, func(a, b units) int { return a.price.Cmp(b.price) })
	half := quantity(all) // of twice the quantity
	twice, lower := new(big.Int), (*big.Int)(nil)
	for _, u := range all {
		twice.Add(twice, times(u.quantity, integer(2)))
		if lower == nil && twice.Cmp(half) >= 0 {
			lower = u.price
		}
		if twice.Cmp(half) > 0 {
			return new(big.Int).Add(lower, u.price)
		}
	}
	return nil
}

func quantity(all []units) *big.Int {
	sum := new(big.Int)
	for _, u := range all {
		sum.Add(sum, u.quantity)
	}
	return sum
}

// priceBand places the customer's median price among those who bought in the
// same categories, each with their median there. The customer is one of
// them, and never below themselves.
func (w *world) priceBand(p *person) string {
	own := w.priced(p, nil)
	if quantity(own).Cmp(whole(3).num) < 0 {
		return ""
	}
	categories := map[string]bool{}
	for _, item := range w.all(p, "item") {
		if category := item.fields["category"]; category != nil && item.fields["price"] != nil {
			categories[category.text] = true
		}
	}
	if len(categories) == 0 {
		return ""
	}
	among, lower := 0, 0
	for _, other := range w.known() {
		theirs := w.priced(other, categories)
		if len(theirs) == 0 {
			continue
		}
		among++
		if other != p && median(theirs).Cmp(median(own)) < 0 {
			lower++
		}
	}
	switch {
	case 100*lower < 33*among:
		return "value"
	case 100*lower < 80*among:
		return "mid"
	}
	return "premium"
}

// percentile is the share of the known customers with a value of x for whom
// it is strictly lower, times 100.
func (w *world) percentile(c *segql.Checked, n *segql.Percentile, p *person) *value {
	if w.ranks[n] == nil {
		values := map[*person]*value{}
		for _, other := range w.known() {
			if v := w.term(c, n.X, other, nil); v != nil && w.looks(c, n.X, other) {
				values[other] = v
			}
		}
		ranks := map[*person]*value{}
		for other, v := range values {
			lower := 0
			for _, x := range values {
				if w.compare(x, v) < 0 {
					lower++
				}
			}
			ranks[other] = fraction(whole(100*lower).num, integer(int64(len(values))))
		}
		w.ranks[n] = ranks
	}
	return w.ranks[n][p]
}

// looks says whether a term looks at a fact, or at a field with a value.
func (w *world) looks(c *segql.Checked, t segql.Term, p *person) bool {
	switch t := t.(type) {
	case *segql.Arith:
		return w.looks(c, t.L, p) || w.looks(c, t.R, p)
	case *segql.Aggregate:
		return len(w.selected(c, t.Facts, t.Window, p)) > 0
	case *segql.Field, *segql.Percentile:
		return w.term(c, t, p, nil) != nil
	case *segql.NumberLit, *segql.StringLit, *segql.BoolLit, *segql.DateLit, *segql.AgoLit:
	}
	return false
}
