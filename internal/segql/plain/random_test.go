package plain

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/segqltest"
)

// TestRandomShops asks random questions about random shops: nothing panics,
// the printed script gives the same answers, answers are neither always
// empty nor always everyone.
func TestRandomShops(t *testing.T) {
	t.Parallel()
	answers := map[string]int{}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		shop, asOf := RandomShop(r, 60)
		backend := NewBackend(shop, nil)
		if err := backend.Load(Records(shop)...); err != nil {
			t.Fatal(err)
		}
		all, err := backend.Members("everyone", asOf[len(asOf)-1])
		if err != nil || len(all) < 3 {
			t.Fatalf("seed %d: %v, %v", seed, all, err)
		}
		for range 25 {
			at := asOf[r.IntN(len(asOf))]
			tree := segqltest.RandomTree(r, segqltest.Options{Vocabulary: Vocabulary(asOf), NoMoved: true})
			got, err := backend.Members(segql.Print(tree), at)
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, segql.Print(tree), err)
			}
			switch len(got) {
			case 0:
				answers["none"]++
			case len(all):
				answers["all"]++
			default:
				answers["some"]++
			}
		}
	}
	t.Log(answers)
	if answers["some"] < 60 {
		t.Errorf("too few questions tell customers apart: %v", answers)
	}
}

// TestScriptOfCase reads printed cases back.
func TestScriptOfCase(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 2))
		shop, asOf := RandomShop(r, 40)
		tree := segqltest.RandomTree(r, segqltest.Options{Vocabulary: Vocabulary(asOf), NoMoved: true})
		text := Case{shop, tree, asOf[0]}.Script()
		shops, err := script.Parse("case", strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		report, err := script.Run(shops[0], NewBackend(shops[0], nil), script.Options{})
		if err != nil || len(report.Failures) > 0 || report.Passed != 1 {
			t.Fatalf("seed %d: %+v, %v\n%s", seed, report, err, text)
		}
	}
}

// TestShrink finds the few lines that a made-up difference needs.
func TestShrink(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 3))
	shop, asOf := RandomShop(r, 60)
	root, problems := segql.Parse(`(has order in last 2 years and not has item[price < 0]) or in segment "vip"`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	fails := func(c Case) bool {
		members, err := c.Members()
		return err == nil && slices.Contains(members, "ana") && strings.Contains(c.Text(), "order")
	}
	c := Case{shop, root, asOf[len(asOf)-1]}
	if !fails(c) {
		t.Fatal("ana has no order in this shop")
	}
	small := Shrink(c, fails)
	if len(small.Shop.Lines) != 1 || small.Text() != "has order" || len(small.Shop.Segments) != 0 {
		t.Errorf("not small:\n%s", small.Script())
	}
}
