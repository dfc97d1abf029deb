package warehouse_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/customer/eventtest"
	"kith/internal/segment/live"
	"kith/internal/segment/preset"
	"kith/internal/segment/script"
	"kith/internal/segql"
	"kith/internal/segql/eval"
	"kith/internal/segql/plain"
	"kith/internal/segql/segqltest"
	"kith/internal/warehouse"
)

// How many shops of tracked events are made by default, and of what size.
// KITH_DIFFERENTIAL_SHOPS and KITH_DIFFERENTIAL_SEED set it too.
const (
	trackedShops    = 3
	trackedEntries  = 30
	trackedSegments = 12 // beside the presets and the probes
	trackedLooks    = 1
)

// TestTrackedDifferential sends random events to the warehouse and to the live
// engine: both must refuse the same ones, and put the same customers in the
// presets and in random segments.
func TestTrackedDifferential(t *testing.T) {
	t.Parallel()
	shops, start := fromEnv(t, "KITH_DIFFERENTIAL_SHOPS", trackedShops), fromEnv(t, "KITH_DIFFERENTIAL_SEED", 1)
	var asked, some, refused, conflicts atomic.Int64
	t.Run("shops", func(t *testing.T) {
		for i := range shops {
			seed := uint64(start + i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				d := newTracked(t, seed)
				d.play()
				asked.Add(d.asked)
				some.Add(d.some)
				refused.Add(int64(d.refused))
				conflicts.Add(int64(d.conflicts))
			})
		}
	})
	t.Logf("%d questions asked, %d had members; %d events were refused, %d in conflict", asked.Load(), some.Load(), refused.Load(), conflicts.Load())
	if !t.Failed() && (some.Load()*4 < asked.Load() || refused.Load() < int64(shops) || conflicts.Load() == 0) {
		t.Errorf("only %d of %d questions had members, only %d events were refused", some.Load(), asked.Load(), refused.Load())
	}
}

// tracked is one shop on its way through both.
type tracked struct {
	t         *testing.T
	arrived   time.Time // when the latest entry came
	r         *rand.Rand
	seed      uint64
	zone      *time.Location
	db        *warehouse.DB
	ask       *warehouse.Questions
	engine    *live.Engine
	tracker   *live.Tracker
	segments  []eval.Segment
	texts     map[string]string
	entries   []warehouse.EventEntry // all of them
	waiting   []warehouse.EventEntry // not yet in the warehouse
	live      map[string]string      // what the engine refused, by place
	seq       int64
	clock     time.Time
	asked     int64
	some      int64
	refused   int
	conflicts int
	repeated  int64 // of those that wait, by the engine
	repeats   int64
}

func newTracked(t *testing.T, seed uint64) *tracked {
	d := &tracked{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 17)), texts: map[string]string{}, live: map[string]string{}}
	name := pickOne(d.r, "Europe/Bucharest", "America/New_York", "UTC", "Asia/Seoul")
	var err error
	if d.zone, err = time.LoadLocation(name); err != nil {
		t.Fatal(err)
	}
	d.db, err = warehouse.Open(t.Context(), warehouse.Config{Currency: "RON", Zone: d.zone, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.db.Close(); err != nil {
			t.Error(err)
		}
	})
	settings := commerce.Settings{Currency: "RON", Timezone: name, Country: "RO", RewardPoints: 100, ShippingStep: "2"}.Filled()
	d.ask = d.db.Questions(func() commerce.Settings { return settings })
	d.makeSegments()
	d.engine, err = live.New(eval.Settings{Zone: d.zone, Fields: map[string]eval.Value{
		"country": eval.Text("RO"), "currency": eval.Text("RON"), "timezone": eval.Text(name), "shipping_step": eval.Text("2"), "reward_points": eval.Whole(100),
	}}, d.segments, func(live.Transition) {})
	if err != nil {
		t.Fatal(err)
	}
	d.tracker = live.NewTracker(d.engine, "RON")
	return d
}

