package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// person is what somebody of the demo shop was made with.
type person struct {
	ID        string   `json:"id"`
	Labels    []string `json:"labels"`
	Season    string   `json:"season"`
	Orders    int      `json:"orders"`
	DropoutAt string   `json:"dropout_at"`
}

// TestPresetsFindTheHabits makes the demo shop, sees that each preset that has
// the facts it needs has members, and compares those that the shop's people
// were made for with how they were made. A preset sees purchases, and not the
// habit behind them: chance makes some look alike.
func TestPresetsFindTheHabits(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	ask := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), append(args, "--data", dir), nil, &stdout, &stderr); status != 0 {
			t.Fatalf("kith %v: status %d: %s", args, status, stderr.String())
		}
		return stdout.String()
	}
	shown := ask("demo", "--customers", "3000", "--no-serve")
	people := readTruth(t, filepath.Join(dir, "demo-source", "truth.jsonl"))
	members := func(text string) []string { return strings.Fields(ask("segment", "members", text)) }

	buys := func(p person, label string) bool { return p.Orders >= 2 && slices.Contains(p.Labels, label) }
	now := time.Now().UTC()
	yearAgo := now.AddDate(-1, 0, 0).Format(time.RFC3339)
	christmas := now.AddDate(0, -12, 0).Year()
	for name, c := range map[string]struct {
		text              string
		is                func(p person) bool
		precision, recall float64 // at least
	}{
		"coupon lovers":   {"@coupon-customers", func(p person) bool { return buys(p, "coupon_lover") }, .6, .8},
		"full price":      {"@full-price-buyers", func(p person) bool { return buys(p, "full_price") }, .4, .85},
		"trend followers": {"@trend-followers", func(p person) bool { return buys(p, "trend_follower") }, .55, .65},
		"churned a year ago": {"@lost-buyers", func(p person) bool {
			return p.Orders > 0 && slices.Contains(p.Labels, "churned") && p.DropoutAt < yearAgo
		}, .7, .95},
		"Christmas buyers": {
			fmt.Sprintf("has order between %d-11-20 and %d-12-25 and no order between %d-12-26 and %d-11-01", christmas, christmas, christmas, christmas+1),
			func(p person) bool { return p.Orders > 0 && p.Season == "christmas" }, .2, .55,
		},
	} {
		found, hits, made := members(c.text), 0, 0
		for _, p := range people {
			if !c.is(p) {
				continue
			}
			made++
			if slices.Contains(found, p.ID) {
				hits++
			}
		}
		precision, recall := float64(hits)/float64(max(1, len(found))), float64(hits)/float64(max(1, made))
		t.Logf("%s: %d found, %d made, precision %.2f, recall %.2f", name, len(found), made, precision, recall)
		if precision < c.precision || recall < c.recall {
			t.Errorf("%s: precision %.2f, at least %.2f; recall %.2f, at least %.2f", name, precision, c.precision, recall, c.recall)
		}
	}
	if n := strings.Count(shown, "%  "); n < 40 {
		t.Errorf("only %d presets are shown with a share:\n%s", n, shown)
	}
	// Some presets look at the last hours, in which a small shop may have nobody.
	if empty := nobody.FindAllString(shown, -1); len(empty) > fewEmpty {
		t.Errorf("presets without members:\n%s", strings.Join(empty, "\n"))
	}
}

// fewEmpty is how many presets may have nobody at some hour of the day.
const fewEmpty = 3

// nobody is the line of a preset that has no members.
var nobody = regexp.MustCompile(`(?m)^[a-z0-9-]+ .* 0 +0\.0%.*$`)

func readTruth(t *testing.T, name string) []person {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var people []person
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p person
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return people
}
