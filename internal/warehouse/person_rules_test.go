package warehouse

import (
	"maps"
	"testing"
)

func TestKeysThatStandTogetherAreOnePerson(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.orders(
		Row{"order_id": "o1", "email": "ana@x.ro", "ts": "2026-03-01T10:00:00Z", "total": 5, "country": "RO"},
		Row{"order_id": "o2", "phone": "+401", "ts": "2026-02-01T10:00:00Z", "total": 6, "country": "DE"},
		Row{"order_id": "o3", "customer_id": "bob", "ts": "2026-03-01T10:00:00Z", "total": 7},
	)
	s.want("FROM customer ORDER BY customer", "1 ana@x.ro 2026-03-01 10:00:00", "2 +401 2026-02-01 10:00:00", "3 bob 2026-03-01 10:00:00")
	s.customers(Row{"customer_id": "ana", "email": "ana@x.ro"}, Row{"email": "ana@x.ro", "phone": "+401"})
	s.want("SELECT key, kind, value, customer FROM person_key ORDER BY key", "1 email ana@x.ro 4", "2 phone +401 4", "3 customer bob 3", "4 customer ana 4")
	s.want("FROM moved ORDER BY key", "1 4", "2 4")
	s.want("SELECT key_a, key_b, seq, pos FROM claim ORDER BY pos", "4 1 2 0", "1 2 2 1")
	s.want("FROM customer ORDER BY customer", "3 bob 2026-03-01 10:00:00", "4 ana 2026-02-01 10:00:00")
	s.want("FROM trait ORDER BY valid_from", "4 country DE 2026-02-01 10:00:00 2026-03-01 10:00:00", "4 country RO 2026-03-01 10:00:00 infinity")
	s.want("SELECT key FROM orders ORDER BY id", "1", "2", "3")
	// The first customer id by number stands for both.
	s.customers(Row{"customer_id": "anna", "email": "ana@x.ro"})
	s.want("SELECT DISTINCT customer FROM person_key WHERE value <> 'bob'", "4")
}

func TestAnonymousBecomesKnown(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	view := func(id, at, message string) Row {
		return Row{"type": "track", "event": "Product Viewed", "anonymous_id": id, "ts": at, "message_id": message, "properties": `{"product_id":"lamp"}`}
	}
	s.events(view("x1", "2026-03-01T10:00:00Z", "m1"), view("x2", "2026-03-01T10:10:00Z", "m2"))
	s.want("SELECT key, kind, value, customer FROM person_key ORDER BY key DESC", "-1 anonymous x1 -1", "-2 anonymous x2 -2")
	s.want("FROM customer")
	s.want("SELECT customer, ts FROM visit ORDER BY ts", "-1 2026-03-01 10:00:00", "-2 2026-03-01 10:10:00")
	s.events(
		Row{"type": "identify", "customer_id": "ana", "anonymous_id": "x1", "ts": "2026-03-01T11:00:00Z"},
		Row{"type": "alias", "customer_id": "ana", "anonymous_id": "x2", "ts": "2026-03-01T11:00:00Z"},
	)
	s.want("FROM moved ORDER BY key", "-2 1", "-1 1")
	s.want("FROM customer", "1 ana 2026-03-01 10:00:00")
	s.want("SELECT customer, ts, last_at FROM visit", "1 2026-03-01 10:00:00 2026-03-01 10:10:00")
	s.want("SELECT key FROM event ORDER BY ts", "-1", "-2")
}

func TestExistence(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.customers(
		Row{"customer_id": "always", "fields": []Field{{"country", "RO"}}},
		Row{"customer_id": "created", "created_at": "2026-01-05T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"},
		Row{"customer_id": "said", "updated_at": "2026-02-01T00:00:00Z", "fields": []Field{{"country", "RO"}}},
	)
	s.want("SELECT id, exists_from FROM customer ORDER BY id", "always -infinity", "created 2026-01-05", "said 2026-02-01")
	s.orders(Row{"order_id": "o1", "customer_id": "said", "ts": "2026-01-01T00:00:00Z", "status": "failed"})
	s.customers(Row{"customer_id": "always", "fields": []Field{{"country", "DE"}}})
	s.events(Row{"type": "track", "event": "order_cancelled", "customer_id": "created", "ts": "2025-12-01T00:00:00Z", "properties": `{"order_id":"zz"}`})
	s.want("SELECT id, exists_from FROM customer ORDER BY id", "always 2026-04-03", "created 2025-12-01", "said 2026-01-01")
}

