package main

import (
	"context"
	"time"

	"kith/internal/api"
	"kith/internal/figures"
	"kith/internal/profile"
	"kith/internal/segql"
	"kith/internal/warehouse"
)

var (
	_ api.CustomerFacts = (*facts)(nil)
	_ api.OverviewFacts = (*facts)(nil)
)

// Figures implements api.OverviewFacts.
func (w *facts) Figures(ctx context.Context, at time.Time) (figures.Figures, error) {
	return asking(w, func(q *warehouse.Questions) (figures.Figures, error) { return q.Figures(ctx, at) })
}

// LastImport implements api.OverviewFacts.
func (w *facts) LastImport(ctx context.Context) (uint64, error) {
	return using(w, func(db *warehouse.DB) (uint64, error) { return db.LastImport(ctx) })
}

// ListCustomers implements profile.Lister.
func (w *facts) ListCustomers(ctx context.Context, f profile.Filter, at time.Time) ([]int32, error) {
	return asking(w, func(q *warehouse.Questions) ([]int32, error) { return q.ListCustomers(ctx, f, at) })
}

// FindCustomers implements profile.Lister.
func (w *facts) FindCustomers(ctx context.Context, text string, limit int, at time.Time) (rows []profile.Row, total int, err error) {
	_, err = asking(w, func(q *warehouse.Questions) (struct{}, error) {
		rows, total, err = q.FindCustomers(ctx, text, limit, at)
		return struct{}{}, err
	})
	return rows, total, err
}

// CustomerRows implements profile.Lister.
func (w *facts) CustomerRows(ctx context.Context, numbers []int32, at time.Time) ([]profile.Row, error) {
	return asking(w, func(q *warehouse.Questions) ([]profile.Row, error) { return q.CustomerRows(ctx, numbers, at) })
}

// ReadTimeline implements profile.Historian.
func (w *facts) ReadTimeline(
	ctx context.Context, id string, kinds []string, from profile.TimelinePlace, limit int, at time.Time,
) (entries []profile.Entry, next *profile.TimelinePlace, err error) {
	_, err = asking(w, func(q *warehouse.Questions) (struct{}, error) {
		entries, next, err = q.ReadTimeline(ctx, id, kinds, from, limit, at)
		return struct{}{}, err
	})
	return entries, next, err
}

// MembershipsOf implements profile.Members.
func (w *facts) MembershipsOf(
	ctx context.Context, id string, segments map[string]*segql.Checked, at time.Time,
) (name string, list []profile.Membership, err error) {
	_, err = asking(w, func(q *warehouse.Questions) (struct{}, error) {
		name, list, err = q.MembershipsOf(ctx, id, segments, at)
		return struct{}{}, err
	})
	return name, list, err
}
