package segql

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of a number: what fits in an int64 of millionths with room for sums.
const (
	maxWholeDigits = 12
	maxDecimals    = 6
	micro          = 1_000_000 // one, in millionths
)

// parseMicros reads digits with or without decimals. The message says why
// they do not fit.
func parseMicros(text string) (micros int64, message string) {
	whole, decimals, _ := strings.Cut(text, ".")
	if len(decimals) > maxDecimals {
		return 0, fmt.Sprintf("a number has at most %d decimals", maxDecimals)
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > maxWholeDigits {
		return 0, fmt.Sprintf("a number has at most %d digits before the point", maxWholeDigits)
	}
	digits := whole + decimals + strings.Repeat("0", maxDecimals-len(decimals))
	micros, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Sprintf("%q is not a number", text)
	}
	return micros, ""
}

// formatMicros writes a number with no more decimals than it needs.
func formatMicros(micros int64) string {
	sign := ""
	if micros < 0 {
		sign = "-"
	}
	digits := strings.TrimPrefix(strconv.FormatInt(micros, 10), "-")
	digits = strings.Repeat("0", max(0, maxDecimals+1-len(digits))) + digits
	whole, decimals := digits[:len(digits)-maxDecimals], digits[len(digits)-maxDecimals:]
	decimals = strings.TrimRight(decimals, "0")
	if decimals == "" {
		return sign + whole
	}
	return sign + whole + "." + decimals
}
