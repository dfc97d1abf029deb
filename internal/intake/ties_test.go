package intake

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kith/internal/commerce"
)

// reasons are the rejects without the rows, in the file's order.
func reasons(rejects string) []string {
	var list []string
	for line := range strings.Lines(rejects) {
		reason, _, _ := strings.Cut(line, "\t")
		list = append(list, reason)
	}
	return list
}

func lines(rows []map[string]string) string {
	var list []string
	for _, row := range rows {
		list = append(list, row["line"])
	}
	return strings.Join(list, " ")
}

// TestARefusedRowTakesItsOrder: an order is taken in full or not at all, so
// that the corrected file brings it whole.
func TestARefusedRowTakesItsOrder(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders},
		"order_id,at,sku,quantity,unit_price,email",
		"o1,2026-03-01,a,1,5,",
		"o2,2026-03-01,a,1,5,",
		"o1,2026-03-01,b,1,-5,",
		"o1,2026-03-01,c,1,x,",
		"o3,2026-03-02,a,1,5,",
		",2026-03-02,a,1,5,",
		"o1,2026-03-01,d,1,5,none",
		"o3,2026-03-02,b,1,5",
		"o2,2026-03-01,b,1,5,",
	)
	want := []string{
		"a.csv:2: order_id: line 4 of the same order was refused",
		`a.csv:4: unit_price: "-5" is negative`,
		`a.csv:5: unit_price: "x" is not a number`,
		"a.csv:7: order_id: it is missing",
		"a.csv:8: order_id: line 4 of the same order was refused",
		"a.csv:9: row: the row has 5 cells, the file 6 columns",
	}
	if r := reasons(got.rejects); !slices.Equal(r, want) {
		t.Errorf("the rejects are\n%s\nwant\n%s", strings.Join(r, "\n"), strings.Join(want, "\n"))
	}
	if got.Rows != 9 || got.Accepted != 3 || got.Refused != 6 || lines(got.rows) != "3 6 10" {
		t.Errorf("rows %d accepted %d refused %d, lines %s", got.Rows, got.Accepted, got.Refused, lines(got.rows))
	}
	if f := got.Files[0]; len(f.Warnings) > 0 || f.From.Day() != 1 || f.To.Day() != 2 || f.Ordered {
		t.Errorf("the report is %+v", f)
	}
}

// TestATieIsOfOneFile: rows of other files are taken, and all rows may go.
func TestATieIsOfOneFile(t *testing.T) {
	t.Parallel()
	const header = "order_id,at,sku,unit_price\n"
	got := run(t, Config{Kind: commerce.Orders, Files: []string{
		file(t, "a.csv", header+"o1,2026-03-01,a,5\no1,2026-03-01,b,-5\n"), file(t, "b.csv", header+"o1,2026-03-01,c,5\n"),
	}})
	if got.Accepted != 1 || got.Refused != 2 || !got.Files[0].From.IsZero() {
		t.Errorf("got %+v", got.Report)
	}
}

// TestTiesOfFormats: an order is what the format reads as its id.
func TestTiesOfFormats(t *testing.T) {
	t.Parallel()
	for format, text := range map[string][]string{
		OnlineRetail: {
			"InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID",
			"1,a,1,2026-03-01,5,7.0", "1,b,1,never,5,7.0", "C1,a,1,2026-03-01,5,7.0",
		},
		WooCommerce: {
			"Order Number,SKU,Quantity,Order Date,Item Cost,Customer ID",
			"1,a,1,2026-03-01,5,7", "1,b,1,never,5,7", "2,a,1,2026-03-01,5,7",
		},
		Shopify: {
			"Name,Lineitem sku,Lineitem quantity,Created at,Lineitem price,Financial Status",
			"#1,a,1,2026-03-01,5,paid", "#1,b,1,,-5,", "#2,a,1,2026-03-01,5,paid",
		},
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			got := csv(t, Config{Kind: commerce.Orders, Format: format}, text...)
			id, _, _ := strings.Cut(text[0], ",")
			if want := "a.csv:2: " + id + ": line 3 of the same order was refused\t"; !strings.HasPrefix(got.rejects, want) || lines(got.rows) != "4" {
				t.Errorf("lines %s, rejects\n%s", lines(got.rows), got.rejects)
			}
		})
	}
}

// TestTiesWithBlankFields: the tie comes after the instants of first rows.
func TestTiesWithBlankFields(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders},
		"order_id,at,total,sku,unit_price,email",
		"o1,2026-03-01,5,a,1,nobody", "o1,,,b,-1,", "o1,,,c,1,", "o2,2026-03-01,5,a,1,nobody", "o2,,,b,1,",
	)
	if lines(got.rows) != "5 6" || got.Refused != 3 {
		t.Errorf("lines %s, rejects\n%s", lines(got.rows), got.rejects)
	}
	if w := fmt.Sprint(got.Files[0].Warnings); w != "[{email it is not an e-mail address 1 5 nobody}]" {
		t.Errorf("the warnings are %s", w)
	}
}

func TestTiesInParquet(t *testing.T) {
	t.Parallel()
	path := parquet(t, "a.parquet", `SELECT * FROM (VALUES (1, DATE '2026-01-01', 5), (1, DATE '2026-01-01', -5), (2, DATE '2026-01-01', 5), (1, DATE '2026-01-01', 7)) t(order_id, "at", unit_price)`)
	got := run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	want := []string{
		"a.parquet:1: order_id: line 2 of the same order was refused", `a.parquet:2: unit_price: "-5" is negative`,
		"a.parquet:4: order_id: line 2 of the same order was refused",
	}
	if r := reasons(got.rejects); !slices.Equal(r, want) || lines(got.rows) != "3" {
		t.Errorf("lines %s, rejects %q", lines(got.rows), got.rejects)
	}
}

