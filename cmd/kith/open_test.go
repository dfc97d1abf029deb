package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/internal/warehouse"
)

// TestAnOutdatedWarehouseStaysWhileTheLogIsLost: it may be all that is left.
func TestAnOutdatedWarehouseStaysWhileTheLogIsLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := folder.At(dir)
	if err := f.PutSettings(commerce.Settings{}.Filled()); err != nil {
		t.Fatal(err)
	}
	// Nothing was imported as far as the note says, so that a warehouse of
	// other settings is made anew; but records were written.
	if err := f.PutReach(map[commerce.EntryType]uint64{commerce.RunEntry: 5}); err != nil {
		t.Fatal(err)
	}
	usd := commerce.Settings{Currency: "USD"}.Filled()
	db, err := warehouse.Open(t.Context(), warehouse.Config{Path: f.Warehouse(), Currency: usd.Currency, Zone: usd.Zone()})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(f.Warehouse())
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), []string{"segment", "count", "everyone", "--data", dir}, nil, &stdout, &stderr); got != 1 || !strings.Contains(stderr.String(), "restore a backup") {
		t.Errorf("status %d, %q", got, stderr.String())
	}
	after, err := os.ReadFile(f.Warehouse())
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the warehouse was changed: %d bytes, then %d, %v", len(before), len(after), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "warehouse.db.old")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("warehouse.db.old: %v", err)
	}
}

// TestWhatAWarehouseWasMadeForIsFound: the error names what to put back.
func TestWhatAWarehouseWasMadeForIsFound(t *testing.T) {
	t.Parallel()
	f := folder.At(t.TempDir())
	made := commerce.Settings{Currency: "RON", Timezone: "Europe/Bucharest"}.Filled()
	if err := f.PutReach(map[commerce.EntryType]uint64{commerce.ImportEntry: 1}); err != nil {
		t.Fatal(err)
	}
	w, err := tryFacts(t.Context(), f, api.NewLiveSettings(made))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	_, err = tryFacts(t.Context(), f, api.NewLiveSettings(commerce.Settings{}.Filled()))
	const want = `put "currency: RON" and "timezone: Europe/Bucharest" back into kith.yaml`
	if err == nil || !strings.Contains(err.Error(), want) || commerce.CodeOf(err) != commerce.CodeConflict {
		t.Errorf("tryFacts = %v, want %s", err, want)
	}
}

// TestAFullOutputIsAFailure holds for every way in which commands write.
func TestAFullOutputIsAFailure(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"version"}, {"version", "--json"}, {"routes"}, {"segment"}, {"help", "segment"}} {
		var stderr bytes.Buffer
		got := run(t.Context(), args, nil, fullWriter{}, &stderr)
		if got != 1 || !strings.HasPrefix(stderr.String(), "kith: ") || strings.Count(stderr.String(), "full") != 1 {
			t.Errorf("%v: status %d, %q", args, got, stderr.String())
		}
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, errors.New("full") }
