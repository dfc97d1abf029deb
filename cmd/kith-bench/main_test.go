package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test's own program be the children of an import.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArg {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestTiny runs the bench at a tiny size: both sides must give the same answers.
// It looks at no time. What needs the program itself, console, is left out.
func TestTiny(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// That the program can be started is tested with the program.
	kith := filepath.Join(dir, "kith")
	if err := os.WriteFile(kith, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	var out strings.Builder
	document := filepath.Join(dir, "benchmarks.md")
	err := run(t.Context(), []string{
		"-dir", dir, "-only", "questions,presets,rfm,import,start,stream", "-times", "0.001", "-stream", "0.0002", "-rounds", "1", "-lasting", "100ms", "-rate", "500", "-kith", kith, "-retail", "nowhere", "-write", document, "-date", "2026-01-01",
	}, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		"s0.001_q_sequence_ratio", "s0.001_presets_ratio", "s0.001_rfm_ratio", "import_rss", "start_bench", "# skipped:",
		"stream_x0.0002_rate", "stream_x0.0002_visible_p99 ", "stream_x0.0002_history_definition_size", "stream_x0.0002_history_favourites_transitions 20.000",
		"stream_x0.0002_midnight_exact 200.000", "stream_x0.0002_rss_peak", "stream_x0.0002_history_rss_peak",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	content, err := os.ReadFile(document)
	if err != nil || !strings.Contains(string(content), "| import_rss |") {
		t.Errorf("the report lacks a row for import_rss (%v):\n%s", err, content)
	}
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "nothing"}, {"-times", "0"}, {"-times", "x"}, {"-stream", "0"}, {"-rate", "0"}} {
		if err := run(t.Context(), args, new(strings.Builder)); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
