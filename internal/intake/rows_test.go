package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kith/internal/commerce"
)

// take reads all rows of a text.
func take(t testing.TB, text string, d dialect) []textRow {
	t.Helper()
	r := newRowReader(strings.NewReader(text))
	r.dialect = d
	var rows []textRow
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		copied := textRow{line: row.line, raw: bytes.Clone(row.raw), problem: row.problem}
		for _, c := range row.cells {
			copied.cells = append(copied.cells, bytes.Clone(c))
		}
		rows = append(rows, copied)
	}
}

func comma() dialect { return dialect{delimiter: ',', quote: '"', newline: '\n'} }

func TestRows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"plain":              {"a,b\nc,d\n", `1[a|b] 2[c|d]`},
		"no last newline":    {"a,b\nc,d", `1[a|b] 2[c|d]`},
		"crlf":               {"a,b\r\nc,d\r\n", `1[a|b] 2[c|d]`},
		"blank lines":        {"\n\na,b\n \n\nc,d\n\n", `3[a|b] 6[c|d]`},
		"empty cells":        {",\n,,\n", `1[|] 2[||]`},
		"quoted":             {`"a","b"`, `1[a|b]`},
		"quotes doubled":     {`"a""b","""",""""""`, `1[a"b|"|""]`},
		"comma in quotes":    {`"a,b",c`, `1[a,b|c]`},
		"newline in quotes":  {"\"a\nb\",c\nd,e\n", "1[a\nb|c] 3[d|e]"},
		"crlf in quotes":     {"\"a\r\nb\"\r\nd\r\n", "1[a\r\nb] 3[d]"},
		"quote inside":       {`a"b,c"`, `1[a"b|c"]`},
		"space before quote": {`a, "b,c" ,d`, `1[a|b,c|d]`},
		"text behind quote":  {"\"a\"b,c\nd,e\n", `1!there is text behind a closing quote! 2[d|e]`},
		"open quote":         {"a,\"b\nc,d\ne,f", `1!a quote is not closed! 2[c|d] 3[e|f]`},
		"open quote at end":  {"a,b\nc,\"d", `1[a|b] 2!a quote is not closed!`},
		"two open quotes":    {"a,\"b\nc,d\"\n", "1[a|b\nc,d]"},
		"open, then quoted":  {"a,\"b\nc,d\ne,\"f\"\n", `1!a quote is not closed! 2[c|d] 3[e|f]`},
		"quote at the end":   {`a,"b"`, `1[a|b]`},
		"empty quotes":       {`"",""`, `1[|]`},
		"cr alone":           {"a\rb,c\n", "1[a\rb|c]"},
	} {
		var got []string
		for _, row := range take(t, tc.text, comma()) {
			text := fmt.Sprintf("%d[%s]", row.line, bytes.Join(row.cells, []byte("|")))
			if row.problem != "" {
				text = fmt.Sprintf("%d!%s!", row.line, row.problem)
			}
			got = append(got, text)
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%s: got %s, want %s", name, s, tc.want)
		}
	}
}

// TestRowsAnyChunks: where the reads end makes no difference.
func TestRowsAnyChunks(t *testing.T) {
	t.Parallel()
	text := "a,\"b\r\n\"\"c\"\"\",d\r\n\r\ne,\"f\",g\r\n\"x\"y,z\n\"open,1\n2,3\n"
	want := fmt.Sprint(take(t, text, comma()))
	for size := 1; size < len(text); size++ {
		r := newRowReader(&chunks{text: text, size: size})
		r.buf = make([]byte, 2)
		var rows []textRow
		for {
			row, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			row.raw = bytes.Clone(row.raw)
			cells := row.cells
			row.cells = nil
			for _, c := range cells {
				row.cells = append(row.cells, bytes.Clone(c))
			}
			rows = append(rows, row)
		}
		if got := fmt.Sprint(rows); got != want {
			t.Fatalf("reads of %d bytes: got %s, want %s", size, got, want)
		}
	}
}

type chunks struct {
	text string
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	n := copy(p, c.text[:min(c.size, len(c.text))])
	c.text = c.text[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// zeros is a line without an end: letters only.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= int64(n)
	return n, nil
}

// TestLongLine: a line of 1 GiB is refused and takes no memory; what follows
// is read.
func TestLongLine(t *testing.T) {
	r := newRowReader(io.MultiReader(strings.NewReader("a,b\n"), &endless{left: 1 << 30}, strings.NewReader("\nc,d\n")))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var lines []string
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%d %d %s", row.line, len(row.cells), row.problem))
	}
	runtime.ReadMemStats(&after)
	if want := []string{"1 2 ", "2 0 the row is longer than 1 MiB", "3 2 "}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("reading the line took %d MiB", used>>20)
	}
}

// TestRandomTables: a table written in any dialect comes back the same.
func TestRandomTables(t *testing.T) {
	t.Parallel()
	for seed := range uint64(25) {
		rng := rand.New(rand.NewPCG(seed, 1))
		text, want := randomTable(rng)
		got := run(t, Config{Kind: commerce.Customers, Files: []string{file(t, "a.csv", text)}})
		if len(got.rows) != len(want) || got.rejects != "" {
			t.Fatalf("seed %d: %d rows of %d, rejects %q\n%q", seed, len(got.rows), len(want), got.rejects, text)
		}
		for i, row := range want {
			for name, value := range row {
				if name == "customer_id" {
					is(t, got.rows[i], "customer_id="+value)
				} else if !hasField(got.rows[i], "traits."+name, value) {
					t.Fatalf("seed %d row %d: %s is not %q in %s\n%q", seed, i, name, value, got.rows[i]["fields"], text)
				}
			}
		}
	}
}

