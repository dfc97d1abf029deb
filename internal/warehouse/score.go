package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// Score makes a scoring run as of an instant, as record seq of the log: all
// scores, and the percentiles of these terms of the language, in canonical
// text. A run stores what changed since the one before. Runs go forward: one
// that would not be later than the last is as of a microsecond after it.
func (db *DB) Score(ctx context.Context, seq int64, at time.Time, percentiles []string) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	tx, err := db.begin(ctx)
	if err != nil {
		return fmt.Errorf("scoring: %w", err)
	}
	s := &scoring{runner: runner{ctx: ctx, conn: db.writer, observe: db.observe}, zone: db.config.Zone}
	if err := s.run(seq, at.UTC().Truncate(time.Microsecond), percentiles); err != nil {
		return errors.Join(fmt.Errorf("scoring: %w", err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing scores: %w", err)
	}
	return nil
}

// scoring is one run on its way.
type scoring struct {
	runner
	zone *time.Location
}

func (s *scoring) run(seq int64, at time.Time, percentiles []string) error {
	var run int64
	var last sql.NullTime
	if err := s.one("score_run", &run, &last); err != nil {
		return err
	}
	if last.Valid && !at.After(last.Time) {
		at = last.Time.Add(time.Microsecond)
	}
	s.args = map[string]any{"run": run, "at": at, "seq": seq}
	o := sqlgen.Options{At: at, Zone: s.zone}
	if err := s.conn.QueryRowContext(s.ctx, `SELECT count(*) > 0 FROM moved`).Scan(&o.Moved); err != nil {
		return err
	}
	var err error
	if o.Sums, err = sumsServe(s.ctx, s.conn, at); err != nil {
		return err
	}
	if err := s.scores(o); err != nil {
		return err
	}
	for _, term := range percentiles {
		if err := s.percentile(o, run, term); err != nil {
			return fmt.Errorf("ranking by %s: %w", term, err)
		}
	}
	if err := s.all("score_add_run", "score_expire", "score_applied"); err != nil {
		return err
	}
	return s.dropAll()
}

// scores computes every score as of the run and keeps what changed.
func (s *scoring) scores(o sqlgen.Options) error {
	st, err := sqlgen.RFM(o)
	if err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(s.ctx, `CREATE OR REPLACE TEMP TABLE rfm_now AS `+st.SQL, st.Args...); err != nil {
		return fmt.Errorf("ranking recency, frequency and monetary: %w", err)
	}
	if err := makePriceBands(s.ctx, s.conn, o); err != nil {
		return err
	}
	if err := s.all("score_new", "score_rfm", "score_price_band", "score_close", "score_open"); err != nil {
		return err
	}
	_, err = s.conn.ExecContext(s.ctx, `DROP TABLE temp.rfm_now; DROP TABLE temp.price_band_now`)
	return err
}

// percentile ranks all customers by a term.
func (s *scoring) percentile(o sqlgen.Options, run int64, term string) error {
	c, x, err := compilePercentile(term)
	if err != nil {
		return err
	}
	st, err := sqlgen.Ranking(c, x, o)
	if err != nil {
		return err
	}
	n := len(st.Args)
	_, err = s.conn.ExecContext(s.ctx,
		fmt.Sprintf(`INSERT INTO percentile SELECT $%d, $%d, customer, worse, among FROM (%s)`, n+1, n+2, st.SQL),
		append(st.Args, run, term)...)
	if err != nil {
		return err
	}
	// That it was ranked is known even if nobody has a value: runPercentiles
	// looks for the negative number too, which is no run's.
	_, err = s.conn.ExecContext(s.ctx, `INSERT INTO percentile VALUES ($1, $2, 0, 0, 0)`, -run, term)
	return err
}

// compilePercentile reads a term from its canonical text.
func compilePercentile(term string) (*segql.Checked, segql.Term, error) {
	c, problems := segql.Compile("percentile("+term+") >= 0", &segql.Catalogue{})
	if len(problems) > 0 {
		return nil, nil, problems
	}
	if compare, ok := c.Root.(*segql.Compare); ok {
		if p, ok := compare.L.(*segql.Percentile); ok {
			return c, p.X, nil
		}
	}
	return nil, nil, fmt.Errorf("%q is not a term", term)
}
