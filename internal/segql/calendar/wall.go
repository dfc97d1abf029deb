package calendar

import (
	"math"
	"time"
)

// Local times are held like instants, in microseconds since 1970, as if the
// place were in UTC.
const (
	second = int64(1e6)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// reach is more than any two offsets of one zone differ by: how far a local
// time and its instant, or the two passes of a local time, can be apart.
const reach = 2 * day

// offset returns the zone's offset at the instant u, and an instant after u
// up to which it stays, at least, the same.
func offset(zone *time.Location, u int64) (off, end int64) {
	t := time.UnixMicro(u).In(zone)
	_, seconds := t.Zone()
	_, bound := t.ZoneBounds()
	off = int64(seconds) * second
	switch {
	case bound.IsZero(): // for ever
		return off, max(u, latest) + day
	case bound.UnixMicro() <= u:
		// The library counts a leap year's last day to the next year.
		return off, u - mod(u, day) + day
	}
	return off, bound.UnixMicro()
}

// shown is the latest local time that was shown up to the instant u.
func shown(zone *time.Location, u int64) int64 {
	off, _ := offset(zone, u)
	return max(u+off, shownBefore(zone, u))
}

// shownBefore is the latest local time that was shown before the zone took
// the offset that it has at the instant u.
func shownBefore(zone *time.Location, u int64) int64 {
	latest := int64(math.MinInt64)
	for p := u - reach; ; {
		off, end := offset(zone, p)
		if end > u {
			return latest
		}
		latest = max(latest, end+off-1)
		p = end
	}
}

// clock is the local time that u steps from: its own, and in the second pass
// of an hour, to its last microsecond, that hour's end.
func clock(zone *time.Location, u int64) int64 {
	off, _ := offset(zone, u)
	if before := shownBefore(zone, u); before >= u+off {
		return before + 1
	}
	return u + off
}

// instant is the first instant at which shown is l or later.
func instant(zone *time.Location, l int64) int64 {
	for p := l - reach; ; {
		off, end := offset(zone, p)
		u := max(l-off, p) // p is the end of the gap when l was skipped
		if u < end {
			return u
		}
		p = end
	}
}

// mod is the remainder of a by b that is never negative.
func mod(a, b int64) int64 { return ((a % b) + b) % b }
