package warehouse

import (
	"hash/maphash"

	"kith/internal/profile"
)

// named are the numbers of the customers who have these names.
func (s *sheet) named(names []profile.Name) map[int32]bool {
	s.indexing.Do(s.index)
	numbers := make(map[int32]bool, len(names))
	for _, name := range names {
		if place, ok := s.placeOf(name); ok {
			numbers[s.numbers[place]] = true
		}
	}
	return numbers
}

// index lets customers be found by name: a table of places, from 1, each as near
// as there was room behind what its name's hash says. A map of a million texts
// would take ten times as much.
func (s *sheet) index() {
	size := 1
	for size < 2*len(s.numbers) {
		size *= 2
	}
	s.byName, s.seed = make([]int32, size), maphash.MakeSeed()
	for place := range s.numbers {
		at := s.slot(s.kinds[place], s.texts[idText].at(place))
		for s.byName[at] != 0 {
			at = (at + 1) % size
		}
		s.byName[at] = int32(place + 1)
	}
}

func (s *sheet) slot(kind profile.NameKind, id string) int {
	return int((maphash.String(s.seed, id) + uint64(kind)) % uint64(len(s.byName)))
}

func (s *sheet) placeOf(name profile.Name) (int, bool) {
	for at := s.slot(name.Kind, name.ID); s.byName[at] != 0; at = (at + 1) % len(s.byName) {
		place := int(s.byName[at]) - 1
		if s.kinds[place] == name.Kind && string(s.texts[idText].view(place)) == name.ID {
			return place, true
		}
	}
	return 0, false
}
