package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"kith/internal/commerce"
	"kith/internal/duck"
)

func BenchmarkOnlineRetail(b *testing.B) {
	path := realFile(b, "online_retail/online_retail.csv.gz")
	for b.Loop() {
		benchRead(b, Config{Kind: commerce.Orders, Format: OnlineRetail, Files: []string{path}})
	}
}

// BenchmarkParquet reads order lines, 1 million or as many as KITH_BENCH_ROWS
// says, and tells how long DuckDB takes to make a table of the same file.
func BenchmarkParquet(b *testing.B) {
	rows, err := strconv.Atoi(os.Getenv("KITH_BENCH_ROWS"))
	if err != nil {
		rows = 1_000_000
	}
	dir := b.TempDir()
	path := filepath.Join(dir, "lines.parquet")
	db, err := duck.Open(b.Context(), duck.Config{TempDir: b.TempDir(), AllowedDirs: []string{dir}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	exec := func(query string) {
		b.Helper()
		if _, err := db.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
	exec(fmt.Sprintf(`COPY (SELECT 'O' || lpad((i // 3)::VARCHAR, 8, '0') AS order_id, 'C' || (hash(i // 3) %% 500000)::VARCHAR AS customer_id,
		TIMESTAMP '2024-01-01' + to_seconds(i * 6) AS "at", 'P' || (hash(i * 7) %% 50000)::VARCHAR AS product_id, 'cat' || (hash(i * 7) %% 100)::VARCHAR AS category,
		(1 + hash(i * 11) %% 5)::INTEGER AS quantity, ((hash(i * 13) %% 10000) / 100.0)::DECIMAL(10, 2) AS unit_price,
		CASE WHEN hash(i * 17) %% 10 = 0 THEN 'SPRING' || (hash(i) %% 20)::VARCHAR END AS coupon FROM range(%d) t(i)) TO %s (FORMAT parquet)`, rows, duck.Literal(path)))
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			exec("CREATE OR REPLACE TABLE lines AS SELECT * FROM read_parquet(" + duck.Literal(path) + ")")
		}
	})
	exec("DROP TABLE IF EXISTS lines")
	b.Run("records", func(b *testing.B) {
		for b.Loop() {
			benchRead(b, Config{Kind: commerce.Orders, Files: []string{path}})
		}
	})
}

func benchRead(b *testing.B, cfg Config) {
	b.Helper()
	cfg.Temp, cfg.Out = b.TempDir(), b.TempDir()
	if report, err := Read(b.Context(), cfg); err != nil || report.Refused > 0 {
		b.Fatalf("%+v, %v", report, err)
	}
}
