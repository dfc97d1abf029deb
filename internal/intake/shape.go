package intake

import (
	"fmt"
	"slices"
	"strings"

	"kith/internal/commerce"
)

// shape is the SQL that makes a file's rows records: each field as a typed
// column, and a verdict, NULL for a row that can be used.
type shape struct {
	*layers

	cfg      *Config
	table    *table
	file     int
	base     int64 // place of the file's first row in the import
	values   map[string]value
	verdicts []string // WHEN … THEN …, in the order they are asked
	heads    bool     // rows may have no instant and take that of their order's first row
}

// newShape makes the SQL for a file.
func newShape(cfg *Config, t *table, file int, base int64) *shape {
	s := &shape{layers: newLayers(t.from), cfg: cfg, table: t, file: file, base: base, values: map[string]value{}}
	s.heads = cfg.Kind == commerce.Orders && s.has("order_id") && t.blanks(t.mapping.fields["at"])
	for _, f := range fields(cfg.Kind) {
		v := s.field(f)
		s.values[f.name] = v
		if v.raw != "NULL" && v.refuse != "" {
			s.refuse(f.name, v.refuse, v.reason)
		}
		if v.raw != "NULL" && f.role == rolePrice && cfg.Format != OnlineRetail {
			s.refuse(f.name, v.out+" < 0", quotedText(v.shown)+" || ' is negative'")
		}
		s.oneLine(f, v)
	}
	s.returns()
	if v := s.values["refunded"]; s.has("refunded") {
		s.refuse("refunded", v.out+" < 0", quotedText(v.shown)+" || ' is negative'")
	}
	s.keys()
	s.undecoded()
	return s
}

// oneLine refuses ids and names that are lists, objects, or hold control
// characters: no other system would know them again, and they break lists of
// ids.
func (s *shape) oneLine(f field, v value) {
	if surveyed(f.role)&asID == 0 {
		return
	}
	suspect := false
	for _, i := range s.table.mapping.fields[f.name] {
		in := s.table.inputs(i)
		switch {
		case in.nested():
			s.refuse(f.name, in.expr+" IS NOT NULL", quotedText(in.text())+" || "+lit(f.role.nested()))
		case in.col.nested:
			s.refuse(f.name, fmt.Sprintf("starts_with(%s, chr(%d))", in.expr, nestedMark), quotedText(in.text())+" || "+lit(f.role.nested()))
		}
		suspect = suspect || in.col.suspect || !in.trimmed && in.typ == "VARCHAR"
	}
	if suspect {
		// Most ids are plain, and seeing that costs half of looking for others.
		s.refuse(f.name, fmt.Sprintf("NOT regexp_full_match(%[1]s, '[ -~]*') AND regexp_matches(%[1]s, %[2]s)", v.raw, lit(controlForm)),
			quotedText(v.shown)+" || "+lit(f.role.controls()))
	}
	if v.raw != "NULL" && s.cfg.Kind == commerce.Events && slices.Contains(shortFields[:], f.name) {
		s.refuse(f.name, fmt.Sprintf("length(%s) > %d", v.raw, maxShort), quotedText(v.shown)+" || "+lit(tooLong))
	}
}

// shortFields are the fields of an event that may not have more than maxShort
// characters. Trackers make ids of 36 to 100; a longer one, or a longer name,
// is something else that stands in the wrong place.
var shortFields = [...]string{"event", "message_id"}

const maxShort = 200

var tooLong = fmt.Sprintf(" is longer than %d characters", maxShort)

// nested says why a list or an object is refused where a role wants one value.
func (r role) nested() string {
	if r == roleName {
		return " is a list or an object: a name is a text"
	}
	return " is a list or an object: an id is a text or a number"
}

// controls says why a value with control characters is refused.
func (r role) controls() string {
	noun := "an id"
	if r == roleName {
		noun = "a name"
	}
	return " holds a line break or another control character, which " + noun + " may not"
}

// controlForm finds control characters, and what a byte or an escape that is
// no character was read as.
const controlForm = `[\x00-\x1f\x7f-\x{9f}\x{fffd}]`

