package warehouse_test

import (
	"os"
	"path/filepath"
	"testing"

	"kith/internal/segment/script"
	"kith/internal/warehouse"
)

// TestScripts runs every script of the language on the SQL back end.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../segment/script/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runScript(t, file)
		})
	}
}

func runScript(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	shops, err := script.Parse(filepath.Base(file), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range shops {
		b := newBackend(t, shop)
		report, err := script.Run(shop, b, script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range report.Failures {
			t.Error(failure)
		}
		closeBackend(t, b)
	}
}

// newBackend opens the batch back end for a script's shop.
func newBackend(t testing.TB, s script.Shop) *warehouse.Script {
	t.Helper()
	b, err := warehouse.OpenScript(t.Context(), s, warehouse.ScriptConfig{
		Threads: 1,
		Refused: func(r warehouse.Refusal) { t.Logf("line %d: %s: %s", r.Line, r.Column, r.Reason) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func closeBackend(t testing.TB, b *warehouse.Script) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
