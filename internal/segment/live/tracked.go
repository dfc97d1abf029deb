package live

import (
	"encoding/json"
	"slices"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

// Tracker takes canonical events for an engine, and gives each the meaning
// that the warehouse gives it (see sql/event.sql and sql/eventfact.sql there):
// an order, a ticket, what is known of a customer, or something tracked.
type Tracker struct {
	engine   *Engine
	currency string // the shop's
	rates    map[rateKey]decimal
	orders   map[string]*trackedOrder
	// returned holds the contents of orders that were only refunds, by id.
	returned map[string][]string
}

// NewTracker returns a Tracker for an engine of a shop with a currency.
func NewTracker(e *Engine, currency string) *Tracker {
	return &Tracker{
		engine: e, currency: currency, rates: map[rateKey]decimal{}, orders: map[string]*trackedOrder{}, returned: map[string][]string{},
	}
}

// SetRate says what one unit of a currency is in the shop's, on a day since
// 1970. It counts for the events that come after it.
func (t *Tracker) SetRate(day int64, currency string, rate eval.Value) {
	t.rates[rateKey{day, currency}] = decimalOf(rate)
}

// A RefusedError says why an event is not taken: it changed nothing.
type RefusedError struct{ Column, Reason string }

// Error names the column.
func (e *RefusedError) Error() string { return e.Column + ": " + e.Reason }

// ArriveTracked takes an event. One that is refused gives a *RefusedError: it
// makes nobody known, and its message id stays free. One whose message id came
// before is dropped.
func (t *Tracker) ArriveTracked(ev commerce.Event, place customer.Place) error {
	key, _, class := customer.MeaningOf(ev.Type, ev.Name)
	f := &fact{Event: ev, key: key, class: class, at: ev.At.UnixMicro(), place: place, keys: keysOf(&ev), object: readObject(ev.Properties)}
	if problem := t.check(f); problem != nil {
		return problem
	}
	if ev.MessageID != "" && t.engine.messages[ev.MessageID] {
		return nil
	}
	if class == customer.OrderEvent {
		if err := t.arriveOrder(f); err != nil {
			return err
		}
	} else {
		t.arrive(f)
	}
	if ev.MessageID != "" {
		t.engine.messages[ev.MessageID] = true
	}
	return nil
}

// fact is an event on its way.
type fact struct {
	commerce.Event
	object // its properties

	key   string
	class customer.EventClass
	at    int64
	place customer.Place
	keys  []Key
}

func keysOf(ev *commerce.Event) []Key {
	keys := []Key{{CustomerKey, ev.CustomerID}, {EmailKey, ev.Email}, {PhoneKey, ev.Phone}, {AnonymousKey, ev.AnonymousID}}
	return slices.DeleteFunc(keys, func(k Key) bool { return k.Value == "" })
}

func (t *Tracker) arrive(f *fact) {
	switch f.class {
	case customer.IdentifyEvent, customer.LinkEvent:
		t.engine.ArriveStatements(f.keys, f.at, f.said(), f.knownSince(), CauseEvent)
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
		At: f.at, Place: f.place, Key: f.key, ID: f.MessageID, JSON: string(f.Properties),
		Product: f.scalar("product_id", "product", "productId"), Quantity: f.number("quantity").value(),
	}
	for i, name := range customer.ProductFields {
		switch name {
		case "name":
			e.Own[i] = eval.Text(f.scalar("product_name", "name"))
		case "tags":
			e.Own[i] = f.texts("tags")
		case "price", "stock":
			e.Own[i] = f.number(name).value()
		case "released_at":
			e.Own[i] = textRaw(f.text(name)).ReadMoment(t.engine.shop.Zone)
		default:
			e.Own[i] = eval.Text(f.scalar(name))
		}
	}
	return e
}

// rate is what one unit of a currency is in the shop's at an instant; missing
// if that is not known.
func (t *Tracker) rate(currency string, at int64) decimal {
	if currency == "" || currency == t.currency {
		return whole(1)
	}
	return t.rates[rateKey{t.engine.shop.Zone.Day(at), currency}]
}

// said is what identify says, under the names of customer fields. Of several
// traits for one field the greatest counts.
func (f *fact) said() []customer.Statement {
	if f.class != customer.IdentifyEvent {
		return nil
	}
	values := map[string]*string{}
	var names []string
	say := func(name, value string) {
		before, again := values[name]
		if !again {
			names = append(names, name)
			values[name] = nil
		}
		if value != "" && (before == nil || *before < value) {
			values[name] = &value
		}
	}
	traits := readObject(f.Traits)
	for _, trait := range traits.names {
		switch name := customer.TraitField(trait); {
		case trait == "", name == "":
		case name == "tags":
			say(name, traits.tags())
		default:
			say(name, traits.text(trait))
		}
		if trait == "address" {
			address := readObject(traits.values[trait])
			for _, part := range customer.AddressTraits() {
				if raw := address.values[part]; len(raw) > 0 && raw[0] != 'n' {
					say(customer.TraitField("address."+part), address.text(part))
				}
			}
		}
	}
	slices.Sort(names)
	said := make([]customer.Statement, len(names))
	for i, name := range names {
		said[i] = customer.Statement{At: f.at, Place: f.place, Name: name, Value: values[name]}
	}
	return said
}

// tags is the trait of that name as it is kept: a list as JSON. A text is a
// list of one.
func (o object) tags() string {
	text := o.text("tags")
	if raw := o.values["tags"]; text == "" || raw[0] == '[' {
		return text
	}
	list, _ := json.Marshal([]string{text}) // a list of texts can be written
	return string(list)
}

// knownSince is when the customer came to be, where identify says so.
func (f *fact) knownSince() []int64 {
	var known []int64
	if f.class == customer.IdentifyEvent {
		traits := readObject(f.Traits)
		for _, name := range traits.names {
			if customer.TraitField(name) != "created_at" {
				continue
			}
			if at, ok := traits.instant(name); ok {
				known = append(known, at)
			}
		}
	}
	return known
}

// orderID is the id of the order that an event names; empty without one.
func (f *fact) orderID() string { return f.scalar("order_id", "orderId", "order", "id") }
