package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings that are found out. A file is UTF-8 until it shows a byte that is
// not; then it is read again as Windows-1252, unless most of its other
// characters outside ASCII are good UTF-8: then the bad rows are refused.
const (
	utf8Text    = "utf-8"
	utf16Little = "utf-16le"
	utf16Big    = "utf-16be"
	windows1252 = "windows-1252"
)

// encodingOf tells UTF-16 by its byte order mark, or by every other byte
// being zero.
func encodingOf(sample []byte) string {
	switch {
	case bytes.HasPrefix(sample, []byte{0xff, 0xfe}):
		return utf16Little
	case bytes.HasPrefix(sample, []byte{0xfe, 0xff}):
		return utf16Big
	}
	head := sample[:min(len(sample), 1024)&^1]
	var even, odd int
	for i, b := range head {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	switch half := len(head) / 2; {
	case half >= 4 && odd*10 >= half*9 && even == 0:
		return utf16Little
	case half >= 4 && even*10 >= half*9 && odd == 0:
		return utf16Big
	}
	return utf8Text
}

// decoded is text as UTF-8, without its byte order mark.
func decoded(r io.Reader, encoding string) io.Reader {
	switch encoding {
	case utf16Little:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case utf16Big:
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case windows1252:
		return transform.NewReader(r, charmap.Windows1252.NewDecoder())
	}
	return &bomless{r: r}
}

// bomless drops a byte order mark at the very start.
type bomless struct {
	r      io.Reader
	begun  bool
	prefix []byte
}

// Read reads on behind the mark.
func (b *bomless) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		head := make([]byte, 3)
		n, err := io.ReadFull(b.r, head)
		if n > 0 && err != nil {
			err = nil // the next Read says it again
		}
		if err != nil {
			return 0, err
		}
		if head = head[:n]; !bytes.Equal(head, []byte("\ufeff")) {
			b.prefix = head
		}
	}
	if len(b.prefix) > 0 {
		n := copy(p, b.prefix)
		b.prefix = b.prefix[n:]
		return n, nil
	}
	return b.r.Read(p)
}

// utf8Count counts the characters outside ASCII, and the bytes that are no
// part of one.
type utf8Count struct {
	good, bad int64
}

// see counts a row's, and says whether all of it is UTF-8.
func (c *utf8Count) see(row []byte) bool {
	i := 0
	for i < len(row) && row[i] < utf8.RuneSelf {
		i++
	}
	valid := true
	for i < len(row) {
		if row[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(row[i:])
		if r == utf8.RuneError && size == 1 {
			c.bad++
			valid = false
		} else {
			c.good++
		}
		i += size
	}
	return valid
}

// other says that the file is not UTF-8 at all.
func (c *utf8Count) other() bool { return c.bad > 0 && c.good < 10*c.bad }

func toLower(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return []rune(strings.ToLower(string(r)))[0]
}
