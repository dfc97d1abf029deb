package customer

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"kith/internal/segql/eval"
)

// Shop is what all customers of a shop share.
type Shop struct {
	Zone      *eval.Zone
	Catalogue *Catalogue
	sharing   sync.Mutex                // of zones and own: customers may be asked at the same time
	zones     map[string]*eval.Zone     // nil for a name that is none
	own       map[uint64]*ProductValues // see ownOf
	words     *eval.Words               // of packed customers
	seed      maphash.Seed              // of orders.byHash
	// What is being packed is written here first.
	scratch []byte
}

// NewShop returns a shop without products.
func NewShop(zone *time.Location) *Shop {
	return &Shop{
		Zone: eval.NewZone(zone), Catalogue: NewCatalogue(), zones: map[string]*eval.Zone{}, own: map[uint64]*ProductValues{},
		words: eval.NewWords(), seed: maphash.MakeSeed(),
	}
}

// zone is the time zone of a name, or nil.
func (s *Shop) zone(name string) *eval.Zone {
	s.sharing.Lock()
	defer s.sharing.Unlock()
	z, ok := s.zones[name]
	if !ok {
		if l, err := time.LoadLocation(name); err == nil && name != "Local" && name != "" {
			z = eval.NewZone(l)
		}
		s.zones[name] = z
	}
	return z
}

// Statement is one thing said of a customer; a nil value empties the field.
type Statement struct {
	At    int64 // Always for a first value
	Place Place
	Name  string
	Value *string
}

// Scores answers what depends on everyone, for one customer.
type Scores interface {
	Base(name string, saved bool) eval.Value
	Percentile(term string, saved bool) eval.Value
}

// Customer is one person's facts. It stands at an instant.
type Customer struct {
	// Name is the customer's id; empty for an anonymous visitor.
	Name string
	// Scores may be nil: nothing is scored.
	Scores Scores

	shop    *Shop
	now     int64
	pending int64
	since   int64 // the earliest instant known; eval.Never without one
	latest  int64 // the latest instant at which something becomes a fact, or stops being one
	orders  orders
	newest  int64     // the latest order's instant
	events  eventSets // tracked
	told    eventSets
	said    statements
	moves   map[string][2][]int64 // by segment: entered, left

	facts []factsOf // as far as they were asked for
	memo  eval.Memo
	// cart is played through once, then change by change.
	cart      cart
	cartKnown bool
	// bought is when each product was last bought, by orders that count; nil if
	// it has to be found out.
	bought map[string]int64
	// last is where the latest tracked event stands; nil without one.
	last *Event
	// changes is when the catalogue changes what is in the cart or the favourites.
	changes int64
}

type factsOf struct {
	kind  eval.Kind
	facts eval.Facts
}

// New returns a customer of whom nothing is known.
func New(shop *Shop) *Customer {
	return &Customer{
		shop: shop, now: Always, pending: eval.Never, since: eval.Never, latest: Always, changes: eval.Never,
		newest: Always,
	}
}

var _ eval.Customer = (*Customer)(nil)

// ID is the customer's id.
func (c *Customer) ID() string { return c.Name }

// Memo holds what the evaluator keeps.
func (c *Customer) Memo() *eval.Memo { return &c.memo }

// Since is the instant from which on the customer exists; Always if nothing
// with an instant is known.
func (c *Customer) Since() int64 {
	if c.since == eval.Never {
		return Always
	}
	return c.since
}

// Timed says that something with an instant is known.
func (c *Customer) Timed() bool { return c.since != eval.Never }

// Known notes an instant of which something is known.
func (c *Customer) Known(at int64) {
	if at != Always && at != eval.Never {
		c.since = min(c.since, at)
		c.waitFor(at)
	}
}

// Stand moves to an instant; what was pending until then is a fact now.
// Going back is possible, and slow.
func (c *Customer) Stand(at int64) {
	back := at < c.now
	c.now = at
	if back || at >= c.pending {
		c.ForgetAll()
		c.pending = c.nextPending()
	}
	if at >= c.changes {
		c.ForgetCatalogue()
	}
}

