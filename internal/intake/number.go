package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// roundFunction is the name in SQL of roundedNumbers.
const roundFunction = "kith_rounded"

// noisyForm finds texts in which a number may have binary noise: few have.
const noisyForm = `\.[0-9]{7}|[0-9][eE]-`

// roundedNumbers is JSON whose numbers have no binary noise: 3*1.1 is 3.3, not
// 3.3000000000000003, which does not fit and would count as missing. It is
// done before anything is kept, so that all who read a number read the same.
// What is no JSON stays as it is.
func roundedNumbers(text string) string {
	var out []byte
	done := 0 // what of the text is in out
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i)
		case c == '-' || '0' <= c && c <= '9':
			end := i + 1
			for end < len(text) && strings.IndexByte("0123456789.eE+-", text[end]) >= 0 {
				end++
			}
			if number, ok := rounded(text[i:end]); ok {
				out = append(append(out, text[done:i]...), number...)
				done = end
			}
			i = end
		default:
			i++
		}
	}
	if done == 0 {
		return text
	}
	return string(append(out, text[done:]...))
}

// stringEnd is where the string ends that begins at a place.
func stringEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// rounded is a number without what a binary computation left behind the sixth
// decimal; not ok for one that has nothing there, or more than noise. Noise is
// what is gone at nine decimals, or at fifteen digits: a double has no more.
func rounded(number string) (string, bool) {
	const places, noiseAt, digits = 6, 9, 15
	_, decimals, _ := strings.Cut(number, ".")
	if len(decimals) <= places && !strings.Contains(strings.ToLower(number), "e-") {
		return "", false
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f >= 1e12 || f <= -1e12 {
		return "", false
	}
	whole, _, _ := strings.Cut(strconv.FormatFloat(max(f, -f), 'f', -1, 64), ".")
	text := strconv.FormatFloat(f, 'f', max(places, min(noiseAt, digits-len(whole))), 64)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	if _, decimals, _ = strings.Cut(text, "."); len(decimals) > places {
		return "", false
	}
	if text == "-0" {
		text = "0"
	}
	return text, true
}

// unfitForm finds texts in which a number may not fit; mayNotFit is the same
// in Go, where the search for a pattern would take longer than all the rest.
const unfitForm = `[0-9]{13}|\.[0-9]{7}|[0-9][eE]`

func mayNotFit(text []byte) bool {
	digits, most := 0, 13
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			if digits++; digits == most {
				return true
			}
			continue
		case c|0x20 == 'e' && digits > 0:
			return true
		case c == '.':
			most = 7
		default:
			most = 13
		}
		digits = 0
	}
	return false
}

// numberProperties are the properties that are read as numbers of some event;
// numberOfLine are those of its products, which stand in one of lineLists.
var (
	numberProperties = [...]string{
		"total", "value", "revenue", "subtotal", "discount", "shipping", "tax", "refunded", "quantity", "amount", "points", "price", "stock",
	}
	numberOfLine = [...]string{"quantity", "unit_price", "price", "line_discount", "discount"}
	lineLists    = [...]string{"products", "items", "line_items"}
)

// unfit is a property that is read as a number and does not fit.
type unfit struct{ property, value string }

const unfitReason = "does not fit: at most 12 digits and 6 decimals"

// unfitNumbers finds the numbers among an event's properties that count as
// missing because they do not fit: of each property the first.
func unfitNumbers(properties []byte) []unfit {
	if !mayNotFit(properties) {
		return nil
	}
	var all []unfit
	see := func(property string, v jsonValue) {
		known := slices.ContainsFunc(all, func(u unfit) bool { return u.property == property })
		if !known && !fits(v) {
			all = append(all, unfit{property, shownNumber(v)})
		}
	}
	_ = eachMember(properties, func(name []byte, v jsonValue) error { // they are an object
		switch n := string(name); {
		case slices.Contains(numberProperties[:], n):
			see("properties."+n, v)
		case v.isArray() && slices.Contains(lineLists[:], n):
			eachLineNumber(v, func(property string, v jsonValue) { see("properties."+n+"."+property, v) })
		}
		return nil
	})
	return all
}

// eachLineNumber goes through what is read as numbers of a list of products.
func eachLineNumber(list jsonValue, f func(property string, v jsonValue)) {
	_ = eachElement(list.raw, func(line jsonValue) error { // it was checked with what it stands in
		if !line.isObject() {
			return nil
		}
		return eachMember(line.raw, func(name []byte, v jsonValue) error {
			if slices.Contains(numberOfLine[:], string(name)) {
				f(string(name), v)
			}
			return nil
		})
	})
}

var decimalForm = regexp.MustCompile(`^[-+]?([0-9]+)(?:\.([0-9]+))?$`)

// fits says that a value is a number that can be kept, or none at all: what
// is no number is refused where it has to be one.
func fits(v jsonValue) bool {
	const mostWhole, mostDecimals = 12, 6
	text := string(v.text())
	if len(v.raw) > 0 && v.raw[0] != '"' {
		f, err := strconv.ParseFloat(text, 64)
		switch {
		case v.isArray(), v.isObject():
			return true
		case err != nil: // too large, or no number at all
			return text == "" || text[0] > '9'
		}
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	m := decimalForm.FindStringSubmatch(text)
	return m == nil || len(m[1]) <= mostWhole && len(m[2]) <= mostDecimals
}

// shownNumber is a value as a warning shows it.
func shownNumber(v jsonValue) string {
	const most = 60
	text := string(v.raw)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}