// undecoded refuses rows with bytes where a text should be, before what is
// missing: an id that cannot be read is there.
func (s *shape) undecoded() {
	var verdicts []string
	add := func(name string, column int) {
		if sign := s.table.inputs(column).undecoded; sign != "" {
			verdicts = append(verdicts, fmt.Sprintf("WHEN %s THEN %s || chr(31) || 'its bytes are not UTF-8 text'", sign, lit(name)))
		}
	}
	for _, f := range fields(s.cfg.Kind) {
		for _, i := range s.table.mapping.fields[f.name] {
			add(f.name, i)
		}
	}
	for _, e := range slices.Concat(s.table.mapping.traits, s.table.mapping.props) {
		add(s.table.headers[e.column], e.column)
	}
	s.verdicts = append(verdicts, s.verdicts...)
}

// blanks says whether some row has nothing in the first of these columns.
func (t *table) blanks(columns []int) bool {
	return len(columns) > 0 && t.columns[columns[0]].filled < t.rows-t.broken
}

// returns refuses orders with a negative total. Below a line that is a return
// it stands for what was paid back, and an order of such lines alone is a
// refund; in online-retail it may be an adjustment.
func (s *shape) returns() {
	if s.cfg.Kind != commerce.Orders || !s.has("total") || s.cfg.Format == OnlineRetail {
		return
	}
	total, quantity := s.values["total"], s.values["quantity"].out
	s.refuse("total", fmt.Sprintf("%s < 0 AND coalesce(%s, 1) >= 0", total.out, quantity),
		quotedText(total.shown)+" || "+lit(" is negative: a return is a refund, which is a line with a quantity below zero or stands in the field refunded"))
}

func (s *shape) has(field string) bool { return len(s.table.mapping.fields[field]) > 0 }

func (s *shape) refuse(field, when, reason string) {
	s.verdicts = append(s.verdicts, fmt.Sprintf("WHEN %s THEN %s || chr(31) || %s", when, lit(field), reason))
}

// field adds the columns of one field.
func (s *shape) field(f field) value {
	in, columns, ok := s.input(f)
	if !ok {
		return value{raw: "NULL", out: "NULL"}
	}
	switch f.role {
	case roleNumber, rolePrice:
		return s.number(f.name, in, s.table.numberForm(columns))
	case roleInstant:
		return s.instant(f.name, in, s.table.instantForm(s.cfg, columns), s.cfg.Zone)
	case roleDate:
		return s.date(f.name, in, s.table.instantForm(s.cfg, columns))
	case roleEmail:
		return s.email(f.name, in)
	case rolePhone:
		return s.phone(f.name, in, s.phoneCountry())
	case roleCountry:
		return s.country(f.name, in)
	case roleCurrency:
		return s.currency(f.name, in)
	case roleStatus:
		return s.status(f.name, in)
	case roleYesNo:
		return s.yesNo(f.name, in)
	case roleTags:
		return s.tags(f.name, in)
	case roleJSON:
		return s.object(f.name, in)
	default:
		return s.plainText(f.name, s.cleaned(f.name, in))
	}
}

// input is the column of a field, or the first of several that is not blank.
func (s *shape) input(f field) (input, []int, bool) {
	columns := s.table.mapping.fields[f.name]
	switch len(columns) {
	case 0:
		return input{}, nil, false
	case 1:
		return s.table.inputs(columns[0]), columns, true
	}
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = s.table.inputs(c).text()
	}
	return input{expr: "coalesce(" + strings.Join(texts, ", ") + ")", typ: "VARCHAR", trimmed: true}, columns, true
}

// cleaned is a text without what a format adds to it.
func (s *shape) cleaned(field string, in input) input {
	made := func(format string) input {
		return input{expr: fmt.Sprintf(format, in.text()), typ: "VARCHAR", trimmed: true}
	}
	switch {
	case s.cfg.Format == OnlineRetail && field == "customer_id":
		return made(`regexp_replace(%s, '\.0$', '')`)
	case s.cfg.Format == Shopify && slices.Contains([]string{"customer_id", "postcode"}, field):
		return made(`ltrim(%s, '''')`) // Excel's mark of a text
	case s.cfg.Format == WooCommerce && field == "customer_id":
		return made(`nullif(%s, '0')`) // a guest
	case s.cfg.Format == WooCommerce && s.cfg.Kind == commerce.Products && slices.Contains([]string{"category", "image_url"}, field):
		return made(`trim(split_part(%s, ',', 1))`)
	}
	return in
}

