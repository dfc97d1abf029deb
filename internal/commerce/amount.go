package commerce

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Amount is a decimal with six places, in millionths: money, mostly. In JSON
// it is a text, so that no reader rounds it.
type Amount int64

const (
	amountPlaces = 6
	amountUnit   = 1_000_000
)

// String writes at least two places and no needless zeros: 12.50, 0.000001.
func (a Amount) String() string {
	sign, n := "", uint64(a)
	if a < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", amountPlaces, n%amountUnit)
	for len(digits) > 2 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return sign + strconv.FormatUint(n/amountUnit, 10) + "." + digits
}

// Cents writes exactly two places, rounded half away from zero: for people.
func (a Amount) Cents() string {
	const cent = amountUnit / 100
	half := Amount(cent / 2)
	if a < 0 {
		half = -half
	}
	return ((a + half) / cent * cent).String()
}

// MarshalJSON writes the text.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	n, err := ParseAmount(text)
	*a = n
	return err
}

// ParseAmount reads a decimal with at most six places.
func ParseAmount(text string) (Amount, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.TrimLeft(whole, "+-") == "" || len(fraction) > amountPlaces {
		return 0, fmt.Errorf("%q is not an amount with at most six decimals", text)
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", amountPlaces-len(fraction)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not an amount", text)
	}
	return Amount(n), nil
}
