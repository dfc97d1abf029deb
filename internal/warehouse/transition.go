package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"kith/internal/segment"
	"kith/internal/segql/sqlgen"
)

// makeTransitions fills the temporary table transition_now with the recorded
// transitions that segments read. They are kept elsewhere; few segments ask
// for them.
func (q *Questions) makeTransitions(ctx context.Context, conn *sql.Conn, segments []sqlgen.Segment) error {
	var ids []string
	for _, s := range segments {
		ids = append(ids, s.Checked.Moved()...)
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	r := &runner{ctx: ctx, conn: conn}
	if err := r.all("transition_given"); err != nil {
		return err
	}
	err := r.appendRows("temp", "transition_given", func(add func(...driver.Value) error) error {
		return q.eachMove(ctx, slices.Compact(ids), add)
	})
	if err != nil {
		return fmt.Errorf("reading recorded transitions: %w", err)
	}
	return r.all("transition_now", "transition_given_gone")
}

func (q *Questions) eachMove(ctx context.Context, ids []string, add func(...driver.Value) error) error {
	if q.moves == nil {
		return nil
	}
	number := int64(0)
	for _, id := range ids {
		err := q.moves(ctx, id, func(kind segment.KeyKind, customer string, entered bool, at time.Time) error {
			number++
			return add(number, id, keyKinds[kind], customer, at.UTC(), entered)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keyKinds are the kinds of keys as the warehouse writes them.
var keyKinds = [...]string{"customer", "email", "phone", "anonymous"}
