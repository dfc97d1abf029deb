package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/user"
)

// AuditQuestion says which entries of the audit log are asked for.
type AuditQuestion struct {
	Limit  int
	After  int64  // only older ones than this number; 0 for all
	Actor  string // "" for all
	Action string // this one, or all that begin with it and a dot
}

// AuditPage is entries of the audit log.
type AuditPage struct {
	Entries []audit.Entry `json:"entries" doc:"the newest first"`
	Next    int64         `json:"next,omitempty" doc:"what to give as after for more; absent at the end"`
}

// AuditState is what looking at the whole audit log came to.
type AuditState struct {
	audit.Head
	Broken *BrokenAudit `json:"broken,omitempty" doc:"absent: it is whole"`
}

// BrokenAudit is the first place where the audit log is not what was recorded.
type BrokenAudit struct {
	Number int64  `json:"number"`
	Reason string `json:"reason" words:"message"`
}

// maxAudit is how many entries a page has at most.
const maxAudit = 1000

type auditInput struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	After  int64  `query:"after" minimum:"0" doc:"next of the page before"`
	Actor  string `query:"actor"`
	Action string `query:"action" doc:"like user.change, or user for all that begin with it"`
}

func (h *handler) auditRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/audit", Permission: user.Manage, Summary: "who did what, the newest first"},
		func(ctx context.Context, in *auditInput) (*answer[AuditPage], error) {
			p, err := h.shop.Audit(ctx, AuditQuestion{in.Limit, in.After, in.Actor, in.Action})
			return &answer[AuditPage]{p}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/audit/verify", Permission: user.Manage, Summary: "whether the audit log is what was recorded"},
		func(ctx context.Context, _ *struct{}) (*answer[AuditState], error) {
			s, err := h.shop.VerifyAudit(ctx)
			return &answer[AuditState]{s}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/audit/export", Permission: user.Manage, Summary: "the whole audit log as JSON lines, the oldest first", gives: "application/x-ndjson"}, h.exportAudit)
}

// auditConsole is what the console asks of the audit log.
type auditConsole interface {
	// WalkAudit records that the log is taken, and calls yield with all entries,
	// the oldest first.
	WalkAudit(ctx context.Context, yield func(audit.Entry) error) error
}

// exportAudit streams. An error after the beginning cuts the answer off.
func (h *handler) exportAudit(context.Context, *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/x-ndjson")
		c.SetHeader("Content-Disposition", `attachment; filename="kith-audit.jsonl"`)
		out := json.NewEncoder(c.BodyWriter())
		out.SetEscapeHTML(false)
		if err := h.console.WalkAudit(c.Context(), func(e audit.Entry) error { return out.Encode(e) }); err != nil {
			if c.Context().Err() == nil {
				h.log.ErrorContext(c.Context(), "exporting the audit log", "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// Audit implements Shop.
func (s *Service) Audit(ctx context.Context, q AuditQuestion) (AuditPage, error) {
	if q.Limit < 1 || q.Limit > maxAudit {
		return AuditPage{}, commerce.Errorf(commerce.CodeInvalid, "%d entries are asked for: from 1 to %d can be", q.Limit, maxAudit)
	}
	list, err := s.config.Audit.ListAudit(ctx, audit.Filter{Before: q.After, Actor: q.Actor, Action: q.Action, Limit: q.Limit + 1})
	if err != nil {
		return AuditPage{}, err
	}
	page := AuditPage{Entries: list}
	if len(list) > q.Limit {
		page.Entries = list[:q.Limit]
		page.Next = list[q.Limit-1].Number
	}
	return page, nil
}

// VerifyAudit implements Shop.
func (s *Service) VerifyAudit(ctx context.Context) (AuditState, error) {
	head, err := audit.Verify(ctx, s.config.Audit)
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		return AuditState{head, &BrokenAudit{broken.Number, broken.Reason}}, nil
	}
	return AuditState{Head: head}, err
}

// WalkAudit implements auditConsole.
func (s *Service) WalkAudit(ctx context.Context, yield func(audit.Entry) error) error {
	if err := s.noted(ctx, nil, "audit.export", "", ""); err != nil {
		return err
	}
	_, err := s.config.Audit.WalkAudit(ctx, yield)
	return err
}

// noted records what was done, unless it failed. What is part of a transaction
// of its own is not recorded here.
func (s *Service) noted(ctx context.Context, failed error, action, object, detail string) error {
	if failed != nil {
		return failed
	}
	if err := s.config.Users.Log().Record(ctx, action, object, detail); err != nil {
		return fmt.Errorf("it was done, but not recorded: %w", err)
	}
	return nil
}

// Audit implements Shop.
func (c *Client) Audit(ctx context.Context, q AuditQuestion) (AuditPage, error) {
	query := url.Values{"limit": {strconv.Itoa(q.Limit)}}
	for name, value := range map[string]string{"actor": q.Actor, "action": q.Action} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if q.After != 0 {
		query.Set("after", strconv.FormatInt(q.After, 10))
	}
	return call[AuditPage](ctx, c, http.MethodGet, "/v1/audit?"+query.Encode(), nil)
}

// VerifyAudit implements Shop.
func (c *Client) VerifyAudit(ctx context.Context) (AuditState, error) {
	return call[AuditState](ctx, c, http.MethodGet, "/v1/audit/verify", nil)
}
