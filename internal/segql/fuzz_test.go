package segql

import "testing"

// seeds are all texts of testdata, right and wrong ones.
func seeds(f *testing.F) []string {
	var all []string
	for _, file := range []string{"trees.txt", "segments.txt", "errors.txt"} {
		for _, x := range readExamples(f, file) {
			all = append(all, x.text)
		}
	}
	return all
}

func FuzzParse(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, problems := Parse(text)
		checked, found := Compile(text, testCatalogue())
		Pointed(text, found)
		if len(problems) > 0 {
			if checked != nil {
				t.Fatal("a text with problems was compiled")
			}
			return
		}
		if checked != nil {
			for term, typ := range checked.Types {
				if typ == Invalid || typ == Dynamic {
					t.Fatalf("%s has no type", PrintTerm(term))
				}
			}
		}
		checkRoundTrip(t, n)
	})
}

func FuzzFromJSON(f *testing.F) {
	for _, text := range seeds(f) {
		if n, problems := Parse(text); len(problems) == 0 {
			data, err := ToJSON(n)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := FromJSON(data); err == nil {
			checkRoundTrip(t, n)
		}
	})
}

func FuzzEventKey(f *testing.F) {
	f.Add("Product Viewed")
	f.Fuzz(func(t *testing.T, name string) {
		if key := EventKey(name); EventKey(key) != key {
			t.Errorf("EventKey(%q) = %q, and of that %q", name, key, EventKey(key))
		}
	})
}