// status adds an order's status in lower case with underscores.
func (s *shape) status(name string, in input) value {
	v := value{raw: "r_" + name, shown: "r_" + name, out: "v_" + name}
	s.add(pieces, v.raw, "%s", in.text())
	// Most are written as they should be; comparing costs less than rewriting.
	known := func(x string) string {
		same := make([]string, len(statuses))
		for i, word := range statuses {
			same[i] = x + " = " + lit(word)
		}
		return strings.Join(same, " OR ")
	}
	n := s.add(parts, "n_"+name, `CASE WHEN %s THEN %s ELSE regexp_replace(regexp_replace(lower(%[2]s), '[\s_-]+', '_', 'g'), '^wc_', '') END`, known(v.raw), v.raw)
	var own strings.Builder
	names := statusNames(s.cfg.Format)
	for _, word := range sortedKeys(names) {
		fmt.Fprintf(&own, " WHEN %s = %s THEN %s", n, lit(word), lit(names[word]))
	}
	s.add(typed, v.out, "CASE WHEN %s THEN %s%s END", known(n), n, own.String())
	v.refuse = fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", v.raw, v.out)
	v.reason = quotedText(v.shown) + " || " + lit(" is no status that is known: "+strings.Join(slices.Concat(statuses[:], sortedKeys(names)), ", "))
	return v
}

// phoneCountry is SQL for the country that a row's phone number is of: the
// row's own where it is two letters, else the shop's.
func (s *shape) phoneCountry() string {
	shop := lit(s.cfg.Country)
	for _, f := range fields(s.cfg.Kind) {
		if f.role != roleCountry {
			continue
		}
		if in, _, ok := s.input(f); ok {
			v := s.country(f.name, in)
			return fmt.Sprintf("CASE WHEN length(%[1]s) = 2 THEN %[1]s ELSE %[2]s END", v.out, shop)
		}
	}
	return shop
}

// keys asks for what each kind cannot go without.
func (s *shape) keys() {
	must := func(field, condition string) {
		v := s.values[field]
		reason := lit("it is missing")
		if v.warn != "" {
			reason = fmt.Sprintf("CASE WHEN %s THEN %s || %s ELSE %s END", v.warn, quotedText(v.shown), lit(": "+v.warned), reason)
		}
		if v.raw != "NULL" && v.refuse != "" {
			reason = fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", v.refuse, v.reason, reason)
		}
		first := fmt.Sprintf("WHEN %s THEN %s || chr(31) || %s", condition, lit(field), reason)
		s.verdicts = append([]string{first}, s.verdicts...)
	}
	none := func(fields ...string) string {
		conditions := make([]string, len(fields))
		for i, f := range fields {
			conditions[i] = s.values[f].out + " IS NULL"
		}
		return strings.Join(conditions, " AND ")
	}
	missing := func(field string) { must(field, s.values[field].raw+" IS NULL") }
	switch s.cfg.Kind {
	case commerce.Orders:
		if !s.heads {
			missing("at")
		}
		if s.has("order_id") {
			missing("order_id")
		}
	case commerce.Customers:
		must(s.firstOf("customer_id", "email", "phone"), none("customer_id", "email", "phone"))
	case commerce.Products:
		missing("product_id")
	case commerce.Events:
		must(s.firstOf("customer_id", "anonymous_id", "email", "phone"), none("customer_id", "anonymous_id", "email", "phone"))
		must("event", fmt.Sprintf("%s IS NULL AND coalesce(lower(%s), 'track') = 'track'", s.values["event"].raw, s.values["type"].out))
		if s.has("type") {
			s.refuse("type", fmt.Sprintf("lower(%s) NOT IN ('track', 'page', 'screen', 'identify', 'group', 'alias')", s.values["type"].out),
				quotedText(s.values["type"].out)+" || ' is no type that is known: track, page, screen, identify, group, alias'")
		}
		missing("at")
	case commerce.Rates:
		if unfit := s.values["rate"].warn; unfit != "" {
			must("rate", unfit)
		}
		for _, f := range [...]string{"rate", "currency", "date"} {
			missing(f)
		}
		s.refuse("rate", s.values["rate"].out+" = 0", "'it is zero'")
		if own := s.cfg.ShopCurrency; own != "" {
			s.refuse("currency", fmt.Sprintf("%s = %s", s.values["currency"].out, lit(own)),
				lit(own+" is the shop's own currency, which needs no rate: take the row out"))
		}
	}
}

