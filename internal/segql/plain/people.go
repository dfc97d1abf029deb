package plain

import (
	"slices"
	"time"
)

// key names a person: a customer id, an e-mail, a phone or an anonymous id.
type key struct{ kind, value string }

// people holds who is who, as known now: keys that came in one record are
// one person's.
type people struct {
	keys []keyRow // in order of arrival
}

// keyRow is one key. Keys of one person have the same number, that of the
// person's first key.
type keyRow struct {
	key
	person int
	// first is the earliest instant known under the key; zero if none.
	first time.Time
}

// join notes that keys came together, and when.
func (p *people) join(keys []key, instants []time.Time) {
	var persons []int
	for _, k := range keys {
		i := p.find(k)
		if i < 0 {
			i = len(p.keys)
			p.keys = append(p.keys, keyRow{key: k, person: i})
		}
		persons = append(persons, p.keys[i].person)
		for _, t := range instants {
			if first := &p.keys[i].first; !t.IsZero() && (first.IsZero() || t.Before(*first)) {
				*first = t
			}
		}
	}
	for i := range p.keys {
		if slices.Contains(persons, p.keys[i].person) {
			p.keys[i].person = slices.Min(persons)
		}
	}
}

func (p *people) find(k key) int {
	return slices.IndexFunc(p.keys, func(r keyRow) bool { return r.key == k })
}

// person is a customer or a visitor, with everything that is theirs.
type person struct {
	number int
	// id is the first customer id, else the first e-mail, else the first phone;
	// of an anonymous visitor it is empty.
	id    string
	since time.Time // from when on they exist; zero for always
}

// persons lists all persons, anonymous ones too.
func (p *people) persons() []*person {
	var all []*person
	for i, row := range p.keys {
		if row.person != i {
			continue
		}
		one := &person{number: i}
		for _, kind := range []string{"customer", "email", "phone"} {
			for _, other := range p.keys {
				if other.person == i && other.kind == kind && one.id == "" {
					one.id = other.value
				}
			}
		}
		for _, other := range p.keys {
			if other.person == i && !other.first.IsZero() && (one.since.IsZero() || other.first.Before(one.since)) {
				one.since = other.first
			}
		}
		all = append(all, one)
	}
	return all
}

// existsAt says whether the person exists at an instant.
func (p *person) existsAt(t time.Time) bool { return !p.since.After(t) }

// owns says whether a fact is the person's.
func (s *Shop) owns(p *person, from source) bool {
	i := s.people.find(from.key)
	return i >= 0 && s.people.keys[i].person == p.number
}

// Everyone lists the ids of all known customers.
func (s *Shop) Everyone() []string {
	var ids []string
	for _, p := range s.people.persons() {
		if p.id != "" {
			ids = append(ids, p.id)
		}
	}
	return ids
}
