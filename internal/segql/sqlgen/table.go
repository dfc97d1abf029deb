package sqlgen

import (
	"strings"

	"kith/internal/segql"
)

// column is a fact's field as SQL over its row, f.
type column struct {
	sql string
	typ segql.Type
	// day is the DATE of an instant in the shop's zone, where the table has it.
	day string
	// always says that every row has a value.
	always bool
	// needs names joins that the expression uses.
	needs need
}

// need says what must be joined to each row.
type need uint8

const (
	needCatalogue need = 1 << iota // the product as it is at T, as p
	needPurchase                   // the latest purchase of the product by the customer, as b
	needProgress                   // a visit's pages and end, for visits in progress at T, as w
	needZone                       // the customer's time zone, as z
)

// table is a fact's table in the warehouse.
type table struct {
	name string
	// derived tables have a customer; the others the key the fact arrived with.
	derived bool
	from    string // column; the fact holds from this instant on, ts if empty
	to      string // column; the fact holds until before this instant, for ever if empty
	// order orders facts of one instant: their id, then place of arrival.
	order  string
	fields map[string]column
}

// valid is the condition that a row holds at T, beyond ts <= T.
func (t *table) valid(g *gen) []string {
	var c []string
	if t.from != "" {
		c = append(c, "f."+t.from+" <= "+g.now())
	}
	if t.to != "" {
		c = append(c, "f."+t.to+" > "+g.now())
	}
	return c
}

// customer is whose a row is, and the join that this takes. Where no key
// belongs to another customer, a key is its own customer.
func (t *table) customer(g *gen) (column, joins string) {
	switch {
	case t.derived:
		return "f.customer", ""
	case g.opt.Moved:
		return "coalesce(m.customer, f.key)", "\n      LEFT JOIN moved m ON m.key = f.key"
	default:
		return "f.key", ""
	}
}

func text(sql string) column    { return column{sql: sql, typ: segql.Text} }
func number(sql string) column  { return column{sql: sql, typ: segql.Number} }
func sure(sql string) column    { return column{sql: sql, typ: segql.Number, always: true} }
func boolean(sql string) column { return column{sql: sql, typ: segql.Bool} }
func moment(sql string) column  { return column{sql: sql, typ: segql.Instant} }

// at is the field "at" of a table with a day column.
func at() column { return column{sql: "f.ts", typ: segql.Instant, day: "f.day"} }

const byArrival = "f.seq, f.pos"

// idOrArrival orders by id; a fact without one compares by its place of
// arrival, as a text.
const idOrArrival = "coalesce(f.id, lpad(CAST(f.seq AS VARCHAR), 12, '0') || lpad(CAST(f.pos AS VARCHAR), 12, '0')), " + byArrival

// tableOf returns the table of a fact.
func (g *gen) tableOf(f *segql.Facts) *table {
	if f.Event {
		return eventTable()
	}
	switch f.Name {
	case "order":
		return orderTable()
	case "item":
		return itemTable()
	case "refund":
		return refundTable()
	case "visit":
		return visitTable()
	case "favourite":
		return favouriteTable()
	case "cart_item":
		return cartTable()
	case "message":
		return messageTable()
	case "ticket":
		return ticketTable()
	case "coupon":
		return couponTable()
	case "points":
		return pointsTable()
	}
	g.fail("fact %q has no table", f.Name)
	return eventTable()
}

func orderTable() *table {
	return &table{
		name: "orders", to: "valid_to", order: "f.id, " + byArrival,
		fields: map[string]column{
			"at": at(), "id": text("f.id"), "coupon": text("f.coupon"), "currency": text("f.currency"),
			"channel": text("f.channel"), "status": text("f.status"), "country": text("f.country"), "city": text("f.city"),
			"total": sure("f.total"), "subtotal": number("f.subtotal"), "discount": number("f.discount"),
			"shipping": number("f.shipping"), "tax": number("f.tax"), "items": sure("f.items"),
		},
	}
}

func itemTable() *table {
	fields := map[string]column{
		"at": at(), "order": text("f.order_id"), "quantity": number("f.quantity"),
		"revenue": number("f.revenue"), "discount": number("f.discount"), "price": number("f.price"),
		"product_age": {sql: "(epoch_us(f.ts) - epoch_us(f.released_at))", typ: segql.Fraction},
	}
	for _, name := range []string{"product", "sku", "name", "category", "brand", "collection"} {
		fields[name] = text("f." + name)
	}
	fields["tags"] = column{sql: "f.tags", typ: segql.List}
	return &table{name: "item", to: "valid_to", order: "f.order_id, f.line, " + byArrival, fields: fields}
}

func refundTable() *table {
	return &table{
		name: "refund", order: idOrArrival,
		fields: map[string]column{
			"at": at(), "order": text("f.order_id"), "product": text("f.product"),
			"quantity": number("f.quantity"), "total": number("f.total"), "reason": text("f.reason"),
		},
	}
}

// eventTable has the product fields; everything else is a property.
func eventTable() *table {
	fields := map[string]column{
		"at": at(), "quantity": number("f.quantity"), "price": number("f.price"), "stock": number("f.stock"),
		"name": text("f.product_name"), "released_at": moment("f.released_at"),
		"tags": {sql: "f.tags", typ: segql.List},
	}
	for _, name := range []string{"product", "sku", "category", "brand", "collection"} {
		fields[name] = text("f." + name)
	}
	return &table{name: "event", order: idOrArrival, fields: fields}
}

