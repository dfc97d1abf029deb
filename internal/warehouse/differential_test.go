package warehouse_test

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
)

// Differential tests ask random questions about random shops, of SQL and of
// the plain evaluator. KITH_DIFFERENTIAL_SHOPS and KITH_DIFFERENTIAL_SEED set
// how many shops are made and where the seeds start.
const (
	differentialShops = 50
	questionsPerShop  = 44
	factsPerShop      = 60
)

// TestDifferential asks at least 2,000 questions.
func TestDifferential(t *testing.T) {
	t.Parallel()
	shops, start := fromEnv(t, "KITH_DIFFERENTIAL_SHOPS", differentialShops), fromEnv(t, "KITH_DIFFERENTIAL_SEED", 1)
	var asked, some atomic.Int64
	t.Run("shops", func(t *testing.T) {
		for i := range shops {
			seed := uint64(start + i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				differ(t, seed, &asked, &some)
			})
		}
	})
	t.Logf("%d questions asked, %d told customers apart", asked.Load(), some.Load())
	if !t.Failed() && some.Load()*5 < asked.Load() {
		t.Errorf("only %d of %d questions told customers apart", some.Load(), asked.Load())
	}
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// differ asks one shop's questions and shrinks the first difference.
func differ(t *testing.T, seed uint64, asked, some *atomic.Int64) {
	r := rand.New(rand.NewPCG(seed, 11))
	shop, asOf := plain.RandomShop(r, factsPerShop)
	if seed%8 != 0 {
		sortByKind(shop)
	}
	records := plain.Records(shop)
	b, reference := newBackend(t, shop), plain.NewBackend(shop, nil)
	defer closeBackend(t, b)
	if err := errors.Join(b.Load(records...), reference.Load(records...)); err != nil {
		t.Fatal(err)
	}
	for range questionsPerShop {
		at := asOf[r.IntN(len(asOf))]
		tree := segqltest.RandomTree(r, segqltest.Options{Vocabulary: plain.Vocabulary(asOf), NoMoved: true})
		text := segql.Print(tree)
		want, err := reference.Members(text, at)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := b.Members(text, at)
		asked.Add(1)
		if len(want) > 0 && len(want) < len(shop.Lines) {
			some.Add(1)
		}
		if err == nil && slices.Equal(got, want) {
			continue
		}
		t.Errorf("seed %d: at %s\n%s\ngot  %v %v\nwant %v", seed, at.Format(time.RFC3339Nano), text, got, err, want)
		t.Logf("the smallest shop and question found:\n%s", shrink(t, plain.Case{Shop: shop, Tree: tree, At: at}))
		return
	}
}

// sortByKind lets what is of one kind arrive together, so that it loads in
// one batch: loading takes most of a shop's time. One shop in eight keeps the
// order in which its facts arrive.
func sortByKind(shop script.Shop) {
	slices.SortStableFunc(shop.Lines, func(a, b script.Line) int { return cmp.Compare(kindOf(shop, a), kindOf(shop, b)) })
}

func kindOf(shop script.Shop, l script.Line) commerce.Kind {
	if records := script.Arrivals(shop.Settings, l, 0); len(records) > 0 {
		return records[0].Kind
	}
	return ""
}

// shrink finds a small case that still differs, within two minutes.
func shrink(t *testing.T, c plain.Case) string {
	deadline := time.Now().Add(2 * time.Minute)
	return plain.Shrink(c, func(c plain.Case) bool {
		if time.Now().After(deadline) {
			return false
		}
		want, err := c.Members()
		if err != nil {
			return false
		}
		b := newBackend(t, c.Shop)
		defer closeBackend(t, b)
		if err := b.Load(plain.Records(c.Shop)...); err != nil {
			return false
		}
		got, err := b.Members(c.Text(), c.At)
		return err != nil || !slices.Equal(got, want)
	}).Script()
}
