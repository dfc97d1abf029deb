package simulate

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// product is one article with its whole history of prices and stock.
type product struct {
	id, sku, name string
	brand         string
	collection    string
	tags          string
	family        int
	tier          tier
	ladder        int // the same for one design in its three tiers
	euro          float64
	weight        float64 // Zipf popularity over the catalogue
	released      int64
	versions      []version
}

func (p *product) kind() *family { return &families[p.family] }

// at returns the version that held at an instant: the earliest one for what
// is older than the product.
func (p *product) at(t int64) version {
	i := sort.Search(len(p.versions), func(i int) bool { return p.versions[i].at > t })
	return p.versions[max(i-1, 0)]
}

// shelf draws from some of the products, the popular ones more often.
type shelf struct {
	products []*product
	weights  weights
}

func (s *shelf) put(p *product) {
	sum := p.weight
	if n := len(s.weights); n > 0 {
		sum += s.weights[n-1]
	}
	s.products = append(s.products, p)
	s.weights = append(s.weights, sum)
}

// draw returns a product that is on sale at t; nil if none turns up.
func (s *shelf) draw(d *dice, t int64) *product {
	if len(s.products) == 0 {
		return nil
	}
	for range 12 {
		if p := s.products[s.weights.draw(d)]; p.released <= t {
			return p
		}
	}
	return nil
}

// catalogue is all products and the shelves that people choose from.
type catalogue struct {
	products   []*product
	byCategory [categoryCount][tierCount]shelf
	byFamily   [][tierCount]shelf
	gifts      [tierCount]shelf
	lasting    [tierCount]shelf // what is used up and bought again
	core       [tierCount]shelf // there from the first day: what is left if all else fails
	releases   []*product       // by release
	popularity weights          // of categories
	complement []int            // of each family, -1 for none
}

// zipf is the exponent of product popularity.
const zipf = 1.0

func newCatalogue(seed uint64, size int, cal *calendar, shop currency) *catalogue {
	d := newDice()
	d.reseed(seed, streamCatalogue, 0)
	c := &catalogue{byFamily: make([][tierCount]shelf, len(families))}
	ranks := d.Perm(size)
	for i := range size {
		p := newProduct(d, i)
		p.weight = 1 / math.Pow(float64(ranks[i]+1), zipf)
		p.release(d, cal)
		p.versions = newVersions(d, p, cal, shop)
		c.products = append(c.products, p)
	}
	for _, f := range families {
		c.complement = append(c.complement, familyNamed(f.with))
	}
	c.fillShelves(cal)
	return c
}

// newProduct makes the i-th product: families in turn, each in three tiers,
// then the next design.
func newProduct(d *dice, i int) *product {
	t := tier(i % tierCount)
	ladder := i / tierCount
	f := ladder % len(families)
	kind := &families[f]
	names := designs[kind.category]
	round := ladder / len(families)
	design := names[(f*5+round)%len(names)]
	if again := round / len(names); again > 0 {
		design = fmt.Sprintf("%s No. %d", design, again+1)
	}
	brand := pick(d, brands[t])
	return &product{
		id:     fmt.Sprintf("p%04d", i+1),
		sku:    fmt.Sprintf("%s-%04d-%c", strings.ToUpper(categories[kind.category][:2]), ladder+1, "VMP"[t]),
		name:   brand + " " + design + " " + kind.noun,
		brand:  brand,
		tags:   kind.tags,
		family: f,
		tier:   t,
		ladder: ladder,
		euro:   kind.euro * tierLevel[t] * d.between(0.9, 1.12),
	}
}

// release sets when a product came out. Nearly half were there before; the
// others come in two drops a month, so that there always is something new.
func (p *product) release(d *dice, cal *calendar) {
	if d.chance(0.45) {
		p.released = cal.start - d.seconds(30, 700)*day
		p.collection = "Core"
		return
	}
	on := d.IntN(len(cal.days))
	for on > 0 && !isDrop(cal, on) {
		on--
	}
	p.released = min(cal.days[on]+8*hour, cal.end)
	if on == 0 {
		p.released = cal.start
	}
	p.collection = collectionOf(cal, on)
}

func (c *catalogue) fillShelves(cal *calendar) {
	var popularity [categoryCount]float64
	for _, p := range c.products {
		cat := p.kind().category
		popularity[cat] += p.weight
		c.byCategory[cat][p.tier].put(p)
		c.byFamily[p.family][p.tier].put(p)
		if strings.Contains(p.tags, "gift") {
			c.gifts[p.tier].put(p)
		}
		if p.released <= cal.start {
			c.core[p.tier].put(p)
			if p.kind().lasts > 0 {
				c.lasting[p.tier].put(p)
			}
		}
	}
	// The most popular category has about twice the pull of the least: with
	// the bare sums, one best-seller would make everybody a fan of its kind.
	for i := range popularity {
		popularity[i] = math.Sqrt(popularity[i])
	}
	c.popularity = newWeights(popularity[:]...)
	c.releases = append(c.releases, c.products...)
	sort.SliceStable(c.releases, func(i, j int) bool { return c.releases[i].released < c.releases[j].released })
}

// fresh draws a product that came out in the 28 days before t, of the tier
// if there is one; nil if nothing came out.
func (c *catalogue) fresh(d *dice, t int64, want tier) *product {
	from := sort.Search(len(c.releases), func(i int) bool { return c.releases[i].released > t-28*day })
	to := sort.Search(len(c.releases), func(i int) bool { return c.releases[i].released > t })
	if from == to {
		return nil
	}
	p := c.releases[from+d.IntN(to-from)]
	for range 4 {
		if p.tier == want {
			break
		}
		p = c.releases[from+d.IntN(to-from)]
	}
	return p
}
