package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/audit"
	"kith/internal/user"
)

var _ user.Store = (*DB)(nil)

// microsOf is how an instant is kept that may never have been.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instantOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return instant(micros)
}

const accountColumns = `id, email, name, role, language, created_at, disabled_at, password, totp, totp_pending, totp_step, recovery`

func scanAccount(rows *sql.Rows) (a user.Account, err error) {
	var created, disabled int64
	var recovery string
	err = rows.Scan(&a.ID, &a.Email, &a.Name, &a.Role, &a.Language, &created, &disabled, &a.Password, &a.SecondFactor.Secret, &a.Pending, &a.Step, &recovery)
	if err != nil {
		return a, err
	}
	a.CreatedAt, a.DisabledAt = instant(created), instantOf(disabled)
	if len(a.SecondFactor.Secret) == 0 {
		a.SecondFactor.Secret = nil
	}
	if len(a.Pending) == 0 {
		a.Pending = nil
	}
	return a, json.Unmarshal([]byte(recovery), &a.Recovery)
}

// accountValues are an account's in the order of accountColumns.
func accountValues(a user.Account) []any {
	recovery, _ := json.Marshal(a.Recovery) // texts always can
	return []any{
		a.ID, a.Email, a.Name, string(a.Role), a.Language, a.CreatedAt.UnixMicro(), microsOf(a.DisabledAt), a.Password,
		append([]byte{}, a.SecondFactor.Secret...), append([]byte{}, a.Pending...), a.Step, string(recovery),
	}
}

// ListUsers implements user.Store.
func (d *DB) ListUsers(ctx context.Context) ([]user.Account, error) {
	list, err := d.accounts(ctx, `SELECT `+accountColumns+` FROM user ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	return list, nil
}

func (d *DB) accounts(ctx context.Context, query string, args ...any) ([]user.Account, error) {
	var list []user.Account
	err := d.stream(ctx, query, args, func(rows *sql.Rows) error {
		a, err := scanAccount(rows)
		list = append(list, a)
		return err
	})
	return list, explain(d.file, err)
}

// FindUser implements user.Store.
func (d *DB) FindUser(ctx context.Context, id string) (user.Account, bool, error) {
	return d.findUser(ctx, `SELECT `+accountColumns+` FROM user WHERE id = ?`, id)
}

// FindUserByEmail implements user.Store.
func (d *DB) FindUserByEmail(ctx context.Context, email string) (user.Account, bool, error) {
	return d.findUser(ctx, `SELECT `+accountColumns+` FROM user WHERE email = ?`, email)
}

func (d *DB) findUser(ctx context.Context, query, value string) (user.Account, bool, error) {
	list, err := d.accounts(ctx, query, value)
	if err != nil || len(list) == 0 {
		if err != nil {
			err = fmt.Errorf("looking for a user: %w", err)
		}
		return user.Account{}, false, err
	}
	return list[0], true, nil
}

const insertAccount = `INSERT INTO user (` + accountColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// AddUser implements user.Store.
func (d *DB) AddUser(ctx context.Context, a user.Account, l user.Link, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, insertAccount, accountValues(a)...); err != nil {
			return err
		}
		if err := putLink(ctx, tx, l); err != nil {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("adding user %s: %w", a.Email, err)
	}
	return nil
}

// PutUser implements user.Store.
func (d *DB) PutUser(ctx context.Context, a user.Account, endSessions bool, notes ...audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		if err := updateUser(ctx, tx, a); err != nil {
			return err
		}
		if endSessions {
			if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE user = ?`, a.ID); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, notes...)
	})
	if err != nil {
		return fmt.Errorf("changing user %s: %w", a.Email, err)
	}
	return nil
}

func updateUser(ctx context.Context, tx *sql.Tx, a user.Account) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE user SET email = ?2, name = ?3, role = ?4, language = ?5, created_at = ?6, disabled_at = ?7, password = ?8,
			totp = ?9, totp_pending = ?10, totp_step = ?11, recovery = ?12
		WHERE id = ?1`, accountValues(a)...)
	return changedOne(result, err, "there is no such user")
}

// changedOne wants a statement to have changed a row.
func changedOne(result sql.Result, err error, otherwise string) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errors.New(otherwise))
	}
	return nil
}

// DeleteUser implements user.Store. Links and sessions go with the user.
func (d *DB) DeleteUser(ctx context.Context, id string, n audit.Note) error {
	err := d.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM user WHERE id = ?`, id)
		if err := changedOne(result, err, "there is no such user"); err != nil {
			return err
		}
		return appendAudit(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("deleting user %s: %w", id, err)
	}
	return nil
}
