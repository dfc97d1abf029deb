package eval

import (
	"encoding/binary"
	"errors"
	"math/big"
	"slices"
	"unsafe"

	"kith/internal/segql"
)

// Words gives texts that come again and again a number, so that they are
// kept once.
type Words struct {
	numbers map[string]uint64
	texts   []string
}

// NewWords returns an empty list.
func NewWords() *Words { return &Words{numbers: map[string]uint64{}} }

// Number is a text's number.
func (w *Words) Number(text string) uint64 {
	n, ok := w.numbers[text]
	if !ok {
		n = uint64(len(w.texts))
		w.numbers[text] = n
		w.texts = append(w.texts, text)
	}
	return n
}

// Find is the number of a text that was given one.
func (w *Words) Find(text string) (n uint64, ok bool) {
	n, ok = w.numbers[text]
	return n, ok
}

// Text is the text of a number that was given.
func (w *Words) Text(n uint64) string { return w.texts[n] }

// Len is how many texts there are.
func (w *Words) Len() int { return len(w.texts) }

// maxWord is how long a text may be to be worth a number: longer ones hardly
// come again.
const maxWord = 40

// Writer packs values into few bytes.
type Writer struct {
	Bytes []byte
	Words *Words
}

// Uint appends a number.
func (w *Writer) Uint(n uint64) { w.Bytes = binary.AppendUvarint(w.Bytes, n) }

// Int appends a number that may be below zero.
func (w *Writer) Int(n int64) { w.Bytes = binary.AppendVarint(w.Bytes, n) }

// Fixed appends a number in eight bytes, which are read faster: an instant takes
// as many anyway.
func (w *Writer) Fixed(n int64) { w.Bytes = binary.LittleEndian.AppendUint64(w.Bytes, uint64(n)) }

// Flag appends a truth value.
func (w *Writer) Flag(yes bool) {
	b := byte(0)
	if yes {
		b = 1
	}
	w.Bytes = append(w.Bytes, b)
}

// Text appends a text as it is.
func (w *Writer) Text(s string) {
	w.Uint(uint64(len(s)))
	w.Bytes = append(w.Bytes, s...)
}

// Section appends what write appends, after its length, so that it can be
// read later or never.
func (w *Writer) Section(write func()) {
	start := len(w.Bytes)
	write()
	length := binary.AppendUvarint(nil, uint64(len(w.Bytes)-start))
	w.Bytes = slices.Insert(w.Bytes, start, length...)
}

// Word appends a text that comes again and again, by its number.
func (w *Writer) Word(s string) { w.Uint(w.Words.Number(s)) }

// Marks of values, and of properties.
const (
	markMissing = iota
	markNumber  // in millionths
	markFraction
	markText
	markWord
	markBool
	markInstant
	markDate
	markList
	markBig
	markNested
)

// Value appends a value.
func (w *Writer) Value(v Value) {
	switch v.typ {
	case segql.Invalid:
		w.Uint(markMissing)
	case segql.Number, segql.Fraction:
		w.number(v)
	case segql.Bool:
		w.Uint(markBool)
		w.Flag(v.yes)
	case segql.Instant:
		w.Uint(markInstant)
		w.Int(v.num)
	case segql.DateType:
		w.Uint(markDate)
		w.Int(v.num)
	case segql.List:
		w.Uint(markList)
		w.texts(v.AsList())
	default:
		w.text(v.text)
	}
}

func (w *Writer) number(v Value) {
	switch {
	case v.more != nil && v.more.num != nil:
		w.Uint(markBig)
		w.Uint(uint64(v.typ))
		w.Text(v.more.num.String())
		w.Int(v.den)
	case v.typ == segql.Number && v.den == 1:
		w.Uint(markNumber)
		w.Int(v.num)
	default:
		w.Uint(markFraction)
		w.Uint(uint64(v.typ))
		w.Int(v.num)
		w.Int(v.den)
	}
}

// text appends a text, by its number if it is short.
func (w *Writer) text(s string) {
	if len(s) > maxWord {
		w.Uint(markText)
		w.Text(s)
		return
	}
	w.Uint(markWord)
	w.Word(s)
}

func (w *Writer) texts(list []string) {
	w.Uint(uint64(len(list)))
	for _, s := range list {
		w.text(s)
	}
}

