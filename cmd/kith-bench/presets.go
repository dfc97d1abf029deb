package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"kith/internal/segment/preset"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// templateValues fill the presets that nobody can guess the values of.
var templateValues = map[string]map[string]string{
	"occasion-buyers": {"from": "2025-11-20", "to": "2025-12-01", "since": "2025-12-05"},
	"category-fans":   {"category": `"shoes"`},
}

// presetsByHand is, for each preset, its condition over the joined tables of
// presetTables.
var presetsByHand = map[string]string{
	"recent-buyers":              `g.last > :T - interval 30 day`,
	"lapsed-buyers":              `g.last <= :T - interval 90 day`,
	"lapsed-3-to-12-months":      `g.last > :T - interval 12 month and g.last <= :T - interval 90 day`,
	"lost-buyers":                `g.last <= :T - interval 12 month`,
	"bought-once-in-12-months":   `g.n12 = 1`,
	"one-time-buyers":            `g.n = 1`,
	"repeat-buyers":              `g.n >= 2`,
	"biggest-spenders":           `pn.worse * 100 >= 90 * pn.n`,
	"high-average-order":         `k.worse * 100 >= 80 * k.people`,
	"frequent-small-baskets":     `g.n3 >= 3 and k.worse * 100 < 50 * k.people`,
	"rare-large-baskets":         `g.n12 between 1 and 3 and k.worse * 100 >= 90 * k.people`,
	"valuable-carts":             `cart.items > 0 and cart.value >= 2 * (g.s / g.n) / 100`,
	"loyal-customers":            `g.n12 >= 4 and g.days12 >= 3 and g.last > :T - interval 90 day`,
	"champions":                  `k.r >= 4 and g.n > 1 and (k.f + k.m + 1) // 2 = 5`,
	"at-risk":                    `k.r = 2 and g.n > 1 and (k.f + k.m + 1) // 2 in (3, 4)`,
	"slipping-away":              `false`, // nobody has an expected value before a scoring run
	"valuable-next-year":         `false`,
	"coupon-customers":           `g.n >= 2 and g.coupons * 10 >= 8 * g.n`,
	"full-price-buyers":          `g.n >= 2 and g.coupons * 10 <= g.n`,
	"waiting-for-a-discount":     `fav.unbought and g.coupons * 2 >= g.n`,
	"frugal-customers":           `g.n >= 2 and g.items <= 2 * g.n and cad.days >= 45`,
	"due-to-reorder":             `epoch_us(:T - g.last) between 0.8 * 86400000000 * cad.days and 1.5 * 86400000000 * cad.days`,
	"overdue-to-reorder":         `false`,
	"dormant-customers":          `g.last <= :T - interval 180 day and (vis.last is null or vis.last <= :T - interval 90 day)`,
	"trend-followers":            `it.trend >= 2`,
	"abandoned-carts":            `cart.items > 0 and chg.ts < :T - interval 4 hour and chg.ts > :T - interval 7 day`,
	"abandoned-at-shipping-cost": `ev.shipping and not (g.last > ev.checkout) and ev.checkout < :T - interval 4 hour`,
	"cart-without-checkout":      `ev.added7 and not coalesce(ev.checkout > :T - interval 7 day, false) and not coalesce(g.last > :T - interval 7 day, false)`,
	"browsed-nothing-in-cart":    `vw.c is not null and not coalesce(ev.added7, false) and not coalesce(g.last > :T - interval 7 day, false)`,
	"all-prospects":              `g.c is null`,
	"curious-prospects":          `g.c is null and vis.last > :T - interval 14 day`,
	"indecisive-prospects":       `g.c is null and vis.n30 >= 4 and (coalesce(ev.added30, 0) >= 3 or coalesce(tk.last > :T - interval 30 day, false))`,
	"visited-never-bought":       `g.c is null and vis.c is not null`,
	"not-seen-for-a-while":       `vis.last <= :T - interval 60 day`,
	"newsletter-subscribers":     `p.subscribed`,
	"newsletter-never-bought":    `p.subscribed and g.c is null`,
	"low-stock-in-favourites":    `fav.low`,
	"price-drop-in-favourites":   `fav.dropped`,
	"birthday-this-week":         `(month(p.birth_date) = 1 and day(p.birth_date) <= 7)`,
	"higher-income":              `band.band = 'premium'`,
	"premium-shoppers":           `band.band = 'premium'`,
	"women":                      `p.gender = 'female'`,
	"men":                        `p.gender = 'male'`,
	"local-customers":            `p.country = 'RO'`,
	"international-customers":    `p.country <> 'RO'`,
	"mobile-shoppers":            `false`, // no customer has a device
	"occasion-buyers":            `g.occasion and g.last < timestamp '2025-12-05'`,
	"gift-buyers":                `it.gift`,
	"category-fans":              `it.fans >= 2`,
	"waiting-for-support":        `tk.open`,
	"unhappy-lately":             `tk.unhappy or rf.last > :T - interval 30 day`,
	"unfinished-survey":          `sv.c is not null`,
	"points-worth-a-reward":      `pt.balance >= 100`,
}

