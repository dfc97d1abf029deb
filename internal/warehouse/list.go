package warehouse

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kith/internal/commerce"
	"kith/internal/duck"
	"kith/internal/profile"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// ListCustomers implements profile.Lister.
func (q *Questions) ListCustomers(ctx context.Context, f profile.Filter, at time.Time) ([]int32, error) {
	s, err := q.sheet(ctx, at, true)
	if err != nil {
		return nil, err
	}
	l := &listing{sheet: s, filter: f}
	if f.Search != "" {
		if l.ranks, err = q.found(ctx, f.Search, at); err != nil {
			return nil, err
		}
		if f.Whole {
			maps.DeleteFunc(l.ranks, func(_ int32, rank int) bool { return rank > 0 })
		}
	}
	switch {
	case f.Members != nil:
		l.members = s.named(f.Members.Names)
	case f.Checked != nil:
		if l.members, err = q.members(ctx, f.Checked, at); err != nil {
			return nil, err
		}
	}
	return l.list()
}

// FindCustomers implements profile.Lister.
func (q *Questions) FindCustomers(ctx context.Context, text string, limit int, at time.Time) ([]profile.Row, int, error) {
	s, err := q.sheet(ctx, at, true)
	if err != nil {
		return nil, 0, err
	}
	ranks, err := q.found(ctx, text, at)
	if err != nil {
		return nil, 0, err
	}
	numbers, err := (&listing{sheet: s, ranks: ranks, filter: profile.Filter{Search: text}}).list()
	if err != nil {
		return nil, 0, err
	}
	return rowsOf(s, numbers[:min(limit, len(numbers))]), len(numbers), nil
}

// CustomerRows implements profile.Lister.
func (q *Questions) CustomerRows(ctx context.Context, numbers []int32, at time.Time) ([]profile.Row, error) {
	s, err := q.sheet(ctx, at, false)
	if err != nil {
		return nil, err
	}
	return rowsOf(s, numbers), nil
}

func rowsOf(s *sheet, numbers []int32) []profile.Row {
	rows := make([]profile.Row, len(numbers))
	for i, n := range numbers {
		rows[i] = s.row(n)
	}
	return rows
}

// found says who is meant by a search, and how exactly: 0 is by the whole.
func (q *Questions) found(ctx context.Context, text string, at time.Time) (map[int32]int, error) {
	ranks := map[int32]int{}
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) (err error) {
		r := &runner{ctx: ctx, conn: conn, args: map[string]any{"at": o.At.UTC(), "text": text, "digits": profile.Digits(text)}}
		defer func() {
			r.ctx = context.WithoutCancel(ctx) // the connection goes on being used
			err = errors.Join(err, r.dropAll())
		}()
		if err := r.all("found"); err != nil {
			return err
		}
		var number, rank duck.Ints
		return r.scan("found_customers", "", each(func(i int) { ranks[int32(number.At(i))] = int(rank.At(i)) }), &number, &rank)
	})
	if err != nil {
		return nil, fmt.Errorf("searching customers: %w", err)
	}
	return ranks, nil
}

// members are the numbers of a saved segment's members.
func (q *Questions) members(ctx context.Context, s *segql.Checked, at time.Time) (map[int32]bool, error) {
	segment := sqlgen.Segment{Checked: s, Saved: true}
	numbers := map[int32]bool{}
	err := q.ask(ctx, at, []sqlgen.Segment{segment}, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Keys(segment, o)
		if err != nil {
			return err
		}
		// Members may be a million: a table can be read by columns.
		if _, err := conn.ExecContext(ctx, "CREATE TEMP TABLE segment_member AS SELECT * FROM ("+st.SQL+") AS m(customer)", st.Args...); err != nil {
			return err
		}
		var number duck.Ints
		r := &runner{ctx: ctx, conn: conn, args: map[string]any{}}
		err = r.scan("segment_members", "", each(func(i int) { numbers[int32(number.At(i))] = true }), &number)
		_, dropped := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE temp.segment_member")
		return errors.Join(err, dropped)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for a segment's members: %w", err)
	}
	return numbers, nil
}

// listing makes one list of a sheet.
type listing struct {
	sheet   *sheet
	filter  profile.Filter
	ranks   map[int32]int  // of a search
	members map[int32]bool // of a segment
}

