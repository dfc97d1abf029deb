package intake

import (
	"bufio"
	"bytes"
	stdgzip "compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"kith/internal/commerce"
)

// FuzzRounded: JSON stays JSON and keeps its texts, what was rounded is not
// rounded again, and mayNotFit says what unfitForm says.
func FuzzRounded(f *testing.F) {
	for _, text := range []string{`{"a":3.3000000000000003,"b":["0.30000000000000004"]}`, "-2.7755575615628914e-17", `"\"1.0000000004"`, "1e999999999", "-", "1234567890123"} {
		f.Add(text)
	}
	unfit := regexp.MustCompile(unfitForm)
	f.Fuzz(func(t *testing.T, text string) {
		got := roundedNumbers(text)
		if again := roundedNumbers(got); again != got {
			t.Fatalf("%q: %q, then %q", text, got, again)
		}
		if len(got) > len(text)+strings.Count(text, "e-")*40+strings.Count(text, "E-")*40 {
			t.Fatalf("%q grows to %q", text, got)
		}
		if json.Valid([]byte(text)) != json.Valid([]byte(got)) && json.Valid([]byte(text)) {
			t.Fatalf("%q becomes %q", text, got)
		}
		if mayNotFit([]byte(text)) != unfit.MatchString(text) {
			t.Fatalf("mayNotFit(%q) = %t", text, mayNotFit([]byte(text)))
		}
	})
}

// FuzzPhone: a number is empty, E.164 or 6 to 15 digits, and is normal when it
// is read again.
func FuzzPhone(f *testing.F) {
	for _, text := range []string{"0712 345 678", "+40712345678", "0040 712 345 678", "'0712345678", "(021) 555-1234", "+1-800-FLOWERS", "abc", "+82 10-1234-5678 ext. 5"} {
		f.Add(text, "RO")
		f.Add(text, "")
	}
	form := regexp.MustCompile(`^(\+[1-9][0-9]{2,19}|[0-9]{6,15})?$`)
	f.Fuzz(func(t *testing.T, text, country string) {
		got := normalPhone(text, country)
		if !form.MatchString(got) || country != "" && got != "" && got[0] != '+' {
			t.Fatalf("%q in %q: %q", text, country, got)
		}
		var book phoneBook
		for range 2 {
			if kept := book.normalise([]string{text, country}); kept != got {
				t.Fatalf("%q in %q: %q, then %q", text, country, got, kept)
			}
		}
	})
}

// FuzzCountry: a code is that of a country or the text itself, and of a code
// the code is itself.
func FuzzCountry(f *testing.F) {
	for _, text := range []string{"Romania", "ROU", "ro", "한국", "Korea, Republic of", "x", "İ", "ſu"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("DuckDB gives UTF-8")
		}
		got := countryCode(text)
		if again := countryCode(got); again != got {
			t.Fatalf("%q: %q, then %q", text, got, again)
		}
		if got != text && len(got) > 4 {
			t.Fatalf("%q: %q", text, got)
		}
	})
}

// FuzzSniff: the dialect of a file is one of those there are, is the same
// twice, and its rows can be read.
func FuzzSniff(f *testing.F) {
	for _, text := range []string{"order_id,at,total\no1,2026-01-01,5\n", "order_id;at\r\no1;\"a;b\"\r\n", "a\tb\rc\td\r", "'a','b'\n'c','d'\n", "a b c\n1  2 3\n", "\x00\xff", "|"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, sample []byte) {
		got := sniff(sample, commerce.Orders, Generic, nil)
		if again := sniff(sample, commerce.Orders, Generic, nil); again != got {
			t.Fatalf("%q: %+v, then %+v", sample, got, again)
		}
		if strings.IndexByte(",;\t| ", got.delimiter) < 0 || strings.IndexByte("\n\r", got.newline) < 0 || strings.IndexByte("\"'\x00", got.quote) < 0 {
			t.Fatalf("%q: %+v", sample, got)
		}
	})
}

