package warehouse

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

// shop is a warehouse in memory and what a test needs to fill and read it.
type shop struct {
	*DB
	t   testing.TB
	seq int64
	at  time.Time // of the next load
}

func openShop(t testing.TB) *shop {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), Config{Currency: "RON", Zone: zone, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &shop{DB: db, t: t, at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
}

// load loads rows; the nth load is of April n, 2026.
func (s *shop) load(kind commerce.Kind, rows ...Row) Result {
	s.t.Helper()
	s.seq++
	result, err := s.Load(s.t.Context(), Batch{Seq: s.seq, Kind: kind, At: s.at.AddDate(0, 0, int(s.seq)-1), Rows: rows})
	if err != nil {
		s.t.Fatal(err)
	}
	return result
}

func (s *shop) orders(rows ...Row) Result { s.t.Helper(); return s.load(commerce.Orders, rows...) }
func (s *shop) customers(rows ...Row) Result {
	s.t.Helper()
	return s.load(commerce.Customers, rows...)
}

func (s *shop) products(rows ...Row) Result { s.t.Helper(); return s.load(commerce.Products, rows...) }

func (s *shop) events(rows ...Row) Result { s.t.Helper(); return s.load(commerce.Events, rows...) }
func (s *shop) rates(rows ...Row) Result  { s.t.Helper(); return s.load(commerce.Rates, rows...) }

// want compares a query's rows, values parted by a space, NULL as "-".
func (s *shop) want(query string, want ...string) {
	s.t.Helper()
	got := s.read(query)
	if !slices.Equal(got, want) {
		s.t.Errorf("%s\n got: %s\nwant: %s", query, strings.Join(got, "\n      "), strings.Join(want, "\n      "))
	}
}

func (s *shop) read(query string) []string {
	s.t.Helper()
	rows, err := s.sql.QueryContext(s.t.Context(), "SELECT concat_ws(' ', coalesce(CAST(COLUMNS(*) AS VARCHAR), '-')) FROM ("+query+")")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.NullString)
		}
		if err := rows.Scan(values...); err != nil {
			s.t.Fatal(err)
		}
		parts := make([]string, len(columns))
		for i, v := range values {
			parts[i] = tidy(v.(*sql.NullString).String)
		}
		out = append(out, strings.Join(parts, " "))
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// tidy takes the zeros off a number and writes an instant's midnight as a day.
func tidy(s string) string {
	if strings.HasSuffix(s, "000000") && strings.Contains(s, ".") || strings.Contains(s, ".") && len(s)-strings.IndexByte(s, '.') == 7 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return strings.TrimSuffix(s, " 00:00:00")
}

// refusals returns what was refused, as "line column: reason".
func refusals(r Result) string {
	var out []string
	for _, f := range r.Refusals {
		out = append(out, strings.Join([]string{strconv.FormatInt(f.Line, 10), f.Column + ":", f.Reason}, " "))
	}
	return strings.Join(out, "; ")
}

// prints is Fingerprint without the tables that say how facts arrived.
func (s *shop) prints(without ...string) map[string]string {
	s.t.Helper()
	prints, err := s.Fingerprint(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, table := range without {
		delete(prints, table)
	}
	return prints
}
