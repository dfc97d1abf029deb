package api_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/api"
	"kith/internal/figures"
	"kith/internal/job"
	"kith/internal/segment"
	"kith/internal/segql"
)

// askedFacts say of a segment as of an instant how large it was: its day of the
// month, in Bucharest, times 10, and how many more by base.
type askedFacts struct {
	others

	base     int64
	unscored []string // days as of which nobody had scores
	fails    error

	mu    sync.Mutex
	asked []asked
}

type asked struct {
	at  time.Time
	ids []string
}

func (a *askedFacts) date(at time.Time) time.Time { return at.Add(2 * time.Hour) }

func (a *askedFacts) CountAll(_ context.Context, segments map[string]*segql.Checked, at time.Time) (map[string]segment.Size, error) {
	sizes := map[string]segment.Size{}
	if _, revenues := segments[""]; revenues {
		return sizes, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, asked{at, slices.Sorted(maps.Keys(segments))})
	for id := range segments {
		sizes[id] = segment.Size{Customers: 10*int64(a.date(at).Day()) + a.base}
	}
	return sizes, a.fails
}

func (a *askedFacts) Scored(_ context.Context, at time.Time) (bool, error) {
	return !slices.Contains(a.unscored, a.date(at).Format(time.DateOnly)), nil
}

// workOut works out all there is, and returns what was asked.
func (k *kept) workOut(t *testing.T) []asked {
	t.Helper()
	k.facts.asked = nil
	for {
		worked, err := k.WorkOutPast(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !worked {
			return k.facts.asked
		}
	}
}

// define lets the segments that are kept be these, by their texts.
func (k *kept) define(t *testing.T, texts map[string]string) {
	t.Helper()
	list := []segment.LiveSegment{}
	for id, text := range texts {
		list = append(list, segment.LiveSegment{Number: len(list), ID: id, Definition: text})
	}
	k.commit(t, segment.Batch{Segments: list})
}

func (k *kept) figuresOf(t *testing.T, id string) api.SegmentFigures {
	t.Helper()
	f, err := k.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(f.Segments, func(s api.SegmentFigures) bool { return s.ID == id })
	return f.Segments[i]
}

// pastTrend is the trend of 29 days with such sizes, and today's.
func pastTrend(base, today int64) []api.TrendPoint {
	var points []api.TrendPoint
	for i := range 29 {
		day := noon.AddDate(0, 0, i-29)
		points = append(points, api.TrendPoint{Date: day.Format(time.DateOnly), Size: 10*int64(day.Day()) + base})
	}
	return append(points, api.TrendPoint{Date: "2026-03-01", Size: today})
}

func wantTrend(t *testing.T, when string, want, got []api.TrendPoint) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the trend %s (-want +got):\n%s", when, diff)
	}
}

// TestThePastIsWorkedOut for the days before a segment was kept, the newest
// first, in one statement for all segments that are shown.
func TestThePastIsWorkedOut(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.texts = map[string]string{"mine": "has order"}
	k.sizes["mine"] = 9
	k.define(t, map[string]string{"all": "everyone", "mine": "has order"})
	k.commit(t, segment.Batch{Days: []segment.Day{{Segment: "mine", Date: "2026-03-01", Entered: 10, Left: 1, Size: 9}, {Segment: "all", Date: "2026-02-27", Entered: 9, Size: 9}}})
	if f := k.figuresOf(t, "mine"); len(f.Trend) != 1 || *f.EnteredToday != 10 {
		t.Errorf("before anything is worked out: %+v", f)
	}
	statements := k.workOut(t)
	if len(statements) != 29 {
		t.Fatalf("%d statements", len(statements))
	}
	for i, s := range statements {
		if want := time.Date(2026, 2, 28-i, 21, 59, 59, 999_999_000, time.UTC); !s.at.Equal(want) {
			t.Errorf("statement %d is as of %s, want %s", i, s.at, want)
		}
		for id, want := range map[string]bool{
			"all": i >= 2, "mine": true, "recent-buyers": true, "champions": false, "occasion-buyers": false, "slipping-away": false, "curious-prospects": false,
		} {
			if slices.Contains(s.ids, id) != want {
				t.Errorf("statement %d asks for %v: %s is to be among them: %t", i, s.ids, id, want)
			}
		}
	}
	f := k.figuresOf(t, "mine")
	wantTrend(t, "of what is kept since today", pastTrend(0, 9), f.Trend)
	if f.EnteredToday != nil || f.LeftToday != nil {
		t.Errorf("all entered today: %d, %d", *f.EnteredToday, *f.LeftToday)
	}
	want := pastTrend(0, 9)
	want[27].Size, want[28].Size = 9, 9
	wantTrend(t, "of what was recorded before", want, k.figuresOf(t, "all").Trend)
	if statements := k.workOut(t); len(statements) != 0 {
		t.Errorf("again: %v", statements)
	}
}

