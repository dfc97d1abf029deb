package segql

// Node is a yes/no question: a segment, a part of one, or a filter on facts.
// The set of nodes is closed; switches over it are exhaustive. Every node is
// used as a pointer, so that it can be a key of a side table (see Checked).
type Node interface {
	Span() Span
	node()
}

// Term is a value: the "sum" of the grammar. The set is closed like Node's.
type Term interface {
	Span() Span
	term()
}

// Span is where a node or term stands in the text it was parsed from; the
// zero Span belongs to trees that did not come from text. Line and column
// count from 1, in characters; End is one past the last character, as an
// offset in characters, like Start.
type Span struct {
	Line, Column int
	Start, End   int
}

// At is embedded by every node and term and holds its place in the text.
type At struct{ Place Span }

// Span returns the place in the text.
func (a At) Span() Span { return a.Place }

// Boolean nodes.
type (
	// And holds when all of its parts do. It has at least two.
	And struct {
		At
		Parts []Node
	}
	// Or holds when one of its parts does. It has at least two.
	Or struct {
		At
		Parts []Node
	}
	// Not holds when X does not.
	Not struct {
		At
		X Node
	}
	// AtLeast holds when N or more of its parts do.
	AtLeast struct {
		At
		N     int
		Parts []Node
	}
	// Everyone always holds.
	Everyone struct{ At }
	// InSegment holds when the segment with this id does, at the same instant.
	InSegment struct {
		At
		ID   string
		IDAt Span
	}
	// Moved is "entered segment" or "left segment": a recorded transition
	// with its instant inside the window.
	Moved struct {
		At
		Left   bool
		ID     string
		IDAt   Span
		Window Window
	}
	// Has is "has" facts or, with No, "no" facts. A nil Window means all
	// facts up to the instant.
	Has struct {
		At
		No     bool
		Facts  *Facts
		Window Window
	}
	// Sequence holds when First and then the steps happened in time.
	// The window limits First.
	Sequence struct {
		At
		First  *Facts
		Steps  []Step
		Window Window
	}
	// Percent is a stable random share of customers.
	Percent struct {
		At
		N    int
		Seed string
	}
	// Compare compares two terms.
	Compare struct {
		At
		Op   CompareOp
		L, R Term
	}
	// Between holds when Lo <= X <= Hi.
	Between struct {
		At
		X, Lo, Hi Term
	}
	// In holds when X equals one of List ("not in": when it has a value and equals none).
	In struct {
		At
		Not  bool
		X    Term
		List []Term
	}
	// Match is contains, starts with, ends with or matches.
	Match struct {
		At
		Op        MatchOp
		X         Term
		Pattern   string
		PatternAt Span
	}
	// Missing is "is missing" or, with Not, "is not missing".
	Missing struct {
		At
		Not bool
		X   Term
	}
	// Anniversary is "anniversary today", "in last N days" or "in next N days".
	Anniversary struct {
		At
		X    Term
		When AnniversaryWhen
		Days int // of last and next
	}
)

// Terms.
type (
	// Field is a customer, own, base or shop field or a trait, or, within a
	// filter, a field of the fact. Names are in lower case, but for what
	// follows "traits.".
	Field struct {
		At
		Name string
	}
	// NumberLit is a decimal in millionths: 1.5 is 1_500_000.
	NumberLit struct {
		At
		Micros int64
	}
	// StringLit is a text.
	StringLit struct {
		At
		Value string
	}
	// BoolLit is true or false.
	BoolLit struct {
		At
		Value bool
	}
	// DateLit is a calendar day.
	DateLit struct {
		At
		Date Date
	}
	// AgoLit is the instant that lies a duration before T.
	AgoLit struct {
		At
		Duration Duration
	}
	// Arith is + - * /.
	Arith struct {
		At
		Op   ArithOp
		L, R Term
	}
	// Aggregate is count, days, sum, avg, min, max, distinct, first or last
	// over facts. Field is empty for count and days.
	Aggregate struct {
		At
		Func    AggregateFunc
		Facts   *Facts
		Field   string
		FieldAt Span
		Window  Window
	}
	// Percentile is the share of known customers whose X is strictly lower, times 100.
	Percentile struct {
		At
		X Term
	}
)

// Facts names facts of one kind that fit a filter.
type Facts struct {
	At
	// Event says that Name is a tracked event and not one of the built-in facts.
	Event bool
	// Name is the built-in fact ("order") or the event as it was written:
	// a word (product_viewed) or the text in event("Quiz Finished").
	Name string
	// Filter may be nil. Its fields are those of the fact, and shop.NAME.
	Filter Node
}

