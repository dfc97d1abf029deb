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
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		_, next := day.AddDate(0, 0, 1).In(zone).Zone()
		if next == offset {
			continue
		}
		at := changeWithin(zone, day.Unix(), offset)
		if next > offset { // clocks go forward: the times between do not exist
			list = append(list,
				segment{until: (at + int64(offset)) * second, offset: int64(offset) * second},
				segment{until: (at + int64(next)) * second, fixed: true, at: at * second})
		} else { // clocks go back: up to the change it is the first pass
			list = append(list, segment{until: (at + int64(offset)) * second, offset: int64(offset) * second})
		}
		offset = next
	}
	return append(list, segment{offset: int64(offset) * second})
}

// changeWithin finds the second, within a day of start, from which a zone no
// longer has an offset. Asking the zone for its next change instead runs into
// days on which Go says that the change is now.
func changeWithin(zone *time.Location, start int64, offset int) int64 {
	return start + int64(sort.Search(86400, func(s int) bool {
		_, o := time.Unix(start+int64(s), 0).In(zone).Zone()
		return o != offset
	}))
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
