package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"kith/internal/profile"
)

// ReadTimeline implements profile.Historian.
func (q *Questions) ReadTimeline(
	ctx context.Context, id string, kinds []string, from profile.TimelinePlace, limit int, at time.Time,
) ([]profile.Entry, *profile.TimelinePlace, error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	defer func() { _ = conn.Close() }()
	if from.At.IsZero() || from.At.After(at) {
		from = profile.TimelinePlace{At: at}
	}
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{
		"id": id, "at": at.UTC(), "before": from.At.UTC(), "rows": from.Past + limit + 1,
	}}
	var number int64
	var name string
	var exists sql.NullTime
	if err := r.one("find_customer", &number, &name, &exists); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil, noCustomer(id, at)
		}
		return nil, nil, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	r.args["customer"] = number
	keys := []int64{}
	err = r.query("timeline_keys", func(rows *sql.Rows) error {
		var key int64
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	r.args["keys"] = keys
	entries, err := r.entries(kinds)
	if err != nil {
		return nil, nil, fmt.Errorf("reading what happened to customer %s: %w", id, err)
	}
	entries, next := pageOf(entries, from, limit)
	if err := r.orderLines(entries); err != nil {
		return nil, nil, fmt.Errorf("reading the orders of customer %s: %w", id, err)
	}
	return entries, next, nil
}

// entries are those of all kinds that a page may need, in its order.
func (r *runner) entries(kinds []string) ([]profile.Entry, error) {
	entries := []profile.Entry{}
	for _, kind := range profile.TimelineKinds {
		if !slices.Contains(kinds, kind) {
			continue
		}
		err := r.query("timeline_"+kind, func(rows *sql.Rows) error {
			e, err := scanEntry(rows, kind)
			entries = append(entries, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(entries, func(a, b profile.Entry) int { return b.At.Compare(a.At) })
	return entries, nil
}

// pageOf cuts a page out, and says where the next one begins.
func pageOf(entries []profile.Entry, from profile.TimelinePlace, limit int) ([]profile.Entry, *profile.TimelinePlace) {
	past := 0
	for past < len(entries) && past < from.Past && entries[past].At.Equal(from.At) {
		past++
	}
	entries = entries[past:]
	if len(entries) <= limit {
		return entries, nil
	}
	entries = entries[:limit]
	last := entries[limit-1].At
	next := profile.TimelinePlace{At: last}
	if last.Equal(from.At) {
		next.Past = past
	}
	for i := limit - 1; i >= 0 && entries[i].At.Equal(last); i-- {
		next.Past++
	}
	return entries, &next
}

func scanEntry(rows *sql.Rows, kind string) (profile.Entry, error) {
	e := profile.Entry{Kind: kind}
	var id, what, status, properties sql.NullString
	var counts sql.NullBool
	var amount givenAmount
	var fields any
	if err := rows.Scan(&e.At, &id, &what, &status, &counts, &amount, &fields, &properties); err != nil {
		return e, err
	}
	e.At, e.ID, e.What, e.Status, e.Amount = e.At.UTC(), id.String, what.String, status.String, amount.Amount
	if counts.Valid {
		e.Counts = &counts.Bool
	}
	if properties.Valid && json.Valid([]byte(properties.String)) {
		e.Properties = json.RawMessage(properties.String)
	}
	given, ok := fields.(map[string]any)
	if !ok && fields != nil {
		return e, fmt.Errorf("expected the fields of a %s as an object, got %T", kind, fields)
	}
	for name, v := range given {
		if v != nil && v != "" {
			if e.Fields == nil {
				e.Fields = map[string]any{}
			}
			e.Fields[name] = v
		}
	}
	return e, nil
}

// orderLines gives the orders of a page their lines.
func (r *runner) orderLines(entries []profile.Entry) error {
	var orders []string
	var from, to time.Time
	for _, e := range entries {
		if e.Kind == "order" {
			if orders == nil {
				to = e.At
			}
			orders, from = append(orders, e.ID), e.At
		}
	}
	if orders == nil {
		return nil
	}
	r.args["orders"], r.args["from_at"], r.args["to_at"] = orders, from, to
	lines := map[string][]profile.EntryItem{}
	err := r.query("timeline_items", func(rows *sql.Rows) error {
		var order string
		var x profile.EntryItem
		var price, revenue givenAmount
		err := rows.Scan(&order, &x.Product, &x.Name, (*amountText)(&x.Quantity), &price, &revenue)
		x.Price, x.Revenue = price.Amount, revenue.Amount
		lines[order] = append(lines[order], x)
		return err
	})
	for i, e := range entries {
		if e.Kind == "order" {
			entries[i].Items = lines[e.ID]
		}
	}
	return err
}
