package commerce

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Settings are what the shop says of itself. Currency and Timezone are part
// of every fact: they do not change once there are facts.
type Settings struct {
	Name         string
	Currency     string // ISO 4217
	Timezone     string // IANA
	Country      string // ISO 3166; may be empty
	Language     string // BCP 47: that of preset names and tactics
	RewardPoints int64  // points that are worth a reward; 0: not said
	ShippingStep string // value of "step" of the checkout step that shows shipping costs; may be empty
}

// Filled returns the settings with their defaults.
func (s Settings) Filled() Settings {
	if s.Currency == "" {
		s.Currency = "EUR"
	}
	if s.Timezone == "" {
		s.Timezone = "UTC"
	}
	if s.Language == "" {
		s.Language = "en"
	}
	return s
}

// Validate says which setting is wrong.
func (s Settings) Validate() error {
	switch {
	case !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(s.Currency):
		return Errorf(CodeInvalid, "currency is %q, not a code of three capital letters like EUR", s.Currency)
	case s.Country != "" && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(s.Country):
		return Errorf(CodeInvalid, "country is %q, not a code of two capital letters like RO", s.Country)
	case !regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`).MatchString(s.Language):
		return Errorf(CodeInvalid, "language is %q, not a tag like en or zh-Hant", s.Language)
	case s.RewardPoints < 0:
		return Errorf(CodeInvalid, "reward_points is %d: it cannot be negative", s.RewardPoints)
	case strings.ContainsAny(s.Name+s.ShippingStep, "\r\n"):
		return Errorf(CodeInvalid, "name and shipping_step are one line each")
	}
	_, err := ParseZone(s.Timezone)
	return err
}

// Zone is the shop's time zone. The settings must be valid.
func (s Settings) Zone() *time.Location {
	zone, err := ParseZone(s.Timezone)
	if err != nil {
		panic(err) // Validate was not called
	}
	return zone
}

// ParseZone returns a time zone by its IANA name. The machine's own zone
// ("Local") is none: an answer must not depend on where it is asked.
func ParseZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, Errorf(CodeInvalid, "timezone is %q, not a name like Europe/Bucharest", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, WithCode(CodeInvalid, fmt.Errorf("timezone is %q, not a name like Europe/Bucharest", name))
	}
	return zone, nil
}

// ParseInstant reads an instant as people and programs give it: RFC 3339, or
// a date, which means its first instant in the shop's zone. Empty is zero.
func ParseInstant(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t, err = time.ParseInLocation(time.DateOnly, text, zone)
	}
	// The zero instant stands for "not given"; nothing is known of year 1.
	if t = t.UTC().Truncate(time.Microsecond); err == nil && t.Year() > 1 {
		return t, nil
	}
	return time.Time{}, Errorf(CodeInvalid,
		"%q is not an instant: write 2026-03-01T10:00:00Z, or 2026-03-01 for the first instant of that day in the shop's zone", text)
}