// makeSegments takes the presets and random trees, but for those that read
// scores or transitions, which the engine is told by others.
func (d *tracked) makeSegments() {
	presets := map[string]string{}
	for _, p := range preset.List("en") {
		if p.Text != "" {
			presets[p.ID] = p.Text
		}
	}
	catalogue := script.Catalogue(script.Shop{}, presets)
	add := func(id, text string) {
		checked, problems := segql.Compile(text, catalogue)
		if len(problems) > 0 {
			d.t.Fatalf("%s: %v", text, problems)
		}
		if !checked.ReadsBase() && len(checked.Moved()) == 0 {
			d.segments = append(d.segments, eval.Segment{ID: id, Checked: checked})
			d.texts[id] = text
		}
	}
	for _, id := range slices.Sorted(maps.Keys(presets)) {
		add(id, presets[id])
	}
	for i, text := range eventtest.Probes {
		add(fmt.Sprintf("probe-%d", i), text)
	}
	vocabulary := plain.Vocabulary([]time.Time{eventtest.End})
	vocabulary.Segments = nil
	for i := range trackedSegments {
		tree := segqltest.RandomTree(d.r, segqltest.Options{Vocabulary: vocabulary, NoMoved: true, NoBase: true})
		add(fmt.Sprintf("random-%d", i), segql.Print(tree))
	}
}

// play sends entry by entry, and looks now and then.
func (d *tracked) play() {
	d.prepare()
	g := &eventtest.Maker{R: d.r}
	for i := range trackedEntries {
		d.seq++
		entry := warehouse.EventEntry{Seq: d.seq, At: d.arrives()}
		for range 1 + d.r.IntN(6) {
			entry.Events = append(entry.Events, g.Event())
		}
		d.take(entry)
		if d.r.IntN(5) == 0 {
			d.flush()
		}
		if (i+1)%(trackedEntries/trackedLooks) == 0 && !d.look() {
			return
		}
	}
}

// arrives is when the next entry comes: it goes on, so that ids come again
// within the window and after it, at its very end too, and a clock that is wrong
// goes back now and then.
func (d *tracked) arrives() time.Time {
	if d.arrived.IsZero() {
		d.arrived = eventtest.Begin
	}
	steps := []time.Duration{0, time.Minute, 5 * time.Hour, 24 * time.Hour, commerce.RepeatWindow - time.Second, commerce.RepeatWindow, 9 * 24 * time.Hour, -30 * time.Hour, -10 * 24 * time.Hour}
	d.arrived = d.arrived.Add(steps[d.r.IntN(len(steps))])
	return d.arrived
}

// prepare tells both of products and rates.
func (d *tracked) prepare() {
	var products, rates []warehouse.Row
	for _, id := range []string{"lamp", "cup"} {
		price := d.r.IntN(100)
		products = append(products, warehouse.Row{"product_id": id, "price": price, "category": "home", "tags": []string{"gift"}})
		v := customer.ProductVersion{At: customer.Always, Place: customer.Place{Seq: 1}}
		v.Fields[2], v.Fields[5], v.Fields[6] = eval.Text("home"), eval.List([]string{"gift"}), eval.Whole(price)
		d.engine.ArriveProducts([]live.ProductVersion{{ID: id, ProductVersion: v}})
	}
	for day := eventtest.Begin; day.Before(eventtest.End); day = day.AddDate(0, 0, 1+d.r.IntN(2)) {
		rates = append(rates, warehouse.Row{"date": day, "currency": "EUR", "rate": "4.976543"})
		d.tracker.SetRate(day.Unix()/86_400, "EUR", eval.Number(4_976_543))
	}
	d.load(commerce.Products, products)
	d.load(commerce.Rates, rates)
}

func (d *tracked) load(kind commerce.Kind, rows []warehouse.Row) warehouse.Result {
	if err := d.tracker.Arrived(eventtest.Begin.Unix()); err != nil { // as the Keeper tells of an import
		d.t.Fatal(err)
	}
	return d.loadBatch(warehouse.Batch{Kind: kind, At: eventtest.Begin, Rows: rows})
}

func (d *tracked) loadBatch(batch warehouse.Batch) warehouse.Result {
	d.seq = max(d.seq, 1)
	if len(d.entries) == 0 {
		d.seq++
	}
	if batch.Seq == 0 {
		batch.Seq = d.seq
	}
	result, err := d.db.Load(d.t.Context(), batch)
	if err != nil {
		d.t.Fatalf("seed %d: %v\n%s", d.seed, err, d.log())
	}
	return result
}

