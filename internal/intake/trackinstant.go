package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// instant is when an event happened, by this clock: a client that sent it, by
// its own clock, later than it arrived has one that is ahead by that much. (A
// clock that is behind cannot be told from an event that was long on its way.)
// What is far ahead even so is of the arrival. problem says why a text is no
// instant.
func (t *tracker) instant(text, sent string) (at time.Time, problem string) {
	at, problem = t.reading(text)
	if sent != "" && problem == "" {
		by, unread := t.reading(sent)
		if ahead := by.Sub(t.at); unread == "" && ahead > clockAhead {
			at = at.Add(-ahead)
		}
	}
	if at.After(t.at.Add(clockSkew)) {
		at = t.at
	}
	return at, problem
}

// clockAhead is how far a client's clock may be ahead before it is corrected.
const clockAhead = time.Minute

// reading is the instant that a text says, read as a column is read that holds
// nothing else; see layers.instant. Without one it is the arrival.
func (t *tracker) reading(text string) (at time.Time, problem string) {
	if text == "" || strings.HasPrefix(text, "0000-00-00") {
		return t.at, ""
	}
	if micros, ok := zulu(text); ok && micros >= firstInstant && micros <= lastInstant {
		return time.UnixMicro(micros).UTC(), ""
	}
	var survey instantSurvey
	survey.see([]byte(text), 1)
	form := survey.form(writesMonthFirst(t.Country, t.Zone))
	micros, ok := t.micros(text, form)
	if !ok || micros < firstInstant || micros > lastInstant {
		return t.at, quoted(text) + " is not an instant like 2026-03-01T10:00:00Z, from 1900 on"
	}
	return time.UnixMicro(micros).UTC(), ""
}

// zulu reads the form in which clients write instants, 2026-03-01T10:00:00.000Z.
// What it does not take may be an instant all the same.
func zulu(text string) (micros int64, ok bool) {
	const seconds = "2026-03-01T10:00:00"
	if len(text) <= len(seconds) || len(text) > len(seconds)+8 || text[len(text)-1] != 'Z' || text[len(seconds)] != '.' && text[len(seconds)] != 'Z' {
		return 0, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at.UnixMicro(), err == nil
}

// micros is the instant in microseconds since 1970.
func (t *tracker) micros(text string, form instantForm) (int64, bool) {
	switch form.family {
	case familyDigits:
		if len(text) != 8 {
			return 0, false
		}
		local, ok := localTime(text[:4], text[4:6], text[6:], nil)
		return t.inUTC(local), ok
	case familySeconds:
		return sinceEpoch(text, 6)
	case familyMillis:
		return sinceEpoch(text, 3)
	case familyMicros:
		return sinceEpoch(text, 0)
	case familyNanos:
		n, err := strconv.ParseInt(text, 10, 64)
		return n / 1000, err == nil
	default:
		return t.takenApart(text, form)
	}
}

// sinceEpoch reads a count of a unit that is 10^places microseconds. What is
// finer than a microsecond is cut.
func sinceEpoch(text string, places int) (int64, bool) {
	whole, decimals, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(decimals + "000000")[:places], 10, 64)
	return n, err == nil
}

var clockForm = `(?:(?:[Tt]|,? +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? ?([AaPp][Mm])?)? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$`

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})` + clockForm)
	yearLast  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})` + clockForm)
)

// takenApart reads a date with a time behind it: see layers.takenApart.
func (t *tracker) takenApart(text string, form instantForm) (int64, bool) {
	pattern := yearFirst
	if form.family == familyYearLast {
		pattern = yearLast
	}
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	year, month, day := m[1], m[2], m[3]
	if form.family == familyYearLast {
		if year, month, day = m[3], m[2], m[1]; form.monthFirst {
			month, day = day, month
		}
	}
	clock := m[4:9]
	if form.plain != "?" && clock[0] == "24" && strings.Trim(clock[1]+clock[2]+clock[3], "0") == "" {
		// The end of a day, which DuckDB takes where all are written so.
		clock = []string{"24", "00", "00", "", ""}
	} else if clock[0] == "24" {
		return 0, false
	}
	local, ok := localTime(year, month, day, clock)
	if !ok {
		return 0, false
	}
	if offset, ok := offsetOf(m[9]); ok {
		return local - offset, true
	}
	return t.inUTC(local), true
}

// localTime is a time as it is written, in microseconds. clock is hour,
// minute, second, decimals and AM or PM, any of them empty; or nil.
func localTime(year, month, day string, clock []string) (int64, bool) {
	if len(year) == 2 {
		century := "19"
		if year < "70" {
			century = "20"
		}
		year = century + year
	}
	date, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	if err != nil {
		return 0, false
	}
	if clock == nil {
		return date.UnixMicro(), true
	}
	hour, minute, second := numberIn(clock[0]), numberIn(clock[1]), numberIn(clock[2])
	if clock[4] != "" {
		if hour < 1 || hour > 12 {
			return 0, false
		}
		if hour %= 12; strings.EqualFold(clock[4], "pm") {
			hour += 12
		}
	}
	if hour > 24 || minute > 59 || second > 59 {
		return 0, false
	}
	micros := numberIn((clock[3] + "000000")[:6])
	return date.UnixMicro() + ((hour*60+minute)*60+second)*1_000_000 + micros, true
}

// numberIn is a number of few digits; nothing is zero.
func numberIn(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // the pattern lets nothing else through
	return n
}

// offsetOf is how far a zone is ahead of UTC, in microseconds; not ok without one.
func offsetOf(zone string) (int64, bool) {
	switch {
	case zone == "":
		return 0, false
	case zone[0] != '+' && zone[0] != '-':
		return 0, true
	}
	digits := strings.Replace(zone[1:], ":", "", 1)
	offset := (numberIn(digits[:2])*60 + numberIn(digits[2:])) * 60_000_000
	if zone[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// inUTC is the instant of a time of the shop's zone: see segments.
func (t *tracker) inUTC(local int64) int64 {
	year := max(1900, min(2200, time.UnixMicro(local).UTC().Year()))
	list, ok := t.years[year]
	if !ok {
		list = segments(t.Zone, year, year)
		t.years[year] = list
	}
	for i, s := range list {
		switch {
		case i < len(list)-1 && local >= s.until:
		case s.fixed:
			return s.at
		default:
			return local - s.offset
		}
	}
	return local
}
