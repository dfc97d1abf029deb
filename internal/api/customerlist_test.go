package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/profile"
)

// thousand is a shop of a thousand customers, whose order turns each time a
// list is made.
type thousand struct {
	api.CustomerFacts
	made  int
	whole []bool // how searches found
}

func (p *thousand) ListCustomers(_ context.Context, f profile.Filter, _ time.Time) ([]int32, error) {
	if f.Search != "" {
		p.whole = append(p.whole, f.Whole)
	}
	if f.Country == "XX" {
		return []int32{}, nil
	}
	numbers := make([]int32, 1000)
	for i := range numbers {
		numbers[i] = int32(i)
	}
	if p.made++; p.made%2 == 0 {
		slices.Reverse(numbers)
	}
	return numbers, nil
}

func (*thousand) CustomerRows(_ context.Context, numbers []int32, _ time.Time) ([]profile.Row, error) {
	rows := make([]profile.Row, len(numbers))
	for i, n := range numbers {
		rows[i].ID = fmt.Sprint(n)
	}
	return rows, nil
}

func (p *thousand) FindCustomers(_ context.Context, text string, limit int, _ time.Time) ([]profile.Row, int, error) {
	p.whole = append(p.whole, false)
	return make([]profile.Row, min(limit, len(text))), len(text), nil
}

func (*thousand) ReadTimeline(
	_ context.Context, _ string, kinds []string, from profile.TimelinePlace, _ int, at time.Time,
) ([]profile.Entry, *profile.TimelinePlace, error) {
	entries := []profile.Entry{}
	for _, kind := range kinds {
		entries = append(entries, profile.Entry{At: at, Kind: kind})
	}
	return entries, &profile.TimelinePlace{At: at, Past: from.Past + 1}, nil
}

func TestPagesOfAListFitTogether(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	q := api.CustomersQuestion{Limit: 300}
	first, err := k.Customers(t.Context(), q)
	if err != nil || first.Total != 1000 || first.Next == nil || *first.Next != 300 || len(first.Customers) != 300 {
		t.Fatalf("%d of %d, next %v: %v", len(first.Customers), first.Total, first.Next, err)
	}
	if _, err := k.Customers(t.Context(), q); err != nil { // somebody else's list, turned
		t.Fatal(err)
	}
	q.List, q.Offset = first.List, 900
	last, err := k.Customers(t.Context(), q)
	if err != nil || last.List != first.List || last.Next != nil || len(last.Customers) != 100 || last.Customers[99].ID != "999" || !last.AsOf.Equal(first.AsOf) {
		t.Errorf("the last page: %+v %v", last, err)
	}
	q.Offset = 1_000_000
	if beyond, err := k.Customers(t.Context(), q); err != nil || len(beyond.Customers) != 0 || beyond.Customers == nil || beyond.Next != nil {
		t.Errorf("beyond the end: %+v %v", beyond, err)
	}
	// A token with another question, and one that is forgotten, are no reason to fail.
	q.Offset, q.Sort = 0, "id"
	if other, err := k.Customers(t.Context(), q); err != nil || other.List == first.List {
		t.Errorf("with another order: %s %v", other.List, err)
	}
	q.Sort = ""
	k.now = func() time.Time { return noon.Add(6 * time.Minute) }
	if again, err := k.Customers(t.Context(), q); err != nil || again.List == first.List || again.Total != 1000 {
		t.Errorf("after six minutes: %s %v", again.List, err)
	}
}

func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	tokens := []string{}
	for range 40 {
		page, err := k.Customers(t.Context(), api.CustomersQuestion{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, page.List)
	}
	same := func(token string) bool {
		page, err := k.Customers(t.Context(), api.CustomersQuestion{Limit: 1, List: token})
		return err == nil && page.List == token
	}
	if !same(tokens[39]) || !same(tokens[20]) {
		t.Error("a list that was just made is forgotten")
	}
	if same(tokens[0]) {
		t.Error("40 lists are kept")
	}
}

func TestBadQuestionsOfCustomers(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	for _, q := range []api.CustomersQuestion{
		{Limit: 0},
		{Limit: 501},
		{Limit: 1, Offset: -1},
		{Limit: 1, Search: "a"},
		{Limit: 1, Search: strings.Repeat("a", 201)},
		{Limit: 1, Sort: "total"},
		{Limit: 1, Sort: "--id"},
		{Limit: 1, Group: "champions"},
	} {
		if _, err := k.Customers(t.Context(), q); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := k.Customers(t.Context(), api.CustomersQuestion{Limit: 1, Segment: "nowhere"}); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("an unknown segment: %v", err)
	}
	if page, err := k.Customers(t.Context(), api.CustomersQuestion{Limit: 1, Country: "XX"}); err != nil || page.Total != 0 || page.Customers == nil {
		t.Errorf("nobody: %+v %v", page, err)
	}
	if _, err := k.FindCustomers(t.Context(), "  김 ", 8); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("a search of one character: %v", err)
	}
	if found, err := k.FindCustomers(t.Context(), "김민", 8); err != nil || len(found.Customers) == 0 {
		t.Errorf("a search of two characters: %v", err)
	}
	for _, q := range []api.TimelineQuestion{
		{CustomerID: api.CustomerID{ID: "a"}, Limit: 0},
		{CustomerID: api.CustomerID{ID: "a"}, Limit: 201},
		{CustomerID: api.CustomerID{ID: "a"}, Limit: 1, Kinds: "order,sale"},
		{CustomerID: api.CustomerID{ID: "a"}, Limit: 1, Kinds: ","},
		{CustomerID: api.CustomerID{ID: "a"}, Limit: 1, After: "x"},
	} {
		if _, err := k.Timeline(t.Context(), q); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
