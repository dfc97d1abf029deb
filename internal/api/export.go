package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/export"
	"kith/internal/user"
)

// Exports reads members for lists.
type Exports interface {
	// ExportSummary counts who would be on a list of the segment's members.
	ExportSummary(ctx context.Context, q segment.Question, at time.Time, f export.Format) (export.Summary, error)
	// Export calls begin with who is on the list, and then yield with each of
	// them, sorted by id.
	Export(ctx context.Context, q segment.Question, at time.Time, f export.Format, begin func(export.Summary) error, yield func(*export.Member) error) error
}

// ExportQuestion is which list of a segment's members is asked for. A list is
// always as of now: who took back their consent is not on it.
type ExportQuestion struct {
	Text    string `json:"text" doc:"a segment, or @ID for a saved one or a preset"`
	For     string `json:"for,omitempty" enum:"list,mail,ads" doc:"list if absent"`
	Network string `json:"network,omitempty" enum:"meta,google" doc:"of ads; meta if absent"`
}

// ExportSummary is who is on a list, and who is not.
type ExportSummary struct {
	For     string    `json:"for" enum:"list,mail,ads"`
	Network string    `json:"network,omitempty" enum:"meta,google"`
	AsOf    time.Time `json:"as_of"`
	export.Summary
}

// exportHeader has the ExportSummary of an export as JSON.
const exportHeader = "Kith-Export-Summary"

type exportInput struct {
	ID      string `path:"id"`
	For     string `query:"for" enum:"list,mail,ads" doc:"list: everybody; mail: who agreed to marketing by e-mail; ads: who agreed to advertising, hashed. list if absent"`
	Network string `query:"network" enum:"meta,google" doc:"of ads; meta if absent"`
}

func (in *exportInput) question() ExportQuestion {
	return ExportQuestion{Text: "@" + in.ID, For: in.For, Network: in.Network}
}

func (h *handler) exportRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/segments/export", Permission: user.Export, Summary: "a segment's members as CSV, streamed; the header Kith-Export-Summary says who was left out", gives: "text/csv"},
		func(ctx context.Context, in *struct{ Body ExportQuestion }) (*huma.StreamResponse, error) {
			return h.export(ctx, in.Body, "segment")
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/export", Permission: user.Export, Summary: "a saved segment's members as CSV, streamed, as a file to keep", gives: "text/csv"},
		func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
			return h.export(ctx, in.question(), in.ID)
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/segments/{id}/export/summary", Permission: user.Export, Summary: "how many members a list would have, and who would be left out"},
		func(ctx context.Context, in *exportInput) (*answer[ExportSummary], error) {
			s, err := h.console.ExportSummary(ctx, in.question())
			return &answer[ExportSummary]{s}, err
		})
}

// export streams a list. An error after the beginning cuts the answer off.
func (h *handler) export(ctx context.Context, q ExportQuestion, name string) (*huma.StreamResponse, error) {
	// A first look, so that a wrong question gets a proper answer.
	format, err := export.ParseFormat(q.For, q.Network)
	if err != nil {
		return nil, err
	}
	checked, err := h.shop.Check(ctx, q.Text)
	if err == nil {
		err = exportable(q.Text, checked.Missing)
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		_, w := humago.Unwrap(c)
		out := bufio.NewWriterSize(writerFunc(newEventWriter(w, h.readerTime).write), 1<<16)
		err := h.shop.ExportSegment(c.Context(), q, func(s ExportSummary) error {
			c.SetHeader("Content-Type", "text/csv; charset=utf-8; header=present")
			c.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+"-"+string(format.Purpose)+".csv"))
			c.SetHeader("Cache-Control", "no-store")
			c.SetHeader("X-Content-Type-Options", "nosniff")
			c.SetHeader(exportHeader, string(encoded(s)))
			return nil
		}, out)
		if err = errors.Join(err, flushed(out, err)); err == nil {
			return
		}
		if c.Context().Err() == nil && !errors.Is(err, os.ErrDeadlineExceeded) { // else whoever asked went away
			h.log.ErrorContext(c.Context(), "exporting a segment", "error", err)
		}
		panic(http.ErrAbortHandler)
	}}, nil
}

