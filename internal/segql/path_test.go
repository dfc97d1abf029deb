package segql_test

import (
	"errors"
	"testing"

	"kith/internal/segql"
)

func TestPathsOfProblems(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, path string }{
		{`coutry = "RO"`, "/left"},
		{`has order and coutry = "RO"`, "/parts/1/left"},
		{`has order and country = 3`, "/parts/1/right"},
		{`has order[totl > 3]`, "/facts/filter/left"},
		{`not sum(order.totl) > 3`, "/x/left/field"},
		{`no visit since last ordr[x = tags]`, "/window/facts/filter/right"},
		{`in segment "x"`, "/segment"},
		{`entered segment "x" today`, "/segment"},
		{`country matches "("`, "/text"},
		{`country in ("a", 3)`, "/list/1"},
		{`age between 3 and "x"`, "/high"},
		{`sequence(order, no order[totl = 3] within 1 day)`, "/steps/0/facts/filter/left"},
		{`percentile(country) > 3`, "/left/x"},
		{`age + country > 3`, "/left/right"},
	} {
		root, problems := segql.Parse(x.text)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", x.text, problems)
		}
		_, problems = segql.Check(root, nil)
		if len(problems) != 1 {
			t.Errorf("%s: %v", x.text, problems)
			continue
		}
		if got := segql.PathsOf(root).At(problems[0].Place); got != x.path {
			t.Errorf("%s: %v is at %s, want %s", x.text, problems, got, x.path)
		}
	}
}

// TestIncompleteTrees are what a builder has while somebody builds.
func TestIncompleteTrees(t *testing.T) {
	t.Parallel()
	const one = `{"kind":"number","value":1}`
	for _, x := range []struct {
		tree  string
		paths []string
	}{
		{`null`, []string{""}},
		{`{"kind":null}`, []string{"/kind"}},
		{`{"kind":"compare"}`, []string{"/op", "/left", "/right"}},
		{`{"kind":"compare","op":"=","left":{"kind":"field","name":""},"right":` + one + `}`, []string{"/left/name"}},
		{`{"kind":"not","x":{"kind":"compare","op":"=","left":` + one + `,"right":{"kind":"field","name":"a b"}}}`, []string{"/x/right"}},
		{`{"kind":"compare","op":"=","left":{"kind":"field","name":"AGE"},"right":` + one + `}`, []string{"/left/name"}},
		{`{"kind":"and","parts":[]}`, []string{"/parts"}},
		{`{"kind":"and","parts":[{"kind":"has"},{"kind":"has","facts":{"fact":""}},{"kind":"has","facts":{"event":""}}]}`, []string{"/parts/0/facts"}},
		{`{"kind":"and","parts":[{"kind":"everyone"},{"kind":"has","facts":{"event":""}}]}`, []string{"/parts/1/facts/event"}},
		{`{"kind":"and","parts":[{"kind":"everyone"},{"kind":"has","facts":{"fact":""}}]}`, []string{"/parts/1/facts/fact"}},
		{`{"kind":"or","parts":[3,{"kind":"nothing","x":3},{"kind":"in_segment"}]}`, []string{"/parts/0", "/parts/1", "/parts/2/segment"}},
		{`{"kind":"percent","n":101}`, []string{""}},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"in_last"}}`, []string{"/window/duration"}},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"in_last","duration":{"n":null,"unit":null}}}`, []string{"/window/duration/unit", "/window/duration/n"}},
		{`{"kind":"in","x":{"kind":"field","name":"country"},"list":[{}]}`, []string{"/list/0/kind"}},
	} {
		_, err := segql.FromJSON([]byte(x.tree))
		failure, ok := errors.AsType[*segql.TreeError](err)
		if !ok {
			t.Errorf("%s: %v", x.tree, err)
			continue
		}
		for i, want := range x.paths {
			if i >= len(failure.Problems) || failure.Problems[i].Path != want {
				t.Errorf("%s: %+v, want %v", x.tree, failure.Problems, x.paths)
				break
			}
		}
	}
}
