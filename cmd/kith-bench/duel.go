package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"kith/internal/segql/sqlgen"
)

// mostRatio is what Kith may take, over hand-written SQL.
const mostRatio = 1.3

// duel runs two statements that must give the same rows, by turns.
func (b *bench) duel(ctx context.Context, conn *sql.Conn, name string, ours, rival sqlgen.Statement) error {
	var sides [2]took
	var answers [2]string
	for round := range b.rounds + 1 {
		for side, st := range []sqlgen.Statement{ours, rival} {
			start, work := time.Now(), processor()
			answer, err := ask(ctx, conn, st)
			if err != nil {
				return fmt.Errorf("asking %s: %w", name, err)
			}
			answers[side] = answer
			if round > 0 { // the first is to warm up
				sides[side].add(time.Since(start), processor()-work)
			}
		}
	}
	if answers[0] != answers[1] {
		return fmt.Errorf("%s: the answers differ:\n%s\n%s", name, answers[0], answers[1])
	}
	b.compare(name, sides[0], sides[1], mostRatio)
	return nil
}

// took is what one side took, round by round: time, and work of processors.
type took struct{ times, work []time.Duration }

func (t *took) add(time, work time.Duration) {
	t.times, t.work = append(t.times, time), append(t.work, work)
}

// processor is the processor time of this process so far.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// compare reports two sides and their ratio.
func (b *bench) compare(name string, ours, rival took, limit float64) {
	a, r := median(ours.times), median(rival.times)
	b.line(name+"_kith", float64(a.Microseconds())/1000, "ms")
	b.line(name+"_rival", float64(r.Microseconds())/1000, "ms")
	b.limited(name+"_ratio", float64(a)/float64(r), "x", limit)
	b.line(name+"_work", float64(median(ours.work))/max(1, float64(median(rival.work))), "x")
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