func visitTable() *table {
	fields := map[string]column{
		"at":       at(),
		"pages":    {sql: "coalesce(w.pages, f.pages)", typ: segql.Number, needs: needProgress},
		"duration": {sql: "(CAST(epoch_us(coalesce(w.last_at, f.last_at)) - epoch_us(f.ts) AS DECIMAL(18, 0)) * 0.000001)", typ: segql.Number, needs: needProgress},
	}
	for _, name := range []string{"source", "medium", "campaign", "referrer", "landing", "device", "os", "browser", "country"} {
		fields[name] = text("f." + name)
	}
	return &table{name: "visit", derived: true, order: byArrival, fields: fields}
}

// productFields are a favourite's or cart line's: its own, else the catalogue's at T.
func productFields() map[string]column {
	fields := map[string]column{"product": text("f.product")}
	add := func(name string, typ segql.Type) {
		fields[name] = column{sql: "coalesce(f." + name + ", p." + name + ")", typ: typ, needs: needCatalogue}
	}
	for _, name := range []string{"sku", "name", "category", "brand", "collection"} {
		add(name, segql.Text)
	}
	add("tags", segql.List)
	add("price", segql.Number)
	add("stock", segql.Number)
	add("released_at", segql.Instant)
	return fields
}

func favouriteTable() *table {
	fields := productFields()
	fields["at"] = at()
	fields["purchased"] = column{sql: "coalesce(b.ts > f.ts, FALSE)", typ: segql.Bool, needs: needPurchase}
	fields["price_drop"] = column{sql: roundedQuotient("(f.price_then - p.price)", "f.price_then"), typ: segql.Number, needs: needCatalogue}
	return &table{name: "favourite", derived: true, to: "valid_to", order: byArrival, fields: fields}
}

func cartTable() *table {
	fields := productFields()
	fields["at"] = at()
	fields["quantity"] = number("f.quantity")
	// Of the narrow type, a product ends at a million.
	fields["revenue"] = column{sql: "round(CAST(" + fields["price"].sql + " AS DECIMAL(38, 6)) * f.quantity, 6)", typ: segql.Number, needs: needCatalogue}
	return &table{name: "cart_item", derived: true, from: "valid_from", to: "valid_to", order: byArrival, fields: fields}
}

// versioned is a table whose facts are versions with an id.
func versioned(name string, fields map[string]column) *table {
	fields["at"] = at()
	return &table{name: name, from: "valid_from", to: "valid_to", order: idOrArrival, fields: fields}
}

func messageTable() *table {
	return versioned("message", map[string]column{
		"channel": text("f.channel"), "campaign": text("f.campaign"), "journey": text("f.journey"),
		"template": text("f.template"), "status": text("f.status"),
		"opened": boolean("f.opened"), "clicked": boolean("f.clicked"), "converted": boolean("f.converted"),
	})
}

func ticketTable() *table {
	return versioned("ticket", map[string]column{
		"channel": text("f.channel"), "status": text("f.status"), "topic": text("f.topic"),
		"sentiment": text("f.sentiment"), "order": text("f.order_id"),
	})
}

func couponTable() *table {
	return versioned("coupon", map[string]column{
		"code": text("f.code"), "campaign": text("f.campaign"), "redeemed": boolean("f.redeemed"),
		"expires_at": moment("f.expires_at"), "value": number("f.value"),
	})
}

func pointsTable() *table {
	return &table{
		name: "points", order: idOrArrival,
		fields: map[string]column{"at": at(), "amount": number("f.amount"), "reason": text("f.reason")},
	}
}

// join renders the joins that the fields of a table's rows need.
func (n need) join(g *gen, t *table) string {
	var b strings.Builder
	if n&needZone != 0 {
		customer, _ := t.customer(g)
		b.WriteString("\n      LEFT JOIN (" + traitOf(g, "timezone") + ") z ON z.customer = " + customer)
	}
	if n&needCatalogue != 0 {
		b.WriteString("\n      LEFT JOIN (" + catalogue(g) + ") p ON p.product = f.product")
	}
	if n&needPurchase != 0 {
		b.WriteString("\n      LEFT JOIN (" + purchases(g) + ") b ON b.customer = f.customer AND b.product = f.product")
	}
	if n&needProgress != 0 {
		b.WriteString("\n      LEFT JOIN (" + progress(g) + ") w ON w.customer = f.customer AND w.ts = f.ts")
	}
	return b.String()
}

// catalogue is the products as they are at T.
func catalogue(g *gen) string {
	return "SELECT * FROM product WHERE valid_to > " + g.now() + " AND valid_from <= " + g.now()
}

// purchases is when each customer last bought each product that was ever among
// their favourites, as of T: of all products that would be far more.
func purchases(g *gen) string {
	t := itemTable()
	customer, joins := t.customer(g)
	where := append([]string{"f.ts <= " + g.now(), customer + " > 0", "f.product IS NOT NULL"}, t.valid(g)...)
	return "SELECT " + customer + " AS customer, f.product, max(f.ts) AS ts FROM item f" + joins +
		" SEMI JOIN favourite v ON v.customer = " + customer + " AND v.product = f.product" +
		" WHERE " + strings.Join(where, " AND ") + " GROUP BY 1, 2"
}

// progress counts anew the visits that T lies in the middle of.
func progress(g *gen) string {
	customer, joins := eventTable().customer(g)
	return "SELECT v.customer, v.ts, max(f.ts) AS last_at, count(*) FILTER (WHERE f.event IN ('page', 'page_viewed', 'screen')) AS pages" +
		" FROM event f" + joins + " JOIN visit v ON v.customer = " + customer +
		" AND v.ts <= " + g.now() + " AND v.last_at > " + g.now() +
		" WHERE f.ts >= v.ts AND f.ts <= " + g.now() + " GROUP BY 1, 2"
}
