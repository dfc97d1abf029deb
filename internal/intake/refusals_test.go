package intake

import (
	"strings"
	"testing"

	"kith/internal/commerce"
)

// refuses checks the lines of the rejects, without the rows themselves.
func refuses(t *testing.T, got read, want ...string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(got.rejects) {
		reason, _, _ := strings.Cut(line, "\t")
		lines = append(lines, reason)
	}
	for i := range max(len(lines), len(want)) {
		if at(lines, i) != at(want, i) {
			t.Errorf("refused row %d\n got: %s\nwant: %s", i, at(lines, i), at(want, i))
		}
	}
}

const control = " holds a line break or another control character, which an id may not"

// TestIDsAreOneLine: an id with a control character is refused, in whatever
// field and format.
func TestIDsAreOneLine(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders},
		"order_id,customer_id,email,phone,at,product_id,coupon",
		"o1,\"quo\"\"te'\nnl\",,,2026-03-01,,",
		"o2,a\x1bb,,,2026-03-01,,",
		"o3,ana,\"a\nb@x.ro\",,2026-03-01,,",
		"o4,ana,,\"+40712\r345678\",2026-03-01,,",
		"\"o\t5\",ana,,,2026-03-01,,",
		"o6,ana,,,2026-03-01,la\x7fmp,",
		"o7,anä\u0085,,,2026-03-01,,",
		"o8,ânä ï €,,,2026-03-01,lamp,\"two\nlines\"",
	)
	refuses(t, got,
		`a.csv:2: customer_id: "quo"te'\nnl"`+control, `a.csv:4: customer_id: "a\u{1b}b"`+control, `a.csv:5: email: "a\nb@x.ro"`+control,
		`a.csv:7: phone: "+40712\r345678"`+control, `a.csv:8: order_id: "o\t5"`+control, `a.csv:9: product_id: "la\u{7f}mp"`+control, `a.csv:10: customer_id: "anä\u{85}"`+control)
	if len(got.rows) != 1 {
		t.Fatalf("got %v", got.rows)
	}
	is(t, got.rows[0], "customer_id=ânä ï €; coupon=two\nlines")
}

// TestIDsInJSON: a list or an object is no id, a text with braces is.
func TestIDsInJSON(t *testing.T) {
	t.Parallel()
	const nested = " is a list or an object: an id is a text or a number"
	got := csv(t, Config{Kind: commerce.Customers},
		`{"customer_id":{"a":1},"email":"a@x.ro"}`,
		`{"customer_id":[7],"email":"a@x.ro"}`,
		`{"customer_id":"a\u0000b"}`,
		`{"customer_id":"{3F25}"}`,
		`{"customer_id":8,"id":{"a":1}}`,
	)
	refuses(t, got, `a.csv:1: customer_id: "{"a":1}"`+nested, `a.csv:2: customer_id: "[7]"`+nested, `a.csv:3: customer_id: "a�b"`+control)
	if len(got.rows) != 2 {
		t.Fatalf("got %v", got.rows)
	}
	is(t, got.rows[0], "customer_id={3F25}")
	if s := said(got.rows[1]); !strings.HasPrefix(strings.ReplaceAll(s, `\"`, `"`), `traits.id='{"a":1`) {
		t.Errorf("the row says %s", s)
	}

	got = csv(t, Config{Kind: commerce.Events},
		`{"event":"x","userId":{"a":1},"timestamp":"2026-03-01T15:00:00Z"}`,
		`{"event":"x","anonymousId":"a\nb","timestamp":"2026-03-01T15:00:00Z"}`,
		`{"event":"x","userId":7,"timestamp":"2026-03-01T15:00:00Z"}`)
	refuses(t, got, `a.csv:1: customer_id: "{"a":1}"`+nested, `a.csv:2: anonymous_id: "a\nb"`+control)
	is(t, got.rows[0], "customer_id=7")
}

func TestNegativeRefunded(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders}, "order_id,at,total,refunded", "o1,2026-03-01,9,-5", "o2,2026-03-01,9,5")
	refuses(t, got, `a.csv:2: refunded: "-5" is negative`)
}

func TestRatesThatAreNoNumbers(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Rates}, "date,currency,rate", "2026-03-01,EUR,5", "2026-03-01,USD,abc", "2026-03-01,GBP,1e5", "2026-03-01,CHF,1234567890123")
	refuses(t, got, `a.csv:3: rate: "abc" is not a number`, `a.csv:4: rate: "1e5" is not a number`,
		`a.csv:5: rate: "1234567890123": the number does not fit: at most 12 digits and 6 decimals`)
}

// TestMissingInstants: only where an order has other rows is there a word of them.
func TestMissingInstants(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders}, "order_id,at,sku", "o1,2026-03-01 10:00,a", "o2,0000-00-00,a", "o3,,a", "o4,,a", "o4,,b")
	refuses(t, got, "a.csv:3: at: it is missing", "a.csv:4: at: it is missing",
		"a.csv:5: at: it is missing, and no row of the order that could be used has it", "a.csv:6: at: it is missing, and no row of the order that could be used has it")
}

// TestParquetBytes: bytes that are no text refuse their row, and the reject
// shows the row as it stands in the file.
func TestParquetBytes(t *testing.T) {
	t.Parallel()
	path := parquet(t, "a.parquet", `SELECT * FROM (VALUES
		('o1'::BLOB, DATE '2026-03-01', 'ana'::BLOB, '2.5'::BLOB, 7),
		('o2'::BLOB, DATE '2026-03-01', '\xFF\xFE'::BLOB, '1'::BLOB, 7),
		('\xFF'::BLOB, DATE '2026-03-01', 'ana'::BLOB, '1'::BLOB, 8),
		('o4'::BLOB, DATE '2026-03-01', 'ana'::BLOB, '\xFF'::BLOB, 7)) t(order_id, "at", customer_id, total, size)`)
	got := run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	refuses(t, got, "a.parquet:2: customer_id: its bytes are not UTF-8 text", "a.parquet:3: order_id: its bytes are not UTF-8 text", "a.parquet:4: total: its bytes are not UTF-8 text")
	if len(got.rows) != 1 {
		t.Fatalf("got %v\n%s", got.rows, got.rejects)
	}
	is(t, got.rows[0], "order_id=o1; customer_id=ana; total=2.500000")
	if strings.Contains(got.rejects, "file_row_number") || strings.Count(got.rejects, `"size":7}`) != 2 {
		t.Errorf("the rejects are %s", got.rejects)
	}

	path = parquet(t, "b.parquet", `SELECT 'ana' AS customer_id, '\xFF'::BLOB AS shoe UNION ALL SELECT 'b' || chr(10) || 'b', NULL`)
	got = run(t, Config{Kind: commerce.Customers, Files: []string{path}})
	refuses(t, got, "b.parquet:1: shoe: its bytes are not UTF-8 text", `b.parquet:2: customer_id: "b\nb"`+control)

	path = parquet(t, "c.parquet", `SELECT {'a': 1} AS customer_id, DATE '2026-03-01' AS "at", 'o1' AS order_id`)
	got = run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	refuses(t, got, `c.parquet:1: customer_id: "{"a":1}" is a list or an object: an id is a text or a number`)
}
