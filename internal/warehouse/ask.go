package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// Questions answers segments, scores and reports over the warehouse.
type Questions struct {
	db       *DB
	settings func() commerce.Settings
	moves    Moves
}

// Moves calls yield with the recorded transitions of a segment, by the key
// that names the customer now.
type Moves func(ctx context.Context, segment string, yield func(kind segment.KeyKind, id string, entered bool, at time.Time) error) error

// Questions returns what answers over the warehouse; settings are asked for
// with each question, since some may change.
func (db *DB) Questions(settings func() commerce.Settings) *Questions {
	return &Questions{db: db, settings: settings}
}

// WithMoves returns Questions that know the recorded transitions. Without,
// nobody ever entered or left.
func (q *Questions) WithMoves(moves Moves) *Questions {
	return &Questions{db: q.db, settings: q.settings, moves: moves}
}

// Count returns how many known customers are in the segment at an instant.
func (q *Questions) Count(ctx context.Context, s *segql.Checked, at time.Time, saved bool) (int64, error) {
	segment := sqlgen.Segment{Checked: s, Saved: saved}
	var n int64
	err := q.ask(ctx, at, []sqlgen.Segment{segment}, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Count(segment, o)
		if err != nil {
			return err
		}
		return conn.QueryRowContext(ctx, st.SQL, st.Args...).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("counting a segment: %w", err)
	}
	return n, nil
}

// Members calls yield with the ids of the members, sorted.
func (q *Questions) Members(ctx context.Context, s *segql.Checked, at time.Time, saved bool, yield func(id string) error) error {
	segment := sqlgen.Segment{Checked: s, Saved: saved}
	err := q.ask(ctx, at, []sqlgen.Segment{segment}, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Members(segment, o)
		if err != nil {
			return err
		}
		return eachText(ctx, conn, st, yield)
	})
	if err != nil {
		return fmt.Errorf("listing a segment's members: %w", err)
	}
	return nil
}

func eachText(ctx context.Context, conn *sql.Conn, st sqlgen.Statement, yield func(string) error) error {
	return eachRow(ctx, conn, st, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		return yield(text)
	})
}

