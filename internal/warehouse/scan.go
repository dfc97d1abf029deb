package warehouse

import (
	"database/sql"
	"fmt"
	"strings"

	"kith/internal/customer"
	"kith/internal/duck"
	"kith/internal/segql/eval"
)

// scan runs a statement, with more text at its end, and reads what it gives
// by columns: it is for all that there may be millions of.
func (r *runner) scan(name, more string, yield func(rows int) error, columns ...duck.Column) error {
	s, bound, err := r.bound(name)
	if err != nil {
		return err
	}
	args := make([]sql.NamedArg, len(bound))
	for i, arg := range bound {
		args[i] = arg.(sql.NamedArg)
	}
	if err := duck.Scan(r.ctx, r.conn, s.text+more, args, yield, columns...); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// each reads row by row.
func each(read func(row int)) func(rows int) error {
	return func(rows int) error {
		for i := range rows {
			read(i)
		}
		return nil
	}
}

// numberAt is a number of a DECIMAL(18, 6), as all are: what DuckDB keeps of
// it are the millionths that a Number has.
func numberAt(c *duck.Decimals, row int) eval.Value {
	if c.Null(row) {
		return eval.Value{}
	}
	return eval.Number(c.At(row))
}

// instantAt is a fact's instant; what holds from always has '-infinity'.
func instantAt(c *duck.Instants, row int) int64 {
	switch at := c.At(row); at {
	case duck.NegativeInfinity:
		return customer.Always
	case duck.Infinity:
		return eval.Never
	default:
		return at
	}
}

// placeColumns are where a fact stands in the order of arrival.
type placeColumns struct{ seq, pos duck.Ints }

func (c *placeColumns) at(row int) customer.Place {
	return customer.Place{Seq: c.seq.At(row), Pos: c.pos.At(row)}
}

func (c *placeColumns) note(w *eval.Writer, row int) {
	w.Int(c.seq.At(row))
	w.Int(c.pos.At(row))
}

// productColumns are the product fields of a row, in the order of
// customer.ProductFields.
type productColumns struct {
	texts        [5]duck.Texts
	tags         duck.TextLists
	price, stock duck.Decimals
	released     duck.Instants
}

func (c *productColumns) all() []duck.Column {
	return []duck.Column{
		&c.texts[0], &c.texts[1], &c.texts[2], &c.texts[3], &c.texts[4], &c.tags, &c.price, &c.stock, &c.released,
	}
}

// at are the fields whose bits are set in own.
func (c *productColumns) at(row int, own uint32, words *words) (v customer.ProductValues) {
	if own == 0 {
		return v
	}
	for i := range c.texts {
		if own&(1<<i) != 0 {
			v[i] = eval.Text(words.kept(c.texts[i].View(row)))
		}
	}
	if own&OwnTags != 0 {
		tags := make([]string, c.tags.Len(row))
		for i := range tags {
			tags[i] = words.kept(c.tags.View(row, i))
		}
		v[5] = eval.List(tags)
	}
	if own&OwnPrice != 0 {
		v[6] = numberAt(&c.price, row)
	}
	if own&OwnStock != 0 {
		v[7] = numberAt(&c.stock, row)
	}
	if own&OwnReleasedAt != 0 && !c.released.Null(row) {
		v[8] = eval.Instant(c.released.At(row))
	}
	return v
}

// note writes down the fields whose bits are set in own: which there are, then
// their values.
func (c *productColumns) note(w *eval.Writer, row int, own uint32, words *words) {
	if own == 0 {
		w.Uint(0)
		return
	}
	values := c.at(row, own, words)
	given := uint64(0)
	for f, v := range values {
		if !v.Missing() {
			given |= 1 << f
		}
	}
	w.Uint(given)
	for _, v := range values {
		if !v.Missing() {
			w.Value(v)
		}
	}
}

// allOwn are the bits of all product fields.
const allOwn = OwnReleasedAt<<1 - 1

// words keeps texts that come again and again once, and numbers them.
type words struct {
	numbers map[string]uint64
	all     *eval.Words
}

func newWords() *words {
	w := &words{map[string]uint64{}, eval.NewWords()}
	w.number("")
	return w
}

// number is the number of a text, of which it keeps a copy.
func (w *words) number(text string) uint64 {
	n, ok := w.numbers[text]
	if !ok {
		text = strings.Clone(text)
		n = w.all.Number(text)
		w.numbers[text] = n
	}
	return n
}

// kept is the copy of a text.
func (w *words) kept(text string) string { return w.all.Text(w.number(text)) }

// wordColumn is a column of such texts.
type wordColumn struct {
	duck.Texts

	// These are the text that came last, which often comes again at once.
	last   string
	number uint64
}

// note writes down a row's text.
func (c *wordColumn) note(w *eval.Writer, words *words, row int) {
	text := c.View(row)
	if text != c.last {
		if text == "" {
			w.Uint(0) // the first one of all words
			return
		}
		c.number = words.number(text)
		c.last = words.all.Text(c.number)
	}
	w.Uint(c.number)
}
