package plain

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"kith/internal/segment/script"
	"kith/internal/segql"
)

// statement is one thing said about a customer; a nil value empties the field.
type statement struct {
	source
	at    time.Time // zero: from always
	name  string
	value *string
}

func (s *Shop) loadCustomer(r row) {
	at := r.instant("updated_at")
	from := s.source(r, at, r.instant("created_at"))
	said, _ := r["fields"].([]script.Said)
	for _, f := range said {
		s.statements = append(s.statements, statement{from, at, f.Name, f.Value})
	}
	if created := r.instant("created_at"); !created.IsZero() {
		text := created.Format(time.RFC3339Nano)
		s.statements = append(s.statements, statement{from, at, "created_at", &text})
	}
}

// said is the latest that was said of a field up to T, or nil.
func (w *world) said(p *person, name string) *string {
	var latest *statement
	for i, st := range w.shop.statements {
		if st.name != name || st.at.After(w.t) || !w.shop.owns(p, st.source) {
			continue
		}
		if latest == nil || cmp.Or(st.at.Compare(latest.at), cmp.Compare(st.place, latest.place)) >= 0 {
			latest = &w.shop.statements[i]
		}
	}
	if latest == nil || latest.value == nil || *latest.value == "" {
		return nil
	}
	return latest.value
}

// profile is a customer field or a trait, read as a type.
func (w *world) profile(p *person, name string, as segql.Type) *value {
	switch name {
	case "age":
		if birth := w.profile(p, "birth_date", segql.DateType); birth != nil {
			return w.age(p, birth.date)
		}
	case "country", "city":
		if v := w.saidAs(p, name, as); v != nil {
			return v
		}
		return w.fromOrders(p, name)
	}
	return w.saidAs(p, name, as)
}

func (w *world) saidAs(p *person, name string, as segql.Type) *value {
	text := w.said(p, name)
	switch {
	case text == nil:
		return nil
	case as == segql.List:
		return w.shop.read(rawJSON(json.RawMessage(*text)), as)
	}
	return w.shop.read(&raw{text: *text}, as)
}

// fromOrders is the country or city of the latest order that has one, among
// those that counted; one that was cancelled since still says it.
func (w *world) fromOrders(p *person, name string) *value {
	var latest *order
	for _, o := range w.shop.orders {
		if !w.shop.owns(p, o.source) || !w.shop.everCounts(o) || o.at.After(w.t) || o.fields[name] == nil {
			continue
		}
		if latest == nil || cmp.Or(o.at.Compare(latest.at), strings.Compare(o.id, latest.id)) > 0 {
			latest = o
		}
	}
	if latest == nil {
		return nil
	}
	return latest.fields[name]
}

// zone is the customer's time zone where it is one, else the shop's.
func (w *world) zone(p *person) *time.Location {
	if name := w.said(p, "timezone"); name != nil {
		if zone := w.shop.zone(*name); zone != nil {
			return zone
		}
	}
	return w.shop.Settings.Zone
}

// today is the calendar day of T where the customer is.
func (w *world) today(p *person) int { return dayNumber(w.shop.dayIn(w.zone(p), w.t)) }

// age is how many anniversaries of the birth there have been; missing before
// the birth.
func (w *world) age(p *person, birth segql.Date) *value {
	today := w.today(p)
	if today < dayNumber(birth) {
		return nil
	}
	years := 0
	for dayNumber(anniversary(birth, birth.Year+years+1)) <= today {
		years++
	}
	return whole(years)
}

// anniversary is a date's day in another year: of 29 February, the 28th in
// years that lack it.
func anniversary(d segql.Date, year int) segql.Date {
	leap := time.Date(year, 2, 29, 0, 0, 0, 0, time.UTC).Day() == 29
	if d.Month == 2 && d.Day == 29 && !leap {
		return segql.Date{Year: year, Month: 2, Day: 28}
	}
	return segql.Date{Year: year, Month: d.Month, Day: d.Day}
}

// isAnniversary says whether a day is one of a date's anniversaries.
func isAnniversary(d segql.Date, day int) bool {
	year := time.Unix(int64(day)*86_400, 0).UTC().Year()
	return year > d.Year && dayNumber(anniversary(d, year)) == day
}

// setting is a field of the shop.
func (s *Shop) setting(name string) *value {
	switch name {
	case "shop.country":
		return text(s.Settings.Country)
	case "shop.currency":
		return text(s.Settings.Currency)
	case "shop.timezone":
		return text(s.Settings.Timezone)
	case "shop.shipping_step":
		return text(s.Settings.ShippingStep)
	case "shop.reward_points":
		if n := s.Settings.RewardPoints; n != nil {
			return number(int64(*n))
		}
		return nil
	}
	panic("plain: unknown setting " + name)
}
