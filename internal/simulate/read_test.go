package simulate

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The shop of most tests: large enough for every preset, made once.
var testEnd = time.Date(2026, 3, 10, 14, 30, 0, 0, time.UTC)

var testShop = sync.OnceValues(func() (map[string][]byte, error) {
	return generate(Config{Seed: 7, Customers: 2500, End: testEnd})
})

// closer is a file in memory.
type closer struct {
	bytes.Buffer
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func generate(cfg Config) (map[string][]byte, error) {
	files := map[string]*closer{}
	_, err := Write(cfg, func(name string) (io.WriteCloser, error) {
		files[name] = &closer{}
		return files[name], nil
	})
	out := map[string][]byte{}
	for name, f := range files {
		out[name] = f.Bytes()
	}
	return out, err
}

func shopFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := testShop()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// readTable reads a CSV file into records by column name. Like every test
// here it knows the files only from outside.
func readTable(t testing.TB, b []byte) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]map[string]string, 0, len(rows))
	for _, row := range rows[1:] {
		m := make(map[string]string, len(row))
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

type readEvent struct {
	At          time.Time      `json:"at"`
	Event       string         `json:"event"`
	CustomerID  string         `json:"customer_id"`
	AnonymousID string         `json:"anonymous_id"`
	Email       string         `json:"email"`
	MessageID   string         `json:"message_id"`
	Properties  map[string]any `json:"properties"`
}

func (e *readEvent) text(k string) string    { s, _ := e.Properties[k].(string); return s }
func (e *readEvent) number(k string) float64 { x, _ := e.Properties[k].(float64); return x }

func readLines[T any](t testing.TB, b []byte) []T {
	t.Helper()
	var list []T
	for line := range bytes.Lines(b) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, v)
	}
	return list
}

// The shop as an importer would see it.
type (
	readOrder struct {
		id, status, coupon, channel, country string
		at                                   time.Time
		total, off                           float64 // in the shop's currency; off: all reductions
		rate                                 float64
		cancelled, counts                    bool
		items                                []readItem
	}
	readItem struct {
		product                     string
		at                          time.Time
		quantity, price, lineAmount float64
	}
	readRefund struct {
		at    time.Time
		total float64
	}
	readCustomer struct {
		id      string
		fields  map[string]string // the latest row of customers.csv
		all     []readOrder       // as given, by time
		orders  []readOrder       // those that count
		refunds []readRefund
		events  []readEvent
		truth   truth
	}
	readProduct struct {
		fields   map[string]string // of the latest version
		versions []map[string]string
		released time.Time
	}
	readShop struct {
		customers map[string]*readCustomer
		list      []*readCustomer // by id
		products  map[string]*readProduct
		rates     map[string]float64 // by date and currency
		events    []readEvent        // everybody's, in the file's order
		visitors  int
	}
)

func number(t testing.TB, s string) float64 {
	t.Helper()
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// loaded is the test shop, read once; tests only look at it.
var (
	loadOnce sync.Once
	loaded   *readShop
)

func testLoaded(t *testing.T) *readShop {
	t.Helper()
	files := shopFiles(t)
	loadOnce.Do(func() { loaded = load(t, files) })
	if loaded == nil {
		t.Fatal("the shop could not be read")
	}
	return loaded
}

func load(t testing.TB, files map[string][]byte) *readShop {
	t.Helper()
	s := &readShop{customers: map[string]*readCustomer{}, products: map[string]*readProduct{}, rates: map[string]float64{}}
	s.loadShared(t, files)
	byEmail := map[string]string{}
	for _, row := range readTable(t, files[CustomersFile]) {
		id := cmp.Or(row["customer_id"], row["email"])
		if row["email"] != "" {
			byEmail[row["email"]] = id
		}
		s.customer(id).fields = row
	}
	who := func(customerID, email string) *readCustomer {
		email = strings.ToLower(email)
		return s.customer(cmp.Or(customerID, byEmail[email], email))
	}
	s.loadOrders(t, readTable(t, files[OrdersFile]), who)
	s.events = readLines[readEvent](t, files[EventsFile])
	s.loadEvents(s.events, who)
	for _, tr := range readLines[truth](t, files[TruthFile]) {
		s.customer(tr.ID).truth = tr
	}
	for _, c := range s.customers {
		s.list = append(s.list, c)
		slices.SortFunc(c.all, func(a, b readOrder) int { return a.at.Compare(b.at) })
		for _, o := range c.all {
			if o.counts {
				c.orders = append(c.orders, o)
			}
		}
	}
	slices.SortFunc(s.list, func(a, b *readCustomer) int { return cmp.Compare(a.id, b.id) })
	return s
}

func (s *readShop) customer(id string) *readCustomer {
	c := s.customers[id]
	if c == nil {
		c = &readCustomer{id: id, fields: map[string]string{}}
		s.customers[id] = c
	}
	return c
}

func (s *readShop) loadShared(t testing.TB, files map[string][]byte) {
	t.Helper()
	for _, row := range readTable(t, files[ProductsFile]) {
		p := s.products[row["product_id"]]
		if p == nil {
			p = &readProduct{released: instant(t, row["released_at"])}
			s.products[row["product_id"]] = p
		}
		p.fields = row
		p.versions = append(p.versions, row)
	}
	for _, row := range readTable(t, files[RatesFile]) {
		s.rates[row["date"]+row["currency"]] = number(t, row["rate"])
	}
}

func (s *readShop) loadOrders(t testing.TB, rows []map[string]string, who func(id, email string) *readCustomer) {
	t.Helper()
	counting := []string{"paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled"}
	var c *readCustomer
	var o *readOrder
	for _, row := range rows {
		at := instant(t, row["at"])
		if o == nil || o.id != row["order_id"] {
			c = who(row["customer_id"], row["email"])
			rate := 1.0
			if row["currency"] != "EUR" {
				rate = s.rates[at.Format(time.DateOnly)+row["currency"]]
			}
			c.all = append(c.all, readOrder{
				id: row["order_id"], at: at, status: row["status"], coupon: row["coupon"], channel: row["channel"], country: row["country"],
				total: number(t, row["total"]) * rate, off: number(t, row["discount"]), rate: rate,
				cancelled: row["cancelled_at"] != "",
			})
			o = &c.all[len(c.all)-1]
			o.counts = !o.cancelled && slices.Contains(counting, o.status)
			if refunded := number(t, row["refunded"]); refunded > 0 {
				c.refunds = append(c.refunds, readRefund{at, refunded * rate})
			}
		}
		it := readItem{product: row["product_id"], at: at, quantity: number(t, row["quantity"]), price: number(t, row["unit_price"]) * o.rate}
		if it.quantity < 0 {
			c.refunds = append(c.refunds, readRefund{at, -it.quantity * it.price})
			continue
		}
		off := number(t, row["line_discount"])
		it.lineAmount = it.quantity*it.price - off*o.rate
		o.off += off
		o.items = append(o.items, it)
	}
}

func (s *readShop) loadEvents(events []readEvent, who func(id, email string) *readCustomer) {
	owner := map[string]*readCustomer{}
	for i := range events {
		if e := &events[i]; e.CustomerID != "" || e.Email != "" {
			owner[e.AnonymousID] = who(e.CustomerID, e.Email)
		}
	}
	for _, e := range events {
		c := owner[e.AnonymousID]
		if e.CustomerID != "" || e.Email != "" {
			c = who(e.CustomerID, e.Email)
		}
		if c == nil {
			s.visitors++
			continue
		}
		c.events = append(c.events, e)
	}
}
