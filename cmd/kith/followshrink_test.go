package main

import (
	"slices"
	"testing"
)

// shrinkFollowed leaves out whatever can be left out with something still
// being wrong.
func shrinkFollowed(t *testing.T, settings string, all []deed, problem string) ([]deed, string) {
	try := func(some []deed) bool {
		i := 0
		found := newFollowed(t.Context(), t.TempDir(), settings).play(func() deed {
			if i == len(some) {
				return deed{do: "end", at: some[i-1].at}
			}
			i++
			return some[i-1]
		})
		if found != "" {
			problem = found
		}
		return found != ""
	}
	for size := len(all) / 2; size > 0; size /= 2 {
		for i := len(all) - 1 - size; i >= 0; i -= size { // the last one is the look that found it
			if some := slices.Delete(slices.Clone(all), i, i+size); try(some) {
				all = some
			}
			i = min(i, len(all)-1)
		}
	}
	for i := range all {
		for j := range slices.Backward(all[i].events) {
			some := slices.Clone(all)
			some[i].events = slices.Delete(slices.Clone(all[i].events), j, j+1)
			if len(some[i].events) > 0 && try(some) {
				all = some
			}
		}
	}
	try(all)
	return all, problem
}
