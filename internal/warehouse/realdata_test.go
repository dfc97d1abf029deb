package warehouse_test

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/intake"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/warehouse"
)

// realFile is a file of the data that tests may read but the project may not hold.
func realFile(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("KITH_TEST_DATA")
	if root == "" {
		_, here, _, _ := runtime.Caller(0)
		root = filepath.Join(filepath.Dir(here), "../../../shared/data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no test data: %v (KITH_TEST_DATA names its folder)", err)
	}
	return path
}

// readRows reads a CSV file, gzip or not, its header first.
func readRows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// readMaps reads a CSV file's rows by the names of its header.
func readMaps(t testing.TB, path string) []map[string]string {
	t.Helper()
	rows := readRows(t, path)
	var all []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		all = append(all, m)
	}
	return all
}

// millionths reads a decimal exactly.
func millionths(t testing.TB, text string) int64 {
	t.Helper()
	whole, decimals, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(decimals + "000000")[:6], 10, 64)
	if err != nil || len(whole) > 12 || len(decimals) > 6 {
		t.Fatalf("%q is not a number that fits", text)
	}
	return n
}

// underRace says that the race detector is on: Go is many times slower then,
// and less is asked.
func underRace() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// realShop is a warehouse in memory that reads files as an import does.
type realShop struct {
	t         testing.TB
	db        *warehouse.DB
	settings  script.Settings
	questions *warehouse.Questions
	catalogue *segql.Catalogue
	archive   string
	seq       int64
}

