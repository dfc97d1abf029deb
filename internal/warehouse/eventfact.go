package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"

	"kith/internal/customer"
)

// eventFacts takes the events that are facts of another kind.
func (l *load) eventFacts(classes map[customer.EventClass]int64) error {
	if classes[customer.OrderEvent] > 0 {
		if err := l.eventOrders(); err != nil {
			return err
		}
	}
	if classes[customer.CancelEvent] > 0 {
		l.ordersChanged = true
		if err := l.all("event_cancel", "event_cancel_orders", "event_cancel_items", "event_cancel_touched"); err != nil {
			return err
		}
	}
	if classes[customer.RefundEvent] > 0 {
		n, err := l.exec("event_refund")
		if err != nil {
			return err
		}
		l.result.Refunds += n
	}
	if classes[customer.PointsEvent] > 0 {
		if err := l.all("event_points"); err != nil {
			return err
		}
	}
	if classes[customer.MessageEvent]+classes[customer.TicketEvent]+classes[customer.CouponEvent] > 0 {
		l.versioned = true
		return l.all("event_version")
	}
	return nil
}

// orderSteps are the temporary tables and views of taking orders, in the
// order in which they can be dropped.
var orderSteps = [...]string{
	"order_grouped", "order_line", "order_group", "order_refused", "order_again", "refund_again", "order_state",
	"stray_line", "keyed", "order_record", "merged", "claim_seen", "key_seen",
}

// orderStepsOfRound are those that each round of eventOrders makes anew: keys
// are known by then.
const orderStepsOfRound = 8

// eventOrders takes orders that came as events, by the same statements as
// those from files. An order that stands in several events is taken with the
// first and comes again with each of the others, as it would in batches of
// its own.
func (l *load) eventOrders() error {
	if err := l.all("event_order"); err != nil {
		return err
	}
	rounds, err := l.count("event_order_rounds")
	if err != nil {
		return err
	}
	l.allStray = true
	if err := l.slice(math.MinInt64+1, math.MaxInt64); err != nil {
		return err
	}
	for _, column := range []string{"status", "currency", "refunded"} {
		l.staged.filled[column] = true
	}
	for round := int64(1); round <= rounds; round++ {
		l.args["round"] = round
		if err := l.all("event_order_record"); err != nil {
			return err
		}
		if err := l.groupOrders(); err != nil {
			return err
		}
		if err := l.storeOrders(); err != nil {
			return err
		}
		l.ordersBefore = true
		for _, step := range orderSteps[:orderStepsOfRound] {
			if err := l.drop(step); err != nil {
				return err
			}
		}
		if err := l.drop("order_record"); err != nil {
			return err
		}
	}
	if err := l.refusedLate(); err != nil {
		return err
	}
	return l.all("order_first_at")
}

// errRefusedLate says that events were refused after their keys were taken
// up: orders that contradict what is known of them, which only shows once the
// events before them are stored. The batch is taken anew without them.
type errRefusedLate struct{ refusals []Refusal }

// Error says what happened.
func (e *errRefusedLate) Error() string {
	return fmt.Sprintf("%d events were refused for what is known already", len(e.refusals))
}

// refusedLate gives an error when orders were refused that came as events.
func (l *load) refusedLate() error {
	var late errRefusedLate
	err := l.query("event_refused_late", func(rows *sql.Rows) error {
		var f Refusal
		err := rows.Scan(&f.Pos, &f.Column, &f.Reason)
		late.refusals = append(late.refusals, f)
		return err
	})
	if err != nil || len(late.refusals) == 0 {
		return err
	}
	return &late
}

// refuseAgain lists what was refused when the batch was taken before.
func (l *load) refuseAgain() error {
	if len(l.batch.late) == 0 {
		return nil
	}
	return l.appendRows("temp", "refused", func(add func(...driver.Value) error) error {
		for _, f := range l.batch.late {
			if err := add(f.Pos, f.Pos, f.Column, f.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}