// eachRow runs a statement and calls do on each row.
func eachRow(ctx context.Context, conn *sql.Conn, st sqlgen.Statement, do func(*sql.Rows) error) error {
	rows, err := conn.QueryContext(ctx, st.SQL, st.Args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// CountAll measures saved segments and presets in one pass.
func (q *Questions) CountAll(ctx context.Context, segments map[string]*segql.Checked, at time.Time) (map[string]segment.Size, error) {
	ids, all := savedInOrder(segments)
	sizes := make(map[string]segment.Size, len(ids))
	err := q.ask(ctx, at, all, func(conn *sql.Conn, o sqlgen.Options) error {
		st, err := sqlgen.Sizes(all, o)
		if err != nil {
			return err
		}
		counts := make([]int64, len(ids)+1)
		nets := make([]string, len(ids)+1)
		targets := make([]any, 0, 2*len(counts))
		for i := range counts {
			targets = append(targets, &counts[i], &nets[i])
		}
		// The driver gives decimals as numbers of its own; a text loses nothing.
		if err := conn.QueryRowContext(ctx, "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("+st.SQL+")", st.Args...).Scan(targets...); err != nil {
			return err
		}
		for i, id := range ids {
			amount, err := commerce.ParseAmount(nets[i])
			if err != nil {
				return err
			}
			sizes[id] = segment.Size{Customers: counts[i], Revenue12m: amount}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("measuring %d segments: %w", len(ids), err)
	}
	return sizes, nil
}

// savedInOrder lists saved segments by their ids.
func savedInOrder(segments map[string]*segql.Checked) ([]string, []sqlgen.Segment) {
	ids := slices.Sorted(maps.Keys(segments))
	all := make([]sqlgen.Segment, len(ids))
	for i, id := range ids {
		all[i] = sqlgen.Segment{Checked: segments[id], Saved: true}
	}
	return ids, all
}

// ask runs do on a connection of its own, with the options that the segments
// need and the table of price bands if they look at it.
func (q *Questions) ask(ctx context.Context, at time.Time, segments []sqlgen.Segment, do func(*sql.Conn, sqlgen.Options) error) error {
	return q.db.aside(func() error { return q.askHere(ctx, at, segments, do) })
}

func (q *Questions) askHere(ctx context.Context, at time.Time, segments []sqlgen.Segment, do func(*sql.Conn, sqlgen.Options) error) error {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	o, err := q.options(ctx, conn, at, segments)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if sqlgen.UsesPriceBand(s, o) {
			if err := makePriceBands(ctx, conn, o); err != nil {
				return err
			}
			break
		}
	}
	return do(conn, o)
}

// options reads what the statements depend on.
func (q *Questions) options(ctx context.Context, conn *sql.Conn, at time.Time, segments []sqlgen.Segment) (sqlgen.Options, error) {
	o, err := q.runOptions(ctx, conn, at)
	if err != nil {
		return o, err
	}
	if o.RunPercentiles, err = runPercentiles(ctx, conn, o.Run); err != nil {
		return o, err
	}
	if o.Sums, err = sumsServe(ctx, conn, at); err != nil {
		return o, err
	}
	for _, s := range segments {
		if sqlgen.UsesZones(s.Checked) {
			o.Zones, err = customerZones(ctx, conn)
			break
		}
	}
	if err != nil {
		return o, err
	}
	return o, q.makeTransitions(ctx, conn, segments)
}

// runOptions are those that do without the terms that a run ranked.
func (q *Questions) runOptions(ctx context.Context, conn *sql.Conn, at time.Time) (sqlgen.Options, error) {
	o := sqlgen.Options{At: at, Zone: q.db.config.Zone, Settings: shopSettings(q.settings())}
	err := conn.QueryRowContext(ctx, `SELECT (SELECT count(*) > 0 FROM moved), coalesce((SELECT max_by(run, ts) FROM run WHERE ts <= $1), 0)`, at.UTC()).
		Scan(&o.Moved, &o.Run)
	if err != nil {
		return o, fmt.Errorf("reading what the answer depends on: %w", err)
	}
	return o, nil
}

// sumsServe says whether the table summary is nearly all of what it was as of an
// instant: for a tenth of the customers or more, the facts are the shorter way.
func sumsServe(ctx context.Context, conn *sql.Conn, at time.Time) (serve bool, err error) {
	err = conn.QueryRowContext(ctx, `SELECT count(*) FILTER (settled_at > $1) * 10 <= count(*) FROM summary`, at.UTC()).Scan(&serve)
	return serve, err
}

// runPercentiles lists the terms that a run ranked customers by.
func runPercentiles(ctx context.Context, conn *sql.Conn, run int) (map[string]bool, error) {
	terms := map[string]bool{}
	if run == 0 {
		return terms, nil
	}
	st := sqlgen.Statement{SQL: `SELECT DISTINCT expr FROM percentile WHERE run IN ($1, -$1)`, Args: []any{run}}
	err := eachText(ctx, conn, st, func(term string) error {
		terms[term] = true
		return nil
	})
	return terms, err
}

// Ranked lists the terms that the latest run ranked customers by; nil if there
// was no run.
func (q *Questions) Ranked(ctx context.Context) (map[string]bool, error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	var run int
	if err := conn.QueryRowContext(ctx, `SELECT coalesce(max_by(run, ts), 0) FROM run`).Scan(&run); err != nil || run == 0 {
		return nil, err
	}
	return runPercentiles(ctx, conn, run)
}

// shopSettings are the settings by their names in the language.
func shopSettings(s commerce.Settings) map[string]string {
	m := map[string]string{"country": s.Country, "currency": s.Currency, "timezone": s.Timezone, "shipping_step": s.ShippingStep}
	if s.RewardPoints > 0 {
		m["reward_points"] = strconv.FormatInt(s.RewardPoints, 10)
	}
	return m
}

// customerZones lists the time zones that customers have and that exist.
func customerZones(ctx context.Context, conn *sql.Conn) ([]*time.Location, error) {
	var zones []*time.Location
	st := sqlgen.Statement{SQL: `SELECT DISTINCT value FROM trait WHERE name = 'timezone' ORDER BY value`}
	err := eachText(ctx, conn, st, func(name string) error {
		if zone, err := commerce.ParseZone(name); err == nil {
			zones = append(zones, zone)
		}
		return nil
	})
	return zones, err
}
