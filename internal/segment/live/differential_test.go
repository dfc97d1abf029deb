package live_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/segment/live"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
)

// Differential tests play random shops line by line and ask random segments
// of the engine and of the plain evaluator. KITH_DIFFERENTIAL_SHOPS and
// KITH_DIFFERENTIAL_SEED set how many shops are made and where the seeds start.
const (
	differentialShops = 40
	factsPerShop      = 50
	segmentsPerShop   = 8
)

func TestDifferential(t *testing.T) {
	t.Parallel()
	var asked, moved atomic.Int64
	t.Run("shops", func(t *testing.T) {
		eachShop(t, func(t *testing.T, seed uint64) {
			d := newDifference(t, seed)
			d.play()
			asked.Add(d.asked)
			moved.Add(d.moved)
		})
	})
	t.Logf("%d answers for a customer, a segment and an instant compared; %d transitions", asked.Load(), moved.Load())
	if !t.Failed() && moved.Load()*1000 < asked.Load() {
		t.Errorf("only %d transitions among %d answers", moved.Load(), asked.Load())
	}
}

// eachShop runs do for each seed, at the same time.
func eachShop(t *testing.T, do func(t *testing.T, seed uint64)) {
	t.Helper()
	shops, start := fromEnv(t, "KITH_DIFFERENTIAL_SHOPS", differentialShops), fromEnv(t, "KITH_DIFFERENTIAL_SEED", 1)
	for i := range shops {
		seed := uint64(start + i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			do(t, seed)
		})
	}
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// difference is one shop on its way through both.
type difference struct {
	t         *testing.T
	r         *rand.Rand
	seed      uint64
	shop      script.Shop
	asOf      []time.Time
	segments  []segment
	engine    *live.Script
	reference *plain.Backend
	clock     time.Time
	lines     int
	recorded  int            // transitions looked at
	clocks    map[int64]bool // instants that the clock stood at
	asked     int64
	moved     int64
}

type segment struct {
	id, text string
	checked  *segql.Checked
}

func newDifference(t *testing.T, seed uint64) *difference {
	d := &difference{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 3))}
	d.shop, d.asOf = plain.RandomShop(d.r, factsPerShop)
	catalogue := script.Catalogue(d.shop, nil)
	for len(d.segments) < segmentsPerShop {
		// The first half stand alone; the second may read their transitions.
		options := segqltest.Options{Vocabulary: plain.Vocabulary(d.asOf), NoMoved: len(d.segments) < segmentsPerShop/2, NoBase: true}
		if !options.NoMoved {
			options.Vocabulary.Segments = []string{"s0", "s1", "s2", "s3"}
			catalogue = script.Catalogue(d.shop, nil)
		}
		text := segql.Print(segqltest.RandomTree(d.r, options))
		if n := len(d.segments); n > 0 && d.r.IntN(3) == 0 { // what segments share is worked out once
			text = fmt.Sprintf("(%s) %s (%s)", d.segments[d.r.IntN(n)].text, []string{"and", "or"}[d.r.IntN(2)], text)
		}
		checked, problems := segql.Compile(text, catalogue)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", text, problems)
		}
		if checked.ReadsBase() {
			continue // through a segment that it refers to
		}
		id := fmt.Sprintf("s%d", len(d.segments))
		d.segments = append(d.segments, segment{id, text, checked})
		d.shop.Segments = append(d.shop.Segments, script.Segment{ID: id, Text: text})
	}
	var err error
	if d.engine, err = live.NewScript(d.shop, nil); err != nil {
		t.Fatal(err)
	}
	d.reference = plain.NewBackend(d.shop, nil)
	return d
}

