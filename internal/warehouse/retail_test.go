package warehouse_test

import (
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/intake"
	"kith/internal/segment/script"
	"kith/internal/segql/plain"
)

// retailFile is a year of a gift shop: invoices with their lines, returns as
// invoices that start with C, and lines without a customer.
const retailFile = "online_retail/online_retail.csv.gz"

// Columns of the file.
const (
	invoiceNo = iota
	stockCode
	description
	quantity
	invoiceDate
	unitPrice
	customerID
	country
)

// retailCodes are the codes of the file's countries; what is not here is none,
// and stays as the file has it.
var retailCodes = map[string]string{
	"Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Cyprus": "CY",
	"Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR",
	"Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT",
	"Malta": "MT", "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA",
	"Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "USA": "US", "United Arab Emirates": "AE",
	"United Kingdom": "GB",
}

// retailCountry is the country of an imported order.
func retailCountry(name string) string { return cmp.Or(retailCodes[name], name) }

func retailShop(t testing.TB) script.Shop {
	return script.Shop{
		Settings: script.Settings{Timezone: "Europe/London", Zone: zoneOf(t, "Europe/London"), Currency: "GBP", Country: "GB"},
		Segments: []script.Segment{
			{ID: "abroad", Text: `country is not missing and not country = "GB"`},
			{ID: "regulars", Text: "count(order) in last 6 months >= 3"},
			{ID: "regulars-abroad", Text: `in segment "regulars" and in segment "abroad"`},
		},
	}
}

// ---- the whole file, in maps and loops -----------------------------------

// invoice is an order: its lines with something bought.
type invoice struct {
	id, country string
	at          time.Time
	total       *big.Int // millionths, as all amounts
	units       int64    // whole, as all quantities
}

type soldLine struct {
	invoice             *invoice
	product, name       string
	units, price, value int64
}

type returned struct {
	invoice, product string
	at               time.Time
	units, value     int64
}

// buyer is one customer, facts in order of time.
type buyer struct {
	id      string
	since   time.Time
	orders  []*invoice // ties by id
	lines   []soldLine
	returns []returned
}

// retail is the whole shop.
type retail struct {
	zone   *time.Location
	buyers map[string]*buyer
	// What is counted of all, nobody's included.
	rows, orders, lines, returns int64
}

// retailOf takes the rows of the file apart.
func retailOf(t testing.TB, rows [][]string, zone *time.Location) *retail {
	r := &retail{zone: zone, buyers: map[string]*buyer{}}
	invoices := map[string]*invoice{}
	var at time.Time
	for i, row := range rows[1:] {
		r.rows++
		if i == 0 || row[invoiceDate] != rows[i][invoiceDate] {
			at = retailInstant(t, row, zone)
		}
		units, price := retailUnits(t, row), millionths(t, row[unitPrice])
		one := r.buyer(row[customerID], at)
		if units < 0 {
			r.returns++
			one.returns = append(one.returns, returned{row[invoiceNo], row[stockCode], at, -units, -units * price})
			continue
		}
		order := invoices[row[invoiceNo]]
		if order == nil {
			order = &invoice{id: row[invoiceNo], country: retailCountry(row[country]), at: at, total: new(big.Int)}
			invoices[order.id] = order
			one.orders = append(one.orders, order)
		}
		r.lines++
		order.units += units
		order.total.Add(order.total, big.NewInt(units*price))
		one.lines = append(one.lines, soldLine{order, row[stockCode], strings.TrimSpace(row[description]), units, price, units * price})
	}
	r.orders = int64(len(invoices))
	delete(r.buyers, "")
	for _, b := range r.buyers {
		slices.SortStableFunc(b.orders, func(x, y *invoice) int { return cmp.Or(x.at.Compare(y.at), strings.Compare(x.id, y.id)) })
		slices.SortStableFunc(b.lines, func(x, y soldLine) int {
			return cmp.Or(x.invoice.at.Compare(y.invoice.at), strings.Compare(x.invoice.id, y.invoice.id))
		})
	}
	return r
}

