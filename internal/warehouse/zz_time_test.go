package warehouse_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
)

func TestZZTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 11))
	shop, asOf := plain.RandomShop(r, factsPerShop)
	t0 := time.Now()
	b := newBackend(t, shop)
	t.Log("open", time.Since(t0))
	t0 = time.Now()
	b.Load(plain.Records(shop)...)
	b.flush()
	t.Log("load", b.seq, time.Since(t0))
	for range 10 {
		tree := segqltest.RandomTree(r, segqltest.Options{Vocabulary: plain.Vocabulary(asOf), NoMoved: true})
		t0 = time.Now()
		b.Members(segql.Print(tree), asOf[0])
		t.Log(time.Since(t0), segql.Print(tree))
	}
}