// play takes line by line, and compares after each.
func (d *difference) play() {
	var pos int64
	for _, l := range d.shop.Lines {
		records := script.Arrivals(d.shop.Settings, l, pos)
		pos += int64(len(records))
		d.lines++
		if err := d.engine.Load(records...); err != nil {
			d.t.Fatal(err)
		}
		d.checkTimes()
		if err := d.reference.Load(records...); err != nil {
			d.t.Fatal(err)
		}
		if at, ok := instantOf(l); ok && at.After(d.clock) {
			d.clock = at
		}
		for _, at := range d.instants() {
			if !d.compare(at) {
				return
			}
		}
	}
}

// instantOf is the instant of a fact's line.
func instantOf(l script.Line) (time.Time, bool) {
	switch l := l.(type) {
	case script.Order:
		return l.At, true
	case script.Event:
		return l.At, true
	case script.Traits:
		return l.At, true
	case script.ProductChange:
		return l.At, true
	}
	return time.Time{}, false
}

// checkTimes asks the reference, which does not know the last line yet,
// whether what changed by time alone did so at its very instant.
func (d *difference) checkTimes() {
	all := d.engine.All()
	for _, t := range all[d.recorded:] {
		d.moved++
		i := slices.IndexFunc(d.segments, func(s segment) bool { return s.id == t.Segment })
		if t.Cause != live.CauseTime || i < 0 {
			continue
		}
		s, at := d.segments[i], time.UnixMicro(t.At).UTC()
		if i >= segmentsPerShop/2 {
			continue // what it reads was recorded since
		}
		before, after := d.isIn(s, t.Customer, at.Add(-time.Microsecond)), d.isIn(s, t.Customer, at)
		if before == after || after == t.Left {
			d.t.Errorf("seed %d, line %d: %+v at %s, but the reference says %v before and %v then\n%s\n%s",
				d.seed, d.lines, t, at, before, after, s.text, d.script())
		}
	}
	d.recorded = len(all)
}

func (d *difference) isIn(s segment, customer string, at time.Time) bool {
	return slices.Contains(plain.Members(d.reference.Shop, s.checked, at), customer)
}

// instants are some worth asking about, none before the clock.
func (d *difference) instants() []time.Time {
	if d.clock.IsZero() {
		return nil
	}
	all := []time.Time{d.clock}
	spans := []time.Duration{time.Microsecond, 5 * time.Minute, 4 * time.Hour, 24 * time.Hour, 168 * time.Hour, 720 * time.Hour, 2160 * time.Hour, 366 * 24 * time.Hour}
	at := d.asOf[d.r.IntN(len(d.asOf))].Add(spans[d.r.IntN(len(spans))] - time.Duration(d.r.IntN(2))*time.Microsecond)
	if at.After(d.clock) {
		all = append(all, at)
	}
	return append(all, d.clock.Add(spans[d.r.IntN(len(spans))]))
}

// compare asks both about all segments. Transitions that segments read are
// the engine's own; checkTimes and the answers themselves judge these.
func (d *difference) compare(at time.Time) bool {
	d.tell(at)
	for _, s := range d.segments {
		got, err := d.engine.Members(s.text, at)
		if err != nil {
			d.t.Fatal(err)
		}
		want := plain.Members(d.reference.Shop, s.checked, at)
		d.asked += int64(len(d.reference.Shop.Everyone()))
		if !slices.Equal(got, want) {
			d.t.Errorf("seed %d, line %d: at %s\n%s\ngot  %v\nwant %v\n%s", d.seed, d.lines, at.Format(time.RFC3339Nano), s.text, got, want, d.script())
			return false
		}
	}
	return true
}

// tell gives the reference the recorded transitions.
func (d *difference) tell(at time.Time) {
	d.reference.Shop.Transitions = nil
	for _, t := range d.engine.UpTo(at) {
		d.reference.Shop.Transitions = append(d.reference.Shop.Transitions, plain.Transition{
			Segment: t.Segment, Customer: t.Customer, At: time.UnixMicro(t.At).UTC(), Left: t.Left,
		})
	}
}

// script is the shop up to the line at which it differed.
func (d *difference) script() string {
	shop := d.shop
	shop.Lines = shop.Lines[:d.lines]
	return script.Print(shop)
}
