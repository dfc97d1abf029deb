package sqlgen

import "strings"

// Export says what of a segment's members is read.
type Export struct {
	Consent string     // the customer field without which a member is left out; empty for none
	Traits  [][]string // customer fields, each by all names that it has; the latest value counts
	Orders  bool       // their orders
}

// ExportRows returns a statement with a row for each member: id, e-mail, phone
// (” without one), whether they consent, since when (NULL: from always), each
// of the traits (” without a value), how many orders, their total less
// refunds as a text, and the last one's instant.
func ExportRows(s Segment, x Export, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		columns := []string{"c.id", "coalesce(e.value, '') AS email", "coalesce(p.value, '') AS phone"}
		from := []string{"(" + g.keys(s) + ") k\nJOIN customer c ON c.customer = k.customer" + firstKey("e", "email") + firstKey("p", "phone")}
		if x.Consent == "" {
			columns = append(columns, "TRUE AS consents", "CAST(NULL AS TIMESTAMP) AS consent_at")
		} else {
			columns = append(columns, "t0.value IS NOT NULL AS consents", "CASE WHEN t0.valid_from <> '-infinity' THEN t0.valid_from END AS consent_at")
			from = append(from, "\nLEFT JOIN ("+traitOf(g, x.Consent, "valid_from")+" AND value = 'true') t0 ON t0.customer = k.customer")
		}
		for _, names := range x.Traits {
			alias := g.name("t")
			columns = append(columns, "coalesce("+alias+".value, '') AS "+alias)
			from = append(from, "\nLEFT JOIN ("+latestTrait(g, names)+") "+alias+" ON "+alias+".customer = k.customer")
		}
		if x.Orders {
			columns = append(columns, "coalesce(o.n, 0) AS orders", "CAST(coalesce(o.total, 0) - coalesce(r.total, 0) AS VARCHAR) AS net", "o.latest")
			from = append(from, g.perCustomer("o", orderTable(), "count(*) AS n, sum(f.total) AS total, max(f.ts) AS latest"),
				g.perCustomer("r", refundTable(), "sum(f.total) AS total"))
		} else {
			columns = append(columns, "0 AS orders", "'0' AS net", "CAST(NULL AS TIMESTAMP) AS latest")
		}
		return "SELECT " + strings.Join(columns, ", ") + "\nFROM " + strings.Join(from, "")
	})
}

// latestTrait is everyone's value of a field that has several names.
func latestTrait(g *gen, names []string) string {
	if len(names) == 1 {
		return traitOf(g, names[0])
	}
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = g.arg(name)
	}
	return "SELECT customer, arg_max(value, (valid_from, name)) AS value FROM trait WHERE name IN (" + strings.Join(list, ", ") +
		") AND valid_from <= " + g.now() + " AND valid_to > " + g.now() + " GROUP BY 1"
}

// firstKey joins the first key of a kind that names the customer.
func firstKey(alias, kind string) string {
	return "\nLEFT JOIN (SELECT customer, arg_min(value, (seq, pos)) AS value FROM person_key WHERE kind = '" + kind + "' AND customer > 0 GROUP BY 1) " +
		alias + " ON " + alias + ".customer = k.customer"
}

// perCustomer joins what is aggregated of a table's rows, as of T.
func (g *gen) perCustomer(alias string, t *table, columns string) string {
	customer, joins := t.customer(g)
	where := append([]string{"f.ts <= " + g.now(), customer + " > 0"}, t.valid(g)...)
	return "\nLEFT JOIN (SELECT " + customer + " AS customer, " + columns + " FROM " + t.name + " f" + joins +
		" WHERE " + strings.Join(where, " AND ") + " GROUP BY 1) " + alias + " ON " + alias + ".customer = k.customer"
}