func (l *listing) list() ([]int32, error) {
	places := l.places()
	by, down := strings.CutPrefix(l.filter.Sort, "-")
	var compare func(a, b int32) int
	switch {
	case by != "":
		compare = l.sheet.comparison(by, down)
	case l.ranks != nil:
		revenue := l.sheet.comparison("revenue", true)
		compare = func(a, b int32) int {
			return cmp.Or(cmp.Compare(l.ranks[l.sheet.numbers[a]], l.ranks[l.sheet.numbers[b]]), revenue(a, b))
		}
	default:
		compare = l.sheet.comparison("revenue", true)
	}
	if compare == nil {
		return nil, commerce.Errorf(commerce.CodeInvalid, "a list cannot be sorted by %q: one of %s can be", by, strings.Join(profile.Sorts, ", "))
	}
	slices.SortFunc(places, func(a, b int32) int {
		return cmp.Or(compare(a, b), cmp.Compare(l.sheet.numbers[a], l.sheet.numbers[b]))
	})
	for i, p := range places {
		places[i] = l.sheet.numbers[p]
	}
	return places, nil
}

// places are those of everyone who is in the list.
func (l *listing) places() []int32 {
	places := make([]int32, 0, len(l.sheet.numbers))
	for p, number := range l.sheet.numbers {
		if l.ranks != nil {
			if _, ok := l.ranks[number]; !ok {
				continue
			}
		}
		if l.members != nil && !l.members[number] ||
			l.filter.Group != "" && l.sheet.words[l.sheet.group[p]] != l.filter.Group ||
			l.filter.Country != "" && !strings.EqualFold(l.sheet.words[l.sheet.country[p]], l.filter.Country) {
			continue
		}
		places = append(places, int32(p))
	}
	return slices.Clip(places)
}

// comparison is how two places are compared: who has no value comes last in
// both directions. It is nil for what nothing is sorted by.
func (s *sheet) comparison(by string, down bool) func(a, b int32) int {
	direction := 1
	if down {
		direction = -1
	}
	instants := func(at []int64) func(a, b int32) int {
		return func(a, b int32) int {
			x, y := at[a], at[b]
			if none := int64(duck.NegativeInfinity); x == none || y == none {
				return missingLast(x == none, y == none)
			}
			return direction * cmp.Compare(x, y)
		}
	}
	switch by {
	case "revenue":
		return func(a, b int32) int { return direction * cmp.Compare(s.total[a]-s.refunds[a], s.total[b]-s.refunds[b]) }
	case "orders":
		return func(a, b int32) int { return direction * cmp.Compare(s.orders[a], s.orders[b]) }
	case "average":
		return func(a, b int32) int {
			if s.orders[a] == 0 || s.orders[b] == 0 {
				return missingLast(s.orders[a] == 0, s.orders[b] == 0)
			}
			return direction * compareFractions(s.total[a], s.orders[a], s.total[b], s.orders[b])
		}
	case "first_order_at":
		return instants(s.first)
	case "last_order_at":
		return instants(s.last)
	case "exists_from":
		// From always is before everything, not missing.
		return func(a, b int32) int { return direction * cmp.Compare(s.exists[a], s.exists[b]) }
	case "id":
		ids := &s.texts[idText]
		return func(a, b int32) int { return direction * bytes.Compare(ids.view(int(a)), ids.view(int(b))) }
	case "name":
		names := s.names()
		return func(a, b int32) int {
			if names[a] == "" || names[b] == "" {
				return missingLast(names[a] == "", names[b] == "")
			}
			return direction * strings.Compare(names[a], names[b])
		}
	}
	return nil
}

func missingLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// names are the names that a list is sorted by: the last one first.
func (s *sheet) names() []string {
	names := make([]string, len(s.numbers))
	for p := range names {
		names[p] = fold(strings.TrimSpace(s.texts[lastNameText].at(p) + " " + s.texts[firstNameText].at(p)))
	}
	return names
}

// compareFractions compares a/n with b/m exactly; n and m are above zero.
func compareFractions(a int64, n int32, b int64, m int32) int {
	if (a < 0) != (b < 0) {
		return cmp.Compare(a, b)
	}
	high1, low1 := bits.Mul64(magnitude(a), uint64(m))
	high2, low2 := bits.Mul64(magnitude(b), uint64(n))
	order := cmp.Or(cmp.Compare(high1, high2), cmp.Compare(low1, low2))
	if a < 0 {
		return -order
	}
	return order
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// cents is total / n in millionths, rounded half away from zero to hundredths.
func cents(total, n int64) int64 {
	const cent = 10_000
	whole, rest := total/(n*cent), total%(n*cent)
	if 2*magnitude(rest) >= uint64(n*cent) {
		whole += int64(cmp.Compare(rest, 0))
	}
	return whole * cent
}

// fold is a name without case and accents.
func fold(name string) string {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			decomposed := strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Mn, r) {
					return -1
				}
				return r
			}, norm.NFD.String(name))
			return strings.ToLower(norm.NFC.String(decomposed))
		}
	}
	return strings.ToLower(name)
}
