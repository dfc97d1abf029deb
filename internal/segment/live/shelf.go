package live

import "encoding/binary"

// shelf keeps packed things of persons, one of a person, many together: the
// garbage collector has nothing to look at between them. What is put anew
// leaves a gap where it was; a box that is half gaps is emptied into another.
type shelf struct {
	boxes []box
	empty []int32 // numbers of boxes that are not in use
	open  int32   // the box that is being filled, if there is one
	// spotOf is where a person's thing lies as far as the person knows; nil if
	// there is no such person.
	spotOf func(number int) *spot
}

// box holds things one after the other, each behind its person's number and
// its length. It is never moved, and written to only behind what is in it.
type box struct {
	bytes []byte
	gaps  int // bytes in it that are not used
}

// spot is where a thing lies; without bytes there is none.
type spot struct {
	box   int32
	at, n uint32
}

const (
	boxSize   = 64 << 10
	bigThing  = boxSize / 8 // has a box of its own
	thingHead = 8
)

func newShelf(spotOf func(number int) *spot) *shelf { return &shelf{open: -1, spotOf: spotOf} }

// there says that a spot holds something.
func (s spot) there() bool { return s.n > 0 }

// own says that the thing is alone in its box.
func (s spot) own() bool { return s.n >= bigThing }

// look is what lies in a spot; nil if nothing does. It stays as it is, and is
// not to be changed.
func (s *shelf) look(at spot) []byte {
	if !at.there() {
		return nil
	}
	return s.boxes[at.box].bytes[at.at : at.at+at.n : at.at+at.n]
}

// put keeps a person's thing in the place of the one before. It is copied.
func (s *shelf) put(number int, thing []byte) {
	s.take(number)
	*s.spotOf(number) = s.write(number, thing)
}

// take takes a person's thing away.
func (s *shelf) take(number int) {
	p := s.spotOf(number)
	old := *p
	*p = spot{}
	if !old.there() {
		return
	}
	b := &s.boxes[old.box]
	b.gaps += thingHead + int(old.n)
	if old.box != s.open && b.gaps*2 >= len(b.bytes) {
		s.clear(old.box)
	}
}

func (s *shelf) write(number int, thing []byte) spot {
	size := thingHead + len(thing)
	box := s.open
	switch {
	case len(thing) >= bigThing:
		box = s.newBox(size)
	case box < 0 || len(s.boxes[box].bytes)+size > boxSize:
		full := box
		box = s.newBox(boxSize)
		s.open = box
		if full >= 0 && s.boxes[full].gaps*2 >= len(s.boxes[full].bytes) {
			s.clear(full)
		}
	}
	b := &s.boxes[box]
	at := len(b.bytes) + thingHead
	b.bytes = binary.LittleEndian.AppendUint32(b.bytes, uint32(number))
	b.bytes = binary.LittleEndian.AppendUint32(b.bytes, uint32(len(thing)))
	b.bytes = append(b.bytes, thing...)
	return spot{box, uint32(at), uint32(len(thing))}
}

func (s *shelf) newBox(size int) int32 {
	made := box{bytes: make([]byte, 0, size)}
	if last := len(s.empty) - 1; last >= 0 {
		n := s.empty[last]
		s.empty = s.empty[:last]
		s.boxes[n] = made
		return n
	}
	s.boxes = append(s.boxes, made)
	return int32(len(s.boxes) - 1)
}

// clear moves what is left in a box to the one that is being filled.
func (s *shelf) clear(n int32) {
	bytes := s.boxes[n].bytes
	for at := 0; at < len(bytes); {
		number := int(binary.LittleEndian.Uint32(bytes[at:]))
		here := spot{n, uint32(at + thingHead), binary.LittleEndian.Uint32(bytes[at+4:])}
		at += thingHead + int(here.n)
		if p := s.spotOf(number); p != nil && *p == here {
			*p = s.write(number, s.look(here))
		}
	}
	s.boxes[n] = box{}
	s.empty = append(s.empty, n)
}
