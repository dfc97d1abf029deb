package segql

const (
	minutesPerDay  = 24 * 60
	minutesPerYear = 366 * minutesPerDay
)

// minutes returns the shortest and the longest that a duration may last:
// months have 28 to 31 days.
func (d Duration) minutes() (shortest, longest int64) {
	switch d.Unit {
	case Minutes:
		return d.N, d.N
	case Hours:
		return d.N * 60, d.N * 60
	case Days:
		return d.N * minutesPerDay, d.N * minutesPerDay
	case Weeks:
		return d.N * 7 * minutesPerDay, d.N * 7 * minutesPerDay
	case Months:
		return d.N * 28 * minutesPerDay, d.N * 31 * minutesPerDay
	default:
		return d.N * 365 * minutesPerDay, d.N * 366 * minutesPerDay
	}
}

// notLonger says that a is surely not longer than b. A month and 30 days
// may be either.
func notLonger(a, b Duration) bool {
	if a.Unit.Calendar() && b.Unit.Calendar() {
		return months(a) <= months(b)
	}
	_, longest := a.minutes()
	shortest, _ := b.minutes()
	return longest <= shortest
}

func months(d Duration) int64 {
	if d.Unit == Years {
		return 12 * d.N
	}
	return d.N
}
