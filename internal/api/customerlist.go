package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kith/internal/commerce"
	"kith/internal/profile"
	"kith/internal/rfm"
	"kith/internal/segment"
	"kith/internal/user"
)

// customerConsole is what the console asks of customers.
type customerConsole interface {
	Customers(ctx context.Context, q CustomersQuestion) (Customers, error)
	FindCustomers(ctx context.Context, text string, limit int) (FoundCustomers, error)
	Timeline(ctx context.Context, q TimelineQuestion) (Timeline, error)
	CustomerSegments(ctx context.Context, id string) (CustomerSegments, error)
}

// CustomersQuestion says which page of which list is asked for.
type CustomersQuestion struct {
	Search  string `query:"search" doc:"a key (customer id, e-mail, phone in any writing, anonymous id), or a part of an e-mail or a name, for support the whole; from 2 characters on"`
	Segment string `query:"segment" doc:"id of a segment or preset: only its members"`
	Group   string `query:"group" doc:"an RFM group's name: only those in it by the latest scoring run"`
	Country string `query:"country"`
	Sort    string `query:"sort" doc:"revenue, orders, average, first_order_at, last_order_at, exists_from, id or name; with - before it the greatest first. If absent: of a search the most exact first, else -revenue"`
	Limit   int    `query:"limit" default:"100" doc:"from 1 to 500"`
	Offset  int    `query:"offset" default:"0" minimum:"0"`
	List    string `query:"list" doc:"of the answer before, with the same question: the page is of the same list. One that is forgotten is made anew"`
}

// Customers are a page of a list.
type Customers struct {
	AsOf      time.Time     `json:"as_of" doc:"when the list was made: who is in it, and the order"`
	Currency  string        `json:"currency"`
	Total     int           `json:"total" doc:"how many are in the list"`
	List      string        `json:"list" doc:"what to ask other pages of the same list with"`
	Customers []profile.Row `json:"customers" doc:"with the figures as of now"`
	Next      *int          `json:"next,omitempty" doc:"offset of the next page; absent at the end"`
}

// FoundCustomers are those that a search means.
type FoundCustomers struct {
	AsOf      time.Time     `json:"as_of"`
	Currency  string        `json:"currency"`
	Total     int           `json:"total"`
	Customers []profile.Row `json:"customers" doc:"the most exact first"`
}

// Bounds of a page and of what is kept of lists: a list of a million takes 4 MB.
const (
	maxPage     = 500
	listsKept   = 32
	numbersKept = 16_000_000
	listLasts   = 5 * time.Minute // since it was last asked for
)

// lists are those that somebody may be scrolling through.
type lists struct {
	making sync.Mutex // one at a time: each is a pass over everyone
	mu     sync.Mutex
	kept   []*customerList // the one asked for last at the end
}

// customerList is a list as it was made: pages fit together though facts come.
type customerList struct {
	token   string
	filter  profile.Filter
	asOf    time.Time
	numbers []int32
	used    time.Time
}

// sameAs says whether two filters ask for the same. What a segment means may
// change; the list stays as it was made.
func sameAs(a, b profile.Filter) bool {
	a.Checked, b.Checked, a.Members, b.Members = nil, nil, nil, nil
	return a == b
}

// find returns a list by its token.
func (l *lists) find(token string, f profile.Filter, now time.Time) *customerList {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = slices.DeleteFunc(l.kept, func(x *customerList) bool { return now.Sub(x.used) > listLasts })
	i := slices.IndexFunc(l.kept, func(x *customerList) bool { return x.token == token && sameAs(x.filter, f) })
	if i < 0 {
		return nil
	}
	found := l.kept[i]
	found.used = now
	l.kept = append(slices.Delete(l.kept, i, i+1), found)
	return found
}

// keep keeps a list, and forgets those that were not asked for for longest.
func (l *lists) keep(x *customerList) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, x)
	numbers := 0
	for i, kept := range slices.Backward(l.kept) {
		numbers += len(kept.numbers)
		if i < len(l.kept)-1 && (numbers > numbersKept || len(l.kept)-i > listsKept) {
			l.kept = slices.Delete(l.kept, 0, i+1)
			return
		}
	}
}

// Customers implements Console.
func (s *Service) Customers(ctx context.Context, q CustomersQuestion) (Customers, error) {
	if q.Limit < 1 || q.Limit > maxPage {
		return Customers{}, commerce.Errorf(commerce.CodeInvalid, "%d customers are asked for: a page has from 1 to %d", q.Limit, maxPage)
	}
	if q.Offset < 0 {
		return Customers{}, commerce.Errorf(commerce.CodeInvalid, "a page cannot begin at %d", q.Offset)
	}
	filter, err := s.listFilter(ctx, q)
	if err != nil {
		return Customers{}, err
	}
	list := s.lists.find(q.List, filter, s.config.Now())
	if list == nil {
		if list, err = s.makeList(ctx, filter); err != nil {
			return Customers{}, err
		}
	}
	answer := Customers{AsOf: list.asOf, Currency: s.current().Currency, Total: len(list.numbers), List: list.token}
	begin := min(q.Offset, len(list.numbers))
	end := min(begin+q.Limit, len(list.numbers))
	if end < len(list.numbers) {
		answer.Next = &end
	}
	answer.Customers, err = s.config.Customers.CustomerRows(ctx, list.numbers[begin:end], s.now())
	return answer, err
}

func (s *Service) now() time.Time { return s.config.Now().UTC().Truncate(time.Microsecond) }

