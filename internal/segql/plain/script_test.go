package plain

import (
	"os"
	"path/filepath"
	"testing"

	"kith/internal/segment/script"
)

// TestScripts runs every script of the language.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../segment/script/testdata/*.txt")
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
	defer f.Close()
	shops, err := script.Parse(filepath.Base(file), f)
	if err != nil {
		t.Fatal(err)
	}
	skipped := 0
	for _, shop := range shops {
		report, err := script.Run(shop, NewBackend(shop, nil), script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range report.Failures {
			t.Error(failure)
		}
		skipped += report.Skipped
	}
	if skipped > 0 {
		t.Logf("%d expectations need recorded transitions", skipped)
	}
}
