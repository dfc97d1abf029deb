package segql

import "fmt"

// window reads a window, or returns nil if none is next. Where it stands
// decides what "between" and "in" begin.
func (p *parser) window(where setting) Window {
	start := p.peek()
	switch start.lower {
	case "in":
		if !p.ahead(1).isWord("last") {
			return nil
		}
		p.next()
		p.next()
		d, _ := p.duration()
		return &InLast{p.from(start.place), d}
	case "between":
		return p.betweenWindow(where)
	case "before":
		return p.beforeWindow()
	case "since":
		return p.sinceWindow()
	case "today", "yesterday":
		p.next()
		return &CalendarWindow{p.from(start.place), start.isWord("yesterday"), CalendarDay}
	case "this", "previous":
		return p.calendarWindow()
	}
	return nil
}

func (p *parser) betweenWindow(where setting) Window {
	start := p.peek().place
	switch first := p.ahead(1); {
	case first.kind == tokenDate && (where == onFacts || p.betweenIsWindow(where)):
		p.next()
		w := &BetweenDates{}
		w.From = p.next().date
		p.expect("and")
		w.To = p.date()
		w.At = p.from(start)
		return w
	case where == onFacts || first.kind == tokenNumber && p.unitAt(2) && p.ahead(3).isWord("and"):
		p.next()
		return p.betweenAgo(start)
	}
	return nil
}

// betweenIsWindow says what "between DATE and DATE" after a function is: a
// window, unless it is the comparison itself. It cannot be that where no
// comparison may stand, nor where another one follows, be it after the end of
// the parentheses around the function.
func (p *parser) betweenIsWindow(where setting) bool {
	if !p.ahead(2).isWord("and") || p.ahead(3).kind != tokenDate {
		return false
	}
	if where == inValue {
		return true
	}
	i := 4
	for n := p.groups; n > 0 && p.ahead(i).isSign(")"); n-- {
		i++
	}
	return p.ahead(i).isSign("-") || p.operatorAt(i)
}

func (p *parser) betweenAgo(start Span) Window {
	w := &BetweenAgo{}
	w.From, _ = p.duration()
	if t := p.peek(); t.isWord("ago") {
		p.next()
		p.problem(t.place, `in a window "ago" stands once: between 60 days and 30 days ago`)
	}
	p.expect("and")
	var at Span
	w.To, at = p.duration()
	p.expect("ago")
	w.At = p.from(start)
	if !p.recovering && notLonger(w.From, w.To) {
		p.problem(at, fmt.Sprintf("the first span must be the longer one: between %s and %s ago", w.To, w.From))
	}
	return w
}

// beforeWindow = "before" ( DURATION "ago" | DATE )
func (p *parser) beforeWindow() Window {
	start := p.next().place
	if p.peek().kind == tokenDate {
		day := p.next().date
		return &BeforeDate{p.from(start), day}
	}
	if p.peek().kind != tokenNumber {
		p.expected("a date, or a duration and \"ago\"")
		return &BeforeAgo{At: p.from(start)}
	}
	d, _ := p.duration()
	p.expect("ago")
	return &BeforeAgo{p.from(start), d}
}

// sinceWindow = "since" ( DATE | ("first"|"last") facts )
func (p *parser) sinceWindow() Window {
	start := p.next().place
	switch t := p.peek(); {
	case t.kind == tokenDate:
		p.next()
		return &SinceDate{p.from(start), t.date}
	case t.isWord("first"), t.isWord("last"):
		p.next()
		facts := p.factsAlone()
		return &SinceFact{p.from(start), t.isWord("last"), facts}
	}
	p.expected(`a date, "first" or "last"`)
	return &SinceDate{At: p.from(start)}
}

func (p *parser) calendarWindow() Window {
	start := p.next()
	t := p.peek()
	unit, ok := find(t.lower, CalendarYear)
	if !ok || unit == CalendarDay {
		p.expected(`"week", "month", "quarter" or "year"`)
	} else {
		p.next()
	}
	return &CalendarWindow{p.from(start.place), start.isWord("previous"), unit}
}

// refuseWindow reports a window after something that takes none. If it was
// meant as a comparison, none follows: that is not reported again.
func (p *parser) refuseWindow() {
	t := p.peek()
	_, calendar := find(p.ahead(1).lower, CalendarYear)
	switch t.lower {
	case "in":
		if !p.ahead(1).isWord("last") {
			return
		}
	case "between":
		if p.ahead(1).kind != tokenNumber || !p.unitAt(2) || !p.ahead(3).isWord("and") {
			return
		}
	case "this", "previous":
		if !calendar {
			return
		}
	case "before", "since", "today", "yesterday":
	default:
		return
	}
	p.problem(t.place, "a window belongs to facts: only has, no, sequence, entered, left and functions of facts take one")
	p.window(onFacts)
	p.recovering = true
}

func (p *parser) date() Date {
	t := p.peek()
	if t.kind != tokenDate {
		p.expected("a date, such as 2026-01-31")
		return Date{}
	}
	return p.next().date
}

// duration = INT unit
func (p *parser) duration() (Duration, Span) {
	start := p.peek().place
	if k := p.peek().kind; k != tokenNumber && k != tokenBroken {
		return Duration{}, p.expected(`a duration, such as "30 days"`).Place
	}
	d := Duration{N: int64(p.integer())}
	unit, ok := unitOf(p.peek())
	if !ok {
		p.expected(`"minutes", "hours", "days", "weeks", "months" or "years"`)
		return d, start
	}
	p.next()
	d.Unit = unit
	if tooLong(d) {
		p.problem(start, fmt.Sprintf("longer than %d years", maxYears))
	}
	return d, start
}

func tooLong(d Duration) bool {
	if d.Unit.Calendar() {
		return months(d) > 12*maxYears
	}
	shortest, _ := d.minutes()
	return shortest > maxYears*minutesPerYear
}

func (p *parser) unitAt(i int) bool {
	_, ok := unitOf(p.ahead(i))
	return ok
}

func unitOf(t token) (DurationUnit, bool) {
	if t.kind != tokenWord {
		return 0, false
	}
	for u := Minutes; u <= Years; u++ {
		if name := u.String(); t.lower == name || t.lower+"s" == name {
			return u, true
		}
	}
	return 0, false
}
