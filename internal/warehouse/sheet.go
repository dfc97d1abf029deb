package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"kith/internal/commerce"
	"kith/internal/duck"
	"kith/internal/profile"
	"kith/internal/segql/sqlgen"
)

// sheet is what lists show of all known customers, as of one instant. A page of
// a list is a hundred customers who lie anywhere, for which DuckDB passes over
// all rows of five tables; a sheet is a pass over each of them once, and takes
// about 130 bytes a customer for as long as somebody looks at lists.
type sheet struct {
	at   time.Time
	seq  int64         // of the last record of the log in it
	took time.Duration // to make
	runs bool          // there was a scoring run

	places  []int32 // by the customer's number: the place, from 1; 0 for none
	numbers []int32
	texts   [textFields]textColumn
	kinds   []profile.NameKind // of the key that names a customer
	country []uint16           // of words
	group   []uint16
	words   []string
	word    map[string]uint16

	orders              []int32
	total, refunds      []int64 // millionths
	first, last, exists []int64 // microseconds since 1970; duck.NegativeInfinity for none

	indexing sync.Once // see named.go
	byName   []int32
	seed     maphash.Seed
}

// The texts of a customer.
const (
	idText = iota
	emailText
	phoneText
	firstNameText
	lastNameText
	textFields
)

// textColumn holds a text for each place, one after the other as they came.
type textColumn struct {
	data  []byte
	start []uint32
	size  []uint16
}

func (c *textColumn) put(place int, text string) {
	if c.size[place] > 0 || len(text) > 1<<16-1 || len(c.data)+len(text) > 1<<32-1 {
		return // the first one holds; no key or name is longer
	}
	c.start[place], c.size[place] = uint32(len(c.data)), uint16(len(text))
	c.data = append(c.data, text...)
}

func (c *textColumn) view(place int) []byte { return c.data[c.start[place]:][:c.size[place]] }

func (c *textColumn) at(place int) string { return string(c.view(place)) }

// place is where a customer lies in the sheet.
func (s *sheet) place(number int32) (int, bool) {
	if number < 0 || int(number) >= len(s.places) || s.places[number] == 0 {
		return 0, false
	}
	return int(s.places[number]) - 1, true
}

// wordOf numbers a text that comes again and again; 0 for more than fit.
func (s *sheet) wordOf(text string) uint16 {
	n, ok := s.word[text]
	if !ok && len(s.words) < 1<<16 {
		text = strings.Clone(text)
		n = uint16(len(s.words))
		s.words, s.word[text] = append(s.words, text), n
	}
	return n
}

