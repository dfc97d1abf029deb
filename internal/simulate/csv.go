package simulate

import (
	"strconv"
	"strings"
)

// row is one line of a CSV file in the making, quoted where it must be.
// Several lines can be gathered before they are written.
type row struct {
	b     []byte
	begun bool
}

func (r *row) separate() {
	if r.begun {
		r.b = append(r.b, ',')
	}
	r.begun = true
}

func (r *row) text(s string) {
	r.separate()
	if !strings.ContainsAny(s, ",\"\n") {
		r.b = append(r.b, s...)
		return
	}
	r.b = append(r.b, '"')
	r.b = append(r.b, strings.ReplaceAll(s, `"`, `""`)...)
	r.b = append(r.b, '"')
}

func (r *row) texts(fields ...string) {
	for _, s := range fields {
		r.text(s)
	}
}

func (r *row) blanks(n int) {
	for range n {
		r.separate()
	}
}

func (r *row) number(n int) {
	r.separate()
	r.b = strconv.AppendInt(r.b, int64(n), 10)
}

func (r *row) amount(c currency, m money) {
	r.separate()
	r.b = c.append(r.b, m)
}

// amountOrBlank leaves out a zero.
func (r *row) amountOrBlank(c currency, m money) {
	r.separate()
	if m != 0 {
		r.b = c.append(r.b, m)
	}
}

// instant adds an instant; 0 is left blank.
func (r *row) instant(at int64) {
	r.separate()
	if at != 0 {
		r.b = stamp(r.b, at)
	}
}

func (r *row) end() {
	r.b = append(r.b, '\n')
	r.begun = false
}
