package figures

import (
	"cmp"
	"math"
	"slices"
)

// Moved is a segment whose size changed within 7 days.
type Moved struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty" words:"preset"`
	Size    int64  `json:"size"`
	Before  int64  `json:"before" doc:"7 days ago"`
	Entered *int64 `json:"entered,omitempty" doc:"within 7 days; absent if the segment is kept for less, when before is what the facts say"`
	Left    *int64 `json:"left,omitempty" doc:"as entered"`
}

// Bounds of what is shown.
const (
	movedShown = 8
	// floorShare and floorLeast bound from below what a change is compared with:
	// a segment of three that becomes six did not move most.
	floorShare = 0.001 // of the customers
	floorLeast = 20
)

// MostMoved returns those that moved most: the change of the size against the
// size before, or against the floor if that is greater. The one that moved most
// is first; those that did not are left out.
func MostMoved(all []Moved, customers int64) []Moved {
	floor := max(floorLeast, floorShare*float64(customers))
	by := func(m Moved) float64 {
		return math.Abs(float64(m.Size-m.Before)) / max(float64(m.Before), floor)
	}
	list := []Moved{}
	for _, m := range all {
		if m.Size != m.Before {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Moved) int { return cmp.Or(cmp.Compare(by(b), by(a)), cmp.Compare(a.ID, b.ID)) })
	return list[:min(len(list), movedShown)]
}

// Shrinking returns those of the segments that lost a fifth of their size and
// were not tiny: candidates for a warning if their members buy much.
func Shrinking(moved []Moved, customers int64) []Moved {
	floor := max(floorLeast, floorShare*float64(customers))
	var list []Moved
	for _, m := range moved {
		if float64(m.Before) >= floor && 5*m.Size <= 4*m.Before {
			list = append(list, m)
		}
	}
	return list
}