// makeSheet reads all known customers.
func makeSheet(ctx context.Context, conn *sql.Conn, at time.Time) (*sheet, error) {
	s := &sheet{at: at, word: map[string]uint16{}}
	s.wordOf("")
	r := &runner{ctx: ctx, conn: conn, args: map[string]any{"at": at.UTC()}}
	if err := conn.QueryRowContext(ctx, `SELECT applied_seq FROM shop`).Scan(&s.seq); err != nil {
		return nil, err
	}
	runs, err := r.count("sheet_runs")
	if err != nil {
		return nil, err
	}
	s.runs = runs > 0
	for _, read := range []func(*runner) error{s.readCustomers, s.readKeys, s.readTraits, s.readGroups, s.readSums} {
		if err := read(r); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *sheet) readCustomers(r *runner) error {
	var number duck.Ints
	var id duck.Texts
	var exists duck.Instants
	ids := &s.texts[idText]
	err := r.scan("sheet_customers", "", each(func(i int) {
		n, place := int(number.At(i)), len(s.numbers)
		if n >= len(s.places) {
			s.places = append(s.places, make([]int32, max(n+1-len(s.places), len(s.places)))...)
		}
		s.places[n] = int32(place + 1)
		s.numbers, s.exists = append(s.numbers, int32(n)), append(s.exists, exists.At(i))
		ids.start, ids.size = append(ids.start, 0), append(ids.size, 0)
		ids.put(place, id.View(i))
	}), &number, &id, &exists)
	n := len(s.numbers)
	for i := range s.texts {
		if i != idText {
			s.texts[i].start, s.texts[i].size = make([]uint32, n), make([]uint16, n)
		}
	}
	s.kinds = make([]profile.NameKind, n)
	s.country, s.group, s.orders = make([]uint16, n), make([]uint16, n), make([]int32, n)
	s.total, s.refunds, s.first, s.last = make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range n {
		s.first[i], s.last[i] = duck.NegativeInfinity, duck.NegativeInfinity
	}
	return err
}

// rows reads rows whose first column is a customer's number.
func (s *sheet) rows(r *runner, statement string, read func(place, row int), columns ...duck.Column) error {
	var number duck.Ints
	return r.scan(statement, "", each(func(i int) {
		if place, ok := s.place(int32(number.At(i))); ok {
			read(place, i)
		}
	}), append([]duck.Column{&number}, columns...)...)
}

func (s *sheet) readKeys(r *runner) error {
	var email, names duck.Bools
	var value duck.Texts
	return s.rows(r, "sheet_keys", func(place, i int) {
		field, kind := phoneText, profile.PhoneName
		if email.At(i) {
			field, kind = emailText, profile.EmailName
		}
		s.texts[field].put(place, value.View(i))
		if names.At(i) {
			s.kinds[place] = kind
		}
	}, &email, &names, &value)
}

func (s *sheet) readTraits(r *runner) error {
	var name, value duck.Texts
	return s.rows(r, "sheet_traits", func(place, i int) {
		switch name.View(i) {
		case "country":
			s.country[place] = s.wordOf(value.View(i))
		case "first_name":
			s.texts[firstNameText].put(place, value.View(i))
		default:
			s.texts[lastNameText].put(place, value.View(i))
		}
	}, &name, &value)
}

func (s *sheet) readGroups(r *runner) error {
	if s.runs {
		prospects := s.wordOf(noGroup)
		for i := range s.group {
			s.group[i] = prospects
		}
	}
	var label duck.Texts
	return s.rows(r, "sheet_groups", func(place, i int) { s.group[place] = s.wordOf(label.View(i)) }, &label)
}

func (s *sheet) readSums(r *runner) error {
	var orders duck.Ints
	var total, refunds duck.Decimals
	var first, last duck.Instants
	return s.rows(r, "sheet_sums", func(place, i int) {
		s.orders[place], s.total[place], s.refunds[place] = int32(orders.At(i)), total.At(i), refunds.At(i)
		if !first.Null(i) {
			s.first[place], s.last[place] = first.At(i), last.At(i)
		}
	}, &orders, &total, &refunds, &first, &last)
}

// row is what a list shows of a customer.
func (s *sheet) row(number int32) profile.Row {
	p, ok := s.place(number)
	if !ok {
		return profile.Row{Gone: true}
	}
	row := profile.Row{
		ID: s.texts[idText].at(p), Email: s.texts[emailText].at(p), Phone: s.texts[phoneText].at(p),
		FirstName: s.texts[firstNameText].at(p), LastName: s.texts[lastNameText].at(p), Country: s.words[s.country[p]],
		Orders: int64(s.orders[p]), Revenue: commerce.Amount(s.total[p] - s.refunds[p]), RFMGroup: s.words[s.group[p]],
		FirstOrderAt: micros(s.first[p]), LastOrderAt: micros(s.last[p]), ExistsFrom: micros(s.exists[p]),
	}
	if row.Orders > 0 {
		average := commerce.Amount(cents(s.total[p], row.Orders))
		row.Average = &average
	}
	return row
}

func micros(at int64) *time.Time {
	if at == duck.NegativeInfinity {
		return nil
	}
	t := time.UnixMicro(at).UTC()
	return &t
}

// sheets keeps the sheet that lists are made of while somebody looks at them.
type sheets struct {
	mu      sync.Mutex // held while a sheet is made: it is made once for all who wait
	now     *sheet
	forgets *time.Timer
}

// sheetLasts is how long a sheet is kept that nobody looks at.
const sheetLasts = 5 * time.Minute

// sheetShare bounds the time that making sheets takes: one that took long, which
// is one of a large shop, is used again for so many times that, though facts came.
const (
	sheetShare = 10
	sheetLong  = 200 * time.Millisecond
)

// sheet returns the sheet; if fresh, one of the facts as they are now, or
// nearly.
func (q *Questions) sheet(ctx context.Context, at time.Time, fresh bool) (*sheet, error) {
	k := &q.db.sheets
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.forgets != nil {
		k.forgets.Stop()
	}
	defer func() { k.forgets = time.AfterFunc(sheetLasts, k.forget) }()
	if k.now != nil {
		if !fresh {
			return k.now, nil
		}
		usable, err := q.usable(ctx, k.now, at)
		if err != nil {
			return nil, err
		}
		if usable {
			return k.now, nil
		}
	}
	start := time.Now()
	var made *sheet
	err := q.ask(ctx, at, nil, func(conn *sql.Conn, o sqlgen.Options) (err error) {
		made, err = makeSheet(ctx, conn, o.At)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what lists show of customers: %w", err)
	}
	made.took = time.Since(start)
	k.now = made
	return made, nil
}

func (k *sheets) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = nil
}

// usable says whether a sheet is as good as a new one.
func (q *Questions) usable(ctx context.Context, s *sheet, at time.Time) (bool, error) {
	age := at.Sub(s.at)
	if age < 0 || age > sheetLasts {
		return false, nil
	}
	seq, err := q.db.AppliedSeq(ctx)
	return s.took > sheetLong && age < sheetShare*s.took || seq == s.seq && age < time.Minute, err
}
