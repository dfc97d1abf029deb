package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/profile"
	"kith/internal/segql"
	"kith/internal/segql/eval"
	"kith/internal/segql/sqlgen"
)

// maxExplained is how many orders and events of a customer are taken into memory
// to say why they are in their segments. Of somebody with more it is only asked
// in which they are, by SQL, which takes seconds in a large shop.
const maxExplained = 20_000

// reasonsShown is how many leaves are shown of a segment.
const reasonsShown = 5

// MembershipsOf implements profile.Members.
func (q *Questions) MembershipsOf(ctx context.Context, id string, segments map[string]*segql.Checked, at time.Time) (string, []profile.Membership, error) {
	at = at.UTC().Truncate(time.Microsecond)
	name, list, err := q.membershipsOf(ctx, id, segments, at)
	if errors.Is(err, errTooMuch) {
		var ids []string
		ids, err = q.holding(ctx, name, segments, at)
		for _, segment := range ids {
			list = append(list, profile.Membership{Segment: segment})
		}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, noCustomer(id, at)
	}
	if err != nil {
		return "", nil, fmt.Errorf("asking which segments %s is in: %w", id, err)
	}
	return name, list, nil
}

var errTooMuch = errors.New("too much is known of this customer")

func (q *Questions) membershipsOf(ctx context.Context, id string, segments map[string]*segql.Checked, at time.Time) (name string, list []profile.Membership, err error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = conn.Close() }()
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{"id": id, "at": at}}
	var number int64
	var exists sql.NullTime
	if err := r.one("find_customer", &number, &name, &exists); err != nil {
		return "", nil, err
	}
	r.args["customer"] = number
	if n, err := r.count("customer_much"); err != nil {
		return name, nil, err
	} else if n > maxExplained {
		return name, nil, errTooMuch
	}
	ids, saved := savedInOrder(segments)
	o, err := q.options(ctx, conn, at, saved)
	if err != nil {
		return name, nil, err
	}
	asked := make([]eval.Segment, len(saved))
	moved := false
	for i, s := range saved {
		asked[i] = eval.Segment{ID: ids[i], Checked: s.Checked, Saved: true}
		moved = moved || len(s.Checked.Moved()) > 0
	}
	program, err := eval.Compile(q.evalSettings(), asked)
	if err != nil {
		return name, nil, err
	}
	c, err := q.history(ctx, conn, number, moved)
	if err != nil {
		return name, nil, err
	}
	scores := &oneScores{ctx: ctx, conn: conn, options: o, customer: number, known: map[string]eval.Value{}}
	if err := scores.preload(); err != nil {
		return name, nil, err
	}
	c.Scores = scores
	c.Stand(at.UnixMicro())
	for i := range asked {
		if tree := program.Explain(c, i, at.UnixMicro()); tree.Holds {
			list = append(list, membershipOf(ids[i], tree))
		}
	}
	return name, list, scores.err
}

func membershipOf(id string, tree *eval.Explanation) profile.Membership {
	m := profile.Membership{Segment: id}
	next := nextOf(tree)
	if next != eval.Never {
		at := time.UnixMicro(next).UTC()
		m.Next = &at
	}
	m.Why = reasons(nil, tree)
	m.Why = m.Why[:min(len(m.Why), reasonsShown)]
	return m
}

// nextOf is the earliest of the leaves' instants.
func nextOf(x *eval.Explanation) int64 {
	next := x.Next
	for _, part := range x.Parts {
		next = min(next, nextOf(part))
	}
	return next
}

// reasons adds the leaves that let a node hold: of an "or" those that hold, of a
// "not" all of what it denies.
func reasons(list []profile.Reason, x *eval.Explanation) []profile.Reason {
	if len(x.Parts) == 0 || x.Needs == 0 && x.Segment == "" {
		return append(list, profile.Reason{Text: x.Text, Values: valuesOf(nil, x)})
	}
	for _, part := range x.Parts {
		if part.Holds {
			list = reasons(list, part)
		}
	}
	return list
}

func valuesOf(list []profile.SeenValue, x *eval.Explanation) []profile.SeenValue {
	for _, seen := range x.Values {
		v := profile.SeenValue{Text: seen.Text}
		if !seen.Value.Missing() {
			text := seen.Value.String()
			v.Value = &text
		}
		list = append(list, v)
	}
	for _, part := range x.Parts {
		list = valuesOf(list, part)
	}
	return list
}

// preload reads all that the latest run says of the customer at once.
func (s *oneScores) preload() error {
	if s.options.Run == 0 {
		return nil
	}
	r := &runner{ctx: s.ctx, conn: s.conn, args: map[string]any{"customer": s.customer, "at": s.options.At.UTC(), "run": s.options.Run}}
	for _, name := range []string{"rfm.recency", "rfm.frequency", "rfm.monetary", "price_band", "clv.alive", "clv.orders_12m", "clv.value_12m"} {
		s.known["true "+name] = eval.Value{}
	}
	s.known["true rfm.group"] = eval.Text(noGroup)
	err := r.query("customer_scores", func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		v := eval.RawText(value).Read(segql.Number)
		if name == "price_band" || strings.HasSuffix(name, ".group") {
			v = eval.Text(value)
		}
		s.known["true "+name] = v
		return nil
	})
	if err != nil {
		return err
	}
	for term := range s.options.RunPercentiles {
		s.known["true percentile "+term] = eval.Value{}
	}
	return r.query("customer_percentiles", func(rows *sql.Rows) error {
		var term string
		var worse, among int64
		err := rows.Scan(&term, &worse, &among)
		s.known["true percentile "+term] = percentileOf(worse, among)
		return err
	})
}

// holding asks SQL which segments a customer is in, by the id that members are
// listed by.
func (q *Questions) holding(ctx context.Context, customer string, segments map[string]*segql.Checked, at time.Time) ([]string, error) {
	ids, all := savedInOrder(segments)
	in := []string{}
	err := q.ask(ctx, at, all, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Holding(all, customer, o)
		if err != nil {
			return err
		}
		holds := make([]sql.NullBool, len(all))
		targets := make([]any, len(all))
		for i := range holds {
			targets[i] = &holds[i]
		}
		err = conn.QueryRowContext(ctx, st.SQL, st.Args...).Scan(targets...)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // nobody by that id at that instant
		}
		for i, h := range holds {
			if h.Valid && h.Bool {
				in = append(in, ids[i])
			}
		}
		return err
	})
	return in, err
}

// SegmentsOf returns the ids of the segments that a customer is in, sorted.
func (q *Questions) SegmentsOf(ctx context.Context, customer string, segments map[string]*segql.Checked, at time.Time) ([]string, error) {
	_, list, err := q.MembershipsOf(ctx, customer, segments, at)
	in := make([]string, len(list))
	for i, m := range list {
		in[i] = m.Segment
	}
	slices.Sort(in)
	return in, err
}