// firstOf is the first of these fields that the file has.
func (s *shape) firstOf(names ...string) string {
	for _, name := range names {
		if s.has(name) {
			return name
		}
	}
	return names[0]
}

// query is SQL for all rows: file, line, pos, the record's columns, and bad,
// which is NULL or "field 0x1F reason".
func (s *shape) query() string {
	verdict := "NULL"
	if len(s.verdicts) > 0 {
		// random() is volatile: DuckDB then leaves the filter on bad where it
		// is. Pushed down, it would work out every column a second time. It
		// runs for refused rows only.
		s.verdicts[0] += " || left(CAST(random() AS VARCHAR), 0)"
		verdict = "CASE " + strings.Join(s.verdicts, "\n  ") + " END"
	}
	s.add(verdictLayer, "bad", "CAST(%s AS VARCHAR)", verdict)
	columns := []string{fmt.Sprintf("%d::INTEGER AS file", s.file), "line", fmt.Sprintf("place + %d AS pos", s.base)}
	for _, c := range commerce.Records(s.cfg.Kind)[len(columns):] {
		columns = append(columns, fmt.Sprintf("CAST(%s AS %s) AS %s", s.output(c.Name), c.Type, c.Name))
	}
	return "SELECT " + strings.Join(columns, ", ") + ", bad\nFROM (" + s.sql() + ")"
}

// output is SQL for a record's column.
func (s *shape) output(column string) string {
	v := s.values[column]
	switch string(s.cfg.Kind) + " " + column {
	case "orders ts", "events ts":
		return s.values["at"].out
	case "events type":
		return fmt.Sprintf("coalesce(lower(%s), 'track')", v.out)
	case "customers fields":
		return s.said()
	case "orders order_id":
		if !s.has("order_id") {
			return s.madeOrderID()
		}
	case "orders currency":
		return s.orderCurrency()
	case "orders customer_id", "orders email", "orders phone":
		if s.cfg.Format == OnlineRetail {
			return fmt.Sprintf("CASE WHEN coalesce(%s < 0, false) THEN NULL ELSE %s END", s.values["unit_price"].out, v.out)
		}
	case "orders status":
		if s.cfg.Format == OnlineRetail {
			return fmt.Sprintf("CASE WHEN %s < 0 THEN 'adjustment' ELSE %s END", s.values["unit_price"].out, v.out)
		}
	case "orders quantity":
		if s.cfg.Format == OnlineRetail {
			return fmt.Sprintf("CASE WHEN upper(left(%s, 1)) = 'C' THEN -abs(%s) ELSE %[2]s END", s.values["order_id"].out, v.out)
		}
	case "events properties":
		return s.properties()
	case "events traits":
		return s.rounded("traits")
	}
	return v.out
}

// madeOrderID makes an id for a row that is an order of its own: from whose
// it is, when, and its line, so that the same file again gives the same
// orders, and so do more rows behind the last.
func (s *shape) madeOrderID() string {
	return fmt.Sprintf("coalesce(%s, %s, %s, 'nobody') || strftime(%s, '-%%Y%%m%%d-') || lpad(CAST(line AS VARCHAR), 9, '0')",
		s.values["customer_id"].out, s.values["email"].out, s.values["phone"].out, s.values["at"].out)
}

// orderCurrency is the row's, else the one that was given. Where rows repeat
// an order's first, a blank one stays blank: it means that row's.
func (s *shape) orderCurrency() string {
	v := s.values["currency"]
	switch {
	case s.cfg.Currency == "":
		return v.out
	case s.heads:
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN coalesce(%s, %s) ELSE %[2]s END", s.values["at"].raw, v.out, lit(s.cfg.Currency))
	}
	return fmt.Sprintf("coalesce(%s, %s)", v.out, lit(s.cfg.Currency))
}
