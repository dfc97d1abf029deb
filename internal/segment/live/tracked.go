package live

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// Tracker takes canonical events for an engine, and gives each the meaning
// that the warehouse gives it (see sql/event.sql and sql/eventfact.sql there):
// an order, a ticket, what is known of a customer, or something tracked. Like
// the engine it takes one event at a time.
type Tracker struct {
	engine   *Engine
	currency string // the shop's
	rates    map[rateKey]decimal
	// orders is what has to be kept of orders that came as events, beside what
	// the engine holds.
	orders map[fingerprint]trackedPrint
	// repeats are the message ids that are remembered.
	repeats *repeats
	// returned are the contents of orders that were only refunds.
	returned map[fingerprint]struct{}
	// meanings are those of the names that came first, which are few.
	meanings map[named]meaning
	// room is for the members of the one event that is on its way.
	room []member
}

// named is what an event's meaning depends on; see customer.MeaningOf.
type named struct{ kind, name string }

type meaning struct {
	key   string
	class customer.EventClass
}

// mostMeanings is of how many names the meaning is kept.
const mostMeanings = 1000

// NewTracker returns a Tracker for an engine of a shop with a currency.
func NewTracker(e *Engine, currency string) *Tracker {
	return &Tracker{
		engine: e, currency: currency, rates: map[rateKey]decimal{}, orders: map[fingerprint]trackedPrint{},
		repeats: newRepeats(), returned: map[fingerprint]struct{}{}, meanings: map[named]meaning{},
	}
}

// SetRate says what one unit of a currency is in the shop's, on a day since
// 1970. It counts for the events that come after it.
func (t *Tracker) SetRate(day int64, currency string, rate eval.Value) {
	t.rates[rateKey{day, currency}] = decimalOf(rate)
}

// SpillTo gives message ids that have no room in memory files to go to. Without
// it all of them stay there.
func (t *Tracker) SpillTo(file func() (SpillFile, error)) { t.repeats.spill = file }

// Close gives files back.
func (t *Tracker) Close() error { return t.repeats.close() }

// Arrived tells the instant, in seconds since 1970, of the entry of the log
// whose events come next, or of one that brings none.
func (t *Tracker) Arrived(second int64) error { return t.repeats.arrive(second) }

// Seen notes a message id that was taken at such an instant, no later than the
// latest that Arrived was told.
func (t *Tracker) Seen(message string, second int64) error { return t.repeats.add(message, second) }

// A RefusedError says why an event is not taken: it changed nothing.
type RefusedError struct{ Column, Reason string }

// Error names the column.
func (e *RefusedError) Error() string { return e.Column + ": " + e.Reason }

// ErrRepeat says that an event's message id is remembered.
var ErrRepeat = errors.New("an event with this message id was taken")

// ArriveTracked takes an event. One that is refused gives a *RefusedError: it
// makes nobody known, and its message id stays free. One whose message id is
// remembered changes nothing either, whatever it says, and gives ErrRepeat: see
// commerce.RepeatWindow. Any other error is of a file (SpillTo).
func (t *Tracker) ArriveTracked(ev commerce.Event, place customer.Place) error {
	taken := t.read(&ev, place)
	f := &taken
	if problem := t.check(f); problem != nil {
		return problem
	}
	if ev.MessageID != "" {
		repeat, err := t.repeats.has(ev.MessageID)
		if err != nil {
			return err
		}
		if repeat {
			return ErrRepeat
		}
	}
	if f.class == customer.OrderEvent {
		if err := t.arriveOrder(f); err != nil {
			return err
		}
	} else {
		t.arrive(f)
	}
	if ev.MessageID != "" {
		return t.repeats.add(ev.MessageID, t.repeats.clock)
	}
	return nil
}

// fact is an event on its way.
type fact struct {
	commerce.Event
	object // its properties
	meaning

	json  string // the properties as they came
	lines []orderLine
	at    int64
	place customer.Place
	keys  []Key
}

// read reads an event. Nothing that lasts may keep a part of the event's
// memory, which is that of all events that came with it.
func (t *Tracker) read(ev *commerce.Event, place customer.Place) fact {
	f := fact{Event: *ev, meaning: t.meaningOf(ev), json: string(ev.Properties), at: ev.At.UnixMicro(), place: place, keys: keysOf(ev)}
	f.object = readInto(t.room[:0], f.json)
	t.room = f.members
	if f.class == customer.OrderEvent {
		f.lines = f.orderLines()
	}
	return f
}

func (t *Tracker) meaningOf(ev *commerce.Event) meaning {
	name := named{ev.Type, ev.Name}
	m, known := t.meanings[name]
	if !known {
		m.key, _, m.class = customer.MeaningOf(ev.Type, ev.Name)
		if len(t.meanings) < mostMeanings {
			t.meanings[name] = m
		}
	}
	return m
}

