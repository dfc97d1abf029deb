package intake
import ("testing";"os";"time";"kith/internal/commerce")
func TestZZ(t *testing.T) {
	cfg := Config{Kind: commerce.Orders, Files: []string{"/tmp/intake-work/big.parquet"}, Out: "/tmp", Temp: t.TempDir(), Zone: time.UTC}
	r, err := newReader(t.Context(), cfg, true)
	if err != nil { t.Fatal(err) }
	defer r.close()
	tabs, err := r.tables()
	if err != nil { t.Fatal(err) }
	s := newShape(&r.cfg, tabs[0], 0, 0)
	q := s.query()
	os.WriteFile("/tmp/intake-work/query.sql", []byte(q), 0o644)
}
