package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
)

// What is kept of letters: as many, with bodies and reasons of as many bytes.
// Beyond that the oldest that were replayed or dismissed go; where all are
// open, those that come are counted and not kept.
const (
	MostLetters     = 100_000
	MostLetterBytes = 256 << 20
)

const letterColumns = `seq, pos, at, source, kind, col, reason, event, message_id, body, state, state_at, actor, replay`

type letterTotal struct{ written, kept, bytes, leftOut int64 }

func letterSize(l *commerce.Letter) int64 { return int64(len(l.Body) + len(l.Reason)) }

// PutLetters implements loader.Letters.
func (d *DB) PutLetters(ctx context.Context, letters []commerce.Letter) error {
	return d.putLetters(ctx, letters, MostLetters, MostLetterBytes)
}

func (d *DB) putLetters(ctx context.Context, letters []commerce.Letter, mostKept, mostBytes int64) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		var t letterTotal
		err := tx.QueryRowContext(ctx, `SELECT written, kept, bytes, left_out FROM letter_total`).Scan(&t.written, &t.kept, &t.bytes, &t.leftOut)
		if err != nil {
			return err
		}
		before, full := t.written, false
		for i := range letters {
			l := &letters[i]
			if int64(l.Seq) <= before {
				continue
			}
			t.written = int64(l.Seq)
			size := letterSize(l)
			for !full && (t.kept+1 > mostKept || t.bytes+size > mostBytes) {
				if full, err = forgetLetter(ctx, tx, &t); err != nil {
					return err
				}
			}
			if t.kept+1 > mostKept || t.bytes+size > mostBytes {
				t.leftOut++
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO letter (`+letterColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0)`,
				int64(l.Seq), l.Pos, l.At.UnixMicro(), l.Source, string(l.Kind), l.Column, l.Reason, l.Event, l.MessageID, string(l.Body), string(commerce.OpenLetter))
			if err != nil {
				return err
			}
			t.kept++
			t.bytes += size
		}
		_, err = tx.ExecContext(ctx, `UPDATE letter_total SET written = ?, kept = ?, bytes = ?, left_out = ?`, t.written, t.kept, t.bytes, t.leftOut)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping dead letters: %w", err)
	}
	return nil
}

// forgetLetter removes the oldest letter that is not open; none says that there
// is none.
func forgetLetter(ctx context.Context, tx *sql.Tx, t *letterTotal) (none bool, err error) {
	var bytes int64
	err = tx.QueryRowContext(ctx, `
		DELETE FROM letter WHERE (seq, pos) = (SELECT seq, pos FROM (
			SELECT * FROM (SELECT seq, pos FROM letter WHERE state = 'replayed' ORDER BY seq, pos LIMIT 1)
			UNION ALL
			SELECT * FROM (SELECT seq, pos FROM letter WHERE state = 'dismissed' ORDER BY seq, pos LIMIT 1)
		) ORDER BY seq, pos LIMIT 1)
		RETURNING length(CAST(body AS BLOB)) + length(CAST(reason AS BLOB))`).Scan(&bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	t.kept--
	t.bytes -= bytes
	return false, err
}

// ListLetters implements api.Letters: the newest first, or the oldest.
func (d *DB) ListLetters(ctx context.Context, f commerce.LetterFilter) ([]commerce.Letter, error) {
	seq, pos, order, beyond := int64(f.From.Seq), f.From.Pos, "DESC", "<"
	if f.OldestFirst {
		order, beyond = "ASC", ">"
	} else if f.From == (commerce.LetterPlace{}) {
		seq = math.MaxInt64
	}
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	where := ``
	if f.State != "" {
		where = `state = ?1 AND `
	}
	list := []commerce.Letter{}
	err := d.stream(ctx, `SELECT `+letterColumns+` FROM letter WHERE `+where+`(seq, pos) `+beyond+` (?4, ?5)
			AND (?1 = '' OR state = ?1) AND (?2 = '' OR kind = ?2) AND (?3 = '' OR source = ?3)
			ORDER BY seq `+order+`, pos `+order+` LIMIT ?6`, []any{string(f.State), string(f.Kind), f.Source, seq, pos, limit},
		func(rows *sql.Rows) error {
			l, err := scanLetter(rows)
			list = append(list, l)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("listing dead letters: %w", explain(d.file, err))
	}
	return list, nil
}

// FindLetter implements api.Letters.
func (d *DB) FindLetter(ctx context.Context, p commerce.LetterPlace) (l commerce.Letter, ok bool, err error) {
	l, err = scanLetter(d.sql.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM letter WHERE seq = ? AND pos = ?`, int64(p.Seq), p.Pos))
	if errors.Is(err, sql.ErrNoRows) {
		return commerce.Letter{}, false, nil
	}
	if err != nil {
		return commerce.Letter{}, false, fmt.Errorf("looking for dead letter %s: %w", p, explain(d.file, err))
	}
	return l, true, nil
}

// EndLetters implements api.Letters. Those that are not open stay as they are.
func (d *DB) EndLetters(ctx context.Context, places []commerce.LetterPlace, state commerce.LetterState, at time.Time, by string, replay uint64, n audit.Note) (ended int, err error) {
	err = d.transact(ctx, func(tx *sql.Tx) error {
		for _, p := range places {
			done, err := tx.ExecContext(ctx, `UPDATE letter SET state = ?, state_at = ?, actor = ?, replay = ? WHERE seq = ? AND pos = ? AND state = 'open'`,
				string(state), at.UnixMicro(), by, int64(replay), int64(p.Seq), p.Pos)
			if err != nil {
				return err
			}
			changed, err := done.RowsAffected()
			if err != nil {
				return err
			}
			ended += int(changed)
		}
		if ended == 0 {
			return nil
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return 0, fmt.Errorf("noting what became of dead letters: %w", err)
	}
	return ended, nil
}

// LetterTotals implements api.Letters.
func (d *DB) LetterTotals(ctx context.Context) (t commerce.LetterTotals, err error) {
	err = d.sql.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM letter WHERE state = 'open'), left_out FROM letter_total`).Scan(&t.Open, &t.LeftOut)
	if err != nil {
		return t, fmt.Errorf("counting dead letters: %w", explain(d.file, err))
	}
	return t, nil
}

func scanLetter(row interface{ Scan(targets ...any) error }) (l commerce.Letter, err error) {
	var seq, at, stateAt, replay int64
	var body string
	err = row.Scan(&seq, &l.Pos, &at, &l.Source, &l.Kind, &l.Column, &l.Reason, &l.Event, &l.MessageID, &body, &l.State, &stateAt, &l.By, &replay)
	l.Seq, l.At, l.StateAt, l.Replay, l.Body = uint64(seq), instant(at), instantOf(stateAt), uint64(replay), json.RawMessage(body)
	return l, err
}
