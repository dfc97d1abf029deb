package warehouse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"kith/internal/commerce"
)

func TestLoadIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	g := &randomShop{rand: rand.New(rand.NewPCG(3, 3))}
	for range 4 {
		kind, rows := g.batch()
		s.load(kind, rows...)
	}
	before := s.prints()
	stop := errors.New("the disk is full")
	for _, kind := range commerce.Kinds {
		rows := []Row{{"date": "2026-03-01", "currency": "EUR", "rate": 5}}
		if kind != commerce.Rates {
			rows = []Row{g.row(kind), g.row(kind), g.row(kind)}
		}
		called := false
		_, err := s.Load(t.Context(), Batch{Seq: 99, Kind: kind, At: s.at, Rows: rows, BeforeCommit: func(_ context.Context, r Result) error {
			called = r.Rows == int64(len(rows))
			return stop
		}})
		if !errors.Is(err, stop) || !called {
			t.Errorf("%s: %v, called %v", kind, err, called)
		}
		wantSame(t, before, s.prints())
	}
	// A batch that is wrong leaves nothing behind that stops the next.
	if _, err := s.Load(t.Context(), Batch{Seq: 99, Kind: commerce.Orders, Rows: []Row{{"nonsense": 1}}}); err == nil {
		t.Error("a column that does not exist was taken")
	}
	wantSame(t, before, s.prints())
	s.load(commerce.Orders, g.row(commerce.Orders))
	if _, err := s.Load(t.Context(), Batch{Seq: s.seq, Kind: commerce.Orders, At: s.at}); err == nil {
		t.Error("a record was applied twice")
	}
}

func TestImportIsRemembered(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	if _, err := s.Load(t.Context(), Batch{Seq: 7, Kind: commerce.Orders, Hash: "abc", At: s.at, Rows: []Row{{"order_id": "o1", "ts": "2026-01-01"}}}); err != nil {
		t.Fatal(err)
	}
	s.want("FROM import", "7 orders abc 1 2026-04-01 true")
	if seq, err := s.AppliedSeq(t.Context()); seq != 7 || err != nil {
		t.Error(seq, err)
	}
	for hash, want := range map[string]bool{"abc": true, "abd": false} {
		if got, err := s.Imported(t.Context(), "orders", hash); got != want || err != nil {
			t.Error(hash, got, err)
		}
	}
}

// Files and rows end in the same facts; a warehouse made anew from the files
// is the same, and takes the old one's place.
func TestRebuildFromFiles(t *testing.T) {
	t.Parallel()
	dir, archive := t.TempDir(), t.TempDir()
	zone, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Path: filepath.Join(dir, "old.duckdb"), Currency: "RON", Zone: zone, ArchiveDir: archive, MemoryLimit: "500MB", Threads: 2, TempDir: t.TempDir()}
	byRows := openShop(t)
	g := &randomShop{rand: rand.New(rand.NewPCG(5, 5))}
	var batches []Batch
	for i := range 6 {
		kind, rows := g.batch()
		at := byRows.at.AddDate(0, 0, i)
		file := filepath.Join(archive, fmt.Sprintf("%d's.parquet", i))
		writeRecords(t, file, kind, rows)
		batches = append(batches, Batch{Seq: int64(i + 1), Kind: kind, At: at, Files: []string{file}})
		byRows.load(kind, rows...)
	}
	want := byRows.prints()

	for _, path := range []string{config.Path, filepath.Join(dir, "new.duckdb")} {
		config.Path = path
		db, err := Create(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			if _, err := db.Load(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Create(t.Context(), config); err == nil {
		t.Error("a warehouse was created over another")
	}
	old := filepath.Join(dir, "old.duckdb")
	if err := Replace(old, config.Path); err != nil {
		t.Fatal(err)
	}
	config.Path = old
	db, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.Fingerprint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, want, got)
	if _, err := db.sql.ExecContext(t.Context(), "COPY shop TO "+literal(filepath.Join(dir, "x.csv"))); err == nil {
		t.Error("files can be written")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	config.Currency = "EUR"
	if _, err := Open(t.Context(), config); err == nil {
		t.Error("another currency was taken")
	}
}

// writeRecords makes a Parquet file of rows, as the archive does.
func writeRecords(t *testing.T, file string, kind commerce.Kind, rows []Row) {
	t.Helper()
	s := openWriter(t, filepath.Dir(file))
	tx, err := s.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &load{db: s.DB, batch: Batch{Kind: kind, Rows: rows}}
	l.runner = runner{ctx: t.Context(), conn: s.writer}
	if err := l.stageRows(); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("COPY record_row TO " + literal(file) + " (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// openWriter opens a warehouse that may read and write files in a folder.
func openWriter(t *testing.T, dir string) *shop {
	t.Helper()
	db, err := Open(t.Context(), Config{Currency: "RON", Zone: time.UTC, ArchiveDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &shop{DB: db, t: t}
}

// A long import is taken in slices; the facts are those of the whole. Orders
// whose rows lie far apart are found, and then it is taken as a whole.
func TestSlices(t *testing.T) {
	t.Parallel()
	for _, scattered := range []bool{false, true} {
		var rows []Row
		for i := range 40 {
			for line := range 1 + i%3 {
				row := Row{
					"order_id": fmt.Sprintf("o%d", i), "customer_id": fmt.Sprintf("c%d", i%7), "ts": time.Date(2026, 3, 1, i, 0, 0, 0, time.UTC),
					"product_id": fmt.Sprintf("p%d", line), "quantity": 1 + line - 2*(i%5/4), "unit_price": 5, "country": "RO", "email": fmt.Sprintf("e%d", i%11),
				}
				if i%6 == 0 {
					row["refunded"] = 1
				}
				if i == 13 && line == 1 {
					row["coupon"] = "other"
				}
				rows = append(rows, row)
			}
		}
		if scattered {
			rows[70]["order_id"], rows[70]["customer_id"], rows[70]["email"], rows[70]["refunded"] = "o4", "c4", "e4", nil
		}
		file := filepath.Join(t.TempDir(), "orders.parquet")
		writeRecords(t, file, commerce.Orders, rows)
		var prints []map[string]string
		for _, slice := range []int64{1000, 9, 1} {
			s := openWriter(t, filepath.Dir(file))
			s.sliceRows = slice
			statements := map[string]int{}
			s.observe = func(name string) { statements[name]++ }
			r, err := s.Load(t.Context(), Batch{Seq: 1, Kind: commerce.Orders, At: s.at, Files: []string{file}})
			if err != nil {
				t.Fatal(err)
			}
			if r.Refused != 1 || r.Orders+r.Items+r.Refunds == 0 {
				t.Errorf("result %+v", r)
			}
			if whole := slice == 1000 || scattered; (statements["key_seen"] == 1) != (slice == 1000) && !whole {
				t.Errorf("taken in %d slices", statements["key_seen"])
			}
			prints = append(prints, s.prints())
		}
		wantSame(t, prints[0], prints[1])
		wantSame(t, prints[0], prints[2])
	}
}
