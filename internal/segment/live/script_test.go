package live_test

import (
	"os"
	"path/filepath"
	"testing"

	"kith/internal/segment/live"
	"kith/internal/segment/script"
)

// TestScripts runs every script of the language.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../script/testdata/*.txt")
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
	for _, shop := range shops {
		backend, err := live.NewScript(shop, nil)
		if err != nil {
			t.Fatal(err)
		}
		report, err := script.Run(shop, backend, script.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range report.Failures {
			t.Error(failure)
		}
	}
}
