package segment

import (
	"fmt"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// TextError says what is wrong with a segment's text. Its code is that of a
// wrong question.
type TextError struct {
	Text     string
	Problems segql.Problems
}

func (e *TextError) Error() string {
	first := e.Problems[0]
	message := fmt.Sprintf("%d:%d: %s", first.Place.Line, first.Place.Column, first.Message)
	if more := len(e.Problems) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more; \"kith segment check\" shows all)", more)
	}
	return message
}

// Pointed shows the text with carets under what is wrong with it.
func (e *TextError) Pointed() string { return segql.Pointed(e.Text, e.Problems) }

func textError(text string, problems segql.Problems) error {
	return commerce.WithCode(commerce.CodeInvalid, &TextError{text, problems})
}
