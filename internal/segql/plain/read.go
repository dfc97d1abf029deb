package plain

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"kith/internal/segql"
)

// raw is an event's property or a trait as it came: JSON for a property, a
// text for a trait. It takes its type from what it is compared with.
type raw struct {
	text string
	// list holds the texts of a JSON list; nested is set for it and for objects.
	list   []string
	nested bool
}

// rawJSON takes a property apart; what is null, or an empty text or list, is
// not there. Numbers keep the digits they came with.
func rawJSON(m json.RawMessage) *raw {
	s := strings.TrimSpace(string(m))
	switch {
	case s == "null" || s == `""` || s == "":
		return nil
	case s[0] == '"':
		var t string
		if json.Unmarshal(m, &t) != nil {
			return nil
		}
		return &raw{text: t}
	case s[0] == '[':
		var parts []json.RawMessage
		if json.Unmarshal(m, &parts) != nil {
			return nil
		}
		r := &raw{nested: true}
		for _, part := range parts {
			if x := rawJSON(part); x != nil && !x.nested {
				r.list = append(r.list, x.text)
			}
		}
		if r.list == nil {
			return nil
		}
		return r
	case s[0] == '{':
		return &raw{nested: true}
	}
	return &raw{text: s}
}

// read is the value of what came, as a type; missing when it cannot be read.
func (s *Shop) read(r *raw, as segql.Type) *value {
	switch {
	case r == nil:
		return nil
	case as == segql.List && r.nested:
		return list(r.list)
	case r.nested:
		return nil
	}
	switch as {
	case segql.Number, segql.Fraction:
		return readNumber(r.text)
	case segql.Bool:
		if r.text == "true" || r.text == "false" {
			return boolean(r.text == "true")
		}
		return nil
	case segql.DateType:
		return readDate(r.text)
	case segql.Instant:
		return readInstant(r.text)
	case segql.List:
		return list([]string{r.text})
	default:
		return text(r.text)
	}
}

var (
	numberForm  = regexp.MustCompile(`^[+-]?[0-9]{1,12}(\.[0-9]{1,6})?$`)
	dateForm    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	instantForm = regexp.MustCompile(
		`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)
)

func readNumber(s string) *value {
	if !numberForm.MatchString(s) {
		return nil
	}
	whole, decimals, _ := strings.Cut(s, ".")
	micros := integer(0)
	micros.SetString(strings.TrimPrefix(whole, "+")+(decimals + "000000")[:6], 10)
	return numberOf(micros)
}

func readDate(s string) *value {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || !dateForm.MatchString(s) {
		return nil
	}
	return &value{typ: segql.DateType, date: segql.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}}
}

func readInstant(s string) *value {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || !instantForm.MatchString(s) {
		return nil
	}
	return moment(t.UTC().Truncate(time.Microsecond))
}

// readMoment reads an instant, or a date as its first instant in the shop's zone.
func (s *Shop) readMoment(r *raw) *value {
	if r == nil {
		return nil
	}
	if v := readDate(r.text); v != nil {
		return moment(s.startOf(v.date))
	}
	return readInstant(r.text)
}
