package script

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Number is a decimal in millionths: 1.5 is 1_500_000.
type Number int64

const one = 1_000_000

var numberForm = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// ParseNumber reads a decimal. fits is false for one with more than six
// decimals or more than twelve digits before the point.
func ParseNumber(text string) (n Number, fits bool, err error) {
	if !numberForm.MatchString(text) {
		return 0, false, fmt.Errorf("%q is not a number", text)
	}
	sign := strings.TrimRight(text[:1], "0123456789")
	whole, decimals, _ := strings.Cut(text[len(sign):], ".")
	if len(whole) > 12 || len(decimals) > 6 {
		return 0, false, nil
	}
	micros, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", 6-len(decimals)), 10, 64)
	if sign == "-" {
		micros = -micros
	}
	return Number(micros), err == nil, err
}

// String writes the number with as many decimals as it needs.
func (n Number) String() string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := fmt.Sprintf("%s%d.%06d", sign, n/one, n%one)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
