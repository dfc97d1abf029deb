package duck_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/duck"
)

// connected is a connection to a database in memory, or with a path in a file.
func connected(t *testing.T, path string) *sql.Conn {
	t.Helper()
	db, err := duck.Open(t.Context(), duck.Config{Path: path, TempDir: t.TempDir(), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// scanned reads a query of one column, row by row as show writes it.
func scanned(t *testing.T, conn *sql.Conn, query string, column duck.Column, show func(row int) any) []string {
	t.Helper()
	var all []string
	err := duck.Scan(t.Context(), conn, query, nil, func(rows int) error {
		for i := range rows {
			all = append(all, fmt.Sprint(show(i)))
		}
		return nil
	}, column)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

func TestScanReadsEachType(t *testing.T) {
	t.Parallel()
	conn := connected(t, "")
	var ints duck.Ints
	var floats duck.Floats
	var bools duck.Bools
	var instants duck.Instants
	var decimals duck.Decimals
	var texts duck.Texts
	var lists duck.TextLists
	number := func(i int) any { return shown(ints.Null(i), ints.At(i)) }
	float := func(i int) any { return shown(floats.Null(i), floats.At(i)) }
	decimal := func(i int) any { return shown(decimals.Null(i), fmt.Sprintf("%de-%d", decimals.At(i), decimals.Scale)) }
	long := strings.Repeat("ü", 3000)
	for _, c := range []struct {
		typ    string
		values string
		column duck.Column
		show   func(int) any
		want   []string
	}{
		{"TINYINT", "(-128), (NULL), (127)", &ints, number, []string{"-128", "NULL", "127"}},
		{"SMALLINT", "(-32768), (NULL), (32767)", &ints, number, []string{"-32768", "NULL", "32767"}},
		{"INTEGER", "(-2147483648), (NULL), (2147483647)", &ints, number, []string{"-2147483648", "NULL", "2147483647"}},
		{"BIGINT", "(-9223372036854775808), (NULL), (7)", &ints, number, []string{"-9223372036854775808", "NULL", "7"}},
		{"UTINYINT", "(255), (NULL)", &ints, number, []string{"255", "NULL"}},
		{"USMALLINT", "(65535), (NULL)", &ints, number, []string{"65535", "NULL"}},
		{"UINTEGER", "(4294967295), (NULL)", &ints, number, []string{"4294967295", "NULL"}},
		{"DATE", "('1970-01-03'), (NULL), ('1969-12-31')", &ints, number, []string{"2", "NULL", "-1"}},
		{"FLOAT", "(1.5), (NULL)", &floats, float, []string{"1.5", "NULL"}},
		{"DOUBLE", "(-0.1), (NULL)", &floats, float, []string{"-0.1", "NULL"}},
		{"BOOLEAN", "(true), (NULL), (false)", &bools, func(i int) any { return shown(bools.Null(i), bools.At(i)) }, []string{"true", "NULL", "false"}},
		{
			"TIMESTAMP", "('1970-01-01 00:00:01.000002'), (NULL), ('infinity'), ('-infinity')", &instants,
			func(i int) any { return shown(instants.Null(i), instants.At(i)) },
			[]string{"1000002", "NULL", fmt.Sprint(int64(duck.Infinity)), fmt.Sprint(int64(duck.NegativeInfinity))},
		},
		{"DECIMAL(4, 1)", "(1.5), (NULL), (-99.9)", &decimals, decimal, []string{"15e-1", "NULL", "-999e-1"}},
		{"DECIMAL(9, 0)", "(123456789), (NULL)", &decimals, decimal, []string{"123456789e-0", "NULL"}},
		{"DECIMAL(18, 6)", "(1.5), (-999999999999.999999), (NULL)", &decimals, decimal, []string{"1500000e-6", "-999999999999999999e-6", "NULL"}},
		{
			"VARCHAR", "(''), ('twelve bytes'), ('thirteen byte'), (NULL), ('" + long + "')", &texts,
			func(i int) any { return shown(texts.Null(i), texts.At(i)) },
			[]string{"", "twelve bytes", "thirteen byte", "NULL", long},
		},
		{
			"VARCHAR[]", "([]), (NULL), (['a', NULL, 'longer than twelve bytes']), (['b'])", &lists,
			func(i int) any { return shown(lists.Null(i), fmt.Sprintf("%q", lists.At(i))) },
			[]string{"[]", "NULL", `["a" "" "longer than twelve bytes"]`, `["b"]`},
		},
	} {
		query := fmt.Sprintf("SELECT CAST(x AS %s) FROM (VALUES %s) t(x)", c.typ, c.values)
		if got := scanned(t, conn, query, c.column, c.show); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.typ, got, c.want)
		}
	}
}

func shown(null bool, value any) any {
	if null {
		return "NULL"
	}
	return value
}

// TestScanReadsManyRows reads parts of which some hold NULLs and some none,
// from a table, in order.
func TestScanReadsManyRows(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", t.TempDir() + "/many.duckdb"} {
		conn := connected(t, path)
		const many = 300_000
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf(`CREATE TABLE many AS SELECT i, CASE WHEN i > 1000 AND i %% 3 = 0 THEN NULL ELSE 'text number ' || i END AS x,
			CASE WHEN i %% 5 = 0 THEN [] ELSE ['tag ' || i, 't'] END AS tags FROM range(%d) t(i)`, many))
		if err != nil {
			t.Fatal(err)
		}
		var n duck.Ints
		var x duck.Texts
		var tags duck.TextLists
		next := 0
		err = duck.Scan(t.Context(), conn, "SELECT i, x, tags FROM many", nil, func(rows int) error {
			for i := range rows {
				want := fmt.Sprint("text number ", next)
				if next > 1000 && next%3 == 0 {
					want = ""
				}
				if n.At(i) != int64(next) || x.View(i) != want || x.Null(i) != (want == "") {
					return fmt.Errorf("row %d is %d, %q", next, n.At(i), x.View(i))
				}
				if next%5 == 0 && tags.Len(i) != 0 || next%5 != 0 && (tags.Len(i) != 2 || tags.View(i, 0) != fmt.Sprint("tag ", next)) {
					return fmt.Errorf("row %d has tags %q", next, tags.At(i))
				}
				next++
			}
			return nil
		}, &n, &x, &tags)
		if err != nil || next != many {
			t.Errorf("%d rows, %v", next, err)
		}
	}
}

