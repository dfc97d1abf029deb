package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
)

// question is a segment and the SQL that someone would write by hand for it.
type question struct {
	name, segment, rival string
}

// questions are the twelve of the reference, with :T for the instant.
var questions = []question{
	{
		"bought_30d", `has order in last 30 days`,
		`select count(distinct c) from o where ts > :T - interval 30 day and ts <= :T`,
	},
	{
		"lapsed_90d", `has order and no order in last 90 days`,
		`select count(*) from (select c from o where ts <= :T group by c having max(ts) <= :T - interval 90 day)`,
	},
	{
		"one_order", `count(order) = 1`,
		`select count(*) from (select c from o where ts <= :T group by c having count(*) = 1)`,
	},
	{
		"spent_country", `sum(order.total) in last 365 days >= 500 and country = "RO"`,
		`select count(*) from (select c from o where ts > :T - interval 365 day and ts <= :T group by c having sum(total) >= 50000) join p using (c) where country = 'RO'`,
	},
	{
		"average", `avg(order.total) > 150 and count(order) >= 3`,
		`select count(*) from (select c from o where ts <= :T group by c having count(*) >= 3 and sum(total) > 15000 * count(*))`,
	},
	{
		"coupons", `count(order[coupon is not missing]) >= 3`,
		`select count(*) from (select c from o where coupon is not null and ts <= :T group by c having count(*) >= 3)`,
	},
	{
		"items_filter", `count(item[category = "shoes" and price > 100]) in last 180 days >= 2`,
		`select count(*) from (select c from i where category = 'shoes' and price > 10000 and ts > :T - interval 180 day and ts <= :T group by c having count(*) >= 2)`,
	},
	{
		"viewed_not_bought", `count(product_viewed[category = "shoes"]) in last 14 days >= 3 and no item[category = "shoes"]`,
		`select count(*) from (select c from v where category = 'shoes' and ts > :T - interval 14 day and ts <= :T group by c having count(*) >= 3) where c not in (select c from i where category = 'shoes' and ts <= :T)`,
	},
	{
		"distinct_products", `distinct(item.product) in last 90 days >= 10`,
		`select count(*) from (select c from i where ts > :T - interval 90 day and ts <= :T group by c having count(distinct product) >= 10)`,
	},
	{
		"percentile", `percentile(sum(order.total) in last 12 months) >= 90`,
		`select count(*) from (select s, rank() over (order by s) - 1 r, count(*) over () n from (select sum(total) s from o where ts > :T - interval 12 month and ts <= :T group by c)) where 100 * r >= 90 * n`,
	},
	{
		"sequence", `sequence(order, no order within 100 days)`,
		`select count(distinct c) from (select c, ts, lead(ts) over (partition by c order by ts) n from o where ts <= :T) where ts + interval 100 day <= :T and (n is null or n > ts + interval 100 day)`,
	},
	{
		"two_of_four", `at least 2 of (sum(order.total) > 3000, count(order) >= 10, no order in last 100 days, has product_viewed in last 7 days)`,
		`select count(*) from (select p.c, coalesce(s, 0) > 300000 a, coalesce(n, 0) >= 10 b, coalesce(m <= :T - interval 100 day, true) d, w.c is not null e
			from p left join (select c, sum(total) s, count(*) n, max(ts) m from o where ts <= :T group by c) g on g.c = p.c
			left join (select distinct c from v where ts > :T - interval 7 day and ts <= :T) w on w.c = p.c) where a::int + b::int + d::int + e::int >= 2`,
	},
}

// race asks the twelve questions.
func (b *bench) race(ctx context.Context, conn *sql.Conn, prefix string) error {
	for _, q := range questions {
		c, problems := segql.Compile(q.segment, &segql.Catalogue{})
		if len(problems) > 0 {
			return fmt.Errorf("checking %s: %w", q.segment, problems)
		}
		st, err := sqlgen.Count(sqlgen.Segment{Checked: c}, shopOptions())
		if err != nil {
			return err
		}
		if err := b.duel(ctx, conn, prefix+"q_"+q.name, st, byHand(q.rival)); err != nil {
			return err
		}
	}
	return nil
}

// shopOptions are those of the bench shop, as of its end.
func shopOptions() sqlgen.Options {
	return sqlgen.Options{At: shopEnd, Zone: time.UTC, Settings: map[string]string{"country": "RO", "reward_points": "100", "shipping_step": "3"}}
}

// byHand puts T into hand-written SQL.
func byHand(text string) sqlgen.Statement {
	return sqlgen.Statement{SQL: strings.ReplaceAll(text, ":T", "TIMESTAMP '2026-01-01'")}
}