// retailInstant is the instant of a row. That of an invoice is its first row's.
func retailInstant(t testing.TB, row []string, zone *time.Location) time.Time {
	at, err := time.ParseInLocation(time.DateTime, row[invoiceDate], zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// retailUnits are a row's units: below zero for what comes back.
func retailUnits(t testing.TB, row []string) int64 {
	units, err := strconv.ParseInt(row[quantity], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(row[invoiceNo], "C") && units > 0 {
		units = -units
	}
	return units
}

func (r *retail) buyer(id string, at time.Time) *buyer {
	id = strings.TrimSuffix(id, ".0")
	b := r.buyers[id]
	if b == nil {
		b = &buyer{id: id, since: at}
		r.buyers[id] = b
	}
	return b
}

// at is a buyer as of T.
func (b *buyer) at(t time.Time) *buyer {
	return &buyer{
		id:     b.id,
		orders: b.orders[:sort.Search(len(b.orders), func(i int) bool { return b.orders[i].at.After(t) })],
		lines:  b.lines[:sort.Search(len(b.lines), func(i int) bool { return b.lines[i].invoice.at.After(t) })],
		returns: slices.DeleteFunc(slices.Clone(b.returns), func(x returned) bool {
			return x.at.After(t)
		}),
	}
}

// moment is the shop as of T: the buyers that exist.
type moment struct {
	t      time.Time
	zone   *time.Location
	buyers map[string]*buyer
}

func (r *retail) at(t time.Time) *moment {
	m := &moment{t, r.zone, map[string]*buyer{}}
	for id, b := range r.buyers {
		if !b.since.After(t) {
			m.buyers[id] = b.at(t)
		}
	}
	return m
}

const oneDay = 24 * time.Hour

// ago is T less some months. A day that the month lacks is the first instant
// of the next.
func (m *moment) ago(months int) time.Time {
	local := m.t.In(m.zone)
	first := time.Date(local.Year(), local.Month()-time.Month(months), 1, 0, 0, 0, 0, m.zone)
	next := first.AddDate(0, 1, 0)
	if local.Day() > next.AddDate(0, 0, -1).Day() {
		return next
	}
	return time.Date(first.Year(), first.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), m.zone)
}

// date is the first instant of a day.
func (m *moment) date(y, month, d int) time.Time {
	return time.Date(y, time.Month(month), d, 0, 0, 0, 0, m.zone)
}

func (m *moment) dayOf(t time.Time) string { return t.In(m.zone).Format(time.DateOnly) }

// after keeps orders with from < at.
func after(orders []*invoice, from time.Time) []*invoice {
	return slices.DeleteFunc(slices.Clone(orders), func(o *invoice) bool { return !o.at.After(from) })
}

// since keeps orders with from <= at, before those with at < to.
func since(orders []*invoice, from time.Time) []*invoice {
	return slices.DeleteFunc(slices.Clone(orders), func(o *invoice) bool { return o.at.Before(from) })
}

func before(orders []*invoice, to time.Time) []*invoice {
	return slices.DeleteFunc(slices.Clone(orders), func(o *invoice) bool { return !o.at.Before(to) })
}

func (m *moment) days(orders []*invoice) []string {
	var days []string
	for _, o := range orders {
		days = append(days, m.dayOf(o.at))
	}
	return slices.Compact(days) // orders are in order of time
}

func spent(orders []*invoice) *big.Int {
	sum := new(big.Int)
	for _, o := range orders {
		sum.Add(sum, o.total)
	}
	return sum
}

func (b *buyer) returnedValue() *big.Int {
	sum := new(big.Int)
	for _, x := range b.returns {
		sum.Add(sum, big.NewInt(x.value))
	}
	return sum
}

func (b *buyer) net() *big.Int { return new(big.Int).Sub(spent(b.orders), b.returnedValue()) }

// first and last by time, ties by id.
func (b *buyer) last() *invoice { return b.orders[len(b.orders)-1] }

func (b *buyer) linesWhere(fits func(soldLine) bool) []soldLine {
	return slices.DeleteFunc(slices.Clone(b.lines), func(l soldLine) bool { return !fits(l) })
}

func distinctProducts(lines []soldLine) int {
	products := map[string]bool{}
	for _, l := range lines {
		products[l.product] = true
	}
	return len(products)
}

// gaps are the days between one order day and the next, sorted.
func (m *moment) gaps(b *buyer) []int {
	days := m.days(b.orders)
	var gaps []int
	for i := 1; i < len(days); i++ {
		from, _ := time.Parse(time.DateOnly, days[i-1])
		to, _ := time.Parse(time.DateOnly, days[i])
		gaps = append(gaps, int(to.Sub(from)/oneDay))
	}
	slices.Sort(gaps)
	return gaps
}

// cadence is twice the median gap, or 0 without one.
func (m *moment) cadence(b *buyer) int {
	gaps := m.gaps(b)
	if len(gaps) < 2 {
		return 0
	}
	return gaps[(len(gaps)-1)/2] + gaps[len(gaps)/2]
}

func (m *moment) stage(b *buyer) string {
	year := after(b.orders, m.ago(12))
	switch {
	case len(b.orders) == 0:
		return "prospect"
	case len(year) == 0:
		return "lost"
	case len(after(b.orders, m.t.Add(-90*oneDay))) == 0:
		return "lapsing"
	case len(year) >= 4 && len(m.days(year)) >= 3:
		return "loyal"
	case len(b.orders) >= 2:
		return "repeat"
	}
	return "first-time"
}

// ranks says for each buyer with a value how many have a strictly lower one,
// and among how many.
func ranks(values map[string]*big.Rat) (lower map[string]int, among int) {
	sorted := make([]*big.Rat, 0, len(values))
	for _, v := range values {
		sorted = append(sorted, v)
	}
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	lower = map[string]int{}
	for id, v := range values {
		lower[id] = sort.Search(len(sorted), func(i int) bool { return sorted[i].Cmp(v) >= 0 })
	}
	return lower, len(sorted)
}

// valuesOf are a value for each buyer that has orders.
func (m *moment) valuesOf(value func(*buyer) *big.Rat) map[string]*big.Rat {
	values := map[string]*big.Rat{}
	for id, b := range m.buyers {
		if len(b.orders) > 0 {
			values[id] = value(b)
		}
	}
	return values
}

// percentile lists who has at least so many hundredths of the others below.
func (m *moment) percentile(least int, value func(*buyer) *big.Rat) []string {
	lower, among := ranks(m.valuesOf(value))
	return chosen(lower, func(n int) bool { return 100*n >= least*among })
}

// scores are recency, frequency and monetary of each buyer with orders.
func (m *moment) scores() map[string][3]int {
	all := map[string][3]int{}
	for i, value := range []func(*buyer) *big.Rat{
		func(b *buyer) *big.Rat { return big.NewRat(b.last().at.UnixMicro(), 1) },
		func(b *buyer) *big.Rat { return big.NewRat(int64(len(b.orders)), 1) },
		func(b *buyer) *big.Rat { return new(big.Rat).SetInt(b.net()) },
	} {
		lower, among := ranks(m.valuesOf(value))
		for id, n := range lower {
			s := all[id]
			s[i] = 1 + 5*n/among
			all[id] = s
		}
	}
	return all
}

// who lists the buyers for whom a question holds.
func (m *moment) who(holds func(*buyer) bool) []string { return chosen(m.buyers, holds) }

// retailQuestion is a question and its answer by other means.
type retailQuestion struct {
	text   string
	answer func(*moment) []string
}

// each makes a question that is about one buyer at a time.
func each(text string, holds func(*moment, *buyer) bool) retailQuestion {
	return retailQuestion{text, func(m *moment) []string {
		return m.who(func(b *buyer) bool { return holds(m, b) })
	}}
}

func pounds(n int64) *big.Int { return big.NewInt(n * 1_000_000) }

// orderQuestions look at orders.
var orderQuestions = []retailQuestion{
	each("everyone", func(*moment, *buyer) bool { return true }),
	each("has order in last 30 days", func(m *moment, b *buyer) bool {
		return len(after(b.orders, m.t.Add(-30*oneDay))) > 0
	}),
	each("has order and no order in last 3 months", func(m *moment, b *buyer) bool {
		return len(b.orders) > 0 && len(after(b.orders, m.ago(3))) == 0
	}),
	each("count(order) in last 1 month >= 2", func(m *moment, b *buyer) bool {
		return len(after(b.orders, m.ago(1))) >= 2
	}),
	each("count(order) between 6 weeks and 2 weeks ago >= 1", func(m *moment, b *buyer) bool {
		return len(after(b.orders, m.t.Add(-42*oneDay)))-len(after(b.orders, m.t.Add(-14*oneDay))) >= 1
	}),
	each("days(order) before 60 days ago between 2 and 4", func(m *moment, b *buyer) bool {
		n := len(m.days(before(b.orders, m.t.Add(-60*oneDay+time.Microsecond))))
		return n >= 2 && n <= 4
	}),
	each("sum(order.total) >= 1000", func(_ *moment, b *buyer) bool { return spent(b.orders).Cmp(pounds(1000)) >= 0 }),
	each("avg(order.total) < 250", func(_ *moment, b *buyer) bool {
		return len(b.orders) > 0 && spent(b.orders).Cmp(pounds(250*int64(len(b.orders)))) < 0
	}),
	each("max(order.total) - min(order.total) > 500", func(_ *moment, b *buyer) bool {
		if len(b.orders) == 0 {
			return false
		}
		byTotal := func(x, y *invoice) int { return x.total.Cmp(y.total) }
		spread := new(big.Int).Sub(slices.MaxFunc(b.orders, byTotal).total, slices.MinFunc(b.orders, byTotal).total)
		return spread.Cmp(pounds(500)) > 0
	}),
	each("avg(order.items) * 2 between 100 and 300", func(_ *moment, b *buyer) bool {
		units, n := int64(0), int64(len(b.orders))
		for _, o := range b.orders {
			units += o.units
		}
		return n > 0 && units*2 >= 100*n && units*2 <= 300*n
	}),
	each("last(order.total) > first(order.total)", func(_ *moment, b *buyer) bool {
		return len(b.orders) > 0 && b.last().total.Cmp(b.orders[0].total) > 0
	}),
	each(`first(order.id) matches "[02468]$" and not last(order.id) ends with "1"`, func(_ *moment, b *buyer) bool {
		return len(b.orders) > 0 && strings.Contains("02468", b.orders[0].id[5:]) && !strings.HasSuffix(b.last().id, "1")
	}),
	each("last(order.at) < 45 days ago", func(m *moment, b *buyer) bool {
		return len(b.orders) > 0 && b.last().at.Before(m.t.Add(-45*oneDay))
	}),
	each("first(order.at) = 2011-03-28 or last(order.at) <= 2010-12-31", func(m *moment, b *buyer) bool {
		return len(b.orders) > 0 && (m.dayOf(b.orders[0].at) == "2011-03-28" || m.dayOf(b.last().at) <= "2010-12-31")
	}),
	each("has order between 2011-03-27 and 2011-04-03", func(m *moment, b *buyer) bool {
		return len(before(since(b.orders, m.date(2011, 3, 27)), m.date(2011, 4, 4))) > 0
	}),
	each("no order since 2011-02-01 and count(order) before 2011-01-15 >= 1", func(m *moment, b *buyer) bool {
		return len(since(b.orders, m.date(2011, 2, 1))) == 0 && len(before(b.orders, m.date(2011, 1, 15))) >= 1
	}),
	each("has order in last 365 days and count(order) since first order = 0", func(m *moment, b *buyer) bool {
		return len(after(b.orders, m.t.Add(-365*oneDay))) > 0 && len(after(b.orders, b.orders[0].at)) == 0
	}),
	each("has order this month and no order previous month", func(m *moment, b *buyer) bool {
		local := m.t.In(m.zone)
		this := m.date(local.Year(), int(local.Month()), 1)
		return len(since(b.orders, this)) > 0 && len(before(since(b.orders, this.AddDate(0, -1, 0)), this)) == 0
	}),
	each("count(order[total >= 500 and items < 300]) >= 2", func(_ *moment, b *buyer) bool {
		n := 0
		for _, o := range b.orders {
			if o.total.Cmp(pounds(500)) >= 0 && o.units < 300 {
				n++
			}
		}
		return n >= 2
	}),
	each("sequence(order, order within 3 days, no order within 10 days)", func(m *moment, b *buyer) bool {
		for _, x := range b.orders {
			for _, y := range b.orders {
				quiet := y.at.Add(10 * oneDay)
				if y.at.After(x.at) && !y.at.After(x.at.Add(3*oneDay)) && !quiet.After(m.t) &&
					len(after(b.orders, y.at)) == len(after(b.orders, quiet)) {
					return true
				}
			}
		}
		return false
	}),
	each("sequence(order[total > 300], refund within 2 weeks) in last 6 months", func(m *moment, b *buyer) bool {
		return slices.ContainsFunc(after(b.orders, m.ago(6)), func(o *invoice) bool {
			return o.total.Cmp(pounds(300)) > 0 && slices.ContainsFunc(b.returns, func(x returned) bool {
				return x.at.After(o.at) && !x.at.After(o.at.Add(14*oneDay))
			})
		})
	}),
}

// itemQuestions look at items and refunds.
var itemQuestions = []retailQuestion{
	each(`has item[name contains "HEART" and price >= 5]`, func(_ *moment, b *buyer) bool {
		return slices.ContainsFunc(b.lines, func(l soldLine) bool { return strings.Contains(l.name, "HEART") && l.price >= 5_000_000 })
	}),
	each(`count(item[name matches "^(RED|BLUE) .*(SPOT|STRIPE)"]) >= 3`, func(_ *moment, b *buyer) bool {
		form := regexp.MustCompile("^(RED|BLUE) .*(SPOT|STRIPE)")
		return len(b.linesWhere(func(l soldLine) bool { return form.MatchString(l.name) })) >= 3
	}),
	each("distinct(item.product) >= 50", func(_ *moment, b *buyer) bool { return distinctProducts(b.lines) >= 50 }),
	each(`distinct(item[product not in ("POST", "M", "DOT")].product) in last 2 months between 10 and 20`, func(m *moment, b *buyer) bool {
		from := m.ago(2)
		n := distinctProducts(b.linesWhere(func(l soldLine) bool {
			return l.invoice.at.After(from) && !slices.Contains([]string{"POST", "M", "DOT"}, l.product)
		}))
		return n >= 10 && n <= 20
	}),
	each("max(item.quantity) >= 100 or min(item.price) = 0", func(_ *moment, b *buyer) bool {
		return slices.ContainsFunc(b.lines, func(l soldLine) bool { return l.units >= 100 || l.price == 0 })
	}),
	each(`sum(item[product starts with "22"].revenue) > 300`, func(_ *moment, b *buyer) bool {
		sum := new(big.Int)
		for _, l := range b.linesWhere(func(l soldLine) bool { return strings.HasPrefix(l.product, "22") }) {
			sum.Add(sum, big.NewInt(l.value))
		}
		return sum.Cmp(pounds(300)) > 0
	}),
	each(`last(item.name) ends with "S" or first(item.price) > 8.5`, func(_ *moment, b *buyer) bool {
		return len(b.lines) > 0 && (strings.HasSuffix(b.lines[len(b.lines)-1].name, "S") || b.lines[0].price > 8_500_000)
	}),
	each("has refund and no order", func(_ *moment, b *buyer) bool { return len(b.returns) > 0 && len(b.orders) == 0 }),
	each("count(refund[quantity > 10]) >= 1", func(_ *moment, b *buyer) bool {
		return slices.ContainsFunc(b.returns, func(x returned) bool { return x.units > 10 })
	}),
	each("sum(refund.total) / sum(order.total) between 0.01 and 0.05", func(_ *moment, b *buyer) bool {
		all, back := spent(b.orders), b.returnedValue()
		if all.Sign() == 0 {
			return false
		}
		n := ratio(back, all) // in millionths, rounded
		return n.Cmp(big.NewInt(10_000)) >= 0 && n.Cmp(big.NewInt(50_000)) <= 0
	}),
	each("last(refund.at) > last(order.at)", func(_ *moment, b *buyer) bool {
		return len(b.returns) > 0 && len(b.orders) > 0 && b.returns[len(b.returns)-1].at.After(b.last().at)
	}),
}

// ratio is a/b in millionths, rounded half away from zero, b above zero.
func ratio(a, b *big.Int) *big.Int {
	n := new(big.Int).Mul(a, big.NewInt(2_000_000))
	n.Add(n, b)
	return n.Quo(n, new(big.Int).Mul(b, big.NewInt(2)))
}

// fieldQuestions look at what is worked out of a buyer's facts, and of all.
var fieldQuestions = []retailQuestion{
	each(`country in ("DE", "FR", "IE")`, func(_ *moment, b *buyer) bool {
		return len(b.orders) > 0 && slices.Contains([]string{"DE", "FR", "IE"}, b.last().country)
	}),
	each("country is missing", func(_ *moment, b *buyer) bool { return len(b.orders) == 0 }),
	each("spend.net < 0 or spend.net >= 5000", func(_ *moment, b *buyer) bool {
		return b.net().Sign() < 0 || b.net().Cmp(pounds(5000)) >= 0
	}),
	each("cadence.days <= 30", func(m *moment, b *buyer) bool { n := m.cadence(b); return n > 0 && n <= 60 }),
	each("cadence.overdue > 1.5", func(m *moment, b *buyer) bool {
		n := m.cadence(b) // of half days
		return n > 0 && 4*m.t.Sub(b.last().at) > 3*time.Duration(n)*oneDay
	}),
	each(`stage = "loyal"`, func(m *moment, b *buyer) bool { return m.stage(b) == "loyal" }),
	each(`stage in ("lapsing", "lost", "prospect")`, func(m *moment, b *buyer) bool {
		return slices.Contains([]string{"lapsing", "lost", "prospect"}, m.stage(b))
	}),
	each("discount.share = 0", func(_ *moment, b *buyer) bool { return len(b.orders) > 0 }),
	each(`percent(25, "gifts")`, func(_ *moment, b *buyer) bool {
		sum := sha256.Sum256([]byte("gifts:" + b.id))
		return binary.BigEndian.Uint64(sum[:8])%100 < 25
	}),
	each(`in segment "regulars-abroad"`, func(m *moment, b *buyer) bool {
		return len(after(b.orders, m.ago(6))) >= 3 && b.last().country != "GB"
	}),
	each("at least 2 of (count(order) >= 5, sum(order.total) > 2000, has order in last 14 days)", func(m *moment, b *buyer) bool {
		n := 0
		for _, holds := range []bool{len(b.orders) >= 5, spent(b.orders).Cmp(pounds(2000)) > 0, len(after(b.orders, m.t.Add(-14*oneDay))) > 0} {
			if holds {
				n++
			}
		}
		return n >= 2
	}),
	{"percentile(sum(order.total)) >= 90", func(m *moment) []string {
		return m.percentile(90, func(b *buyer) *big.Rat { return new(big.Rat).SetInt(spent(b.orders)) })
	}},
	{"percentile(avg(order.total)) >= 50", func(m *moment) []string {
		return m.percentile(50, func(b *buyer) *big.Rat {
			return new(big.Rat).SetFrac(spent(b.orders), big.NewInt(int64(len(b.orders))))
		})
	}},
	{"rfm.recency >= 4 and rfm.frequency <= 2 and rfm.monetary = 3", func(m *moment) []string {
		return chosen(m.scores(), func(s [3]int) bool { return s[0] >= 4 && s[1] <= 2 && s[2] == 3 })
	}},
	{`rfm.group = "Champions"`, func(m *moment) []string {
		scores := m.scores()
		return m.who(func(b *buyer) bool {
			s := scores[b.id]
			return len(b.orders) > 1 && s[0] >= 4 && (s[1]+s[2]+1)/2 == 5
		})
	}},
	{`rfm.group in ("Dormant", "Prospects")`, func(m *moment) []string {
		scores := m.scores()
		return m.who(func(b *buyer) bool {
			s := scores[b.id]
			return len(b.orders) == 0 || s[0] == 1 && (len(b.orders) == 1 || (s[1]+s[2]+1)/2 <= 3)
		})
	}},
}

func TestRealGiftShop(t *testing.T) {
	t.Parallel()
	path := realFile(t, retailFile)
	rows := readRows(t, path)
	t.Run("part", func(t *testing.T) {
		t.Parallel()
		askPart(t, rows)
	})
	t.Run("whole", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("takes seconds")
		}
		askWhole(t, path, rows)
	})
}

