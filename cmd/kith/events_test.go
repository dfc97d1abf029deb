package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/warehouse"
)

// openLocal opens the shop in a folder of this process.
func openLocal(t *testing.T, dir string) *local {
	t.Helper()
	at := time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)
	p := &program{data: dir, stderr: io.Discard, now: func() time.Time { at = at.Add(time.Second); return at }}
	shop, err := p.open(t.Context(), mayMake)
	if err != nil {
		t.Fatal(err)
	}
	l, ok := shop.(*local)
	if !ok {
		t.Fatalf("open = %T", shop)
	}
	return l
}

// someEvents are events of a few persons, who turn out to be one now and then,
// with orders that come twice, are cancelled before they are known, or have no
// id.
func someEvents(r *rand.Rand, n int) commerce.EventBatch {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	var batch commerce.EventBatch
	for range n {
		e := commerce.Event{
			At: time.Date(2026, 3, 1, 0, r.IntN(400)*7, 0, 0, time.UTC), CustomerID: pick("", "a", "b", "c"), AnonymousID: pick("", "x", "y", "z"),
			Email: pick("", "", "", "e@x.example"), MessageID: pick("", "", fmt.Sprint("m", r.IntN(40))),
			Name: pick("Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "order", "order", "Order Cancelled", "Order Refunded", "Points Earned", "Email Opened"),
		}
		properties := map[string]any{"product_id": pick("p1", "p2"), "order_id": pick("", "", "o1", "o2", "o3"), "total": 1 + r.IntN(2), "amount": 5, "quantity": 1}
		e.Properties, _ = json.Marshal(properties)
		if r.IntN(8) == 0 {
			e.Type, e.Name, e.Properties, e.Traits = "identify", "", nil, json.RawMessage(fmt.Sprintf(`{"country":%q}`, pick("RO", "DE")))
		}
		batch.Events = append(batch.Events, e)
	}
	return batch
}

// TestNumbersOfEvents: a price that was computed in binary counts, and of one
// that does not fit the sender is told.
func TestNumbersOfEvents(t *testing.T) {
	t.Parallel()
	l := openLocal(t, filepath.Join(t.TempDir(), "shop"))
	answer, err := l.Track(t.Context(), api.Sender{}, []byte(`[
		{"event":"Order Completed","userId":"ana","properties":{"order_id":"o1","total":3.3000000000000003}},
		{"event":"Order Completed","userId":"ana","properties":{"order_id":"o2","products":[{"product_id":"p","price":0.30000000000000004,"quantity":3}]}},
		{"event":"Order Completed","userId":"ana","properties":{"order_id":"o3","total":3.3333333333}}]`))
	want := []api.EventWarning{{Index: 2, Property: "properties.total", Reason: "3.3333333333 does not fit: at most 12 digits and 6 decimals; it counts as missing"}}
	if err != nil || answer.Accepted != 3 || !slices.Equal(answer.Warnings, want) {
		t.Fatalf("%+v %v", answer, err)
	}
	if _, err := l.load.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	n, err := l.Count(t.Context(), api.Question{Text: "sum(order.total) = 4.2 and count(order) = 3"})
	if err != nil || n.Count != 1 {
		t.Errorf("%+v %v", n, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestEventsAreRebuiltAlike however they were grouped in loads: a rebuild
// takes those together that came between two imports.
func TestEventsAreRebuiltAlike(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir, r := t.TempDir(), rand.New(rand.NewPCG(seed, 7))
			l := openLocal(t, filepath.Join(dir, "shop"))
			for i := range 16 {
				if _, _, err := l.load.AppendEvents(t.Context(), someEvents(r, 1+r.IntN(6))); err != nil {
					t.Fatal(err)
				}
				switch {
				case i%10 == 5:
					orders(t, l, filepath.Join(dir, fmt.Sprint(i, ".csv")), i)
				case i == 12:
					if err := l.load.Append(t.Context(), commerce.RunEntry, loader.Run{}); err != nil {
						t.Fatal(err)
					}
				case r.IntN(2) == 0:
					if _, err := l.load.Advance(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			if _, err := l.load.Advance(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := content(t, l)
			if !strings.Contains(want["orders"], "#") {
				t.Error("there is no order without an id")
			}
			if _, err := l.load.Rebuild(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := content(t, l)
			for table := range maps.Keys(want) {
				if got[table] != want[table] {
					t.Errorf("%s is, rebuilt,\n%sand was\n%s", table, got[table], want[table])
				}
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func orders(t *testing.T, l *local, name string, n int) {
	t.Helper()
	file := fmt.Sprintf("order_id,customer_id,at,total\nf%d,a,2026-03-02T10:00:00Z,7\nf%d,d,2026-03-03T10:00:00Z,8\n", n, n+1)
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Import(t.Context(), api.ImportRequest{Kind: string(commerce.Orders), Files: []string{name}}, api.Watch{}); err != nil {
		t.Fatal(err)
	}
}

// content is every table, without the numbers of loads, in order of its rows'
// places.
func content(t *testing.T, l *local) map[string]string {
	t.Helper()
	tables := map[string]string{}
	for table, columns := range map[string]string{
		"person_key": " EXCLUDE (seq, pos)", "claim": " EXCLUDE (seq, pos)", "moved": "", "customer": "",
		"trait_fact": " EXCLUDE (seq, pos)", "trait": "", "orders": " EXCLUDE (seq, pos)", "item": " EXCLUDE (seq, pos)",
		"refund": " EXCLUDE (seq, pos)", "cancellation": " EXCLUDE (seq, pos)", "points": " EXCLUDE (seq, pos)",
		"event": " EXCLUDE (seq, pos)", "visit": " EXCLUDE (seq, pos)", "cart_item": " EXCLUDE (seq, pos)", "cart_change": "",
		"favourite": " EXCLUDE (seq, pos)", "message": " EXCLUDE (seq, pos)", "score": "", "run": "",
	} {
		text, err := using(l.facts, func(db *warehouse.DB) (string, error) {
			var text string
			conn, err := db.Conn(t.Context())
			if err != nil {
				return "", err
			}
			defer conn.Close()
			err = conn.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(row, chr(10) ORDER BY row), '') || chr(10) FROM (SELECT CAST(x AS VARCHAR) AS row FROM (SELECT *"+
				columns+" FROM "+table+") x)").Scan(&text)
			return text, err
		})
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		tables[table] = text
	}
	return tables
}
