package priceband

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// sample chooses the peers among those who bought in several categories: all
// of them if that takes no more than so many visits of a unit, or else a
// random part, at least so many. The same shop gives the same sample.
func (s *shop) sample(visits, least int) {
	var units int
	for _, i := range s.several {
		units += len(s.customers[i].units)
	}
	s.peers = s.several
	if work := float64(units) * float64(len(s.sets)); work > float64(visits) {
		share := float64(visits) / work
		n := min(len(s.several), max(least, int(share*float64(len(s.several)))))
		s.peers = slices.Clone(s.several)
		r := rand.New(rand.NewPCG(0, 0)) //nolint:gosec // the sample must be the same again
		r.Shuffle(len(s.peers), func(i, j int) { s.peers[i], s.peers[j] = s.peers[j], s.peers[i] })
		s.peers = s.peers[:n]
		slices.Sort(s.peers) // memory is read in order
	}
	for _, i := range s.peers {
		s.customers[i].among = true
	}
}

// bands finds the band of each customer; empty for one without.
func (s *shop) bands() []Band {
	all := make([]Band, len(s.customers))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(s.sets) {
					return
				}
				s.compare(s.sets[i], all)
			}
		})
	}
	workers.Wait()
	return all
}

// compare finds the bands of one set's members.
func (s *shop) compare(of *set, all []Band) {
	own := make([]int64, len(of.members))
	for k, i := range of.members {
		own[k] = s.customers[i].own
	}
	lower, among := s.ofPeers(of, own)
	// A peer stands for as many as the sample left out.
	each, peer := int64(1), int64(1)
	if len(s.peers) < len(s.several) {
		each, peer = int64(len(s.peers)), int64(len(s.several))
	}
	among *= peer
	for k := range lower {
		lower[k] *= peer
	}
	for _, category := range of.categories {
		medians := s.single[category]
		among += each * int64(len(medians))
		for k := range own {
			n, _ := slices.BinarySearch(medians, own[k])
			lower[k] += each * int64(n)
		}
	}
	for k, i := range of.members {
		c := &s.customers[i]
		if c.among && c.within < c.own {
			// Nobody is lower than they are themselves.
			if len(of.categories) == 1 {
				lower[k] -= each
			} else {
				lower[k] -= peer
			}
		}
		all[i] = bandOf(lower[k], among)
	}
}

// ofPeers counts the peers who bought in any of a set's categories, and for
// each of the members' medians, which are ordered, how many of them are lower.
func (s *shop) ofPeers(of *set, own []int64) (lower []int64, among int64) {
	lower = make([]int64, len(own)+1)
	in := s.membership(of.categories)
	for _, i := range s.peers {
		if median, ok := doubledMedian(s.customers[i].units, in); ok {
			among++
			lower[sort.Search(len(own), func(k int) bool { return own[k] > median })]++
		}
	}
	var sum int64
	for k := range own {
		sum += lower[k]
		lower[k] = sum
	}
	return lower[:len(own)], among
}

func bandOf(lower, among int64) Band {
	switch {
	case 100*lower < 33*among:
		return Value
	case 100*lower < 80*among:
		return Mid
	default:
		return Premium
	}
}
