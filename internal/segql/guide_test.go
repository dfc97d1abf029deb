package segql_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kith/internal/segql"
)

// guide is the users' guide to the language.
const guide = "../../docs/segments.md"

// block is one fenced example of the guide.
type block struct {
	mark string // what stands behind "kith": nothing, error, warning, pointed or json
	text string
	line int
}

func readGuide(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// blocks returns the examples that are marked as the language's.
func blocks(t *testing.T) []block {
	t.Helper()
	var all []block
	var open *block
	fenced := false
	for i, line := range strings.Split(readGuide(t), "\n") {
		switch mark, isFence := strings.CutPrefix(line, "```"); {
		case isFence && fenced:
			if open != nil {
				all = append(all, *open)
			}
			open, fenced = nil, false
		case isFence:
			fenced = true
			if mark, ours := strings.CutPrefix(mark, "kith"); ours {
				open = &block{mark: strings.TrimSpace(mark), line: i + 2}
			}
		case open != nil:
			open.text += line + "\n"
		}
	}
	if fenced {
		t.Fatalf("%s: a block is not closed", guide)
	}
	return all
}

// guideShop is what the checker knows while it reads the guide.
func guideShop() *segql.Catalogue {
	ids := []string{"newsletter-subscribers", "loyal-customers", "recent-buyers"}
	root, _ := segql.Parse("has order")
	events := []string{
		"product_viewed", "product_added", "checkout_started", "checkout_step_viewed", "form_started", "form_submitted", "quiz_finished",
	}
	return &segql.Catalogue{
		SegmentIDs: ids, Segment: func(id string) (segql.Node, bool) { return root, slices.Contains(ids, id) },
		EventKeys: events, EventSeen: func(key string) bool { return slices.Contains(events, key) },
	}
}

// findings writes problems as the guide does, a line each.
func findings(kind string, problems segql.Problems) string {
	var b strings.Builder
	for line := range strings.Lines(segql.Pointed("", problems)) {
		if strings.HasPrefix(line, "  |") {
			continue
		}
		place, message, _ := strings.Cut(line, ": ")
		b.WriteString(place + ": " + kind + message)
	}
	return b.String()
}

func TestGuideExamples(t *testing.T) {
	t.Parallel()
	shop := guideShop()
	seen := map[string]int{}
	for _, b := range blocks(t) {
		seen[b.mark]++
		text, rest, _ := strings.Cut(b.text, "\n")
		switch b.mark {
		case "":
			for example := range strings.SplitSeq(strings.TrimSpace(b.text), "\n\n") {
				checked, problems := segql.Compile(example, shop)
				if len(problems) > 0 {
					t.Errorf("%s:%d: %s\n%s", guide, b.line, example, segql.Pointed(example, problems))
				} else if len(checked.Warnings) > 0 {
					t.Errorf("%s:%d: %s\n%s", guide, b.line, example, segql.Pointed(example, checked.Warnings))
				}
			}
		case "error":
			_, problems := segql.Compile(text, shop)
			if got := findings("", problems); got != rest {
				t.Errorf("%s:%d: %s\ngot  %swant %s", guide, b.line, text, got, rest)
			}
		case "warning":
			checked, problems := segql.Compile(text, shop)
			if len(problems) > 0 {
				t.Errorf("%s:%d: %s\n%s", guide, b.line, text, segql.Pointed(text, problems))
			} else if got := findings("warning: ", checked.Warnings); got != rest {
				t.Errorf("%s:%d: %s\ngot  %swant %s", guide, b.line, text, got, rest)
			}
		case "pointed":
			_, text, _ := strings.Cut(b.text, "  | ")
			text, _, _ = strings.Cut(text, "\n")
			_, problems := segql.Compile(text, shop)
			if got := segql.Pointed(text, problems); got != b.text {
				t.Errorf("%s:%d: got\n%swant\n%s", guide, b.line, got, b.text)
			}
		case "json":
			checkJSON(t, b.line, text, rest)
		default:
			t.Errorf("%s:%d: unknown mark %q", guide, b.line, b.mark)
		}
	}
	for _, mark := range []string{"", "error", "warning", "pointed", "json"} {
		if seen[mark] == 0 {
			t.Errorf("%s has no block marked %q", guide, "kith "+mark)
		}
	}
}

// checkJSON compares the guide's JSON with the text's, and reads it back.
func checkJSON(t *testing.T, line int, text, form string) {
	t.Helper()
	root, problems := segql.Parse(text)
	if len(problems) > 0 {
		t.Errorf("%s:%d: %s", guide, line, segql.Pointed(text, problems))
		return
	}
	got, err := segql.ToJSON(root)
	if err != nil {
		t.Errorf("%s:%d: %v", guide, line, err)
		return
	}
	var x, y any
	if err := json.Unmarshal([]byte(form), &y); err != nil {
		t.Errorf("%s:%d: %v", guide, line, err)
		return
	}
	if err := json.Unmarshal(got, &x); err != nil || !reflect.DeepEqual(x, y) {
		t.Errorf("%s:%d: %s is %s", guide, line, text, got)
	}
	if back, err := segql.FromJSON([]byte(form)); err != nil || !segql.Same(root, back) {
		t.Errorf("%s:%d: the JSON does not read back as %s: %v", guide, line, text, err)
	}
}

// row is one row of a table of fields.
type row struct{ name, kind, missing string }

// typeWords are the types as the guide names them.
var typeWords = map[segql.Type]string{
	segql.Number: "number", segql.Fraction: "fraction", segql.Text: "text", segql.Bool: "true/false",
	segql.DateType: "date", segql.Instant: "instant", segql.List: "list",
}

func rowsOf(fields []segql.FieldInfo) []row {
	var rows []row
	for _, f := range fields {
		r := row{name: f.Name, kind: typeWords[f.Type]}
		if f.CanBeMissing {
			r.missing = "maybe"
		}
		rows = append(rows, r)
	}
	return rows
}

// TestGuideTables compares each table of the guide with the catalogue: the
// same fields in the same order, with their types.
func TestGuideTables(t *testing.T) {
	t.Parallel()
	want := map[string][]row{"event": rowsOf(segql.FactFields(&segql.Facts{Event: true, Name: "x"}))}
	for _, name := range segql.FactNames() {
		want[name] = rowsOf(segql.FactFields(&segql.Facts{Name: name}))
	}
	for _, f := range segql.Fields() {
		name := map[segql.FieldKind]string{
			segql.CustomerField: "customer", segql.OwnField: "own", segql.BaseField: "base", segql.ShopField: "shop",
		}[f.Kind]
		want[name] = append(want[name], rowsOf([]segql.FieldInfo{f})...)
	}
	table := regexp.MustCompile(`<!-- fields: (\w+) -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)`)
	got := map[string][]row{}
	for _, m := range table.FindAllStringSubmatch(readGuide(t), -1) {
		for line := range strings.Lines(m[2]) {
			cells := strings.Split(line, "|")
			got[m[1]] = append(got[m[1]], row{
				strings.Trim(cells[1], " `"), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3]),
			})
		}
	}
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: the table of %s is\n%v\nand the catalogue\n%v", guide, name, got[name], want[name])
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s has a table of %q, which the catalogue does not know", guide, name)
		}
	}
}
