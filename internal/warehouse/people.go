package warehouse

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/duck"
	"kith/internal/segment/live"
	"kith/internal/segql/eval"
)

// People is what the warehouse knows of everyone, as the live engine takes it.
type People struct{ db *DB }

// People returns what the warehouse knows of everyone.
func (db *DB) People() People { return People{db} }

// Zone is the shop's time zone.
func (p People) Zone() *time.Location { return p.db.config.Zone }

// reading runs do with a runner on a connection of its own.
func (p People) reading(ctx context.Context, what string, do func(*runner) error) error {
	conn, err := p.db.Conn(ctx)
	if err == nil {
		err = do(&runner{ctx: ctx, conn: conn, args: map[string]any{}})
		_ = conn.Close()
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	return nil
}

// Everyone calls yield for each person, in the order in which their first
// keys arrived.
func (p People) Everyone(ctx context.Context, shop *customer.Shop, yield func(live.Known)) error {
	return p.reading(ctx, "what is known of everyone", func(r *runner) error {
		h := newHistorian(r.ctx, r.conn, shop)
		if err := h.everyone(); err != nil {
			return err
		}
		return eachPerson(h, yield)
	})
}

// Some calls yield for some persons, by the numbers that loads tell.
func (p People) Some(ctx context.Context, shop *customer.Shop, numbers []int64, yield func(live.Known)) error {
	return p.reading(ctx, "what is known of some persons", func(r *runner) error {
		h := newHistorian(r.ctx, r.conn, shop)
		err := h.some(numbers)
		if err == nil {
			err = eachPerson(h, yield)
		}
		return errors.Join(err, h.close())
	})
}

// eachPerson yields the persons of a history. While some are taken the next
// are made.
func eachPerson(h *historian, yield func(live.Known)) error {
	made := make(chan []*customer.Customer)
	var failed error
	go func() {
		defer close(made)
		for i := 0; i*personsInDrawer < len(h.people) && failed == nil; i++ {
			var customers []*customer.Customer
			if customers, failed = h.customers(i); failed == nil {
				made <- customers
			}
		}
	}()
	next := 0
	for customers := range made {
		for i, c := range customers {
			p := &h.people[next]
			yield(live.Known{Keys: p.keys, Arrived: p.arrived, Customer: c})
			customers[i], *p = nil, person{} // it is packed by now
			next++
		}
	}
	return failed
}

// Products calls yield with the versions of products that came after an entry
// of the log, in order of arrival.
func (p People) Products(ctx context.Context, after uint64, yield func(id string, v customer.ProductVersion)) error {
	return p.reading(ctx, "the products", func(r *runner) error {
		r.args["after"] = int64(after)
		return readProducts(r, "products_after", yield)
	})
}

// Messages tells the message ids that are remembered and came after an entry
// of the log, with the seconds since 1970 at which they were taken, and the
// latest such second of an entry.
func (p People) Messages(ctx context.Context, after uint64, yield func(id string, second int64)) (clock int64, err error) {
	err = p.reading(ctx, "message ids", func(r *runner) error {
		r.args["after"], r.args["window"] = int64(after), int64(commerce.RepeatWindow/time.Second)
		if err := r.conn.QueryRowContext(ctx, `SELECT clock FROM shop`).Scan(&clock); err != nil {
			return err
		}
		var id duck.Texts
		var second duck.Ints
		return r.scan("messages_after", "", each(func(i int) { yield(id.View(i), second.At(i)) }), &id, &second)
	})
	return clock, err
}

// Remains tells what is known besides persons and products: cancellations, and
// rates by day (since 1970).
func (p People) Remains(ctx context.Context, cancelled func(order string, at int64), rate func(day int64, currency string, rate eval.Value)) error {
	return p.reading(ctx, "cancellations and rates", func(r *runner) error {
		var id, currency duck.Texts
		var at duck.Instants
		var day duck.Ints
		var value duck.Decimals
		err := r.scan("cancellations", "", each(func(i int) { cancelled(id.At(i), at.At(i)) }), &id, &at)
		if err != nil {
			return err
		}
		return r.scan("rates", "", each(func(i int) { rate(day.At(i), currency.At(i), numberAt(&value, i)) }), &currency, &day, &value)
	})
}

// Scores returns what tells each person's scores of the latest run, by the
// key that names the person; nil if there was no run.
func (p People) Scores(ctx context.Context) (func(name live.Key) customer.Scores, error) {
	scores := map[int64]*customer.RunScores{}
	byName := map[live.Key]*customer.RunScores{}
	var runs int
	err := p.reading(ctx, "the scores", func(r *runner) error {
		if err := r.conn.QueryRowContext(ctx, `SELECT count(*) FROM run`).Scan(&runs); err != nil || runs == 0 {
			return err
		}
		if err := readScores(r, scores); err != nil {
			return err
		}
		var number, key, kind duck.Ints
		var value duck.Texts
		var first duck.Instants
		return r.scan("keys_alone", "", each(func(i int) {
			if s := scores[key.At(i)]; s != nil {
				byName[live.Key{Kind: live.KeyKind(kind.At(i)), Value: value.At(i)}] = s
			}
		}), &number, &key, &kind, &value, &first)
	})
	if err != nil || runs == 0 {
		return nil, err
	}
	none := customer.NewRun().Scores()
	return func(name live.Key) customer.Scores {
		if s := byName[name]; s != nil {
			return s
		}
		return none
	}, nil
}

func readScores(r *runner, scores map[int64]*customer.RunScores) error {
	run := customer.NewRun()
	of := func(number int64) *customer.RunScores {
		s := scores[number]
		if s == nil {
			s = run.Scores()
			scores[number] = s
		}
		return s
	}
	var number, worse, among duck.Ints
	var name, label duck.Texts
	var value duck.Decimals
	words := newWords()
	err := r.scan("scores_now", "", each(func(i int) {
		v := numberAt(&value, i)
		if !label.Null(i) {
			v = eval.Text(words.kept(label.View(i)))
		}
		of(number.At(i)).SetField(words.kept(name.View(i)), v)
	}), &number, &name, &value, &label)
	if err != nil {
		return err
	}
	return r.scan("percentiles_now", "", each(func(i int) {
		of(number.At(i)).SetPercentile(words.kept(name.View(i)), eval.Fraction(big.NewInt(100_000_000*worse.At(i)), among.At(i)))
	}), &number, &name, &worse, &among)
}
