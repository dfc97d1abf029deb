package warehouse

import (
	"maps"
	"testing"
)

func TestOrderTakesItsFirstRow(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	r := s.orders(
		Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T22:30:00Z", "coupon": "SPRING", "product_id": "lamp", "quantity": 2, "unit_price": "49.95"},
		Row{"order_id": "o2", "ts": "2026-03-02T10:00:00Z"},
		Row{"order_id": "o1", "ts": "2026-03-01T22:00:00Z", "product_id": "rug", "quantity": 3, "unit_price": "1.5", "line_discount": "0.5"},
		Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T22:45:00Z", "product_id": "lamp", "quantity": -1, "unit_price": "49.95"},
	)
	s.want("SELECT id, key, ts, valid_to, day, total, items, coupon, discounted, pos FROM orders ORDER BY id",
		"o1 1 2026-03-01 22:00:00 infinity 2026-03-02 103.9 5 SPRING true 0",
		"o2 - 2026-03-02 10:00:00 infinity 2026-03-02 0 0 - false 1")
	s.want("SELECT order_id, line, key, ts, day, product, quantity, price, revenue, discount, pos FROM item ORDER BY line",
		"o1 1 1 2026-03-01 22:00:00 2026-03-02 lamp 2 49.95 99.9 - 0",
		"o1 2 1 2026-03-01 22:00:00 2026-03-02 rug 3 1.5 4.5 0.5 2")
	s.want("SELECT id, order_id, key, ts, product, quantity, total, content FROM refund",
		"o1:3 o1 1 2026-03-01 22:00:00 lamp 1 49.95 -")
	s.want("SELECT * FROM customer", "1 ana 2026-03-01 22:00:00")
	if r.Rows != 4 || r.Accepted != 4 || r.Orders != 2 || r.Items != 2 || r.Refunds != 1 || r.Customers != 1 {
		t.Errorf("result %+v", r)
	}
}

func TestOrderOfRefundLinesIsARefund(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	rows := []Row{
		{"order_id": "C1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "product_id": "lamp", "quantity": -2, "unit_price": "10"},
		{"order_id": "C1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "product_id": "rug", "quantity": -1, "unit_price": "3"},
	}
	r := s.orders(rows...)
	s.want("FROM orders")
	s.want("SELECT id, order_id, product, quantity, total, content IS NULL FROM refund ORDER BY id", "C1:1 C1 lamp 2 20 false", "C1:2 C1 rug 1 3 false")
	if r.Orders != 0 || r.Refunds != 2 {
		t.Errorf("result %+v", r)
	}
	before := s.prints("import", "shop")
	if r := s.orders(rows...); r.Unchanged != 2 || r.Refunds != 2 {
		t.Errorf("again: %+v", r)
	}
	wantSame(t, before, s.prints("import", "shop"))
}

func TestOrderStatus(t *testing.T) {
	t.Parallel()
	for status, counts := range map[string]bool{
		"paid": true, "partially_paid": true, "partially_refunded": true, "refunded": true, "processing": true, "completed": true,
		"fulfilled": true, "": true, "pending": false, "failed": false, "draft": false, "void": false, "voided": false, "cancelled": false, "adjustment": false, "strange": false,
	} {
		s := openShop(t)
		s.orders(Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "status": status, "product_id": "lamp", "unit_price": 5, "cancelled_at": "2026-03-03T10:00:00Z"})
		want := "2026-03-01 10:00:00"
		if counts {
			want = "2026-03-03 10:00:00"
		}
		s.want("SELECT valid_to FROM orders", want)
		s.want("SELECT valid_to FROM item", want)
		s.want("SELECT exists_from FROM customer", "2026-03-01 10:00:00")
	}
}

func TestOrderContradictsItsFirstRow(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	r := s.orders(
		Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "total": 10, "product_id": "lamp", "quantity": 1},
		Row{"order_id": "o1", "customer_id": "bob", "ts": "2026-03-01T10:00:00Z", "total": 10, "product_id": "rug", "quantity": 1},
		Row{"order_id": "o1", "ts": "2026-03-01T09:00:00Z", "product_id": "mat", "quantity": 1},
		Row{"order_id": "o1", "ts": "2026-03-01T10:00:00Z", "total": "10.5", "product_id": "cup", "quantity": 1},
		Row{"order_id": "o2", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "total": 3},
		Row{"order_id": "o2", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "total": 3},
	)
	if got := refusals(r); got != `2 customer_id: order o1 has "ana" in its first row; 4 total: order o1 has "10.00" in its first row` {
		t.Error(got)
	}
	s.want("SELECT product, line FROM item ORDER BY line", "lamp 1", "mat 2")
	s.want("SELECT value FROM person_key", "ana")
	if r.Accepted != 4 || r.Refused != 2 || r.Orders != 2 || r.Items != 2 {
		t.Errorf("result %+v", r)
	}
}