// Raw appends a property. Texts are kept as they are, unless the property's
// values come again and again.
func (w *Writer) Raw(r Raw) {
	switch {
	case !r.given:
		w.Uint(markMissing)
	case r.nested && r.list == nil:
		w.Uint(markNested)
	case r.nested:
		w.Uint(markList)
		w.texts(r.list)
	default:
		w.Uint(markText)
		w.Text(r.text)
	}
}

// Reader reads what a Writer packed. Its first error stays.
type Reader struct {
	Bytes []byte
	Words *Words
	err   error
}

var errPacked = errors.New("packed values are damaged")

// Err is the first error.
func (r *Reader) Err() error { return r.err }

func (r *Reader) fail() { r.err, r.Bytes = errPacked, nil }

// Uint reads a number.
func (r *Reader) Uint() uint64 {
	if b := r.Bytes; len(b) > 0 && b[0] < 0x80 { // most are small
		r.Bytes = b[1:]
		return uint64(b[0])
	}
	return r.long()
}

// long reads a number of several bytes.
func (r *Reader) long() uint64 {
	n, size := binary.Uvarint(r.Bytes)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.Bytes = r.Bytes[size:]
	return n
}

// Len reads how many things follow, of which each takes a byte at least.
func (r *Reader) Len() int {
	n := r.Uint()
	if n > uint64(len(r.Bytes)) {
		r.fail()
		return 0
	}
	return int(n)
}

// Int reads a number that may be below zero.
func (r *Reader) Int() int64 {
	n := r.Uint()
	return int64(n>>1) ^ -int64(n&1)
}

// Fixed reads a number that Writer.Fixed appended.
func (r *Reader) Fixed() int64 {
	if len(r.Bytes) < 8 {
		r.fail()
		return 0
	}
	n := binary.LittleEndian.Uint64(r.Bytes)
	r.Bytes = r.Bytes[8:]
	return int64(n)
}

// Skip leaves bytes out.
func (r *Reader) Skip(n int) { r.Bytes = r.Bytes[n:] }

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if len(r.Bytes) == 0 {
		r.fail()
		return 0
	}
	b := r.Bytes[0]
	r.Bytes = r.Bytes[1:]
	return b
}

// Flag reads a truth value.
func (r *Reader) Flag() bool { return r.Byte() == 1 }

// Text reads a text.
func (r *Reader) Text() string {
	n := r.Len()
	s := string(r.Bytes[:n])
	r.Bytes = r.Bytes[n:]
	return s
}

// View reads a text, or a section, without copying it: the bytes must not
// change as long as it is used.
func (r *Reader) View() string {
	n := r.Len()
	s := unsafe.String(unsafe.SliceData(r.Bytes), n)
	r.Bytes = r.Bytes[n:]
	return s
}

// ReaderOf reads a section that View gave.
func ReaderOf(section string, words *Words) Reader {
	return Reader{Bytes: unsafe.Slice(unsafe.StringData(section), len(section)), Words: words}
}

// Word reads a text that has a number.
func (r *Reader) Word() string {
	n := r.Uint()
	if n >= uint64(r.Words.Len()) {
		r.fail()
		return ""
	}
	return r.Words.Text(n)
}

// Value reads a value.
func (r *Reader) Value() Value {
	switch r.Uint() {
	case markMissing:
		return Value{}
	case markNumber:
		return Number(r.Int())
	case markFraction:
		return Value{typ: segql.Type(r.Uint()), num: r.Int(), den: r.Int()}
	case markBig:
		v := Value{typ: segql.Type(r.Uint()), more: &more{num: new(big.Int)}}
		if _, ok := v.more.num.SetString(r.Text(), 10); !ok {
			r.fail()
		}
		v.den = r.Int()
		return v
	case markText:
		return Text(r.Text())
	case markWord:
		return Text(r.Word())
	case markBool:
		return Bool(r.Flag())
	case markInstant:
		return Instant(r.Int())
	case markDate:
		return Value{typ: segql.DateType, num: r.Int()}
	case markList:
		return List(r.texts())
	}
	r.fail()
	return Value{}
}

func (r *Reader) texts() []string {
	list := make([]string, r.Len())
	for i := range list {
		list[i] = r.Value().text
	}
	return list
}

// Raw reads a property.
func (r *Reader) Raw() Raw {
	switch r.Uint() {
	case markMissing:
		return Raw{}
	case markNested:
		return Raw{nested: true, given: true}
	case markList:
		return Raw{nested: true, given: true, list: r.texts()}
	case markText:
		return RawText(r.Text())
	case markWord:
		return RawText(r.Word())
	}
	r.fail()
	return Raw{}
}
