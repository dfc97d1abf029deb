package segment_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

func plan(t *testing.T, b *segment.Book, file string) segment.Plan {
	t.Helper()
	p, err := b.Plan(t.Context(), file)
	if err != nil {
		t.Fatalf("planning: %v\n%s", err, pointed(err))
	}
	return p
}

func applyFile(t *testing.T, b *segment.Book, file string) segment.Plan {
	t.Helper()
	p := plan(t, b, file)
	if err := b.Apply(t.Context(), p); err != nil {
		t.Fatalf("applying: %v", err)
	}
	return p
}

// pointed shows what is wrong with a file, as people see it.
func pointed(err error) string {
	var text *segment.TextError
	if !errors.As(err, &text) {
		return ""
	}
	return text.Pointed()
}

// steps writes a plan in short: a line for each segment.
func steps(p segment.Plan) string {
	var b strings.Builder
	for _, all := range [][]segment.Step{p.Steps, p.Affected} {
		for _, s := range all {
			fmt.Fprintf(&b, "%s %s", s.Effect, s.ID)
			if s.OldText != s.Text {
				fmt.Fprintf(&b, " %q to %q", s.OldText, s.Text)
			}
			if s.OldName != s.Name {
				fmt.Fprintf(&b, " name %q to %q", s.OldName, s.Name)
			}
			if s.UsedBy != nil {
				fmt.Fprintf(&b, " used by %s", s.UsedBy)
			}
			if s.Through != nil {
				fmt.Fprintf(&b, " through %s", s.Through)
			}
			if s.Pair.Before == s.Pair.After {
				b.WriteString(" same")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func wantSteps(t *testing.T, p segment.Plan, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), steps(p)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// saved is what the shop has of its own, as text.
func saved(t *testing.T, b *segment.Book) string {
	t.Helper()
	all, err := b.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, s := range all {
		if s.Preset == nil || s.Changed {
			fmt.Fprintf(&lines, "%s (%s): %s\n", s.ID, s.Name, s.Text)
		}
	}
	return lines.String()
}

func TestPlanSaysWhatAFileChanges(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "kept", "has order")
	save(t, b, "changed", "count(order) >= 2")
	save(t, b, "gone", "everyone")
	if _, err := b.Save(t.Context(), "called", "Old name", "no order"); err != nil {
		t.Fatal(err)
	}
	before := saved(t, b)
	file := `# our segments
segments:
  - id: created        # refers to one below
    name: Brand new
    text: in segment "later" and has visit
  - id: later
    text: |
      # what it is
      HAS   order
        in last 30 days
  - {id: changed, text: "count(order) >= 3"}
  - id: called
    name: New name
    text: no order
  - id: kept
    text: has   order
  - id: gone
    delete: true
  - id: never-there
    delete: true
`
	want := `
created created "" to "in segment \"later\" and has visit" name "" to "Brand new"
created later "" to "has order in last 30 days"
changed changed "count(order) >= 2" to "count(order) >= 3"
renamed called name "Old name" to "New name" same
unchanged kept same
deleted gone "everyone" to ""
unchanged never-there same
`
	wantSteps(t, plan(t, b, file), want)
	if got := saved(t, b); got != before {
		t.Errorf("a plan changed the segments to\n%s", got)
	}
	wantSteps(t, applyFile(t, b, file), want)
	after := `called (New name): no order
changed (): count(order) >= 3
created (Brand new): in segment "later" and has visit
kept (): has order
later (): has order in last 30 days
`
	if diff := cmp.Diff(after, saved(t, b)); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	wantSteps(t, applyFile(t, b, file), `
unchanged created same
unchanged later same
unchanged changed same
unchanged called same
unchanged kept same
unchanged gone same
unchanged never-there same
`)
}

func TestPlanFollowsReferences(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "base", "has order")
	save(t, b, "near", `in segment "base" and has visit`)
	save(t, b, "far", `not in segment "near"`)
	save(t, b, "moved", `entered segment "far" in last 7 days`)
	save(t, b, "repeat-buyers", `count(order) >= 2 and in segment "base"`) // a preset's id
	save(t, b, "other", "everyone")
	wantSteps(t, plan(t, b, `
segments:
  - id: base
    text: count(order) >= 2
  - id: near
    text: in segment "base" and has visit
`), `
changed base "has order" to "count(order) >= 2" used by [near repeat-buyers far moved]
unchanged near
affected far through [base]
affected moved through [base]
affected repeat-buyers through [base]
`)
}

func TestASegmentMayBeReplacedInItsUsersAndDeleted(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "old", "has order")
	save(t, b, "user", `in segment "old"`)
	applyFile(t, b, `
segments:
  - id: old
    delete: true
  - id: user
    text: in segment "new"
  - id: new
    text: has order
`)
	if got, want := saved(t, b), "new (): has order\nuser (): in segment \"new\"\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestARingMayBeTurnedRound(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "a", "everyone")
	save(t, b, "b", `in segment "a"`)
	applyFile(t, b, "segments: [{id: a, text: 'in segment \"b\"'}, {id: b, text: everyone}]")
	if got, want := saved(t, b), "a (): in segment \"b\"\nb (): everyone\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestFilesThatAreWrong compares what is said of a file, all of it, with
// where it is said.
func TestFilesThatAreWrong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, want string }{
		"empty":          {"", "1:1: expected \"segments:\" with a list\n"},
		"a comment":      {"# nothing yet\n", "1:1: expected \"segments:\" with a list\n"},
		"a list":         {"- id: a\n", "1:1: expected segments, each with a colon behind it\n"},
		"not a list":     {"segments:\n  id: a\n", "2:3: expected a list of segments, each with a dash before its id\n"},
		"unknown keys":   {"segments:\n- id: a\n  txt: everyone\nversion: 1\n", "2:3: a segment needs a text, or \"delete: true\"\n3:3: unknown key \"txt\": expected id, name, text, delete\n4:1: unknown key \"version\": expected segments\n"},
		"keys twice":     {"segments:\n- id: a\n  text: everyone\n  text: has order\n", "4:3: text is given twice\n"},
		"ids":            {"segments:\n- id: A\n  text: everyone\n- text: everyone\n- id: b\n  text: everyone\n- id: b\n  delete: true\n", "2:7: \"A\" is not a segment id: use a to z, 0 to 9 and single hyphens between them, at most 64\n4:3: a segment needs an id\n7:7: segment \"b\" is in line 5 already\n"},
		"no value":       {"segments:\n- id: a\n  name:\n  text: ''\n", "3:8: there is no value: give one, or leave out the key\n4:9: there is no value: give one, or leave out the key\n"},
		"delete":         {"segments:\n- id: a\n  delete: maybe\n- id: b\n  text: everyone\n  delete: true\n", "2:3: a segment needs a text, or \"delete: true\"\n3:11: \"delete\" is true or false\n5:9: a segment that is deleted has no text\n"},
		"a preset":       {"segments:\n- id: champions\n  text: everyone\n- id: men\n  delete: true\n", "2:7: \"champions\" ships with Kith and is not for a file; change it with \"kith segment save champions 'TEXT'\"\n4:7: \"men\" ships with Kith and is not for a file; change it with \"kith segment save men 'TEXT'\"\n"},
		"anchors":        {"segments:\n- &x {id: a, text: everyone}\n- *x\n", "2:3: a file of segments has no anchors and aliases: write the value out, in quotes if it begins with & or *\n3:3: a file of segments has no anchors and aliases: write the value out, in quotes if it begins with & or *\n"},
		"tags":           {"segments:\n- id: !!str a\n  text: everyone\n", "2:7: a file of segments has no tags: write the value alone, in quotes if it begins with !\n"},
		"merge keys":     {"segments:\n- <<: {id: a}\n  text: everyone\n", "2:3: unknown key \"<<\": expected id, name, text, delete\n2:3: a segment needs an id\n"},
		"two documents":  {"segments: []\n---\nsegments: []\n", "3:1: a file of segments is one document: leave out the line of dashes before this one\n"},
		"no YAML":        {"segments:\n- id: a\n  text: \"x\n", "3:3: this is not YAML: found unexpected end of stream; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"a tab":          {"segments:\n\t- id: a\n", "2:2: this is not YAML: found character that cannot start any token; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"a quote":        {"segments:\n- id: a\n  text: everyone\n- id: b\n  text: \"RO\" = country\n- id: c\n  text: everyone\n", "5:3: this is not YAML: did not find expected key; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"a colon":        {"segments:\n- id: a\n  text: country = \"a: b\"\n", "3:3: this is not YAML: mapping values are not allowed in this context; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"an indent":      {"segments:\n  - id: a\n    text: everyone\n   name: x\n", "4:4: this is not YAML: did not find expected '-' indicator; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"a bracket":      {"segments: [\n  {id: a, text: everyone},\n  {id: b, text: everyone\n", "1:1: this is not YAML: did not find expected ',' or '}'; a text that begins with a quote, or has \": \" or \" #\" in it, stands behind \"|\"\n"},
		"a text is list": {"segments:\n- id: a\n  text: [x]\n", "3:9: expected a text, in quotes or behind \"|\" if YAML reads it as something else\n"},
		"a name":         {"segments:\n- id: a\n  name: |\n    two\n    lines\n  text: everyone\n", "3:9: a segment's name is one line of at most 200 bytes\n"},
		"a wrong key beside": {
			"segments:\n- id: A\n  text: wrong = 1\n- id: a\n  colour: red\n  text: wrong = 2 and in segment \"b\"\n- id: b\n  name: ''\n",
			"2:7: \"A\" is not a segment id: use a to z, 0 to 9 and single hyphens between them, at most 64\n3:9: unknown field \"wrong\" (a text is written in double quotes)\n" +
				"5:3: unknown key \"colour\": expected id, name, text, delete\n6:9: unknown field \"wrong\" (a text is written in double quotes)\n" +
				"7:3: a segment needs a text, or \"delete: true\"\n8:9: there is no value: give one, or leave out the key\n",
		},
		"texts": {
			"segments:\n- id: a\n  text: sum(order.totl) > 1 and in segment \"b\"\n- id: b\n  text: age = \"x\" and in segment \"nobody\"\n",
			"3:19: unknown field \"order.totl\": did you mean \"order.total\"?\n5:15: a number cannot be compared with a text\n5:34: unknown segment \"nobody\"\n",
		},
		"a deleted one": {"segments:\n- id: a\n  delete: true\n- id: b\n  text: has order and in segment \"a\"\n", "5:34: segment \"a\" is deleted by this file\n"},
		"a ring": {
			"segments:\n- id: a\n  text: in segment \"b\"\n- id: b\n  text: has order or in segment \"a\"\n- id: c\n  text: in segment \"c\"\n",
			"3:20: a ring of references: \"a\" to \"b\" to \"a\"\n5:33: a ring of references: \"b\" to \"a\" to \"b\"\n7:20: a ring of references: \"c\" to \"c\"\n",
		},
		"a ring and other errors": {
			"segments:\n- id: r1\n  text: in segment \"r2\"\n- id: r2\n  text: in segment \"r3\"\n- id: r3\n  text: wrong = 1 and in segment \"nobody\" and in segment \"r1\"\n" +
				"- id: s1\n  text: entered segment \"s2\" in last 1 day\n- id: s2\n  text: in segment \"s1\" and\n- id: t\n  text: wrong = 1 and in segment \"base\"\n",
			"3:20: a ring of references: \"r1\" to \"r2\" to \"r3\" to \"r1\"\n5:20: a ring of references: \"r2\" to \"r3\" to \"r1\" to \"r2\"\n" +
				"7:9: unknown field \"wrong\" (a text is written in double quotes)\n7:34: unknown segment \"nobody\"\n" +
				"7:58: a ring of references: \"r3\" to \"r1\" to \"r2\" to \"r3\"\n" +
				"9:25: a ring of references: \"s1\" to \"s2\" to \"s1\"\n11:20: a ring of references: \"s2\" to \"s1\" to \"s2\"\n" +
				"11:28: expected a value, found the end\n13:9: unknown field \"wrong\" (a text is written in double quotes)\n",
		},
		"a used one":        {"segments:\n- id: base\n  delete: true\n", "2:7: segment \"base\" is used by user (and through them by far); first change what uses it, or delete it too\n"},
		"a ring with saved": {"segments:\n- id: base\n  text: in segment \"far\"\n", "3:20: a ring of references: \"base\" to \"far\" to \"user\" to \"base\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			save(t, b, "base", "has order")
			save(t, b, "user", `in segment "base"`)
			save(t, b, "far", `in segment "user"`)
			_, err := b.Plan(t.Context(), tc.file)
			var text *segment.TextError
			if !errors.As(err, &text) || commerce.CodeOf(err) != commerce.CodeInvalid {
				t.Fatalf("Plan = %v", err)
			}
			if got := text.Problems.Error() + "\n"; got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
		})
	}
}

// TestPlacesInAFile writes one text in every way that YAML has, and wants the
// carets under the same word.
func TestPlacesInAFile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file string
		line int // of the wrong word
	}{
		"plain":             {"  text: has order and wrong = \"a'b\"", 3},
		"plain, folded":     {"  text: has order\n    and\n\n    wrong =\n    \"a'b\"", 6},
		"single quotes":     {"  text: 'has order[coupon = \"it''s\"] and wrong = \"a''b\"'", 3},
		"double quotes":     {`  text: "has order[coupon = \"it\x27s \u021b\"] and\n\twrong = \"a'b\""`, 3},
		"double, folded":    {"  text: \"has \\\n    order and\n    wrong = \\\"a'b\\\"\"", 5},
		"literal":           {"  text: |\n    has order\n\n      and\n      wrong = \"a'b\"", 7},
		"literal, stripped": {"  text: |2- # as it stands\n    has order and\n    wrong = \"a'b\"", 5},
		"folded":            {"  text: >\n    has order\n    and\n\n    wrong = \"a'b\"", 7},
		"other scripts":     {"  text: has order[city = \"București 서울\"] and wrong = \"a'b\"", 3},
	} {
		for end, change := range map[string]func(string) string{
			"": strings.Clone, " CRLF": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			" BOM": func(s string) string { return "\ufeff" + s },
		} {
			t.Run(name+end, func(t *testing.T) {
				t.Parallel()
				_, err := newBook(t).Plan(t.Context(), change("segments:\n- id: a\n"+tc.file+"\n"))
				var text *segment.TextError
				if !errors.As(err, &text) || len(text.Problems) != 1 {
					t.Fatalf("Plan = %v\n%s", err, pointed(err))
				}
				lines := strings.Split(strings.ReplaceAll(text.Text, "\r", ""), "\n")
				at := text.Problems[0].Place
				found := string([]rune(lines[at.Line-1])[at.Column-1:])
				if at.Line != tc.line || !strings.HasPrefix(found, "wrong") || at.End-at.Start != len("wrong") {
					t.Errorf("%d:%d, %d long:\n%s", at.Line, at.Column, at.End-at.Start, pointed(err))
				}
			})
		}
	}
}