// askWhole compares all of the file with what loops over its rows find.
func askWhole(t *testing.T, path string, rows [][]string) {
	shop := retailShop(t)
	s := openRealShop(t, shop, t.TempDir())
	batch := s.read(commerce.Orders, path, intake.OnlineRetail, nil)
	result := s.load(batch)
	r := retailOf(t, rows, shop.Settings.Zone)
	if result.Rows != 541909 || result.Customers != 4372 {
		t.Errorf("got %+v", result)
	}
	if result.Rows != r.rows || result.Customers != int64(len(r.buyers)) || result.Items != r.lines || result.Refunds != r.returns || result.Orders != r.orders {
		t.Errorf("got %+v, want %d rows, %d customers, %d orders, %d items, %d refunds",
			result, r.rows, len(r.buyers), r.orders, r.lines, r.returns)
	}
	s.loadAgain(batch, result)
	r.ask(t, s, slices.Concat(orderQuestions, itemQuestions, fieldQuestions))
}

// ask asks every question at two of the instants, another two each time.
// Under the race detector one is enough.
func (r *retail) ask(t *testing.T, s *realShop, questions []retailQuestion) {
	instants := retailInstants(t, s.settings.Zone)
	ofInstant := make([][]retailQuestion, len(instants))
	for i, q := range questions {
		ofInstant[i%len(instants)] = append(ofInstant[i%len(instants)], q)
		if other := (i + 3) % len(instants); !underRace() {
			ofInstant[other] = append(ofInstant[other], q)
		}
	}
	told, asked := 0, 0
	for i, at := range instants {
		m := r.at(at)
		for _, q := range ofInstant[i] {
			want := q.answer(m)
			asked++
			if len(want) > 0 && len(want) < len(m.buyers) {
				told++
			}
			s.wantMembers(t, q.text, at, want)
		}
	}
	t.Logf("%d of %d answers told customers apart", told, asked)
}

