package folder_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"kith/internal/commerce"
	"kith/internal/folder"
)

// FuzzSettings: settings that are taken from a file come back as they are when
// they are written again; any other file is an error of one code.
func FuzzSettings(f *testing.F) {
	for _, content := range []string{
		"name: \"x\"\ncurrency: RON\ntimezone: Europe/Bucharest\ncountry: RO\nlanguage: zh-Hant\nreward_points: 500\nshipping_step: 2\n",
		"", "name: [a, b]\n", "name: {a: 1}\n", "reward_points: 1e3\n", "name: \"\\0\\e\\xff\"\n", "country: NO\n", "x: 1\n", "name: &a [*a]\n", "name: |\n  a\n  b\n",
	} {
		f.Add([]byte(content))
	}
	dir := f.TempDir()
	at := folder.At(dir)
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, "kith.yaml"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := at.Settings()
		if err != nil {
			if commerce.CodeOf(err) != commerce.CodeConflict {
				t.Fatalf("%q: %v", content, err)
			}
			return
		}
		if err := got.Validate(); err != nil {
			t.Fatalf("%q: %+v, %v", content, got, err)
		}
		if !utf8.ValidString(got.Name + got.ShippingStep) {
			t.Fatalf("%q: %+v", content, got)
		}
		if err := at.PutSettings(got); err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		if again, err := at.Settings(); err != nil || again != got {
			t.Fatalf("%q: %+v, then %+v, %v", content, got, again, err)
		}
	})
}