// take gives an entry to the engine, and keeps it for the warehouse.
func (d *tracked) take(entry warehouse.EventEntry) {
	if entry.At.IsZero() {
		entry.At = eventtest.Begin
	}
	if len(d.waiting) > 0 { // as the loader does
		from, to := entry.At, entry.At
		for _, e := range d.waiting {
			from, to = minTime(from, e.At), maxTime(to, e.At)
		}
		if to.Sub(from) >= commerce.RepeatWindow-time.Second {
			d.flush()
		}
	}
	d.entries, d.waiting = append(d.entries, entry), append(d.waiting, entry)
	if err := d.tracker.Arrived(entry.At.Unix()); err != nil {
		d.t.Fatal(err)
	}
	for i, e := range entry.Events {
		err := d.tracker.ArriveTracked(e, customer.Place{Seq: entry.Seq, Pos: int64(i)})
		if problem, ok := errors.AsType[*live.RefusedError](err); ok {
			d.live[fmt.Sprintf("%d.%d", entry.Seq, i)] = problem.Error()
			d.refused++
		} else if errors.Is(err, live.ErrRepeat) {
			d.repeated++
		} else if err != nil {
			d.t.Fatal(err)
		} else if e.At.After(d.clock) {
			d.clock = e.At
		}
	}
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// flush loads the entries that wait in one batch, and compares the refusals.
func (d *tracked) flush() {
	if len(d.waiting) == 0 {
		return
	}
	result := d.loadBatch(warehouse.Batch{Seq: d.waiting[len(d.waiting)-1].Seq, Kind: commerce.Events, Entries: d.waiting})
	d.conflicts += len(result.Conflicts)
	got := map[string]string{}
	for _, f := range result.Refusals {
		pos := int(f.Pos)
		for _, entry := range d.waiting {
			if pos < len(entry.Events) {
				got[fmt.Sprintf("%d.%d", entry.Seq, pos)] = f.Column + ": " + f.Reason
				break
			}
			pos -= len(entry.Events)
		}
	}
	if !maps.Equal(got, d.live) {
		d.t.Fatalf("seed %d: refused\nby the warehouse %v\nby the engine    %v\n%s", d.seed, got, d.live, d.log())
	}
	if result.Repeats != d.repeated {
		d.t.Fatalf("seed %d: %d repeats by the warehouse, %d by the engine\n%s", d.seed, result.Repeats, d.repeated, d.log())
	}
	d.repeats += d.repeated
	d.waiting, d.repeated = nil, 0
	clear(d.live)
}

// look compares the members of all segments at some instants.
func (d *tracked) look() bool {
	d.flush()
	if d.clock.IsZero() {
		return true
	}
	spans := []time.Duration{time.Microsecond, 30 * time.Minute, 5 * time.Hour, 26 * time.Hour, 40 * 24 * time.Hour, 200 * 24 * time.Hour}
	var wrong strings.Builder
	for _, at := range []time.Time{d.clock, d.clock.Add(spans[d.r.IntN(len(spans))])} {
		for _, s := range d.segments {
			if got, want := d.members(s, at); !slices.Equal(got, want) {
				fmt.Fprintf(&wrong, "at %s %s\nthe engine    %v\nthe warehouse %v\n", at.Format(time.RFC3339Nano), d.texts[s.ID], got, want)
			}
		}
	}
	if wrong.Len() > 0 {
		d.t.Errorf("seed %d\n%s%s", d.seed, &wrong, d.log())
	}
	return wrong.Len() == 0
}

func (d *tracked) members(s eval.Segment, at time.Time) (got, want []string) {
	got, err := d.engine.Members(s.ID, at.UnixMicro())
	if err == nil {
		err = d.ask.Members(d.t.Context(), s.Checked, at, false, func(id string) error {
			want = append(want, id)
			return nil
		})
	}
	if err != nil {
		d.t.Fatalf("seed %d: %s: %v\n%s", d.seed, d.texts[s.ID], err, d.log())
	}
	d.asked++
	if len(want) > 0 {
		d.some++
	}
	return got, want
}

// log is all events so far.
func (d *tracked) log() string {
	var b strings.Builder
	for _, entry := range d.entries {
		for i, e := range entry.Events {
			text, _ := json.Marshal(e)
			fmt.Fprintf(&b, "%d.%d %s %s\n", entry.Seq, i, entry.At.Format(time.RFC3339), text)
		}
	}
	return b.String()
}

func pickOne(r *rand.Rand, values ...string) string { return values[r.IntN(len(values))] }

// TestTrackedExtremes: nothing that intake lets through stops the warehouse,
// or is read in another way by the engine.
func TestTrackedExtremes(t *testing.T) {
	t.Parallel()
	d := newTracked(t, 1)
	d.prepare()
	at := eventtest.Begin
	track := func(name, properties string) commerce.Event {
		at = at.Add(time.Hour)
		return commerce.Event{At: at, Name: name, CustomerID: "c1", Properties: json.RawMessage(properties)}
	}
	identify := func(traits string) commerce.Event {
		at = at.Add(time.Hour)
		return commerce.Event{At: at, Type: "identify", CustomerID: "c1", Traits: json.RawMessage(traits)}
	}
	deep := strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)
	for _, e := range []commerce.Event{
		track("order", `{"id":"o1","products":[{"product_id":"lamp","quantity":999999,"price":999999.5},{"price":2,"discount":999999999999}]}`),
		track("order", `{"id":"o2","total":999999999999,"currency":"EUR","shipping":"999999999999.999999"}`),
		track("order", `{"id":"o4","products":[{"quantity":-1,"price":0,"discount":999999999999.999999},{"quantity":1,"product":"cup"}]}`),
		track("order", `{"id":"o5","cancelled_at":"9999-12-31T23:59:59-14:00"}`),
		track("order", `{"id":"o6","cancelled_at":"0001-01-01T00:00:00Z"}`),
		track("order", `{"id":"o7","cancelled_at":"2026-03-01T24:00:00Z"}`),
		track("order", `{"id":"o8","total":-0,"items":[{"quantity":0}],"products":"x"}`),
		track("order", `{"id":"o9","total":1e2,"items":[{"quantity":1.5e0,"price":1e-7}]}`),
		track("refund", `{"order_id":"o1","total":999999999999,"currency":"EUR","quantity":999999999999}`),
		track("points_spent", `{"amount":"-999999999999.999999"}`),
		track("product_added", `{"product_id":"lamp","quantity":1000,"price":12000000}`),
		track("product_added", `{"product_id":"\u0000","price":1,"name":"a\u0000b","tags":["\u0000"]}`),
		track("Product Viewed", `{"released_at":"9999-12-31T23:59:59+14:00","":1,"a\"b":2,"a\\b":3,"*":4,"nested":`+deep+`}`),
		track("Product Viewed", `{"released_at":"0000-01-01","price":1,"price":2,"tags":{"a":1}}`),
		track("Product Viewed", `{"released_at":20260101,"product":{"id":1},"price":12345678901234567890123,"score":1e999}`),
		track("coupon", `{"id":1,"expires_at":"2026-03-01T24:00:00Z","value":1e3}`),
		identify(`{"":1,"a\"b":2,"a\\b":3,"*":4,"a.b":5,"$":6,"a/b":7,"~1":8,"0":9,"#":1,"/":2,"[0]":7,"\u0000":8,"é":9,"a":` + deep + `}`),
		identify(`{"tags":"vip","createdAt":"0001-01-01T00:00:00Z","birthday":"0000-00-00"}`),
		identify(`{"tags":{"a":1},"address":["x"],"timezone":"\u0000","shoe_size":1e1}`),
		identify(`{"tags":["sale",null,{"a":1},["b"]],"createdAt":"9999-12-31T23:59:59-14:00"}`),
	} {
		d.seq++
		d.take(warehouse.EventEntry{Seq: d.seq, Events: []commerce.Event{e}})
		d.flush()
	}
	if !d.look() {
		return
	}
	// What these come to does not fit: it is missing in the warehouse.
	for _, e := range []commerce.Event{
		track("order", `{"id":"o3","products":[{"quantity":-999999999999,"price":999999999999,"discount":999999999999}]}`),
		track("product_added", `{"product_id":"lamp","quantity":999999999999,"price":999999999999}`),
		track("product_added", `{"product_id":"lamp","quantity":999999999999}`),
		track("order", `{"id":"o10","products":[{"product_id":"lamp","quantity":999999999999,"price":999999999999.999999},{"price":2,"discount":999999999999}]}`),
	} {
		d.seq++
		d.take(warehouse.EventEntry{Seq: d.seq, Events: []commerce.Event{e}})
		d.flush()
	}
	for _, s := range d.segments {
		d.members(s, d.clock)
	}
}

