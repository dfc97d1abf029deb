package segql

import "fmt"

// String returns the operator as it is written.
func (o CompareOp) String() string {
	return nameOf(int(o), "=", "!=", "<", "<=", ">", ">=")
}

// String returns the operator as it is written.
func (o MatchOp) String() string {
	return nameOf(int(o), "contains", "starts with", "ends with", "matches")
}

// String returns the operator as it is written.
func (o ArithOp) String() string { return nameOf(int(o), "+", "-", "*", "/") }

// String returns the function as it is written.
func (f AggregateFunc) String() string {
	return nameOf(int(f), "count", "days", "sum", "avg", "min", "max", "distinct", "first", "last")
}

// TakesField says whether the function needs a field of its facts.
func (f AggregateFunc) TakesField() bool { return f != Count && f != CountDays }

// String returns the unit in the plural.
func (u DurationUnit) String() string {
	return nameOf(int(u), "minutes", "hours", "days", "weeks", "months", "years")
}

// Calendar says whether the unit steps the calendar; the others are exact lengths.
func (u DurationUnit) Calendar() bool { return u >= Months }

// String returns the unit in the singular.
func (u CalendarUnit) String() string {
	return nameOf(int(u), "day", "week", "month", "quarter", "year")
}

// String returns the day as it is written.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// String returns the duration as it is written.
func (d Duration) String() string {
	unit := d.Unit.String()
	if d.N == 1 {
		unit = unit[:len(unit)-1]
	}
	return fmt.Sprintf("%d %s", d.N, unit)
}

// String returns the type as messages name it.
func (t Type) String() string {
	return nameOf(int(t), "nothing", "number", "number", "text", "truth value", "date", "instant",
		"list of texts", "value of any type")
}

// some is the type with its article.
func (t Type) some() string {
	if t == Instant {
		return "an " + t.String()
	}
	return "a " + t.String()
}

func nameOf(i int, names ...string) string {
	if i < len(names) {
		return names[i]
	}
	return "?"
}

// find is the other way round: the value whose name it is.
func find[T interface {
	~uint8
	String() string
}](name string, last T) (T, bool) {
	for v := range last + 1 {
		if v.String() == name {
			return v, true
		}
	}
	return 0, false
}
