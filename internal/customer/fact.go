package customer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// spot says where a fact stands among those of its kind: by instant, then by
// id, an item by its line too, then by arrival.
type spot struct {
	at    int64
	id    string
	line  int
	place Place
}

// key is what ids compare by; without one it is the place of arrival.
func (s spot) key() string {
	if s.id == "" {
		return fmt.Sprintf("%012d%012d", s.place.Seq, s.place.Pos)
	}
	return s.id
}

func (s spot) instant() int64 { return s.at }

func (s spot) where() spot { return s }

func (s spot) compare(o spot) int {
	if s.at != o.at {
		return cmp.Compare(s.at, o.at)
	}
	return cmp.Or(strings.Compare(s.key(), o.key()), cmp.Compare(s.line, o.line), s.place.compare(o.place))
}

// fact is one of factList.
type fact interface {
	instant() int64
	where() spot
	Field(name string, as segql.Type) eval.Value
	about() (kind, id string)
}

// factList is facts that are made one by one.
type factList[F fact] struct {
	at  []int64
	all []F
}

// orderOf compares two facts by where they stand among those of their kind.
func orderOf[F fact](a, b F) int {
	if x, y := a.instant(), b.instant(); x != y {
		return cmp.Compare(x, y)
	}
	return a.where().compare(b.where())
}

func inOrder[F fact](facts []F) *factList[F] {
	if !slices.IsSortedFunc(facts, orderOf[F]) { // they mostly are
		slices.SortStableFunc(facts, orderOf[F])
	}
	l := &factList[F]{at: make([]int64, len(facts)), all: facts}
	for i, f := range facts {
		l.at[i] = f.instant()
	}
	return l
}

func (l *factList[F]) add(f F) { l.at, l.all = append(l.at, f.instant()), append(l.all, f) }

// drop takes the last fact away.
func (l *factList[F]) drop() {
	n := len(l.all) - 1
	l.at, l.all = l.at[:n], l.all[:n]
}

// Times are the facts' instants.
func (l *factList[F]) Times() []int64 { return l.at }

// Field is a field of a fact.
func (l *factList[F]) Field(i int, name string, as segql.Type) eval.Value {
	return l.all[i].Field(name, as)
}

func (l *factList[F]) about(i int) (kind, id string) { return l.all[i].about() }

// valued is a fact whose fields are at hand.
type valued struct {
	spot
	kind   string
	fields map[string]eval.Value
}

func (f *valued) about() (kind, id string) { return f.kind, f.id }

// Field is one of the fields at hand.
func (f *valued) Field(name string, _ segql.Type) eval.Value { return f.fields[name] }

// Event is something tracked, or what is told like it: a refund, a ticket, a
// message, a coupon, points.
type Event struct {
	At    int64
	Place Place
	// Key is segql.EventKey of its name; ID its message_id, if it has one.
	Key, ID string
	// Product is the id of the product that it names, Quantity of how many, and
	// Own the product fields that it carries itself.
	Product    string
	Quantity   eval.Value
	Own        OwnValues
	Properties map[string]eval.Raw
	// JSON is an object with the properties, if Properties is nil. It is read each
	// time that one is asked for: few ever are, and maps of all would take more
	// memory than the rest.
	JSON string
}

// Property is one of the event's properties; ok says that it was given.
func (e *Event) Property(name string) (_ eval.Raw, ok bool) {
	if e.Properties == nil && e.JSON != "" {
		return eval.RawMember(e.JSON, name) // whoever took it in saw that it is an object
	}
	r, ok := e.Properties[name]
	return r, ok
}

// property is a property; what is not given is missing.
func (e *Event) property(name string) eval.Raw {
	r, _ := e.Property(name)
	return r
}

// ReadProduct reads what the event's properties say of a product.
func (e *Event) ReadProduct(z *eval.Zone) {
	e.Product = e.property("product").Plain()
	e.Quantity = e.property("quantity").Read(segql.Number)
	for f, name := range ProductFields {
		if f == productReleased {
			e.Own.Set(f, e.property(name).ReadMoment(z))
		} else {
			e.Own.Set(f, e.property(name).Read(productTypes[f]))
		}
	}
}

