package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// Vocabulary is the shop's own part of the language.
type Vocabulary interface {
	SeenEvents(ctx context.Context) ([]segment.SeenEvent, error)
	SeenTraits(ctx context.Context) ([]segment.SeenTrait, error)
	// Values returns the commonest values of a field, of facts or, where facts
	// is nil, of customers. It refuses a field that has none to choose from.
	Values(ctx context.Context, facts *segql.Facts, field segql.FieldInfo, at time.Time, limit int) (segment.Values, error)
}

// seen is what came in of events and traits.
type seen struct {
	events []segment.SeenEvent
	traits []segment.SeenTrait
}

// seenLasts and valuesLast are how long what a shop has is good enough for
// suggestions.
const (
	seenLasts  = 30 * time.Second
	valuesLast = 5 * time.Minute
)

// Language implements Console.
func (s *Service) Language(ctx context.Context) (Language, error) {
	l := closedLanguage()
	l.Events, l.Traits, l.Segments = []LanguageEvent{}, []LanguageTrait{}, []LanguageSegment{}
	came, err := s.seen.get(ctx, s.config.Now(), seenLasts, func(ctx context.Context) (came seen, err error) {
		if came.events, err = s.config.Vocabulary.SeenEvents(ctx); err == nil {
			came.traits, err = s.config.Vocabulary.SeenTraits(ctx)
		}
		return came, err
	})
	if err != nil {
		return Language{}, err
	}
	for _, e := range came.events {
		l.Events = append(l.Events, LanguageEvent{e.Key, e.Name, e.Count, e.LastSeen, append([]string{}, e.Properties...)})
	}
	for _, t := range came.traits {
		l.Traits = append(l.Traits, LanguageTrait{t.Name, t.Customers, t.Type.Name()})
	}
	book, err := s.book()
	if err != nil {
		return Language{}, err
	}
	all, err := book.List(ctx)
	for _, x := range all {
		if !x.Template() && !x.Hidden {
			l.Segments = append(l.Segments, LanguageSegment{x.ID, x.Name, x.Preset != nil})
		}
	}
	return l, err
}

// Limits of what is kept of values: so many of a name, and so many names.
const (
	keptValues = 10_000
	keptNames  = 100
)

// fieldValues are those of the names that were asked for last.
type fieldValues struct {
	mu    sync.Mutex
	names []string // the latest last
	of    map[string]*kept[timedValues]
}

type timedValues struct {
	segment.Values
	at time.Time
}

// entry returns what is kept of a name.
func (f *fieldValues) entry(name string) *kept[timedValues] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[string]*kept[timedValues]{}
	}
	if i := slices.Index(f.names, name); i >= 0 {
		f.names = append(slices.Delete(f.names, i, i+1), name)
		return f.of[name]
	}
	if len(f.names) == keptNames {
		delete(f.of, f.names[0])
		f.names = slices.Delete(f.names, 0, 1)
	}
	f.names = append(f.names, name)
	f.of[name] = &kept[timedValues]{}
	return f.of[name]
}

// Values implements Console. The commonest values of a name are kept, and
// searched: what is typed letter by letter asks the warehouse once.
func (s *Service) Values(ctx context.Context, q ValuesQuestion) (FieldValues, error) {
	facts, field, ok := segql.LookupName(q.Name)
	if !ok {
		return FieldValues{}, commerce.Errorf(commerce.CodeInvalid, "%.100q is not the name of a field, like country, item.category or traits.shoe_size", q.Name)
	}
	answer := FieldValues{Name: q.Name, Values: []FieldValue{}}
	if facts == nil && field.Name == "stage" {
		for _, v := range segql.Values(nil, field.Name) {
			answer.Values = append(answer.Values, FieldValue{Value: v})
		}
		answer.AsOf = s.config.Now().UTC().Truncate(time.Microsecond)
		return answer, nil
	}
	name := field.Name
	if facts != nil {
		name = segql.PrintTerm(&segql.Aggregate{Func: segql.Max, Facts: facts, Field: field.Name})
	}
	found, err := s.values.entry(name).get(ctx, s.config.Now(), valuesLast, func(ctx context.Context) (timedValues, error) {
		at := s.config.Now().UTC().Truncate(time.Microsecond)
		v, err := s.config.Vocabulary.Values(ctx, facts, field, at, keptValues)
		return timedValues{v, at}, err
	})
	if err != nil {
		return FieldValues{}, err
	}
	answer.Sampled, answer.AsOf = found.Sampled, found.at
	for _, v := range matching(found.List, q.Search, q.Limit) {
		answer.Values = append(answer.Values, FieldValue{v.Value, &v.Count})
	}
	return answer, nil
}

// matching are the values that hold a text, first those that begin with it.
func matching(all []segment.Value, search string, limit int) []segment.Value {
	search = strings.ToLower(search)
	var found []segment.Value
	for _, v := range all {
		if strings.Contains(strings.ToLower(v.Value), search) {
			found = append(found, v)
		}
	}
	rank := func(v segment.Value) int {
		if strings.HasPrefix(strings.ToLower(v.Value), search) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(found, func(a, b segment.Value) int { return cmp.Compare(rank(a), rank(b)) })
	return found[:min(limit, len(found))]
}
