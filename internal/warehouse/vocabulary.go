package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// sampledRows is about how many rows are looked at for the values of a field;
// leastSample is how many of them must have one for the sample to be believed.
const (
	sampledRows = 500_000
	leastSample = 1000
)

// Sample returns how many known customers are in the segment, how many there
// are at all, and the first ids, sorted, at most limit.
func (q *Questions) Sample(ctx context.Context, s segment.Question, at time.Time, limit int) (segment.Sample, error) {
	segments := compiled([]segment.Question{s})
	var found segment.Sample
	err := q.ask(ctx, at, segments, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Sample(segments[0], max(limit, 1), o)
		if err != nil {
			return err
		}
		return conn.QueryRowContext(ctx, st.SQL, st.Args...).Scan(&found.Count, &found.Everyone, (*textList)(&found.First))
	})
	if err != nil {
		return segment.Sample{}, fmt.Errorf("counting a segment: %w", err)
	}
	found.First = found.First[:min(limit, len(found.First))]
	return found, nil
}

// Values returns the commonest values of a field, of facts or, where facts is
// nil, of customers.
func (q *Questions) Values(ctx context.Context, facts *segql.Facts, field segql.FieldInfo, at time.Time, limit int) (segment.Values, error) {
	of := sqlgen.ValuesOf{Facts: facts, Field: field}
	if of.Table() == "" {
		return segment.Values{}, commerce.Errorf(commerce.CodeInvalid, "%s is a %s: values are listed of texts, lists, truth values, traits and properties", field.Name, field.Type)
	}
	var found segment.Values
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) error {
		r := runner{ctx: ctx, conn: conn, args: map[string]any{"name": of.Table()}}
		rows, err := r.count("table_rows")
		if err != nil {
			return err
		}
		percent := 100.0
		if rows > 4*sampledRows {
			percent = 100 * sampledRows / float64(rows)
		}
		if found, err = values(ctx, conn, of, percent, limit, o); err != nil || percent == 100 {
			return err
		}
		// What few rows have is looked for in all of them.
		if total(found) < leastSample {
			found, err = values(ctx, conn, of, 100, limit, o)
		}
		return err
	})
	if err != nil {
		return segment.Values{}, fmt.Errorf("listing values of %s: %w", field.Name, err)
	}
	return found, nil
}

func total(v segment.Values) (n int64) {
	for _, x := range v.List {
		n += x.Count
	}
	return n
}

// values reads the values of a part of the rows, and counts for all.
func values(ctx context.Context, conn *sql.Conn, of sqlgen.ValuesOf, percent float64, limit int, o sqlgen.Options) (segment.Values, error) {
	found := segment.Values{List: []segment.Value{}, Sampled: percent < 100}
	st, err := sqlgen.Values(of, percent, limit+1, o)
	if err != nil {
		return found, err
	}
	err = eachRow(ctx, conn, st, func(rows *sql.Rows) error {
		var v segment.Value
		if err := rows.Scan(&v.Value, &v.Count); err != nil {
			return err
		}
		found.List = append(found.List, v)
		return nil
	})
	if len(found.List) > limit {
		found.List, found.Sampled = found.List[:limit], true
	}
	if percent < 100 && total(found) >= leastSample {
		for i := range found.List {
			found.List[i].Count = int64(float64(found.List[i].Count) * 100 / percent)
		}
	}
	return found, err
}

// SeenEvents lists the tracked events that came in, by key.
func (q *Questions) SeenEvents(ctx context.Context) ([]segment.SeenEvent, error) {
	var all []segment.SeenEvent
	err := q.read(ctx, func(r *runner) error {
		properties := map[string][]string{}
		err := r.query("seen_properties", func(rows *sql.Rows) error {
			var event, property string
			var n int64
			err := rows.Scan(&event, &property, &n)
			if len(properties[event]) < maxProperties {
				properties[event] = append(properties[event], property)
			}
			return err
		})
		if err != nil {
			return err
		}
		return r.query("seen_events", func(rows *sql.Rows) error {
			var e segment.SeenEvent
			err := rows.Scan(&e.Key, &e.Name, &e.Count, &e.LastSeen)
			e.LastSeen, e.Properties = e.LastSeen.UTC(), properties[e.Key]
			all = append(all, e)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing events: %w", err)
	}
	return all, nil
}

// maxProperties is how many properties of an event are listed.
const maxProperties = 100

// SeenTraits lists the traits that customers have, by name.
func (q *Questions) SeenTraits(ctx context.Context) ([]segment.SeenTrait, error) {
	var all []segment.SeenTrait
	err := q.read(ctx, func(r *runner) error {
		types := map[string]segql.Type{}
		err := r.query("trait_looks", func(rows *sql.Rows) error {
			var name string
			var n, numbers, flags, dates, instants int64
			err := rows.Scan(&name, &n, &numbers, &flags, &dates, &instants)
			types[name] = mostly(n, numbers, flags, dates, instants)
			return err
		})
		if err != nil {
			return err
		}
		return r.query("seen_traits", func(rows *sql.Rows) error {
			var t segment.SeenTrait
			err := rows.Scan(&t.Name, &t.Customers)
			t.Type = types[t.Name]
			all = append(all, t)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing traits: %w", err)
	}
	return all, nil
}

// mostly is the type that more than half of n values look like.
func mostly(n, numbers, flags, dates, instants int64) segql.Type {
	switch {
	case 2*numbers > n:
		return segql.Number
	case 2*flags > n:
		return segql.Bool
	case 2*dates > n:
		return segql.DateType
	case 2*instants > n:
		return segql.Instant
	}
	return segql.Text
}

// read runs named statements on a connection of its own.
func (q *Questions) read(ctx context.Context, do func(*runner) error) error {
	return q.db.aside(func() (err error) {
		conn, err := q.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		return do(&runner{ctx: ctx, conn: conn})
	})
}