// holds notes that facts see a product as it is now.
func (c *Customer) holds(product string) {
	c.changes = min(c.changes, c.shop.Catalogue.Next(product, c.now))
}

// Newest is the instant of the latest order or event; Always without one.
func (c *Customer) Newest() int64 {
	if c.last != nil {
		return max(c.newest, c.last.At)
	}
	return c.newest
}

// Now is the instant that the customer stands at.
func (c *Customer) Now() int64 { return c.now }

// Events are the tracked events with a key, in order. They are not to be
// changed.
func (c *Customer) Events(key string) []*Event { return c.events.all(key, c.shop) }

// EachEvent calls yield with every event, tracked and told, in no order.
func (c *Customer) EachEvent(yield func(*Event)) {
	c.events.each(c.shop, yield)
	c.told.each(c.shop, yield)
}

// Pending is the next instant at which something that is known already
// becomes a fact, or stops being one.
func (c *Customer) Pending() int64 { return min(c.pending, c.changes) }

func (c *Customer) waitFor(at int64) {
	if at == eval.Never {
		return
	}
	c.latest = max(c.latest, at)
	if at > c.now {
		c.pending = min(c.pending, at)
	}
}

// nextPending looks for it again; it is rarely needed.
func (c *Customer) nextPending() int64 {
	next := int64(eval.Never)
	if c.now >= c.latest {
		return next
	}
	wait := func(at int64) {
		if at > c.now {
			next = min(next, at)
		}
	}
	wait(c.since)
	c.eachOrder(func(o *keptOrder) {
		wait(o.at)
		wait(o.ends)
	})
	c.EachEvent(func(e *Event) { wait(e.At) })
	for _, said := range c.said.all(c.shop) {
		for _, s := range said {
			wait(s.At)
		}
	}
	return next
}

// ForgetAll forgets all that was worked out, as when the catalogue's past changed.
func (c *Customer) ForgetAll() {
	c.forgetFacts()
	c.memo.ForgetAll()
	c.cartKnown, c.bought, c.changes = false, nil, eval.Never
}

func (c *Customer) forgetFacts() {
	clear(c.facts)
	c.facts = c.facts[:0]
}

func (c *Customer) forget(kinds ...eval.Kind) {
	for _, k := range kinds {
		c.facts = slices.DeleteFunc(c.facts, func(f factsOf) bool { return f.kind == k })
		c.memo.Forget(k)
	}
}

// ForgetCatalogue forgets what was worked out with the catalogue as it is now.
func (c *Customer) ForgetCatalogue() {
	c.changes = eval.Never
	c.forget(eval.Kind{Name: "favourite"}, eval.Kind{Name: "cart_item"})
}

// OrderKinds are the kinds of facts that an order may change.
var OrderKinds = []eval.Kind{
	{Name: "order"}, {Name: "item"}, {Name: "refund"}, {Name: "cart_item"}, {Name: "favourite"},
}

// AddEvent adds an event, and returns the kinds of facts that it may change.
func (c *Customer) AddEvent(e *Event) []eval.Kind {
	c.Known(e.At)
	if Told(e.Key) {
		c.told.insert(e, c.shop)
		kind := eval.Kind{Name: e.Key}
		if !c.appendTold(kind, toldFact{e}) {
			c.forget(kind)
		}
		return []eval.Kind{kind}
	}
	c.events.insert(e, c.shop)
	kinds := []eval.Kind{{Event: true, Name: e.Key}, visitKind}
	switch e.Key {
	case "product_added", "product_removed":
		kinds = append(kinds, eval.Kind{Name: "cart_item"})
	case "product_added_to_wishlist", "product_removed_from_wishlist":
		kinds = append(kinds, eval.Kind{Name: "favourite"})
	}
	isLast := c.last == nil || c.last.compare(e) <= 0
	if isLast {
		c.last = e
	}
	switch {
	case isLast && e.At <= c.now:
		c.append(e)
		c.forget(kinds[2:]...)
	case !isLast && c.last.At <= c.now:
		c.squeezeIn(e)
		c.forget(kinds[2:]...)
	default:
		c.cartKnown = c.cartKnown && !changesCart(e)
		c.forget(kinds...)
	}
	return kinds
}