func openRealShop(t testing.TB, s script.Shop, archive string) *realShop {
	t.Helper()
	shop := &realShop{t: t, settings: s.Settings, catalogue: script.Catalogue(s, nil), archive: archive}
	db, err := warehouse.Open(t.Context(), warehouse.Config{
		MemoryLimit: "2GB", Threads: 2, TempDir: t.TempDir(), ArchiveDir: shop.archive,
		Currency: s.Settings.Currency, Zone: s.Settings.Zone,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	settings := commerce.Settings{Currency: s.Settings.Currency, Timezone: s.Settings.Timezone, Country: s.Settings.Country}.Filled()
	shop.db, shop.questions = db, db.Questions(func() commerce.Settings { return settings })
	return shop
}

// read makes records of a file, in the shop's zone and currency.
func (s *realShop) read(kind commerce.Kind, file, format string, columns map[string]string) warehouse.Batch {
	s.t.Helper()
	out, err := os.MkdirTemp(s.archive, "")
	if err != nil {
		s.t.Fatal(err)
	}
	report, err := intake.Read(s.t.Context(), intake.Config{
		Kind: kind, Files: []string{file}, Format: format, Map: columns, Zone: s.settings.Zone, Currency: s.settings.Currency,
		Out: out, Temp: s.t.TempDir(), MemoryLimit: 1 << 30, Threads: 2,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if report.Refused != 0 || report.Rows != report.Accepted {
		s.t.Fatalf("%s: %d of %d rows refused in reading", file, report.Refused, report.Rows)
	}
	return warehouse.Batch{Kind: kind, Hash: report.Hash, Files: []string{report.Files[0].Records}}
}

// load takes records; what says no instant is from 2018.
func (s *realShop) load(b warehouse.Batch) warehouse.Result {
	s.t.Helper()
	s.seq++
	b.Seq, b.At = s.seq, time.Date(2018, 6, 1, 0, 0, int(s.seq), 0, time.UTC)
	result, err := s.db.Load(s.t.Context(), b)
	if err != nil {
		s.t.Fatal(err)
	}
	if result.Refused != 0 {
		s.t.Fatalf("%d rows refused in loading, the first: %+v", result.Refused, result.Refusals[0])
	}
	return result
}

// loadAgain loads the same records a second time: nothing may change, and
// the import is known by its hash.
func (s *realShop) loadAgain(b warehouse.Batch, first warehouse.Result) {
	s.t.Helper()
	before := s.facts()
	known, err := s.db.Imported(s.t.Context(), string(b.Kind), b.Hash)
	if err != nil || !known {
		s.t.Errorf("%s: the import is not known: %v", b.Kind, err)
	}
	again := s.load(b)
	if again.Unchanged != again.Accepted {
		s.t.Errorf("%s again: %d of %d rows changed something", b.Kind, again.Accepted-again.Unchanged, again.Accepted)
	}
	first.Unchanged, again.Unchanged = 0, 0
	first.Touched, again.Touched = nil, nil // the first import is everyone's
	if fmt.Sprint(first) != fmt.Sprint(again) {
		s.t.Errorf("%s\nfirst %+v\nagain %+v", b.Kind, first, again)
	}
	s.wantFacts(before)
}

// facts are the fingerprints of all tables but those that count imports.
func (s *realShop) facts() map[string]string {
	s.t.Helper()
	prints, err := s.db.Fingerprint(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	delete(prints, "import")
	delete(prints, "shop")
	return prints
}

func (s *realShop) wantFacts(want map[string]string) {
	s.t.Helper()
	got := s.facts()
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if got[table] != want[table] {
			s.t.Errorf("table %s is %s, was %s", table, got[table], want[table])
		}
	}
}

// rows reads a query's rows as texts.
func (s *realShop) rows(query string) []string {
	s.t.Helper()
	conn, err := s.db.Conn(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	rows, err := conn.QueryContext(s.t.Context(), "SELECT concat_ws(' ', *COLUMNS(*)) FROM ("+query+")")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// members asks the SQL back end. It may run beside others.
func (s *realShop) members(ctx context.Context, text string, at time.Time) ([]string, error) {
	checked, problems := segql.Compile(text, s.catalogue)
	if len(problems) > 0 {
		return nil, problems
	}
	members := []string{}
	err := s.questions.Members(ctx, checked, at, false, func(id string) error {
		members = append(members, id)
		return nil
	})
	return members, err
}

// wantMembers compares an answer with the one found otherwise.
func (s *realShop) wantMembers(t testing.TB, text string, at time.Time, want []string) {
	t.Helper()
	got, err := s.members(t.Context(), text, at)
	if err != nil {
		t.Errorf("at %s\n%s\n%v", at.Format(time.RFC3339Nano), text, err)
		return
	}
	slices.Sort(want)
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("at %s\n%s\ngot %d, want %d; only in got %v; missing %v", at.Format(time.RFC3339Nano), text,
		len(got), len(want), some(without(got, want)), some(without(want, got)))
}

// without lists what is in a and not in b, which is sorted.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(id string) bool {
		_, found := slices.BinarySearch(b, id)
		return found
	})
}

// some are the first few.
func some(ids []string) []string { return ids[:min(len(ids), 5)] }

// chosen lists the keys of the customers for whom a question holds.
func chosen[C any](customers map[string]C, holds func(C) bool) []string {
	var ids []string
	for id, c := range customers {
		if holds(c) {
			ids = append(ids, id)
		}
	}
	return ids
}

// buy is an order as its file has it: when, and for how much in millionths.
type buy struct {
	id    string
	at    time.Time
	total int64
	units int64
}

func totalOf(buys []buy) *big.Int {
	sum := new(big.Int)
	for _, b := range buys {
		sum.Add(sum, big.NewInt(b.total))
	}
	return sum
}

// between keeps what has from <= at < to.
func between(buys []buy, from, to time.Time) []buy {
	return slices.DeleteFunc(slices.Clone(buys), func(b buy) bool { return b.at.Before(from) || !b.at.Before(to) })
}

func daysOf(buys []buy, zone *time.Location) int {
	days := map[string]bool{}
	for _, b := range buys {
		days[b.at.In(zone).Format(time.DateOnly)] = true
	}
	return len(days)
}

// atLeast says n/d >= whole.
func atLeast(n *big.Int, d int, whole int64) bool {
	return n.Cmp(new(big.Int).Mul(big.NewInt(whole*1_000_000), big.NewInt(int64(d)))) >= 0
}

// cdnow reads the purchases of the music shop by customer, in order of their ids.
func cdnow(t *testing.T, path string) map[string][]buy {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]buy{}
	for i, line := range strings.Split(strings.TrimRight(string(text), "\r\n"), "\n") {
		cells := strings.Fields(line)
		if i == 0 {
			continue
		}
		at, err := time.Parse("20060102", cells[1])
		if err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprintf("%s-%s-%09d", cells[0], cells[1], i+1)
		all[cells[0]] = append(all[cells[0]], buy{id, at, millionths(t, cells[3]), millionths(t, cells[2])})
	}
	for _, buys := range all {
		slices.SortFunc(buys, func(a, b buy) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) })
	}
	return all
}

