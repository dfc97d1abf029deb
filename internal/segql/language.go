package segql

import "strings"

// Name returns the type as programs read it.
func (t Type) Name() string {
	return nameOf(int(t), "", "number", "number", "text", "bool", "date", "instant", "list", "any")
}

// ValueTypes lists the types that a term may have, each name once.
func ValueTypes() []Type { return []Type{Number, Text, Bool, DateType, Instant, List, Dynamic} }

// FunctionInfo describes a function of facts, or percentile.
type FunctionInfo struct {
	Name       string
	TakesField bool
	Takes      []Type // of the field, or of the term of percentile; nil without one
	Gives      Type   // Dynamic: the type of what it takes
	Form       string
}

// Functions lists the functions that make a term.
func Functions() []FunctionInfo {
	var all []FunctionInfo
	for f := Count; f <= Last; f++ {
		info := FunctionInfo{Name: f.String(), TakesField: f.TakesField(), Gives: Number, Form: f.String() + "(FACTS) [WINDOW]"}
		if info.TakesField {
			info.Form = f.String() + "(FACTS.FIELD) [WINDOW]"
			info.Takes = typesThat(f.fits)
		}
		switch f {
		case Avg:
			info.Gives = Fraction
		case Min, Max, First, Last:
			info.Gives = Dynamic
		case Count, CountDays, Sum, Distinct:
		}
		all = append(all, info)
	}
	return append(all, FunctionInfo{Name: "percentile", Takes: typesThat(hasPercentile), Gives: Fraction, Form: "percentile(TERM)"})
}

// typesThat lists the types that fit; what has any type is read as one that does.
func typesThat(fits func(Type) bool) []Type {
	var all []Type
	for _, t := range ValueTypes() {
		if t == Dynamic || fits(t) {
			all = append(all, t)
		}
	}
	return all
}

// Operator is a comparison as it stands behind a term.
type Operator struct {
	Kind string // of the JSON form; with Op for "compare"
	Op   string // only of "compare"
	Form string
}

// Operators lists the comparisons that a term of a type may stand in.
func Operators(t Type) []Operator {
	var all []Operator
	add := func(fits bool, o Operator) {
		if fits || t == Dynamic {
			all = append(all, o)
		}
	}
	for op := Equal; op <= GreaterEqual; op++ {
		add(op <= NotEqual || hasOrder(t), Operator{"compare", op.String(), op.String() + " TERM"})
	}
	add(hasOrder(t), Operator{Kind: "between", Form: "between TERM and TERM"})
	add(true, Operator{Kind: "in", Form: "in (TERM, ...)"})
	add(true, Operator{Kind: "not_in", Form: "not in (TERM, ...)"})
	for op := Contains; op <= Matches; op++ {
		add(op.fits(t), Operator{Kind: underscored(op.String()), Form: op.String() + " TEXT"})
	}
	add(true, Operator{Kind: "is_missing", Form: "is missing"})
	add(true, Operator{Kind: "is_not_missing", Form: "is not missing"})
	add(hasAnniversary(t), Operator{Kind: "anniversary_today", Form: "anniversary today"})
	add(hasAnniversary(t), Operator{Kind: "anniversary_in_last", Form: "anniversary in last N days"})
	add(hasAnniversary(t), Operator{Kind: "anniversary_in_next", Form: "anniversary in next N days"})
	return all
}

// Form is how something of the language is written.
type Form struct {
	Kind    string // of the JSON form
	Form    string // with words in capitals for what is to be filled in
	Example string
}

// Questions lists the questions besides comparisons.
func Questions() []Form {
	return []Form{
		{"and", "QUESTION and QUESTION", "has order and no refund"},
		{"or", "QUESTION or QUESTION", "has order or has visit"},
		{"not", "not QUESTION", `not country = "RO"`},
		{"at_least", "at least N of (QUESTION, ...)", "at least 1 of (has order, has visit)"},
		{"everyone", "everyone", "everyone"},
		{"in_segment", "in segment TEXT", `in segment "recent-buyers"`},
		{"entered", "entered segment TEXT WINDOW", `entered segment "recent-buyers" in last 7 days`},
		{"left", "left segment TEXT WINDOW", `left segment "recent-buyers" in last 7 days`},
		{"has", "has FACTS [WINDOW]", "has order in last 30 days"},
		{"no", "no FACTS [WINDOW]", "no order[total > 100] in last 90 days"},
		{"sequence", "sequence(FACTS, [no] FACTS within DURATION, ...) [WINDOW]", "sequence(product_added, no order within 4 hours) in last 7 days"},
		{"percent", "percent(N [, TEXT])", `percent(10, "spring")`},
	}
}

// Windows lists the forms of windows.
func Windows() []Form {
	return []Form{
		{"in_last", "in last DURATION", "in last 30 days"},
		{"between_ago", "between DURATION and DURATION ago", "between 60 days and 30 days ago"},
		{"before_ago", "before DURATION ago", "before 30 days ago"},
		{"since_date", "since DATE", "since 2026-01-31"},
		{"since_first", "since first FACTS", "since first order"},
		{"since_last", "since last FACTS", "since last order"},
		{"before_date", "before DATE", "before 2026-01-31"},
		{"between_dates", "between DATE and DATE", "between 2026-01-01 and 2026-01-31"},
		{"today", "today", "today"},
		{"yesterday", "yesterday", "yesterday"},
		{"this_week", "this week", "this week"},
		{"previous_week", "previous week", "previous week"},
		{"this_month", "this month", "this month"},
		{"previous_month", "previous month", "previous month"},
		{"this_quarter", "this quarter", "this quarter"},
		{"previous_quarter", "previous quarter", "previous quarter"},
		{"this_year", "this year", "this year"},
		{"previous_year", "previous year", "previous year"},
	}
}

// Literals lists the forms of literals, and of arithmetic.
func Literals() []Form {
	return []Form{
		{"number", "NUMBER", "99.9"},
		{"text", "TEXT", `"RO"`},
		{"bool", "true", "true"},
		{"bool", "false", "false"},
		{"date", "DATE", "2026-01-31"},
		{"ago", "DURATION ago", "30 days ago"},
		{"arithmetic", "TERM + TERM", "1 + 2"},
		{"arithmetic", "TERM - TERM", "1 - 2"},
		{"arithmetic", "TERM * TERM", "1 * 2"},
		{"arithmetic", "TERM / TERM", "1 / 2"},
	}
}

// EventForm is how facts of an event are written whose name is not a word.
const EventForm = `event("NAME")`

// Units lists the units of durations.
func Units() []DurationUnit { return []DurationUnit{Minutes, Hours, Days, Weeks, Months, Years} }

// Words lists the words of the grammar, in lower case: those of the forms
// above, each once.
func Words() []string {
	var forms []string
	for _, list := range [][]Form{Questions(), Windows(), Literals()} {
		for _, f := range list {
			forms = append(forms, f.Form)
		}
	}
	for _, o := range Operators(Dynamic) {
		forms = append(forms, o.Form)
	}
	for _, f := range Functions() {
		forms = append(forms, f.Form)
	}
	forms = append(forms, EventForm)
	for _, u := range Units() {
		forms = append(forms, u.String())
	}
	var words []string
	seen := map[string]bool{}
	for _, form := range forms {
		for _, word := range strings.FieldsFunc(form, func(r rune) bool { return r < 'a' || r > 'z' }) {
			if !seen[word] {
				seen[word] = true
				words = append(words, word)
			}
		}
	}
	return words
}
