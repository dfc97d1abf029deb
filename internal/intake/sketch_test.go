package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kith/internal/commerce"
)

// sketched is "column [samples] fields" for each column of the first file.
func sketched(t *testing.T, cfg Config) (columns []string, p Previewed) {
	t.Helper()
	cfg.Temp = t.TempDir()
	p, err := Preview(t.Context(), cfg, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Sketches[0].Columns {
		columns = append(columns, fmt.Sprintf("%d %s %q %v", c.Number, c.Name, c.Samples, c.Fields))
	}
	return columns, p
}

// TestSketches show a file as it stands, also one that lacks columns.
func TestSketches(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg     Config
		want    []string
		problem string
	}{
		"other names": {
			Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "Beleg;Straße;date\n1;\"a;b\";2026-03-01\n2;;2026-03-01\n")}},
			[]string{`1 Beleg ["1" "2"] []`, `2 Straße ["a;b"] []`, `3 date ["2026-03-01"] [at]`},
			"order_id",
		},
		"twice": {
			Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "order_id,at,at\n1,2026-03-01,2026-03-02\n")}},
			[]string{`1 order_id ["1"] [order_id]`, `2 at ["2026-03-01"] []`, `3 at ["2026-03-02"] []`},
			"stands there 2 times",
		},
		"mapped": {
			Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "order_id,at,at\n1,2026-03-01,2026-03-02\n")}, Map: map[string]string{"at": "3"}},
			[]string{`1 order_id ["1"] [order_id]`, `2 at ["2026-03-01"] []`, `3 at ["2026-03-02"] [at]`},
			"",
		},
		"no header": {
			Config{Kind: commerce.Customers, Files: []string{file(t, "a.csv", "1,ana@x.ro\n2,bob@x.ro\n")}},
			[]string{`1 1 ["1" "2"] []`, `2 2 ["ana@x.ro" "bob@x.ro"] []`},
			"customer_id or email or phone",
		},
		"json": {
			Config{Kind: commerce.Customers, Files: []string{file(t, "a.json", `{"id":"c1","Shoe size":38,"x":null}`+"\nno object\n"+`{"id":"c2","tags":["a"],"x":"țâ"}`+"\n")}},
			[]string{`1 id ["c1" "c2"] [customer_id]`, `2 Shoe size ["38"] [traits.Shoe_size]`, `3 x ["țâ"] [traits.x]`, `4 tags ["[\"a\"]"] [tags]`},
			"",
		},
		"parquet": {
			Config{Kind: commerce.Orders, Files: []string{parquet(t, "a.parquet", "SELECT 1 AS nr, DATE '2026-03-01' AS day UNION ALL SELECT 2, NULL")}},
			[]string{`1 nr ["1" "2"] []`, `2 day ["2026-03-01"] []`},
			"order_id",
		},
		"parquet behind another": {
			Config{Kind: commerce.Orders, Files: []string{file(t, "a.csv", "x,y\n1,2\n"), parquet(t, "b.parquet", "SELECT 1 AS nr")}},
			[]string{`1 x ["1"] []`, `2 y ["2"] []`},
			"order_id",
		},
		"windows-1252": {
			Config{Kind: commerce.Customers, Files: []string{file(t, "a.csv", "id,Stra\xdfe\n1,M\xfcnchen\n")}},
			[]string{`1 id ["1"] [customer_id]`, `2 Straße ["München"] [traits.Straße]`},
			"",
		},
		"long": {
			Config{Kind: commerce.Customers, Files: []string{file(t, "a.csv", "id,note\n1,"+strings.Repeat("ț", 500)+"\n")}},
			[]string{`1 id ["1"] [customer_id]`, `2 note ["` + strings.Repeat("ț", 50) + `…"] [traits.note]`},
			"",
		},
	} {
		got, p := sketched(t, tc.cfg)
		if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
		}
		if (p.Problem == "") != (tc.problem == "") || !strings.Contains(p.Problem, tc.problem) || len(p.Sketches) != len(tc.cfg.Files) {
			t.Errorf("%s: problem %q, %d sketches", name, p.Problem, len(p.Sketches))
		}
	}
}

// TestNamesAreShown and paths are not, wherever a file is spoken of.
func TestNamesAreShown(t *testing.T) {
	t.Parallel()
	got := run(t, Config{Kind: commerce.Orders, Files: []string{file(t, "up_1", "order_id,at\n1,never\n2,2026-03-01\n")}, Names: []string{"comenzi.csv"}})
	if !strings.HasPrefix(got.rejects, "comenzi.csv:2: at: ") || got.Files[0].File != "comenzi.csv" || got.Files[0].Columns[0].Found != FoundName {
		t.Errorf("%s\n%+v", got.rejects, got.Files[0])
	}
	for content, want := range map[string]string{"": "empty", "PAR1 is no Parquet": "Parquet", "\x1f\x8b\x08\x00\x00": "gzip"} {
		path := file(t, "up_2", content)
		_, err := tryRun(t, Config{Kind: commerce.Orders, Files: []string{path}, Names: []string{"comenzi.csv"}})
		fault, ok := errors.AsType[*FileError](err)
		if !ok || !strings.Contains(fault.Error(), "comenzi.csv") || !strings.Contains(fault.Error(), want) || strings.Contains(fault.Error(), "/") {
			t.Errorf("%q: %T %v", content, err, err)
		}
	}
}

// TestAPreviewOfTheBeginning says that it is one, and counts what it saw.
func TestAPreviewOfTheBeginning(t *testing.T) {
	t.Parallel()
	text := "order_id,at\n1,2026-03-01\n2,never\n3,2026-03-01\n" + strings.Repeat("4,never\n", 100)
	all := parquet(t, "a.parquet", "SELECT i AS order_id, TIMESTAMP '2026-03-01' AS at FROM range(50) r(i)")
	for name, tc := range map[string]struct {
		path           string
		rows           int64
		cut            bool
		seen, accepted int64
	}{
		"text":            {file(t, "a.csv", text), 3, true, 3, 2},
		"gzip":            {file(t, "a.csv.gz", text), 3, true, 3, 2},
		"all of the text": {file(t, "a.csv", text), 1000, false, 103, 2},
		"no limit":        {file(t, "a.csv", text), 0, false, 103, 2},
		"json":            {file(t, "a.json", strings.Repeat(`{"order_id":1,"at":"2026-03-01"}`+"\n", 9)), 4, true, 4, 4},
		"parquet":         {all, 7, true, 7, 7},
		"all of it":       {all, 51, false, 50, 50},
	} {
		_, p := sketched(t, Config{Kind: commerce.Orders, Files: []string{tc.path}, Rows: tc.rows})
		if p.Cut != tc.cut || p.Rows != tc.seen || p.Accepted != tc.accepted || p.Refused != tc.seen-tc.accepted {
			t.Errorf("%s: cut %v, rows %d, accepted %d, refused %d", name, p.Cut, p.Rows, p.Accepted, p.Refused)
		}
	}
}