// TestNoTies: what has no order ids, and rows of other kinds, stand alone.
func TestNoTies(t *testing.T) {
	t.Parallel()
	got := csv(t, Config{Kind: commerce.Orders, Map: map[string]string{"customer_id": "1", "at": "2", "unit_price": "3"}}, "ana,2026-03-01,5", "ana,2026-03-01,-5")
	if got.Accepted != 1 {
		t.Errorf("orders without ids: %+v\n%s", got.Report, got.rejects)
	}
	got = csv(t, Config{Kind: commerce.Products}, "product_id,price", "p,5", "p,-5")
	if got.Accepted != 1 {
		t.Errorf("products: %+v\n%s", got.Report, got.rejects)
	}
}

// TestPreviewShowsRefusedRows: the first ten, as the rejects name them.
func TestPreviewShowsRefusedRows(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString("order_id,at,sku,unit_price\no1,2026-03-01,a,5\no1,2026-03-01,b,-5\n")
	for i := range 12 {
		fmt.Fprintf(&text, "p%d,never,a,5\n", i)
	}
	text.WriteString("o2,2026-03-01,a,5\n")
	name := file(t, "a.csv", text.String())
	p, err := Preview(t.Context(), Config{Kind: commerce.Orders, Temp: t.TempDir(), Files: []string{name, name}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows != 30 || p.Accepted != 2 || p.Refused != 28 || len(p.Records) != 2 || len(p.RefusedRows) != 10 {
		t.Fatalf("got %+v", p)
	}
	for i, want := range []string{
		name + ":2: order_id: line 3 of the same order was refused", name + `:3: unit_price: "-5" is negative`,
		name + `:4: at: "never" is not an instant as this column writes them (YYYY-MM-DD), from 1900 on`,
	} {
		if got := p.RefusedRows[i].String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestFirstWarning: a warning names the first row and what stands there.
func TestFirstWarning(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 70)
	got := csv(t, Config{Kind: commerce.Orders},
		"order_id,at,total,email,status", "o0,2026-03-01,"+long+",x,odd", "o1,2026-03-01,5,a@x.ro,paid",
		"o2,2026-03-01,"+long+",a@x.ro,paid", "o3,2026-03-01,0.1234567,b@x.ro,paid", "o4,2026-03-01,1,bo\u200bb,paid")
	want := []Warning{
		{"email", "it is not an e-mail address", 1, 6, `bo\u{200b}b`},
		{"total", "the number does not fit: at most 12 digits and 6 decimals", 2, 4, long[:60] + "…"},
	}
	if w := got.Files[0].Warnings; !slices.Equal(w, want) {
		t.Errorf("got %+v\nwant %+v", w, want)
	}
	path := parquet(t, "a.parquet", `SELECT * FROM (VALUES ('o1', DATE '2026-01-01', 5::DOUBLE), ('o2', DATE '2026-01-01', 0.1234567::DOUBLE)) t(order_id, "at", total)`)
	got = run(t, Config{Kind: commerce.Orders, Files: []string{path}})
	if w := got.Files[0].Warnings; len(w) != 1 || w[0].Line != 2 || w[0].Value != "0.1234567" {
		t.Errorf("got %+v", w)
	}
}

// TestNegativeTotals: a return is a refund; where a total below zero means
// one, or an adjustment, it is taken.
func TestNegativeTotals(t *testing.T) {
	t.Parallel()
	const reason = `: "-5.00" is negative: a return is a refund, which is a line with a quantity below zero or stands in the field refunded`
	for name, tc := range map[string]struct {
		format, header, row string
		refused             string
	}{
		"generic":       {Generic, "order_id,at,total", "o1,2026-03-01,-5.00", "total"},
		"zero":          {Generic, "order_id,at,total", "o1,2026-03-01,-0", ""},
		"with a line":   {Generic, "order_id,at,total,quantity", "o1,2026-03-01,-5.00,2", "total"},
		"a return":      {Generic, "order_id,at,total,quantity,unit_price", "o1,2026-03-01,-5.00,-1,5", ""},
		"shopify":       {Shopify, "Name,Created at,Total", "#1,2026-03-01,-5.00", "Total"},
		"woocommerce":   {WooCommerce, "Order ID,Order Date,Order Total", "1,2026-03-01,-5.00", "Order Total"},
		"online-retail": {OnlineRetail, "InvoiceNo,InvoiceDate,Total", "A1,2026-03-01,-5.00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := csv(t, Config{Kind: commerce.Orders, Format: tc.format}, tc.header, tc.row)
			want := ""
			if tc.refused != "" {
				want = "a.csv:2: " + tc.refused + reason + "\t" + tc.row + "\n"
			}
			if got.rejects != want {
				t.Errorf("rejects %q, want %q", got.rejects, want)
			}
		})
	}
}

// TestRateOfTheOwnCurrency: it would be ignored, so it is refused.
func TestRateOfTheOwnCurrency(t *testing.T) {
	t.Parallel()
	cfg := Config{Kind: commerce.Rates, ShopCurrency: "RON"}
	got := csv(t, cfg, "date,currency,rate", "2026-01-01,ron,2", "2026-01-01,EUR,5")
	if want := "a.csv:2: currency: RON is the shop's own currency, which needs no rate: take the row out\t"; got.Accepted != 1 || !strings.HasPrefix(got.rejects, want) {
		t.Errorf("accepted %d, rejects %q", got.Accepted, got.rejects)
	}
	cfg.ShopCurrency = "EUR"
	if other := csv(t, cfg, "date,currency,rate", "2026-01-01,ron,2", "2026-01-01,EUR,5"); other.Hash == got.Hash {
		t.Error("two shops' currencies give one hash")
	}
}
