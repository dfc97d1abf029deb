package words

import (
	"slices"
	"testing"
)

// FuzzMatch: a header names a language that is spoken or none, the same one
// twice, and of a language's own tag it is that language.
func FuzzMatch(f *testing.F) {
	for _, header := range []string{"", "ro-RO,ro;q=0.9,en;q=0.8", "zh-Hant", "zh-CN,zh;q=0.9", "ko;q=0", "*;q=0.1", "x-klingon", "en;q=1.1", "i-default"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := Match(header)
		if got != "" && (!slices.Contains(Languages(), got) || Match(got) != got) {
			t.Fatalf("%q: %q, and of that %q", header, got, Match(got))
		}
		if again := Match(header); again != got {
			t.Fatalf("%q: %q, then %q", header, got, again)
		}
	})
}
