package live

import "strings"

// room is where what every person has lies, many together: the garbage
// collector looks at every piece of memory that is pointed to, and with a
// million people, of which each had several, that took it a second of a
// processor. What a person has no more use for stays until all that lies
// beside it is not used either: none of this is given up but when persons
// become one.
type room struct {
	persons []person
	keys    []arrived
	texts   strings.Builder
}

const (
	roomPersons = 64
	roomKeys    = 256
	roomTexts   = 16 << 10 // bytes
	longText    = roomTexts / 16
)

func (r *room) person() *person {
	if len(r.persons) == 0 {
		r.persons = make([]person, roomPersons)
	}
	p := &r.persons[0]
	r.persons = r.persons[1:]
	return p
}

// firstKey is an empty list with room for one key.
func (r *room) firstKey() []arrived {
	if len(r.keys) == 0 {
		r.keys = make([]arrived, roomKeys)
	}
	first := r.keys[:0:1]
	r.keys = r.keys[1:]
	return first
}

// text is the same text.
func (r *room) text(s string) string {
	if len(s) > longText {
		return strings.Clone(s)
	}
	if r.texts.Cap()-r.texts.Len() < len(s) {
		r.texts.Reset()
		r.texts.Grow(roomTexts)
	}
	from := r.texts.Len()
	r.texts.WriteString(s)
	return r.texts.String()[from:]
}
