package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// Tree is a segment in the language's JSON form (see segql.ToJSON).
type Tree json.RawMessage

// MarshalJSON implements json.Marshaler.
func (t Tree) MarshalJSON() ([]byte, error) { return json.RawMessage(t).MarshalJSON() }

// UnmarshalJSON implements json.Unmarshaler.
func (t *Tree) UnmarshalJSON(data []byte) error { return (*json.RawMessage)(t).UnmarshalJSON(data) }

// Schema implements huma.SchemaProvider: the tree is described part by part,
// so that programs get types for it.
func (Tree) Schema(r huma.Registry) *huma.Schema {
	describeTree(r)
	return &huma.Schema{Ref: refPrefix + "TreeQuestion"}
}

// TextOrTree is a segment in either form.
type TextOrTree struct {
	Text string `json:"text,omitempty" doc:"a segment, or @ID for a saved one or a preset"`
	Tree Tree   `json:"tree,omitempty" doc:"the same as a tree, in place of the text"`
}

// question is the text, or that of the tree.
func (q TextOrTree) question() (text string, root segql.Node, err error) {
	switch {
	case q.Tree == nil:
		return q.Text, nil, nil
	case q.Text != "":
		return "", nil, commerce.Errorf(commerce.CodeInvalid, "a text and a tree are given: give one of them")
	}
	if root, err = segment.ParseTree(q.Tree); err != nil {
		return "", nil, err
	}
	return segql.Print(root), root, nil
}

// strict reads a body that huma does not check: what is wrong with a tree is
// said in the language's own words. Unknown fields are refused.
func strict[T any](raw []byte) (body T, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return body, commerce.Errorf(commerce.CodeInvalid, "reading the body: %w", err)
	}
	return body, nil
}

// checkedInput is a body that strict reads; Body is what it is described by.
type checkedInput[T any] struct {
	RawBody []byte
	Body    T
}

const refPrefix = "#/components/schemas/"

func refTo(name string) *huma.Schema { return &huma.Schema{Ref: refPrefix + name} }

// part is one form that an object of a tree may have.
type part struct {
	name     string
	kinds    []string
	fields   map[string]*huma.Schema
	optional string // fields that may be absent, with spaces between them
}

// schema describes the object.
func (p part) schema() *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	if p.kinds != nil {
		s.Properties["kind"] = oneOfTexts(p.kinds)
		s.Required = []string{"kind"}
	}
	for _, name := range slices.Sorted(maps.Keys(p.fields)) { // the description is the same each time
		field := *p.fields[name] // what huma works out of it stays with this description
		s.Properties[name] = &field
		if !strings.Contains(" "+p.optional+" ", " "+name+" ") {
			s.Required = append(s.Required, name)
		}
	}
	return s
}

func oneOfTexts(values []string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// describeTree adds the parts of a tree to what is described.
func describeTree(r huma.Registry) {
	all := r.Map()
	if all["TreeQuestion"] != nil {
		return
	}
	add := func(name string, s *huma.Schema) {
		all[name] = s
		s.PrecomputeMessages()
	}
	union := func(name, description string, parts []part) {
		s := &huma.Schema{Description: description, Discriminator: &huma.Discriminator{PropertyName: "kind", Mapping: map[string]string{}}}
		for _, p := range parts {
			add(p.name, p.schema())
			s.OneOf = append(s.OneOf, refTo(p.name))
			for _, kind := range p.kinds {
				s.Discriminator.Mapping[kind] = refPrefix + p.name
			}
		}
		add(name, s)
	}
	union("TreeQuestion", "A question about one customer, or, in a filter, about one fact: then a comparison, or and, or, not and at_least.", questionParts())
	union("TreeTerm", "A value: a field, a literal, a function of facts or arithmetic.", termParts())
	union("TreeWindow", "What limits facts in time.", windowParts())
	facts := &huma.Schema{Description: "Facts of one kind that fit a filter: built-in ones, or tracked events by their name."}
	for _, p := range factsParts() {
		add(p.name, p.schema())
		facts.OneOf = append(facts.OneOf, refTo(p.name))
	}
	add("TreeFacts", facts)
	for _, p := range plainParts() {
		add(p.name, p.schema())
	}
}

var (
	aText    = &huma.Schema{Type: huma.TypeString}
	aDate    = &huma.Schema{Type: huma.TypeString, Format: "date"}
	aNumber  = &huma.Schema{Type: huma.TypeNumber, Description: "a decimal with at most 12 digits before the point and 6 after it"}
	aBoolean = &huma.Schema{Type: huma.TypeBoolean}
)

func wholeNumber() *huma.Schema {
	least := 0.0
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &least}
}

func listOf(name string, least int) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: refTo(name), MinItems: &least}
}

