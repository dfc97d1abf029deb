package opsdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/webhook"
)

var _ webhook.Store = (*DB)(nil)

// AddWebhook implements webhook.Store. The number up to which nothing is told
// is found in the statement that adds: nothing is recorded in between.
func (d *DB) AddWebhook(ctx context.Context, w webhook.Webhook) error {
	// Encoding texts never fails; a list of none is [], not null.
	segments, _ := json.Marshal(append([]string{}, w.Segments...))
	causes, _ := json.Marshal(append([]string{}, w.Causes...))
	_, err := d.sql.ExecContext(ctx, `
		INSERT INTO webhook (id, url, segments, causes, secret, created_at, number, person,
			disabled, failures, success_at, success_status, failure_at, failure_status, failure_reason)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, last_transition, ?7, '', 0, ?8, 0, ?8, 0, '' FROM progress`,
		w.ID, w.URL, string(segments), string(causes), []byte(w.Secret), w.CreatedAt.UnixMicro(),
		webhook.After(0).Person, time.Time{}.UnixMicro())
	if err != nil {
		return fmt.Errorf("adding webhook %s: %w", w.ID, explain(d.file, err))
	}
	return nil
}

// ListWebhooks implements webhook.Store.
func (d *DB) ListWebhooks(ctx context.Context) ([]webhook.Webhook, error) {
	var list []webhook.Webhook
	err := d.stream(ctx, `
		SELECT id, url, segments, causes, secret, created_at, number, person,
			disabled, failures, success_at, success_status, failure_at, failure_status, failure_reason
		FROM webhook ORDER BY created_at, id`, nil,
		func(rows *sql.Rows) error {
			w, err := scanWebhook(rows)
			list = append(list, w)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("listing webhooks: %w", explain(d.file, err))
	}
	return list, nil
}

func scanWebhook(rows *sql.Rows) (w webhook.Webhook, err error) {
	var segments, causes, secret []byte
	var created, success, failure int64
	err = rows.Scan(&w.ID, &w.URL, &segments, &causes, &secret, &created, &w.Cursor.Number, &w.Cursor.Person,
		&w.Disabled, &w.Failures, &success, &w.Success.Status, &failure, &w.Failure.Status, &w.Failure.Reason)
	if err != nil {
		return w, err
	}
	w.Secret, w.CreatedAt, w.Success.At, w.Failure.At = secret, instant(created), instant(success), instant(failure)
	return w, errors.Join(json.Unmarshal(segments, &w.Segments), json.Unmarshal(causes, &w.Causes))
}

// PutWebhookState implements webhook.Store.
func (d *DB) PutWebhookState(ctx context.Context, id string, s webhook.State) error {
	_, err := d.sql.ExecContext(ctx, `
		UPDATE webhook SET number = ?, person = ?, disabled = ?, failures = ?,
			success_at = ?, success_status = ?, failure_at = ?, failure_status = ?, failure_reason = ?
		WHERE id = ?`,
		s.Cursor.Number, s.Cursor.Person, s.Disabled, s.Failures,
		s.Success.At.UnixMicro(), s.Success.Status, s.Failure.At.UnixMicro(), s.Failure.Status, s.Failure.Reason, id)
	if err != nil {
		return fmt.Errorf("keeping how far webhook %s is: %w", id, explain(d.file, err))
	}
	return nil
}

// DeleteWebhook implements webhook.Store.
func (d *DB) DeleteWebhook(ctx context.Context, id string) (bool, error) {
	result, err := d.sql.ExecContext(ctx, `DELETE FROM webhook WHERE id = ?`, id)
	if err != nil {
		return false, fmt.Errorf("deleting webhook %s: %w", id, explain(d.file, err))
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