// TestEntryRows: orders without an id are named by their entry of the log,
// however many entries one batch brings.
func TestEntryRows(t *testing.T) {
	t.Parallel()
	d := newTracked(t, 2)
	order := commerce.Event{At: eventtest.Begin, Name: "order", CustomerID: "c1", Properties: json.RawMessage(`{"total":1}`)}
	d.waiting = []warehouse.EventEntry{{Seq: 3, Events: []commerce.Event{order, order}}, {Seq: 5, Events: []commerce.Event{order}}}
	d.seq, d.entries = 5, d.waiting
	d.loadBatch(warehouse.Batch{Kind: commerce.Events, Entries: d.waiting})
	d.seq = 6
	d.load(commerce.Events, warehouse.EventRows([]commerce.Event{order}))
	checked, problems := segql.Compile(`sum(order.total) = 4 and has order[id = "#3.0"] and has order[id = "#3.1"] and has order[id = "#5.0"] and has order[id = "#6.0"]`,
		script.Catalogue(script.Shop{}, nil))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if n, err := d.ask.Count(t.Context(), checked, eventtest.End, false); n != 1 || err != nil {
		t.Error(n, err)
	}
}

// TestRepeatsOfTheLog: an id is remembered for the window, to the second, by the
// warehouse, however entries are grouped, and by the engine. What says something
// else meanwhile is a conflict.
func TestRepeatsOfTheLog(t *testing.T) {
	t.Parallel()
	const window = commerce.RepeatWindow
	type arrival struct {
		after    time.Duration // since Begin
		name     string
		repeat   bool
		conflict bool
	}
	for name, arrivals := range map[string][]arrival{
		"just within":                       {{0, "a", false, false}, {window - time.Second, "a", true, false}},
		"fractions of seconds do not count": {{999 * time.Millisecond, "a", false, false}, {window, "a", false, false}},
		"at its end":                        {{0, "a", false, false}, {window, "a", false, false}, {2*window - time.Second, "a", true, false}, {2 * window, "a", false, false}},
		"a repeat does not prolong":         {{0, "a", false, false}, {window / 2, "a", true, false}, {window, "a", false, false}},
		"other content":                     {{0, "a", false, false}, {0, "b", true, true}, {0, "a", true, false}, {window - time.Second, "b", true, true}, {window, "b", false, false}, {window, "a", true, true}},
		"a clock that went back":            {{10 * 24 * time.Hour, "a", false, false}, {0, "a", true, false}, {window, "a", true, false}, {17 * 24 * time.Hour, "a", false, false}},
		"a clock that went back, unseen":    {{0, "a", false, false}, {window, "", false, false}, {time.Hour, "a", false, false}},
	} {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprint(name, together), func(t *testing.T) {
				t.Parallel()
				d := newTracked(t, 1)
				d.seq = 1
				var repeats int64
				conflicts := 0
				for _, a := range arrivals {
					e := commerce.Event{At: eventtest.Begin, Name: a.name, CustomerID: "c1", MessageID: "m"}
					if a.name == "" {
						e.Name, e.MessageID = "other", "n"
					}
					if a.repeat {
						repeats++
					}
					if a.conflict {
						conflicts++
					}
					d.seq++
					d.take(warehouse.EventEntry{Seq: d.seq, At: eventtest.Begin.Add(a.after), Events: []commerce.Event{e}})
					if !together {
						d.flush()
					}
					if got := d.repeats + d.repeated; got != repeats {
						t.Errorf("%d repeats after %+v, want %d", got, a, repeats)
					}
				}
				d.flush()
				if d.repeats != repeats || d.conflicts != conflicts {
					t.Errorf("%d repeats and %d conflicts, want %d and %d", d.repeats, d.conflicts, repeats, conflicts)
				}
			})
		}
	}
}