func TestRealMusicShop(t *testing.T) {
	t.Parallel()
	customers := cdnow(t, realFile(t, "cdnow/CDNOW_master.txt"))
	s := openRealShop(t, script.Shop{Settings: script.Settings{Timezone: "UTC", Zone: time.UTC, Currency: "USD"}}, t.TempDir())
	columns := map[string]string{"customer_id": "customer_id", "at": "date", "quantity": "number_of_cds", "total": "dollar_value"}
	batch := s.read(commerce.Orders, realFile(t, "cdnow/CDNOW_master.txt"), "", columns)
	result := s.load(batch)
	if result.Rows != 69659 || result.Orders != 69659 || result.Customers != int64(len(customers)) || result.Customers != 23570 {
		t.Errorf("got %+v", result)
	}
	sum, units := new(big.Int), int64(0)
	for _, buys := range customers {
		sum.Add(sum, totalOf(buys))
		for _, b := range buys {
			units += b.units
		}
	}
	want := fmt.Sprintf("69659 %s %s", commerce.Amount(sum.Int64()).Cents(), commerce.Amount(units).Cents())
	if got := s.rows("SELECT count(*), sum(total)::DECIMAL(18, 2), sum(items)::DECIMAL(18, 2) FROM orders"); got[0] != want {
		t.Errorf("orders, revenue, units: %s, want %s", got, want)
	}
	again := s.read(commerce.Orders, realFile(t, "cdnow/CDNOW_master.txt"), "", columns)
	if again.Hash != batch.Hash {
		t.Error("the same file has another hash")
	}
	s.loadAgain(again, result)
	askMusicShop(t, s, customers)
}

func askMusicShop(t *testing.T, s *realShop, customers map[string][]buy) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	at := day(1998, 7, 1)
	for text, holds := range map[string]func([]buy) bool{
		"count(order) >= 3":       func(b []buy) bool { return len(b) >= 3 },
		"days(order) = 2":         func(b []buy) bool { return daysOf(b, time.UTC) == 2 },
		"avg(order.total) >= 50":  func(b []buy) bool { return atLeast(totalOf(b), len(b), 50) },
		"first(order.total) > 30": func(b []buy) bool { return b[0].total > 30_000_000 },
		"last(order.total) <= 12": func(b []buy) bool { return b[len(b)-1].total <= 12_000_000 },
		`last(order.id) ends with "7"`: func(b []buy) bool {
			return strings.HasSuffix(b[len(b)-1].id, "7")
		},
		"sum(item.quantity) >= 10": func(b []buy) bool {
			units := int64(0)
			for _, x := range b {
				units += x.units
			}
			return units >= 10_000_000
		},
		"sum(order.total) in last 180 days >= 100": func(b []buy) bool {
			return atLeast(totalOf(between(b, at.AddDate(0, 0, -180).Add(1), at.Add(1))), 1, 100)
		},
		"has order between 1997-03-01 and 1997-03-31 and no order since 1997-04-01": func(b []buy) bool {
			return len(between(b, day(1997, 3, 1), day(1997, 4, 1))) > 0 && len(between(b, day(1997, 4, 1), at)) == 0
		},
		"last(order.at) < 1997-06-30": func(b []buy) bool { return b[len(b)-1].at.Before(day(1997, 6, 30)) },
	} {
		s.wantMembers(t, text, at, chosen(customers, holds))
	}
}

// Columns of the grocer's files. What was paid is of the line, not of a unit.
var (
	basketColumns = map[string]string{
		"order_id": "basket_id", "customer_id": "household_id", "at": "transaction_timestamp",
		"unit_price": "sales_value", "quantity": "", "line_discount": "coupon_disc",
	}
	groceryColumns    = map[string]string{"name": "product_type", "category": "department", "collection": "product_category"}
	householdColumns  = map[string]string{"customer_id": "household_id"}
	redemptionColumns = map[string]string{"customer_id": "household_id", "at": "redemption_date", "event": "campaign_id"}
)

// household is what the grocer's files say of one customer.
type household struct {
	baskets  map[string]*basket
	lines    []basketLine
	traits   map[string]string // nil where nothing is said
	redeemed []map[string]string
}

type basket struct {
	buy
	discounted bool
}

// basketLine is a line at the instant of its basket.
type basketLine struct {
	product, department string
	price               int64
}

