package intake

import (
	"bytes"
	"math"
	"strings"
	"time"
)

// family is a way to write an instant or a date.
type family int

const (
	familyNone      family = iota
	familyYearFirst        // 2026-03-01, 2026/03/01, with or without a time
	familyYearLast         // 01/03/2026, 01.03.2026, 3-1-26
	familyDigits           // 20260301
	familySeconds          // since 1970, with or without decimals
	familyMillis
	familyMicros
	familyNanos
	families
)

// instantSurvey counts how a column writes instants.
type instantSurvey struct {
	seen   int64
	count  [families]int64
	plain  int64 // year first, padded, no offset: SQL reads it as it stands
	zulu   int64 // the same with a Z behind
	offset int64 // the same with +02:00 behind
	// For year last: values that cannot be month first, and day first.
	dayFirst, monthFirst int64
	dotted               int64
	minYear, maxYear     int
	// What stands behind the day in the longest value of each family, which
	// has the most parts: looking at every value would cost too much.
	longest [families]int
	clock   [families]string
}

func (s *instantSurvey) see(value []byte, n int64) {
	s.seen += n
	f, a, b, year := familyOf(value)
	s.count[f] += n
	if f == familyNone {
		return
	}
	if s.minYear == 0 || year < s.minYear {
		s.minYear = year
	}
	s.maxYear = max(s.maxYear, year)
	if len(value) > s.longest[f] {
		s.seeClock(f, value)
	}
	switch f {
	case familyYearFirst:
		switch rest := plainInstant(value); rest {
		case "":
			s.plain += n
		case "Z":
			s.zulu += n
		case "+":
			s.offset += n
		}
	case familyYearLast:
		if a > 12 {
			s.dayFirst += n
		}
		if b > 12 {
			s.monthFirst += n
		}
		if strings.IndexByte(string(value[:3]), '.') >= 0 {
			s.dotted += n
		}
	default:
	}
}

func (s *instantSurvey) seeClock(f family, value []byte) {
	if clock, ok := clockOf(value); ok {
		s.longest[f], s.clock[f] = len(value), clock
	}
}

// clockOf is how the time of day behind a date is written, empty without one.
// It is not ok where there is something else.
func clockOf(value []byte) (clock string, ok bool) {
	colon := bytes.IndexByte(value, ':')
	if colon < 0 {
		return "", bytes.IndexByte(value, ' ') < 0
	}
	hour := colon
	for hour > 0 && '0' <= value[hour-1] && value[hour-1] <= '9' {
		hour--
	}
	switch {
	case hour == 0:
		return "", false
	case value[hour-1] == 'T' || value[hour-1] == 't':
		clock = "Thh:mm"
	case value[hour-1] == ' ':
		clock = " hh:mm"
	default:
		return "", false
	}
	n, _ := leadingNumber(value[colon+1:])
	rest := value[colon+1+n:]
	if len(rest) > 2 && rest[0] == ':' && allDigits(rest[1:3]) {
		clock, rest = clock+":ss", rest[3:]
		if n, _ := leadingNumber(rest[min(1, len(rest)):]); n > 0 && (rest[0] == '.' || rest[0] == ',') {
			clock, rest = clock+".fff", rest[1+n:]
		}
	}
	rest = bytes.ToUpper(bytes.TrimLeft(rest, " "))
	if bytes.HasPrefix(rest, []byte("AM")) || bytes.HasPrefix(rest, []byte("PM")) {
		clock, rest = clock+" AM", bytes.TrimLeft(rest[2:], " ")
	}
	switch zone := string(rest); {
	case zone == "":
		return clock, n == 2
	case zone == "Z" || zone == "UTC" || zone == "GMT":
		return clock + "Z", n == 2
	case zone[0] == '+' || zone[0] == '-':
		return clock + offsetMark, n == 2
	}
	return "", false
}

// offsetMark stands for an offset from UTC where a form is shown.
const offsetMark = "±hh:mm"

// familyOf tells by the first characters. a and b are the first two numbers
// of a date with the year last.
func familyOf(value []byte) (f family, a, b, year int) {
	n, first := leadingNumber(value)
	switch {
	case n == 0:
		return familyNone, 0, 0, 0
	case n == len(value), n >= 9 && value[n] == '.' && allDigits(value[n+1:]):
		return familyOfDigits(value, n)
	case !isDateSeparator(value[n]):
		return familyNone, 0, 0, 0
	case n == 4:
		return familyYearFirst, 0, 0, first
	case n > 2:
		return familyNone, 0, 0, 0
	}
	rest := value[n+1:]
	m, second := leadingNumber(rest)
	if m == 0 || m > 2 || m == len(rest) || rest[m] != value[n] {
		return familyNone, 0, 0, 0
	}
	k, third := leadingNumber(rest[m+1:])
	switch {
	case k == 2:
		return familyYearLast, first, second, fullYear(third)
	case k == 4:
		return familyYearLast, first, second, third
	}
	return familyNone, 0, 0, 0
}

// fullYear is a year of two digits written out.
func fullYear(short int) int {
	if short < 70 {
		return 2000 + short
	}
	return 1900 + short
}

