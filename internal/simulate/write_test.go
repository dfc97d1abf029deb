package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

var allFiles = []string{ProductsFile, RatesFile, CustomersFile, OrdersFile, EventsFile, TruthFile, ShopFile}

func mustGenerate(t *testing.T, cfg Config) map[string][]byte {
	t.Helper()
	files, err := generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	a := mustGenerate(t, Config{Seed: 3, Customers: 300, End: testEnd})
	b := mustGenerate(t, Config{Seed: 3, Customers: 300, End: testEnd})
	c := mustGenerate(t, Config{Seed: 4, Customers: 300, End: testEnd})
	for _, name := range allFiles {
		if len(a[name]) == 0 {
			t.Errorf("%s is empty", name)
		}
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between two runs of one seed", name)
		}
		if bytes.Equal(a[name], c[name]) {
			t.Errorf("%s is the same for two seeds", name)
		}
	}
}

// A customer does not depend on how many others there are, and orders do not
// depend on how many events are wanted.
func TestPeopleAreIndependent(t *testing.T) {
	t.Parallel()
	small := mustGenerate(t, Config{Seed: 3, Customers: 100, End: testEnd})
	large := mustGenerate(t, Config{Seed: 3, Customers: 200, End: testEnd})
	loud := mustGenerate(t, Config{Seed: 3, Customers: 100, End: testEnd, EventsPerCustomer: 80})
	for _, name := range []string{CustomersFile, OrdersFile} {
		if !bytes.HasPrefix(large[name], small[name]) {
			t.Errorf("%s of the smaller shop is not how the larger one's begins", name)
		}
		if !bytes.Equal(loud[name], small[name]) {
			t.Errorf("%s depends on the number of events", name)
		}
	}
	if got := len(loud[EventsFile]); got < 2*len(small[EventsFile]) {
		t.Errorf("four times the events wanted gave %d bytes instead of %d", got, len(small[EventsFile]))
	}
}

func TestEventVolume(t *testing.T) {
	t.Parallel()
	n := bytes.Count(shopFiles(t)[EventsFile], []byte("\n"))
	if per := float64(n) / 2500; per < 15 || per > 25 {
		t.Errorf("%.1f events per customer instead of about 20", per)
	}
}

// Every instant column and every event lies between the start and the end;
// only a code's expiry may lie beyond.
func TestNothingAfterTheEnd(t *testing.T) {
	t.Parallel()
	files := shopFiles(t)
	check := func(file, column, s string) {
		if s != "" && instant(t, s).After(testEnd) {
			t.Errorf("%s: %s is %s, after the end", file, column, s)
		}
	}
	for file, columns := range map[string][]string{
		ProductsFile:  {"updated_at", "released_at", "stock_at"},
		CustomersFile: {"created_at", "updated_at"},
		OrdersFile:    {"at", "cancelled_at"},
	} {
		for _, row := range readTable(t, files[file]) {
			for _, column := range columns {
				check(file, column, row[column])
			}
		}
	}
	for _, row := range readTable(t, files[RatesFile]) {
		if row["date"] > testEnd.Format(time.DateOnly) {
			t.Errorf("%s: a rate of %s", RatesFile, row["date"])
		}
	}
	start := testEnd.AddDate(-2, 0, 0).Truncate(24 * time.Hour)
	for _, e := range testLoaded(t).events {
		if e.At.After(testEnd) || e.At.Before(start) {
			t.Errorf("%s at %s", e.Event, e.At)
		}
	}
	for _, tr := range readLines[truth](t, files[TruthFile]) {
		check(TruthFile, "dropout_at", tr.DropoutAt)
		check(TruthFile, "cart_at", tr.CartAt)
	}
}

