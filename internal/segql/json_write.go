package segql

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// ToJSON returns the tree as JSON: the same tree as the text's, for programs.
// Each question, term and window is an object with a "kind".
func ToJSON(n Node) ([]byte, error) {
	if n == nil || hasHole(n) {
		return nil, errors.New("segql: a tree with errors has no JSON form")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(nodeObject(n)); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Same says whether two trees are the same, places aside.
func Same(a, b Node) bool { return reflect.DeepEqual(nodeObject(a), nodeObject(b)) }

func hasHole(n Node) bool {
	found := false
	Walk(n, func(x any) bool {
		_, isHole := x.(*hole)
		found = found || isHole
		return !found
	})
	return found
}

// object is a JSON object; its keys are written in alphabetical order.
type object map[string]any

// with adds what may be absent.
func (o object) with(key string, value object) object {
	if value != nil {
		o[key] = value
	}
	return o
}

func nodeObject(n Node) object {
	switch n := n.(type) {
	case *And:
		return object{"kind": "and", "parts": objects(n.Parts, nodeObject)}
	case *Or:
		return object{"kind": "or", "parts": objects(n.Parts, nodeObject)}
	case *Not:
		return object{"kind": "not", "x": nodeObject(n.X)}
	case *AtLeast:
		return object{"kind": "at_least", "n": n.N, "parts": objects(n.Parts, nodeObject)}
	case *Everyone:
		return object{"kind": "everyone"}
	case *InSegment:
		return object{"kind": "in_segment", "segment": n.ID}
	case *Moved:
		o := object{"kind": choose(n.Left, "left", "entered"), "segment": n.ID}
		return o.with("window", windowObject(n.Window))
	case *Has:
		o := object{"kind": choose(n.No, "no", "has"), "facts": factsObject(n.Facts)}
		return o.with("window", windowObject(n.Window))
	case *Sequence:
		o := object{"kind": "sequence", "first": factsObject(n.First), "steps": objects(n.Steps, stepObject)}
		return o.with("window", windowObject(n.Window))
	case *Percent:
		o := object{"kind": "percent", "n": n.N}
		if n.Seed != "" {
			o["seed"] = n.Seed
		}
		return o
	default:
		return comparisonObject(n)
	}
}

func comparisonObject(n Node) object {
	switch n := n.(type) {
	case *Compare:
		return object{"kind": "compare", "op": n.Op.String(), "left": termObject(n.L), "right": termObject(n.R)}
	case *Between:
		return object{"kind": "between", "x": termObject(n.X), "low": termObject(n.Lo), "high": termObject(n.Hi)}
	case *In:
		return object{"kind": choose(n.Not, "not_in", "in"), "x": termObject(n.X), "list": objects(n.List, termObject)}
	case *Match:
		return object{"kind": underscored(n.Op.String()), "x": termObject(n.X), "text": n.Pattern}
	case *Missing:
		return object{"kind": choose(n.Not, "is_not_missing", "is_missing"), "x": termObject(n.X)}
	case *Anniversary:
		return anniversaryObject(n)
	}
	return nil
}

func anniversaryObject(n *Anniversary) object {
	switch n.When {
	case AnniversaryInLast:
		return object{"kind": "anniversary_in_last", "x": termObject(n.X), "days": n.Days}
	case AnniversaryInNext:
		return object{"kind": "anniversary_in_next", "x": termObject(n.X), "days": n.Days}
	default:
		return object{"kind": "anniversary_today", "x": termObject(n.X)}
	}
}

func termObject(t Term) object {
	switch t := t.(type) {
	case *Field:
		return object{"kind": "field", "name": t.Name}
	case *NumberLit:
		return object{"kind": "number", "value": json.Number(formatMicros(t.Micros))}
	case *StringLit:
		return object{"kind": "text", "value": t.Value}
	case *BoolLit:
		return object{"kind": "bool", "value": t.Value}
	case *DateLit:
		return object{"kind": "date", "value": t.Date.String()}
	case *AgoLit:
		return object{"kind": "ago", "duration": durationObject(t.Duration)}
	case *Arith:
		return object{"kind": "arithmetic", "op": t.Op.String(), "left": termObject(t.L), "right": termObject(t.R)}
	case *Aggregate:
		o := object{"kind": t.Func.String(), "facts": factsObject(t.Facts)}
		if t.Field != "" {
			o["field"] = t.Field
		}
		return o.with("window", windowObject(t.Window))
	case *Percentile:
		return object{"kind": "percentile", "x": termObject(t.X)}
	}
	return nil
}

func factsObject(f *Facts) object {
	o := object{choose(f.Event, "event", "fact"): f.Name}
	if f.Filter != nil {
		o["filter"] = nodeObject(f.Filter)
	}
	return o
}

func stepObject(s Step) object {
	return object{"no": s.No, "facts": factsObject(s.Facts), "within": durationObject(s.Within)}
}

func durationObject(d Duration) object { return object{"n": d.N, "unit": d.Unit.String()} }

func windowObject(w Window) object {
	switch w := w.(type) {
	case *InLast:
		return object{"kind": "in_last", "duration": durationObject(w.D)}
	case *BetweenAgo:
		return object{"kind": "between_ago", "from": durationObject(w.From), "to": durationObject(w.To)}
	case *BeforeAgo:
		return object{"kind": "before_ago", "duration": durationObject(w.D)}
	case *SinceDate:
		return object{"kind": "since_date", "date": w.Date.String()}
	case *SinceFact:
		return object{"kind": choose(w.Last, "since_last", "since_first"), "facts": factsObject(w.Facts)}
	case *BeforeDate:
		return object{"kind": "before_date", "date": w.Date.String()}
	case *BetweenDates:
		return object{"kind": "between_dates", "from": w.From.String(), "to": w.To.String()}
	case *CalendarWindow:
		return object{"kind": underscored(calendarWords(w))}
	}
	return nil
}

func underscored(words string) string { return strings.ReplaceAll(words, " ", "_") }

func objects[T any](xs []T, of func(T) object) []object {
	all := make([]object, len(xs))
	for i, x := range xs {
		all[i] = of(x)
	}
	return all
}
