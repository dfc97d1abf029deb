package sqlgen_test

import "kith/internal/segql/sqlgen"

// questions are the twelve that are raced against hand-written SQL.
var questions = []golden{
	{name: "question_01", why: "DuckDB skips what lies before the window, since facts lie in order of time; all customers are not read.", text: `has order in last 30 days`},
	{name: "question_02", why: "One pass: both conditions are about the latest order.", text: `has order and no order in last 90 days`},
	{name: "question_03", why: "Whoever has no order has not one, so that all customers are not read.", text: `count(order) = 1`},
	{name: "question_04", why: "Orders come first, since they decide more than the country does.", text: `sum(order.total) in last 365 days >= 500 and country = "RO"`},
	{name: "question_05", why: "The average is never divided: the sum is compared with a multiple of the count.", text: `avg(order.total) > 150 and count(order) >= 3`},
	{name: "question_06", why: "The only filter stands in WHERE: orders without a coupon are not grouped.", text: `count(order[coupon is not missing]) >= 3`},
	{name: "question_07", why: "Window and filter both stand in WHERE, before the grouping.", text: `count(item[category = "shoes" and price > 100]) in last 180 days >= 2`},
	{name: "question_08", why: "Views, of which few are left, come first.", text: `count(product_viewed[category = "shoes"]) in last 14 days >= 3 and no item[category = "shoes"]`},
	{name: "question_09", why: "Only the window's lines are grouped.", text: `distinct(item.product) in last 90 days >= 10`},
	{name: "question_10", why: "A window function over one row a customer, and no join with all customers.", text: `percentile(sum(order.total) in last 12 months) >= 90`},
	{name: "question_11", why: "\"A, no A within D\" needs only each order's next one: one sorted pass and no join of orders with orders.", text: `sequence(order, no order within 100 days)`},
	{name: "question_12", why: "One pass over orders and a short one over the last views; two conditions can hold without either, so that all customers are read.", text: `at least 2 of (sum(order.total) > 3000, count(order) >= 10, no order in last 100 days, has product_viewed in last 7 days)`},
}

// presetReasons say more of some presets than reasonOf.
var presetReasons = map[string]string{
	"recent-buyers":              "DuckDB skips what lies before the window, since facts lie in order of time.",
	"birthday-this-week":         "Months and days are compared with those of seven days: no arithmetic with dates.",
	"frugal-customers":           "Gaps between order days have a scan of their own: each day counts once, in order.",
	"due-to-reorder":             "Gaps between order days have a scan of their own; the last order comes from the common one.",
	"abandoned-at-shipping-cost": "Recent events are scanned apart from the last checkout ever, so that the window limits what is read; orders since it are joined row by row.",
	"unfinished-survey":          "The nearest following event decides, which an ASOF join finds in one sorted pass.",
	"unhappy-lately":             "Either table may decide alone, so that all customers are read first.",
	"premium-shoppers":           "Price bands are made before the statement runs: no SQL computes them in reasonable time.",
	"higher-income":              "Either side may decide alone, so that all customers are read first.",
	"slipping-away":              "Without a scoring run nobody has a probability, which the planner sees from the NULL.",
	"valuable-next-year":         "Without a scoring run nobody has a value, which the planner sees from the NULL.",
	"overdue-to-reorder":         "Without a scoring run nobody has a probability, which the planner sees from the NULL.",
	"valuable-carts":             "The cart's lines, of which there are few, have their own scan; the average is joined to it.",
}

