package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Run is a scoring run and what it found.
type Run struct {
	Number    int64
	At        time.Time
	Customers int64 // in some group
	Changed   int64 // in another group than before
	Groups    []GroupSize
}

// GroupSize is how many customers a group had.
type GroupSize struct {
	Group     string
	Customers int64
}

// ListRuns lists runs with a smaller number, the newest first; all if it is 0.
func (q *Questions) ListRuns(ctx context.Context, before int64, limit int) ([]Run, error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{"before": before, "page": limit}}
	var list []Run
	err = r.query("run_page", func(rows *sql.Rows) error {
		var run Run
		var group sql.NullString
		var size sql.NullInt64
		if err := rows.Scan(&run.Number, &run.At, &run.Changed, &group, &size); err != nil {
			return err
		}
		if len(list) == 0 || list[len(list)-1].Number != run.Number {
			run.At = run.At.UTC()
			list = append(list, run)
		}
		if last := &list[len(list)-1]; group.Valid {
			last.Customers += size.Int64
			last.Groups = append(last.Groups, GroupSize{group.String, size.Int64})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing scoring runs: %w", err)
	}
	return list, nil
}

// Scored says whether the run whose scores hold as of an instant found anybody
// to score; true if there was no run by then.
func (q *Questions) Scored(ctx context.Context, at time.Time) (scored bool, err error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{"at": at.UTC()}}
	if err := r.one("run_scored", &scored); err != nil {
		return false, fmt.Errorf("looking for scores as of %s: %w", at, err)
	}
	return scored, nil
}
