package warehouse

import "math"

// eventFacts takes the events that are facts of another kind.
func (l *load) eventFacts(classes map[string]int64) error {
	if classes[classOrder] > 0 {
		if err := l.eventOrders(); err != nil {
			return err
		}
	}
	if classes[classCancel] > 0 {
		l.ordersChanged = true
		if err := l.all("event_cancel", "event_cancel_orders", "event_cancel_items", "event_cancel_touched"); err != nil {
			return err
		}
	}
	if classes[classRefund] > 0 {
		if err := l.all("event_refund_without_rate"); err != nil {
			return err
		}
		n, err := l.exec("event_refund")
		if err != nil {
			return err
		}
		l.result.Refunds += n
	}
	if classes[classPoints] > 0 {
		if err := l.all("event_points"); err != nil {
			return err
		}
	}
	if classes[classMessage]+classes[classTicket]+classes[classCoupon] > 0 {
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
	return l.all("order_first_at")
}
