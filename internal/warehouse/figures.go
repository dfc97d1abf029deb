package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/figures"
	"kith/internal/rfm"
	"kith/internal/segql"
	"kith/internal/segql/calendar"
	"kith/internal/segql/sqlgen"
)

// monthsShown are the months of the overview: one that is under way, and the
// twelve before it.
const monthsShown = 13

// Figures counts what the overview shows as of an instant.
func (q *Questions) Figures(ctx context.Context, at time.Time) (figures.Figures, error) {
	var f figures.Figures
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) error {
		const day = 24 * time.Hour
		at := o.At.UTC().Truncate(time.Microsecond)
		c := &counting{runner: runner{ctx: ctx, conn: conn, args: map[string]any{
			"at": at, "month": at.Add(-30 * day), "before": at.Add(-60 * day), "week": at.Add(-7 * day),
		}}, zone: o.Zone, at: at, figures: &f}
		for _, count := range []func() error{c.totals, c.months, c.freshness} {
			if err := count(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return f, fmt.Errorf("counting orders and customers: %w", err)
	}
	rows, err := q.RFM(ctx, at)
	if err != nil {
		return f, err
	}
	f.RFM = rfm.Tabulate(rows)
	f.Prospects = f.Customers - f.RFM.Customers
	return f, nil
}

type counting struct {
	runner
	zone    *time.Location
	at      time.Time
	figures *figures.Figures
}

func (c *counting) totals() error {
	f := c.figures
	var all figures.Totals
	var sold, soldBefore, refunded, refundedBefore commerce.Amount
	var last sql.NullTime
	err := c.one("figures_orders", &f.Orders, &f.Orders30d, &f.OrdersPrevious30d, (*amountText)(&all.Sold), (*amountText)(&sold), (*amountText)(&soldBefore), &last)
	if err != nil {
		return err
	}
	if err := c.one("figures_refunds", (*amountText)(&all.Refunded), (*amountText)(&refunded), (*amountText)(&refundedBefore)); err != nil {
		return err
	}
	if err := c.one("figures_customers", &f.Customers, &f.NewCustomers30d); err != nil {
		return err
	}
	var repeat int64
	if err := c.one("figures_buyers", &f.Buyers, &repeat); err != nil {
		return err
	}
	f.RevenueNet30d, f.RevenueNetPrevious30d = sold-refunded, soldBefore-refundedBefore
	f.Freshness.LastOrderAt = instantOrNil(last)
	f.Finish(all, repeat)
	return nil
}

// months counts by month of the shop's calendar.
func (c *counting) months() error {
	year, month, _ := c.at.In(c.zone).Date()
	var names []string
	var starts, ends []time.Time
	for i := range monthsShown {
		begin := time.Date(year, month-monthsShown+1+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		next := begin.AddDate(0, 1, 0)
		names = append(names, begin.Format("2006-01"))
		starts, ends = append(starts, c.firstInstant(begin)), append(ends, c.firstInstant(next))
	}
	c.args["months"], c.args["starts"], c.args["ends"], c.args["first_day"] = names, starts, ends, names[0]+"-01"
	return c.query("figures_months", func(rows *sql.Rows) error {
		var m figures.Month
		err := rows.Scan(&m.Month, &m.Orders, (*amountText)(&m.Revenue), (*amountText)(&m.NewCustomersRevenue), (*amountText)(&m.ReturningRevenue),
			&m.NewBuyers, &m.ReturningBuyers)
		c.figures.Months = append(c.figures.Months, m)
		return err
	})
}

// firstInstant is the first one of a day of the shop's calendar.
func (c *counting) firstInstant(day time.Time) time.Time {
	return calendar.StartOfDay(c.zone, segql.Date{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}).UTC()
}

func (c *counting) freshness() error {
	var event, imported sql.NullTime
	if err := c.one("figures_freshness", &event, &imported); err != nil {
		return err
	}
	f := &c.figures.Freshness
	f.LastEventAt, f.LastImportAt = instantOrNil(event), instantOrNil(imported)
	return c.query("figures_imports", func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		f.Imports = append(f.Imports, seq)
		return err
	})
}

// LastImport is the number of the last import of files that was applied; 0 if
// there was none.
func (db *DB) LastImport(ctx context.Context) (uint64, error) {
	var seq uint64
	if err := db.sql.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM import WHERE file`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("looking for the last import: %w", err)
	}
	return seq, nil
}
