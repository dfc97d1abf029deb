package script

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"kith/internal/commerce"
	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// Record is one record as an import brings it: see commerce.Records for the
// columns of its kind. A column without a value has no entry. Texts are
// string, numbers Number, instants and dates time.Time in UTC, whole numbers
// int64, lists []string, and what is said of a customer []Said. "file" is 0,
// "line" the script's line and "pos" the place of arrival in the shop.
type Record struct {
	Kind   commerce.Kind
	Values map[string]any
}

// Said is one field of a customer; nil empties it.
type Said struct {
	Name  string
	Value *string
}

// Arrivals returns the records of a fact's line, of which the first has pos
// as its place of arrival and each further one the next. An expectation
// brings none.
func Arrivals(s Settings, l Line, pos int64) []Record {
	a := arrival{settings: s, line: int64(l.Where().Line), pos: pos}
	switch l := l.(type) {
	case Customer:
		return []Record{a.customer(l.Who, l.Fields)}
	case Traits:
		r := a.customer(l.Who, l.Fields)
		r.Values["updated_at"] = l.At
		return []Record{r}
	case Product:
		return []Record{a.product(l.ID, l.Fields)}
	case ProductChange:
		r := a.product(l.ID, l.Fields)
		r.Values["updated_at"] = l.At
		return []Record{r}
	case Rate:
		r := a.record(commerce.Rates)
		r.Values["date"], r.Values["currency"], r.Values["rate"] = l.Date, l.Currency, l.Rate
		return []Record{r}
	case Order:
		return a.order(l)
	case Event:
		return []Record{a.event(l)}
	case Expect, AsOf, Transitions, Invalid:
	}
	return nil
}

// arrival makes the records of one line.
type arrival struct {
	settings  Settings
	line, pos int64
}

func (a *arrival) record(kind commerce.Kind) Record {
	r := Record{kind, map[string]any{"file": int64(0), "line": a.line, "pos": a.pos}}
	a.pos++
	return r
}

// set puts the values of fields into the columns of their names. What is
// empty or does not fit is left out.
func (a *arrival) set(r Record, keys map[string]form, fields []Field) {
	for _, f := range fields {
		form, _ := formOf(keys, f.Key)
		if v := a.read(form, f.Value.Text); v != nil {
			r.Values[f.Key] = v
		}
	}
}

// read is the value of a text in a column, or nil.
func (a *arrival) read(f form, v string) any {
	if v == "" {
		return nil
	}
	switch f {
	case number:
		if n, fits, _ := ParseNumber(v); fits {
			return n
		}
		return nil
	case moment:
		return a.moment(v)
	case texts:
		return commaList(v)
	case text, boolean, day:
	}
	return v
}

// moment reads an instant, or a date as its first instant in the shop's zone.
func (a *arrival) moment(v string) time.Time {
	if d, err := time.Parse(time.DateOnly, v); err == nil {
		return calendar.StartOfDay(a.settings.Zone, segql.Date{Year: d.Year(), Month: int(d.Month()), Day: d.Day()})
	}
	t, _ := instant(v)
	return t
}

func isDate(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil
}

func (a *arrival) customer(who Who, fields []Field) Record {
	r := a.record(commerce.Customers)
	put(r, who)
	var said []Said
	for _, f := range fields {
		if f.Key == "created_at" && f.Value.Text != "" {
			r.Values["created_at"] = a.moment(f.Value.Text)
			continue
		}
		said = append(said, Said{f.Key, a.said(f)})
	}
	if email, ok := r.Values["email"].(string); ok {
		domain := email[strings.LastIndexByte(email, '@')+1:]
		said = append(said, Said{"email_domain", &domain})
	}
	if said != nil {
		r.Values["fields"] = said
	}
	return r
}

// said is the text under which a customer's field is kept: a list as JSON.
func (a *arrival) said(f Field) *string {
	if f.Value.Text == "" {
		return nil
	}
	v := f.Value.Text
	if f.Key == "tags" {
		v = string(encode(commaList(v)))
	}
	return &v
}

func (a *arrival) product(id string, fields []Field) Record {
	r := a.record(commerce.Products)
	r.Values["product_id"] = id
	a.set(r, productKeys, fields)
	return r
}

// order makes one record of an order without items, else one for each item,
// the order's own columns on all of them. The total of an order that has
// none is left to the reader.
func (a *arrival) order(o Order) []Record {
	id := fmt.Sprintf("%010d", a.pos)
	var out []Record
	for i := range max(1, len(o.Items)) {
		r := a.record(commerce.Orders)
		put(r, o.Who)
		r.Values["ts"] = o.At
		r.Values["order_id"] = id
		for _, f := range o.Fields {
			if v := a.read(orderKeys[f.Key], f.Value.Text); v != nil {
				r.Values[column(orderColumns, f.Key)] = v
			}
		}
		if len(o.Items) > 0 {
			item := o.Items[i]
			r.Values["product_id"], r.Values["quantity"], r.Values["unit_price"] = item.Product, item.Quantity, item.Price
			for _, f := range item.Own {
				if v := a.read(itemKeys[f.Key], f.Value.Text); v != nil {
					r.Values[column(itemColumns, f.Key)] = v
				}
			}
		}
		out = append(out, r)
	}
	return out
}

// Columns whose name is not the key's.
var (
	orderColumns = map[string]string{"id": "order_id"}
	itemColumns  = map[string]string{"name": "product_name", "discount": "line_discount"}
)

func column(names map[string]string, key string) string {
	if name, ok := names[key]; ok {
		return name
	}
	return key
}

// put writes the keys of a person that a record has columns for, e-mails in
// lower case.
func put(r Record, who Who) {
	for column, v := range map[string]string{
		"customer_id": who.Customer, "email": strings.ToLower(who.Email), "phone": who.Phone, "anonymous_id": who.Anonymous,
	} {
		if v != "" {
			r.Values[column] = v
		}
	}
}

func (a *arrival) event(e Event) Record {
	r := a.record(commerce.Events)
	put(r, e.Who)
	r.Values["ts"], r.Values["type"], r.Values["event"] = e.At, "track", e.Name
	properties := map[string]json.RawMessage{}
	for _, f := range e.Fields {
		if f.Key == "message_id" {
			r.Values["message_id"] = f.Value.Text
			continue
		}
		properties[f.Key] = a.property(eventKeys[e.Name], f)
	}
	if len(properties) > 0 {
		r.Values["properties"] = string(encode(properties))
	}
	return r
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// property is the JSON of an event's property: typed by its key where the key
// is known, else by its look.
func (a *arrival) property(keys map[string]form, f Field) json.RawMessage {
	v := f.Value.Text
	form, isKnown := keys[f.Key]
	switch {
	case isKnown && form == moment && v != "":
		return encode(a.moment(v).Format(layout))
	case f.Key == "tags":
		return encode(commaList(v))
	case isKnown && form == text, f.Value.Quoted, v == "", isProductText(f.Key):
		return encode(v)
	case jsonNumber.MatchString(v), v == "true", v == "false":
		return json.RawMessage(v)
	}
	return encode(v)
}

// isProductText says that a key names a product, whatever it looks like.
func isProductText(key string) bool {
	switch key {
	case "product", "sku", "name", "category", "brand", "collection":
		return true
	}
	return false
}

func commaList(v string) []string {
	out := []string{}
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// encode writes JSON of values that always have one.
func encode(v any) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}