// others are what the questions and presets do not show.
var others = []golden{
	{name: "sequence_three", why: "Each step keeps the instants that the next one starts from: the nearest fact decides, in one sorted pass a step.", text: `sequence(product_viewed, product_added within 1 day, no order within 3 days) in last 30 days`},
	{name: "sequence_filtered", why: "Filters stand at the scans of their step.", text: `sequence(order[total > 100], order within 30 days)`},
	{name: "since_fact", why: "The anchor is one row a customer, and joined to each row: the window differs from customer to customer.", text: `no order since last product_added`},
	{name: "since_fact_many", why: "Facts since the same anchor share a scan; those of fixed windows have their own.", text: `count(order) since first product_added >= 2 and sum(order.total) since first product_added > 50 and has order`},
	{name: "windows", why: "One scan for all windows: the widest limits it, the others become FILTERs.", text: `count(order) in last 30 days >= 1 and count(order) in last 90 days >= 2 and sum(order.total) previous month > 10`},
	{name: "filters", why: "Every column has its own filter: a row that none of them takes is not grouped.", text: `count(order[coupon is missing]) in last 30 days >= 1 and count(order[total > 100]) in last 90 days >= 1`},
	{name: "events", why: "Recent events are scanned apart from those of all time, so that the window limits what is read.", text: `has product_viewed in last 7 days and count(product_added) in last 30 days >= 2 and has checkout_started`},
	{name: "merged_keys", why: "A key that belongs to another customer is looked up in a small table, before the grouping.", text: `count(order) >= 2 and has product_viewed`, options: func(o *sqlgen.Options) { o.Moved = true }},
	{name: "saved_run", why: "A saved segment's base fields come from the latest scoring run.", text: `rfm.group = "Champions" and clv.alive > 0.5`, saved: true, options: func(o *sqlgen.Options) { o.Run = 3 }},
	{name: "saved_run_percentile", why: "The run has ranked customers by this term already.", text: `percentile(avg(order.total)) >= 80`, saved: true, options: func(o *sqlgen.Options) {
		o.Run, o.RunPercentiles = 3, map[string]bool{"avg(order.total)": true}
	}},
	{name: "in_segment", why: "A saved segment is inlined and shares the scans; its base fields come from the run.", text: `in segment "loyal" and has order in last 30 days`, options: func(o *sqlgen.Options) { o.Run = 3 }},
	{name: "moved_in_segment", why: "Recorded transitions are looked up; nothing is worked out anew.", text: `entered segment "loyal" in last 7 days`},
	{name: "shared_scan", why: "The ranking and the condition beside it look at one scan, which is materialised.", text: `count(order) in last 3 months >= 3 and percentile(avg(order.total)) < 50`},
	{name: "sums", why: "What the orders of a customer come to stands in the summary: the facts are read of nobody but who has an order ahead.", text: `avg(order.total) > 50 and no order in last 90 days and sum(refund.total) = 0`, options: sums},
	{name: "sums_beside", why: "What the summary does not have is scanned, with what limits it; the summary is joined.", text: `count(order) >= 3 and sum(order.total) in last 30 days > 100`, options: sums},
	{name: "sums_rfm", why: "Ranks come from the summary: four values part the fifths, so that nothing is sorted.", text: `rfm.group = "Loyal"`, options: sums},
	{name: "properties", why: "A property is read from the event's JSON, and only of events that fit the rest.", text: `count(search[query = "shoes"]) in last 30 days >= 2`},
	{name: "hash_sample", why: "A share of customers needs their ids, so that all customers are read.", text: `percent(10, "test") and has order`},
}

func sums(o *sqlgen.Options) { o.Sums = true }

// many are the statements of more than one segment or of none.
var many = map[string]string{
	"many_counts":      "Each table is scanned once for all segments, what several scopes look at is materialised, and each condition stands once.",
	"many_sizes":       "As the counts, with the net of 12 months beside the conditions.",
	"many_differences": "One pass for both sides of each pair; of the ids no more are kept than are shown.",
	"many_holding":     "One customer: the id is looked up first.",
	"members":          "Ids are joined to the few that are left.",
	"keys":             "Women without an order: all customers are read, since most have no order.",
	"rfm":              "Three rankings over one row a customer; orders and refunds are scanned once each.",
	"units":            "Equal prices of a customer and category are one row: far fewer leave DuckDB.",
}