// flushed writes what is left of an answer that did not fail.
func flushed(out *bufio.Writer, err error) error {
	if err != nil {
		return nil
	}
	return out.Flush()
}

// exported is what an export starts from.
type exported struct {
	question segment.Question
	at       time.Time
	format   export.Format
}

// toExport checks a question, and brings the warehouse up to what was
// accepted: consents too.
func (s *Service) toExport(ctx context.Context, q ExportQuestion) (exported, error) {
	format, err := export.ParseFormat(q.For, q.Network)
	if err != nil {
		return exported{}, err
	}
	if s.config.Kept() != nil {
		if _, err := s.config.Loader.Advance(ctx); err != nil {
			return exported{}, err
		}
	}
	question, at, err := s.ask(ctx, Question{Text: q.Text})
	if err != nil {
		return exported{}, err
	}
	lacks, err := s.lacks(ctx, question.ID)
	if err == nil {
		err = exportable(q.Text, lacks)
	}
	return exported{question, at, format}, err
}

// exportable refuses a preset whose facts the shop lacks: an empty list would
// look like an answer.
func exportable(text string, lacks []string) error {
	if len(lacks) == 0 {
		return nil
	}
	return commerce.Errorf(commerce.CodeConflict, "%s cannot be exported: it needs facts that the shop does not have (%s)", text, strings.Join(lacks, " or "))
}

func (e exported) summary(s export.Summary) ExportSummary {
	return ExportSummary{For: string(e.format.Purpose), Network: string(e.format.Network), AsOf: e.at, Summary: s}
}

// ExportSummary implements Console.
func (s *Service) ExportSummary(ctx context.Context, q ExportQuestion) (ExportSummary, error) {
	e, err := s.toExport(ctx, q)
	if err != nil {
		return ExportSummary{}, err
	}
	found, err := s.config.Exports.ExportSummary(ctx, e.question, e.at, e.format)
	return e.summary(found), err
}

// ExportSegment implements Shop.
func (s *Service) ExportSegment(ctx context.Context, q ExportQuestion, begin func(ExportSummary) error, to io.Writer) (err error) {
	e, err := s.toExport(ctx, q)
	if err != nil {
		return err
	}
	var w *export.Writer
	begun, written := false, int64(0)
	object := user.MaskText(q.Text) // no customer is named in the audit log
	purpose := strings.TrimSpace(string(e.format.Purpose) + " " + string(e.format.Network))
	defer func() {
		// Whoever asked may be gone: what they took is recorded all the same.
		if begun {
			detail := fmt.Sprintf("for %s: %d written", purpose, written)
			if err != nil {
				detail += ", then it broke off"
			}
			err = errors.Join(err, s.noted(context.WithoutCancel(ctx), nil, "export.end", object, detail))
		}
	}()
	err = s.config.Exports.Export(ctx, e.question, e.at, e.format, func(found export.Summary) error {
		// It is recorded before the first customer leaves.
		detail := fmt.Sprintf("for %s: %d of %d members", purpose, found.Included, found.Members)
		if err := s.noted(ctx, nil, "export.begin", object, detail); err != nil {
			return err
		}
		begun = true
		if err := begin(e.summary(found)); err != nil {
			return err
		}
		w, err = export.NewWriter(to, e.format, s.current().Currency)
		return err
	}, func(m *export.Member) error {
		written++
		return w.Write(m)
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// ExportSegment implements Shop.
func (c *Client) ExportSegment(ctx context.Context, q ExportQuestion, begin func(ExportSummary) error, to io.Writer) error {
	if _, err := export.ParseFormat(q.For, q.Network); err != nil {
		return err
	}
	response, err := c.ask(ctx, http.MethodPost, "/v1/segments/export", q)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var summary ExportSummary
	if err := json.Unmarshal([]byte(response.Header.Get(exportHeader)), &summary); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	if err := begin(summary); err != nil {
		return err
	}
	if _, err := io.Copy(to, response.Body); err != nil {
		return fmt.Errorf("reading the server's answer, which may have been cut off: %w", err)
	}
	return nil
}
