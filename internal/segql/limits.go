package segql

import "fmt"

// Limits of what is read, so that no input takes long or recurses far.
const (
	// MaxText is the longest text, in bytes, also of the canonical form.
	MaxText = 64 << 10
	// MaxDepth is the greatest depth of a tree.
	MaxDepth = 100

	// MaxParts is how many questions and terms a segment may have.
	MaxParts = 10_000

	maxNesting  = 4 * MaxDepth // the text may have parentheses that the tree does not
	maxProblems = 100
	// maxCount is the greatest whole number where the grammar has INT.
	maxCount = 999_999_999
	// maxYears keeps durations within what every store can subtract from an instant.
	maxYears           = 1000
	maxAnniversaryDays = 366 * maxYears
)

// tooMuch reports a tree that is too deep, or whose canonical form could not
// be read again for its length.
func tooMuch(root Node, text string) Problems {
	if at, ok := deeperThan(root, MaxDepth); ok {
		return Problems{{Place: at, Message: fmt.Sprintf("nested more than %d levels deep", MaxDepth)}}
	}
	// Spaces and escapes no more than double a text.
	if 2*len(text) > MaxText && len(Print(root)) > MaxText {
		return Problems{{Place: Span{Line: 1, Column: 1}, Message: fmt.Sprintf("the text is longer than %d bytes when written out", MaxText)}}
	}
	return nil
}

// deeperThan finds the first part below depth levels.
func deeperThan(x any, depth int) (Span, bool) {
	if depth == 0 {
		return x.(interface{ Span() Span }).Span(), true
	}
	for _, child := range children(x) {
		if at, deep := deeperThan(child, depth-1); deep {
			return at, true
		}
	}
	return Span{}, false
}
