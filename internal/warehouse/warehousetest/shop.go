// Package warehousetest makes small warehouses for tests.
package warehousetest

import (
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/warehouse"
)

// Shop is a warehouse in memory that lives as long as its test.
type Shop struct {
	*warehouse.DB

	// At is the instant of the next load: what arrives without an instant is
	// from then. It starts at the beginning of 2026 and moves by a second
	// with every load.
	At time.Time

	t   testing.TB
	seq int64
}

// Open makes an empty shop.
func Open(t testing.TB, currency, timezone string) *Shop {
	t.Helper()
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		t.Fatal(err)
	}
	db, err := warehouse.Open(t.Context(), warehouse.Config{Currency: currency, Zone: zone, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Shop{DB: db, t: t, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// Add loads rows as one import.
func (s *Shop) Add(kind commerce.Kind, rows ...warehouse.Row) warehouse.Result {
	s.t.Helper()
	s.seq++
	s.At = s.At.Add(time.Second)
	result, err := s.Load(s.t.Context(), warehouse.Batch{Seq: s.seq, Kind: kind, At: s.At, Rows: rows})
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}