// FuzzDecoded: text is read as UTF-8: Windows-1252 and UTF-16 give valid UTF-8,
// and UTF-8 loses its byte order mark and nothing else.
func FuzzDecoded(f *testing.F) {
	for _, text := range []string{"a,b\n", "\ufeffa", "\xff\xfea\x00b\x00", "\xfe\xff\x00a\x00b", "a\x00b\x00c\x00d\x00", "\xef\xbb", "\x80\x81\xff"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, encoding := range []string{encodingOf(content), utf8Text, utf16Little, utf16Big, windows1252} {
			got, err := io.ReadAll(decoded(bytes.NewReader(content), encoding))
			if err != nil {
				t.Fatalf("%q in %s: %v", content, encoding, err)
			}
			if encoding == utf8Text {
				if !bytes.Equal(got, bytes.TrimPrefix(content, []byte("\ufeff"))) {
					t.Fatalf("%q is read as %q", content, got)
				}
			} else if !utf8.Valid(got) || len(got) > 3*len(content)+3 {
				t.Fatalf("%q in %s is read as %q", content, encoding, got)
			}
		}
	})
}

// FuzzMembers: what is taken from gzip is what package gzip takes, which alone
// takes flags that RFC 1952 reserves.
func FuzzMembers(f *testing.F) {
	pack := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, text)
		if err = errors.Join(err, w.Close()); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	one, two := pack("order_id,at\n"), pack("o1,2026-01-01\n")
	for _, content := range [][]byte{one, slices.Concat(one, two), slices.Concat(one, []byte("x")), slices.Concat(one, two[:len(two)-3]), slices.Concat(one, []byte{0}), slices.Concat(one, two[:1])} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		const most = 1 << 20 // what gzip makes of a few bytes is enough of it
		disk := bufio.NewReader(bytes.NewReader(content))
		z, err := gzip.NewReader(disk)
		plain, wrong := stdgzip.NewReader(bytes.NewReader(content))
		if err == nil && wrong != nil || err != nil && wrong == nil && !errors.Is(err, gzip.ErrHeader) {
			t.Fatalf("%x: %v, want %v", content, err, wrong)
		}
		if err != nil {
			return
		}
		z.Multistream(false)
		got, err := io.ReadAll(io.LimitReader(&members{disk: disk, gzip: z}, most))
		want, wrong := io.ReadAll(io.LimitReader(plain, most))
		if wrong == nil && errors.Is(err, gzip.ErrHeader) {
			return
		}
		if (err == nil) != (wrong == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%x: %d bytes and %v, want %d and %v", content, len(got), err, len(want), wrong)
		}
	})
}

// FuzzMapping: of any headers and any --map, each field is read from columns
// that are there, the mapping is the same twice, and an error is of the words
// that were given.
func FuzzMapping(f *testing.F) {
	f.Add("order_id,Order Date,Total,Email", "total", "3")
	f.Add("Comandă,Data,Data", "at", "Data")
	f.Add("a,b", "properties.x", "0")
	f.Add("", "trait.", "99999999999999999999")
	f.Fuzz(func(t *testing.T, header, field, column string) {
		headers := strings.Split(header, ",")
		for _, kind := range []commerce.Kind{commerce.Orders, commerce.Customers, commerce.Events} {
			cfg := &Config{Kind: kind, Format: Generic, Map: map[string]string{field: column}}
			m, err := resolve(cfg, headers, true)
			other, wrong := resolve(cfg, headers, true)
			if (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
				t.Fatalf("%q, %q=%q: %v, then %v", headers, field, column, err, wrong)
			}
			if err != nil {
				if utf8.ValidString(header+field+column) && !utf8.ValidString(err.Error()) {
					t.Fatalf("%q, %q=%q: %v", headers, field, column, err)
				}
				continue
			}
			for name, columns := range m.fields {
				if !slices.Equal(columns, other.fields[name]) || slices.Min(columns) < 0 || slices.Max(columns) >= len(headers) {
					t.Fatalf("%q, %q=%q: %s is of %v, then %v", headers, field, column, name, columns, other.fields[name])
				}
			}
		}
	})
}