// TestTheDaysBeforeTheFirst stand in a history, and say nothing of who moved.
func TestTheDaysBeforeTheFirst(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.define(t, map[string]string{"all": "everyone"})
	k.commit(t, segment.Batch{Days: []segment.Day{{Segment: "all", Date: "2026-02-26", Entered: 7, Size: 7}, {Segment: "all", Date: "2026-03-01", Entered: 3, Left: 1, Size: 9}}})
	k.workOut(t)
	for _, date := range []string{"2026-02-27", "2026-02-28"} { // they were recorded: that wins
		p := segment.PastSize{Segment: "all", Date: date, Size: 1, Basis: segment.Basis{Definition: segment.Mark("everyone")}}
		if err := k.ops.PutPastSizes(t.Context(), []segment.PastSize{p}); err != nil {
			t.Fatal(err)
		}
	}
	f := k.figuresOf(t, "all")
	if got := f.Trend[24:]; *f.EnteredToday != 3 || *f.LeftToday != 1 || fmt.Sprint(got) != "[{2026-02-24 240} {2026-02-25 250} {2026-02-26 7} {2026-02-27 7} {2026-02-28 7} {2026-03-01 9}]" {
		t.Errorf("+%d -%d, %v", *f.EnteredToday, *f.LeftToday, got)
	}
	_, client := serve(t, k)
	for _, shop := range []api.Shop{k, client} {
		for from, want := range map[string]string{
			"2026-02-24": "2026-02-24 240 worked out, 2026-02-25 250 worked out, 2026-02-26 +7 -0 7, 2026-03-01 +3 -1 9",
			"2026-02-26": "2026-02-26 +7 -0 7, 2026-03-01 +3 -1 9",
			"2026-02-27": "2026-03-01 +3 -1 9",
		} {
			h, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "all", From: from})
			if err != nil {
				t.Fatal(err)
			}
			var days []string
			for _, d := range h.Days {
				if d.WorkedOut && d.Entered == nil && d.Left == nil {
					days = append(days, fmt.Sprintf("%s %d worked out", d.Date, d.Size))
				} else {
					days = append(days, fmt.Sprintf("%s +%d -%d %d", d.Date, *d.Entered, *d.Left, d.Size))
				}
			}
			if got := strings.Join(days, ", "); got != want {
				t.Errorf("from %s: %s, want %s", from, got, want)
			}
		}
		h, err := shop.History(t.Context(), api.HistoryQuestion{Segment: "all"})
		if err != nil || len(h.Days) != 28 || h.Days[0].Date != "2026-01-31" {
			t.Errorf("%+v, %v", h.Days, err)
		}
	}
}

// TestAnotherDefinitionHasAnotherPast, and nothing is shown of the old one.
func TestAnotherDefinitionHasAnotherPast(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.texts = map[string]string{"mine": `in segment "base"`, "base": "has order"}
	k.sizes["mine"] = 9
	k.define(t, map[string]string{"mine": "in segment \"base\"\nbase = has order", "base": "has order"})
	k.workOut(t)
	wantTrend(t, "at first", pastTrend(0, 9), k.figuresOf(t, "mine").Trend)

	k.write(map[string]string{"mine": `in segment "base"`, "base": "no order"}) // it is referred to
	k.facts.base = 5
	k.define(t, map[string]string{"mine": "in segment \"base\"\nbase = no order", "base": "no order"})
	wantTrend(t, "when it changed", pastTrend(0, 9)[29:], k.figuresOf(t, "mine").Trend)
	statements := k.workOut(t)
	if len(statements) != 29 || !slices.Equal(statements[0].ids, []string{"base", "mine"}) {
		t.Errorf("%d statements, %v", len(statements), statements)
	}
	wantTrend(t, "anew", pastTrend(5, 9), k.figuresOf(t, "mine").Trend)

	k.write(nil)
	k.workOut(t)
	err := k.ops.PastSizes(t.Context(), "mine", "", "9999-12-31", func(p segment.PastSize) error { return fmt.Errorf("%+v is kept", p) })
	if err != nil {
		t.Errorf("of one that is gone: %v", err)
	}
}

// TestAnImportChangesThePast; until it is worked out anew, the old one stays.
func TestAnImportChangesThePast(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.define(t, map[string]string{"all": "everyone"})
	k.workOut(t)
	k.counted.imports, k.facts.base = 7, 3
	wantTrend(t, "when files came", pastTrend(0, 9), k.figuresOf(t, "all").Trend)
	if worked, err := k.WorkOutPast(t.Context()); !worked || err != nil {
		t.Fatal(worked, err)
	}
	half := pastTrend(0, 9)
	half[28].Size = 283
	wantTrend(t, "on the way", half, k.figuresOf(t, "all").Trend)
	if statements := k.workOut(t); len(statements) != 28 {
		t.Errorf("%d more statements", len(statements))
	}
	wantTrend(t, "anew", pastTrend(3, 9), k.figuresOf(t, "all").Trend)
}

