package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// TestScriptsThatAreTooLarge: no more of a file is read than a script may hold,
// and one of that size is read.
func TestScriptsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "script.txt")
	line := "# " + strings.Repeat("x", 1021) + "\n"
	if err := os.WriteFile(file, []byte(strings.Repeat(line, maxScript/len(line))), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), []string{"segment", "test", file}, nil, &stdout, &stderr); got != statusDone {
		t.Errorf("status %d: %s", got, stderr.String())
	}
	files := []string{file}
	if zeros, err := os.Stat("/dev/zero"); err == nil && zeros.Mode()&os.ModeCharDevice != 0 {
		files = append(files, "/dev/zero")
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("#"); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		stderr.Reset()
		got := run(t.Context(), []string{"segment", "test", name}, nil, &stdout, &stderr)
		if want := "reading " + name + ": the file is larger than 16 MiB; divide it"; got != statusWrong || !strings.Contains(stderr.String(), want) {
			t.Errorf("status %d: %s", got, stderr.String())
		}
	}
}
