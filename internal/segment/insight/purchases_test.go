package insight_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"kith/internal/segment/insight"
)

func values(items []insight.Item) []string {
	list := []string{}
	for _, x := range items {
		list = append(list, x.Value)
	}
	return list
}

// TestLiftAsPublished: the Physicians' Health Study, Agresti, Categorical Data
// Analysis, 2nd edition (2002), table 2.3: heart attacks of 189 of 11,034 on
// placebo and 104 of 11,037 on aspirin, a ratio of 1.82 with 1.43 to 2.30.
func TestLiftAsPublished(t *testing.T) {
	t.Parallel()
	b := insight.Base{Members: 11_034, Others: 11_037}
	got := b.Rank([]insight.Buyers{{Value: "attack", Members: 189, Others: 104}}).MostBought[0]
	if !near(*got.Lift, 1.82, 0.01) || !near(*got.AtLeast, 1.43, 0.01) {
		t.Errorf("lift %v, at least %v; want 1.82 and 1.43", *got.Lift, *got.AtLeast)
	}
}

func TestWhatHasALift(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base          insight.Base
		members       int64
		others        int64
		lift, atLeast bool
	}{
		"two buyers":              {insight.Base{Members: 100, Others: 16_000}, 2, 4, false, false},
		"one buyer too few":       {insight.Base{Members: 100, Others: 900}, insight.MinBuyers - 1, 9, false, false},
		"just enough":             {insight.Base{Members: 100, Others: 900}, insight.MinBuyers, 9, true, true},
		"only members":            {insight.Base{Members: 100, Others: 900}, 50, 0, false, true},
		"everybody is a member":   {insight.Base{Members: 1000}, 500, 0, false, false},
		"all members, all others": {insight.Base{Members: 100, Others: 900}, 100, 900, true, true},
	} {
		got := c.base.Rank([]insight.Buyers{{Value: "x", Members: c.members, Others: c.others}}).MostBought[0]
		if (got.Lift != nil) != c.lift || (got.AtLeast != nil) != c.atLeast {
			t.Errorf("%s: %+v", name, got)
		}
		if got.Lift != nil && math.Abs(*got.Lift-got.MembersShare/got.OthersShare) > 1e-12 {
			t.Errorf("%s: lift %v of %v and %v", name, *got.Lift, got.MembersShare, got.OthersShare)
		}
		if got.AtLeast != nil && (math.IsNaN(*got.AtLeast) || math.IsInf(*got.AtLeast, 0)) {
			t.Errorf("%s: at least %v", name, *got.AtLeast)
		}
	}
}

func TestWhatStandsOut(t *testing.T) {
	t.Parallel()
	b := insight.Base{Members: 2_000, Others: 8_000}
	got := b.Rank([]insight.Buyers{
		{Value: "like-others", Members: 400, Others: 1600},
		{Value: "twice", Members: 400, Others: 800},
		{Value: "sure", Members: 300, Others: 300},
		{Value: "also-sure", Members: 300, Others: 300},
		{Value: "only-here", Members: 40, Others: 0},
		{Value: "of-few", Members: 19, Others: 1}, // less than one member in a hundred
		{Value: "by-chance", Members: 25, Others: 70},
		{Value: "never", Members: 0, Others: 900},
		{Value: "two-buyers", Members: 2, Others: 0},
	})
	if want := []string{"only-here", "also-sure", "sure", "twice"}; !slices.Equal(values(got.StandOut), want) {
		t.Errorf("stand out: %v, want %v", values(got.StandOut), want)
	}
	want := []string{"like-others", "twice", "also-sure", "sure", "only-here", "by-chance", "of-few", "two-buyers"}
	if !slices.Equal(values(got.MostBought), want) {
		t.Errorf("most bought: %v, want %v", values(got.MostBought), want)
	}
}

// TestChanceStandsOutForNobody: of twenty thousand products that members buy
// as others do, the luckiest ones do not stand out; one that they do prefer does.
func TestChanceStandsOutForNobody(t *testing.T) {
	t.Parallel()
	b := insight.Base{Members: 1_000, Others: 9_000}
	all := []insight.Buyers{{Value: "preferred", Members: 60, Others: 180}}
	for i := range 20_000 {
		// Twenty of a thousand, give or take up to four standard deviations.
		members := 20 + int64(math.Round(math.Sqrt(20)*math.Sqrt2*math.Erfinv(2*(float64(i)+0.5)/20_000-1)))
		all = append(all, insight.Buyers{Value: fmt.Sprintf("p%05d", i), Members: max(0, members), Others: 180})
	}
	if got := values(b.Rank(all).StandOut); !slices.Equal(got, []string{"preferred"}) {
		t.Errorf("stand out: %v, want the preferred one", got)
	}
}

func TestNothingBought(t *testing.T) {
	t.Parallel()
	for _, b := range []insight.Base{{}, {Members: 5}, {Others: 5}} {
		if got := b.Rank(nil); got.MostBought == nil || got.StandOut == nil || len(got.MostBought)+len(got.StandOut) > 0 {
			t.Errorf("%+v: %+v, want two empty lists", b, got)
		}
	}
}
