package segqltest_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/segqltest"
)

func vocabulary() segqltest.Vocabulary {
	return segqltest.Vocabulary{
		Categories: []string{"shoes", "home"}, Brands: []string{"Acme"}, Products: []string{"lamp", "vase"},
		Tags: []string{"gift", "new"}, Coupons: []string{"SPRING", "VIP10"}, Countries: []string{"RO", "MD"},
		Cities: []string{"București", "Cluj"}, Events: []string{"product_viewed", "Quiz Finished", "last"}, Segments: []string{"vip"},
		Traits:     map[string][]string{"shoe_size": {"38", "41.5"}, "club": {"true"}, "wedding": {"2020-02-29"}, "color": {"red", "blå"}, "seen": {"2026-01-01T00:00:00Z"}},
		Properties: map[string][]string{"score": {"1", "2"}, "step": {"shipping"}, "done": {"false"}, "not": {"x"}},
		AsOf:       []time.Time{time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
	}
}

// Random trees are well typed, are the same after text and JSON, and hold
// everything that the grammar has.
func TestRandomTree(t *testing.T) {
	t.Parallel()
	catalogue := &segql.Catalogue{Segment: func(string) (segql.Node, bool) { return &segql.Everyone{}, true }}
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	for range 5_000 {
		n := segqltest.RandomTree(r, segqltest.Options{Vocabulary: vocabulary()})
		text := segql.Print(n)
		if _, problems := segql.Check(n, catalogue); len(problems) > 0 {
			t.Fatalf("%s\n%v", text, problems)
		}
		again, problems := segql.Parse(text)
		if len(problems) > 0 {
			t.Fatalf("%s", segql.Pointed(text, problems))
		}
		if !segql.Same(n, again) {
			t.Fatalf("another tree after text: %s", text)
		}
		checkJSON(t, n)
		count(seen, n)
	}
	for _, want := range everything() {
		if seen[want] == 0 {
			t.Errorf("no tree has %s", want)
		}
	}
}

func checkJSON(t *testing.T, n segql.Node) {
	t.Helper()
	data, err := segql.ToJSON(n)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := segql.FromJSON(data); err != nil || !segql.Same(n, again) {
		t.Fatalf("another tree after JSON: %s (%v)", data, err)
	}
}

// count counts the kinds of parts by their Go types, and functions and
// operators by name.
func count(seen map[string]int, n segql.Node) {
	segql.Walk(n, func(x any) bool {
		seen[fmt.Sprintf("%T", x)]++
		switch x := x.(type) {
		case *segql.Aggregate:
			seen[x.Func.String()]++
		case *segql.Match:
			seen[x.Op.String()]++
		case *segql.Compare:
			seen[x.Op.String()]++
		case *segql.Arith:
			seen[x.Op.String()]++
		case *segql.Facts:
			seen[x.Name]++
		case *segql.Field:
			seen[x.Name]++
		}
		return true
	})
}

// everything is all that the grammar has, and all names.
func everything() []string {
	all := grammar()
	for _, f := range segql.Fields() {
		all = append(all, f.Name)
	}
	return append(append(all, "Quiz Finished", "traits.club", "score", "not"), segql.FactNames()...)
}

func grammar() []string {
	var all []string
	for _, x := range []any{
		&segql.And{}, &segql.Or{}, &segql.Not{}, &segql.AtLeast{}, &segql.Everyone{}, &segql.InSegment{}, &segql.Moved{},
		&segql.Has{}, &segql.Sequence{}, &segql.Percent{}, &segql.Compare{}, &segql.Between{}, &segql.In{}, &segql.Match{},
		&segql.Missing{}, &segql.Anniversary{}, &segql.Field{}, &segql.NumberLit{}, &segql.StringLit{}, &segql.BoolLit{},
		&segql.DateLit{}, &segql.AgoLit{}, &segql.Arith{}, &segql.Aggregate{}, &segql.Percentile{}, &segql.InLast{},
		&segql.BetweenAgo{}, &segql.BeforeAgo{}, &segql.SinceDate{}, &segql.SinceFact{}, &segql.BeforeDate{},
		&segql.BetweenDates{}, &segql.CalendarWindow{},
	} {
		all = append(all, fmt.Sprintf("%T", x))
	}
	for f := segql.Count; f <= segql.Last; f++ {
		all = append(all, f.String())
	}
	for op := segql.Equal; op <= segql.GreaterEqual; op++ {
		all = append(all, op.String())
	}
	for op := segql.Contains; op <= segql.Matches; op++ {
		all = append(all, op.String())
	}
	return append(all, "+", "-", "*", "/")
}

func TestRandomTreeIsRepeatable(t *testing.T) {
	t.Parallel()
	draw := func() string {
		r := rand.New(rand.NewPCG(7, 7))
		text := ""
		for range 50 {
			text += segql.Print(segqltest.RandomTree(r, segqltest.Options{Vocabulary: vocabulary()})) + "\n"
		}
		return text
	}
	if first, again := draw(), draw(); first != again {
		t.Error("the same seed gave other trees")
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	catalogue := &segql.Catalogue{Segment: func(string) (segql.Node, bool) { return &segql.Everyone{}, true }}
	for range 2000 {
		n := segqltest.RandomTree(r, segqltest.Options{NoBase: true, NoMoved: true, Depth: 2})
		checked, problems := segql.Check(n, catalogue)
		if len(problems) > 0 || checked.ReadsBase() {
			t.Fatalf("%s: %v", segql.Print(n), problems)
		}
		segql.Walk(n, func(x any) bool {
			if _, ok := x.(*segql.Moved); ok {
				t.Fatalf("%s", segql.Print(n))
			}
			return true
		})
	}
}
