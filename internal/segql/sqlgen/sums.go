package sqlgen

import (
	"slices"
	"strings"
)

// existence is what is wanted of facts that are only asked for being there.
const existence = ""

// sums are the columns of the table summary, by what is wanted of all orders or
// all refunds up to T. What a customer's orders come to stands there already,
// and a pass over all orders is what takes longest.
var sums = map[string]map[string]string{
	"orders": {existence: "", "count(*)": "orders", "sum(f.total)": "total", "min(f.ts)": "first_at", "max(f.ts)": "last_at"},
	"refund": {"sum(f.total)": "refunds"},
}

// summed says whether the summary has what is wanted of a selection. Whether
// there is an order in a window that ends at T is known too: the last one is in
// it, or none.
func (e *env) summed(s selection, needs need, w span, wants []string) bool {
	columns := sums[s.table.name]
	if !e.g.opt.Sums || columns == nil || len(wants) == 0 || s.filter != "" || needs != 0 || w.since != nil || !w.hi.Equal(e.g.opt.At) {
		return false
	}
	return !slices.ContainsFunc(wants, func(want string) bool {
		_, there := columns[want]
		return !there || w.hasLo && want != existence
	})
}

// sums is the summary as of T.
func (e *env) sums() *source {
	return e.sc.source("summary", "y", func() *source { return &source{summary: true, existing: true, text: e.g.summary} })
}

// summary reads the table summary. Who has an order or a cancellation ahead of
// T, which is hardly anybody, is worked out from the facts. As in a scan, who has
// rows but no order has no total.
func (g *gen) summary() string {
	ahead := func(t *table, columns string) string {
		customer, joins := t.customer(g)
		holds := strings.Join(append([]string{"f.ts <= " + g.now()}, t.valid(g)...), " AND ")
		return "SELECT " + customer + " AS customer, " + columns + " FROM " + t.name + " f" + joins +
			"\n        WHERE " + holds + " AND " + customer + " IN (SELECT customer FROM summary WHERE settled_at > " + g.now() + ") GROUP BY 1"
	}
	return "SELECT customer, CAST(orders AS BIGINT) AS orders, CASE WHEN orders > 0 THEN total END AS total, refunds, first_order_at AS first_at, last_order_at AS last_at FROM summary WHERE settled_at <= " + g.now() +
		"\n      UNION ALL SELECT customer, CAST(sum(orders) AS BIGINT), sum(total), sum(refunds), min(first_at), max(last_at) FROM (" +
		"\n        " + ahead(orderTable(), "count(*) AS orders, sum(f.total) AS total, NULL AS refunds, min(f.ts) AS first_at, max(f.ts) AS last_at") +
		"\n        UNION ALL " + ahead(refundTable(), "0, NULL, sum(f.total), NULL, NULL") + ") GROUP BY 1"
}
