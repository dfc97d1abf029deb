package sqlgen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/calendar"
)

// date binds a calendar day.
func (g *gen) date(d segql.Date) string {
	return "CAST(" + g.arg(fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)) + " AS DATE)"
}

// compareDays compares an instant with a date, by the instant's day in the
// shop's zone.
func (g *gen) compareDays(op segql.CompareOp, l, r value) cond {
	if l.typ == segql.DateType {
		return g.compareDays(mirrored[op], r, l)
	}
	if lit, ok := r.literal.(*segql.DateLit); ok {
		return cond{sql: g.compareDay(op, l.sql, lit.Date)}
	}
	if lit, ok := l.literal.(*segql.AgoLit); ok {
		day := calendar.Day(g.opt.Zone, calendar.Back(g.opt.Zone, g.opt.At, lit.Duration))
		return cond{sql: g.date(day) + " " + compareSQL[op] + " " + r.sql}
	}
	return cond{sql: g.dayIn(g.opt.Zone, l.sql) + " " + compareSQL[op] + " " + r.sql}
}

var mirrored = [...]segql.CompareOp{
	segql.Equal: segql.Equal, segql.NotEqual: segql.NotEqual,
	segql.Less: segql.Greater, segql.LessEqual: segql.GreaterEqual,
	segql.Greater: segql.Less, segql.GreaterEqual: segql.LessEqual,
}

// compareDay compares an instant with a day that is known: the day's bounds
// are instants, so that no calendar is needed in SQL.
func (g *gen) compareDay(op segql.CompareOp, x string, d segql.Date) string {
	from := g.instant(calendar.StartOfDay(g.opt.Zone, d))
	to := g.instant(calendar.StartOfDay(g.opt.Zone, calendar.AddDays(d, 1)))
	switch op {
	case segql.Less:
		return x + " < " + from
	case segql.LessEqual:
		return x + " < " + to
	case segql.Greater:
		return x + " >= " + to
	case segql.GreaterEqual:
		return x + " >= " + from
	case segql.NotEqual:
		return "(" + x + " < " + from + " OR " + x + " >= " + to + ")"
	default:
		return "(" + x + " >= " + from + " AND " + x + " < " + to + ")"
	}
}

// dayIn is the day of an instant in a zone, by a ladder of the zone's
// offsets. It is for comparisons of two fields, which are rare.
func (g *gen) dayIn(zone *time.Location, x string) string {
	from := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	rungs := calendar.Offsets(zone, from, g.opt.At.AddDate(2, 0, 0))
	if len(rungs) == 1 {
		return fmt.Sprintf("CAST(%s + to_microseconds(%d) AS DATE)", x, rungs[0].Offset.Microseconds())
	}
	var b strings.Builder
	b.WriteString("CAST(" + x + " + CASE")
	for i := len(rungs) - 1; i > 0; i-- {
		fmt.Fprintf(&b, " WHEN %s >= %s THEN to_microseconds(%d)", x, g.instant(rungs[i].From), rungs[i].Offset.Microseconds())
	}
	fmt.Fprintf(&b, " ELSE to_microseconds(%d) END AS DATE)", rungs[0].Offset.Microseconds())
	return b.String()
}

// localDay is the day of an instant in the customer's zone, else in the shop's.
func (e *env) localDay(x string) string {
	return e.byZone(e.g.dayIn(e.g.opt.Zone, x), func(zone *time.Location) string { return e.g.dayIn(zone, x) })
}

// today is T's day in the customer's zone, else in the shop's.
func (e *env) today() string {
	g := e.g
	return e.byZone(g.date(calendar.Day(g.opt.Zone, g.opt.At)), func(zone *time.Location) string {
		return g.date(calendar.Day(zone, g.opt.At))
	})
}

// zone is the customer's own time zone; a row's is joined to it.
func (e *env) zone() string {
	if e.row == nil {
		return e.trait("timezone").sql
	}
	e.row.needs |= needZone
	return "z.value"
}

// byZone is what a customer's zone makes of something that is "shop" in the shop's.
func (e *env) byZone(shop string, in func(*time.Location) string) string {
	var b strings.Builder
	for _, loc := range e.g.opt.Zones {
		if local := in(loc); local != shop {
			fmt.Fprintf(&b, " WHEN %s = %s THEN %s", e.zone(), e.g.arg(loc.String()), local)
		}
	}
	if b.Len() == 0 {
		return shop
	}
	return "(CASE" + b.String() + " ELSE " + shop + " END)"
}

