package intake

import (
	"encoding/json"
	"kith/internal/commerce"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestTime(t *testing.T) {
	files := os.Getenv("SMOKE")
	if files == "" {
		t.Skip("no SMOKE")
	}
	cfg := Config{Kind: commerce.Orders, Files: strings.Split(files, ","), Format: os.Getenv("FORMAT"), Out: "/tmp/exp/out", Temp: t.TempDir(), Zone: time.UTC}
	if k := os.Getenv("KIND"); k != "" {
		cfg.Kind = commerce.Kind(k)
	}
	if k := os.Getenv("ZONE"); k != "" {
		cfg.Zone, _ = time.LoadLocation(k)
	}
	for range 1 {
		r, err := newReader(t.Context(), cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		t0, c0 := time.Now(), cpu()
		tabs, err := r.tables()
		t1, c1 := time.Now(), cpu()
		var rep Report
		if err == nil {
			file := FileReport{}
			s := newShape(&r.cfg, tabs[0], 0, 0)
			q := s.query()
			if os.Getenv("Q") != "" {
				t.Log(q)
			}
			tabs[0].from = q
			err = r.write(tabs[0], s, &file)
			t2, c2 := time.Now(), cpu()
			err = r.warn(s, q, &file)
			t3, c3 := time.Now(), cpu()
			for _, x := range []string{
				"COPY (SELECT " + recordColumns(r.cfg.Kind) + " FROM (" + q + ") WHERE bad IS NULL) TO '" + r.temp + "/x1.parquet' (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 4000)",
				"COPY (SELECT " + recordColumns(r.cfg.Kind) + " FROM (" + q + ") WHERE bad IS NULL) TO '" + r.temp + "/x2.parquet' (FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 4000)",
				"COPY (SELECT " + recordColumns(r.cfg.Kind) + " FROM (" + q + ") WHERE bad IS NULL) TO '" + r.temp + "/x4.parquet' (FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 4000)",
				"COPY (SELECT " + recordColumns(r.cfg.Kind) + " FROM (" + q + ") WHERE bad IS NULL) TO '" + r.temp + "/x3.parquet' (FORMAT parquet, COMPRESSION zstd)",
				"SELECT max(pos), max(order_id), max(customer_id), max(coupon), max(status), max(product_id), max(category), max(ts), sum(quantity), max(unit_price), max(email) FROM (" + q + ") WHERE bad IS NULL",
				"SELECT min(ts), max(ts), count(*) FILTER (WHERE ts < before) FROM (SELECT ts, lag(ts) OVER () AS before FROM read_parquet('" + r.temp + "/x1.parquet'))",
				"CREATE OR REPLACE TABLE base AS SELECT * FROM read_parquet('" + tabs[0].path + "')",
			} {
				ta, ca := time.Now(), cpu()
				rows, e := r.conn.QueryContext(t.Context(), x)
				if e != nil {
					t.Log(e)
					continue
				}
				for rows.Next() {
				}
				t.Log("wall", time.Since(ta), "cpu", cpu()-ca, rows.Err(), x[:20], x[max(0, len(x)-60):])
				rows.Close()
			}
			for _, f := range []string{"x1", "x2", "x3", "x4"} {
				st, e := os.Stat(r.temp + "/" + f + ".parquet")
				if e == nil {
					t.Log(f, st.Size())
				}
			}
			t.Log("tables", t1.Sub(t0), c1-c0, "write", t2.Sub(t1), c2-c1, "warn", t3.Sub(t2), c3-c2, err, file.Accepted, file.Rows)
		} else {
			t.Log(err)
		}
		_ = rep
		b, _ := json.Marshal(rep)
		_ = b
		r.close()
	}
}
