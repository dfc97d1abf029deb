package main

import (
	"context"
	"errors"
	"time"

	"kith/internal/commerce"
)

// heaviestEvents is how many events the heaviest customer has, one after the
// other.
const heaviestEvents = 50

// heaviest lets the stream be that of the customer with the most orders. Zipf's
// law gives one customer nearly a tenth of all orders, as a till has them, or
// a marketplace that orders under one account.
func (r *streamRun) heaviest(ctx context.Context) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	var id string
	var orders int64
	err = conn.QueryRowContext(ctx, `SELECT k.value, o.n FROM (SELECT key, count(*) AS n FROM orders GROUP BY key) o
		JOIN person_key k USING (key) WHERE k.kind = 'customer' ORDER BY o.n DESC, k.key LIMIT 1`).Scan(&id, &orders)
	if err = errors.Join(err, conn.Close()); err != nil {
		return err
	}
	begin := time.Now()
	for range heaviestEvents {
		e := r.generator.event()
		e.CustomerID, e.AnonymousID = id, ""
		seq, _, err := r.load.AppendEvents(ctx, commerce.EventBatch{Events: []commerce.Event{e}})
		if err == nil {
			err = r.keeper.Before(ctx, seq+1)
		}
		if err != nil {
			return err
		}
	}
	r.line(r.Name+"_heaviest_orders", float64(orders), "orders")
	r.line(r.Name+"_heaviest_visible", time.Since(begin).Seconds()*1000/heaviestEvents, "ms")
	return nil
}
