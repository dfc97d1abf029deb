package segment

import (
	"fmt"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// TextError says what is wrong with a segment's text, or with a file of
// segments. Its code is that of a wrong question.
type TextError struct {
	Text     string
	Problems segql.Problems
	File     bool // the text is a file of segments
	// Paths are where the problems are in the tree that the text was made of,
	// as JSON pointers; nil for what came as a text.
	Paths []string
}

func (e *TextError) Error() string {
	first := e.Problems[0]
	message := fmt.Sprintf("%d:%d: %s", first.Place.Line, first.Place.Column, first.Message)
	if first.Place.Line == 0 { // a tree that makes no text
		message = first.Message
		if e.Paths[0] != "" {
			message = e.Paths[0] + ": " + message
		}
	}
	switch more := len(e.Problems) - 1; {
	case more > 0 && e.File:
		message += fmt.Sprintf(" (and %d more)", more)
	case more > 0:
		message += fmt.Sprintf(" (and %d more; \"kith segment check\" shows all)", more)
	}
	return message
}

// Pointed shows the text with carets under what is wrong with it.
func (e *TextError) Pointed() string { return segql.Pointed(e.Text, e.Problems) }

func textError(text string, problems segql.Problems) error {
	return commerce.WithCode(commerce.CodeInvalid, &TextError{Text: text, Problems: problems})
}