func TestTraitsOverTime(t *testing.T) {
	t.Parallel()
	country := func(v string) []Field { return []Field{{"country", v}} }
	for _, test := range []struct {
		name  string
		loads [][]Row
		want  []string
	}{
		{
			"a first value is from always, a change from its import",
			[][]Row{{{"fields": country("RO")}}, {{"fields": country("RO")}}, {{"fields": country("DE")}}},
			[]string{"RO -infinity 2026-04-03", "DE 2026-04-03 infinity"},
		},
		{
			"updated_at says since when, late ones fit in",
			[][]Row{
				{{"fields": country("RO"), "updated_at": "2026-01-01T00:00:00Z"}},
				{{"fields": country("DE"), "updated_at": "2026-03-01T00:00:00Z"}},
				{{"fields": country("FR"), "updated_at": "2026-02-01T00:00:00Z"}},
			},
			[]string{"RO 2026-01-01 2026-02-01", "FR 2026-02-01 2026-03-01", "DE 2026-03-01 infinity"},
		},
		{
			"emptied",
			[][]Row{{{"fields": country("RO")}}, {{"fields": country("")}}, {{"fields": country("")}}, {{"fields": country("RO")}}},
			[]string{"RO -infinity 2026-04-02", "RO 2026-04-04 infinity"},
		},
		{
			"several rows in one file",
			[][]Row{{{"fields": country("RO")}, {"fields": country("FR")}, {"fields": country("DE")}}},
			[]string{"RO -infinity 2026-04-01", "DE 2026-04-01 infinity"},
		},
		{
			"a change after something dated",
			[][]Row{{{"fields": country("RO"), "updated_at": "2026-01-01T00:00:00Z"}}, {{"fields": country("DE")}}},
			[]string{"RO 2026-01-01 2026-04-02", "DE 2026-04-02 infinity"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			for _, rows := range test.loads {
				for _, row := range rows {
					row["customer_id"] = "ana"
				}
				s.customers(rows...)
			}
			s.want("SELECT value, valid_from, valid_to FROM trait ORDER BY valid_from", test.want...)
			for _, rows := range test.loads[len(test.loads)-1:] {
				before := s.prints("import", "shop")
				if r := s.customers(rows...); r.Unchanged != r.Rows {
					t.Errorf("again: %+v", r)
				}
				wantSame(t, before, s.prints("import", "shop"))
			}
		})
	}
}

func TestOrdersSetCountryUnlessCustomerDataDoes(t *testing.T) {
	t.Parallel()
	order := func(id, at, country string, more Row) Row {
		row := Row{"order_id": id, "customer_id": "ana", "ts": at, "total": 1, "country": country}
		maps.Copy(row, more)
		return row
	}
	for _, test := range []struct {
		name   string
		orders []Row
		data   []Row
		want   []string
	}{
		{
			"one country",
			[]Row{order("o2", "2026-02-01T00:00:00Z", "RO", nil), order("o1", "2026-01-01T00:00:00Z", "RO", nil)},
			nil,
			[]string{"RO 2026-01-01 infinity"},
		},
		{
			"ties go to the greater id",
			[]Row{order("o2", "2026-01-01T00:00:00Z", "DE", nil), order("o10", "2026-01-01T00:00:00Z", "RO", nil)},
			nil,
			[]string{"DE 2026-01-01 infinity"},
		},
		{
			"what does not count sets nothing",
			[]Row{order("o1", "2026-01-01T00:00:00Z", "RO", Row{"status": "failed"}), order("o2", "2026-02-01T00:00:00Z", "DE", nil)},
			nil,
			[]string{"DE 2026-02-01 infinity"},
		},
		{
			"cancelled later sets it still",
			[]Row{order("o1", "2026-01-01T00:00:00Z", "RO", Row{"cancelled_at": "2026-01-02T00:00:00Z"})},
			nil,
			[]string{"RO 2026-01-01 infinity"},
		},
		{
			"an order without one leaves it",
			[]Row{order("o1", "2026-01-01T00:00:00Z", "RO", nil), order("o2", "2026-02-01T00:00:00Z", "", nil), order("o3", "2026-03-01T00:00:00Z", "RO", nil)},
			nil,
			[]string{"RO 2026-01-01 infinity"},
		},
		{
			"customer data wins",
			[]Row{order("o1", "2026-01-01T00:00:00Z", "RO", nil), order("o2", "2026-03-01T00:00:00Z", "DE", nil)},
			[]Row{{"updated_at": "2026-02-01T00:00:00Z", "fields": []Field{{"country", "FR"}}}},
			[]string{"RO 2026-01-01 2026-02-01", "FR 2026-02-01 infinity"},
		},
		{
			"emptied customer data gives way",
			[]Row{order("o1", "2026-01-01T00:00:00Z", "RO", nil), order("o2", "2026-03-01T00:00:00Z", "DE", nil)},
			[]Row{{"updated_at": "2026-02-01T00:00:00Z", "fields": []Field{{"country", "FR"}}}, {"updated_at": "2026-02-15T00:00:00Z", "fields": []Field{{"country", ""}}}},
			[]string{"RO 2026-01-01 2026-02-01", "FR 2026-02-01 2026-02-15", "RO 2026-02-15 2026-03-01", "DE 2026-03-01 infinity"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, dataFirst := range []bool{false, true} {
				s := openShop(t)
				for _, row := range test.data {
					row["customer_id"] = "ana"
				}
				if dataFirst && test.data != nil {
					s.customers(test.data...)
				}
				s.orders(test.orders...)
				if !dataFirst && test.data != nil {
					s.customers(test.data...)
				}
				s.want("SELECT value, valid_from, valid_to FROM trait WHERE name = 'country' ORDER BY valid_from", test.want...)
			}
		})
	}
}

func TestIdentifyNamesFields(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.events(Row{
		"type": "identify", "customer_id": "ana", "ts": "2026-03-01T10:00:00Z",
		"traits": `{"email":"a@x.ro","firstName":"Ana","address":{"country":"RO","city":"Iasi"},"birthday":"1990-02-28","shoe size":38,"tags":["a","b"],"vip":true,"none":null}`,
	})
	s.want("SELECT name, value FROM trait ORDER BY name", "birth_date 1990-02-28", "city Iasi", "country RO", `tags ["a","b"]`,
		"traits.first_name Ana", "traits.shoe size 38", "traits.vip true")
	s.want("FROM event")
}
