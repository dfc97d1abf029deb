package insight_test

import (
	"math"
	"testing"

	"kith/internal/segment/insight"
)

// near says whether a number is another one as far as that was published.
func near(got, want, unit float64) bool { return math.Abs(got-want) <= unit/2 }

// TestSampleSizeAsPublished compares with the examples of R's
// power.prop.test, and with tables of the formula without continuity
// correction.
func TestSampleSizeAsPublished(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ p1, p2, alpha, power, want, unit float64 }{
		{0.50, 0.75, 0.05, 0.90, 76.7, 0.1},
		{0.90, 1.00, 0.05, 0.80, 73.37, 0.01},
		{0.50, 0.501, 0.001, 0.90, 10451937, 1},
		{0.50, 0.75, 0.05, 0.7401659, 50, 0.001},
	} {
		if got := insight.SampleSize(c.p1, c.p2, c.alpha, c.power); !near(got, c.want, c.unit) {
			t.Errorf("SampleSize(%v, %v, %v, %v) = %v, want %v", c.p1, c.p2, c.alpha, c.power, got, c.want)
		}
	}
}

func TestSmallestRateAsPublished(t *testing.T) {
	t.Parallel()
	if got, ok := insight.SmallestRate(50, 0.5, 0.05, 0.9); !ok || !near(got, 0.8026, 0.0001) {
		t.Errorf("50 a group, from 0.5: %v %v, want 0.8026", got, ok)
	}
	// R warns here: 73.37 a group are needed for 1.0 itself.
	for n, want := range map[float64]bool{30: false, 73.36: false, 73.38: true} {
		if got, ok := insight.SmallestRate(n, 0.9, 0.05, 0.8); ok != want {
			t.Errorf("%v a group, from 0.9: %v %v, want %v", n, got, ok, want)
		}
	}
}

func TestSmallestRateInvertsSampleSize(t *testing.T) {
	t.Parallel()
	for _, p1 := range []float64{0, 1e-6, 0.01, 0.2, 0.5, 0.8, 0.99} {
		for _, n := range []float64{10, 100, 5_000, 1e6, 1e9} {
			p2, ok := insight.SmallestRate(n, p1, insight.Alpha, insight.Power)
			if !ok {
				if size := insight.SampleSize(p1, 1, insight.Alpha, insight.Power); size <= n {
					t.Errorf("none from %v with %v, but 1 needs %v", p1, n, size)
				}
				continue
			}
			if size := insight.SampleSize(p1, p2, insight.Alpha, insight.Power); p2 <= p1 || math.Abs(size/n-1) > 1e-6 {
				t.Errorf("from %v with %v: %v, which needs %v", p1, n, p2, size)
			}
		}
	}
}

func TestTestOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		members, before, ordered int64
		want                     insight.Outcome
		rate, lift               float64 // 0: none
	}{
		"nobody":                  {0, 0, 0, insight.TooFew, 0, 0},
		"one member":              {1, 5, 2, insight.TooFew, 0, 0},
		"two members":             {2, 5, 2, insight.TooFew, 0, 0},
		"nobody before":           {100, 0, 0, insight.NoBaseline, 0, 0},
		"all order":               {100, 7, 7, insight.NothingToLift, 0, 0},
		"none orders":             {2000, 1000, 0, insight.Visible, 0.007809, 0},
		"half order":              {101, 10, 5, insight.Visible, 0.766830, 0.533660},
		"a percent, a large test": {1_000_000, 1000, 10, insight.Visible, 0.010565, 0.056525},
	} {
		got := insight.TestOf(c.members, insight.NewBaseline(c.before, c.ordered))
		if got.Outcome != c.want || !near(value(got.Rate), c.rate, 2e-6) || !near(value(got.Lift), c.lift, 2e-4) {
			t.Errorf("%s: %v %v %v, want %v %v %v", name, got.Outcome, value(got.Rate), value(got.Lift), c.want, c.rate, c.lift)
		}
		if (got.Rate == nil) != (c.rate == 0) || (got.Lift == nil) != (c.lift == 0) {
			t.Errorf("%s: a number that is not there: %+v", name, got)
		}
	}
}

func value(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}
