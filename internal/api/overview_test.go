package api_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/figures"
	"kith/internal/segment"
)

// counted is a shop whose figures are counted so many times.
type counted struct {
	times   int64
	applied uint64
	imports uint64
	fails   error
}

func (c *counted) Figures(_ context.Context, at time.Time) (figures.Figures, error) {
	c.times++
	day := at.AddDate(0, 0, -9)
	return figures.Figures{Customers: c.times, Freshness: figures.Freshness{LastOrderAt: &day}}, c.fails
}

func (c *counted) Applied(context.Context) (uint64, error)    { return c.applied, nil }
func (c *counted) LastImport(context.Context) (uint64, error) { return c.imports, nil }

func TestTheOverviewIsKept(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	times := func() int64 {
		t.Helper()
		o, err := k.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return o.Customers
	}
	refresh := func() {
		t.Helper()
		if err := k.RefreshOverview(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if times() != 1 {
		t.Error("the first request does not work the figures out")
	}
	if times() != 1 {
		t.Error("the second request works them out again")
	}
	if refresh(); times() != 1 {
		t.Error("nothing changed")
	}
	k.counted.applied++
	if times() != 1 {
		t.Error("a request waits for what changed")
	}
	if refresh(); times() != 2 {
		t.Error("what changed is not worked out")
	}
	k.now = func() time.Time { return noon.Add(61 * time.Minute) }
	if refresh(); times() != 3 {
		t.Error("after an hour windows have moved")
	}
	k.counted.applied++
	k.counted.fails = errors.New("no room")
	if err := k.RefreshOverview(t.Context()); err == nil || times() != 3 {
		t.Error("after a failure the old figures hold", err)
	}

	// Another process has them at once; of another currency's it takes none.
	text, found, err := k.ops.FindSetting(t.Context(), "overview")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	other := newKept(t)
	if err := other.ops.PutSetting(t.Context(), "overview", text); err != nil {
		t.Fatal(err)
	}
	if o, err := other.Overview(t.Context()); err != nil || o.Customers != 3 || other.counted.times != 0 {
		t.Errorf("%d customers, counted %d times: %v", o.Customers, other.counted.times, err)
	}
	for _, damaged := range []string{"", "{", "[]", `{"version":99}`, `{"version":1,"currency":"XXX"}`} {
		other := newKept(t)
		if err := other.ops.PutSetting(t.Context(), "overview", damaged); err != nil {
			t.Fatal(err)
		}
		if o, err := other.Overview(t.Context()); err != nil || o.Customers != 1 {
			t.Errorf("from %q: %d customers, %v", damaged, o.Customers, err)
		}
	}
}

func TestAttention(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.clock = noon.Add(-time.Hour)
	o, err := k.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]figures.Attention{}
	for _, a := range o.Attention {
		kinds[a.Kind] = a
	}
	if a, ok := kinds[figures.NothingNew]; !ok || a.Days != 9 {
		t.Errorf("nine days without an order: %+v", o.Attention)
	}
	if a, ok := kinds[figures.MembershipsBehind]; !ok || !a.At.Equal(k.clock) {
		t.Errorf("an hour behind: %+v", o.Attention)
	}
	if o.Moved == nil {
		t.Error("what moved is null")
	}
}

func TestKeptGroupsServeUntilAnImport(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	if _, err := k.Overview(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.counted.applied = 7 // events
	r, err := k.RFM(t.Context(), "")
	if err != nil || !r.AsOf.Equal(noon) {
		t.Errorf("as of %s: %v", r.AsOf, err)
	}
}

func TestADefinitionThatChangedDidNotMove(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Time{"": {}, "before the 7 days": noon.AddDate(0, 0, -7), "in them": noon.AddDate(0, 0, -6)} {
		k := newKept(t)
		k.saved = map[string]time.Time{"all": at}
		k.commit(t, segment.Batch{Days: []segment.Day{{Segment: "all", Date: noon.Format(time.DateOnly), Entered: 7, Left: 1, Size: 9}}})
		o, err := k.Overview(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []figures.Moved{{ID: "all", Size: 9, Before: 3, Entered: new(int64(7)), Left: new(int64(1))}}
		if name == "in them" {
			want = []figures.Moved{}
		}
		if diff := cmp.Diff(want, o.Moved); diff != "" {
			t.Errorf("saved %s (-want +got):\n%s", name, diff)
		}
	}
}