func questionParts() []part {
	question, term, facts, window := refTo("TreeQuestion"), refTo("TreeTerm"), refTo("TreeFacts"), refTo("TreeWindow")
	type fields = map[string]*huma.Schema
	return []part{
		{"QuestionJoined", []string{"and", "or"}, fields{"parts": listOf("TreeQuestion", 2)}, ""},
		{"QuestionNot", []string{"not"}, fields{"x": question}, ""},
		{"QuestionAtLeast", []string{"at_least"}, fields{"n": wholeNumber(), "parts": listOf("TreeQuestion", 1)}, ""},
		{"QuestionEveryone", []string{"everyone"}, nil, ""},
		{"QuestionInSegment", []string{"in_segment"}, fields{"segment": aText}, ""},
		{"QuestionMoved", []string{"entered", "left"}, fields{"segment": aText, "window": window}, ""},
		{"QuestionHas", []string{"has", "no"}, fields{"facts": facts, "window": window}, "window"},
		{"QuestionSequence", []string{"sequence"}, fields{"first": facts, "steps": listOf("TreeStep", 0), "window": window}, "window"},
		{"QuestionPercent", []string{"percent"}, fields{"n": wholeNumber(), "seed": aText}, "seed"},
		{"QuestionCompare", []string{"compare"}, fields{"op": oneOfTexts(texts(segql.Equal, segql.GreaterEqual)), "left": term, "right": term}, ""},
		{"QuestionBetween", []string{"between"}, fields{"x": term, "low": term, "high": term}, ""},
		{"QuestionIn", []string{"in", "not_in"}, fields{"x": term, "list": listOf("TreeTerm", 1)}, ""},
		{"QuestionMatch", []string{"contains", "starts_with", "ends_with", "matches"}, fields{"x": term, "text": aText}, ""},
		{"QuestionMissing", []string{"is_missing", "is_not_missing"}, fields{"x": term}, ""},
		{"QuestionAnniversary", []string{"anniversary_today"}, fields{"x": term}, ""},
		{"QuestionAnniversaryIn", []string{"anniversary_in_last", "anniversary_in_next"}, fields{"x": term, "days": wholeNumber()}, ""},
	}
}

// texts are the texts of the values from first to last.
func texts[T interface {
	~uint8
	String() string
}](first, last T) []string {
	var all []string
	for v := first; v <= last; v++ {
		all = append(all, v.String())
	}
	return all
}

func termParts() []part {
	term := refTo("TreeTerm")
	type fields = map[string]*huma.Schema
	return []part{
		{"TermField", []string{"field"}, fields{"name": aText}, ""},
		{"TermNumber", []string{"number"}, fields{"value": aNumber}, ""},
		{"TermText", []string{"text"}, fields{"value": aText}, ""},
		{"TermBool", []string{"bool"}, fields{"value": aBoolean}, ""},
		{"TermDate", []string{"date"}, fields{"value": aDate}, ""},
		{"TermAgo", []string{"ago"}, fields{"duration": refTo("TreeDuration")}, ""},
		{"TermArithmetic", []string{"arithmetic"}, fields{"op": oneOfTexts(texts(segql.Add, segql.Divide)), "left": term, "right": term}, ""},
		{"TermAggregate", texts(segql.Count, segql.Last), fields{"facts": refTo("TreeFacts"), "field": aText, "window": refTo("TreeWindow")}, "field window"},
		{"TermPercentile", []string{"percentile"}, fields{"x": term}, ""},
	}
}

func windowParts() []part {
	duration := refTo("TreeDuration")
	type fields = map[string]*huma.Schema
	var calendar []string
	for _, w := range segql.Windows() {
		if w.Form == w.Example {
			calendar = append(calendar, w.Kind)
		}
	}
	return []part{
		{"WindowDuration", []string{"in_last", "before_ago"}, fields{"duration": duration}, ""},
		{"WindowBetweenAgo", []string{"between_ago"}, fields{"from": duration, "to": duration}, ""},
		{"WindowDate", []string{"since_date", "before_date"}, fields{"date": aDate}, ""},
		{"WindowSince", []string{"since_first", "since_last"}, fields{"facts": refTo("TreeFacts")}, ""},
		{"WindowBetweenDates", []string{"between_dates"}, fields{"from": aDate, "to": aDate}, ""},
		{"WindowCalendar", calendar, nil, ""},
	}
}

func factsParts() []part {
	filter := refTo("TreeQuestion")
	type fields = map[string]*huma.Schema
	return []part{
		{"FactsBuiltIn", nil, fields{"fact": oneOfTexts(segql.FactNames()), "filter": filter}, "filter"},
		{"FactsTracked", nil, fields{"event": aText, "filter": filter}, "filter"},
	}
}

func plainParts() []part {
	type fields = map[string]*huma.Schema
	return []part{
		{"TreeStep", nil, fields{"no": aBoolean, "facts": refTo("TreeFacts"), "within": refTo("TreeDuration")}, ""},
		{"TreeDuration", nil, fields{"n": wholeNumber(), "unit": oneOfTexts(texts(segql.Minutes, segql.Years))}, ""},
	}
}
