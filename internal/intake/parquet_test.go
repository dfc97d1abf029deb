package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// parquet writes the result of a query as a Parquet file.
func parquet(t *testing.T, name, query string) string {
	t.Helper()
	dir := t.TempDir()
	db, err := duck.Open(t.Context(), duck.Config{TempDir: t.TempDir(), AllowedDirs: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	path := filepath.Join(dir, name)
	if _, err := db.ExecContext(t.Context(), "COPY ("+query+") TO "+duck.Literal(path)+" (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestParquetTypes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		field, value, record, want string
	}{
		"text":                 {"total", "' 12.50 '", "total", "12.500000"},
		"text with separators": {"total", "'€ 1,200.5'", "total", "1200.500000"},
		"text, no number":      {"total", "'x'", "total", "refused"},
		"integer":              {"total", "7::INTEGER", "total", "7.000000"},
		"unsigned":             {"total", "7::UBIGINT", "total", "7.000000"},
		"huge":                 {"total", "12345678901234567890::UBIGINT", "total", ""},
		"decimal":              {"total", "7.25::DECIMAL(10, 2)", "total", "7.250000"},
		"long decimal":         {"total", "7.12345678::DECIMAL(20, 8)", "total", ""},
		"long decimal, zeros":  {"total", "7.12000000::DECIMAL(20, 8)", "total", "7.120000"},
		"double":               {"total", "2.55::DOUBLE", "total", "2.550000"},
		"float":                {"total", "2.55::FLOAT", "total", "2.550000"},
		"noisy double":         {"total", "0.1::DOUBLE + 0.2::DOUBLE", "total", ""},
		"large double":         {"total", "123456789012.5::DOUBLE", "total", "123456789012.500000"},
		"too large double":     {"total", "1e13::DOUBLE", "total", ""},
		"nan":                  {"total", "'nan'::DOUBLE", "total", ""},
		"infinity":             {"total", "'inf'::DOUBLE", "total", ""},
		"id of a double":       {"customer_id", "17850.0::DOUBLE", "customer_id", "17850"},
		"id of a long":         {"customer_id", "17850::BIGINT", "customer_id", "17850"},
		"id of bytes":          {"customer_id", "'ana'::BLOB", "customer_id", "ana"},
		"blank id":             {"customer_id", "'  '", "customer_id", ""},
		"text with a newline":  {"customer_id", "'ana' || chr(10)", "customer_id", "ana"},
		"list as text":         {"channel", "['a', 'b']", "channel", `["a","b"]`},
		"struct as text":       {"channel", "{'a': 1}", "channel", `{"a":1}`},
		"naive time":           {"at", "TIMESTAMP '2026-03-01 10:00:00'", "ts", "2026-03-01 08:00:00"},
		"naive nanos":          {"at", "TIMESTAMP_NS '2026-03-01 10:00:00.123456789'", "ts", "2026-03-01 08:00:00.123456"},
		"time with zone":       {"at", "TIMESTAMPTZ '2026-03-01 10:00:00+00'", "ts", "2026-03-01 10:00:00"},
		"date":                 {"at", "DATE '2026-03-01'", "ts", "2026-02-28 22:00:00"},
		"skipped time":         {"at", "TIMESTAMP '2026-03-29 03:30:00'", "ts", "2026-03-29 01:00:00"},
		"early time":           {"at", "TIMESTAMP '1066-03-01 10:00:00'", "ts", "refused"},
		"infinite time":        {"at", "TIMESTAMP 'infinity'", "ts", "refused"},
		"text time":            {"at", "'2026-03-01 10:00'", "ts", "2026-03-01 08:00:00"},
		"text time, offset":    {"at", "'2026-03-01T10:00:00Z'", "ts", "2026-03-01 10:00:00"},
		"text date":            {"at", "'31.03.2026'", "ts", "2026-03-30 21:00:00"},
		"seconds":              {"at", "1396860669::BIGINT", "ts", "2014-04-07 08:51:09"},
		"double seconds":       {"at", "1396860669.5::DOUBLE", "ts", "2014-04-07 08:51:09.5"},
		"millis":               {"at", "1396860669277::BIGINT", "ts", "2014-04-07 08:51:09.277"},
		"nanos":                {"at", "1396860669277123456::BIGINT", "ts", "2014-04-07 08:51:09.277123"},
		"day as a number":      {"at", "20260301::INTEGER", "ts", "2026-02-28 22:00:00"},
		"no time":              {"at", "NULL::TIMESTAMP", "ts", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			columns := map[string]string{"order_id": "'o1'", "at": "DATE '2026-01-01'", tc.field: tc.value}
			query := "SELECT "
			for column, value := range columns {
				query += fmt.Sprintf(`%s AS "%s", `, value, column)
			}
			got := run(t, Config{Kind: commerce.Orders, Zone: zone(t, "Europe/Bucharest"), Files: []string{parquet(t, "a.parquet", query+`1 AS "odd ""name"`)}})
			value := "refused"
			if len(got.rows) == 1 {
				value = got.rows[0][tc.record]
			} else if !strings.HasPrefix(got.rejects, "a.parquet:1: ") {
				t.Errorf("rejects are %q", got.rejects)
			}
			if value != tc.want {
				t.Errorf("got %q, want %q", value, tc.want)
			}
		})
	}
}

// TestParquetManyForms: forms are found over all rows of a text column.
func TestParquetManyForms(t *testing.T) {
	t.Parallel()
	path := parquet(t, "odd [name]*.parquet", `SELECT 'o' || i AS order_id, CASE WHEN i = 700 THEN '31/01/2026' ELSE '01/0' || (1 + i % 9) || '/2026' END AS "at",
		CASE WHEN i = 500 THEN '12,5' ELSE '1.000' END AS total, CASE WHEN i = 3 THEN 'bad' ELSE 'paid' END AS status FROM range(1000) t(i)`)
	got := run(t, Config{Kind: commerce.Orders, Country: "US", Files: []string{path}})
	if got.Accepted != 999 || !strings.HasPrefix(got.rejects, `odd [name]*.parquet:4: status: "bad"`) || !strings.Contains(got.rejects, "\t{\"order_id\":\"o3\"") {
		t.Fatalf("accepted %d, rejects %q", got.Accepted, got.rejects)
	}
	is(t, got.rows[0], "ts=2026-01-01 00:00:00; total=1000.000000; line=1; pos=0")
	is(t, got.rows[1], "ts=2026-02-01 00:00:00; line=2; pos=1")
	is(t, got.rows[499], "total=12.500000; line=501")
}

// TestParquetMonthFirst: the one date that decides is neither the least nor
// the greatest text.
func TestParquetMonthFirst(t *testing.T) {
	t.Parallel()
	path := parquet(t, "a.parquet", `SELECT 'o' || i AS order_id, CASE WHEN i = 700 THEN '05/31/2026' ELSE '0' || (1 + i % 9) || '/01/2026' END AS "at" FROM range(1000) t(i)`)
	got := run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	if got.Accepted != 1000 || form(got, "at") != "MM/DD/YYYY" {
		t.Errorf("accepted %d as %s", got.Accepted, form(got, "at"))
	}
}

func TestParquetInGzip(t *testing.T) {
	t.Parallel()
	plain, err := os.ReadFile(parquet(t, "a.parquet", `SELECT 'o1' AS order_id, DATE '2026-01-01' AS "at"`))
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.gz", string(plain))}})
	if len(got.rows) != 1 || !got.Files[0].Form.Gzip || got.Files[0].Form.Type != "parquet" {
		t.Errorf("got %+v", got)
	}
}

// TestParquetBlankOrderFields is TestBlankOrderFields for Parquet.
func TestParquetBlankOrderFields(t *testing.T) {
	t.Parallel()
	path := parquet(t, "a.parquet", `SELECT * FROM (VALUES ('o1', DATE '2026-01-01', 'a'), ('o1', NULL, 'b'), ('o2', NULL, 'c')) t(order_id, "at", sku)`)
	got := run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	if len(got.rows) != 2 || !strings.HasPrefix(got.rejects, "a.parquet:3: at: it is missing") {
		t.Fatalf("got %v, rejects %q", got.rows, got.rejects)
	}
	is(t, got.rows[1], "sku=b; ts=2026-01-01 00:00:00")
}

func TestParquetCustomers(t *testing.T) {
	t.Parallel()
	path := parquet(t, "a.parquet", `SELECT 1 AS customer_id, ['vip', ' new '] AS tags, true AS accepts_email, DATE '1990-02-28' AS birth_date, 38.5::DOUBLE AS shoe, 'x' AS "it's"`)
	got := run(t, Config{Kind: commerce.Customers, Files: []string{path}})
	if s := said(got.rows[0]); strings.ReplaceAll(s, `\"`, `"`) != `birth_date=1990-02-28, subscribed.email=true, tags='["vip","new"]', traits.shoe=38.5, traits.it_s=x` {
		t.Errorf("the row says %s", s)
	}
}

// TestParquetFormsOfTime: what has a type shows as much of the time as it has.
func TestParquetFormsOfTime(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]string{"DATE": "YYYY-MM-DD", "TIMESTAMP": "YYYY-MM-DD hh:mm:ss", "TIMESTAMPTZ": "YYYY-MM-DD hh:mm:ssZ"} {
		path := parquet(t, "a.parquet", `SELECT 'o1' AS order_id, CAST('2026-01-01' AS `+typ+`) AS "at"`)
		if got := form(run(t, Config{Kind: commerce.Orders, Files: []string{path}}), "at"); got != want {
			t.Errorf("%s is shown as %q, want %q", typ, got, want)
		}
	}
}
