package live

// Within calls yield with those who are in a segment of Segments, looking at so
// many people from a place on, and returns the place to go on at; below 0 at
// the end. Nobody is unpacked: it only looks.
func (e *Engine) Within(segment, from, people int, yield func(Key)) (next int) {
	end := min(len(e.persons), from+people)
	for _, p := range e.persons[min(from, end):end] {
		if p != nil && e.within(p, segment) {
			yield(p.name())
		}
	}
	if end == len(e.persons) {
		return -1
	}
	return end
}

// within says whether a person is in a segment as of the latest instant asked.
func (e *Engine) within(p *person, segment int) bool {
	switch {
	case !p.kept():
		return false
	case p.open():
		return p.in[segment]
	}
	return isPackedIn(e.standings.look(p.standing), segment)
}