// presetTables are one row a customer of all that presets look at: each table
// is read as few times as its facts allow, and joined once.
const presetTables = `
WITH g AS MATERIALIZED (SELECT c, max(ts) AS last, count(*) AS n, count(*) FILTER (ts > :T - interval 12 month) AS n12, count(*) FILTER (ts > :T - interval 3 month) AS n3,
    sum(total) AS s, sum(total) FILTER (ts > :T - interval 12 month) AS s12, count(DISTINCT CAST(ts AS DATE)) FILTER (ts > :T - interval 12 month) AS days12,
    count(coupon) AS coupons, sum(items) AS items, bool_or(ts >= timestamp '2025-11-20' AND ts < timestamp '2025-12-02') AS occasion
  FROM o WHERE ts <= :T GROUP BY c),
rf AS MATERIALIZED (SELECT key AS c, sum(total * 100) AS s, sum(total * 100) FILTER (ts > :T - interval 12 month) AS s12, max(ts) AS last FROM refund WHERE ts <= :T GROUP BY key),
k AS (SELECT c, people, rank() OVER (ORDER BY average) - 1 AS worse, 1 + 5 * (rank() OVER (ORDER BY last) - 1) // people AS r,
    1 + 5 * (rank() OVER (ORDER BY n) - 1) // people AS f, 1 + 5 * (rank() OVER (ORDER BY net) - 1) // people AS m
  FROM (SELECT g.c, g.last, g.n, g.s / g.n AS average, g.s - coalesce(rf.s, 0) AS net, count(*) OVER () AS people FROM g LEFT JOIN rf USING (c))),
pn AS (SELECT c, rank() OVER (ORDER BY net) - 1 AS worse, count(*) OVER () AS n
  FROM (SELECT c, coalesce(g.s12, 0) - coalesce(rf.s12, 0) AS net FROM g FULL JOIN rf USING (c) WHERE g.n12 > 0 OR rf.s12 IS NOT NULL)),
cad AS (SELECT c, median(gap) AS days FROM (SELECT c, day - lag(day) OVER (PARTITION BY c ORDER BY day) AS gap
  FROM (SELECT DISTINCT c, CAST(ts AS DATE) AS day FROM o WHERE ts <= :T)) GROUP BY c HAVING count(gap) >= 2),
it AS (SELECT c, count(DISTINCT product) FILTER (ts > :T - interval 12 month AND released_at >= ts - interval 30 day) AS trend,
    count(*) FILTER (category = 'shoes' AND ts > :T - interval 12 month) AS fans, bool_or(list_contains(tags, 'gift')) AS gift
  FROM i WHERE ts > :T - interval 24 month AND ts <= :T AND (category = 'shoes' AND ts > :T - interval 12 month
    OR ts > :T - interval 12 month AND released_at >= ts - interval 30 day OR list_contains(tags, 'gift')) GROUP BY c),
vw AS (SELECT DISTINCT c FROM v WHERE ts > :T - interval 7 day AND ts <= :T),
ev AS MATERIALIZED (SELECT c, bool_or(event = 'checkout_step_viewed' AND step = '3' AND ts > :T - interval 7 day) AS shipping,
    max(ts) FILTER (event = 'checkout_started') AS checkout, bool_or(event = 'product_added' AND ts > :T - interval 7 day) AS added7,
    count(*) FILTER (event = 'product_added' AND ts > :T - interval 30 day) AS added30 FROM e WHERE ts <= :T GROUP BY c),
sv AS (SELECT c FROM e WHERE event IN ('form_started', 'form_submitted') AND ts <= :T GROUP BY c
  HAVING max(ts) FILTER (event = 'form_started') > :T - interval 14 day AND max(ts) FILTER (event = 'form_started') <= :T - interval 1 day
    AND coalesce(max(ts) FILTER (event = 'form_submitted') <= max(ts) FILTER (event = 'form_started'), true)),
vis AS (SELECT customer AS c, max(ts) AS last, count(*) FILTER (ts > :T - interval 30 day) AS n30 FROM visit WHERE ts <= :T GROUP BY 1),
tk AS (SELECT key AS c, max(ts) AS last, bool_or(status = 'open') AS open, bool_or(sentiment = 'negative' AND ts > :T - interval 30 day) AS unhappy
  FROM ticket WHERE ts <= :T AND valid_from <= :T AND valid_to > :T GROUP BY 1),
pt AS (SELECT key AS c, sum(amount) AS balance FROM points WHERE ts <= :T GROUP BY 1),
cart AS (SELECT customer AS c, sum(quantity) AS items, sum(price * quantity) AS value FROM cart_item WHERE valid_from <= :T AND valid_to > :T GROUP BY 1),
chg AS (SELECT customer AS c, max(ts) AS ts FROM cart_change WHERE ts <= :T GROUP BY 1),
fav AS (SELECT f.customer AS c, bool_or(b.c IS NULL) AS unbought, bool_or(b.c IS NULL AND f.stock BETWEEN 1 AND 3) AS low,
    bool_or(b.c IS NULL AND f.price <= 0.9 * f.price_then) AS dropped
  FROM favourite f LEFT JOIN i b ON b.c = f.customer AND b.product = f.product AND b.ts > f.ts WHERE f.ts <= :T AND f.valid_to > :T GROUP BY 1)`

