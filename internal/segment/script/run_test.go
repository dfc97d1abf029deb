package script_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/segment/script"
)

// everyone answers any question with whom it has records of.
type everyone struct{ members []string }

func (e *everyone) Load(records ...script.Record) error {
	for _, r := range records {
		e.members = append(e.members, r.Values["customer_id"].(string))
	}
	return nil
}

func (e *everyone) Members(string, time.Time) ([]string, error) { return e.members, nil }

func TestRunReports(t *testing.T) {
	t.Parallel()
	shop := parse(t, `
segment all = everyone
segment new = entered segment "all" in last 1 day
segment best = percentile(spend.net) > 50
segment newest = entered segment "best" in last 1 day
segment champions = everyone
segment bad = contry = "RO"
at 2026-03-01T00:00:00Z ana x
expect 2026-03-01T00:00:00Z all = ana
expect 2026-03-01T00:00:00Z all = bob
expect 2026-03-01T00:00:00Z new = ana
expect 2026-03-01T00:00:00Z newest = ana
expect 2026-03-01T00:00:00Z lapsed = ana
expect 2026-03-01T00:00:00Z nothing = ana
transitions all ana = none
transitions best ana = none
invalid contry = "RO" = 1:1
invalid contry = "RO" = 1:2
invalid everyone = 1:1
`)[0]
	presets := map[string]string{"champions": "everyone", "lapsed": "everyone"}
	report, err := script.Run(shop, &everyone{}, script.Options{Presets: presets})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Failures {
		got = append(got, f.String())
	}
	want := []string{
		"x.txt:6: champions is a preset's id",
		`x.txt:7: segment bad: 1:1: unknown field "contry": did you mean "country"?`,
		"x.txt:10: all at 2026-03-01T00:00:00Z: got ana, want bob",
		"x.txt:12: best needs scores or percentiles: scripts record no transitions of it",
		"x.txt:14: there is no segment nothing",
		"x.txt:16: best needs scores or percentiles: scripts record no transitions of it",
		"x.txt:18: contry = \"RO\": want the error at 1:2, got\n" + `  1:1: unknown field "contry": did you mean "country"?`,
		"x.txt:19: no error in everyone, want one at 1:1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if report.Passed != 3 || report.Skipped != 2 {
		t.Errorf("passed %d, skipped %d", report.Passed, report.Skipped)
	}
}
