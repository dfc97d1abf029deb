package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/segql"
)

// Backend is what a script runs on. It knows the shop's settings and
// segments from its start (see Catalogue).
type Backend interface {
	// Load takes records in the order of their arrival.
	Load(records ...Record) error
	// Members answers a segment's text at T with all that was loaded, sorted.
	// Base fields and percentiles are computed as of T.
	Members(text string, at time.Time) ([]string, error)
}

// Recorder is a Backend that records transitions as facts arrive and the
// clock moves. Expectations about them are skipped on any other; a Recorder is
// not asked about the past, nor for scores and percentiles.
type Recorder interface {
	// Advance moves the clock.
	Advance(to time.Time) error
	Transitions(segment, customer string) ([]Move, error)
}

// Options of a run. Presets, by id, exist beside the script's segments.
type Options struct {
	Presets map[string]string
}

// Report is what came of a run.
type Report struct {
	Passed   int
	Skipped  int // expectations that need a Recorder, or need none
	Failures []Failure
}

// Failure is an expectation that does not hold.
type Failure struct {
	Place   Place
	Message string
}

func (f Failure) String() string { return f.Place.String() + ": " + f.Message }

// Catalogue is what the checker knows of a script's shop.
func Catalogue(s Shop, presets map[string]string) *segql.Catalogue {
	nodes := map[string]segql.Node{}
	var ids []string
	add := func(id, text string) {
		if node, problems := segql.Parse(text); len(problems) == 0 {
			nodes[id] = node
			ids = append(ids, id)
		}
	}
	for _, g := range s.Segments {
		add(g.ID, g.Text)
	}
	for id, text := range presets {
		add(id, text)
	}
	slices.Sort(ids)
	return &segql.Catalogue{
		Segment: func(id string) (segql.Node, bool) {
			node, ok := nodes[id]
			return node, ok
		},
		SegmentIDs: ids,
	}
}

// Run plays a shop's lines on a backend. The error is the backend's; what
// does not hold is in the report.
func Run(s Shop, b Backend, o Options) (Report, error) {
	r := runner{shop: s, backend: b, options: o, catalogue: Catalogue(s, o.Presets)}
	r.recorder, _ = b.(Recorder)
	r.checkSegments()
	for _, l := range s.Lines {
		if err := r.line(l); err != nil {
			return r.report, fmt.Errorf("%s: %w", l.Where(), err)
		}
	}
	return r.report, nil
}

type runner struct {
	shop      Shop
	backend   Backend
	recorder  Recorder // nil if the backend is none
	options   Options
	catalogue *segql.Catalogue
	report    Report
	pos       int64
}

func (r *runner) fail(at Place, format string, args ...any) {
	r.report.Failures = append(r.report.Failures, Failure{at, fmt.Sprintf(format, args...)})
}

// checkSegments reports segments that the checker refuses or that take a
// preset's id.
func (r *runner) checkSegments() {
	for _, g := range r.shop.Segments {
		if _, taken := r.options.Presets[g.ID]; taken {
			r.fail(g.Place, "%s is a preset's id", g.ID)
		}
		if _, problems := r.compile(g.ID, g.Text); len(problems) > 0 {
			r.fail(g.Place, "segment %s: %s", g.ID, problems.Error())
		}
	}
}

func (r *runner) compile(id, text string) (*segql.Checked, segql.Problems) {
	c := *r.catalogue
	c.ID = id
	return segql.Compile(text, &c)
}

func (r *runner) line(l Line) error {
	switch l := l.(type) {
	case Expect:
		if r.recorder != nil {
			if err := r.recorder.Advance(l.At); err != nil {
				return err
			}
		}
		return r.members(l.Place, l.Segment, l.At, l.Members)
	case AsOf:
		if r.recorder != nil {
			r.report.Skipped++ // asked of the batch back end
			return nil
		}
		return r.members(l.Place, l.Segment, l.At, l.Members)
	case Transitions:
		return r.transitions(l)
	case Invalid:
		r.invalid(l)
		return nil
	case Customer, Product, Rate, Order, Event, Traits, ProductChange:
	}
	records := Arrivals(r.shop.Settings, l, r.pos)
	r.pos += int64(len(records))
	return r.backend.Load(records...)
}

// text finds a segment that a line names. ok is false when it was reported,
// or skipped.
func (r *runner) text(at Place, id string, recorded bool) (text string, ok bool) {
	text, ok = r.shop.Text(id)
	if !ok {
		text, ok = r.options.Presets[id]
	}
	if !ok {
		r.fail(at, "there is no segment %s", id)
		return "", false
	}
	checked, problems := r.compile(id, text)
	if len(problems) > 0 {
		return "", false // reported at the segment
	}
	named := checked.Moved()
	if recorded {
		named = append(named, id)
	}
	for _, id := range named {
		if r.readsBase(id) {
			r.fail(at, "%s needs scores or percentiles: scripts record no transitions of it", id)
			return "", false
		}
	}
	if len(named) > 0 && r.recorder == nil || r.recorder != nil && r.readsBase(id) {
		r.report.Skipped++
		return "", false
	}
	return text, true
}

func (r *runner) readsBase(id string) bool {
	node, ok := r.catalogue.Segment(id)
	if !ok {
		return false
	}
	checked, problems := segql.Check(node, r.catalogue)
	return len(problems) == 0 && checked.ReadsBase()
}

func (r *runner) members(at Place, id string, t time.Time, want []string) error {
	text, ok := r.text(at, id, false)
	if !ok {
		return nil
	}
	got, err := r.backend.Members(text, t)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		r.fail(at, "%s at %s: got %s, want %s", id, t.Format(layout), printMembers(got), printMembers(want))
		return nil
	}
	r.report.Passed++
	return nil
}

func (r *runner) transitions(l Transitions) error {
	if _, ok := r.text(l.Place, l.Segment, true); !ok {
		return nil
	}
	got, err := r.recorder.Transitions(l.Segment, l.Customer)
	if err != nil {
		return err
	}
	same := func(a, b Move) bool { return a.Left == b.Left && a.At.Equal(b.At) }
	if !slices.EqualFunc(got, l.Moves, same) {
		r.fail(l.Place, "%s %s: got %s, want %s", l.Segment, l.Customer, printMoves(got), printMoves(l.Moves))
		return nil
	}
	r.report.Passed++
	return nil
}

// invalid compares the first place that the checker points at.
func (r *runner) invalid(l Invalid) {
	_, problems := r.compile("", l.Text)
	if len(problems) == 0 {
		r.fail(l.Place, "no error in %s, want one at %d:%d", l.Text, l.Line, l.Column)
		return
	}
	for _, p := range problems {
		if p.Place.Line == l.Line && p.Place.Column == l.Column {
			r.report.Passed++
			return
		}
	}
	r.fail(l.Place, "%s: want the error at %d:%d, got\n  %s",
		l.Text, l.Line, l.Column, strings.ReplaceAll(problems.Error(), "\n", "\n  "))
}
