package intake

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// realFile is a file of the data that tests may read but the project may not hold.
func realFile(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("KITH_TEST_DATA")
	if root == "" {
		_, here, _, _ := runtime.Caller(0)
		root = filepath.Join(filepath.Dir(here), "../../../shared/data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no test data: %v (KITH_TEST_DATA names its folder)", err)
	}
	return path
}

func TestRealOnlineRetail(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	out := t.TempDir()
	got, err := Read(t.Context(), Config{
		Kind: commerce.Orders, Format: OnlineRetail, Files: []string{realFile(t, "online_retail/online_retail.csv.gz")},
		Temp: t.TempDir(), Out: out, MemoryLimit: 400 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != 541909 || got.Accepted != 541909 || got.Refused != 0 || !got.Ordered || len(got.Files[0].Warnings) > 0 {
		t.Errorf("got %+v", got)
	}
	db, err := duck.Open(t.Context(), duck.Config{TempDir: t.TempDir(), AllowedDirs: []string{out}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var nobody, adjustments, negative, lines int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) - count(customer_id), count(*) FILTER (status = 'adjustment'), count(*) FILTER (quantity < 0),
		count(*) FILTER (line = pos + 2) FROM read_parquet(`+duck.Literal(got.Files[0].Records)+")").Scan(&nobody, &adjustments, &negative, &lines); err != nil {
		t.Fatal(err)
	}
	// As the file has them: cells counted with other tools.
	if nobody != 135080 || adjustments != 2 || negative != 10624 || lines != 541909 {
		t.Errorf("nobody's %d, adjustments %d, negative quantities %d, lines in order %d", nobody, adjustments, negative, lines)
	}
}

func TestRealCDNOW(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{realFile(t, "cdnow/CDNOW_sample.txt")}, Map: map[string]string{"customer_id": "1", "at": "3", "total": "5"}})
	if got.Accepted != 6919 || got.Refused != 0 || got.Files[0].Form.Header || got.Files[0].Form.Delimiter != "spaces" {
		t.Errorf("got %+v", got.Report)
	}
	is(t, got.rows[0], "customer_id=00004; ts=1997-01-01 00:00:00; total=29.330000")

	got = run(t, Config{Kind: commerce.Orders, Files: []string{realFile(t, "cdnow/CDNOW_master.txt")}, Map: map[string]string{"customer_id": "customer_id", "at": "date", "total": "dollar_value"}})
	if got.Accepted != 69659 || got.Refused != 0 || !got.Files[0].Form.Header {
		t.Errorf("got %+v", got.Report)
	}
}

func TestRealCompleteJourney(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind commerce.Kind
		file string
		m    map[string]string
		rows int64
	}{
		{commerce.Orders, "transactions_sample.csv.gz", map[string]string{"order_id": "basket_id", "customer_id": "household_id", "at": "transaction_timestamp", "total": "", "discount": "retail_disc", "unit_price": "sales_value"}, 75000},
		{commerce.Products, "products.csv.gz", map[string]string{"category": "department", "name": "product_type"}, 92331},
		{commerce.Customers, "demographics.csv.gz", map[string]string{"customer_id": "household_id"}, 801},
	} {
		got := run(t, Config{Kind: tc.kind, Files: []string{realFile(t, "completejourney/"+tc.file)}, Map: tc.m, Zone: zone(t, "America/New_York")})
		if got.Accepted != tc.rows || got.Refused != 0 {
			t.Errorf("%s: accepted %d of %d, rejects %.500s", tc.file, got.Accepted, got.Rows, got.rejects)
		}
	}
}