func changesCart(e *Event) bool { return e.Key == "product_added" || e.Key == "product_removed" }

// mostBehind is behind how many facts of its kind a fact is put without working
// them all out again: many senders at once are out of order by a few.
const mostBehind = 256

// squeezeIn takes an event that does not come after all others: what was worked
// out of the facts before it stays.
func (c *Customer) squeezeIn(e *Event) {
	c.cartKnown = c.cartKnown && !changesCart(e)
	kind := eval.Kind{Event: true, Name: e.Key}
	if facts, ok := c.factsOf(kind).(*factList[eventFact]); ok {
		f := eventFact{spot{at: e.At, id: e.ID, place: e.Place}, e, c.shop}
		n := len(facts.all)
		i := n
		for i > 0 && i > n-mostBehind && orderOf(facts.all[i-1], f) > 0 {
			i--
		}
		if i == n-mostBehind {
			c.forget(kind)
		} else {
			behind := slices.Clone(facts.all[i:])
			for range behind {
				facts.drop()
				c.memo.Drop(kind, len(facts.all))
			}
			for _, f := range append([]eventFact{f}, behind...) {
				facts.add(f)
				c.memo.Append(c, kind, facts, false)
			}
		}
	}
	if visits, ok := c.factsOf(visitKind).(*factList[visitFact]); ok {
		n := len(visits.all)
		if n == 0 || !visits.all[n-1].spans(e) {
			c.forget(visitKind)
			return
		}
		visits.all[n-1].pages += pagesOf(e)
		c.memo.Append(c, visitKind, visits, true)
	}
}

var visitKind = eval.Kind{Name: "visit"}

// append takes an event that comes after all others: what was worked out goes
// on.
func (c *Customer) append(e *Event) {
	if changesCart(e) {
		if c.newest >= e.At {
			c.cartKnown = false // an order may have emptied it since
		}
		if c.cartKnown && c.cart.change(e) {
			c.cart.updated = eval.Instant(e.At)
		}
	}
	kind := eval.Kind{Event: true, Name: e.Key}
	if facts, ok := c.factsOf(kind).(*factList[eventFact]); ok {
		// Of facts of one instant the id decides.
		f := eventFact{spot{at: e.At, id: e.ID, place: e.Place}, e, c.shop}
		if n := len(facts.all); n > 0 && facts.all[n-1].compare(f.spot) > 0 {
			c.forget(kind)
		} else {
			facts.add(f)
			c.memo.Append(c, kind, facts, false)
		}
	}
	if visits, ok := c.factsOf(visitKind).(*factList[visitFact]); ok {
		longer := false
		if n := len(visits.all); n > 0 {
			visits.all[n-1], longer = visits.all[n-1].with(e)
		}
		if !longer {
			visits.add(startVisit(e))
		}
		c.memo.Append(c, visitKind, visits, longer)
	}
}

// appendTold takes an event that was told, if it is a fact for itself and comes
// after all others: what was worked out goes on.
func (c *Customer) appendTold(kind eval.Kind, f toldFact) bool {
	facts, ok := c.factsOf(kind).(*factList[toldFact])
	if !ok || f.event.At > c.now {
		return false
	}
	if n := len(facts.all); n > 0 && facts.all[n-1].where().compare(f.where()) > 0 {
		return false
	}
	facts.add(f)
	c.memo.Append(c, kind, facts, false)
	return true
}

func (e *Event) compare(o *Event) int {
	return cmp.Or(cmp.Compare(e.At, o.At), e.Place.compare(o.Place))
}

// upTo are the events up to now.
func (c *Customer) upTo(events []*Event) []*Event {
	n := len(events)
	for n > 0 && events[n-1].At > c.now {
		n--
	}
	return events[:n:n]
}

// Say adds what was said.
func (c *Customer) Say(s Statement) {
	c.Known(s.At)
	c.said.insert(s, c.shop)
}

