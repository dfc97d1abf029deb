package segql

import (
	"os"
	"strings"
	"testing"
)

// example is a line of a file in testdata with the indented lines under it.
type example struct {
	text  string
	lines []string
}

func readExamples(t testing.TB, file string) []example {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "  "):
			last := &all[len(all)-1]
			last.lines = append(last.lines, strings.TrimSpace(line))
		default:
			all = append(all, example{text: line})
		}
	}
	return all
}

func mustParse(t testing.TB, text string) Node {
	t.Helper()
	n, problems := Parse(text)
	if len(problems) > 0 {
		t.Fatalf("Parse(%s):\n%s", text, Pointed(text, problems))
	}
	return n
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, x := range readExamples(t, "trees.txt") {
		n := mustParse(t, x.text)
		if got := dump(n); got != x.lines[0] {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.lines[0])
		}
		checkRoundTrip(t, n)
	}
}

func TestSegmentsAreCanonical(t *testing.T) {
	t.Parallel()
	catalogue := &Catalogue{Segment: func(string) (Node, bool) { return &Everyone{}, true }}
	for _, x := range readExamples(t, "segments.txt") {
		checked, problems := Compile(x.text, catalogue)
		if len(problems) > 0 {
			t.Errorf("%s", Pointed(x.text, problems))
			continue
		}
		if len(checked.Warnings) > 0 {
			t.Errorf("warnings: %s", Pointed(x.text, checked.Warnings))
		}
		if got := Print(checked.Root); got != x.text {
			t.Errorf("Print\n got %s\nwant %s", got, x.text)
		}
		checkRoundTrip(t, checked.Root)
	}
}

// checkRoundTrip checks that text and JSON both give the same tree back.
func checkRoundTrip(t testing.TB, n Node) {
	t.Helper()
	text := Print(n)
	again, problems := Parse(text)
	if len(problems) > 0 {
		t.Fatalf("Print is not parsed:\n%s", Pointed(text, problems))
	}
	if !Same(n, again) || dump(n) != dump(again) {
		t.Fatalf("text gives another tree\ntext %s\n was %s\n now %s", text, dump(n), dump(again))
	}
	data, err := ToJSON(n)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := FromJSON(data)
	if err != nil {
		t.Fatalf("%v\ntext %s\nJSON %s", err, text, data)
	}
	if dump(n) != dump(fromJSON) {
		t.Fatalf("JSON gives another tree\nJSON %s\n was %s\n now %s", data, dump(n), dump(fromJSON))
	}
}

func TestSpacesCommentsAndLines(t *testing.T) {
	t.Parallel()
	text := "  has order # bought\r\n\tand\u00a0(no visit)  # \"not a text\n # last\n"
	if got := Print(mustParse(t, text)); got != "has order and no visit" {
		t.Errorf("got %s", got)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	text := "has order[\n total > 3] and\nsum(item[price > 1].revenue) in last 3 days > 12"
	and := mustParse(t, text).(*And)
	compare := and.Parts[1].(*Compare)
	sum := compare.L.(*Aggregate)
	for _, x := range []struct {
		what string
		at   Span
		want string
	}{
		{"and", and.Span(), text},
		{"has", and.Parts[0].Span(), "has order[\n total > 3]"},
		{"compare", compare.Span(), "sum(item[price > 1].revenue) in last 3 days > 12"},
		{"sum", sum.Span(), "sum(item[price > 1].revenue) in last 3 days"},
		{"facts", sum.Facts.Span(), "item[price > 1]"},
		{"field", sum.FieldAt, "revenue"},
		{"window", sum.Window.Span(), "in last 3 days"},
		{"number", compare.R.Span(), "12"},
	} {
		if got := string([]rune(text)[x.at.Start:x.at.End]); got != x.want {
			t.Errorf("%s is at %q, want %q", x.what, got, x.want)
		}
	}
	if at := sum.FieldAt; at.Line != 3 || at.Column != 21 {
		t.Errorf("field is at %d:%d, want 3:21", at.Line, at.Column)
	}
}

func TestWalkIsComplete(t *testing.T) {
	t.Parallel()
	text := `sequence(order[total > 1], no x[a = 2] within 1 day) since first visit[pages = 3] and
		at least 1 of (not 4 between 5 and 6, 7 in (8, 9), sum(item[price = 10].price) since last x[a = 11] < 12)
		or percentile(13 + 14) > 15 and entered segment "x" since last x[a = 16] and traits.x contains "y"`
	var numbers []int64
	Walk(mustParse(t, text), func(x any) bool {
		if n, ok := x.(*NumberLit); ok {
			numbers = append(numbers, n.Micros/micro)
		}
		return true
	})
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("got %v", numbers)
		}
	}
	if len(numbers) != 16 {
		t.Errorf("got %v", numbers)
	}
}