func keysOf(ev *commerce.Event) []Key {
	keys := make([]Key, 0, 2) // more are rare
	for _, k := range [...]Key{{CustomerKey, ev.CustomerID}, {EmailKey, ev.Email}, {PhoneKey, ev.Phone}, {AnonymousKey, ev.AnonymousID}} {
		if k.Value != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

func (t *Tracker) arrive(f *fact) {
	switch f.class {
	case customer.IdentifyEvent, customer.LinkEvent:
		said, since := f.identified()
		t.engine.ArriveStatements(f.keys, f.at, said, since, CauseEvent)
	case customer.CancelEvent:
		t.tell(f, "cancel", map[string]eval.Raw{"order": textRaw(f.orderID())})
	case customer.RefundEvent:
		t.tell(f, "refund", t.refunded(f))
	case customer.PointsEvent:
		t.tell(f, "points", f.pointsMoved())
	case customer.MessageEvent, customer.TicketEvent, customer.CouponEvent:
		t.tell(f, string(f.class), f.version())
	default:
		t.engine.ArriveEvent(f.keys, t.tracked(f), CauseEvent)
	}
}

// tell takes an event that is a fact of another kind.
func (t *Tracker) tell(f *fact, kind string, properties map[string]eval.Raw) {
	e := &customer.Event{At: f.at, Place: f.place, Key: kind, Properties: properties}
	t.engine.ArriveEvent(f.keys, e, CauseEvent)
}

// tracked is an event that stays one, with the product fields that it carries
// itself.
func (t *Tracker) tracked(f *fact) *customer.Event {
	e := &customer.Event{
		At: f.at, Place: f.place, Key: f.key, ID: f.MessageID, JSON: f.json,
		Product: f.scalar("product_id", "product", "productId"), Quantity: f.numberValue("quantity"),
	}
	for i, name := range customer.ProductFields {
		switch name {
		case "name":
			e.Own.Set(i, eval.Text(f.scalar("product_name", "name")))
		case "tags":
			e.Own.Set(i, f.texts("tags"))
		case "price", "stock":
			e.Own.Set(i, f.numberValue(name))
		case "released_at":
			e.Own.Set(i, textRaw(f.text(name)).ReadMoment(t.engine.shop.Zone))
		default:
			e.Own.Set(i, eval.Text(f.scalar(name)))
		}
	}
	return e
}

// rate is what one unit of a currency is in the shop's at an instant; missing
// if that is not known.
func (t *Tracker) rate(currency string, at int64) decimal {
	if currency == "" || currency == t.currency {
		return one
	}
	return t.rates[rateKey{t.engine.shop.Zone.Day(at), currency}]
}

// identified is what identify says: statements, and instants at which the
// customer was known.
func (f *fact) identified() (said []customer.Statement, since []int64) {
	if f.class != customer.IdentifyEvent {
		return nil, nil
	}
	traits := readObject(string(f.Traits))
	return f.said(traits), traits.knownSince()
}

// said are traits under the names of customer fields. Of several traits for
// one field the greatest counts.
func (f *fact) said(traits object) []customer.Statement {
	said := make([]customer.Statement, 0, len(traits.members))
	say := func(name, value string) {
		s := customer.Statement{At: f.at, Place: f.place, Name: name}
		if value != "" {
			value = strings.Clone(value)
			s.Value = &value
		}
		said = append(said, s)
	}
	for trait := range traits.names() {
		switch name := customer.TraitField(trait); {
		case trait == "", name == "":
		case name == "tags":
			say(name, traits.tags())
		default:
			say(name, traits.text(trait))
		}
		if trait == "address" {
			address := readObject(traits.value(trait))
			for _, part := range customer.AddressTraits() {
				if raw := address.value(part); raw != "" && raw[0] != 'n' {
					say(customer.TraitField("address."+part), address.text(part))
				}
			}
		}
	}
	slices.SortFunc(said, func(a, b customer.Statement) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), -strings.Compare(textOrEmpty(a.Value), textOrEmpty(b.Value)))
	})
	return slices.CompactFunc(said, func(a, b customer.Statement) bool { return a.Name == b.Name })
}

func textOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// tags is the trait of that name as it is kept: a list as JSON. A text is a
// list of one.
func (o object) tags() string {
	text := o.text("tags")
	if raw := o.value("tags"); text == "" || raw[0] == '[' {
		return text
	}
	list, _ := json.Marshal([]string{text}) // a list of texts can be written
	return string(list)
}

// knownSince is when the customer came to be, where traits say so.
func (o object) knownSince() []int64 {
	var known []int64
	for name := range o.names() {
		if customer.TraitField(name) != "created_at" {
			continue
		}
		if at, ok := o.instant(name); ok {
			known = append(known, at)
		}
	}
	return known
}

// orderID is the id of the order that an event names; empty without one.
func (f *fact) orderID() string { return f.scalar("order_id", "orderId", "order", "id") }
