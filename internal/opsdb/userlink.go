package opsdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"kith/internal/audit"
	"kith/internal/user"
)

// PutLink implements user.Store.
func (d *DB) PutLink(ctx context.Context, l user.Link, notes ...audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if err := putLink(ctx, tx, l); err != nil {
			return err
		}
		return appendAudit(ctx, tx, notes...)
	})
	if err != nil {
		return fmt.Errorf("keeping a one-time link: %w", err)
	}
	return nil
}

// putLink keeps a link in place of all others for whom it is.
func putLink(ctx context.Context, tx *sql.Tx, l user.Link) error {
	whose := sql.NullString{String: l.User, Valid: l.User != ""}
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_link WHERE user IS ?`, whose); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO user_link (hash, kind, user, expires_at) VALUES (?, ?, ?, ?)`,
		l.Hash, string(l.Kind), whose, l.ExpiresAt.UnixMicro())
	return err
}

// FindLink implements user.Store.
func (d *DB) FindLink(ctx context.Context, hash string) (l user.Link, found bool, err error) {
	err = d.stream(ctx, `SELECT hash, kind, coalesce(user, ''), expires_at FROM user_link WHERE hash = ?`, []any{hash}, func(rows *sql.Rows) error {
		var expires int64
		found = true
		err := rows.Scan(&l.Hash, &l.Kind, &l.User, &expires)
		l.ExpiresAt = instant(expires)
		return err
	})
	if err != nil {
		return l, false, fmt.Errorf("looking for a one-time link: %w", explain(d.file, err))
	}
	return l, found, nil
}

// errNotAccepted rolls a transaction back.
var errNotAccepted = errors.New("the link is not there any more")

// Accept implements user.Store.
func (d *DB) Accept(ctx context.Context, hash string, a user.Account, n audit.Note) (bool, error) {
	err := d.transact(ctx, func(tx *sql.Tx) error { return accept(ctx, tx, hash, a, n) })
	if errors.Is(err, errNotAccepted) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("accepting a one-time link: %w", err)
	}
	return true, nil
}

func accept(ctx context.Context, tx *sql.Tx, hash string, a user.Account, n audit.Note) error {
	var kind user.LinkKind
	err := tx.QueryRowContext(ctx, `DELETE FROM user_link WHERE hash = ? RETURNING kind`, hash).Scan(&kind)
	if errors.Is(err, sql.ErrNoRows) {
		return errNotAccepted
	}
	if err != nil {
		return err
	}
	if kind == user.Setup {
		err = insertFirst(ctx, tx, a)
	} else {
		err = updateUser(ctx, tx, a)
	}
	if err != nil {
		return err
	}
	for _, statement := range []string{`DELETE FROM session WHERE user = ?`, `DELETE FROM user_link WHERE user = ?`} {
		if _, err := tx.ExecContext(ctx, statement, a.ID); err != nil {
			return err
		}
	}
	return appendAudit(ctx, tx, n)
}

// insertFirst adds the first user, if there is none.
func insertFirst(ctx context.Context, tx *sql.Tx, a user.Account) error {
	var users int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM user`).Scan(&users); err != nil {
		return err
	}
	if users > 0 {
		return errNotAccepted
	}
	_, err := tx.ExecContext(ctx, insertAccount, accountValues(a)...)
	return err
}
