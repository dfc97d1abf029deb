package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/profile"
	"kith/internal/segql"
	"kith/internal/segql/calendar"
	"kith/internal/segql/eval"
	"kith/internal/segql/sqlgen"
)

// FindCustomer returns a known customer by customer id, e-mail or phone.
func (q *Questions) FindCustomer(ctx context.Context, id string, at time.Time, events int) (profile.Customer, error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return profile.Customer{}, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	defer func() { _ = conn.Close() }()
	o, err := q.runOptions(ctx, conn, at)
	if err != nil {
		return profile.Customer{}, fmt.Errorf("looking for customer %s: %w", id, err)
	}
	r := &finder{runner: runner{ctx: ctx, conn: conn, args: map[string]any{"id": id, "at": at.UTC(), "events": events}}, options: o}
	if err := r.read(); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return profile.Customer{}, noCustomer(id, at)
		}
		return profile.Customer{}, fmt.Errorf("reading customer %s: %w", id, err)
	}
	return r.customer, nil
}

// finder reads one customer.
type finder struct {
	runner
	options  sqlgen.Options
	customer profile.Customer
}

func (f *finder) read() error {
	var number int64
	var exists sql.NullTime
	if err := f.one("find_customer", &number, &f.customer.ID, &exists); err != nil {
		return err
	}
	f.customer.ExistsFrom = instantOrNil(exists)
	f.args["customer"] = number
	return errors.Join(f.keys(), f.traits(), f.orders(), f.cart(), f.favourites(), f.tickets(), f.scores(), f.timeline())
}

func instantOrNil(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	u := t.Time.UTC()
	return &u
}

func (f *finder) keys() error {
	keys := []int64{}
	err := f.query("customer_keys", func(rows *sql.Rows) error {
		var number int64
		var k profile.Key
		var since sql.NullTime
		if err := rows.Scan(&number, &k.Kind, &k.Value, &since); err != nil {
			return err
		}
		keys, k.Since = append(keys, number), instantOrNil(since)
		switch {
		case k.Kind == "email" && f.customer.Email == "":
			f.customer.Email = k.Value
		case k.Kind == "phone" && f.customer.Phone == "":
			f.customer.Phone = k.Value
		}
		f.customer.Keys = append(f.customer.Keys, k)
		return nil
	})
	f.args["keys"] = keys
	return err
}

func (f *finder) traits() error {
	f.customer.Traits, f.customer.Consents = []profile.Trait{}, []profile.Consent{}
	return f.query("customer_traits", func(rows *sql.Rows) error {
		var t profile.Trait
		var since sql.NullTime
		if err := rows.Scan(&t.Name, &t.Value, &since); err != nil {
			return err
		}
		t.Since = instantOrNil(since)
		f.customer.Traits = append(f.customer.Traits, t)
		f.told(t)
		return nil
	})
}

func (f *finder) orders() error {
	var revenue, average string
	var first, last sql.NullTime
	o := &f.customer.Orders
	f.args["year"] = calendar.Back(f.options.Zone, f.options.At, segql.Duration{N: 12, Unit: segql.Months}).UTC()
	f.args["quarter"] = calendar.Back(f.options.Zone, f.options.At, segql.Duration{N: 90, Unit: segql.Days}).UTC()
	var year, days, quarter int64
	err := f.one("customer_orders", &o.Count, &revenue, &average, &first, &last, &year, &days, &quarter)
	if err != nil {
		return err
	}
	f.customer.Stage = stageOf(o.Count, year, days, quarter)
	o.First, o.Last = instantOrNil(first), instantOrNil(last)
	if o.Revenue, err = commerce.ParseAmount(revenue); err != nil {
		return err
	}
	o.Average, err = commerce.ParseAmount(average)
	return err
}

// scores are those of the latest run; before the first one, recency,
// frequency and monetary as of the instant.
func (f *finder) scores() error {
	f.customer.Scores = map[string]string{}
	if f.options.Run == 0 {
		now := &oneScores{
			ctx: f.ctx, conn: f.conn, options: f.options, customer: f.args["customer"].(int64), known: map[string]eval.Value{},
		}
		for _, name := range []string{"rfm.group", "rfm.recency", "rfm.frequency", "rfm.monetary"} {
			if v := now.Base(name, false); !v.Missing() {
				f.customer.Scores[name] = v.String()
			}
		}
		return now.err
	}
	return f.query("customer_scores", func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		f.customer.Scores[name] = value
		return nil
	})
}

func (f *finder) timeline() error {
	f.customer.Timeline = []profile.Event{}
	return f.query("customer_timeline", func(rows *sql.Rows) error {
		var e profile.Event
		var amount sql.NullString
		if err := rows.Scan(&e.At, &e.Kind, &e.Name, &amount); err != nil {
			return err
		}
		e.At = e.At.UTC()
		if amount.Valid {
			a, err := commerce.ParseAmount(amount.String)
			if err != nil {
				return err
			}
			e.Amount = &a
		}
		f.customer.Timeline = append(f.customer.Timeline, e)
		return nil
	})
}

// Present says what the shop has facts of.
func (q *Questions) Present(ctx context.Context) (map[string]bool, error) {
	k := &q.db.present
	k.mu.Lock()
	defer k.mu.Unlock()
	seq, err := q.db.AppliedSeq(ctx)
	if err != nil {
		return nil, err
	}
	if k.there != nil && k.seq == seq {
		return maps.Clone(k.there), nil
	}
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for facts: %w", err)
	}
	defer func() { _ = conn.Close() }()
	r := runner{ctx: ctx, conn: conn}
	there := map[string]bool{}
	err = r.query("present", func(rows *sql.Rows) error {
		var what string
		if err := rows.Scan(&what); err != nil {
			return err
		}
		there[what] = true
		return nil
	})
	if err == nil {
		k.there, k.seq = there, seq
	}
	return maps.Clone(there), err
}

// present is what there are facts of, as of a record of the log: to look takes
// a pass over some tables, and each question about saved segments needs it.
type present struct {
	mu    sync.Mutex
	seq   int64
	there map[string]bool
}
