package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"kith/internal/duck"
)

const (
	viewersOver = 20
	viewers     = "count(product_viewed) >= 20"
)

// check compares a folder that nobody serves with the journal. Only what fates
// says is acknowledged must be there.
func (t *torture) check(ctx context.Context, folder string, fates map[int]fate) (err error) {
	// The first question brings the warehouse up to the log.
	text, err := t.command(ctx, folder, "segment", "count", viewers, "--json")
	if err != nil {
		return err
	}
	db, err := duck.Open(ctx, duck.Config{Path: filepath.Join(folder, "warehouse.db"), ReadOnly: true, TempDir: filepath.Join(t.dir, "tmp")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	found := map[int]int{}
	strange := 0
	err = each(ctx, db, `SELECT id, count(*) FROM (SELECT id FROM event UNION ALL SELECT id FROM message_seen) GROUP BY id`, func(id string, times int) {
		n, err := strconv.Atoi(strings.TrimPrefix(id, "m"))
		if _, known := fates[n]; err != nil || !known {
			strange++
			return
		}
		found[n] = times
	})
	if err != nil {
		return err
	}
	var lost, twice, unwanted, taken, unknown int
	views, orders, plans := map[string]int{}, map[string]int{}, map[string]int{}
	for n, f := range fates {
		times := found[n]
		switch f {
		case acked:
			taken++
			lost += against(times == 0)
		case refused:
			unwanted += against(times > 0)
		case intended:
			unknown++
		}
		twice += against(times > 1)
		if times == 0 {
			continue
		}
		switch who := customerOf(n); kindOf(n) {
		case view:
			views[who]++
		case order:
			orders[who]++
		case identify:
			plans[who] = max(plans[who], n)
		case page:
		}
	}
	t.hold("acknowledged events lost", lost, "%d acknowledged, %d not answered", taken, unknown)
	t.hold("message ids with more than one effect", twice, "%d ids in the warehouse", len(found))
	t.hold("refused events that took effect", unwanted, "by the journal")
	t.hold("events that nobody sent", strange, "by the journal")
	return t.checkEffects(ctx, db, views, orders, plans, text)
}

// checkEffects compares what events did to customers with what the journal's
// events that are there must have done.
func (t *torture) checkEffects(ctx context.Context, db *duck.DB, views, orders, plans map[string]int, counted string) error {
	const perCustomer = `SELECT k.value, count(*) FROM %s f JOIN person_key k ON k.key = f.key WHERE k.kind = 'customer' %s GROUP BY k.value`
	for _, effect := range []struct {
		name, table, only string
		want              map[string]int
	}{{"views", "event", "AND f.event = 'product_viewed'", views}, {"orders", "orders", "", orders}} {
		other, have := 0, map[string]int{}
		err := each(ctx, db, fmt.Sprintf(perCustomer, effect.table, effect.only), func(who string, times int) { have[who] = times })
		if err != nil {
			return err
		}
		for who, times := range effect.want {
			other += against(have[who] != times)
		}
		t.hold("customers with other "+effect.name, other+max(0, len(have)-len(effect.want)), "of %d", len(effect.want))
	}
	// Whatever order they came in, the latest by its own instant stands.
	old, have := 0, map[string]int{}
	err := each(ctx, db, `SELECT k.value, substr(max_by(f.value, f.valid_from), 5)::INTEGER FROM trait f
		JOIN person_key k ON k.key = f.customer WHERE k.kind = 'customer' AND f.name = 'traits.plan' GROUP BY k.value`,
		func(who string, n int) { have[who] = n })
	if err != nil {
		return err
	}
	for who, n := range plans {
		old += against(have[who] != n)
	}
	t.hold("customers whose trait is not the latest", old+max(0, len(have)-len(plans)), "of %d", len(plans))
	want := 0
	for _, times := range views {
		want += against(times >= viewersOver)
	}
	var count struct{ Count int }
	if err := json.Unmarshal([]byte(counted), &count); err != nil {
		return err
	}
	t.hold("members too many or too few of the segment", max(want-count.Count, count.Count-want), "%d members", count.Count)
	return nil
}

// each calls do with the rows of a question: a text and a number.
func each(ctx context.Context, db *duck.DB, question string, do func(string, int)) (err error) {
	rows, err := db.QueryContext(ctx, question)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		var n int
		if err := rows.Scan(&text, &n); err != nil {
			return err
		}
		do(text, n)
	}
	return rows.Err()
}