// hasField compares as DuckDB writes texts in lists: in quotes when it must.
func hasField(row map[string]string, name, value string) bool {
	quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
	return strings.Contains(row["fields"], "'name': "+name+", 'value': "+value+"}") || strings.Contains(row["fields"], "'name': "+name+", 'value': "+quoted+"}")
}

func randomTable(rng *rand.Rand) (text string, rows []map[string]string) {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	delimiter, newline := pick(",", ";", "\t", "|"), pick("\n", "\r\n")
	alphabet := []rune("ab z09é漢😀\"',;|\t\n.-=@\x02\x1f\\n2u")
	cell := func(value string) string {
		if strings.ContainsAny(value, "\"'\n\r"+delimiter) || rng.IntN(4) == 0 {
			return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
		}
		return value
	}
	columns := 1 + rng.IntN(4)
	header := []string{"customer_id"}
	for c := range columns {
		header = append(header, fmt.Sprintf("t%d", c))
	}
	lines := []string{strings.Join(header, delimiter)}
	for i := range 1 + rng.IntN(60) {
		row := map[string]string{"customer_id": fmt.Sprintf("c%d", i)}
		cells := []string{row["customer_id"]}
		for _, name := range header[1:] {
			var b strings.Builder
			for range rng.IntN(8) {
				b.WriteRune(alphabet[rng.IntN(len(alphabet))])
			}
			value := b.String()
			cells = append(cells, cell(value))
			if value = strings.Trim(value, spaces); value != "" {
				row[name] = value
			}
		}
		lines = append(lines, strings.Join(cells, delimiter))
		rows = append(rows, row)
	}
	return strings.Join(lines, newline) + newline, rows
}

// FuzzRows: no input hangs or panics the reader, its lines are numbered as
// they stand, and reading in small chunks gives the same.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{"a,b\n", "\"a\"\"\nb\",c\r\n", "a,\"b\nc", "\"\"x\n", "\r\r\n\"", "a;\"b\";\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) || len(text) > 1<<12 {
			t.Skip("the reader takes texts without NUL; long ones only slow the search")
		}
		rows := take(t, text, comma())
		last := int64(0)
		lines := int64(1 + strings.Count(text, "\n"))
		for _, row := range rows {
			if row.line <= last || row.line > lines {
				t.Fatalf("line %d after line %d of %d", row.line, last, lines)
			}
			last = row.line
			if !strings.Contains(text, string(row.raw)) {
				t.Fatalf("the row %q is not in the text", row.raw)
			}
		}
		r := newRowReader(&chunks{text: text, size: 3})
		r.buf = make([]byte, 1)
		for i := 0; ; i++ {
			row, err := r.next()
			if errors.Is(err, io.EOF) {
				if i != len(rows) {
					t.Fatalf("%d rows in chunks, %d at once", i, len(rows))
				}
				return
			}
			if err != nil || i >= len(rows) || row.problem != rows[i].problem || fmt.Sprintf("%q", row.cells) != fmt.Sprintf("%q", rows[i].cells) {
				t.Fatalf("row %d in chunks is %q, %v", i, row.cells, err)
			}
		}
	})
}

// FuzzJSON: the scanner takes what encoding/json takes as an object, and gives
// the same texts.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1}`, `{"a":"\u00e9\ud83d\ude00\ud83d"}`, `{"a":[1,{"b":null}],"c":-0.5e+3}`, `{"a":1,}`, `{"a":"\x"}`, `{"a" : tru}`, `{"a":01}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := map[string]string{}
		err := eachMember([]byte(text), func(key []byte, value jsonValue) error {
			got[string(key)] = string(value.text())
			return nil
		})
		var want map[string]any
		wrong := json.Unmarshal([]byte(text), &want)
		if want == nil && wrong == nil {
			wrong = errJSON // null is no object
		}
		if errors.Is(err, errJSONDepth) || !validUTF8(text) {
			return
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%q: got %v, encoding/json says %v", text, err, wrong)
		}
		for k, v := range want {
			if s, ok := v.(string); ok && got[strings.ReplaceAll(k, "\x00", "\ufffd")] != strings.ReplaceAll(s, "\x00", "\ufffd") {
				t.Fatalf("%q: %q is %q, want %q", text, k, got[k], s)
			}
		}
	})
}

func validUTF8(s string) bool { return strings.ToValidUTF8(s, "?") == s }

// FuzzEvents: no line panics the mapping of tracking calls, and what it
// writes as properties is an object or what stood there.
func FuzzEvents(f *testing.F) {
	f.Add(`{"type":"track","event":"x","userId":"u","properties":{"a":1},"b":2}`)
	f.Add(`{"batch":[{"a":{}}],"context":{"traits":{"email":1}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		e := newEventKeys(&Config{Kind: commerce.Events})
		var ev event
		if err := e.read([]byte(text), &ev); err != nil {
			return
		}
		ev.complete()
		if own := ev.values[evProperties]; len(own.raw) == 0 || own.isObject() {
			if p := ev.properties(); len(p) > 0 && validUTF8(text) && !json.Valid(p) {
				t.Fatalf("%q gives the properties %q", text, p)
			}
		}
	})
}