// Told says that events of this key are not tracked but told: facts of their own.
func Told(key string) bool {
	switch key {
	case "refund", "ticket", "message", "coupon", "points":
		return true
	}
	return false
}

// eventFact is a tracked event as a fact.
type eventFact struct {
	spot
	event *Event
	shop  *Shop
}

func (f eventFact) about() (kind, id string) { return f.event.Key, f.event.ID }

// Field is a product field of the event itself or else of the catalogue then,
// or a property.
func (f eventFact) Field(name string, as segql.Type) eval.Value {
	switch name {
	case "sku": // a property like any other
	case "product":
		return eval.Text(f.event.Product)
	case "quantity":
		return f.event.Quantity
	default:
		if p := productField(name); p >= 0 {
			return f.shop.productValue(f.event.Own, f.event.Product, p, f.at)
		}
	}
	return f.event.property(name).Read(as)
}

// productValue is a product field: what a fact carries itself, else the
// catalogue's at an instant.
func (s *Shop) productValue(own OwnValues, product string, field int, at int64) eval.Value {
	if v := own.Get(field); !v.Missing() || product == "" {
		return v
	}
	return s.Catalogue.At(product, at)[field]
}

var toldTypes = map[string]map[string]segql.Type{
	"refund": {
		"order": segql.Text, "product": segql.Text, "quantity": segql.Number, "total": segql.Number, "reason": segql.Text,
	},
	"points": {"amount": segql.Number, "reason": segql.Text},
	"message": {
		"channel": segql.Text, "campaign": segql.Text, "journey": segql.Text, "template": segql.Text,
		"status": segql.Text, "opened": segql.Bool, "clicked": segql.Bool, "converted": segql.Bool,
	},
	"ticket": {
		"channel": segql.Text, "status": segql.Text, "topic": segql.Text, "sentiment": segql.Text, "order": segql.Text,
	},
	"coupon": {
		"code": segql.Text, "campaign": segql.Text, "redeemed": segql.Bool, "expires_at": segql.Instant, "value": segql.Number,
	},
}

// toldFact is an event with known fields as a fact.
type toldFact struct{ event *Event }

func (f toldFact) instant() int64 { return f.event.At }

func (f toldFact) where() spot {
	_, id := f.about()
	return spot{at: f.event.At, id: id, place: f.event.Place}
}

func (f toldFact) about() (kind, id string) { return f.event.Key, f.event.property("id").Plain() }

func (f toldFact) Field(name string, _ segql.Type) eval.Value {
	as, known := toldTypes[f.event.Key][name]
	if !known {
		return eval.Value{}
	}
	return f.event.property(name).Read(as)
}

// toldFacts are facts of events with known fields, each for itself.
func (c *Customer) toldFacts(key string) []toldFact {
	told := c.upTo(c.told.all(key, c.shop))
	all := make([]toldFact, len(told))
	for i, e := range told {
		all[i] = toldFact{e}
	}
	return all
}

// versioned are messages, tickets and coupons: events with one id are
// versions of one fact. Each field has the latest value that one gave it; an
// empty one takes it away.
func (c *Customer) versioned(key string) []*valued {
	var all []*valued
	byID := map[string]*valued{}
	for _, e := range c.upTo(c.told.all(key, c.shop)) {
		id := e.property("id")
		f := byID[id.Plain()]
		if f == nil || !id.Given() {
			f = &valued{spot{at: e.At, id: id.Plain(), place: e.Place}, key, map[string]eval.Value{}}
			all = append(all, f)
			if id.Given() {
				byID[id.Plain()] = f
			}
		}
		for name, typ := range toldTypes[key] {
			if given, ok := e.Property(name); ok {
				f.fields[name] = given.Read(typ)
			}
		}
	}
	for _, f := range all {
		for name, typ := range toldTypes[key] {
			if typ == segql.Bool && f.fields[name].Missing() {
				f.fields[name] = eval.Bool(false)
			}
		}
	}
	return all
}