func TestAMissingRestIsPointedAtBehindTheText(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file string
		want string
	}{
		"plain":   {"segments: [{id: a, text: has order in last }]", "1:43"},
		"quoted":  {"segments:\n- id: a\n  text: 'has order and '\n", "3:23"},
		"literal": {"segments:\n- id: a\n  text: |\n    has order and\n\n- id: b\n  text: everyone\n", "4:18"},
	} {
		_, err := newBook(t).Plan(t.Context(), tc.file)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want+":") {
			t.Errorf("%s: %v\n%s", name, err, pointed(err))
		}
	}
}

func TestFilesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	_, err := b.Plan(t.Context(), "segments:\n"+strings.Repeat("#", segment.MaxFile))
	wantError(t, err, commerce.CodeInvalid, "larger than 262144 bytes")
	_, err = b.Plan(t.Context(), "segments:\n- id: \xff\n")
	wantError(t, err, commerce.CodeInvalid, "line 2 is not valid UTF-8")
	var many, wrong strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&many, "- {id: s%d, text: everyone}\n", i)
	}
	_, err = b.Plan(t.Context(), "segments:\n"+many.String())
	wantError(t, err, commerce.CodeInvalid, "1002:3: a file holds at most 1000 segments")
	for i := range 150 {
		fmt.Fprintf(&wrong, "- {id: s%d, text: wrong = 1}\n", i)
	}
	_, err = b.Plan(t.Context(), "segments:\n"+wrong.String())
	var text *segment.TextError
	if !errors.As(err, &text) || len(text.Problems) != 100 || !strings.HasSuffix(text.Problems[99].Message, "and 50 problems more, further down") {
		t.Errorf("got %v", err)
	}
}

