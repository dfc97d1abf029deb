package live

import (
	"cmp"
	"runtime"
	"slices"

	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// ProductVersion is how a product is from an instant on.
type ProductVersion struct {
	ID string
	customer.ProductVersion
}

// ArriveProducts takes versions of products, which take effect together: those
// who hold one of the products are asked, and those of whom facts are known
// that are younger than the version of a product that they name. Whom several
// of the products touch is asked once, and what that changes is put down to
// the import; an import of a whole catalogue touches everyone many times.
func (e *Engine) ArriveProducts(versions []ProductVersion) {
	if len(versions) == 0 {
		return
	}
	if !e.loose {
		e.Advance(slices.MaxFunc(versions, func(a, b ProductVersion) int { return cmp.Compare(a.At, b.At) }).At)
	}
	reach := e.reachOf(versions)
	people := reach.people()
	for _, p := range people {
		e.catchUp(p, e.clock)
	}
	for _, v := range versions {
		e.shop.Catalogue.Add(v.ID, v.ProductVersion)
	}
	for _, p := range people {
		switch {
		case p.open() && reach.names[p.number]:
			p.customer.ForgetAll()
		case p.open():
			p.customer.ForgetCatalogue()
		}
	}
	if e.clock == customer.Always {
		return
	}
	held := make([]bool, e.program.Len())
	for _, k := range heldKinds {
		for _, segment := range e.byKind[k] {
			held[segment] = true
		}
	}
	e.askEveryone(slices.DeleteFunc(people, func(p *person) bool { return !p.kept() }), &question{
		cause: CauseProduct, at: e.atClock, behind: reach.behind,
		due: func(p *person, segment int, _ int64) bool { return reach.names[p.number] || held[segment] },
	})
}

// productReach is whom versions of products touch.
type productReach struct {
	engine   *Engine
	versions []ProductVersion
	// least is the earliest instant of since; since is, by product, from when on
	// facts see another version than before.
	least int64
	since map[string]productSince
	// By person's number: which version touches them, from 1, or several; and
	// whether they are to be asked everything.
	which []int32
	names []bool
}

type productSince struct {
	at      int64
	version int32 // from 1, the last one of the product
}

const several = -1

func (e *Engine) reachOf(versions []ProductVersion) *productReach {
	r := &productReach{
		engine: e, versions: versions, least: eval.Never, since: map[string]productSince{},
		which: make([]int32, len(e.persons)), names: make([]bool, len(e.persons)),
	}
	for i, v := range versions {
		at := v.At
		if e.shop.Catalogue.Earliest(v.ID) >= at {
			at = customer.Always // older facts take the earliest version
		}
		if before, ok := r.since[v.ID]; ok {
			at = min(at, before.at)
		}
		r.since[v.ID] = productSince{at, int32(i + 1)}
		r.least = min(r.least, at)
	}
	r.findNames()
	for id, since := range r.since {
		for number := range e.holders[id] {
			r.touch(number, since.version)
		}
	}
	return r
}

// touch notes that a version touches a person.
func (r *productReach) touch(number, version int32) {
	if r.which[number] == 0 || r.which[number] == version {
		r.which[number] = version
	} else {
		r.which[number] = several
	}
}

// findNames looks for people of whom facts name a product and see another
// version of it.
func (r *productReach) findNames() {
	workers := make([]customer.Customer, runtime.GOMAXPROCS(0))
	inParallel(len(workers), len(r.engine.persons), 64, func(worker, number int) {
		p := r.engine.persons[number]
		if p == nil || p.newestFact() < r.least {
			return
		}
		c := &workers[worker]
		if p.open() {
			c = p.customer
		} else {
			r.engine.unpackInto(c, p, r.engine.facts.look(p.facts))
		}
		newest := p.newestFact()
		c.EachProduct(func(id string) {
			if since, ok := r.since[id]; ok && newest >= since.at {
				r.names[number] = true
				r.touch(int32(number), since.version)
			}
		})
	})
}

// people lists whom the versions touch, by number.
func (r *productReach) people() []*person {
	var people []*person
	for number, which := range r.which {
		if which != 0 {
			people = append(people, r.engine.persons[number])
		}
	}
	return people
}

// behind is what brings about what changes for a person.
func (r *productReach) behind(p *person) Behind {
	if which := r.which[p.number]; which != several {
		v := &r.versions[which-1]
		return Behind{v.Place, "product", v.ID}
	}
	return Behind{customer.Place{Seq: r.versions[0].Place.Seq}, string(CauseImport), ""}
}

// newestFact is the instant of the latest order or event.
func (p *person) newestFact() int64 {
	if !p.open() {
		return p.newest
	}
	return p.customer.Newest()
}

// heldKinds are the facts whose fields are those of the catalogue now.
var heldKinds = []eval.Kind{{Name: "favourite"}, {Name: "cart_item"}}

// holders are the people whose cart or favourites a product was in, by product.
type holders map[string]map[int32]bool

// holding are the events that put a product there.
var holding = [...]string{"product_added", "product_added_to_wishlist"}

// add notes whom an event lets hold a product.
func (h holders) add(p *person, event *customer.Event) {
	if !slices.Contains(holding[:], event.Key) {
		return
	}
	if h[event.Product] == nil {
		h[event.Product] = map[int32]bool{}
	}
	h[event.Product][int32(p.number)] = true
}

// move lets one person hold what another held.
func (h holders) move(from, to *person) {
	h.drop(from)
	for _, key := range holding {
		for _, event := range from.customer.Events(key) {
			h.add(to, event)
		}
	}
}

// drop lets a person hold nothing.
func (h holders) drop(p *person) {
	for _, key := range holding {
		for _, event := range p.customer.Events(key) {
			delete(h[event.Product], int32(p.number))
		}
	}
}