// retailInstants are when questions are asked: a month's last day, a noon,
// after everything; on the very instant of an order, when it leaves a window
// of 30 days, and before the month after daylight saving's change is over.
func retailInstants(t testing.TB, zone *time.Location) []time.Time {
	var all []time.Time
	for _, text := range []string{
		"2011-03-31 00:00:00", "2011-06-15 12:00:00", "2011-12-10 00:00:00",
		"2010-12-15 12:05:00", "2011-10-15 09:34:00", "2011-04-30 23:59:59",
	} {
		at, err := time.ParseInLocation(time.DateTime, text, zone)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	return all
}

// ---- a part of the file, against the plain evaluator ----------------------

// isPart chooses a row: those of one customer in a hundred, of some who bought
// from abroad, even from two countries, and a few without a customer.
func isPart(row []string) bool {
	id := strings.TrimSuffix(row[customerID], ".0")
	if id == "" {
		return strings.HasSuffix(row[invoiceNo], "4") && strings.HasSuffix(row[stockCode], "3")
	}
	return strings.HasSuffix(id, "57") || strings.HasPrefix(id, "1243")
}

// writePart writes the part to a file of its own.
func writePart(t *testing.T, rows [][]string, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := csv.NewWriter(z)
	for i, row := range rows {
		if i == 0 || isPart(row) {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	for _, err := range []error{w.Error(), z.Close(), f.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// retailRecords makes records of a file as the pages on importing say. Rows of
// an invoice stand together under the line of its first.
func retailRecords(t *testing.T, rows [][]string, zone *time.Location) []script.Record {
	t.Helper()
	var records []script.Record
	first := map[string]int64{}
	for i, row := range rows[1:] {
		price := millionths(t, row[unitPrice])
		id := row[invoiceNo]
		if _, seen := first[id]; !seen {
			first[id] = int64(i + 2)
		}
		v := map[string]any{
			"file": int64(0), "line": first[id], "pos": int64(i), "order_id": id, "ts": retailInstant(t, row, zone),
			"product_id": row[stockCode], "quantity": script.Number(retailUnits(t, row) * 1_000_000),
			"unit_price": script.Number(price), "currency": "GBP", "country": retailCountry(row[country]),
		}
		if name := strings.TrimSpace(row[description]); name != "" {
			v["product_name"] = name
		}
		if customer := strings.TrimSuffix(row[customerID], ".0"); customer != "" && price >= 0 {
			v["customer_id"] = customer
		}
		if price < 0 {
			v["status"] = "adjustment"
		}
		records = append(records, script.Record{Kind: commerce.Orders, Values: v})
	}
	return records
}

// askPart asks SQL and the plain evaluator the same.
func askPart(t *testing.T, all [][]string) {
	path := filepath.Join(t.TempDir(), "part.csv.gz")
	writePart(t, all, path)
	rows := readRows(t, path)
	shop := retailShop(t)
	records := retailRecords(t, rows, shop.Settings.Zone)
	s := openRealShop(t, shop, t.TempDir())
	batch := s.read(commerce.Orders, path, intake.OnlineRetail, nil)
	if again := s.read(commerce.Orders, path, intake.OnlineRetail, nil); again.Hash != batch.Hash {
		t.Error("the same file has another hash")
	}
	result := s.load(batch)
	if result.Rows != int64(len(records)) {
		t.Fatalf("%d rows, want %d", result.Rows, len(records))
	}
	s.loadAgain(batch, result)
	comparePlain(t, s, shop, records, int(result.Customers))
}

// comparePlain asks every question at two instants; under the race detector
// every fourth at one. Each worker has a plain shop of its own, which keeps
// answers that are slow.
func comparePlain(t *testing.T, s *realShop, shop script.Shop, records []script.Record, customers int) {
	type task struct {
		text string
		at   time.Time
	}
	instants := retailInstants(t, shop.Settings.Zone)
	tasks := make(chan task, 2*len(partQuestions))
	for i, text := range partQuestions {
		if underRace() && i%4 != 0 {
			continue
		}
		tasks <- task{text, instants[i%len(instants)]}
		if underRace() {
			continue
		}
		tasks <- task{text, instants[(i+i/len(instants)+1)%len(instants)]}
	}
	close(tasks)
	asked := len(tasks)
	var told atomic.Int64
	var workers sync.WaitGroup
	for range min(4, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			reference := plain.NewBackend(shop, nil)
			if err := reference.Load(records...); err != nil {
				t.Error(err)
				return
			}
			for one := range tasks {
				want, err := reference.Members(one.text, one.at)
				if err != nil {
					t.Errorf("%s: %v", one.text, err)
					continue
				}
				if len(want) > 0 && len(want) < customers {
					told.Add(1)
				}
				s.wantMembers(t, one.text, one.at, want)
			}
		})
	}
	workers.Wait()
	t.Logf("%d of %d answers told customers apart", told.Load(), asked)
}

// partQuestions are of every kind that invoices can answer.
var partQuestions = []string{
	"everyone",
	"not everyone",
	// Windows of every form.
	"has order",
	"no order",
	"has order in last 30 days",
	"no order in last 1 month and has order",
	"has order in last 90 minutes or has refund in last 36 hours",
	"count(item) in last 2 weeks > 0",
	"has order in last 1 year and no order in last 2 months",
	"has order between 3 months and 1 month ago",
	"count(order) between 100 days and 5 days ago = 2",
	"has order before 6 weeks ago and no order before 20 weeks ago",
	"has order since 2011-03-01",
	"no order since 2011-05-29 and has order",
	"has order before 2011-01-01",
	"has order between 2011-03-26 and 2011-03-28 or has order between 2011-10-28 and 2011-10-31",
	"sum(order.total) between 2010-12-01 and 2010-12-31 >= 300",
	"has order today or has refund today",
	"has order yesterday or has order this week",
	"has order previous week",
	"count(order) this month >= 2 or count(item[quantity >= 24]) previous month between 1 and 5",
	"has order this quarter and no order previous quarter",
	"sum(item[price > 4].quantity) this year > 20",
	"has order previous year and no order this year",
	"count(order) since first order >= 3",
	"has refund since first order",
	"count(item) since last refund > 10",
	"no order since last refund and has refund",
	`has item since first item[product = "POST"]`,
	`days(order) since last order[total > 1000] >= 1`,
	// Functions.
	"count(order) = 1",
	"count(refund) > 2",
	"days(item) >= 4",
	"days(refund) = 1",
	"sum(order.total) > 1500.50",
	"sum(order.items) between 100 and 500",
	"sum(refund.total) > 20 and sum(refund.quantity) < 30",
	"avg(order.total) >= 333.33",
	"avg(item.price) < 2.5",
	"avg(item.quantity) in last 6 months > 15",
	"min(order.total) < 100",
	"max(order.total) >= 750",
	"max(item.revenue) > 100 and min(item.revenue) < 5",
	"min(order.at) >= 2011-02-01",
	"max(refund.at) > 40 days ago",
	"distinct(item.product) > 60",
	"distinct(item.name) != distinct(item.product)",
	"distinct(order.country) = 1",
	"distinct(refund.order) >= 3",
	"distinct(item.price) in last 100 days between 5 and 12",
	"first(order.total) > last(order.total)",
	`first(item.product) starts with "2"`,
	"last(item.quantity) >= 12",
	`last(item.name) contains "T"`,
	"last(refund.total) < 10",
	`first(refund.product) != last(refund.product)`,
	`last(order.id) > "560000"`,
	"last(order.at) - first(order.at) > 100.5",
	"last(order.at) between 200 days ago and 30 days ago",
	"first(order.at) < 2011-01-20",
	"last(order.at) > first(refund.at)",
	// Arithmetic.
	"sum(order.total) - sum(refund.total) >= 500",
	"sum(order.total) / count(order) > 400",
	"sum(refund.total) / sum(order.total) * 100 > 1.5",
	"count(item) / count(order) between 12.5 and 30",
	"(sum(item.revenue) - sum(order.total)) = 0",
	"avg(order.total) * 3 < max(order.total) + 50",
	"count(item) / count(refund) is missing",
	"-1 * spend.net < -800",
	// Texts and filters.
	`has item[product in ("22423", "85123A", "POST")]`,
	`no item[product not in ("POST", "M")] or has item[product = "M"]`,
	`count(item[name starts with "SET OF"]) >= 2`,
	`count(item[name ends with "BAG"]) in last 200 days >= 1`,
	`sum(item[name contains "CHRISTMAS"].quantity) >= 10`,
	`has item[name matches "\bT-?LIGHT\b"] and has item[name matches "(?i)retrospot"]`,
	`has item[name is missing]`,
	"has item[price * quantity >= 100 and not quantity = 1]",
	"count(item[revenue between 15 and 15.3 or price = 1.25]) > 3",
	`has item[at < 2011-01-15 and at >= 2010-12-05]`,
	`has refund[product = "POST" or quantity >= 12]`,
	`count(order[country = "GB" and total < 150]) >= 1`,
	`has order[currency = shop.currency] and no order[coupon is not missing]`,
	`has order[at least 2 of (total > 300, items > 200, id ends with "5")]`,
	"has item[category is missing] and no item[discount > 0]",
	`has order[status is not missing or channel is not missing]`,
	// Sequences.
	"sequence(order, order within 30 days)",
	"sequence(order, order within 2 weeks, order within 30 days)",
	"sequence(order, no order within 30 days)",
	"sequence(order, refund within 20 days, no order within 5 days) in last 9 months",
	`sequence(item[product = "POST"], no refund within 1 week, item[product != "POST"] within 60 days)`,
	"sequence(order[total >= 200], no order[total < 200] within 21 days, no refund within 12 hours) between 8 months and 1 month ago",
	"not sequence(refund, order within 90 days) and has refund",
	"sequence(order, order within 1440 minutes)",
	// What is of a customer, and of all.
	`country = "GB"`,
	`country not in ("GB", "FR")`,
	`not country = "GB"`,
	`country starts with "S" or country ends with "E" or country matches "^[A-F]+$"`,
	"country is missing or city is not missing",
	"gender is missing and traits.club is missing",
	"spend.net between 200 and 900",
	"spend.net <= 0",
	"discount.share = 0 and cart.items = 0 and points.balance = 0",
	"discount.share is missing",
	"cadence.days > 45",
	"cadence.days is missing and has order",
	"cadence.overdue between 0.5 and 1.25",
	"cadence.overdue > 2",
	`stage = "lapsing"`,
	`stage in ("loyal", "repeat")`,
	`stage != "prospect" and stage != "first-time"`,
	"rfm.recency >= 4",
	"rfm.frequency = 2 or rfm.monetary = 5",
	`rfm.group in ("Champions", "Loyal", "At risk")`,
	`rfm.group = "Prospects" or rfm.group starts with "N"`,
	"price_band is missing",
	"percentile(sum(order.total)) >= 75",
	"percentile(sum(order.total) in last 3 months - sum(refund.total) in last 3 months) < 40",
	"percentile(avg(item.price)) between 20 and 60",
	"percentile(spend.net) > 90 or percentile(count(refund)) > 50",
	"percentile(cadence.days) < 50",
	"percent(30)",
	`percent(50, "spring") and not percent(10)`,
	`in segment "abroad"`,
	`in segment "regulars" and not in segment "regulars-abroad"`,
	`at least 2 of (in segment "regulars", spend.net > 1000, has refund, percent(50))`,
	"at least 1 of (count(order) > 6, at least 2 of (no refund, count(order) = 1, has order in last 60 days))",
}
