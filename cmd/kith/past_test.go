package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/folder"
)

// awaitTrends asks until trends of 30 days are known of these segments.
func awaitTrends(t *testing.T, owner folder.Owner, ids ...string) map[string]api.SegmentFigures {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		var figures api.Figures
		getJSON(t, owner, "/v1/segments/figures", &figures)
		known := map[string]api.SegmentFigures{}
		for _, s := range figures.Segments {
			if len(s.Trend) == 30 {
				known[s.ID] = s
			}
		}
		for i, id := range ids {
			if _, ok := known[id]; !ok {
				break
			}
			if i == len(ids)-1 {
				return known
			}
		}
	}
	t.Fatalf("trends of %v never came", ids)
	return nil
}

// TestThePastIsWhatTheFactsSay: a server works out the sizes that a question as
// of the end of each day gives, of a shop that was imported before it was
// served, and of a segment that is saved and files that come while it is.
func TestThePastIsWhatTheFactsSay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	const zone = "Europe/Bucharest"
	kith(t, dir, "init", "--timezone", zone)
	place, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(place)
	write := func(first, last int) string {
		orders := "order_id,customer_id,at,total\n"
		for i := first; i < last; i++ {
			orders += fmt.Sprintf("o%d,c%d,%s,%d\n", i, i*i%97, now.Add(-time.Duration(i*i)*17*time.Minute).Format(time.RFC3339), 10+i%90)
		}
		file := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(file, []byte(orders), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	kith(t, dir, "import", "orders", write(1, 60))
	kith(t, dir, "segment", "save", "week", "has order in last 7 days")
	kith(t, dir, "segment", "save", "best", "rfm.monetary >= 3 and has order in last 20 days")
	kith(t, dir, "segment", "save", "either", `in segment "week" or percentile(sum(order.total)) >= 80`)
	owner, stop := serveInTest(t, dir)

	all := []string{"week", "best", "either", "recent-buyers"}
	compare := func(known map[string]api.SegmentFigures) {
		t.Helper()
		for _, id := range all {
			sizes := map[int64]bool{}
			for _, i := range []int{0, 9, 21, 28} {
				point := known[id].Trend[i]
				end, err := time.ParseInLocation(time.DateOnly, point.Date, place)
				if err != nil {
					t.Fatal(err)
				}
				at := end.AddDate(0, 0, 1).Add(-time.Microsecond).Format(time.RFC3339Nano)
				want := strings.TrimSpace(kith(t, dir, "segment", "count", "@"+id, "--at", at))
				if got := fmt.Sprint(point.Size); got != want {
					t.Errorf("%s on %s: %s, want %s", id, point.Date, got, want)
				}
				sizes[point.Size] = true
			}
			if len(sizes) < 2 {
				t.Errorf("%s never changes: %v", id, known[id].Trend)
			}
		}
	}
	compare(awaitTrends(t, owner, all...))
	var history api.History
	if err := json.Unmarshal([]byte(kith(t, dir, "segment", "history", "week", "--json")), &history); err != nil {
		t.Fatal(err)
	}
	if n := len(history.Days); n < 29 || !history.Days[0].WorkedOut || !history.Days[28].WorkedOut {
		t.Errorf("a history of %d days: %+v", n, history.Days)
	}
	if text := kith(t, dir, "segment", "history", "week"); !strings.Contains(text, "DAY         ENTERED  LEFT  SIZE\n"+history.Days[0].Date+"        -     -  ") {
		t.Errorf("printed:\n%s", text)
	}
	stop()

	// Older facts come while the server is stopped, a segment while it runs.
	kith(t, dir, "import", "orders", write(60, 90))
	owner, stop = serveInTest(t, dir)
	defer stop()
	kith(t, dir, "segment", "save", "month", "has order in last 1 month")
	all = append(all, "month")
	// The oldest day comes last, in one statement with that of the others.
	compare(awaitTrends(t, owner, all...))
}
