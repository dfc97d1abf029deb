package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"slices"
	"time"

	"kith/internal/customer"
	"kith/internal/segment/live"
	"kith/internal/segql"
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
		return eachPerson(r, shop, "keys_by_arrival", yield)
	})
}

// Some calls yield for some persons, by the numbers that loads tell.
func (p People) Some(ctx context.Context, shop *customer.Shop, numbers []int64, yield func(live.Known)) error {
	return p.reading(ctx, "what is known of some persons", func(r *runner) error {
		r.args["customers"] = numbers
		return eachPerson(r, shop, "keys_of", yield)
	})
}

func eachPerson(r *runner, shop *customer.Shop, statement string, yield func(live.Known)) error {
	keys, arrived, arrivals := map[int64][]live.Key{}, map[int64][]int{}, 0
	var order []int64
	err := r.query(statement, func(rows *sql.Rows) error {
		var number int64
		var k live.Key
		if err := rows.Scan(&number, &k.Kind, &k.Value); err != nil {
			return err
		}
		if keys[number] == nil {
			order = append(order, number)
		}
		keys[number], arrived[number] = append(keys[number], k), append(arrived[number], arrivals)
		arrivals++
		return nil
	})
	if err != nil {
		return err
	}
	// While some are taken the next are read.
	read := make(chan []live.Known)
	var failed error
	go func() {
		defer close(read)
		for some := range slices.Chunk(order, peopleAtOnce) {
			people, err := readHistories(r.ctx, r.conn, shop, some)
			if err != nil {
				failed = err
				return
			}
			known := make([]live.Known, len(some))
			for i, number := range some {
				known[i] = live.Known{Keys: keys[number], Arrived: arrived[number], Customer: people[number]}
			}
			read <- known
		}
	}()
	for known := range read {
		for i := range known {
			yield(known[i])
			known[i] = live.Known{} // it is packed by now
		}
	}
	return failed
}

// peopleAtOnce bounds the memory that reading everyone takes.
const peopleAtOnce = 10_000

// Products calls yield with the versions of products that came after an entry
// of the log, in order of arrival.
func (p People) Products(ctx context.Context, after uint64, yield func(id string, v customer.ProductVersion)) error {
	return p.reading(ctx, "the products", func(r *runner) error {
		r.args["after"] = int64(after)
		return readProducts(r, "products_after", yield)
	})
}

// Remains tells what is known besides persons and products: the ids of
// messages that are no tracked events, cancellations, and rates by day
// (since 1970).
func (p People) Remains(ctx context.Context, message func(id string), cancelled func(order string, at int64), rate func(day int64, currency string, rate eval.Value)) error {
	return p.reading(ctx, "messages, cancellations and rates", func(r *runner) error {
		err := r.query("messages_seen", func(rows *sql.Rows) error {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			message(id)
			return nil
		})
		if err != nil {
			return err
		}
		err = r.query("cancellations", func(rows *sql.Rows) error {
			var order string
			var at time.Time
			if err := rows.Scan(&order, &at); err != nil {
				return err
			}
			cancelled(order, at.UnixMicro())
			return nil
		})
		if err != nil {
			return err
		}
		return r.query("rates", func(rows *sql.Rows) error {
			var currency string
			var day time.Time
			var text sql.NullString
			if err := rows.Scan(&currency, &day, &text); err != nil {
				return err
			}
			rate(day.Unix()/86_400, currency, number(text))
			return nil
		})
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
		return r.query("keys_alone", func(rows *sql.Rows) error {
			var number int64
			var k live.Key
			if err := rows.Scan(&number, &k.Kind, &k.Value); err != nil {
				return err
			}
			if s := scores[number]; s != nil {
				byName[k] = s
			}
			return nil
		})
	})
	if err != nil || runs == 0 {
		return nil, err
	}
	none := &customer.RunScores{}
	return func(name live.Key) customer.Scores {
		if s := byName[name]; s != nil {
			return s
		}
		return none
	}, nil
}

func readScores(r *runner, scores map[int64]*customer.RunScores) error {
	of := func(number int64) *customer.RunScores {
		s := scores[number]
		if s == nil {
			s = &customer.RunScores{Fields: map[string]eval.Value{}, Percentiles: map[string]eval.Value{}}
			scores[number] = s
		}
		return s
	}
	err := r.query("scores_now", func(rows *sql.Rows) error {
		var customer int64
		var name string
		var value, label sql.NullString
		if err := rows.Scan(&customer, &name, &value, &label); err != nil {
			return err
		}
		v := given(value).Read(segql.Number)
		if label.Valid {
			v = eval.Text(label.String)
		}
		of(customer).Fields[name] = v
		return nil
	})
	if err != nil {
		return err
	}
	return r.query("percentiles_now", func(rows *sql.Rows) error {
		var customer, worse, among int64
		var term string
		if err := rows.Scan(&customer, &term, &worse, &among); err != nil {
			return err
		}
		of(customer).Percentiles[term] = eval.Fraction(big.NewInt(100_000_000*worse), among)
		return nil
	})
}