// TestThePastWaits for whoever keeps memberships and for files on their way, and
// fails without a trace.
func TestThePastWaits(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.unkept = true
	if statements := k.workOut(t); len(statements) != 0 {
		t.Errorf("memberships are not kept yet: %v", statements)
	}
	k.unkept, k.facts.fails = false, errors.New("no room")
	if worked, err := k.WorkOutPast(t.Context()); !worked || !errors.Is(err, k.facts.fails) {
		t.Error(worked, err)
	}
	err := k.ops.PastSizes(t.Context(), "", "", "9999-12-31", func(p segment.PastSize) error { return fmt.Errorf("%+v is kept", p) })
	if err != nil {
		t.Error(err)
	}
	k.facts.fails = nil
	importing := make(chan struct{})
	j, err := k.jobs.Start(t.Context(), "orders", nil, "", func(context.Context, string, func(job.Progress)) (job.Result, error) {
		<-importing
		return job.Result{}, nil
	}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if statements := k.workOut(t); len(statements) != 0 {
		t.Errorf("files are imported: %v", statements)
	}
	close(importing)
	if err := k.jobs.Watch(t.Context(), j.ID, func(job.Job, job.Progress) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if statements := k.workOut(t); len(statements) != 29 {
		t.Errorf("%d statements after that", len(statements))
	}
}

// TestWhatHasNoAnswerThen is left out, and a trend begins behind it.
func TestWhatHasNoAnswerThen(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.texts = map[string]string{"best": "rfm.monetary >= 4", "top": `in segment "best"`, "came": `entered segment "all" in last 7 days`}
	k.sizes["best"] = 9
	k.define(t, map[string]string{"all": "everyone", "best": "rfm.monetary >= 4"})
	k.facts.unscored = []string{"2026-02-19", "2026-02-20"}
	for _, s := range k.workOut(t) {
		date := k.facts.date(s.at).Format(time.DateOnly)
		scored := !slices.Contains(k.facts.unscored, date)
		for id, want := range map[string]bool{"all": true, "best": scored, "top": scored, "came": false} {
			if slices.Contains(s.ids, id) != want {
				t.Errorf("as of %s: %v, %s is to be among them: %t", date, s.ids, id, want)
			}
		}
	}
	wantTrend(t, "since there are scores", pastTrend(0, 9)[21:], k.figuresOf(t, "best").Trend)
}

// TestWhatMovedBeforeItWasKept is told by the facts: nobody entered because
// Kith found them in it.
func TestWhatMovedBeforeItWasKept(t *testing.T) {
	t.Parallel()
	of := func(n int64) *int64 { return &n }
	day := func(date string, entered, left, size int64) segment.Day {
		return segment.Day{Segment: "all", Date: date, Entered: entered, Left: left, Size: size}
	}
	for name, tc := range map[string]struct {
		days   []segment.Day
		before int64 // worked out, of the day before the 7; 0 for nothing
		stale  bool
		want   []figures.Moved
	}{
		"found":                    {[]segment.Day{day("2026-02-27", 300, 0, 300), day("2026-03-01", 10, 2, 308)}, 220, false, []figures.Moved{{ID: "all", Size: 308, Before: 220}}},
		"found, and not known yet": {[]segment.Day{day("2026-02-27", 300, 0, 300), day("2026-03-01", 10, 2, 308)}, 0, false, []figures.Moved{}},
		"of before an import":      {[]segment.Day{day("2026-02-27", 308, 0, 308)}, 220, true, []figures.Moved{}},
		"all explained":            {[]segment.Day{day("2026-02-27", 90, 2, 308)}, 220, false, []figures.Moved{{ID: "all", Size: 308, Before: 220, Entered: of(90), Left: of(2)}}},
		"nothing happened since":   {nil, 220, false, []figures.Moved{{ID: "all", Size: 308, Before: 220}}},
		"nothing is known":         {nil, 0, false, []figures.Moved{}},
		"recorded before":          {[]segment.Day{day("2026-02-22", 300, 0, 300), day("2026-02-23", 10, 2, 308)}, 220, false, []figures.Moved{{ID: "all", Size: 308, Before: 300, Entered: of(10), Left: of(2)}}},
	} {
		k := newKept(t)
		k.sizes = map[string]int64{"": 308, "all": 308}
		k.define(t, map[string]string{"all": "everyone"})
		k.commit(t, segment.Batch{Days: tc.days})
		if tc.before > 0 {
			k.facts.base = tc.before - 220
			for range 7 { // down to the 22nd
				if _, err := k.WorkOutPast(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if tc.stale {
			k.counted.imports = 5
		}
		o, err := k.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, o.Moved); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestTheOverviewTakesWhatWasWorkedOut though no fact came.
func TestTheOverviewTakesWhatWasWorkedOut(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.define(t, map[string]string{"all": "everyone"})
	moved := func() int {
		t.Helper()
		if err := k.RefreshOverview(t.Context()); err != nil {
			t.Fatal(err)
		}
		o, err := k.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(o.Moved)
	}
	if n := moved(); n != 0 {
		t.Errorf("%d moved before anything is known", n)
	}
	for i := range 7 {
		if _, err := k.WorkOutPast(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := moved(); n != i/6 {
			t.Errorf("%d moved after %d days", n, i+1)
		}
	}
	if k.counted.times != 2 {
		t.Errorf("the overview was worked out %d times", k.counted.times)
	}
}
