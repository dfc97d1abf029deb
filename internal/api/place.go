package api

import (
	"math"
	"strconv"
	"strings"

	"kith/internal/commerce"
	"kith/internal/segment"
)

// place is how far a reader of transitions has come: past all with a smaller
// number and, of those that share this one, past all up to a person.
type place struct{ number, person int64 }

// behind is the place behind all that share a number.
func behind(number int64) place { return place{number, math.MaxInt64} }

func placeOf(t segment.Transition) place { return place{t.Number, t.Person} }

// passed says whether the place is past a transition.
func (p place) passed(t segment.Transition) bool {
	return t.Number < p.number || t.Number == p.number && t.Person <= p.person
}

// after is the number behind which everything has to be read: what shares the
// place's own may not be passed to its end.
func (p place) after() int64 {
	if p == behind(p.number) {
		return p.number
	}
	return p.number - 1
}

// String writes NUMBER-PERSON, or NUMBER for behind.
func (p place) String() string {
	number := strconv.FormatInt(p.number, 10)
	if p == behind(p.number) {
		return number
	}
	return number + "-" + strconv.FormatInt(p.person, 10)
}

func parsePlace(text string) (place, error) {
	number, person, within := strings.Cut(text, "-")
	n, err := strconv.ParseUint(number, 10, 63)
	p := behind(int64(n))
	if err == nil && within {
		n, err = strconv.ParseUint(person, 10, 63)
		p.person = int64(n)
	}
	if err != nil {
		return place{}, commerce.Errorf(commerce.CodeInvalid, "%q is not the id of a transition, like 17-4, nor a number", text)
	}
	return p, nil
}
