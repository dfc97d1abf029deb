package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"kith/internal/commerce"
)

// load is one Load on its way.
type load struct {
	runner
	db     *DB
	batch  Batch
	staged staged
	result Result

	clock   int64   // see schema.sql: shop.clock
	seconds []int64 // the clock of each entry

	// What the warehouse held before.
	ordersBefore, productsBefore, eventsBefore, traitsBefore bool

	sliced        bool   // taken in several slices
	groupView     string // the statement that groups rows to orders
	changedRows   int64  // of customers and products: rows that said something new
	identified    bool   // there are key_seen and touched
	firstKeys     bool   // there were no keys before
	merges        bool   // persons that were apart are one now
	allStray      bool   // the lines of orders are counted one by one
	otherFacts    bool   // some events are orders, cancellations, refunds or points
	eventsRefused bool   // some events are not taken
	tracked       bool   // there are new tracked events
	ordersChanged bool   // there are new orders, or orders in another state
	versioned     bool   // there are new versions of messages, tickets or coupons
	traitsChanged bool   // customer data was said
	traitsAlone   bool   // nobody's field was named twice, or before
}

// Load applies one batch in one transaction: all of it or nothing. The
// batch's Seq must be greater than what was applied before.
func (db *DB) Load(ctx context.Context, batch Batch) (result Result, err error) {
	err = db.aside(func() error {
		db.writing.Lock()
		defer db.writing.Unlock()
		result, err = db.apply(ctx, batch)
		return err
	})
	return result, err
}

func (db *DB) apply(ctx context.Context, batch Batch) (Result, error) {
	tx, err := db.begin(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("loading %s: %w", batch.Kind, err)
	}
	l := &load{db: db, batch: batch}
	l.runner = runner{ctx: ctx, conn: db.writer, args: map[string]any{
		"seq": batch.Seq, "at": batch.At.UTC().Truncate(time.Microsecond), "currency": db.config.Currency,
		"kind": string(batch.Kind), "hash": batch.Hash,
	}, observe: db.observe}
	err = l.run()
	if errors.Is(err, errScattered) {
		if err := tx.Rollback(); err != nil {
			return Result{}, fmt.Errorf("loading %s: %w", batch.Kind, err)
		}
		batch.whole = true
		return db.apply(ctx, batch)
	}
	if late, ok := errors.AsType[*errRefusedLate](err); ok {
		if err := tx.Rollback(); err != nil {
			return Result{}, fmt.Errorf("loading %s: %w", batch.Kind, err)
		}
		batch.late = slices.Concat(batch.late, late.refusals)
		return db.apply(ctx, batch)
	}
	if err != nil {
		return Result{}, errors.Join(fmt.Errorf("loading %s: %w", batch.Kind, err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return Result{}, fmt.Errorf("committing %s: %w", batch.Kind, err)
	}
	return l.result, nil
}

func (l *load) run() error {
	var applied int64
	err := l.one("load_before", &applied, &l.clock, &l.ordersBefore, &l.productsBefore, &l.eventsBefore, &l.traitsBefore)
	if err != nil {
		return err
	}
	if l.batch.Seq <= applied {
		return fmt.Errorf("record %d comes after %d was applied", l.batch.Seq, applied)
	}
	l.advanceClock()
	if err := l.stage(); err != nil {
		return err
	}
	if err := l.text(dayMacro(l.db.config.Zone, l.staged.from, l.staged.to)); err != nil {
		return err
	}
	if err := l.all("refused_table", "touched_table"); err != nil {
		return err
	}
	if err := l.refuseAgain(); err != nil {
		return err
	}
	if l.staged.rows > 0 {
		if err := l.loadKind(); err != nil {
			return err
		}
		if err := l.derive(); err != nil {
			return err
		}
	}
	return l.finish()
}

func (l *load) loadKind() error {
	switch l.batch.Kind {
	case commerce.Orders:
		return l.loadOrders()
	case commerce.Customers:
		return l.loadCustomers()
	case commerce.Products:
		return l.loadProducts()
	case commerce.Events:
		return l.loadEvents()
	case commerce.Rates:
		return l.loadRates()
	}
	return fmt.Errorf("unknown kind %q", l.batch.Kind)
}

// finish counts, moves applied_seq and asks BeforeCommit.
func (l *load) finish() error {
	if err := l.readRefusals(); err != nil {
		return err
	}
	l.result.Rows = l.staged.rows
	l.result.Refused = int64(len(l.result.Refusals))
	l.result.Accepted = l.result.Rows - l.result.Refused
	if l.batch.Kind == commerce.Customers || l.batch.Kind == commerce.Products {
		l.result.Unchanged = l.result.Accepted - l.changedRows
	}
	l.args["rows"], l.args["file"] = l.result.Rows, l.batch.Hash != ""
	if l.result.Refused > 0 {
		// What was refused may be taken another time, with the rates then
		// known: the same file is not "imported before".
		l.args["hash"] = ""
	}
	if err := l.all("load_applied", "recent_over", "load_import"); err != nil {
		return err
	}
	if err := l.readTouched(); err != nil {
		return err
	}
	if err := l.dropAll(); err != nil {
		return err
	}
	if l.batch.BeforeCommit == nil {
		return nil
	}
	return l.batch.BeforeCommit(l.ctx, l.result)
}

// maxTouched is how many persons are told one by one.
const maxTouched = 100_000

// readTouched tells whom the batch touched.
func (l *load) readTouched() error {
	if l.firstKeys {
		return nil
	}
	n, err := l.count("load_touched_count")
	if err != nil || n > maxTouched {
		return err
	}
	l.result.Touched = make([]int64, 0, n)
	return l.query("load_touched", func(rows *sql.Rows) error {
		var customer int64
		err := rows.Scan(&customer)
		l.result.Touched = append(l.result.Touched, customer)
		return err
	})
}

func (l *load) readRefusals() error {
	return l.query("load_refusals", func(rows *sql.Rows) error {
		var f Refusal
		if err := rows.Scan(&f.File, &f.Line, &f.Pos, &f.Column, &f.Reason); err != nil {
			return err
		}
		l.result.Refusals = append(l.result.Refusals, f)
		return nil
	})
}

// execOrdered runs an insert whose rows should lie in order of time, so that
// readers can skip what is outside a window. Records that stand in order of
// time need no sorting: their order is kept.
func (l *load) execOrdered(name, by string) (int64, error) {
	if l.staged.ordered {
		return l.exec(name)
	}
	return l.execText(name, "\nORDER BY "+by)
}