func familyOfDigits(value []byte, n int) (f family, a, b, year int) {
	_, number := leadingNumber(value)
	switch n {
	case 8:
		return familyDigits, 0, 0, number / 10000
	case 9, 10:
		return familySeconds, 0, 0, time.Unix(int64(number), 0).UTC().Year()
	case 12, 13:
		return familyMillis, 0, 0, time.UnixMilli(int64(number)).UTC().Year()
	case 15, 16:
		return familyMicros, 0, 0, time.UnixMicro(int64(number)).UTC().Year()
	case 18, 19:
		return familyNanos, 0, 0, time.Unix(0, int64(number)).UTC().Year()
	}
	return familyNone, 0, 0, 0
}

func leadingNumber(value []byte) (digits, number int) {
	for digits < len(value) && '0' <= value[digits] && value[digits] <= '9' {
		if number < math.MaxInt/10-1 {
			number = number*10 + int(value[digits]-'0')
		}
		digits++
	}
	return digits, number
}

func allDigits(value []byte) bool {
	n, _ := leadingNumber(value)
	return n == len(value)
}

func isDateSeparator(b byte) bool { return b == '-' || b == '/' || b == '.' }

// plainInstant says what stands behind 2026-03-01 or 2026-03-01 10:00:00.123:
// nothing, a "Z", an offset "+", or else something else, "?".
func plainInstant(value []byte) string {
	const shape = "0000-00-00 00:00:00"
	for i := range len(shape) {
		if i == len(value) {
			if i == 10 || i == 16 {
				return ""
			}
			return "?"
		}
		b := value[i]
		switch {
		case shape[i] == '0' && '0' <= b && b <= '9':
		case shape[i] == b, i == 10 && b == 'T':
		default:
			return "?"
		}
	}
	rest := value[len(shape):]
	if len(rest) > 1 && rest[0] == '.' {
		n, _ := leadingNumber(rest[1:])
		rest = rest[1+n:]
	}
	switch {
	case len(rest) == 0:
		return ""
	case len(rest) == 1 && rest[0] == 'Z':
		return "Z"
	case len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' && allDigits(rest[1:3]) && allDigits(rest[4:]):
		return "+"
	}
	return "?"
}

// instantForm is how a column writes instants.
type instantForm struct {
	family     family
	monthFirst bool
	dotted     bool
	plain      string // all values are alike: "" naive, "Z", "+"; "?" they differ
	clock      string // behind the day, as it is shown
	unsure     bool   // nothing in the column said whether the day comes first
	minYear    int
	maxYear    int
}

// form decides for the family that most values have. monthFirst is what the
// shop's country is used to.
func (s *instantSurvey) form(monthFirst bool) instantForm {
	f := instantForm{family: familyYearFirst, minYear: s.minYear, maxYear: s.maxYear, plain: "?"}
	for candidate := familyYearFirst; candidate < families; candidate++ {
		if s.count[candidate] > s.count[f.family] {
			f.family = candidate
		}
	}
	f.clock = s.clock[f.family]
	if day := strings.TrimSuffix(strings.TrimSuffix(f.clock, "Z"), offsetMark); f.family == familyYearFirst {
		// The longest value may be one without a zone.
		switch {
		case s.offset > 0:
			f.clock = day + offsetMark
		case s.zulu > 0:
			f.clock = day + "Z"
		}
	}
	switch {
	case s.plain == s.seen:
		f.plain = ""
	case s.zulu == s.seen:
		f.plain = "Z"
	case s.offset+s.zulu == s.seen:
		f.plain = "+"
	}
	if f.family == familyYearLast {
		f.dotted = s.dotted*2 > s.count[familyYearLast]
		switch {
		case s.dayFirst != s.monthFirst:
			f.monthFirst = s.monthFirst > s.dayFirst
		case f.dotted:
		default:
			f.monthFirst, f.unsure = monthFirst, true
		}
	}
	return f
}

// shown is the form of instants, with the time of day where some have it.
func (f instantForm) shown() string { return f.name() + f.clock }

// name is the form of the days.
func (f instantForm) name() string {
	switch f.family {
	case familyYearLast:
		switch {
		case f.dotted && !f.monthFirst:
			return "DD.MM.YYYY"
		case f.monthFirst:
			return "MM/DD/YYYY"
		}
		return "DD/MM/YYYY"
	case familyDigits:
		return "YYYYMMDD"
	case familySeconds:
		return "seconds since 1970"
	case familyMillis:
		return "milliseconds since 1970"
	case familyMicros:
		return "microseconds since 1970"
	case familyNanos:
		return "nanoseconds since 1970"
	default:
		return "YYYY-MM-DD"
	}
}

// writesMonthFirst says whether people of a shop write 3/4 for March 4th.
func writesMonthFirst(country string, zone *time.Location) bool {
	if country != "" {
		return strings.Contains("US PH PR GU AS FM MH PW VI UM", country)
	}
	city, american := strings.CutPrefix(zone.String(), "America/")
	if american {
		for _, c := range [...]string{"New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Detroit", "Anchorage", "Boise", "Indiana/", "Kentucky/", "North_Dakota/"} {
			if strings.HasPrefix(city, c) {
				return true
			}
		}
	}
	return zone.String() == "Pacific/Honolulu" || strings.HasPrefix(zone.String(), "US/")
}
