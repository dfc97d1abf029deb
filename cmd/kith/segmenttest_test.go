package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGuideScript runs the script of the users' guide.
func TestGuideScript(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/segments.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)<!-- script -->\n```text\n(.*?\n)```\n\n```console\n.*?\n(.*?\n)```").FindSubmatch(guide)
	if m == nil {
		t.Fatal("the guide shows no script with what it prints")
	}
	file := filepath.Join(t.TempDir(), "script.txt")
	if err := os.WriteFile(file, m[1], 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), []string{"segment", "test", file}, nil, &stdout, &stderr); got != statusDone {
		t.Errorf("status %d: %s", got, stderr.String())
	}
	if stdout.String() != string(m[2]) {
		t.Errorf("printed %q, the guide says %q", stdout.String(), m[2])
	}
}