// Move records a transition.
func (c *Customer) Move(segment string, left bool, at int64) {
	moves := c.moves[segment]
	side := 0
	if left {
		side = 1
	}
	moves[side] = append(moves[side], at)
	if c.moves == nil {
		c.moves = map[string][2][]int64{}
	}
	c.moves[segment] = moves
}

// Transitions are the recorded transitions of a segment.
func (c *Customer) Transitions(segment string, left bool) []int64 {
	if left {
		return c.moves[segment][1]
	}
	return c.moves[segment][0]
}

// Moves are the recorded transitions, to be given back with SetMoves.
func (c *Customer) Moves() map[string][2][]int64 { return maps.Clone(c.moves) }

// SetMoves takes back what was recorded since Moves.
func (c *Customer) SetMoves(moves map[string][2][]int64) { c.moves = moves }

// Facts are all facts of a kind up to now, in order.
func (c *Customer) Facts(k eval.Kind) eval.Facts {
	facts := c.factsOf(k)
	if facts == nil {
		facts = c.make(k)
		c.facts = append(c.facts, factsOf{k, facts})
	}
	return facts
}

// factsOf are the facts of a kind, if they were asked for; else nil.
func (c *Customer) factsOf(k eval.Kind) eval.Facts {
	for i := range c.facts {
		if c.facts[i].kind == k {
			return c.facts[i].facts
		}
	}
	return nil
}

func (c *Customer) make(k eval.Kind) eval.Facts {
	if k.Event {
		events := c.upTo(c.events.all(k.Name, c.shop))
		all := make([]eventFact, len(events))
		for i, e := range events {
			all[i] = eventFact{spot{at: e.At, id: e.ID, place: e.Place}, e, c.shop}
		}
		return inOrder(all)
	}
	switch k.Name {
	case "order":
		return c.orderFacts()
	case "item":
		return c.itemFacts()
	case "refund":
		return inOrder(c.refundFacts())
	case "points":
		return inOrder(c.toldFacts(k.Name))
	case "message", "ticket", "coupon":
		return inOrder(c.versioned(k.Name))
	case "cart_item":
		return inOrder(c.cartFacts())
	case "favourite":
		return inOrder(c.favouriteFacts())
	case "visit":
		return inOrder(c.visitFacts())
	}
	return inOrder[*valued](nil)
}

// CartUpdated is the instant of the cart's latest change.
func (c *Customer) CartUpdated() eval.Value {
	c.Facts(eval.Kind{Name: "cart_item"})
	return c.cart.updated
}

// Base is a base field.
func (c *Customer) Base(name string, saved bool) eval.Value {
	if c.Scores == nil {
		return eval.Value{}
	}
	return c.Scores.Base(name, saved)
}

// Percentile is the customer's percentile of a term.
func (c *Customer) Percentile(term string, saved bool) eval.Value {
	if c.Scores == nil {
		return eval.Value{}
	}
	return c.Scores.Percentile(term, saved)
}

// Absorb takes over everything that is known of another person, but for the
// recorded transitions.
func (c *Customer) Absorb(other *Customer) {
	c.since = min(c.since, other.since)
	c.newest = max(c.newest, other.newest)
	c.latest = max(c.latest, other.latest)
	c.orders.absorb(&other.orders, c.shop)
	other.events.each(c.shop, func(e *Event) { c.events.insert(e, c.shop) })
	other.told.each(c.shop, func(e *Event) { c.told.insert(e, c.shop) })
	for _, said := range other.said.all(c.shop) {
		for _, s := range said {
			c.Say(s)
		}
	}
	if c.last == nil || other.last != nil && other.last.compare(c.last) > 0 {
		c.last = other.last
	}
	c.ForgetAll()
	c.pending = c.nextPending()
}

// EachProduct calls yield with the products that orders and events name, one
// that several name several times.
func (c *Customer) EachProduct(yield func(id string)) {
	c.eachOrder(func(o *keptOrder) {
		o.eachLine(func(l *Line) { yield(l.Product) })
	})
	c.events.each(c.shop, func(e *Event) { yield(e.Product) })
}