func TestALongChainIsPlannedInTime(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("segments:\n- {id: s0, text: has order}\n")
	for i := 1; i < 500; i++ {
		fmt.Fprintf(&file, "- {id: s%d, text: 'in segment \"s%d\"'}\n", i, i-1)
	}
	if p := plan(t, newBook(t), file.String()); len(p.Steps) != 500 {
		t.Errorf("%d steps", len(p.Steps))
	}
}

// TestApplyIsOneRecord: a crash between two records would leave half a file.
func TestApplyIsOneRecord(t *testing.T) {
	t.Parallel()
	var records []string
	failing := errors.New("no room")
	book, err := segment.NewBook(segment.Config{
		Store: none{},
		Record: func(_ context.Context, changes segment.Changes) error {
			body, err := json.Marshal(changes)
			records = append(records, string(body))
			return errors.Join(err, failing)
		},
		Events: func(context.Context) ([]string, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	p := plan(t, book, "segments: [{id: a, text: everyone}, {id: b, name: B, text: has order}]")
	if err := book.Apply(t.Context(), p); !errors.Is(err, failing) {
		t.Errorf("Apply = %v", err)
	}
	want := []string{`[{"id":"a","text":"everyone"},{"id":"b","name":"B","text":"has order"}]`}
	if diff := cmp.Diff(want, records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// none is a store without segments.
type none struct{}

func (none) ListSegments(context.Context) ([]segment.Saved, error) { return nil, nil }

func (none) SegmentsAt(context.Context, uint64) ([]segment.Saved, error) { return nil, nil }

// FuzzPlan: no file makes it panic, and every place is in the file.
func FuzzPlan(f *testing.F) {
	for _, file := range []string{
		"", "segments:\n- id: a\n  text: has order\n", "segments: [{id: a, text: \"x\\u0041\\\n  y\"}]", "segments:\n- id: a\n  text: >-\n    a\n\n     b\n",
		"a: &a [*a]", "segments:\n- id: a\n  text: 'it''s'\n", "\ufeffsegments:\r\n- {id: a, delete: true}\r",
	} {
		f.Add(file)
	}
	book, err := segment.NewBook(segment.Config{
		Store: none{}, Record: func(context.Context, segment.Changes) error { return nil },
		Events: func(context.Context) ([]string, error) { return nil, nil },
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content string) {
		_, err := book.Plan(t.Context(), content)
		var text *segment.TextError
		if !errors.As(err, &text) {
			return
		}
		lines := strings.Split(text.Text, "\n")
		for _, p := range text.Problems {
			if p.Place.Line < 1 || p.Place.Line > len(lines) || p.Place.Column < 1 || p.Place.Column > len([]rune(lines[p.Place.Line-1]))+1 {
				t.Errorf("%q: %+v", content, p)
			}
		}
		segql.Pointed(text.Text, text.Problems)
	})
}
