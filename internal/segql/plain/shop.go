package plain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment/script"
	"kith/internal/segql"
)

// Shop is everything that is known of a shop, as simple slices in the order
// of arrival.
type Shop struct {
	Settings script.Settings
	// Transitions are what "entered" and "left" read. Nothing here records them.
	Transitions []Transition
	// CLV answers the fields clv.*, in millionths; a nil func leaves them missing.
	CLV func(name, customer string, at time.Time) (micros int64, ok bool)

	people     people
	statements []statement
	versions   []productVersion
	orders     []*order
	events     []event
	cancels    []cancel
	rates      []rate
	messageIDs map[string]bool

	// Answers of what is slow.
	days   map[inZone]segql.Date
	starts map[segql.Date]time.Time
	zones  map[string]*time.Location // nil for a name that is none
}

// inZone is an instant somewhere.
type inZone struct {
	zone string
	at   time.Time
}

// Transition is a recorded transition of a saved segment.
type Transition struct {
	Segment, Customer string
	At                time.Time
	Left              bool
}

// NewShop returns a shop without facts.
func NewShop(settings script.Settings) *Shop {
	return &Shop{
		Settings: settings, messageIDs: map[string]bool{},
		days: map[inZone]segql.Date{}, starts: map[segql.Date]time.Time{}, zones: map[string]*time.Location{},
	}
}

// source is where a fact came from.
type source struct {
	key   key   // one of the keys it came with; the zero key is nobody's
	place int64 // of arrival
}

// event is something tracked, or what is told like it: tickets and so on.
type event struct {
	source
	at         time.Time
	key        string // segql.EventKey of its name
	id         string // message_id
	properties map[string]*raw
}

// cancel ends an order.
type cancel struct {
	order string
	at    time.Time
}

// rate is what one unit of a currency is in the shop's on a day.
type rate struct {
	day      segql.Date
	currency string
	rate     *value
}

// Load takes records in the order of their arrival.
func (s *Shop) Load(records ...script.Record) {
	for _, r := range records {
		row := row(r.Values)
		switch r.Kind {
		case commerce.Customers:
			s.loadCustomer(row)
		case commerce.Products:
			s.loadProduct(row)
		case commerce.Orders:
			s.loadOrder(row)
		case commerce.Events:
			s.loadEvent(row)
		case commerce.Rates:
			d := row.instant("date")
			s.rates = append(s.rates, rate{
				segql.Date{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}, row.text("currency"), row.number("rate"),
			})
		default:
			panic(fmt.Sprintf("plain: unknown kind %q", r.Kind))
		}
	}
}

// row is a record's values by column.
type row map[string]any

func (r row) text(column string) string {
	s, _ := r[column].(string)
	return s
}

func (r row) number(column string) *value {
	if n, ok := r[column].(script.Number); ok {
		return number(int64(n))
	}
	return nil
}

// instant is the zero Time where there is none.
func (r row) instant(column string) time.Time {
	t, _ := r[column].(time.Time)
	return t
}

func (r row) place() int64 { return r["pos"].(int64) }

// source joins the keys of a record, notes its instants, and says where it
// came from.
func (s *Shop) source(r row, instants ...time.Time) source {
	keys := []key{
		{"customer", r.text("customer_id")},
		{"email", strings.ToLower(r.text("email"))},
		{"phone", r.text("phone")},
		{"anonymous", r.text("anonymous_id")},
	}
	keys = slices.DeleteFunc(keys, func(k key) bool { return k.value == "" })
	s.people.join(keys, instants)
	from := source{place: r.place()}
	if len(keys) > 0 {
		from.key = keys[0]
	}
	return from
}

func (s *Shop) loadEvent(r row) {
	if id := r.text("message_id"); id != "" {
		if s.messageIDs[id] {
			return // it came before
		}
		s.messageIDs[id] = true
	}
	e := event{
		source: s.source(r, r.instant("ts")), at: r.instant("ts"),
		key: segql.EventKey(r.text("event")), id: r.text("message_id"), properties: map[string]*raw{},
	}
	var properties map[string]json.RawMessage
	if text := r.text("properties"); text != "" && json.Unmarshal([]byte(text), &properties) != nil {
		panic("plain: properties are not a JSON object: " + text)
	}
	for name, v := range properties {
		e.properties[name] = rawJSON(v)
	}
	if e.key == "cancel" {
		if o := e.properties["order"]; o != nil {
			s.cancels = append(s.cancels, cancel{o.text, e.at})
		}
		return
	}
	s.events = append(s.events, e)
}

// tracked says that an event is not one of the facts that are told like events.
func (e *event) tracked() bool {
	return !slices.Contains([]string{"refund", "ticket", "message", "coupon", "points"}, e.key)
}

// dayOf is the calendar day of an instant in the shop's zone.
func (s *Shop) dayOf(t time.Time) segql.Date { return s.dayIn(s.Settings.Zone, t) }

func (s *Shop) dayIn(zone *time.Location, t time.Time) segql.Date {
	k := inZone{zone.String(), t}
	if _, ok := s.days[k]; !ok {
		s.days[k] = dayOf(zone, t)
	}
	return s.days[k]
}

// zone is the time zone of a name, or nil.
func (s *Shop) zone(name string) *time.Location {
	if _, ok := s.zones[name]; !ok {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			zone = nil
		}
		s.zones[name] = zone
	}
	return s.zones[name]
}

// startOf is the first instant of a day in the shop's zone.
func (s *Shop) startOf(d segql.Date) time.Time {
	if _, ok := s.starts[d]; !ok {
		s.starts[d] = startOf(s.Settings.Zone, d)
	}
	return s.starts[d]
}