// presetJoins joins them.
const presetJoins = `
FROM p LEFT JOIN g USING (c) LEFT JOIN rf USING (c) LEFT JOIN k USING (c) LEFT JOIN pn USING (c) LEFT JOIN cad USING (c) LEFT JOIN it USING (c)
LEFT JOIN vw ON vw.c = p.c LEFT JOIN ev USING (c) LEFT JOIN sv ON sv.c = p.c LEFT JOIN vis ON vis.c = p.c LEFT JOIN tk USING (c) LEFT JOIN pt USING (c)
LEFT JOIN cart USING (c) LEFT JOIN chg USING (c) LEFT JOIN fav USING (c) LEFT JOIN price_band_now band ON band.customer = p.c`

// presets races all presets in one call.
func (b *bench) presets(ctx context.Context, conn *sql.Conn, prefix string) error {
	err := execAll(ctx, conn, []string{`CREATE OR REPLACE TEMP TABLE price_band_now AS
		SELECT CAST(c AS INTEGER) AS customer, ['value', 'mid', 'premium'][1 + c % 3] AS band FROM p`})
	if err != nil {
		return err
	}
	segments, ids, err := allPresets()
	if err != nil {
		return err
	}
	counts, err := sqlgen.Counts(segments, shopOptions())
	if err != nil {
		return err
	}
	rival, err := presetRival(ids, false)
	if err != nil {
		return err
	}
	if err := b.duel(ctx, conn, prefix+"presets", counts, rival); err != nil {
		return err
	}
	sizes, err := sqlgen.Sizes(segments, shopOptions())
	if err != nil {
		return err
	}
	if rival, err = presetRival(ids, true); err != nil {
		return err
	}
	return b.duel(ctx, conn, prefix+"preset_sizes", sizes, rival)
}

// allPresets compiles the presets, with values for their templates.
func allPresets() ([]sqlgen.Segment, []string, error) {
	var all []sqlgen.Segment
	var ids []string
	for _, p := range preset.List("en") {
		text, err := p.Fill(templateValues[p.ID])
		if err != nil {
			return nil, nil, err
		}
		c, problems := segql.Compile(text, &segql.Catalogue{})
		if len(problems) > 0 {
			return nil, nil, fmt.Errorf("checking preset %s: %w", p.ID, problems)
		}
		all, ids = append(all, sqlgen.Segment{Checked: c, Saved: true}), append(ids, p.ID)
	}
	return all, ids, nil
}

// presetRival is the statement by hand: counts, or counts and sums.
func presetRival(ids []string, sums bool) (sqlgen.Statement, error) {
	inner := []string{`(coalesce(g.s12, 0) - coalesce(rf.s12, 0)) / 100.0 AS net`}
	var outer []string
	for i, id := range ids {
		condition, ok := presetsByHand[id]
		if !ok {
			return sqlgen.Statement{}, fmt.Errorf("preset %s has no condition by hand", id)
		}
		inner = append(inner, fmt.Sprintf("CASE WHEN %s THEN TRUE END AS b%d", condition, i))
		outer = append(outer, fmt.Sprintf("count(b%d)", i))
		if sums {
			outer = append(outer, fmt.Sprintf("coalesce(sum(CASE WHEN b%d THEN net END), 0)", i))
		}
	}
	if sums {
		outer = append(outer, "count(*)", "sum(net)")
	}
	return byHand(presetTables + "\nSELECT " + strings.Join(outer, ", ") + "\nFROM (SELECT " + strings.Join(inner, ",\n") + presetJoins + ")"), nil
}
