package commerce

import (
	"slices"
	"strings"
	"time"
)

// RepeatWindow is how long a message id is remembered. An event of an entry of
// the log is a repeat if one with its message id was taken from an entry, or an
// import, of less than this before; the same id later is another event. Only
// the log decides: the instants are those of its entries in whole seconds, and
// an entry that a clock that went back dates before an earlier one is as late
// as that one.
const RepeatWindow = 7 * 24 * time.Hour

// Content stands for what an event says, but for its message id and its
// instant: two events with one message id that differ in it are not the same.
// The instant is left out, because nothing else of an event differs between two
// attempts to send it: one without a timestamp is of its arrival, and where the
// client's clock is wrong it is corrected by the arrival. The members of
// objects count in any order. It is the same in every process.
func (e *Event) Content() uint64 {
	h := uint64(contentSeed)
	for _, text := range [...]string{e.Type, e.Name, e.CustomerID, e.Email, e.Phone, e.AnonymousID} {
		h = mixed(h, textContent(text))
	}
	for _, object := range [...][]byte{e.Properties, e.Traits} {
		text := strings.TrimSpace(string(object))
		if text == "{}" {
			text = ""
		}
		h = mixed(h, jsonContent(text))
	}
	return h
}

const (
	contentSeed  = 14695981039346656037 // of FNV-1a
	contentPrime = 1099511628211
)

func textContent(text string) uint64 {
	h := uint64(contentSeed)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * contentPrime
	}
	return mixed(h, uint64(len(text)))
}

// mixed takes one more value in, in its order.
func mixed(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// jsonContent stands for a value of JSON, which was checked. Of a name that
// comes twice both members count.
func jsonContent(text string) uint64 {
	if text == "" {
		return 0
	}
	switch text[0] {
	case '{':
		var members []uint64
		for name, value := range Members(text) {
			members = append(members, mixed(textContent(name), jsonContent(value)))
		}
		slices.Sort(members)
		return listContent('{', members)
	case '[':
		elements, _ := Elements(text)
		list := make([]uint64, len(elements))
		for i, value := range elements {
			list[i] = jsonContent(value)
		}
		return listContent('[', list)
	case '"':
		if inner, ok := Unquoted(text); ok {
			return mixed('"', textContent(inner))
		}
	}
	return textContent(text)
}

func listContent(kind byte, list []uint64) uint64 {
	h := mixed(contentSeed, uint64(kind))
	for _, v := range list {
		h = mixed(h, v)
	}
	return mixed(h, uint64(len(list)))
}
