package sqlgen_test

import (
	"strings"
	"testing"

	"kith/internal/segql/sqlgen"
)

// TestInsightsReadEachTableOnce: segments and what is measured of their
// members share one scan of each table of facts.
func TestInsightsReadEachTableOnce(t *testing.T) {
	t.Parallel()
	o := options(nil)
	var segments []sqlgen.Segment
	for _, text := range []string{"count(order) in last 30 days >= 2", "has item in last 90 days", "spend.net >= 100", "no refund in last 7 days", "sum(order.total) > 5"} {
		segments = append(segments, sqlgen.Segment{Checked: compiled(t, text)})
	}
	kinds, err := sqlgen.Kinds(segments, o)
	if err != nil {
		t.Fatal(err)
	}
	purchases, err := sqlgen.Purchases(segments[0], o)
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string][2]int{"orders": {1, 1}, "refund": {1, 0}, "item": {1, 1}, "customer": {1, 0}} {
		got := [2]int{strings.Count(kinds.SQL, "FROM "+table+" "), strings.Count(purchases.SQL, "FROM "+table+" ")}
		if got != want {
			t.Errorf("%s is read %d times for kinds and %d times for purchases, want %v:\n%s\n%s", table, got[0], got[1], want, kinds.SQL, purchases.SQL)
		}
	}
}