func (h *household) buys() []buy {
	var all []buy
	for _, b := range h.baskets {
		all = append(all, b.buy)
	}
	return all
}

// households reads the grocer's files without any of the program's help.
func households(t *testing.T, zone *time.Location) map[string]*household {
	departments := map[string]string{}
	for _, row := range readMaps(t, realFile(t, "completejourney/products.csv.gz")) {
		departments[row["product_id"]] = strings.TrimSpace(row["department"])
	}
	all := map[string]*household{}
	of := func(row map[string]string) *household {
		id := row["household_id"]
		if all[id] == nil {
			all[id] = &household{baskets: map[string]*basket{}}
		}
		return all[id]
	}
	for _, row := range readMaps(t, realFile(t, "completejourney/transactions_sample.csv.gz")) {
		of(row).add(t, row, departments[row["product_id"]], zone)
	}
	for _, row := range readMaps(t, realFile(t, "completejourney/demographics.csv.gz")) {
		of(row).traits = row
	}
	for _, row := range readMaps(t, realFile(t, "completejourney/coupon_redemptions.csv.gz")) {
		h := of(row)
		h.redeemed = append(h.redeemed, row)
	}
	return all
}

func (h *household) add(t *testing.T, row map[string]string, department string, zone *time.Location) {
	at, err := time.ParseInLocation(time.DateTime, row["transaction_timestamp"], zone)
	if err != nil {
		t.Fatal(err)
	}
	b := h.baskets[row["basket_id"]]
	if b == nil {
		b = &basket{buy: buy{id: row["basket_id"], at: at}}
		h.baskets[b.id] = b
	}
	price, discount := millionths(t, row["sales_value"]), millionths(t, row["coupon_disc"])
	b.total += price - discount
	b.discounted = b.discounted || discount > 0
	h.lines = append(h.lines, basketLine{row["product_id"], department, price})
}

func TestRealGrocer(t *testing.T) {
	t.Parallel()
	zone := zoneOf(t, "America/New_York")
	all := households(t, zone)
	shop := script.Shop{Settings: script.Settings{Timezone: "America/New_York", Zone: zone, Currency: "USD"}}
	archive := t.TempDir()
	s := openRealShop(t, shop, archive)
	file := func(name string) string { return realFile(t, "completejourney/"+name+".csv.gz") }
	baskets := s.read(commerce.Orders, file("transactions_sample"), "", basketColumns)
	products := s.read(commerce.Products, file("products"), "", groceryColumns)
	people := s.read(commerce.Customers, file("demographics"), "", householdColumns)
	redemptions := s.read(commerce.Events, file("coupon_redemptions"), "", redemptionColumns)

	sold, listed := s.load(baskets), s.load(products)
	last := s.content()
	known, redeemed := s.load(people), s.load(redemptions)
	if sold.Rows != 75000 || sold.Items != 75000 || sold.Customers != 2377 || sold.Orders != 47243 || sold.Refunds != 0 ||
		listed.Rows != 92331 || known.Rows != 801 || known.Customers != 801 || redeemed.Rows != 2102 {
		t.Errorf("baskets %+v\nproducts %+v\nhouseholds %+v\nredemptions %+v", sold, listed, known, redeemed)
	}
	wantBaskets(s, all)
	s.loadAgain(baskets, sold)
	s.loadAgain(products, listed)
	s.loadAgain(people, known)
	askGrocer(t, s, all, zone)

	first := openRealShop(t, shop, archive)
	first.load(products)
	first.load(baskets)
	for table, print := range first.content() {
		if print != last[table] {
			t.Errorf("table %s is %s with products first, %s with products last", table, print, last[table])
		}
	}
}

// content is the fingerprint of all facts but for the numbers of the imports
// that brought them.
func (s *realShop) content() map[string]string {
	s.t.Helper()
	prints := map[string]string{}
	for _, row := range s.rows(`SELECT table_name, string_agg(column_name, ',' ORDER BY column_index) FROM duckdb_columns()
		WHERE schema_name = 'main' AND NOT internal AND table_name NOT IN ('import', 'shop') AND column_name <> 'seq' GROUP BY table_name`) {
		table, columns, _ := strings.Cut(row, " ")
		prints[table] = s.rows("SELECT count(*) || ':' || coalesce(sum(hash(" + columns + ")), 0) FROM main." + table)[0]
	}
	return prints
}

