package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segql"
)

// problem is an error as RFC 9457 writes it.
type problem struct {
	Status  int           `json:"status"`
	Title   string        `json:"title" words:"message"`
	Detail  string        `json:"detail" words:"message"`
	Code    commerce.Code `json:"code,omitempty"`
	Text    string        `json:"text,omitempty"`     // the segment's text that the findings point into
	File    bool          `json:"file,omitempty"`     // the text is a file of segments
	Finding []Finding     `json:"problems,omitempty"` // what is wrong with it
	// Errors are of single fields; huma's own, of a request that does not fit the
	// description, are too.
	Errors []fieldProblem `json:"errors,omitempty"`
}

// fieldProblem is what is wrong with one field of a request.
type fieldProblem struct {
	Message  string `json:"message" words:"message"`
	Location string `json:"location"`
}

// A fieldError is about one field of a request, for forms.
type fieldError struct {
	location string // as huma names it
	error
}

func (e *fieldError) Unwrap() error { return e.error }

// Error, GetStatus and ContentType are what huma asks of an error body.
func (p *problem) Error() string             { return p.Detail }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the one place where codes become statuses.
func statusOf(code commerce.Code) int {
	switch code {
	case commerce.CodeInvalid:
		return http.StatusUnprocessableEntity
	case commerce.CodeNotFound:
		return http.StatusNotFound
	case commerce.CodeConflict:
		return http.StatusConflict
	case commerce.CodeBusy:
		return http.StatusServiceUnavailable
	case commerce.CodeFull:
		return http.StatusInsufficientStorage
	case commerce.CodeDenied:
		return http.StatusForbidden
	case commerce.CodeUnknown, commerce.CodeSecondFactor:
		return http.StatusUnauthorized
	case commerce.CodeThrottled:
		return http.StatusTooManyRequests
	case commerce.CodeNone:
	}
	return http.StatusInternalServerError
}

// problemOf turns an error into a body. What has no code may speak of paths
// and statements: only whoever may see the folder is told.
func problemOf(ctx context.Context, err error, log *slog.Logger, trusted bool) *problem {
	code := commerce.CodeOf(err)
	status := statusOf(code)
	p := &problem{Status: status, Title: http.StatusText(status), Detail: err.Error(), Code: code}
	if text, ok := errors.AsType[*segment.TextError](err); ok {
		p.Text, p.File, p.Finding = text.Text, text.File, Findings(text.Problems)
		for i, path := range text.Paths {
			p.Finding[i].Path = path
		}
	}
	if field, ok := errors.AsType[*fieldError](err); ok {
		p.Errors = []fieldProblem{{Message: p.Detail, Location: field.location}}
	}
	if code == commerce.CodeNone {
		if ctx.Err() == nil { // else whoever asked went away, and the rest broke off
			log.ErrorContext(ctx, "answering a request", "error", err)
		}
		if !trusted {
			p.Detail = "something went wrong in Kith; its log says what"
		}
	}
	return p
}

// errorOf turns a body back into the error it was made of.
func errorOf(status int, body []byte) error {
	var p problem
	if err := json.Unmarshal(body, &p); err != nil || p.Detail == "" {
		return fmt.Errorf("the server answered %d %s", status, http.StatusText(status))
	}
	if len(p.Finding) > 0 {
		problems := make(segql.Problems, len(p.Finding))
		for i, f := range p.Finding {
			problems[i] = segql.Problem{Place: segql.Span{Line: f.Line, Column: f.Column, Start: f.Start, End: f.End}, Message: f.Message}
		}
		return commerce.WithCode(commerce.CodeInvalid, &segment.TextError{Text: p.Text, Problems: problems, File: p.File})
	}
	if p.Code == commerce.CodeNone && status == http.StatusUnprocessableEntity {
		p.Code = commerce.CodeInvalid // refused by the schema
		for _, x := range p.Errors {
			p.Detail += ": " + x.Location + ": " + x.Message
		}
	}
	return commerce.WithCode(p.Code, errors.New(p.Detail))
}

// unreadBody is what huma says of a body that it cannot read, with a status that
// blames the server. It is the sender's: it breaks off, or is in chunks that are
// none.
const (
	unreadBody = "cannot read request body"
	brokenBody = "the body breaks off, or is not what its Content-Encoding says"
)

func init() {
	say := huma.NewErrorWithContext
	huma.NewErrorWithContext = func(ctx huma.Context, status int, text string, errs ...error) huma.StatusError {
		if status == http.StatusInternalServerError && text == unreadBody {
			return say(ctx, http.StatusBadRequest, brokenBody)
		}
		return say(ctx, status, text, errs...)
	}
}