func TestOrderComesAgain(t *testing.T) {
	t.Parallel()
	first := Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "total": 10, "status": "pending", "product_id": "lamp", "quantity": 1}
	with := func(changes Row) Row {
		row := Row{}
		maps.Copy(row, first)
		maps.Copy(row, changes)
		return row
	}
	for _, test := range []struct {
		name      string
		again     Row
		refused   string
		unchanged int64
		order     string // status, valid_to, cancelled_at
		refunds   []string
	}{
		{"same", first, "", 1, "pending 2026-03-01 10:00:00 -", nil},
		{"paid", with(Row{"status": "paid"}), "", 0, "paid infinity -", nil},
		{"blank says nothing", with(Row{"status": nil}), "", 1, "pending 2026-03-01 10:00:00 -", nil},
		{"cancelled", with(Row{"status": "paid", "cancelled_at": "2026-03-04T00:00:00Z"}), "", 0, "paid 2026-03-04 2026-03-04", nil},
		{"refunded", with(Row{"status": "refunded", "refunded": 4}), "", 0, "refunded infinity -", []string{"o1 o1 4 2026-03-01 10:00:00"}},
		{"other total", with(Row{"total": "11"}), "1 total: order o1 was imported before with total 10.00", 0, "pending 2026-03-01 10:00:00 -", nil},
		{"other customer", with(Row{"customer_id": "bob"}), "1 customer_id: order o1 was imported before with customer ana", 0, "pending 2026-03-01 10:00:00 -", nil},
		{"other instant", with(Row{"ts": "2026-03-01T11:00:00Z"}), "1 at: order o1 was imported before with at 2026-03-01T10:00:00Z", 0, "pending 2026-03-01 10:00:00 -", nil},
		{"other line", with(Row{"product_id": "rug"}), "1 product_id: order o1 was imported before with other lines", 0, "pending 2026-03-01 10:00:00 -", nil},
		{"a coupon", with(Row{"coupon": "X"}), "1 coupon: order o1 was imported before with coupon none", 0, "pending 2026-03-01 10:00:00 -", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			s.orders(first)
			r := s.orders(test.again)
			if got := refusals(r); got != test.refused || r.Unchanged != test.unchanged {
				t.Errorf("refused %q, %+v", got, r)
			}
			s.want("SELECT status, valid_to, cancelled_at FROM orders", test.order)
			s.want("SELECT count(*), any_value(i.valid_to) = any_value(o.valid_to) FROM item i JOIN orders o ON o.id = i.order_id", "1 true")
			s.want("SELECT id, order_id, total, ts FROM refund", test.refunds...)
			s.want("SELECT value FROM person_key", "ana")
		})
	}
}

func TestRefundedAmountIsReplaced(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	row := Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z", "total": 10, "refunded": 3}
	s.orders(row)
	s.want("SELECT id, order_id, quantity, total FROM refund", "o1 o1 - 3")
	row["refunded"] = 7
	s.orders(row)
	s.want("SELECT id, order_id, quantity, total, seq FROM refund", "o1 o1 - 7 2")
	row["refunded"] = 0
	s.orders(row)
	s.want("FROM refund")
}

func TestOtherCurrency(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	// 2026-03-01 22:30 UTC is March 2 in Bucharest.
	s.rates(Row{"date": "2026-03-01", "currency": "EUR", "rate": "4.9"}, Row{"date": "2026-03-02", "currency": "EUR", "rate": "5.1"})
	r := s.orders(
		Row{"order_id": "o1", "ts": "2026-03-01T22:30:00Z", "currency": "EUR", "product_id": "lamp", "quantity": 3, "unit_price": "0.333333", "discount": 1, "refunded": 1},
		Row{"order_id": "o2", "ts": "2026-03-04T22:30:00Z", "currency": "EUR", "total": 3},
		Row{"order_id": "o3", "ts": "2026-03-04T22:30:00Z", "currency": "RON", "total": 3},
	)
	if got := refusals(r); got != "2 currency: no rate for EUR on 2026-03-05" {
		t.Error(got)
	}
	s.want("SELECT id, total, discount, rate, currency, discounted FROM orders ORDER BY id", "o1 5.099995 5.1 5.1 EUR true", "o3 3 - 1 RON false")
	s.want("SELECT price, revenue FROM item", "1.699998 5.099994")
	s.want("SELECT total FROM refund", "5.1")
	s.rates(Row{"date": "2026-03-02", "currency": "EUR", "rate": "6"})
	s.want("SELECT rate FROM rate WHERE day = '2026-03-02'", "6")
	r = s.orders(Row{"order_id": "o1", "ts": "2026-03-01T22:30:00Z", "currency": "EUR", "product_id": "lamp", "quantity": 3, "unit_price": "0.333333", "discount": 1, "refunded": 1})
	if r.Unchanged != 1 {
		t.Errorf("another rate since then makes no other order: %+v", r)
	}
}

func TestScatteredLinesAreCounted(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.orders(
		Row{"order_id": "o1", "ts": "2026-03-01T10:00:00Z", "customer_id": "ana"},
		Row{"order_id": "o2", "ts": "2026-03-01T10:00:00Z", "product_id": "a"},
		Row{"order_id": "o1", "ts": "2026-03-01T10:00:00Z", "product_id": "b"},
		Row{"order_id": "o2", "ts": "2026-03-01T10:00:00Z", "product_id": "c", "pos": 17},
		Row{"order_id": "o1", "ts": "2026-03-01T10:00:00Z", "product_id": "d", "pos": 18},
	)
	s.want("SELECT order_id, line, product FROM item ORDER BY 1, 2", "o1 1 b", "o1 2 d", "o2 1 a", "o2 2 c")
}

func wantSame(t *testing.T, before, after map[string]string) {
	t.Helper()
	for table, print := range before {
		if after[table] != print {
			t.Errorf("%s is %s, was %s", table, after[table], print)
		}
	}
}
