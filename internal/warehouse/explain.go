package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/segql/eval"
	"kith/internal/segql/sqlgen"
)

// Explain says why a segment holds for a customer at an instant, or not. The
// customer is found as FindCustomer does.
func (q *Questions) Explain(ctx context.Context, s *segql.Checked, id string, at time.Time, saved bool) (segment.Explanation, error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return segment.Explanation{}, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	defer func() { _ = conn.Close() }()
	at = at.UTC().Truncate(time.Microsecond)
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{"id": id, "at": at}}
	var number int64
	var name string
	var exists sql.NullTime
	if err := r.one("find_customer", &number, &name, &exists); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return segment.Explanation{}, noCustomer(id, at)
		}
		return segment.Explanation{}, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	tree, err := q.explain(ctx, conn, s, number, at, saved)
	if err != nil {
		return segment.Explanation{}, fmt.Errorf("explaining customer %s: %w", id, err)
	}
	return segment.Explanation{Customer: name, Tree: tree}, nil
}

func noCustomer(id string, at time.Time) error {
	return commerce.Errorf(commerce.CodeNotFound, "no customer has the id, e-mail or phone %q at %s", id, at.UTC().Format(time.RFC3339))
}

func (q *Questions) explain(ctx context.Context, conn *sql.Conn, s *segql.Checked, number int64, at time.Time, saved bool) (*eval.Explanation, error) {
	o, err := q.options(ctx, conn, at, []sqlgen.Segment{{Checked: s, Saved: saved}})
	if err != nil {
		return nil, err
	}
	program, err := eval.Compile(q.evalSettings(), []eval.Segment{{Checked: s, Saved: saved}})
	if err != nil {
		return nil, err
	}
	c, err := q.history(ctx, conn, number, len(s.Moved()) > 0)
	if err != nil {
		return nil, err
	}
	scores := &oneScores{ctx: ctx, conn: conn, options: o, customer: number, known: map[string]eval.Value{}}
	c.Scores = scores
	c.Stand(at.UnixMicro())
	tree := program.Explain(c, 0, at.UnixMicro())
	return tree, scores.err
}

// history is one customer with all that the facts need, and with the recorded
// transitions if a segment reads them.
func (q *Questions) history(ctx context.Context, conn *sql.Conn, number int64, moved bool) (*customer.Customer, error) {
	h := newHistorian(ctx, conn, customer.NewShop(q.db.config.Zone))
	c, err := h.one(number, moved)
	return c, errors.Join(err, h.close())
}

// evalSettings are the shop's settings as the evaluator takes them.
func (q *Questions) evalSettings() eval.Settings {
	fields := map[string]eval.Value{}
	for name, text := range shopSettings(q.settings()) {
		fields[name] = eval.RawText(text).Read(typeOfSetting(name))
	}
	return eval.Settings{Zone: q.db.config.Zone, Fields: fields}
}

func typeOfSetting(name string) segql.Type {
	info, _ := segql.LookupField("shop." + name)
	return info.Type
}

// oneScores computes what depends on everyone for one customer, when it is
// asked for.
type oneScores struct {
	ctx      context.Context //nolint:containedctx // lives as long as one question
	conn     *sql.Conn
	options  sqlgen.Options
	customer int64
	known    map[string]eval.Value
	ranked   map[string]eval.Value // recency, frequency and monetary as of the instant
	err      error
}

// Base implements customer.Scores.
func (s *oneScores) Base(name string, saved bool) eval.Value {
	return s.once(fmt.Sprintf("%t %s", saved, name), func() (eval.Value, error) {
		switch {
		case saved && s.options.Run > 0:
			return s.stored(name)
		case name == "price_band":
			return s.priceBand()
		case name == "rfm.group", name == "rfm.recency", name == "rfm.frequency", name == "rfm.monetary":
			return s.rfm(name)
		}
		return eval.Value{}, nil // no model computes it
	})
}

// Percentile implements customer.Scores.
func (s *oneScores) Percentile(term string, saved bool) eval.Value {
	return s.once(fmt.Sprintf("%t percentile %s", saved, term), func() (eval.Value, error) {
		if saved && s.options.RunPercentiles[term] {
			return s.rank(sqlgen.Statement{
				SQL:  `SELECT customer, worse, among FROM percentile WHERE run = $1 AND expr = $2`,
				Args: []any{s.options.Run, term},
			})
		}
		c, x, err := compilePercentile(term)
		if err != nil {
			return eval.Value{}, err
		}
		st, err := sqlgen.Ranking(c, x, s.options)
		if err != nil {
			return eval.Value{}, err
		}
		return s.rank(st)
	})
}

func (s *oneScores) once(key string, compute func() (eval.Value, error)) eval.Value {
	v, ok := s.known[key]
	if !ok && s.err == nil {
		if v, s.err = compute(); errors.Is(s.err, sql.ErrNoRows) {
			s.err = nil // the customer has none
		}
		s.known[key] = v
	}
	return v
}

// row reads the customer's row of a statement.
func (s *oneScores) row(st sqlgen.Statement, columns string, targets ...any) error {
	n := len(st.Args)
	return s.conn.QueryRowContext(s.ctx, fmt.Sprintf("SELECT %s FROM (%s) WHERE customer = $%d", columns, st.SQL, n+1),
		append(st.Args[:n:n], s.customer)...).Scan(targets...)
}

// noGroup is the group of customers without an order.
const noGroup = "Prospects"

func (s *oneScores) stored(name string) (eval.Value, error) {
	var number, label sql.NullString
	err := s.row(sqlgen.Statement{
		SQL: `SELECT * FROM score WHERE name = $1 AND valid_from <= $2 AND valid_to > $2`, Args: []any{name, s.options.At.UTC()},
	}, "CAST(number AS VARCHAR), label", &number, &label)
	switch {
	case errors.Is(err, sql.ErrNoRows) && name == "rfm.group":
		return eval.Text(noGroup), nil
	case label.Valid:
		return eval.Text(label.String), err
	}
	if !number.Valid {
		return eval.Value{}, err
	}
	return eval.RawText(number.String).Read(segql.Number), err
}

func (s *oneScores) rfm(name string) (eval.Value, error) {
	if s.ranked == nil {
		st, err := sqlgen.RFM(s.options)
		if err != nil {
			return eval.Value{}, err
		}
		var r, f, m int
		var group string
		err = s.row(st, `r, f, m, "group"`, &r, &f, &m, &group)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			s.ranked = map[string]eval.Value{"rfm.group": eval.Text(noGroup)}
		case err != nil:
			return eval.Value{}, err
		default:
			s.ranked = map[string]eval.Value{
				"rfm.group": eval.Text(group), "rfm.recency": eval.Whole(r), "rfm.frequency": eval.Whole(f), "rfm.monetary": eval.Whole(m),
			}
		}
	}
	return s.ranked[name], nil
}

func (s *oneScores) priceBand() (eval.Value, error) {
	if err := makePriceBands(s.ctx, s.conn, s.options); err != nil {
		return eval.Value{}, err
	}
	var band string
	err := s.row(sqlgen.Statement{SQL: "SELECT * FROM price_band_now"}, "band", &band)
	return eval.Text(band), err
}

func (s *oneScores) rank(st sqlgen.Statement) (eval.Value, error) {
	var worse, among int64
	if err := s.row(st, "worse, among", &worse, &among); err != nil {
		return eval.Value{}, err
	}
	return percentileOf(worse, among), nil
}

func percentileOf(worse, among int64) eval.Value {
	return eval.Fraction(big.NewInt(100_000_000*worse), among)
}