// Step is one step of a sequence after the first.
type Step struct {
	No     bool
	Facts  *Facts
	Within Duration
}

// Window limits facts in time; see section 3 of the language. Closed set:
// InLast, BetweenAgo, BeforeAgo, SinceDate, SinceFact, BeforeDate,
// BetweenDates, CalendarWindow. All are pointers.
type Window interface {
	Span() Span
	window()
}

// Windows.
type (
	// InLast is T − D < at <= T.
	InLast struct {
		At
		D Duration
	}
	// BetweenAgo is T − From < at <= T − To, with From the longer.
	BetweenAgo struct {
		At
		From, To Duration
	}
	// BeforeAgo is at <= T − D.
	BeforeAgo struct {
		At
		D Duration
	}
	// SinceDate is from the first instant of the day.
	SinceDate struct {
		At
		Date Date
	}
	// SinceFact is after the first or last of the facts; nothing is inside when there is none.
	SinceFact struct {
		At
		Last  bool
		Facts *Facts
	}
	// BeforeDate is before the first instant of the day.
	BeforeDate struct {
		At
		Date Date
	}
	// BetweenDates is from the first day's start to the last day's end.
	BetweenDates struct {
		At
		From, To Date
	}
	// CalendarWindow is today, yesterday, this week, previous month and so on.
	CalendarWindow struct {
		At
		Previous bool
		Unit     CalendarUnit // Day: today, and yesterday with Previous
	}
)

// Date is a calendar day.
type Date struct{ Year, Month, Day int }

// Duration is a whole number of one unit: "3 months" stays 3 months.
type Duration struct {
	N    int64
	Unit DurationUnit
}

// DurationUnit is the unit of a Duration. Minutes to weeks are exact lengths;
// months and years step the calendar.
type DurationUnit uint8

// Units of a Duration.
const (
	Minutes DurationUnit = iota
	Hours
	Days
	Weeks
	Months
	Years
)

// CalendarUnit is the unit of a CalendarWindow.
type CalendarUnit uint8

// Units of a CalendarWindow.
const (
	CalendarDay CalendarUnit = iota
	CalendarWeek
	CalendarMonth
	CalendarQuarter
	CalendarYear
)

// CompareOp is = != < <= > >=.
type CompareOp uint8

// Comparisons.
const (
	Equal CompareOp = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

// MatchOp is the operator of a Match.
type MatchOp uint8

// Matches. Matches is RE2, found anywhere.
const (
	Contains MatchOp = iota
	StartsWith
	EndsWith
	Matches
)

// AnniversaryWhen is where the anniversary must lie.
type AnniversaryWhen uint8

// Places of an anniversary: today; today and the Days−1 days before; today and the Days−1 days after.
const (
	AnniversaryToday AnniversaryWhen = iota
	AnniversaryInLast
	AnniversaryInNext
)

// ArithOp is + - * /.
type ArithOp uint8

// Arithmetic.
const (
	Add ArithOp = iota
	Subtract
	Multiply
	Divide
)

// AggregateFunc is the function of an Aggregate.
type AggregateFunc uint8

// Aggregate functions; CountDays is "days": distinct calendar days.
const (
	Count AggregateFunc = iota
	CountDays
	Sum
	Avg
	Min
	Max
	Distinct
	First
	Last
)

func (*And) node()         {}
func (*Or) node()          {}
func (*Not) node()         {}
func (*AtLeast) node()     {}
func (*Everyone) node()    {}
func (*InSegment) node()   {}
func (*Moved) node()       {}
func (*Has) node()         {}
func (*Sequence) node()    {}
func (*Percent) node()     {}
func (*Compare) node()     {}
func (*Between) node()     {}
func (*In) node()          {}
func (*Match) node()       {}
func (*Missing) node()     {}
func (*Anniversary) node() {}

func (*Field) term()      {}
func (*NumberLit) term()  {}
func (*StringLit) term()  {}
func (*BoolLit) term()    {}
func (*DateLit) term()    {}
func (*AgoLit) term()     {}
func (*Arith) term()      {}
func (*Aggregate) term()  {}
func (*Percentile) term() {}

func (*InLast) window()         {}
func (*BetweenAgo) window()     {}
func (*BeforeAgo) window()      {}
func (*SinceDate) window()      {}
func (*SinceFact) window()      {}
func (*BeforeDate) window()     {}
func (*BetweenDates) window()   {}
func (*CalendarWindow) window() {}
