package segql

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// FromJSON reads a tree that ToJSON wrote, or that a program made. Unknown
// fields are refused. Every tree it returns can be written as text, and its
// places are those in that text, which is what Print returns. An error is a
// *TreeError with everything that is wrong, each at its path.
func FromJSON(data []byte) (Node, error) {
	v, err := decodeJSON(data)
	if err != nil {
		return nil, treeError("", "%s", err)
	}
	r := &reading{}
	root := r.node(v, "")
	if len(r.problems) > 0 {
		return nil, &TreeError{Problems: r.problems}
	}
	text, places := printPlaces(root)
	parsed, problems := Parse(text)
	if len(problems) > 0 {
		failure := &TreeError{Text: text}
		paths := newPaths(root, places)
		for _, p := range problems {
			failure.Problems = append(failure.Problems, TreeProblem{paths.At(p.Place), p.Place, "not a segment when written as text: " + p.Message})
		}
		return nil, failure
	}
	if path, other := differs(nodeObject(root), nodeObject(parsed), ""); other {
		failure := treeError(path, "it reads differently when written as text: a name in it is not one of the language")
		failure.Text = text
		return nil, failure
	}
	return parsed, nil
}

// differs finds where two values of a tree's JSON form are not the same.
func differs(a, b any, path string) (string, bool) {
	switch a := a.(type) {
	case object:
		b, ok := b.(object)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for _, key := range slices.Sorted(maps.Keys(a)) {
			if at, other := differs(a[key], b[key], path+"/"+key); other {
				return at, true
			}
		}
		return "", false
	case []object:
		b, ok := b.([]object)
		if !ok || len(a) != len(b) {
			return path, true
		}
		for i := range a {
			if at, other := differs(a[i], b[i], fmt.Sprintf("%s/%d", path, i)); other {
				return at, true
			}
		}
		return "", false
	default:
		return path, !reflect.DeepEqual(a, b)
	}
}

func (r *reading) node(v any, path string) Node {
	f := r.fields(v, path)
	f.kind = f.text("kind")
	n := f.node()
	if n == nil {
		n = f.comparison()
	}
	if n == nil {
		f.unknown("question")
	}
	f.done()
	return n
}

func (f *fields) node() Node {
	switch f.kind {
	case "and":
		return &And{Parts: f.nodes("parts", 2)}
	case "or":
		return &Or{Parts: f.nodes("parts", 2)}
	case "not":
		return &Not{X: f.question("x")}
	case "at_least":
		return &AtLeast{N: f.integer("n"), Parts: f.nodes("parts", 1)}
	case "everyone":
		return &Everyone{}
	case "in_segment":
		return &InSegment{ID: f.text("segment")}
	case "entered", "left":
		return &Moved{Left: f.kind == "left", ID: f.text("segment"), Window: f.window("window")}
	case "has", "no":
		return &Has{No: f.kind == "no", Facts: f.facts("facts"), Window: f.optionalWindow()}
	case "sequence":
		return &Sequence{First: f.facts("first"), Steps: f.steps(), Window: f.optionalWindow()}
	case "percent":
		x := &Percent{N: f.integer("n")}
		if f.has("seed") {
			x.Seed = f.text("seed")
		}
		return x
	}
	return nil
}

func (f *fields) comparison() Node {
	switch f.kind {
	case "compare":
		op, ok := find(f.text("op"), GreaterEqual)
		if !ok {
			f.fail(f.pointer("op"), "unknown op")
		}
		return &Compare{Op: op, L: f.term("left"), R: f.term("right")}
	case "between":
		return &Between{X: f.term("x"), Lo: f.term("low"), Hi: f.term("high")}
	case "in", "not_in":
		return &In{Not: f.kind == "not_in", X: f.term("x"), List: f.terms("list")}
	case "is_missing", "is_not_missing":
		return &Missing{Not: f.kind == "is_not_missing", X: f.term("x")}
	case "anniversary_today":
		return &Anniversary{X: f.term("x")}
	case "anniversary_in_last":
		return &Anniversary{X: f.term("x"), When: AnniversaryInLast, Days: f.integer("days")}
	case "anniversary_in_next":
		return &Anniversary{X: f.term("x"), When: AnniversaryInNext, Days: f.integer("days")}
	}
	if op, ok := find(spaced(f.kind), Matches); ok {
		return &Match{Op: op, X: f.term("x"), Pattern: f.text("text")}
	}
	return nil
}

func (f *fields) question(key string) Node {
	v, path := f.take(key)
	return f.r.node(v, path)
}

func (f *fields) nodes(key string, least int) []Node {
	var all []Node
	values, path := f.array(key, least)
	for i, v := range values {
		all = append(all, f.r.node(v, fmt.Sprintf("%s/%d", path, i)))
	}
	return all
}

func (f *fields) term(key string) Term {
	v, path := f.take(key)
	return f.r.term(v, path)
}

