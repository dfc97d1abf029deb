package warehouse

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
)

// sliceRows is how many rows of an import are taken at once: memory stays
// bounded however long the file, and hash tables small.
const sliceRows = 2_000_000

// errScattered says that the rows of an order lie in several slices, so that
// the batch must be taken as a whole.
var errScattered = errors.New("an order's rows lie far apart")

// loadOrders takes the records of an import of orders, a long one in slices
// that end between two orders. Each slice is taken like a batch of its own.
func (l *load) loadOrders() error {
	cuts, err := l.cutOrders()
	if err != nil {
		return err
	}
	if err := l.all("order_refused_before_table"); err != nil {
		return err
	}
	l.sliced = len(cuts) > 2
	for i := range cuts[1:] {
		if err := l.slice(cuts[i], cuts[i+1]); err != nil {
			return err
		}
		if err := l.loadSlice(); err != nil {
			return err
		}
		for _, step := range orderSteps {
			if err := l.drop(step); err != nil {
				return err
			}
		}
	}
	if l.staged.full["customer_id"] {
		return nil // each row's instant is known under its key already
	}
	return l.all("order_first_at")
}

// cutOrders returns where slices begin, and the end.
func (l *load) cutOrders() ([]int64, error) {
	cuts := []int64{0}
	if l.staged.ordered && !l.batch.whole {
		// The rows are counted, but cut by their places, which may have gaps.
		step := max(l.db.sliceRows, int64(float64(l.staged.lastPos+1)/float64(l.staged.rows)*float64(l.db.sliceRows)))
		for cut := step; cut <= l.staged.lastPos; cut += step {
			var at sql.NullInt64
			l.args["cut"] = cut
			if err := l.one("order_cut", &at); err != nil {
				return nil, err
			}
			if at.Valid {
				cuts = append(cuts, at.Int64)
			}
		}
	}
	return append(cuts, math.MaxInt64), nil
}

// slice lets order_record see the rows with these places only.
func (l *load) slice(from, to int64) error {
	return l.text(fmt.Sprintf("SET VARIABLE slice_from = %d::BIGINT; SET VARIABLE slice_to = %d::BIGINT", from, to))
}

func (l *load) loadSlice() error {
	if err := l.all("order_record"); err != nil {
		return err
	}
	if err := l.groupOrders(); err != nil {
		return err
	}
	if l.sliced {
		var scattered bool
		if err := l.one("order_scattered", &scattered); err != nil {
			return err
		}
		if scattered {
			return errScattered
		}
	}
	if err := l.all("order_keyed"); err != nil {
		return err
	}
	if err := l.identify(); err != nil {
		return err
	}
	if l.sliced {
		if err := l.all("order_refused_before"); err != nil {
			return err
		}
	}
	return l.storeOrders()
}

// groupOrders makes orders of the rows in the view order_record, and refuses
// those that cannot be taken.
func (l *load) groupOrders() error {
	l.ordersChanged = true
	l.groupView = "order_group_view"
	if l.staged.allSold && !l.allStray {
		l.groupView = "order_group_view_plain"
	}
	if err := l.all("order_line_view", l.groupView, "order_group", "order_refused_table"); err != nil {
		return err
	}
	if err := l.refuseContradictions(); err != nil {
		return err
	}
	return l.refuseOrders()
}

// storeOrders changes orders that came before and inserts the others.
func (l *load) storeOrders() error {
	if err := l.changeOrders(); err != nil {
		return err
	}
	return l.insertOrders()
}

// refuseContradictions refuses rows that say of their order what its first
// row does not.
func (l *load) refuseContradictions() error {
	suspects, err := l.count("order_suspects")
	if err != nil || suspects == 0 {
		return err
	}
	n, err := l.exec("order_contradictions")
	if err != nil || n == 0 {
		return err
	}
	if err := l.takeUnrefused(); err != nil {
		return err
	}
	return l.all("order_regroup_gone", "order_regroup")
}

// takeUnrefused lets the views see only rows that are not refused.
func (l *load) takeUnrefused() error {
	if err := l.drop("order_grouped"); err != nil {
		return err
	}
	if err := l.drop("order_line"); err != nil {
		return err
	}
	return l.all("order_line_view_taken", l.groupView)
}

// refuseOrders finds orders that cannot be taken or came before.
func (l *load) refuseOrders() error {
	if l.staged.filled["currency"] {
		if err := l.all("order_without_rate"); err != nil {
			return err
		}
	}
	if l.ordersBefore {
		err := l.all("order_again", "order_again_other", "order_again_gone", "order_again_refunds", "order_again_refunds_gone", "order_refused_again_gone")
		if err != nil {
			return err
		}
	}
	refused, err := l.exec("order_refused_gone")
	if err != nil {
		return err
	}
	rows, err := l.exec("order_refused_rows")
	if err != nil {
		return err
	}
	if refused+rows == 0 {
		return nil
	}
	return l.takeUnrefused()
}

// changeOrders changes the state of orders that came before.
func (l *load) changeOrders() error {
	if !l.ordersBefore {
		return nil
	}
	if err := l.all("order_state"); err != nil {
		return err
	}
	n, err := l.exec("order_state_update")
	if err != nil {
		return err
	}
	if n > 0 {
		if err := l.all("order_state_items", "order_state_refund_gone", "order_state_refund"); err != nil {
			return err
		}
	}
	var orders, items, refunds, returned int64
	if err := l.one("order_again_totals", &orders, &items, &refunds); err != nil {
		return err
	}
	if err := l.one("refund_again_totals", &returned); err != nil {
		return err
	}
	unchanged, err := l.count("order_unchanged")
	l.result.Orders += orders
	l.result.Items += items
	l.result.Refunds += refunds + returned
	l.result.Unchanged += unchanged
	return err
}

// insertOrders inserts the orders that are new, with their items and refunds.
func (l *load) insertOrders() error {
	var orders, items, returned int64
	if err := l.one("order_totals", &orders, &items, &returned); err != nil {
		return err
	}
	l.result.Orders += orders
	l.result.Items += items
	l.result.Refunds += returned
	if orders > 0 {
		if _, err := l.execOrdered("order_insert", "g.ts, r.ord"); err != nil {
			return err
		}
	}
	if items > 0 {
		if err := l.insertItems(); err != nil {
			return err
		}
	}
	if returned > 0 {
		if err := l.all("refund_lines"); err != nil {
			return err
		}
	}
	if !l.staged.filled["refunded"] {
		return nil
	}
	name := "refund_orders_plain"
	if l.allStray {
		name = "refund_orders"
	}
	refunds, err := l.execOrdered(name, "o.ts, o.pos")
	l.result.Refunds += refunds
	return err
}

// insertItems counts lines one by one only where they do not stand together.
func (l *load) insertItems() error {
	stray, err := l.count("order_stray_lines")
	if err != nil {
		return err
	}
	name := "item_insert"
	switch {
	case stray > 0 || l.allStray:
		l.args["all_stray"] = l.allStray
		if err := l.all("order_stray_line"); err != nil {
			return err
		}
		name = "item_insert_full"
	case l.productsBefore:
		name = "item_insert_catalogue"
	}
	_, err = l.execOrdered(name, "o.ts, r.ord")
	return err
}
