package segql

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// testCatalogue is a shop with a few segments, some of them wrong.
func testCatalogue() *Catalogue {
	texts := map[string]string{
		"vip":    `has order`,
		"broken": `sum(order.totl) > 3`,
		"a":      `in segment "b"`,
		"b":      `in segment "c" and everyone`,
		"c":      `in segment "b"`,
		"mover":  `entered segment "mover" in last 3 days`,
		"lost":   `in segment "nowhere"`,
		"mine":   `in segment "self"`,
	}
	return &Catalogue{
		ID:         "self",
		SegmentIDs: []string{"vip", "broken"},
		Segment: func(id string) (Node, bool) {
			text, ok := texts[id]
			if !ok {
				return nil, false
			}
			n, _ := Parse(text)
			return n, true
		},
		EventSeen: func(key string) bool { return key == "product_viewed" || key == "x" },
		EventKeys: []string{"product_viewed", "x"},
	}
}

// findings are all that Compile finds, one a line.
func findings(text string) []string {
	checked, problems := Compile(text, testCatalogue())
	var all []string
	for _, p := range problems {
		all = append(all, fmt.Sprintf("%d:%d: %s", p.Place.Line, p.Place.Column, p.Message))
	}
	if checked != nil {
		for _, p := range checked.Warnings {
			all = append(all, fmt.Sprintf("%d:%d: warning: %s", p.Place.Line, p.Place.Column, p.Message))
		}
	}
	if all == nil {
		return []string{"none"}
	}
	return all
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, x := range readExamples(t, "errors.txt") {
		if got := findings(x.text); !slices.Equal(got, x.lines) {
			t.Errorf("%s\n got\n  %s\nwant\n  %s", x.text, strings.Join(got, "\n  "), strings.Join(x.lines, "\n  "))
		}
	}
}

func TestErrorPlacesOverLines(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		text string
		want string // the start of the only finding
	}{
		{"", "1:1: expected a value"},
		{" \n # nothing\n", "1:1: expected a value"},
		{"has order and # more\n", "1:14: expected a value"},
		{"has order\nand coutry = 3", "2:5: unknown field"},
		{"\n\n  coutry = 3", "3:3: unknown field"},
		{"city = \"București\" and coutry = 3", "1:24: unknown field"},
		{"city = \"서울\" and coutry = 3", "1:17: unknown field"},
		{"city = \"Cluj\nand has order", "1:13: expected the closing"},
		{"city = \"a\x00b\"", "1:10: expected the closing"},
		{"sum(\n order\n .totl) > 3", "3:3: unknown field \"order.totl\""},
		{"sum(order[\ntotal > 3]) > 3", "2:11: sum needs a field"},
		{"has order\xff", "1:1: the text is not valid UTF-8"},
	} {
		if got := findings(x.text); !strings.HasPrefix(got[0], x.want) {
			t.Errorf("%q\n got %q\nwant %q", x.text, got, x.want)
		}
	}
}

func TestNothingUsable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", ")", "\xff", strings.Repeat("x", MaxText+1)} {
		if n, problems := Parse(text); n != nil || len(problems) == 0 {
			t.Errorf("Parse(%.10q) = %v, %v", text, n, problems)
		}
	}
	if checked, problems := Check(nil, nil); checked != nil || len(problems) != 1 {
		t.Errorf("Check(nil) = %v, %v", checked, problems)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	for _, x := range []struct {
		name, text string
		want       string // in a finding, or "none"
	}{
		{"parentheses", many("(", 150) + "has x" + many(")", 150), "none"},
		{"too many parentheses", many("(", 60_000), "nested too deeply"},
		{"too many brackets", many("has x[", 9000), "nested too deeply"},
		{"nots", many("not ", 98) + "has x", "none"},
		{"too many nots", many("not ", 99) + "has x", "nested more than 100 levels"},
		{"far too many nots", many("not ", 15_000) + "has x", "nested too deeply"},
		{"sum", many("1+", 97) + "1 = 1", "none"},
		{"long sum", many("1+", 20_000) + "1 = 1", "more than 10000 parts"},
		{"rather long sum", many("1+", 200) + "1 = 1", "nested more than 100 levels"},
		{"deep chains", many("(", 100) + "1" + many(many("+1", 90)+")", 100) + " = 1", "nested more than 100 levels"},
		{"list", "age in (" + many("1,", 9000) + "1)", "none"},
		{"long list", "age in (" + many("1,", 11_000) + "1)", "more than 10000 parts"},
		{"long text", `country = "` + many("x", MaxText) + `"`, "the text is longer than"},
		{"long when written out", many("1=1or ", 7000) + many("x", 23_000) + "=1", "more than 10000 parts"},
		{"commas", "age in (" + many("1,", 9000) + "1)#" + many("x", 40_000), "none"},
		{"patterns", many(`city matches "`+many("a", 999)+`" or `, 6) + "everyone", "the regular expressions of a segment"},
		{"long pattern", `city matches "` + many("a", 1001) + `"`, "a regular expression has at most"},
		{"names", many("zzz = 1 or ", 3000) + "everyone", "unknown field"},
	} {
		if got := findings(x.text); !strings.Contains(strings.Join(got, "\n"), x.want) || len(got) > maxProblems {
			t.Errorf("%s: got %d findings, the first is %q, want %q", x.name, len(got), got[0], x.want)
		}
	}
}

// A tree is refused whose canonical text could not be parsed again.
func TestTooLongWhenWrittenOut(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`"`+strings.Repeat("x", 90)+`"<traits.`+strings.Repeat("y", 90)+" or ", 300) + "1=1"
	grown := strings.Repeat("a<1or\n", 3000)
	for len(text)+len(grown)+len("1=1") > MaxText {
		text = text[strings.Index(text, " or ")+4:]
	}
	n, problems := Parse(grown + text)
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "when written out") {
		t.Errorf("got %v; canonical length %d", problems, len(Print(n)))
	}
}

func TestPointed(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, want string }{
		{"sum(order.totl) > 100", `
1:11: unknown field "order.totl": did you mean "order.total"?
  | sum(order.totl) > 100
  |           ^^^^
`},
		{"has order and\n\tcoutry = 1 or", `
2:2: unknown field "coutry": did you mean "country"?
  | 	coutry = 1 or
  | 	^^^^^^
2:15: expected a value, found the end
  | 	coutry = 1 or
  | 	             ^
`},
		{`city = "서울" and age = "서울"`, `
1:23: a number cannot be compared with a text
  | city = "서울" and age = "서울"
  |                         ^^^^^^
`},
	} {
		_, problems := Compile(x.text, testCatalogue())
		if got := "\n" + Pointed(x.text, problems); got != x.want {
			t.Errorf("got%swant%s", got, x.want)
		}
	}
}

func TestPointedShortensLongLines(t *testing.T) {
	t.Parallel()
	text := "age in (" + strings.Repeat("1, ", 500) + "coutry)"
	_, problems := Compile(text, testCatalogue())
	lines := strings.Split(Pointed(text, problems), "\n")
	if len(lines[1]) > 200 || strings.Index(lines[1], "coutry") != strings.Index(lines[2], "^") {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}
