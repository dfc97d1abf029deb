package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/job"
)

var _ job.Store = (*DB)(nil)

const jobColumns = `number, id, kind, files, actor, state, created_at, started_at, ended_at, seq, counts, seconds, rejects, rejects_cut, code, problem`

// AddJob implements job.Store.
func (d *DB) AddJob(ctx context.Context, j job.Job) (number int64, err error) {
	values, err := jobValues(j)
	if err != nil {
		return 0, fmt.Errorf("keeping import %s: %w", j.ID, err)
	}
	result, err := d.sql.ExecContext(ctx, `
		INSERT INTO import_job (id, kind, files, actor, state, created_at, started_at, ended_at, seq, counts, seconds, rejects, rejects_cut, code, problem)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, values...)
	if err == nil {
		number, err = result.LastInsertId()
	}
	if err != nil {
		return 0, fmt.Errorf("keeping import %s: %w", j.ID, explain(d.file, err))
	}
	return number, nil
}

// PutJob implements job.Store.
func (d *DB) PutJob(ctx context.Context, j job.Job) error {
	values, err := jobValues(j)
	if err == nil {
		_, err = d.sql.ExecContext(ctx, `
			UPDATE import_job SET kind = ?2, files = ?3, actor = ?4, state = ?5, created_at = ?6, started_at = ?7, ended_at = ?8,
				seq = ?9, counts = ?10, seconds = ?11, rejects = ?12, rejects_cut = ?13, code = ?14, problem = ?15
			WHERE id = ?1`, values...)
	}
	if err != nil {
		return fmt.Errorf("keeping how far import %s is: %w", j.ID, explain(d.file, err))
	}
	return nil
}

func jobValues(j job.Job) ([]any, error) {
	files, err := json.Marshal(append([]string{}, j.Files...))
	if err != nil {
		return nil, err
	}
	counts := []byte{}
	if j.Counts != nil {
		if counts, err = json.Marshal(j.Counts); err != nil {
			return nil, err
		}
	}
	return []any{
		j.ID, j.Kind, string(files), j.Actor, string(j.State), j.CreatedAt.UnixMicro(), j.StartedAt.UnixMicro(), j.EndedAt.UnixMicro(),
		int64(j.Seq), string(counts), j.Seconds, j.Rejects, j.RejectsCut, string(j.Code), j.Problem,
	}, nil
}

// FindJob implements job.Store.
func (d *DB) FindJob(ctx context.Context, id string) (j job.Job, ok bool, err error) {
	j, err = scanJob(d.sql.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM import_job WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return job.Job{}, false, nil
	}
	if err != nil {
		return job.Job{}, false, fmt.Errorf("looking for import %s: %w", id, explain(d.file, err))
	}
	return j, true, nil
}

// ListImports implements job.Store.
func (d *DB) ListImports(ctx context.Context, before job.Place, limit int) ([]job.Job, error) {
	query, args := `SELECT `+jobColumns+` FROM import_job WHERE kind <> ?1 ORDER BY created_at DESC, number DESC LIMIT ?2`, []any{job.Demo, limit}
	if !before.At.IsZero() {
		query = `SELECT ` + jobColumns + ` FROM import_job WHERE kind <> ?1 AND (created_at, number) < (?3, ?4) ORDER BY created_at DESC, number DESC LIMIT ?2`
		args = append(args, before.At.UnixMicro(), before.Number)
	}
	return d.jobs(ctx, query, args)
}

// OpenJobs implements job.Store.
func (d *DB) OpenJobs(ctx context.Context) ([]job.Job, error) {
	return d.jobs(ctx, `SELECT `+jobColumns+` FROM import_job WHERE state IN ('waiting', 'running') ORDER BY number`, nil)
}

func (d *DB) jobs(ctx context.Context, query string, args []any) ([]job.Job, error) {
	var list []job.Job
	err := d.stream(ctx, query, args, func(rows *sql.Rows) error {
		j, err := scanJob(rows)
		list = append(list, j)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing imports: %w", explain(d.file, err))
	}
	return list, nil
}

// LastImport implements job.Store.
func (d *DB) LastImport(ctx context.Context) (uint64, error) {
	var seq int64
	if err := d.sql.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM import_job`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("looking for the last import: %w", explain(d.file, err))
	}
	return uint64(seq), nil
}

func scanJob(row interface{ Scan(targets ...any) error }) (j job.Job, err error) {
	var files, counts string
	var created, started, ended, seq int64
	err = row.Scan(&j.Number, &j.ID, &j.Kind, &files, &j.Actor, &j.State, &created, &started, &ended, &seq, &counts, &j.Seconds,
		&j.Rejects, &j.RejectsCut, &j.Code, &j.Problem)
	if err != nil {
		return j, err
	}
	j.CreatedAt, j.StartedAt, j.EndedAt, j.Seq = instant(created), instant(started), instant(ended), uint64(seq)
	for _, at := range []*time.Time{&j.StartedAt, &j.EndedAt} {
		if at.UnixMicro() == (time.Time{}).UnixMicro() {
			*at = time.Time{}
		}
	}
	if counts != "" {
		j.Counts = new(job.Counts)
		err = json.Unmarshal([]byte(counts), j.Counts)
	}
	return j, errors.Join(err, json.Unmarshal([]byte(files), &j.Files))
}
