package sqlgen_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/segment/preset"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is one statement in testdata. why is its first line: the reason for
// its plan.
type golden struct {
	name, why string
	text      string
	saved     bool
	options   func(*sqlgen.Options)
}

func options(change func(*sqlgen.Options)) sqlgen.Options {
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		panic(err)
	}
	o := sqlgen.Options{
		At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Zone: zone,
		Settings: map[string]string{"country": "RO", "reward_points": "100", "shipping_step": "3"},
	}
	if change != nil {
		change(&o)
	}
	return o
}

// catalogue holds the saved segment that others refer to.
func catalogue(t *testing.T) *segql.Catalogue {
	t.Helper()
	loyal, problems := segql.Compile(`count(order) in last 12 months >= 4 and rfm.group = "Loyal"`, &segql.Catalogue{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &segql.Catalogue{Segment: func(id string) (segql.Node, bool) { return loyal.Root, id == "loyal" }}
}

func compiled(t *testing.T, text string) *segql.Checked {
	t.Helper()
	c, problems := segql.Compile(text, catalogue(t))
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return c
}

func TestGolden(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, g := range slices.Concat(questions, presets(t), others) {
		seen[g.name] = true
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			st, err := sqlgen.Count(sqlgen.Segment{Checked: compiled(t, g.text), Saved: g.saved}, options(g.options))
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, g.name, g.why+"\n"+g.text, st)
		})
	}
	for name, why := range many {
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareGolden(t, name, why, manyStatement(t, name))
		})
	}
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".sql"); !seen[name] {
			t.Errorf("%s belongs to no statement", file)
		}
	}
}

// compareGolden compares a statement and its arguments with their file.
func compareGolden(t *testing.T, name, comment string, st sqlgen.Statement) {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(comment) {
		b.WriteString("-- " + strings.TrimRight(line, "\n") + "\n")
	}
	b.WriteString(st.SQL + ";\n")
	for i, arg := range st.Args {
		if at, ok := arg.(time.Time); ok {
			arg = at.Format(time.RFC3339Nano)
		}
		fmt.Fprintf(&b, "-- $%d = %v\n", i+1, arg)
	}
	file := filepath.Join("testdata", name+".sql")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("%s is not what it was; -update writes it anew:\n%s", file, got)
	}
}

// presets are all that ship, with values for their templates.
func presets(t *testing.T) []golden {
	t.Helper()
	values := map[string]map[string]string{
		"occasion-buyers": {"from": "2025-11-20", "to": "2025-12-01", "since": "2025-12-05"},
		"category-fans":   {"category": `"shoes"`},
	}
	var all []golden
	for _, p := range preset.List("en") {
		text, err := p.Fill(values[p.ID])
		if err != nil {
			t.Fatal(err)
		}
		why, ok := presetReasons[p.ID]
		if !ok {
			why = reasonOf(text)
		}
		all = append(all, golden{name: "preset_" + p.ID, why: why, text: text, saved: true})
	}
	return all
}

// reasonOf is why a statement is as it is where nothing more is to be said.
func reasonOf(text string) string {
	switch {
	case strings.Contains(text, "percentile("):
		return "The ranking is a window over one row a customer; it reads what the rest of the statement reads."
	case strings.Contains(text, "favourite["):
		return "Purchases are looked up only for products that are among favourites."
	case strings.HasPrefix(text, "no ") || strings.Contains(text, " and no order") && !strings.Contains(text, "has "):
		return "Customers without a row count, so that all customers are read first."
	case strings.Contains(text, "order"):
		return "Orders are scanned once, one row a customer; all customers are not read."
	default:
		return "One scan, limited by what every column of it asks for; all customers are not read where they need not be."
	}
}

// manyStatement makes the statements that are not one count.
func manyStatement(t *testing.T, name string) sqlgen.Statement {
	t.Helper()
	var segments []sqlgen.Segment
	for _, text := range []string{
		`has order in last 30 days`, `percentile(avg(order.total)) >= 80`, `rfm.group = "Champions"`, `gender = "female" and no order`,
		`has product_viewed in last 7 days and no checkout_started`,
	} {
		segments = append(segments, sqlgen.Segment{Checked: compiled(t, text), Saved: true})
	}
	o := options(nil)
	var st sqlgen.Statement
	var err error
	switch name {
	case "many_counts":
		st, err = sqlgen.Counts(segments, o)
	case "many_sizes":
		st, err = sqlgen.Sizes(segments, o)
	case "many_differences":
		st, err = sqlgen.Differences([]sqlgen.Pair{
			{Before: &segments[0], After: &segments[3]}, {After: &segments[2]}, {Before: &segments[0]}, {Before: &segments[4], After: &segments[4]},
		}, 10, o)
	case "many_holding":
		st, err = sqlgen.Holding(segments, "ana", o)
	case "members":
		st, err = sqlgen.Members(segments[0], o)
	case "keys":
		st, err = sqlgen.Keys(segments[3], o)
	case "rfm":
		st, err = sqlgen.RFM(o)
	case "units":
		st, err = sqlgen.Units(o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return st
}
