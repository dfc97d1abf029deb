package simulate

// line is one position of an order.
type line struct {
	product  *product
	quantity int
	price    money // of one piece, in the order's currency
	off      money // taken off the whole line
}

func (l *line) amount() money { return money(l.quantity)*l.price - l.off }

// fillBasket chooses what somebody buys at an instant.
func (g *generator) fillBasket(p *person, t int64, lines []line) []line {
	d := g.dice
	h := &p.habit
	for i := range h.needs {
		n := &h.needs[i]
		if float64(t-n.last) >= 0.7*n.days*float64(day) {
			n.last = t
			lines = addLine(lines, n.product, 1)
		}
	}
	extra := d.geometric(h.extra)
	if len(lines) == 0 {
		extra++
	}
	for range min(extra, 12) {
		product := g.choose(p, t)
		lines = addLine(lines, product, g.drawQuantity(h, product))
		if with := g.complement(product, t); with != nil && d.chance(0.3) && h.style != frugal {
			lines = addLine(lines, with, 1)
		}
	}
	return lines
}

func addLine(lines []line, p *product, quantity int) []line {
	for i := range lines {
		if lines[i].product == p {
			lines[i].quantity += quantity
			return lines
		}
	}
	return append(lines, line{product: p, quantity: quantity})
}

func (g *generator) drawQuantity(h *habit, p *product) int {
	small := p.kind().lasts > 0 || p.kind().euro < 10
	if h.style != frugal && small && g.dice.chance(0.2) {
		return 2 + g.dice.IntN(2)
	}
	return 1
}

// choose picks a product as this person would.
func (g *generator) choose(p *person, t int64) *product {
	d, c, h := g.dice, g.catalogue, &p.habit
	want := g.drawTier(h.band)
	switch {
	case h.style == trendy && d.chance(0.6), d.chance(0.02):
		if found := c.fresh(d, t, want); found != nil {
			return found
		}
	case h.style == giver && d.chance(0.75):
		if found := c.gifts[want].draw(d, t); found != nil {
			return found
		}
	}
	cat := category(c.popularity.draw(d))
	if d.chance(0.8) {
		cat = pick(d, h.favourites)
	}
	if found := c.byCategory[cat][want].draw(d, t); found != nil {
		return found
	}
	return c.always(d, want)
}

// always draws from what was there on the first day.
func (c *catalogue) always(d *dice, want tier) *product {
	for i := range tierCount {
		if s := &c.core[(int(want)+i)%tierCount]; len(s.products) > 0 {
			return s.products[s.weights.draw(d)]
		}
	}
	return c.releases[0] // nothing was there: the first that came
}

var tierWeights = [tierCount]weights{
	newWeights(75, 21, 4), newWeights(17, 68, 15), newWeights(4, 22, 74),
}

func (g *generator) drawTier(band tier) tier { return tier(tierWeights[band].draw(g.dice)) }

// complement returns something of the family that goes with a product, in
// the same tier; nil if nothing does.
func (g *generator) complement(of *product, t int64) *product {
	f := g.catalogue.complement[of.family]
	if f < 0 {
		return nil
	}
	return g.catalogue.byFamily[f][of.tier].draw(g.dice, t)
}
