package warehouse_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
)

// TestExplanationsAnswerAsSQL asks the evaluator, over what the warehouse
// holds of each customer, what SQL answers too: at any instant, with base
// fields and percentiles.
func TestExplanationsAnswerAsSQL(t *testing.T) {
	t.Parallel()
	for seed := range uint64(fromEnv(t, "KITH_DIFFERENTIAL_SHOPS", 6)) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 17))
			shop, asOf := plain.RandomShop(r, factsPerShop)
			sortByKind(shop)
			b := newBackend(t, shop)
			defer closeBackend(t, b)
			if err := b.Load(plain.Records(shop)...); err != nil {
				t.Fatal(err)
			}
			for range 8 {
				at := asOf[r.IntN(len(asOf))]
				tree := segqltest.RandomTree(r, segqltest.Options{Vocabulary: plain.Vocabulary(asOf), NoMoved: true})
				text := segql.Print(tree)
				everyone, err := b.Members("everyone", at)
				if err != nil {
					t.Fatal(err)
				}
				want, err := b.Members(text, at)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range everyone {
					x, err := b.Explain(text, id, at)
					if err != nil {
						t.Fatalf("%s: %s: %v", text, id, err)
					}
					if x.Tree.Holds != slices.Contains(want, id) {
						t.Errorf("seed %d: at %s: %s\n%s is a member: %v, but by the explanation %v", seed, at.Format(time.RFC3339Nano), text, id, !x.Tree.Holds, x.Tree.Holds)
					}
				}
			}
		})
	}
}