// anniversary holds when an anniversary of the date falls on today or the
// days around it, in the customer's zone; 29 February counts as the 28th in
// other years.
func (e *env) anniversary(n *segql.Anniversary) cond {
	x := e.term(n.X)
	if x.typ == segql.Instant {
		x.sql, x.typ = e.localDay(x.sql), segql.DateType
	}
	first, days := 0, 1
	switch n.When {
	case segql.AnniversaryToday:
	case segql.AnniversaryInNext:
		days = min(n.Days, mostDays)
	case segql.AnniversaryInLast:
		days = min(n.Days, mostDays)
		first = 1 - days
	}
	today := e.today()
	sql := anniversaryWithin(x.sql, fmt.Sprintf("(%s + %d)", today, first), days)
	if day := calendar.Day(e.g.opt.Zone, e.g.opt.At); today == e.g.date(day) && days <= fewDays {
		// Everyone's today is the same.
		sql = e.g.anniversaryOn(x.sql, calendar.AddDays(day, first), days)
	}
	c := cond{sql: sql, null: true, atom: true}
	for s, v := range x.without {
		if v.missing {
			c.set(s, isFalse)
		}
	}
	return c
}

// mostDays keeps dates in range; a window of ten thousand years holds every anniversary.
const mostDays = 3_650_000

// fewDays may be listed one by one.
const fewDays = 31

// anniversaryOn says whether an anniversary of x, one year after it or later,
// is one of these days: their months and days are compared, which takes no
// arithmetic with dates.
func (g *gen) anniversaryOn(x string, from segql.Date, days int) string {
	var b strings.Builder
	for i := 0; i < days; {
		year := calendar.AddDays(from, i).Year
		var list []string
		for ; i < days; i++ {
			d := calendar.AddDays(from, i)
			if d.Year != year {
				break
			}
			list = append(list, strconv.Itoa(100*d.Month+d.Day))
			if d.Month == 2 && d.Day == 28 && calendar.AddDays(d, 1).Month == 3 {
				list = append(list, "229")
			}
		}
		if b.Len() > 0 {
			b.WriteString(" OR ")
		}
		fmt.Fprintf(&b, "year(%s) < %d AND 100 * month(%s) + day(%s) IN (%s)", x, year, x, x, strings.Join(list, ", "))
	}
	return "(" + b.String() + ")"
}

// anniversaryWithin says whether an anniversary of x, one year after it or
// later, is one of the days from "from" on. The first one that is not before
// "from" decides: it lies in the first year that may have one, or the next.
func anniversaryWithin(x, from string, days int) string {
	first := fmt.Sprintf("greatest(year(%s), year(%s) + 1)", from, x)
	in := func(year string) string {
		return fmt.Sprintf("%s BETWEEN %s AND %s + %d", anniversaryIn(x, year), from, from, days-1)
	}
	return "(" + in(first) + " OR " + in(first+" + 1") + ")"
}

// anniversaryIn is the anniversary of x in a year.
func anniversaryIn(x, year string) string {
	return fmt.Sprintf("CAST(make_date(CAST(%s AS BIGINT), month(%s), 1) + (least(day(%s), day(last_day(make_date(CAST(%s AS BIGINT), month(%s), 1)))) - 1) * INTERVAL 1 DAY AS DATE)",
		year, x, x, year, x)
}

// age is whole years by the anniversary rule; without a birth date it is what
// was said.
func (e *env) age() value {
	said := e.readTrait("age", segql.Number).sql
	day, today := e.readTrait("birth_date", segql.DateType).sql, e.today()
	// Before this year's anniversary, a year less.
	years := fmt.Sprintf("year(%s) - year(%s) - CASE WHEN %s > %s THEN 1 ELSE 0 END", today, day, anniversaryIn(day, "year("+today+")"), today)
	sql := fmt.Sprintf("CASE WHEN %s IS NULL THEN %s WHEN %s <= %s THEN %s END", day, said, day, today, years)
	return value{typ: segql.Number, sql: sql, null: true}
}

// UsesZones says that a segment asks for the day in the customer's own zone,
// so that Options.Zones matters.
func UsesZones(c *segql.Checked) bool {
	uses := false
	segql.Walk(c.Root, func(x any) bool {
		switch x := x.(type) {
		case *segql.Anniversary:
			uses = true
		case *segql.Field:
			uses = uses || x.Name == "age"
		}
		return !uses
	})
	for _, ref := range c.Refs {
		uses = uses || UsesZones(ref)
	}
	return uses
}
