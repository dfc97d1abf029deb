package eval

// seen collects what a leaf looked at, for an explanation.
type seen struct {
	facts []Fact
	count int
}

// saw notes the facts of rows [low, high) that a leaf looked at.
func (a *asking) saw(r *rows, low, high int) {
	if a.seen == nil || low >= high || r.facts == nil {
		return
	}
	a.seen.count += high - low
	a.seen.facts = append(a.seen.facts, r.facts[max(low, high-5):high]...)
}
