package segql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kith/internal/segql"
)

// TestEverythingIsDescribed goes over the catalogue.
func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	for _, f := range segql.Fields() {
		if segql.Describe(nil, f.Name) == "" {
			t.Errorf("%s is not described", f.Name)
		}
	}
	for _, name := range append(segql.FactNames(), "") {
		facts := &segql.Facts{Name: name, Event: name == ""}
		if !facts.Event && segql.DescribeFact(name) == "" {
			t.Errorf("%s is not described", name)
		}
		for _, f := range segql.FactFields(facts) {
			if segql.Describe(facts, f.Name) == "" {
				t.Errorf("%s.%s is not described", name, f.Name)
			}
		}
	}
	for _, f := range segql.Functions() {
		if segql.DescribeFunction(f.Name) == "" {
			t.Errorf("%s is not described", f.Name)
		}
	}
	if text := segql.Describe(nil, "nothing") + segql.DescribeFact("nothing") + segql.Describe(&segql.Facts{Name: "order"}, "nothing"); text != "" {
		t.Errorf("what is not in the catalogue is described: %s", text)
	}
}

// TestFormsAreOfTheLanguage parses each example and looks at its kind.
func TestFormsAreOfTheLanguage(t *testing.T) {
	t.Parallel()
	kindOf := func(text string, path ...string) string {
		t.Helper()
		root, problems := segql.Parse(text)
		if len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
			return ""
		}
		data, err := segql.ToJSON(root)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		for _, key := range path {
			v, _ = v[key].(map[string]any)
		}
		kind, _ := v["kind"].(string)
		return kind
	}
	for _, f := range segql.Questions() {
		if got := kindOf(f.Example); got != f.Kind {
			t.Errorf("%s is %s, not %s", f.Example, got, f.Kind)
		}
	}
	for _, f := range segql.Windows() {
		if got := kindOf("has order "+f.Example, "window"); got != f.Kind {
			t.Errorf("%s is %s, not %s", f.Example, got, f.Kind)
		}
	}
	for _, f := range segql.Literals() {
		if got := kindOf("traits.a = "+f.Example, "right"); got != f.Kind {
			t.Errorf("%s is %s, not %s", f.Example, got, f.Kind)
		}
	}
}

// literalOf is one literal of each type, and a field that has it.
var literalOf = map[segql.Type][2]string{
	segql.Number: {"age", "1"}, segql.Text: {"country", `"a"`}, segql.Bool: {"subscribed.email", "true"}, segql.DateType: {"birth_date", "2026-01-31"},
	segql.Instant: {"created_at", "3 days ago"}, segql.List: {"tags", `"a"`}, segql.Dynamic: {"traits.a", `"a"`},
}

// TestOperatorsAreTheCheckers asks the checker whether an operator fits.
func TestOperatorsAreTheCheckers(t *testing.T) {
	t.Parallel()
	for _, typ := range segql.ValueTypes() {
		field, literal := literalOf[typ][0], literalOf[typ][1]
		listed := segql.Operators(typ)
		for _, o := range segql.Operators(segql.Dynamic) {
			text := field + " " + strings.NewReplacer("TERM", literal, "TEXT", `"a"`, ", ...", "", " N ", " 3 ").Replace(o.Form)
			_, problems := segql.Compile(text, nil)
			if ok := slices.Contains(listed, o); ok != (len(problems) == 0) {
				t.Errorf("%s: listed for %s: %v, problems %v", text, typ.Name(), ok, problems)
			}
		}
	}
}

// TestFunctionsAreTheCheckers asks it what functions take and give.
func TestFunctionsAreTheCheckers(t *testing.T) {
	t.Parallel()
	fields := map[segql.Type]string{
		segql.Number: "item.price", segql.Text: "item.name", segql.Bool: "message.opened", segql.Instant: "item.at", segql.List: "item.tags",
		segql.Dynamic: "quiz.a", segql.DateType: "",
	}
	for _, f := range segql.Functions() {
		for typ, field := range fields {
			text := f.Name + "(" + field + ") is missing"
			switch {
			case f.Name == "percentile":
				text = "percentile(" + literalOf[typ][0] + ") is missing"
			case !f.TakesField:
				text = f.Name + "(order) is missing"
			case typ == segql.DateType:
				continue // no fact has a date
			}
			_, problems := segql.Compile(text, nil)
			if ok := f.Takes == nil || slices.Contains(f.Takes, typ); ok != (len(problems) == 0) {
				t.Errorf("%s: listed for %s: %v, problems %v", text, typ.Name(), ok, problems)
			}
		}
	}
}

// TestWordsAreAllThatTheParserKnows reads the parser's own text.
func TestWordsAreAllThatTheParserKnows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("parse*.go")
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile(`(?:isWord|accept|expect)\("([a-z]+)"\)|case ((?:"[a-z]+"(?:, )?)+):`)
	quoted := regexp.MustCompile(`[a-z]+`)
	known := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range word.FindAllStringSubmatch(string(text), -1) {
			for _, w := range quoted.FindAllString(m[1]+" "+m[2], -1) {
				known[w] = true
			}
		}
	}
	listed := segql.Words()
	for w := range known {
		if !slices.Contains(listed, w) && w != "day" { // the singular of a unit
			t.Errorf("the parser knows %q, and it is not listed", w)
		}
	}
	if len(known) < 40 {
		t.Errorf("only %d words were found in the parser", len(known))
	}
}
