package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// serveAll serves a shop with its console.
func serveAll(t *testing.T, k *kept) *httptest.Server {
	t.Helper()
	handler, err := api.Handler(api.HandlerConfig{
		Shop: k, Console: k.Service, Users: k.team.Book, Token: token, Version: "1", Log: slog.New(slog.DiscardHandler), Done: t.Context(), ReaderTime: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func TestTheLanguageIsComplete(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	l, err := k.Language(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var facts, fields, functions []string
	for _, f := range l.Facts {
		facts = append(facts, f.Name)
		for _, x := range f.Fields {
			if _, ok := segql.LookupFactField(&segql.Facts{Name: f.Name}, x.Name); !ok || x.Description == "" || x.Type == "" || x.List != (x.Type == "list") {
				t.Errorf("%s.%+v", f.Name, x)
			}
		}
		if len(f.Fields) != len(segql.FactFields(&segql.Facts{Name: f.Name})) {
			t.Errorf("%s has %d fields", f.Name, len(f.Fields))
		}
	}
	for _, x := range slices.Concat(l.CustomerFields, l.OwnFields, l.BaseFields, l.ShopSettings) {
		fields = append(fields, x.Name)
		if x.Description == "" {
			t.Errorf("%s is not described", x.Name)
		}
	}
	for _, f := range segql.Fields() {
		if !slices.Contains(fields, f.Name) {
			t.Errorf("%s is left out", f.Name)
		}
	}
	for _, f := range l.Functions {
		functions = append(functions, f.Name)
	}
	if !slices.Equal(facts, segql.FactNames()) || len(functions) != int(segql.Last)+2 || !slices.Equal(l.Words, segql.Words()) || len(l.EventFields) == 0 {
		t.Errorf("facts %v, functions %v", facts, functions)
	}
	if want := []api.LanguageEvent{{Key: "quiz", Name: "Quiz", Count: 3, LastSeen: noon, Properties: []string{}}}; !reflect.DeepEqual(l.Events, want) {
		t.Errorf("events %+v", l.Events)
	}
	if want := []api.LanguageTrait{{Name: "traits.size", Customers: 4, Type: "number"}}; !reflect.DeepEqual(l.Traits, want) {
		t.Errorf("traits %+v", l.Traits)
	}
	if len(l.Segments) < 20 || l.Segments[0] != (api.LanguageSegment{ID: "all"}) || l.Limits.Depth != segql.MaxDepth {
		t.Errorf("segments %+v, limits %+v", l.Segments, l.Limits)
	}
	for _, s := range l.Segments {
		if s.ID == "champions" || s.ID == "category-fans" {
			t.Errorf("%s is hidden or a template", s.ID)
		}
	}
}

func TestValuesAreSearchedWhereTheyAreKept(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	ask := func(name, search string, limit int) string {
		v, err := k.Values(t.Context(), api.ValuesQuestion{Name: name, Search: search, Limit: limit})
		if err != nil {
			return string(commerce.CodeOf(err))
		}
		var all []string
		for _, x := range v.Values {
			all = append(all, x.Value)
		}
		return strings.Join(all, " ")
	}
	for _, x := range []struct {
		name, search string
		limit        int
		want         string
	}{
		{"country", "", 20, "Moldova Romania Europe"},
		{"country", "ro", 20, "Romania Europe"},
		{"country", "RO", 1, "Romania"},
		{"country", "xx", 20, ""},
		{"stage", "", 20, "lost lapsing loyal repeat first-time prospect"},
		{"age", "", 20, "invalid"},
		{"nothing", "", 20, "invalid"},
		{"country') --", "", 20, "invalid"},
		{"order.total) is missing or (max(order.total", "", 20, "invalid"},
	} {
		if got := ask(x.name, x.search, x.limit); got != x.want {
			t.Errorf("%s %q: %s, want %s", x.name, x.search, got, x.want)
		}
	}
	if k.valuesAsked != 2 { // country, and age, which was refused
		t.Errorf("the warehouse was asked %d times", k.valuesAsked)
	}
	for i := range 300 { // more names than are kept
		ask(fmt.Sprintf("traits.n%d", i), "", 1)
	}
	before := k.valuesAsked
	ask("traits.n299", "", 1)
	ask("country", "", 1)
	if k.valuesAsked != before+1 {
		t.Errorf("%d names were asked for again", k.valuesAsked-before)
	}
	server := serveAll(t, k)
	for path, want := range map[string]int{
		"?name=country": 200, "": 422, "?name=": 422, "?name=country&limit=0": 422, "?name=country&limit=1000": 422, "?name=%00": 422,
		"?name=" + strings.Repeat("a", 501): 422, "?name=country&search=" + strings.Repeat("a", 300): 422, "?name=DROP%20TABLE%20x": 422,
	} {
		response, err := asOwner.Get(server.URL + "/v1/language/values" + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, want)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	k := newKept(t) // noon is the 1 March
	k.commit(t, segment.Batch{Days: []segment.Day{
		{Segment: "all", Date: "2026-01-05", Entered: 5, Size: 5},
		{Segment: "all", Date: "2026-02-20", Entered: 3, Left: 1, Size: 7},
		{Segment: "all", Date: "2026-03-01", Entered: 4, Left: 2, Size: 9},
		{Segment: "recent-buyers", Date: "2026-02-27", Entered: 1, Size: 1},
	}})
	k.sizes["recent-buyers"], k.sizes["champions"] = 1, 5
	f, err := k.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]api.SegmentFigures{}
	for _, s := range f.Segments {
		byID[s.ID] = s
	}
	if f.Customers == nil || *f.Customers != 9 || !f.AsOf.Equal(k.clock) || f.Segments[0].ID != "all" {
		t.Errorf("%+v", f)
	}
	all := byID["all"]
	if *all.Customers != 9 || *all.Share != 1 || *all.EnteredToday != 4 || *all.LeftToday != 2 || len(all.Trend) != 30 {
		t.Errorf("all: %+v", all)
	}
	trend := map[string]int64{}
	for _, p := range all.Trend {
		trend[p.Date] = p.Size
	}
	for date, want := range map[string]int64{"2026-01-31": 5, "2026-02-19": 5, "2026-02-20": 7, "2026-02-28": 7, "2026-03-01": 9} {
		if trend[date] != want {
			t.Errorf("on %s it was %d, want %d", date, trend[date], want)
		}
	}
	if diff := cmp.Diff([]api.TrendPoint{{"2026-02-27", 1}, {"2026-02-28", 1}, {"2026-03-01", 1}}, byID["recent-buyers"].Trend); diff != "" {
		t.Errorf("trend of one that is new (-want +got):\n%s", diff)
	}
	if s := byID["recent-buyers"]; *s.EnteredToday != 0 || *s.LeftToday != 0 {
		t.Errorf("today: %+v", s)
	}
	if s := byID["curious-prospects"]; s.Customers != nil || s.Trend != nil || !slices.Equal(s.Missing, []string{"visit"}) {
		t.Errorf("what the shop lacks: %+v", s)
	}
	if s, ok := byID["category-fans"]; !ok || s.Customers != nil || s.Missing == nil && s.Trend != nil {
		t.Errorf("a template: %+v", s)
	}
	if _, ok := byID["champions"]; ok {
		t.Error("a hidden one is shown")
	}
}

// TestFiguresBeforeAnythingIsKept come at once, without sizes.
func TestFiguresBeforeAnythingIsKept(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.unkept = true
	f, err := k.Figures(t.Context())
	if err != nil || f.Customers != nil || len(f.Segments) == 0 || f.Segments[0].Customers != nil {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestUsesAreListed(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.texts = map[string]string{"loyal": `in segment "all" and in segment "recent-buyers"`}
	list, err := k.ListSegments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range list {
		got[s.ID] = fmt.Sprint(s.Uses, s.UsedBy)
	}
	if got["loyal"] != "[all recent-buyers] []" || got["all"] != "[] [loyal]" || got["recent-buyers"] != "[] [loyal]" {
		t.Errorf("%v", got)
	}
	if s, err := k.GetSegment(t.Context(), "all"); err != nil || !slices.Equal(s.UsedBy, []string{"loyal"}) {
		t.Errorf("alone: %+v, %v", s, err)
	}
}

// TestPagesOfAHistory are all of it, once.
func TestPagesOfAHistory(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.commit(t, segment.Batch{Transitions: []segment.Transition{alone("all", 5, noon.Add(-48*time.Hour)), alone("all", 4, noon)}, Sweeps: []segment.Sweep{sweep("other", 10), sweep("all", 2500)}})
	k.commit(t, segment.Batch{Transitions: []segment.Transition{alone("all", 2, noon), alone("other", 2, noon), alone("all", 3, noon)}})
	everything, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: 10_000, From: "2026-03-01", To: "2026-03-01"})
	if err != nil || len(everything.Transitions) != 2503 || everything.Next != "" {
		t.Fatalf("%d, %q, %v", len(everything.Transitions), everything.Next, err)
	}
	_, client := serve(t, k)
	for _, limit := range []int{1, 2, 999, 1000, 2502, 2503, 2504} {
		var got []api.Transition
		q := api.HistoryQuestion{Segment: "all", Limit: limit, From: "2026-03-01", To: "2026-03-01"}
		for pages := 0; ; pages++ {
			if limit < 10 && pages == 5 {
				break
			}
			h, err := client.History(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, h.Transitions...)
			if q.After = h.Next; q.After == "" {
				break
			}
		}
		want := everything.Transitions[:min(len(everything.Transitions), len(got))]
		if limit > 10 {
			want = everything.Transitions
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: %d of %d", limit, len(got), len(everything.Transitions))
		}
	}
	if _, err := k.History(t.Context(), api.HistoryQuestion{Segment: "all", Limit: 1, After: "x"}); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("no place: %v", err)
	}
}

// TestSizesAsTheyChange are told at most twice a second, and that the stream
// is alive.
func TestSizesAsTheyChange(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	synctest.Test(t, func(t *testing.T) {
		k.now, k.changes = time.Now, make(chan struct{}, 10)
		k.set(map[string]int64{"": 9, "a": 1, "b": 2})
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		var told []string
		ended := make(chan error)
		go func() {
			ended <- k.FollowSizes(ctx, func(n api.LiveNews) error {
				sizes, err := json.Marshal(n.Sizes)
				told = append(told, fmt.Sprintf("%v %s", time.Since(began), sizes))
				return err
			})
		}()
		synctest.Wait()
		for range 20 { // every 90 ms somebody enters
			time.Sleep(90 * time.Millisecond)
			sizes := k.Sizes()
			k.set(map[string]int64{"": 9, "a": sizes["a"] + 1, "b": 2})
		}
		time.Sleep(20 * time.Second)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		if want := []string{`0s {"a":1,"b":2}`, `500ms {"a":6}`, `1s {"a":12}`, `1.5s {"a":17}`, `2s {"a":21}`, `15s null`}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// TestTheStreamOfSizes over HTTP.
func TestTheStreamOfSizes(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server := serveAll(t, k)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := asOwner.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var got []string
	for lines := bufio.NewScanner(response.Body); len(got) < 4 && lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "event: ") || strings.HasPrefix(line, "data: ") {
			got = append(got, line)
		}
	}
	want := []string{"event: sizes", `data: {"all":9,"slipping-away":0}`, "event: freshness", `data: {"as_of":"2026-03-01T11:59:00.123456Z"}`}
	if !slices.Equal(got, want) || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%s: %q", response.Header.Get("Content-Type"), got)
	}
}
