package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/insight"
	"kith/internal/segql/sqlgen"
)

// compiled are questions as sqlgen takes them.
func compiled(questions []segment.Question) []sqlgen.Segment {
	segments := make([]sqlgen.Segment, len(questions))
	for i, q := range questions {
		segments[i] = sqlgen.Segment{Checked: q.Checked, Saved: q.Saved()}
	}
	return segments
}

// Kinds counts the known customers who are in exactly the same of the
// segments, and adds up what they ordered.
func (q *Questions) Kinds(ctx context.Context, questions []segment.Question, at time.Time) ([]insight.Kind, error) {
	segments := compiled(questions)
	var kinds []insight.Kind
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Kinds(segments, o)
		if err != nil {
			return err
		}
		return eachRow(ctx, conn, st, func(rows *sql.Rows) error {
			k, err := scanKind(rows, (len(segments)+63)/64)
			kinds = append(kinds, k)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("comparing who is in %d segments: %w", len(segments), err)
	}
	return kinds, nil
}

func scanKind(rows *sql.Rows, words int) (insight.Kind, error) {
	k := insight.Kind{In: make([]uint64, words)}
	var targets []any
	for i := range k.In {
		targets = append(targets, &k.In[i])
	}
	targets = append(targets, &k.Customers)
	for _, s := range []*insight.Sums{&k.Year, &k.Ever} {
		targets = append(targets, &s.Orders, (*amountText)(&s.Total), (*amountText)(&s.Refunds))
	}
	return k, rows.Scan(targets...)
}

// amountText scans an amount that is written as a text: the driver gives
// decimals as numbers of its own, and a text loses nothing.
type amountText commerce.Amount

func (a *amountText) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("expected an amount as a text, got %T", v)
	}
	n, err := commerce.ParseAmount(text)
	*a = amountText(n)
	return err
}

// Purchases counts who bought each category and product in the last 12 months.
func (q *Questions) Purchases(ctx context.Context, question segment.Question, at time.Time) (insight.Purchases, error) {
	segments := compiled([]segment.Question{question})
	var p insight.Purchases
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Purchases(segments[0], o)
		if err != nil {
			return err
		}
		return eachRow(ctx, conn, st, func(rows *sql.Rows) error {
			var what string
			var b insight.Buyers
			if err := rows.Scan(&what, &b.Value, &b.Members, &b.Others); err != nil {
				return err
			}
			switch what {
			case "category":
				p.Categories = append(p.Categories, b)
			case "product":
				p.Products = append(p.Products, b)
			default:
				p.Anything = b
			}
			return nil
		})
	})
	if err != nil {
		return p, fmt.Errorf("comparing what members and others bought: %w", err)
	}
	return p, nil
}

// OrderedSince counts who is in the segment at an instant, and who of them
// ordered after it and until another one.
func (q *Questions) OrderedSince(ctx context.Context, question segment.Question, at, until time.Time) (insight.Baseline, error) {
	segments := compiled([]segment.Question{question})
	var members, ordered int64
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.OrderedSince(segments[0], until, o)
		if err != nil {
			return err
		}
		return conn.QueryRowContext(ctx, st.SQL, st.Args...).Scan(&members, &ordered)
	})
	if err != nil {
		return insight.Baseline{}, fmt.Errorf("counting who ordered since %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return insight.NewBaseline(members, ordered), nil
}

// ProductNames returns the names of those of the products that have one.
func (q *Questions) ProductNames(ctx context.Context, products []string, at time.Time) (map[string]string, error) {
	names := map[string]string{}
	if len(products) == 0 {
		return names, nil
	}
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.ProductNames(products, o)
		if err != nil {
			return err
		}
		return eachRow(ctx, conn, st, func(rows *sql.Rows) error {
			var product, name string
			err := rows.Scan(&product, &name)
			names[product] = name
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("looking up the names of %d products: %w", len(products), err)
	}
	return names, nil
}
