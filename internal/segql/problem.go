package segql

import (
	"fmt"
	"strings"
	"unicode"
)

// Problem is one error or warning with its place.
type Problem struct {
	Place   Span
	Message string // without the place: `unknown field "order.totl": did you mean "order.total"?`
	// Code is for programs that help with it; most problems have none.
	Code ProblemCode
}

// ProblemCode says which problem it is.
type ProblemCode string

// LeavesOut is the code of a comparison that leaves out what lacks a value.
const LeavesOut ProblemCode = "leaves_out"

// Problems are all findings of one pass, in the order of the text.
type Problems []Problem

// Error gives each problem's line and column and message, one a line,
// without the text they point into (see Pointed).
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = fmt.Sprintf("%d:%d: %s", x.Place.Line, x.Place.Column, x.Message)
	}
	return strings.Join(lines, "\n")
}

// isWordRune is true of letters, digits and the marks that belong to a letter in
// some scripts: what names of events and fields are made of.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
