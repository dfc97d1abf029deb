package intake

import (
	"fmt"
	"sort"
	"time"
)

// segment is a stretch of local time that is read alike: local times before
// until (and not before the segment's start) are offset ahead of UTC; where
// fixed is set they do not exist, and all mean that instant, the end of the gap.
type segment struct {
	until  int64 // in microseconds of local time; the last has none
	offset int64 // in microseconds
	fixed  bool
	at     int64
}

// segments lists how a zone's local times from one year to another are read:
// a skipped local time is the end of the gap, a repeated one its first pass.
func segments(zone *time.Location, fromYear, toYear int) []segment {
	const second = 1_000_000
	from := time.Date(fromYear-1, 12, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(toYear+1, 2, 1, 0, 0, 0, 0, time.UTC)
	_, offset := from.In(zone).Zone()
	var list []segment
	for t := from; ; {
		_, end := t.In(zone).ZoneBounds()
		if end.IsZero() || end.After(to) {
			break
		}
		_, next := end.In(zone).Zone()
		at := end.Unix()
		switch {
		case next > offset: // clocks go forward: the times between do not exist
			list = append(list,
				segment{until: (at + int64(offset)) * second, offset: int64(offset) * second},
				segment{until: (at + int64(next)) * second, fixed: true, at: at * second})
		case next < offset: // clocks go back: up to the change it is the first pass
			list = append(list, segment{until: (at + int64(offset)) * second, offset: int64(offset) * second})
		}
		offset, t = next, end
	}
	return append(list, segment{offset: int64(offset) * second})
}

// inUTC is SQL for the instant, in microseconds, of a local time in
// microseconds. Comparing goes down a tree, so that a long history of a zone
// costs little.
func inUTC(local string, list []segment) string {
	if len(list) == 1 {
		switch s := list[0]; {
		case s.fixed:
			return fmt.Sprintf("%d", s.at)
		case s.offset == 0:
			return local
		default:
			return fmt.Sprintf("%s - (%d)", local, s.offset)
		}
	}
	half := len(list) / 2
	return fmt.Sprintf("CASE WHEN %s < %d THEN %s ELSE %s END", local, list[half-1].until,
		inUTC(local, list[:half]), inUTC(local, list[half:]))
}

// toUTC is the same in Go, for what is read without SQL and for tests.
func toUTC(local int64, list []segment) int64 {
	i := sort.Search(len(list)-1, func(i int) bool { return local < list[i].until })
	if list[i].fixed {
		return list[i].at
	}
	return local - list[i].offset
}
