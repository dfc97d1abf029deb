// Package jsontest makes JSON, valid and broken, for tests of what reads it.
package jsontest

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// Seeds are texts that went wrong somewhere, for fuzz tests to start from.
func Seeds() []string {
	return []string{
		``, ` `, `null`, `{}`, ` { } `, `{"a":1}`, `{"a":1,"a":2}`, `{"a":1,}`, `{,"a":1}`, `{"a" 1}`, `{"a":}`, `{"a":1 "b":2}`, `{"a":1]`, `{"a":01}`,
		`{"a":1.}`, `{"a":-}`, `{"a":-0}`, `{"a":1e400,"b":1E+2,"c":12.50,"d":0.0000001,"e":-0.00}`, `{"a":123456789012345678901234567890}`,
		`{"a":truex}`, `{"a":tru`, `{"a":"x`, `{"a":"x"`, `{"a":[1,{"b":[]}]`, `{1:2}`, `[1, "b" ,null,[],{}]`, `[1,]`, `[] x`, `"a"`, ` "a" `, "\u00a0\"a\"",
		`{"\u0061":"\ud83d\ude00","\ud800":"\udc00\ud800","b":"\ud800\u0041\ud800x\/\b\f\n\r\t\"\\"}`, "{\"a\xff\":\"\xc3\x28\xed\xa0\x80\",\"b\":\"\x01\"}",
		`{"a":"\u00g0"}`, `{"a":"\x"}`, `{"a":"\`, `{"":""}`, "{\"a\":\t[ 1 ,\n\"two words\" ]\r}", `{"a":1}{"b":2}`, `{"a":"\\\\` + "\xff" + `","b":"\\` + "\ufffd" + `"}`,
		`{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`,
		`{` + strings.Repeat(`"a":1,"b":2,"c":3,`, 20) + `"d":4}`,
	}
}

// Deep are texts that nest as deep as encoding/json takes it, and deeper.
func Deep() []string {
	nest := func(before, start, end string, n int, after string) string {
		return before + strings.Repeat(start, n) + "1" + strings.Repeat(end, n) + after
	}
	return []string{
		nest(``, `{"a":`, `}`, 10_000, ``), nest(``, `{"a":`, `}`, 10_001, ``), nest(``, `{"a":`, `}`, 10_002, ``),
		nest(``, `[{"a":`, `}]`, 5000, ``), nest(`[`, `{"a":[`, `]}`, 5000, `]`), nest(`{"a":`, `[{"b":`, `}]`, 5000, `,"c":1}`), nest(`{"a":[`, `{"b":[`, `]}`, 5000, `],"c":1}`),
	}
}

// Object is an object; two in five are broken somewhere.
func Object(r *rand.Rand, names ...string) string {
	m := maker{r: r, names: names}
	m.object(0)
	return Broken(r, m.String())
}

// Broken breaks two in five texts.
func Broken(r *rand.Rand, text string) string {
	if r.IntN(5) > 1 || text == "" {
		return text
	}
	b := []byte(text)
	for range 1 + r.IntN(3) {
		i := r.IntN(len(b))
		switch r.IntN(5) {
		case 0:
			b = append(b[:i], b[i+1:]...)
		case 1:
			b[i] = "\"\\{}[]:, 0e-\x00\x1f\x80\xffunt"[r.IntN(18)]
		case 2:
			b = b[:i]
		case 3:
			b = append(b, b[i])
		default:
			b[i] ^= 1 << r.IntN(8)
		}
		if len(b) == 0 {
			break
		}
	}
	return string(b)
}

// maker writes one text.
type maker struct {
	strings.Builder

	r     *rand.Rand
	names []string
}

func (m *maker) pick(all ...string) { m.WriteString(all[m.r.IntN(len(all))]) }

func (m *maker) space() {
	if m.r.IntN(8) == 0 {
		m.pick(" ", "\t", "\r\n", "   ")
	}
}

func (m *maker) object(depth int) {
	n := m.r.IntN(8)
	if m.r.IntN(20) == 0 {
		n += 40
	}
	m.list('{', '}', n, func() {
		if len(m.names) > 0 && m.r.IntN(4) > 0 {
			m.WriteString(strconv.Quote(m.names[m.r.IntN(len(m.names))]))
		} else {
			m.text()
		}
		m.space()
		m.WriteByte(':')
		m.value(depth + 1)
	})
}

func (m *maker) list(start, end byte, n int, one func()) {
	m.space()
	m.WriteByte(start)
	for i := range n {
		if i > 0 {
			m.WriteByte(',')
		}
		m.space()
		one()
		m.space()
	}
	m.space()
	m.WriteByte(end)
	m.space()
}

func (m *maker) value(depth int) {
	m.space()
	switch n := m.r.IntN(10); {
	case n < 4:
		m.text()
	case n < 7:
		m.number()
	case n < 8 || depth > 4:
		m.pick("null", "true", "false")
	case n < 9:
		m.list('[', ']', m.r.IntN(4), func() { m.value(depth + 1) })
	default:
		m.object(depth)
	}
	m.space()
}

func (m *maker) text() {
	m.WriteByte('"')
	for range m.r.IntN(5) {
		m.pick("a", "b", "order_id", "total", "é", "中", "😀", `\"`, `\\`, `\/`, `\n`, `\u0041`, `\u00e9`, `\ud83d\ude00`, `\ud83d`, `\udE00`, `\u0000`,
			"\xff", "\xed\xa0\x80", "\ufffd", " ", "{", "[", "12", "-1.50", "2026-03-01", "2026-03-01T10:00:00Z", "true", "\u2028", "\x7f", "<&>")
	}
	m.WriteByte('"')
}

func (m *maker) number() {
	if m.r.IntN(3) == 0 {
		m.pick("0", "-0", "-0.0", "1e400", "-1e400", "1E+2", "1e-7", "0.0000001", "0.000001", "123456789012345678901234567890", "0.1e1", "100.00", "9007199254740993",
			"999999999999.999999", "1000000000000", "0.30000000000000004", "1234567890.123450", "01", "1.", "+1", ".5")
		return
	}
	m.WriteString(strconv.Itoa(m.r.IntN(2000) - 500))
	if m.r.IntN(2) == 0 {
		m.WriteByte('.')
		for range 1 + m.r.IntN(9) {
			m.WriteByte('0' + byte(m.r.IntN(10)*m.r.IntN(2)))
		}
	}
}
