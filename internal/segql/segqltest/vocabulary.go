package segqltest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/segql"
)

// Vocabulary is what trees are made of: names and values that occur in the
// data which the trees are asked about, so that answers differ between
// customers. What is empty falls back to a few made-up words.
type Vocabulary struct {
	Categories, Brands, Products, Tags []string
	Coupons, Countries, Cities         []string
	// Events are the names of tracked events.
	Events []string
	// Segments are the ids that "in segment", "entered" and "left" may name.
	Segments []string
	// Traits and Properties are values by name, as texts: "38" may be
	// compared as a number, "true" as a truth value, "1990-02-28" as a date, and an instant (RFC
	// 3339) is compared with one.
	// Any event may have any of the properties.
	Traits, Properties map[string][]string
	// Texts and Numbers are values of other fields, by the field's name
	// wherever it occurs ("gender", "rfm.group", "total").
	Texts, Numbers map[string][]string
	// AsOf are the instants at which the trees will be evaluated: dates are
	// drawn from the time before them.
	AsOf []time.Time
}

// texts returns values of a text field.
func (v *Vocabulary) texts(field string) []string {
	known := map[string][]string{
		"category": v.Categories, "brand": v.Brands, "product": v.Products, "name": v.Products, "tags": v.Tags,
		"coupon": v.Coupons, "code": v.Coupons, "country": v.Countries, "shop.country": v.Countries, "city": v.Cities,
		"status":    {"paid", "completed", "open", "sent", "refunded"},
		"channel":   {"web", "email", "chat"},
		"device":    {"mobile", "desktop"},
		"sentiment": {"negative", "positive"},
		"gender":    {"female", "male"},
		"income":    {"high", "low"},
		"stage":     {"lost", "lapsing", "loyal", "repeat", "first-time", "prospect"},
		"rfm.group": {"Champions", "Loyal", "At risk", "New", "Prospects", "Dormant"}, "price_band": {"value", "mid", "premium"},
		"currency": {"RON", "EUR"}, "shop.currency": {"RON"}, "shop.timezone": {"Europe/Bucharest"},
	}
	for _, values := range [][]string{v.Texts[field], known[field]} {
		if len(values) > 0 {
			return values
		}
	}
	return []string{"a", "b", "1"}
}

// numbers returns values of a number field.
func (v *Vocabulary) numbers(field string) []string {
	if values := v.Numbers[field]; len(values) > 0 {
		return values
	}
	switch field {
	case "quantity", "items", "pages", "stock", "cart.items", "rfm.recency", "rfm.frequency", "rfm.monetary", "":
		return []string{"0", "1", "2", "3", "4", "5"}
	case "discount.share", "price_drop", "clv.alive", "cadence.overdue":
		return []string{"0", "0.1", "0.25", "0.5", "0.8", "1", "1.5"}
	case "age", "cadence.days", "product_age":
		return []string{"7", "18", "30", "45.5", "60"}
	case "percentile":
		return []string{"0", "10", "50", "80", "90", "99.5"}
	}
	return []string{"0", "1", "10", "20", "49.95", "50", "100", "120", "-5", "0.000001"}
}

func (v *Vocabulary) events() []string {
	if len(v.Events) == 0 {
		return []string{"product_viewed", "product_added", "Quiz Finished"}
	}
	return v.Events
}

// named picks one of the names and one of its values.
func named(r *rand.Rand, values map[string][]string, prefix string) (name string, all []string) {
	if len(values) == 0 {
		return prefix + "color", []string{"red", "2", "true"}
	}
	name = pick(r, slices.Sorted(maps.Keys(values)))
	if len(values[name]) == 0 {
		return prefix + name, []string{"x"}
	}
	return prefix + name, values[name]
}

// literal is the literal that a trait's or property's value looks like.
func literal(value string) segql.Term {
	if value == "true" || value == "false" {
		return &segql.BoolLit{Value: value == "true"}
	}
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		return &segql.DateLit{Date: dateOf(day)}
	}
	if _, err := time.Parse(time.RFC3339, value); err == nil {
		return &segql.AgoLit{Duration: segql.Duration{N: 30, Unit: segql.Days}}
	}
	if micros, ok := micros(value); ok {
		return &segql.NumberLit{Micros: micros}
	}
	return &segql.StringLit{Value: value}
}

func micros(value string) (int64, bool) {
	whole, decimals, _ := strings.Cut(value, ".")
	if whole == "" || len(decimals) > 6 || len(strings.TrimPrefix(whole, "-")) > 12 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 6-len(decimals)), 10, 64)
	return n, err == nil
}

func dateOf(t time.Time) segql.Date {
	return segql.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
