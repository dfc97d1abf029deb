package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/segql/sqlgen"
)

// mostRatio is what Kith may take, over hand-written SQL.
const mostRatio = 1.3

// duel runs two statements that must give the same rows, by turns.
func (b *bench) duel(ctx context.Context, conn *sql.Conn, name string, ours, rival sqlgen.Statement) error {
	var times [2][]time.Duration
	var answers [2]string
	for round := range b.rounds + 1 {
		for side, st := range []sqlgen.Statement{ours, rival} {
			start := time.Now()
			answer, err := ask(ctx, conn, st)
			if err != nil {
				return fmt.Errorf("asking %s: %w", name, err)
			}
			answers[side] = answer
			if round > 0 { // the first is to warm up
				times[side] = append(times[side], time.Since(start))
			}
		}
	}
	if answers[0] != answers[1] {
		return fmt.Errorf("%s: the answers differ:\n%s\n%s", name, answers[0], answers[1])
	}
	b.compare(name, median(times[0]), median(times[1]), mostRatio)
	return nil
}

// compare reports two times and their ratio.
func (b *bench) compare(name string, ours, rival time.Duration, limit float64) {
	b.line(name+"_kith", float64(ours.Microseconds())/1000, "ms")
	b.line(name+"_rival", float64(rival.Microseconds())/1000, "ms")
	b.limited(name+"_ratio", float64(ours)/float64(rival), "x", limit)
}

// ask returns all rows as text.
func ask(ctx context.Context, conn *sql.Conn, st sqlgen.Statement) (string, error) {
	rows, err := conn.QueryContext(ctx, st.SQL, st.Args...)
	if err != nil {
		return "", err
	}
	defer closed(rows)
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var texts []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return "", err
		}
		for _, v := range values {
			texts = append(texts, plain(v))
		}
	}
	return strings.Join(texts, " "), rows.Err()
}

// plain writes money the same way, whether it was kept as a decimal or not.
func plain(v any) string {
	if decimal, ok := v.(interface{ Float64() float64 }); ok {
		v = decimal.Float64()
	}
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%.2f", f)
	}
	return fmt.Sprint(v)
}

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2]
}