func (f *fields) terms(key string) []Term {
	var all []Term
	values, path := f.array(key, 1)
	for i, v := range values {
		all = append(all, f.r.term(v, fmt.Sprintf("%s/%d", path, i)))
	}
	return all
}

func (r *reading) term(v any, path string) Term {
	f := r.fields(v, path)
	f.kind = f.text("kind")
	t := f.readTerm()
	if t == nil {
		f.unknown("term")
	}
	f.done()
	return t
}

func (f *fields) readTerm() Term {
	switch f.kind {
	case "field":
		return &Field{Name: f.named("name")}
	case "number":
		return &NumberLit{Micros: f.number("value")}
	case "text":
		return &StringLit{Value: f.text("value")}
	case "bool":
		return &BoolLit{Value: f.bool("value")}
	case "date":
		return &DateLit{Date: f.date("value")}
	case "ago":
		return &AgoLit{Duration: f.duration("duration")}
	case "arithmetic":
		op, ok := find(f.text("op"), Divide)
		if !ok {
			f.fail(f.pointer("op"), "unknown op")
		}
		return &Arith{Op: op, L: f.term("left"), R: f.term("right")}
	case "percentile":
		return &Percentile{X: f.term("x")}
	}
	fn, ok := find(f.kind, Last)
	if !ok {
		return nil
	}
	a := &Aggregate{Func: fn, Facts: f.facts("facts"), Window: f.optionalWindow()}
	if f.has("field") { // whether there should be one is for Check to say
		a.Field = f.text("field")
	}
	return a
}

// number reads a decimal. There is no "1e3": a program that writes numbers so
// has one that does not fit.
func (f *fields) number(key string) int64 {
	v, path := f.take(key)
	n, ok := v.(json.Number)
	if !ok || strings.ContainsAny(n.String(), "eE") {
		f.fail(path, "expected a decimal number")
		return 0
	}
	digits, negative := strings.CutPrefix(n.String(), "-")
	micros, message := parseMicros(digits)
	if message != "" {
		f.fail(path, "%s", message)
	}
	if negative {
		return -micros
	}
	return micros
}

func (f *fields) date(key string) Date {
	text := f.text(key)
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		f.fail(f.pointer(key), "%q is not a day of the calendar", text)
	}
	return Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}
}

func (f *fields) duration(key string) Duration {
	v, path := f.take(key)
	g := f.r.fields(v, path)
	unit, ok := find(g.text("unit"), Years)
	if !ok {
		g.fail(g.pointer("unit"), "unknown unit")
	}
	d := Duration{N: int64(g.integer("n")), Unit: unit}
	g.done()
	return d
}

func (f *fields) facts(key string) *Facts {
	v, path := f.take(key)
	g := f.r.fields(v, path)
	x := &Facts{Event: g.has("event")}
	if x.Event {
		x.Name = g.named("event")
	} else if x.Name = g.named("fact"); !IsFact(x.Name) {
		g.fail(g.pointer("fact"), "unknown fact %q", x.Name)
	}
	if g.has("filter") {
		x.Filter = g.question("filter")
	}
	g.done()
	return x
}

func (f *fields) steps() []Step {
	var all []Step
	values, path := f.array("steps", 0)
	for i, v := range values {
		g := f.r.fields(v, fmt.Sprintf("%s/%d", path, i))
		all = append(all, Step{No: g.bool("no"), Facts: g.facts("facts"), Within: g.duration("within")})
		g.done()
	}
	return all
}

func (f *fields) optionalWindow() Window {
	if !f.has("window") {
		return nil
	}
	return f.window("window")
}

func (f *fields) window(key string) Window {
	v, path := f.take(key)
	g := f.r.fields(v, path)
	g.kind = g.text("kind")
	w := g.readWindow()
	if w == nil {
		g.unknown("window")
	}
	g.done()
	return w
}

func (f *fields) readWindow() Window {
	switch f.kind {
	case "in_last":
		return &InLast{D: f.duration("duration")}
	case "between_ago":
		return &BetweenAgo{From: f.duration("from"), To: f.duration("to")}
	case "before_ago":
		return &BeforeAgo{D: f.duration("duration")}
	case "since_date":
		return &SinceDate{Date: f.date("date")}
	case "since_first", "since_last":
		return &SinceFact{Last: f.kind == "since_last", Facts: f.facts("facts")}
	case "before_date":
		return &BeforeDate{Date: f.date("date")}
	case "between_dates":
		return &BetweenDates{From: f.date("from"), To: f.date("to")}
	case "today", "yesterday":
		return &CalendarWindow{Previous: f.kind == "yesterday", Unit: CalendarDay}
	}
	which, name, _ := strings.Cut(f.kind, "_")
	unit, ok := find(name, CalendarYear)
	if !ok || unit == CalendarDay || which != "this" && which != "previous" {
		return nil
	}
	return &CalendarWindow{Previous: which == "previous", Unit: unit}
}

func spaced(kind string) string { return strings.ReplaceAll(kind, "_", " ") }
