package segqltest_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/segql"
	"kith/internal/segql/segqltest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The corpus is what the console's builder is tested with (web/test): random
// segments that a demo shop can check, in canonical form, one on a line.
func TestCorpus(t *testing.T) {
	t.Parallel()
	v := vocabulary()
	v.Segments = []string{"recent-buyers", "lapsed-buyers"}
	r := rand.New(rand.NewPCG(7, 11))
	seen := map[string]int{}
	var corpus strings.Builder
	for range 200 {
		n := segqltest.RandomTree(r, segqltest.Options{Vocabulary: v})
		count(seen, n)
		corpus.WriteString(segql.Print(n) + "\n")
	}
	for _, want := range grammar() {
		if seen[want] == 0 {
			t.Errorf("no segment of the corpus has %s", want)
		}
	}
	path := filepath.Join("testdata", "corpus.txt")
	if *update {
		if err := os.WriteFile(path, []byte(corpus.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != corpus.String() {
		t.Errorf("%s is not what the generator makes; write it anew: go test ./internal/segql/segqltest -update", path)
	}
}
