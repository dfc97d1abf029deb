package upload

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzName: a name is one part of a path, can be printed, is at most maxName
// long, and stays as it is when it is cleaned again.
func FuzzName(f *testing.F) {
	for _, name := range []string{"orders.csv", `C:\x\orders.csv`, "../../etc/passwd", "..", "", "a\x1b[31m\u202e.csv", strings.Repeat("é", 200), " . ", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := clean(name)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, `/\`) || utf8.RuneCountInString(got) > maxName || !utf8.ValidString(got) {
			t.Fatalf("%q: %q", name, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q: %q", name, got)
		}
		if again := clean(got); again != got {
			t.Fatalf("%q: %q, then %q", name, got, again)
		}
	})
}
