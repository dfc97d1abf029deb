package insight

import (
	"fmt"
	"strconv"
)

// From where on a segment is hardly worth work of its own.
const (
	// SmallShare: a segment with less than this of the customers, and of the
	// revenue of the last 12 months, is too small to matter. If all of its
	// members bought a third more, the shop would sell 0.3 % more. One of the
	// two is not enough: few customers may bring most of the revenue, and
	// prospects bring none yet.
	SmallShare = 0.01
	// LargeLift: if the smallest lift that a test could see is above this, it
	// is too small to learn from. A campaign seldom makes half as many again
	// order as would anyway.
	LargeLift = 0.5
	// LargeRate is LargeLift where nobody orders anyway: the rate that one half
	// must reach. Of customers who are gone, a campaign seldom brings back one
	// in fifty within a month.
	LargeRate = 0.02
)

// Warning is a reason why a segment may not be worth it, with its numbers.
type Warning struct {
	Code    WarningCode `json:"code" enum:"empty,small,untestable,contained"`
	Message string      `json:"message" words:"message"`
}

// WarningCode says which reason.
type WarningCode string

// Reasons.
const (
	Empty      WarningCode = "empty"      // it has no members
	Small      WarningCode = "small"      // it hardly matters to the shop
	Untestable WarningCode = "untestable" // a test would hardly show whether anything helps
	Within     WarningCode = "contained"  // a bigger segment holds nearly all of its members
)

// warnings judges the report that is otherwise complete. The segment that
// holds nearly all members is only named where there is something to warn of.
func (r Report) warnings() []Warning {
	if r.Members == 0 {
		return []Warning{{Empty, "nobody is in the segment"}}
	}
	found := []Warning{}
	if r.small() {
		found = append(found, Warning{Small, r.smallMessage()})
	}
	if message := r.Test.untestable(); message != "" {
		found = append(found, Warning{Untestable, message})
	}
	if len(found) == 0 {
		return found
	}
	for _, c := range r.Containing {
		if c.Members > r.Members {
			return append(found, Warning{Within, fmt.Sprintf("segment %q has %d members and holds %s of these: consider it instead",
				c.ID, c.Members, Percent(c.Share))})
		}
	}
	return found
}

func (r Report) small() bool {
	return r.Share < SmallShare && (r.Year.RevenueShare == nil || *r.Year.RevenueShare < SmallShare)
}

func (r Report) smallMessage() string {
	message := fmt.Sprintf("too small to matter: %s of the known customers", Percent(r.Share))
	if r.Year.RevenueShare == nil {
		return message + ", in a shop without revenue in the last 12 months"
	}
	return message + fmt.Sprintf(" and %s of the revenue of the last 12 months", Percent(*r.Year.RevenueShare))
}

// untestable says why a test would hardly show a lift, or nothing if it would.
func (t Test) untestable() string {
	const short = "too small to learn from: "
	switch {
	case t.Outcome == TooFew && t.PerHalf == 0:
		return short + "one member cannot be split into halves"
	case t.Outcome == TooFew:
		return short + fmt.Sprintf("with %d members in a half, a test would not show it if all of one half ordered within %d days (%s do anyway)",
			t.PerHalf, RateDays, Percent(t.Baseline.Rate))
	case t.Outcome == Visible && t.Lift != nil && *t.Lift > LargeLift:
		return short + fmt.Sprintf("with %d members in a half, a test sees a lift from +%s on: %s ordering within %d days in place of %s",
			t.PerHalf, Percent(*t.Lift), Percent(*t.Rate), RateDays, Percent(t.Baseline.Rate))
	case t.Outcome == Visible && t.Lift == nil && *t.Rate > LargeRate:
		return short + fmt.Sprintf("with %d members in a half, a test sees it from %s ordering within %d days on, where nobody does",
			t.PerHalf, Percent(*t.Rate), RateDays)
	}
	return ""
}

// Percent writes a share with one decimal, below a percent with two significant
// digits, so that a small share is not 0.0%.
func Percent(share float64) string {
	p := share * 100
	if p != 0 && p > -1 && p < 1 {
		return strconv.FormatFloat(p, 'g', 2, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}