func TestShopFile(t *testing.T) {
	t.Parallel()
	var got shop
	if err := json.Unmarshal(shopFiles(t)[ShopFile], &got); err != nil {
		t.Fatal(err)
	}
	if got.Seed != 7 || !got.End.Equal(testEnd) || got.Currency != "EUR" || got.Country != "RO" || got.Timezone != "UTC" {
		t.Errorf("settings: %+v", got.Summary)
	}
	files := shopFiles(t)
	lines := func(name string) int { return bytes.Count(files[name], []byte("\n")) }
	want := Counts{
		People: lines(TruthFile), CustomerRows: lines(CustomersFile) - 1,
		Products: 603, ProductVersions: lines(ProductsFile) - 1,
		OrderRows: lines(OrdersFile) - 1, Events: lines(EventsFile), Rates: lines(RatesFile) - 1,
	}
	s := testLoaded(t)
	for _, c := range s.list {
		want.Orders += len(c.all)
		want.CountingOrders += len(c.orders)
		want.Refunds += len(c.refunds)
	}
	if !reflect.DeepEqual(got.Counts, want) {
		t.Errorf("counts\n got %+v\nwant %+v", got.Counts, want)
	}
	if len(got.Truth.Ladders) != 201 || len(got.Truth.Ladders[0]) != 3 || len(got.Truth.Complements) == 0 || len(got.Truth.Lasting) == 0 {
		t.Errorf("truth about products: %d ladders, %d complements, %d lasting", len(got.Truth.Ladders), len(got.Truth.Complements), len(got.Truth.Lasting))
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for field, cfg := range map[string]Config{
		"End":               {},
		"Customers":         {End: testEnd, Customers: -1},
		"Years":             {End: testEnd, Years: 100},
		"Products":          {End: testEnd, Products: 10},
		"EventsPerCustomer": {End: testEnd, EventsPerCustomer: -5},
		"Currency":          {End: testEnd, Currency: "euro"},
		"Country":           {End: testEnd, Country: "Romania"},
	} {
		_, err := generate(cfg)
		if err == nil || !strings.HasPrefix(err.Error(), "simulate: Config."+field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Other zones, currencies and countries, known or not, make whole shops too.
func TestOtherShops(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{
		{Currency: "KRW", Country: "KR", Zone: time.FixedZone("Asia/Seoul", 9*3600), Years: 1},
		{Currency: "XAF", Country: "CM", Products: 201},
		{Currency: "RON", Country: "RO", Years: 5, EventsPerCustomer: 1},
		{Currency: "USD", Country: "US", Zone: time.FixedZone("America/New_York", -5*3600), Products: 1000},
	} {
		cfg.End, cfg.Customers = testEnd, 200
		files := mustGenerate(t, cfg)
		foreign := 0
		for _, row := range readTable(t, files[OrdersFile]) {
			if row["currency"] != "" && row["currency"] != cfg.Currency {
				foreign++
			}
			if strings.HasPrefix(row["unit_price"], "0") || strings.HasPrefix(row["total"], "-") {
				t.Errorf("%s: order %s: price %s, total %s", cfg.Currency, row["order_id"], row["unit_price"], row["total"])
			}
			if cfg.Currency == "KRW" && row["currency"] == "KRW" && strings.Contains(row["total"], ".") {
				t.Errorf("won have no decimals: %s", row["total"])
			}
		}
		if foreign == 0 {
			t.Errorf("%s: no order in another currency", cfg.Currency)
		}
		for _, row := range readTable(t, files[RatesFile]) {
			if number(t, row["rate"]) <= 0 || row["currency"] == cfg.Currency {
				t.Errorf("%s: rate %v", cfg.Currency, row)
			}
		}
	}
}

// full fails after some bytes, as a full disk does.
type full struct {
	left   *int
	closed *int
}

var errFull = errors.New("no space left")

func (f full) Write(b []byte) (int, error) {
	if *f.left -= len(b); *f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func (f full) Close() error {
	*f.closed++
	return nil
}

func TestFailingWriters(t *testing.T) {
	t.Parallel()
	for _, space := range []int{0, 400_000, 3_200_000} {
		opened, closed := 0, 0
		_, err := Write(Config{Customers: 600, End: testEnd}, func(string) (io.WriteCloser, error) {
			opened++
			return full{&space, &closed}, nil
		})
		if !errors.Is(err, errFull) || opened != closed {
			t.Errorf("opened %d files, closed %d: %v", opened, closed, err)
		}
	}
	_, err := Write(Config{End: testEnd}, func(string) (io.WriteCloser, error) { return nil, errFull })
	if !errors.Is(err, errFull) || !strings.Contains(err.Error(), ProductsFile) {
		t.Errorf("creating: %v", err)
	}
}

// What is kept from one person to the next is one person's worth.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	cfg, err := Config{Seed: 1, End: testEnd}.filled()
	if err != nil {
		t.Fatal(err)
	}
	g := newGenerator(cfg)
	for i := range 4000 {
		g.drawAll(i)
	}
	if n := cap(g.log.buf) + cap(g.log.list)*64 + cap(g.visits)*64 + cap(g.person.orders)*256; n > 1<<20 {
		t.Errorf("%d bytes are kept after 4,000 people", n)
	}
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

// BenchmarkWrite makes shops of 1,000 customers.
func BenchmarkWrite(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := Write(Config{Seed: 1, Customers: 1000, End: testEnd}, func(string) (io.WriteCloser, error) {
			return discard{io.Discard}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
