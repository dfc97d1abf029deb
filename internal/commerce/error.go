package commerce

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an error is. Programs act on codes: the API
// maps them to statuses in one place, the command line to exit statuses.
type Code string

// Codes. An error without one is a failure of Kith or of the machine.
const (
	CodeNone     Code = ""
	CodeInvalid  Code = "invalid"   // the question or the command was wrong
	CodeNotFound Code = "not_found" // what it names does not exist
	CodeConflict Code = "conflict"  // it does not go with what is there
	CodeBusy     Code = "busy"      // somebody else is at work; later it may go
	CodeFull     Code = "full"      // no room on the disk or in the log
	CodeDenied   Code = "denied"    // whoever asks may not
	CodeUnknown  Code = "unknown"   // nobody knows who asks

	CodeThrottled Code = "throttled" // they tried too often
	// CodeSecondFactor says that a password was right, and a code is needed too.
	CodeSecondFactor Code = "code_needed"
)

type coded struct {
	code Code
	err  error
}

func (e *coded) Error() string { return e.err.Error() }
func (e *coded) Unwrap() error { return e.err }

// Errorf makes an error with a code, like fmt.Errorf.
func Errorf(code Code, format string, args ...any) error {
	return &coded{code, fmt.Errorf(format, args...)}
}

// WithCode gives an error a code; nil stays nil.
func WithCode(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &coded{code, err}
}

// CodeOf returns the outermost code of an error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*coded](err); ok {
		return e.code
	}
	return CodeNone
}
