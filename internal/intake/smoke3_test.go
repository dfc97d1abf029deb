package intake

import (
	"os"
	"testing"
	"time"
	"kith/internal/commerce"
)

func TestExplain(t *testing.T) {
	if os.Getenv("SMOKE") == "" { t.Skip("no") }
	cfg := Config{Kind: commerce.Orders, Files: []string{os.Getenv("SMOKE")}, Out: "/tmp/exp/out", Temp: t.TempDir(), Zone: time.UTC, Format: os.Getenv("FORMAT")}
	r, err := newReader(t.Context(), cfg, true)
	if err != nil { t.Fatal(err) }
	defer r.close()
	tabs, err := r.tables()
	if err != nil { t.Fatal(err) }
	s := newShape(&r.cfg, tabs[0], 0, 0)
	q := s.query()
	t.Log(q)
	r.each("EXPLAIN ANALYZE SELECT count(*) FILTER (WHERE "+s.values["email"].warn+") FROM ("+s.sql()+")", 2, func(row []string) error { t.Log(row[1]); return nil })
	r.each("EXPLAIN ANALYZE COPY (SELECT "+recordColumns("orders")+" FROM ("+q+") WHERE bad IS NULL) TO '"+r.temp+"/e.parquet'", 2, func(row []string) error { t.Log(row[1]); return nil })
}
