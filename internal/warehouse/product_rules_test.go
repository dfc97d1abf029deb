package warehouse

import (
	"fmt"
	"testing"
)

func TestProductVersions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		loads [][]Row
		want  []string // valid_from valid_to name price stock
	}{
		{
			"from always, then from the import",
			[][]Row{{{"name": "Lamp", "price": 10}}, {{"name": "Lamp", "price": 12}}},
			[]string{"-infinity 2026-04-02 Lamp 10 -", "2026-04-02 infinity Lamp 12 -"},
		},
		{
			"what is not said carries over",
			[][]Row{{{"name": "Lamp", "price": 10}}, {{"stock": 3, "updated_at": "2026-02-01T00:00:00Z"}}},
			[]string{"-infinity 2026-02-01 Lamp 10 -", "2026-02-01 infinity Lamp 10 3"},
		},
		{
			"the stock has an instant of its own",
			[][]Row{{{"name": "Lamp", "price": 10, "stock": 3, "stock_at": "2026-02-01T00:00:00Z"}}},
			[]string{"-infinity 2026-02-01 Lamp 10 -", "2026-02-01 infinity Lamp 10 3"},
		},
		{
			"the stock's instant is the version's",
			[][]Row{{
				{"price": 10, "stock": 5, "updated_at": "2026-01-01T00:00:00Z", "stock_at": "2026-01-01T00:00:00Z"},
				{"price": 12, "stock": 3, "updated_at": "2026-02-01T00:00:00Z", "stock_at": "2026-02-01T00:00:00Z"},
			}},
			[]string{"-infinity 2026-02-01 - 10 5", "2026-02-01 infinity - 12 3"},
		},
		{
			"late versions are carried on",
			[][]Row{
				{{"name": "Lamp", "price": 10, "updated_at": "2026-01-01T00:00:00Z"}, {"stock": 2, "updated_at": "2026-03-01T00:00:00Z"}},
				{{"price": 8, "updated_at": "2026-02-01T00:00:00Z"}},
			},
			[]string{"-infinity 2026-02-01 Lamp 10 -", "2026-02-01 2026-03-01 Lamp 8 -", "2026-03-01 infinity Lamp 8 2"},
		},
		{
			"the same is no version",
			[][]Row{{{"name": "Lamp"}}, {{"name": "Lamp"}}, {{"name": "Lamp", "updated_at": "2026-05-01T00:00:00Z"}}},
			[]string{"-infinity infinity Lamp - -"},
		},
		{
			"several rows",
			[][]Row{{{"price": 1}, {"price": 2, "updated_at": "2026-02-01T00:00:00Z"}, {"price": 3, "updated_at": "2026-03-01T00:00:00Z"}}},
			[]string{"-infinity 2026-02-01 - 1 -", "2026-02-01 2026-03-01 - 2 -", "2026-03-01 infinity - 3 -"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			for _, rows := range test.loads {
				for _, row := range rows {
					row["product_id"] = "lamp"
				}
				s.products(rows...)
			}
			s.want("SELECT valid_from, valid_to, name, price, stock FROM product ORDER BY valid_from", test.want...)
			if test.name == "several rows" {
				return // a price without an instant, said again, is a change from the second import
			}
			before := s.prints("import", "shop")
			if r := s.products(test.loads[len(test.loads)-1]...); r.Unchanged != r.Rows {
				t.Errorf("again: %+v", r)
			}
			wantSame(t, before, s.prints("import", "shop"))
		})
	}
}

// Items and events take what they do not carry from the catalogue as it was,
// whether it comes before or after them, or late.
func TestFactsTakeTheCatalogueOfTheTime(t *testing.T) {
	t.Parallel()
	v1 := Row{"product_id": "lamp", "name": "Lamp", "category": "home", "price": 60, "stock": 5, "tags": []string{"a", "b"}, "released_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"}
	v2 := Row{"product_id": "lamp", "category": "light", "stock": 0, "tags": []string{"c"}, "updated_at": "2026-03-01T00:00:00Z"}
	orders := func(s *shop) {
		s.orders(
			Row{"order_id": "o1", "ts": "2026-01-15T00:00:00Z", "product_id": "lamp", "unit_price": 50},
			Row{"order_id": "o2", "ts": "2026-02-15T00:00:00Z", "product_id": "lamp", "quantity": 2, "product_name": "Own"},
			Row{"order_id": "o3", "ts": "2026-03-01T00:00:00Z", "product_id": "lamp", "category": "own"},
			Row{"order_id": "o4", "ts": "2026-03-01T00:00:00Z", "product_id": "rug"})
	}
	events := func(s *shop) {
		s.events(
			Row{"type": "track", "event": "Product Viewed", "ts": "2026-02-15T00:00:00Z", "properties": `{"product_id":"lamp","price":"55.5"}`},
			Row{"type": "track", "event": "Product Viewed", "ts": "2026-03-15T00:00:00Z", "properties": `{"product":"lamp","tags":["x"],"quantity":2}`})
	}
	for name, steps := range map[string][]func(*shop){
		"catalogue first": {func(s *shop) { s.products(v1, v2) }, orders, events},
		"catalogue last":  {orders, events, func(s *shop) { s.products(v2); s.products(v1) }},
		"between":         {func(s *shop) { s.products(v2) }, events, func(s *shop) { s.products(v1) }, orders},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openShop(t)
			for _, step := range steps {
				step(s)
			}
			s.want("SELECT order_id, name, category, tags, price, revenue, released_at, own FROM item ORDER BY order_id",
				"o1 Lamp home [a, b] 50 50 2026-01-01 64", "o2 Own home [a, b] 60 120 2026-01-01 2",
				"o3 Lamp own [c] 60 60 2026-01-01 4", "o4 - - - - - - 0")
			s.want("SELECT product, product_name, category, tags, price, stock, quantity, own FROM event ORDER BY ts",
				"lamp Lamp home [a, b] 55.5 5 - 64", "lamp Lamp light [x] 60 0 2 32")
		})
	}
}

// TestProductVersionsOfOneInstant loads so many products that a sort has ties
// to break: of a price and a stock that were said of one instant neither is lost.
func TestProductVersionsOfOneInstant(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	var rows []Row
	for i := range 3_000 {
		rows = append(rows, Row{
			"product_id": fmt.Sprint("p", i), "price": i + 1, "stock": i + 2,
			"updated_at": "2026-01-01T00:00:00Z", "stock_at": "2026-01-01T00:00:00Z",
		})
	}
	s.products(rows...)
	s.want("SELECT count(*) FROM product WHERE price = CAST(substr(product, 2) AS INTEGER) + 1 AND stock = price + 1", "3000")
}
