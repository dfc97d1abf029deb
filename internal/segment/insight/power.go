package insight

import "math"

// A test holds out half of the members at random and compares how many order
// within RateDays in either half. It is judged by these.
const (
	Alpha    = 0.05 // two-sided: how often a test sees a lift that is not there
	Power    = 0.80 // how often it sees one that is
	RateDays = 30
)

// Test is what a test with half of the members held out could see.
type Test struct {
	// PerHalf is how many are in the smaller half.
	PerHalf int64 `json:"per_half" doc:"members in the smaller half"`
	// Baseline is how many would order anyway; nil if that is not known.
	Baseline *Baseline `json:"baseline,omitempty" doc:"absent: nobody was a member 30 days before"`
	Outcome  Outcome   `json:"outcome" enum:"visible,no_baseline,nothing_to_lift,too_few"`
	// Rate is the smallest rate of the other half that the test sees, and Lift
	// what that is above the baseline, as a part of it.
	Rate *float64 `json:"smallest_rate,omitempty" doc:"the smallest rate of orders, from 0 to 1, that the test could tell from the baseline"`
	Lift *float64 `json:"smallest_lift,omitempty" doc:"the same as a part of the baseline: 0.1 is a tenth more; absent for a baseline of 0"`
}

// Baseline counts who ordered without being part of any test: of the customers
// who were members RateDays before, those who ordered since.
type Baseline struct {
	Members int64   `json:"members" doc:"30 days before"`
	Ordered int64   `json:"ordered" doc:"of these, within the 30 days since"`
	Rate    float64 `json:"rate" doc:"from 0 to 1"`
}

// NewBaseline works out the rate; of nobody it is 0.
func NewBaseline(members, ordered int64) Baseline {
	return Baseline{Members: members, Ordered: ordered, Rate: share(ordered, members)}
}

// Outcome says whether a test could see any lift.
type Outcome string

// Outcomes.
const (
	Visible       Outcome = "visible"
	NoBaseline    Outcome = "no_baseline"     // nobody was a member RateDays before
	NothingToLift Outcome = "nothing_to_lift" // all order anyway
	TooFew        Outcome = "too_few"         // it would not show if all of one half ordered
)

// TestOf says what a test of a segment could see.
func TestOf(members int64, b Baseline) Test {
	t := Test{PerHalf: members / 2, Outcome: TooFew}
	if b.Members > 0 {
		t.Baseline = &b
	}
	switch {
	case t.PerHalf == 0:
	case b.Members == 0:
		t.Outcome = NoBaseline
	case b.Ordered == b.Members:
		t.Outcome = NothingToLift
	default:
		if rate, ok := SmallestRate(float64(t.PerHalf), b.Rate, Alpha, Power); ok {
			t.Outcome, t.Rate = Visible, &rate
		}
	}
	if t.Rate != nil && b.Ordered > 0 {
		lift := (*t.Rate - b.Rate) / b.Rate
		t.Lift = &lift
	}
	return t
}

// SampleSize returns how many each of two groups of one size needs for a
// two-sided test of p1 against p2 at level alpha to have a power:
//
//	n = (z(1−α/2) √(2 p̄ q̄) + z(power) √(p1 q1 + p2 q2))² / (p2 − p1)²
//
// with p̄ = (p1 + p2) / 2 and q = 1 − p. This is Fleiss, Levin and Paik,
// Statistical Methods for Rates and Proportions, 3rd edition (2003), formula
// 4.14, without continuity correction; R's power.prop.test has the same. It
// approximates the binomial by the normal distribution: with fewer than about
// five expected orders in a half it is too hopeful.
func SampleSize(p1, p2, alpha, power float64) float64 {
	root := spread(p1, p2, alpha, power) / (p2 - p1)
	return root * root
}

// spread is what √n (p2 − p1) must reach.
func spread(p1, p2, alpha, power float64) float64 {
	mean := (p1 + p2) / 2
	return quantile(1-alpha/2)*math.Sqrt(2*mean*(1-mean)) + quantile(power)*math.Sqrt(p1*(1-p1)+p2*(1-p2))
}

// SmallestRate returns the smallest p2 above p1 that two groups of n can tell
// from p1 as SampleSize says, and whether there is one up to 1.
//
// √n (p2 − p1) − spread is convex in p2, since square roots of concave
// functions are concave, and not above 0 at p1: beyond p1 it is 0 at one place
// at most, which halving finds. At p1 = 0 it is also 0 at p2 = 0, which is no
// answer.
func SmallestRate(n, p1, alpha, power float64) (float64, bool) {
	seen := func(p2 float64) bool { return math.Sqrt(n)*(p2-p1) >= spread(p1, p2, alpha, power) }
	if p1 >= 1 || n <= 0 || !seen(1) {
		return 0, false
	}
	low, high := p1, 1.0
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high, true
		}
		if seen(middle) {
			high = middle
		} else {
			low = middle
		}
	}
}

// quantile is the standard normal distribution's.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
