package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/user"
)

func (h *handler) jobRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/imports/jobs", Permission: user.Import, Summary: "import uploads, beside whoever asks and after the imports that wait"},
		func(ctx context.Context, in *struct{ Body JobRequest }) (*answer[StartedJob], error) {
			j, err := h.console.StartImport(ctx, in.Body)
			return &answer[StartedJob]{j}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/demo", Permission: user.Import, Summary: "make the demo shop and import it, as a job; only in a shop without facts"},
		func(ctx context.Context, in *struct{ Body DemoRequest }) (*answer[StartedJob], error) {
			j, err := h.console.StartDemo(ctx, in.Body)
			return &answer[StartedJob]{j}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/imports/jobs/{id}", Permission: user.Import, Summary: "one import: how far it is, or what came of it"},
		func(ctx context.Context, in *idInput) (*answer[ImportJob], error) {
			j, err := h.console.GetImport(ctx, in.ID)
			return &answer[ImportJob]{j}, err
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/imports/jobs/{id}", Permission: user.Import, Summary: "call an import off"},
		func(ctx context.Context, in *idInput) (*answer[ImportJob], error) {
			j, err := h.console.CancelImport(ctx, in.ID)
			return &answer[ImportJob]{j}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/imports/jobs/{id}/progress", Permission: user.Import, Summary: "how an import goes on, as server-sent events: progress, then done or failed", gives: "text/event-stream"}, h.watchImport)
	register(h, Route{Method: http.MethodGet, Path: "/v1/imports/jobs/{id}/rejects", Permission: user.Import, Summary: "the rows that an import refused, as a text", gives: "text/plain"}, h.rejects)
	register(h, Route{Method: http.MethodGet, Path: "/v1/imports/jobs/{id}/rejects/rows", Permission: user.Import, Summary: "the first hundred rows that an import refused"},
		func(ctx context.Context, in *idInput) (*answer[Rejects], error) {
			r, err := h.console.FirstRejects(ctx, in.ID)
			return &answer[Rejects]{r}, err
		})
	register(h, Route{Method: http.MethodGet, Path: "/v1/imports", Permission: user.Import, Summary: "every import the shop ever had, the newest first"},
		func(ctx context.Context, in *pageInput) (*answer[ImportList], error) {
			list, err := h.console.ListImports(ctx, in.After, in.Limit)
			return &answer[ImportList]{list}, err
		})
}

// pageInput asks for a page of a list.
type pageInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	After string `query:"after" maxLength:"100" doc:"what next said"`
}

// spokenIDInput is for what a browser asks by itself, where nobody chooses its
// headers.
type spokenIDInput struct {
	ID       string `path:"id"`
	Accept   string `header:"Accept-Language"`
	Language string `query:"language" maxLength:"100" doc:"of what is said to people: en, ro, ko or zh-TW; as Accept-Language if absent"`
}

// watchImport streams an import as server-sent events. Whoever comes late, or
// again, is told how it is at once.
func (h *handler) watchImport(ctx context.Context, in *spokenIDInput) (*huma.StreamResponse, error) {
	if _, err := h.console.GetImport(ctx, in.ID); err != nil {
		return nil, err
	}
	return h.events(ctx, "watching an import", func(ctx context.Context, out *eventWriter) error {
		return h.streamImport(ctx, in.ID, readersLanguage(in.Language, in.Accept), out)
	}), nil
}

// streamImport writes how an import is until it is over, the reader goes away
// or the server stops. Of progress only the latest is told, now and then.
func (h *handler) streamImport(ctx context.Context, id, language string, out *eventWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.done, cancel)()
	news, failed := make(chan ImportJob), make(chan error, 1)
	go func() {
		defer close(news)
		failed <- h.console.WatchImport(ctx, id, func(j ImportJob) error {
			select {
			case news <- j:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	alive := time.NewTicker(stillHere)
	defer alive.Stop()
	for {
		var err error
		select {
		case j, ok := <-news:
			if !ok {
				return <-failed
			}
			if err = out.send(newsOf(j), said(language, j)); err == nil {
				err = pause(ctx, progressEvery)
			}
		case <-alive.C:
			err = out.comment("still here")
		}
		if err != nil {
			return goneError{err}
		}
	}
}

// newsOf is the name of the event that tells of an import.
func newsOf(j ImportJob) string {
	switch j.State {
	case "waiting", "running":
		return "progress"
	case "done":
		return "done"
	}
	return "failed"
}

// pause waits, so that what follows closely is told together.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// send writes one event and lets it go.
func (e *eventWriter) send(name string, v any) error {
	if _, err := e.w.WriteString("event: " + name + "\ndata: " + string(encoded(v)) + "\n\n"); err != nil {
		return err
	}
	return e.flush()
}
