package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
)

// How many shops TestFollow plays by default, and how long. KITH_FOLLOW_SEEDS
// and KITH_FOLLOW_SEED say how many, and where the seeds start. With
// KITH_FOLLOW_SHRINK what is wrong is told with as little as brings it about.
const (
	followSeeds = 1
	followLooks = 14 // at each, all memberships are compared
)

// TestFollow lets anything happen to a shop, served and not, and compares: the
// recorded standings and the kept sizes must be what SQL answers, and the
// recorded transitions must lead there.
func TestFollow(t *testing.T) {
	t.Parallel()
	seeds, start := followEnv(t, "KITH_FOLLOW_SEEDS", followSeeds), followEnv(t, "KITH_FOLLOW_SEED", 1)
	var compared, filled, sampled atomic.Int64
	t.Run("shops", func(t *testing.T) {
		for i := range seeds {
			seed := uint64(start + i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				g := newFollowMaker(rand.New(rand.NewPCG(seed, 23)))
				var done []deed
				f := newFollowed(t.Context(), t.TempDir(), g.settings())
				problem := f.play(func() deed {
					done = append(done, g.next())
					return done[len(done)-1]
				})
				compared.Add(f.compared)
				filled.Add(f.filled)
				sampled.Add(f.sampled)
				if problem == "" {
					return
				}
				if os.Getenv("KITH_FOLLOW_SHRINK") != "" {
					done, problem = shrinkFollowed(t, g.settings(), done, problem)
				}
				t.Errorf("%s\n%s\n%s", problem, g.settings(), showDeeds(done))
			})
		}
	})
	t.Logf("%d memberships of segments compared, %d not empty; %d instants of transitions looked at", compared.Load(), filled.Load(), sampled.Load())
}

func followEnv(t *testing.T, name string, otherwise int) int {
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
