package intake

// column is what is known of one column of a file once it was read.
type column struct {
	header string
	roles  roles
	filled int64 // values that are not blank

	numbers  numberSurvey
	instants instantSurvey

	nulls   bool // JSON null was seen
	escaped bool // a value holds characters that the plain file escapes
	suspect bool // a value may hold control characters
	nested  bool // an id is a list or an object: it is marked with nestedMark
}

// roles is a set of roles: those that need a survey of the values.
type roles uint8

const (
	asNumber roles = 1 << iota
	asInstant
	asID
)

func surveyed(r role) roles {
	switch r {
	case roleNumber, rolePrice:
		return asNumber
	case roleInstant, roleDate:
		return asInstant
	case roleID, roleName, roleEmail, rolePhone:
		return asID
	default:
		return 0
	}
}

// see looks at a value that is not blank and stands there n times.
func (c *column) see(value []byte, n int64) {
	c.filled += n
	if c.roles&asNumber != 0 {
		c.numbers.see(value, n)
	}
	if c.roles&asInstant != 0 {
		c.instants.see(value, n)
	}
}

// numberSurvey counts how a column writes numbers. A value is for the point
// when it cannot be read with a decimal comma, and the other way round; 1.234
// and 1,234 can be read both ways.
type numberSurvey struct {
	seen, plain              int64
	point, comma             int64
	eitherPoint, eitherComma int64
}

func (s *numberSurvey) see(value []byte, n int64) {
	s.seen += n
	if points, before, after, ok := plainNumber(value); ok {
		s.plain += n
		switch {
		case points == 0:
		case after == 3 && before >= 1 && before <= 3 && value[firstDigit(value)] != '0':
			s.eitherPoint += n
		default:
			s.point += n
		}
		return
	}
	s.seeOther(value, n)
}

// plainNumber says whether a value is a number that fits and that SQL reads
// as it stands, and how many digits stand before and behind its point.
func plainNumber(value []byte) (points, before, after int, ok bool) {
	for i, b := range value {
		switch {
		case '0' <= b && b <= '9':
			if points == 0 {
				before++
			} else {
				after++
			}
		case b == '.':
			points++
		case (b == '-' || b == '+') && i == 0:
		default:
			return 0, 0, 0, false
		}
	}
	return points, before, after, points <= 1 && before <= 12 && after <= 6 && before+after > 0
}

func firstDigit(value []byte) int {
	for i, b := range value {
		if '0' <= b && b <= '9' {
			return i
		}
	}
	return 0
}

// seeOther looks at a value with more than digits and one point.
func (s *numberSurvey) seeOther(value []byte, n int64) {
	var points, commas, before, after int
	var last byte
	for _, b := range value {
		switch {
		case '0' <= b && b <= '9':
			if last == 0 {
				before++
			}
			after++
		case b == '.':
			points++
			last, after = b, 0
		case b == ',':
			commas++
			last, after = b, 0
		}
	}
	grouped := after == 3 && before >= 1 && before <= 3 && (before > 1 || value[firstDigit(value)] != '0')
	switch {
	case points > 0 && commas > 0 && last == '.', commas > 1 && points == 0:
		s.point += n
	case points > 0 && commas > 0, points > 1:
		s.comma += n
	case points == 1 && grouped:
		s.eitherPoint += n
	case points == 1:
		s.point += n
	case commas == 1 && grouped:
		s.eitherComma += n
	case commas == 1:
		s.comma += n
	}
}

// numberForm is how a column writes numbers.
type numberForm struct {
	comma  bool // the decimal separator is a comma
	plain  bool // every value is one that SQL reads as it stands, and fits
	unsure bool // nothing in the column said which separator it is
}

// form decides. sibling is what the file's other columns say: positive for
// the point, negative for the comma.
func (s *numberSurvey) form(sibling int64) numberForm {
	f := numberForm{comma: s.comma > s.point}
	if s.comma == 0 && s.point == 0 {
		f.comma = sibling < 0
		f.unsure = sibling == 0 && s.eitherPoint+s.eitherComma > 0
	}
	f.plain = !f.comma && s.plain == s.seen
	return f
}

func (s *numberSurvey) vote() int64 { return s.point - s.comma }

// name is the form as it is shown.
func (f numberForm) name() string {
	if f.comma {
		return "1.234,5"
	}
	return "1,234.5"
}