func wantBaskets(s *realShop, all map[string]*household) {
	s.t.Helper()
	sum, discounted, departments := int64(0), 0, map[string]int{}
	for _, h := range all {
		for _, b := range h.baskets {
			sum += b.total
			if b.discounted {
				discounted++
			}
		}
		for _, l := range h.lines {
			departments[l.department]++
		}
	}
	want := fmt.Sprintf("%s %d", commerce.Amount(sum).Cents(), discounted)
	if got := s.rows("SELECT sum(total)::DECIMAL(18, 2), count(*) FILTER (discounted) FROM orders"); got[0] != want {
		s.t.Errorf("revenue and discounted baskets: %s, want %s", got[0], want)
	}
	for _, row := range s.rows("SELECT count(*), coalesce(category, '') FROM item GROUP BY category") {
		n, department, _ := strings.Cut(row, " ")
		if fmt.Sprint(departments[department]) != n {
			s.t.Errorf("%s lines of %q, want %d", n, department, departments[department])
		}
		delete(departments, department)
	}
	if len(departments) > 0 {
		s.t.Errorf("no lines of %v", departments)
	}
}

func askGrocer(t *testing.T, s *realShop, all map[string]*household, zone *time.Location) {
	at := time.Date(2018, 3, 1, 0, 0, 0, 0, zone)
	day := func(m, d int) time.Time { return time.Date(2017, time.Month(m), d, 0, 0, 0, 0, zone) }
	lines := func(h *household, department string) int {
		return len(slices.DeleteFunc(slices.Clone(h.lines), func(l basketLine) bool { return l.department != department }))
	}
	discounted := func(h *household) int {
		return len(chosen(h.baskets, func(b *basket) bool { return b.discounted }))
	}
	redeemed := func(h *household, campaign, prefix string) int {
		return len(slices.DeleteFunc(slices.Clone(h.redeemed), func(r map[string]string) bool {
			return r["campaign_id"] != campaign || !strings.HasPrefix(r["coupon_upc"], prefix)
		}))
	}
	for text, holds := range map[string]func(*household) bool{
		"count(order) >= 20":          func(h *household) bool { return len(h.baskets) >= 20 },
		"sum(order.total) >= 150":     func(h *household) bool { return atLeast(totalOf(h.buys()), 1, 150) },
		"avg(order.total) >= 10":      func(h *household) bool { return len(h.baskets) > 0 && atLeast(totalOf(h.buys()), len(h.baskets), 10) },
		"days(order) between 5 and 9": func(h *household) bool { n := daysOf(h.buys(), zone); return n >= 5 && n <= 9 },
		"count(order) between 2017-03-12 and 2017-11-04 >= 15": func(h *household) bool {
			return len(between(h.buys(), day(3, 12), day(11, 5))) >= 15
		},
		"discount.share between 0.01 and 0.1": func(h *household) bool {
			return 100*discounted(h) >= len(h.baskets) && 10*discounted(h) <= len(h.baskets) && len(h.baskets) > 0
		},
		`count(item[category = "PRODUCE"]) >= 5`:      func(h *household) bool { return lines(h, "PRODUCE") >= 5 },
		`has item[category is missing] and has order`: func(h *household) bool { return lines(h, "") > 0 },
		`max(item[category in ("MEAT", "DELI")].price) >= 9.5`: func(h *household) bool {
			return slices.ContainsFunc(h.lines, func(l basketLine) bool {
				return (l.department == "MEAT" || l.department == "DELI") && l.price >= 9_500_000
			})
		},
		`income = "50-74K" and traits.kids_count = 0`: func(h *household) bool {
			return h.traits["income"] == "50-74K" && h.traits["kids_count"] == "0"
		},
		`traits.home_ownership is missing and not marital_status = "Married"`: func(h *household) bool {
			return h.traits["home_ownership"] == "" && h.traits["marital_status"] != "Married"
		},
		`has event("18") and traits.household_size in (1, 2)`: func(h *household) bool {
			return redeemed(h, "18", "") > 0 && (h.traits["household_size"] == "1" || h.traits["household_size"] == "2")
		},
		`count(event("13")[coupon_upc starts with "1000"]) >= 2`: func(h *household) bool { return redeemed(h, "13", "1000") >= 2 },
	} {
		s.wantMembers(t, text, at, chosen(all, holds))
	}
}
