package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"kith/internal/segment"
	"kith/internal/segql/sqlgen"
)

// pairsAtOnce is how many pairs one statement compares: DuckDB plans some
// hundred conditions quickly, and thousands slowly.
const pairsAtOnce = 25

// Compare says what becomes of the membership of saved segments whose
// definitions change; see segment.Asker.
func (q *Questions) Compare(ctx context.Context, pairs []segment.Pair, at time.Time, sample int) ([]segment.Difference, error) {
	all := make([]segment.Difference, 0, len(pairs))
	for some := range slices.Chunk(pairs, pairsAtOnce) {
		differences, err := q.compare(ctx, some, at, sample)
		if err != nil {
			return nil, fmt.Errorf("comparing %d segments: %w", len(pairs), err)
		}
		all = append(all, differences...)
	}
	return all, nil
}

func (q *Questions) compare(ctx context.Context, pairs []segment.Pair, at time.Time, sample int) ([]segment.Difference, error) {
	compiled, segments := savedPairs(pairs)
	differences := make([]segment.Difference, len(pairs))
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Differences(compiled, sample, o)
		if err != nil {
			return err
		}
		var targets []any
		for i := range differences {
			d := &differences[i]
			targets = append(targets, &d.Before, &d.After, &d.Entering, &d.Leaving, (*textList)(&d.FirstEntering), (*textList)(&d.FirstLeaving))
		}
		return conn.QueryRowContext(ctx, st.SQL, st.Args...).Scan(targets...)
	})
	return differences, err
}

// savedPairs makes the pairs that sqlgen takes, and lists their segments.
func savedPairs(pairs []segment.Pair) (compiled []sqlgen.Pair, segments []sqlgen.Segment) {
	for _, p := range pairs {
		var c sqlgen.Pair
		if p.Before != nil {
			c.Before = &sqlgen.Segment{Checked: p.Before, Saved: true}
			segments = append(segments, *c.Before)
		}
		switch {
		case p.After == p.Before:
			c.After = c.Before
		case p.After != nil:
			c.After = &sqlgen.Segment{Checked: p.After, Saved: true}
			segments = append(segments, *c.After)
		}
		compiled = append(compiled, c)
	}
	return compiled, segments
}

// textList scans a list of texts; NULL, which min of nothing gives, is empty.
type textList []string

func (l *textList) Scan(v any) error {
	*l = textList{}
	values, ok := v.([]any)
	if v != nil && !ok {
		return fmt.Errorf("expected a list of texts, got %T", v)
	}
	for _, v := range values {
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("expected a text in the list, got %T", v)
		}
		*l = append(*l, text)
	}
	return nil
}