// TestScanSeesTheConnection reads what only the connection itself has: a
// temporary table, and a transaction that is not committed.
func TestScanSeesTheConnection(t *testing.T) {
	t.Parallel()
	conn := connected(t, t.TempDir()+"/x.duckdb")
	for _, statement := range []string{"CREATE TABLE x (n BIGINT)", "CREATE TEMP TABLE y AS SELECT 7 AS n", "BEGIN", "INSERT INTO x VALUES (8)"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var n duck.Ints
	got := scanned(t, conn, "SELECT n FROM x UNION ALL SELECT n FROM y", &n, func(i int) any { return n.At(i) })
	if slices.Sort(got); !slices.Equal(got, []string{"7", "8"}) {
		t.Errorf("got %v", got)
	}
}

func TestScanBindsValues(t *testing.T) {
	t.Parallel()
	conn := connected(t, "")
	at := time.Date(2026, 3, 1, 10, 0, 0, 1000, time.UTC)
	var n duck.Ints
	var x duck.Texts
	var when duck.Instants
	rows := 0
	err := duck.Scan(t.Context(), conn, "SELECT $n + 1, $x, CAST($at AS TIMESTAMP) WHERE $n > 1", []sql.NamedArg{
		sql.Named("at", at), sql.Named("n", int64(math.MaxInt32)), sql.Named("x", "it's\x00 all"),
	}, func(some int) error {
		rows += some
		if n.At(0) != math.MaxInt32+1 || x.View(0) != "it's\x00 all" || when.At(0) != at.UnixMicro() {
			t.Errorf("got %d, %q, %d", n.At(0), x.View(0), when.At(0))
		}
		return nil
	}, &n, &x, &when)
	if err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func TestScanFindsNothing(t *testing.T) {
	t.Parallel()
	conn := connected(t, "")
	var n duck.Ints
	if got := scanned(t, conn, "SELECT 1 WHERE false", &n, func(i int) any { return n.At(i) }); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	conn := connected(t, "")
	var n duck.Ints
	stop := errors.New("enough")
	for name, c := range map[string]struct {
		query   string
		args    []sql.NamedArg
		columns []duck.Column
		want    string
	}{
		"bad SQL":            {"SELEC 1", nil, []duck.Column{&n}, "Parser Error"},
		"no such table":      {"SELECT 1 FROM nowhere", nil, []duck.Column{&n}, "nowhere"},
		"too few columns":    {"SELECT 1, 2", nil, []duck.Column{&n}, "2 columns, not 1"},
		"another type":       {"SELECT 'x' AS name", nil, []duck.Column{&n}, "column 1, name, as *duck.Ints: the column is of another type"},
		"too wide":           {"SELECT CAST(1 AS DECIMAL(38, 6))", nil, []duck.Column{&duck.Decimals{}}, "more than 18 digits"},
		"a list of numbers":  {"SELECT [1]", nil, []duck.Column{&duck.TextLists{}}, "of another type"},
		"a value too many":   {"SELECT 1", []sql.NamedArg{sql.Named("x", int64(1))}, []duck.Column{&n}, "no $x"},
		"a value too few":    {"SELECT CAST($x AS BIGINT)", nil, []duck.Column{&n}, "x"},
		"a value that is no": {"SELECT $x", []sql.NamedArg{sql.Named("x", 1.5)}, []duck.Column{&n}, "float64"},
		"an error in a row":  {"SELECT CAST(x AS BIGINT) FROM (VALUES ('1'), ('one')) t(x)", nil, []duck.Column{&n}, "Conversion Error"},
		"an error of yield":  {"SELECT i FROM range(1000000) t(i)", nil, []duck.Column{&n}, "enough"},
	} {
		err := duck.Scan(t.Context(), conn, c.query, c.args, func(int) error { return stop }, c.columns...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		// The connection is as before.
		if got := scanned(t, conn, "SELECT 1", &n, func(i int) any { return n.At(i) }); len(got) != 1 {
			t.Errorf("%s: then got %v", name, got)
		}
	}
}

// TestScanIsInterrupted ends the context before, within and between rows.
func TestScanIsInterrupted(t *testing.T) {
	t.Parallel()
	conn := connected(t, "")
	const forever = "SELECT a.i FROM range(10000000) a(i), range(10000000) b(i)"
	var n duck.Ints
	for name, query := range map[string]string{
		"a result that goes on": forever,
		"a result to wait for":  "SELECT count(*) FROM (" + forever + ") WHERE i % 7 = 3",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := duck.Scan(ctx, conn, query, nil, func(int) error { return nil }, &n)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		if err := duck.Scan(ctx, conn, "SELECT 1", nil, func(int) error { return nil }, &n); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: then %v", name, err)
		}
		if got := scanned(t, conn, "SELECT 1", &n, func(i int) any { return n.At(i) }); len(got) != 1 {
			t.Errorf("%s: then got %v", name, got)
		}
	}
}

// TestScanEndsItsTransaction breaks off and then does what a statement that
// still runs would prevent.
func TestScanEndsItsTransaction(t *testing.T) {
	t.Parallel()
	conn := connected(t, t.TempDir()+"/x.duckdb")
	if _, err := conn.ExecContext(t.Context(), "CREATE TABLE x AS SELECT * FROM range(1000000) t(n)"); err != nil {
		t.Fatal(err)
	}
	var n duck.Ints
	stop := errors.New("enough")
	if err := duck.Scan(t.Context(), conn, "SELECT n FROM x", nil, func(int) error { return stop }, &n); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	for _, statement := range []string{"BEGIN", "DELETE FROM x", "COMMIT", "FORCE CHECKPOINT"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