// makeList makes a list and keeps it.
func (s *Service) makeList(ctx context.Context, f profile.Filter) (*customerList, error) {
	s.lists.making.Lock()
	defer s.lists.making.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err // whoever asked went away while others' lists were made
	}
	asOf := s.now()
	if err := s.keptMembers(ctx, &f); err != nil {
		return nil, err
	}
	numbers, err := s.config.Customers.ListCustomers(ctx, f, asOf)
	if err != nil {
		return nil, err
	}
	f.Members = nil // a million names, of no more use
	list := &customerList{token: rand.Text(), filter: f, asOf: asOf, numbers: slices.Clip(numbers), used: s.config.Now()}
	s.lists.keep(list)
	return list, nil
}

// keptMembers adds the members of the filter's segment, if they are kept: that
// asks nothing of the warehouse, which works for others.
func (s *Service) keptMembers(ctx context.Context, f *profile.Filter) error {
	live := s.config.Kept()
	if f.Checked == nil || live == nil {
		return nil
	}
	members := &profile.Kept{}
	kept, err := live.EachMember(ctx, idOf(f.Segment), func(kind segment.KeyKind, id string) {
		members.Names = append(members.Names, profile.Name{Kind: profile.NameKind(kind), ID: id})
	})
	if kept {
		f.Members = members
	}
	return err
}

// listFilter reads and checks what a list is asked for.
func (s *Service) listFilter(ctx context.Context, q CustomersQuestion) (profile.Filter, error) {
	f := profile.Filter{Search: strings.TrimSpace(q.Search), Segment: q.Segment, Group: q.Group, Country: q.Country, Sort: q.Sort}
	if err := checkSearch(f.Search); f.Search != "" && err != nil {
		return f, err
	}
	if f.Whole = masks(ctx); f.Whole {
		if by := strings.TrimPrefix(f.Sort, "-"); by == "id" || by == "name" {
			return f, commerce.Errorf(commerce.CodeDenied, "the order of %ss would tell what the role %s sees masked", by, visitOf(ctx).Role)
		}
	}
	if f.Sort != "" && !slices.Contains(profile.Sorts, strings.TrimPrefix(f.Sort, "-")) {
		return f, commerce.Errorf(commerce.CodeInvalid, "a list cannot be sorted by %q: one of %s can be, with - before it for the greatest first",
			f.Sort, strings.Join(profile.Sorts, ", "))
	}
	if f.Group != "" && !slices.Contains(append(rfm.Groups(), rfm.Prospects), rfm.Group(f.Group)) {
		return f, commerce.Errorf(commerce.CodeInvalid, "%q is no RFM group, like Champions", f.Group)
	}
	if f.Segment == "" {
		return f, nil
	}
	compiled, _, err := s.ask(ctx, Question{Text: "@" + idOf(f.Segment)})
	f.Checked = compiled.Checked
	return f, err
}

func checkSearch(text string) error {
	if n := utf8.RuneCountInString(text); n < profile.MinSearch || n > profile.MaxSearch {
		return commerce.Errorf(commerce.CodeInvalid, "a search has from %d to %d characters, this one %d", profile.MinSearch, profile.MaxSearch, n)
	}
	return nil
}

// FindCustomers implements Console.
func (s *Service) FindCustomers(ctx context.Context, text string, limit int) (FoundCustomers, error) {
	text = strings.TrimSpace(text)
	if err := checkSearch(text); err != nil {
		return FoundCustomers{}, err
	}
	if limit < 1 || limit > maxPage {
		return FoundCustomers{}, commerce.Errorf(commerce.CodeInvalid, "%d customers are asked for: from 1 to %d can be", limit, maxPage)
	}
	asOf := s.now()
	if masks(ctx) {
		return s.findWhole(ctx, text, limit, asOf)
	}
	rows, total, err := s.config.Customers.FindCustomers(ctx, text, limit, asOf)
	return FoundCustomers{AsOf: asOf, Currency: s.current().Currency, Total: total, Customers: rows}, err
}

// findWhole finds customers by whole keys and names.
func (s *Service) findWhole(ctx context.Context, text string, limit int, asOf time.Time) (FoundCustomers, error) {
	found := FoundCustomers{AsOf: asOf, Currency: s.current().Currency}
	numbers, err := s.config.Customers.ListCustomers(ctx, profile.Filter{Search: text, Whole: true}, asOf)
	if err != nil {
		return found, err
	}
	found.Total = len(numbers)
	found.Customers, err = s.config.Customers.CustomerRows(ctx, numbers[:min(limit, len(numbers))], asOf)
	return found, err
}

func (h *handler) customerRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/customers", Permission: user.People, Summary: "a page of a list of customers, searched, filtered and sorted"},
		func(ctx context.Context, in *CustomersQuestion) (*answer[Customers], error) {
			c, err := h.console.Customers(ctx, *in)
			maskRows(ctx, c.Customers)
			return &answer[Customers]{c}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/search", Permission: user.People, Summary: "customers by any key, an order's number, or part of an e-mail or a name"},
		func(ctx context.Context, in *struct {
			Q     string `query:"q" required:"true"`
			Limit int    `query:"limit" default:"8" doc:"from 1 to 500"`
		},
		) (*answer[FoundCustomers], error) {
			c, err := h.console.FindCustomers(ctx, in.Q, in.Limit)
			maskRows(ctx, c.Customers)
			return &answer[FoundCustomers]{c}, err
		})
	h.timelineRoutes()
}
