package intake

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/duck"
)

// read is what a test sees of a reading: the records as texts, by column, and
// the rejects without the folder's name.
type read struct {
	Report

	rows    []map[string]string
	rejects string
}

// file writes a file for a test. A name in .gz is compressed.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	data := []byte(content)
	if strings.HasSuffix(name, ".gz") {
		data = zipped(t, content)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run reads files and gives what came out; it fails the test on an error.
func run(t *testing.T, cfg Config) read {
	t.Helper()
	got, err := tryRun(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func tryRun(t *testing.T, cfg Config) (read, error) {
	t.Helper()
	var rejects bytes.Buffer
	cfg.Temp, cfg.Out, cfg.Rejects = t.TempDir(), t.TempDir(), &rejects
	cfg.Threads, cfg.MemoryLimit = 2, 400<<20
	report, err := Read(t.Context(), cfg)
	if left, _ := os.ReadDir(cfg.Temp); len(left) > 0 {
		t.Errorf("temporary files were left behind: %v", left)
	}
	if err != nil {
		if left, _ := os.ReadDir(cfg.Out); len(left) > 0 {
			t.Errorf("records were left behind after an error: %v", left)
		}
		return read{}, err
	}
	got := read{Report: report, rejects: rejects.String()}
	for _, f := range cfg.Files {
		got.rejects = strings.ReplaceAll(got.rejects, f, filepath.Base(f))
	}
	got.rows = records(t, cfg.Kind, cfg.Out, report)
	return got, nil
}

// records reads back what was written, in its order.
func records(t *testing.T, kind commerce.Kind, out string, report Report) []map[string]string {
	t.Helper()
	db, err := duck.Open(t.Context(), duck.Config{TempDir: t.TempDir(), AllowedDirs: []string{out}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var rows []map[string]string
	for _, f := range report.Files {
		if f.Records != "" {
			rows = append(rows, recordsIn(t, db, kind, f.Records)...)
		}
	}
	return rows
}

func recordsIn(t *testing.T, db *duck.DB, kind commerce.Kind, path string) []map[string]string {
	t.Helper()
	var names, texts []string
	for _, c := range commerce.Records(kind) {
		names = append(names, c.Name)
		texts = append(texts, "CAST("+c.Name+" AS VARCHAR)")
	}
	result, err := db.QueryContext(t.Context(), "SELECT "+strings.Join(texts, ", ")+" FROM read_parquet("+duck.Literal(path)+")")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var rows []map[string]string
	for result.Next() {
		values, targets := make([]*string, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := result.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, v := range values {
			if v != nil {
				row[names[i]] = *v
			}
		}
		rows = append(rows, row)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// is compares a row with "column=value ..." pairs, separated by "; ".
func is(t *testing.T, row map[string]string, want string) {
	t.Helper()
	for pair := range strings.SplitSeq(want, "; ") {
		name, value, _ := strings.Cut(pair, "=")
		if row[name] != value {
			t.Errorf("%s is %q, want %q (row %v)", name, row[name], value, row)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

const twoOrders = "order_id,customer_id,at,total\no1,ana,2026-03-01 10:00:00,12.50\no2,bob,2026-03-02,3\n"

func TestOrders(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", twoOrders)}})
	if got.Rows != 2 || got.Accepted != 2 || got.Refused != 0 || !got.Ordered || got.rejects != "" {
		t.Errorf("got %+v, rejects %q", got.Report, got.rejects)
	}
	is(t, got.rows[0], "file=0; line=2; pos=0; order_id=o1; customer_id=ana; ts=2026-03-01 10:00:00; total=12.500000; status=; email=")
	is(t, got.rows[1], "file=0; line=3; pos=1; order_id=o2; customer_id=bob; ts=2026-03-02 00:00:00; total=3.000000")
	if want := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC); !got.To.Equal(want) {
		t.Errorf("To is %v, want %v", got.To, want)
	}
}

// TestForms reads the same two orders however the file is written.
func TestForms(t *testing.T) {
	t.Parallel()
	utf16 := func(order string) string {
		var b strings.Builder
		for _, r := range "\ufeff" + strings.ReplaceAll(twoOrders, "ana", "ană") {
			lo, hi := byte(r), byte(r>>8)
			if order == "le" {
				b.Write([]byte{lo, hi})
			} else {
				b.Write([]byte{hi, lo})
			}
		}
		return b.String()
	}
	swap := func(delimiter string) string { return strings.ReplaceAll(twoOrders, ",", delimiter) }
	for name, tc := range map[string]struct {
		name, content string
		form          Form
	}{
		"comma":         {"a.csv", twoOrders, Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"semicolon":     {"a.csv", swap(";"), Form{Type: "csv", Encoding: "utf-8", Delimiter: ";", Quote: `"`, Header: true}},
		"tab":           {"a.tsv", swap("\t"), Form{Type: "csv", Encoding: "utf-8", Delimiter: "tab", Quote: `"`, Header: true}},
		"bar":           {"a.txt", swap("|"), Form{Type: "csv", Encoding: "utf-8", Delimiter: "|", Quote: `"`, Header: true}},
		"gzip, no name": {"a.gz", twoOrders, Form{Type: "csv", Gzip: true, Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"crlf, bom":     {"a.csv", "\ufeff" + strings.ReplaceAll(twoOrders, "\n", "\r\n"), Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"old mac":       {"a.csv", strings.ReplaceAll(twoOrders, "\n", "\r"), Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"quoted":        {"a.csv", `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(twoOrders), ",", `","`), "\n", "\"\n\"") + `"`, Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"apostrophes":   {"a.csv", `'` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(twoOrders), ",", `','`), "\n", "'\n'") + `'`, Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `'`, Header: true}},
		"blank lines":   {"a.csv", strings.ReplaceAll(twoOrders, "\n", "\n\n"), Form{Type: "csv", Encoding: "utf-8", Delimiter: ",", Quote: `"`, Header: true}},
		"utf-16le":      {"a.csv", utf16("le"), Form{Type: "csv", Encoding: "utf-16le", Delimiter: ",", Quote: `"`, Header: true}},
		"utf-16be":      {"a.csv", utf16("be"), Form{Type: "csv", Encoding: "utf-16be", Delimiter: ",", Quote: `"`, Header: true}},
		"windows-1252":  {"a.csv", strings.ReplaceAll(twoOrders, "ana", "an\xe9"), Form{Type: "csv", Encoding: "windows-1252", Delimiter: ",", Quote: `"`, Header: true}},
		"json lines": {"a.jsonl", `{"order_id":"o1","customer_id":"ana","at":"2026-03-01T10:00:00Z","total":12.5}` + "\n" +
			`{"total":3,"at":"2026-03-02","customer_id":"bob","order_id":"o2","nothing":null}`, Form{Type: "json", Encoding: "utf-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, tc.name, tc.content)}})
			if len(got.rows) != 2 || got.rejects != "" {
				t.Fatalf("got %v, rejects %s", got.rows, got.rejects)
			}
			if got.Files[0].Form != tc.form {
				t.Errorf("form is %+v, want %+v", got.Files[0].Form, tc.form)
			}
			is(t, got.rows[0], "order_id=o1; ts=2026-03-01 10:00:00; total=12.500000")
			is(t, got.rows[1], "order_id=o2; customer_id=bob; ts=2026-03-02 00:00:00; total=3.000000")
			want := map[string]string{"utf-16le": "ană", "utf-16be": "ană", "windows-1252": "ané"}[name]
			if want == "" {
				want = "ana"
			}
			is(t, got.rows[0], "customer_id="+want)
		})
	}
}

func TestRejects(t *testing.T) {
	t.Parallel()
	rows := []string{
		"order_id,customer_id,at,status,currency,quantity,unit_price,email",
		"o1,ana,2026-03-01 10:00,paid,EUR,1,2.50,a@x.ro",
		"o2,ana,2026-13-01 10:00,paid,EUR,1,2.50,",
		",ana,2026-03-01 10:00,paid,EUR,1,2.50,",
		"o3,ana,2026-03-01 10:00,teleported,EUR,1,2.50,",
		"o4,ana,2026-03-01 10:00,Partially Refunded,eur,1,2.50,A@X.RO",
		"o5,ana,2026-03-01 10:00,paid,ZZZ,1,2.50,",
		"o6,ana,2026-03-01 10:00,paid,EUR,many,2.50,",
		"o7,ana,2026-03-01 10:00,paid,EUR,1,-2.50,",
		"o8,ana,2026-03-01 10:00,paid,EUR,1",
		"o9,ana,2026-03-01 10:00,paid,EUR,1,2.50,,,,",
		"o10,ana,2026-03-01 10:00,paid,EUR,1,2.50,x,y",
		`o11,"ana" x,2026-03-01 10:00,paid,EUR,1,2.50,`,
		"o12,a\x1b[31mna,bad\tday,paid,EUR,1,2.50,",
		`o13,"two`,
		`lines",never,paid,EUR,1,2.50,`,
		"o14,ana,2026-03-01 10:00,paid,EUR,1.2345678,1e3,",
		"o15,ana,2026-03-01 10:00,paid,EUR,1.2345678,1234567890123,nobody",
	}
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "bad.csv", strings.Join(rows, "\n"))}})
	want := []string{
		`bad.csv:3: at: "2026-13-01 10:00" is not an instant as this column writes them (YYYY-MM-DD hh:mm), from 1900 on` + "\t" + rows[2],
		"bad.csv:4: order_id: it is missing\t" + rows[3],
		`bad.csv:5: status: "teleported" is no status that is known: paid, partially_paid, partially_refunded, refunded, processing, completed, fulfilled, pending, failed, draft, void` + "\t" + rows[4],
		`bad.csv:7: currency: "ZZZ" is not a currency code` + "\t" + rows[6],
		`bad.csv:8: quantity: "many" is not a number` + "\t" + rows[7],
		`bad.csv:9: unit_price: "-2.50" is negative` + "\t" + rows[8],
		"bad.csv:10: row: the row has 6 cells, the file 8 columns\t" + rows[9],
		"bad.csv:12: row: the row has 9 cells, the file 8 columns\t" + rows[11],
		"bad.csv:13: row: there is text behind a closing quote\t" + rows[12],
		`bad.csv:14: customer_id: "a\u{1b}[31mna" holds a line break or another control character, which an id may not` + "\t" + `o12,a\u{1b}[31mna,bad\tday,paid,EUR,1,2.50,`,
		`bad.csv:15: customer_id: "two\nlines" holds a line break or another control character, which an id may not` + "\t" + `o13,"two\nlines",never,paid,EUR,1,2.50,`,
		`bad.csv:17: unit_price: "1e3" is not a number` + "\t" + rows[16],
	}
	lines := strings.Split(strings.TrimSuffix(got.rejects, "\n"), "\n")
	for i := range max(len(want), len(lines)) {
		if i >= len(lines) || i >= len(want) || lines[i] != want[i] {
			t.Errorf("line %d of the rejects:\n got %q\nwant %q", i+1, at(lines, i), at(want, i))
		}
	}
	if got.Rows != 16 || got.Accepted != 4 || got.Refused != 12 {
		t.Errorf("rows %d accepted %d refused %d", got.Rows, got.Accepted, got.Refused)
	}
	is(t, got.rows[1], "order_id=o4; status=partially_refunded; currency=EUR; email=a@x.ro; line=6")
	is(t, got.rows[2], "order_id=o9; line=11")
	is(t, got.rows[3], "order_id=o15; line=18; quantity=; unit_price=; email=")
	if w := fmt.Sprint(got.Files[0].Warnings); !strings.Contains(w, "{email it is not an e-mail address 1 ") ||
		!strings.Contains(w, "{quantity the number does not fit: at most 12 digits and 6 decimals 1 18 ") ||
		!strings.Contains(w, "{unit_price the number does not fit: at most 12 digits and 6 decimals 1 18 ") {
		t.Errorf("warnings are %s", w)
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(nothing)"
}

// TestUnreadable lists what brings nothing at all, and what is said of it.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	cut := zipped(t, strings.Repeat(twoOrders, 1000))
	dir := t.TempDir()
	for name, tc := range map[string]struct {
		path string
		cfg  Config
		want string
	}{
		"missing file":    {filepath.Join(dir, "no.csv"), Config{}, "there is no such file"},
		"folder":          {dir, Config{}, "it is a folder"},
		"empty":           {file(t, "a.csv", ""), Config{}, "the file is empty"},
		"empty gzip":      {file(t, "a.csv.gz", ""), Config{}, "the file is empty"},
		"only spaces":     {file(t, "a.csv", "  \n\n"), Config{}, "the file is empty"},
		"only a bom":      {file(t, "a.csv", "\ufeff"), Config{}, "the file is empty"},
		"zero bytes":      {file(t, "a.csv", twoOrders+"o3,\x00,2026-03-01,1\n"), Config{}, "line 4 holds a zero byte"},
		"cut gzip":        {file(t, "a.csv", string(cut[:len(cut)-20])), Config{}, "the gzip data is cut short"},
		"damaged gzip":    {file(t, "a.csv", string(cut[:40])+"xxxx"+string(cut[44:])), Config{}, "reading"},
		"stray bytes":     {file(t, "a.csv", string(cut)+"stray"), Config{}, "behind the end of the gzip data stand bytes that are not gzip"},
		"one stray byte":  {file(t, "a.csv", string(cut)+"\x00"), Config{}, "behind the end of the gzip data stand bytes that are not gzip"},
		"cut second part": {file(t, "a.csv", string(cut)+string(cut[:30])), Config{}, "the gzip data is cut short"},
		"excel":           {file(t, "a.csv", "PK\x03\x04xxxxxxxxxxxxxxx"), Config{}, "an Excel workbook"},
		"pdf":             {file(t, "a.csv", "%PDF-1.7 xxxxxxxxxxxx"), Config{}, "a PDF"},
		"gzip twice":      {file(t, "a.gz", string(cut)), Config{}, "gzip twice"},
		"json array":      {file(t, "a.json", "[{}]"), Config{}, "one object a line"},
		"no json at all":  {file(t, "a.json", "{x\n{y\n"), Config{}, "no line of it is a JSON object"},
		"no order id":     {file(t, "a.csv", "ordr_id,customer_id,at\no1,ana,2026-03-01\n"), Config{}, `orders need a column for order_id: found ordr_id, customer_id, at (did you mean "ordr_id"?)`},
		"no instant":      {file(t, "a.csv", "order_id,customer_id\no1,ana\n"), Config{}, "orders need a column for at: found order_id, customer_id"},
		"no header":       {file(t, "a.csv", "o1,ana,2026-03-01\no2,bob,2026-03-01\n"), Config{}, "the first row is no header, so columns go by number"},
		"no key":          {file(t, "a.csv", "name,shoe\nAna,38\n"), Config{Kind: commerce.Customers}, "customer_id or email or phone"},
		"no rate":         {file(t, "a.csv", "date,currency\n2026-01-01,EUR\n"), Config{Kind: commerce.Rates}, "rates need a column for rate"},
		"no product":      {file(t, "a.csv", "name,price\nLamp,3\n"), Config{Kind: commerce.Products}, "products need a column for product_id"},
		"no event":        {file(t, "a.csv", "at,customer_id\n2026-01-01,ana\n"), Config{Kind: commerce.Events}, "events need a column for event"},
		"double header":   {file(t, "a.csv", "order_id,at,total,Total\no1,2026-03-01,1,2\n"), Config{}, `the column "total" stands there 2 times`},
		"unknown column":  {file(t, "a.csv", twoOrders), Config{Map: map[string]string{"city": "Town"}}, `there is no column "Town"`},
		"unknown field":   {file(t, "a.csv", twoOrders), Config{Map: map[string]string{"totl": "total"}}, `no field "totl" (did you mean "total"?)`},
		"unknown format":  {file(t, "a.csv", twoOrders), Config{Format: "magento"}, `unknown format "magento"`},
		"format for kind": {file(t, "a.csv", twoOrders), Config{Kind: commerce.Events, Format: OnlineRetail}, "is for orders"},
		"unknown kind":    {file(t, "a.csv", twoOrders), Config{Kind: "coupons"}, `unknown kind "coupons"`},
		"bad currency":    {file(t, "a.csv", twoOrders), Config{Currency: "XX"}, `unknown currency "XX"`},
		"cut parquet":     {file(t, "a.parquet", "PAR1 and nothing that follows PAR1"), Config{}, "not a whole Parquet file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.cfg.Kind == "" {
				tc.cfg.Kind = commerce.Orders
			}
			tc.cfg.Files = []string{tc.path}
			got, err := tryRun(t, tc.cfg)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v and %+v, want one line with %q", err, got.Report, tc.want)
			}
		})
	}
}

// TestOneBadFileTakesNothing: two files, the second cannot be read.
func TestOneBadFileTakesNothing(t *testing.T) {
	t.Parallel()
	_, err := tryRun(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", twoOrders), file(t, "b.csv", "")}})
	if err == nil {
		t.Error("want an error")
	}
}

// TestOneBadByte: a file that is UTF-8 but for one byte stays UTF-8.
func TestOneBadByte(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", twoOrders+"o3,ăâîșțăâîșțăâîșț,2026-03-01,1\no4,x\xffx,2026-03-01,1\n")}})
	if want := "a.csv:5: row: it is not UTF-8 text\to4,x\\xffx,2026-03-01,1\n"; got.rejects != want || got.Accepted != 3 {
		t.Errorf("accepted %d, rejects %q, want %q", got.Accepted, got.rejects, want)
	}
}

func TestHeaderOnly(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "order_id,at,total\n")}})
	if got.Rows != 0 || got.Files[0].Records != "" {
		t.Errorf("got %+v", got.Report)
	}
}
