package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/loader"
)

type importInput struct{ Body ImportRequest }

// ImportNews is one line of the answer to an import: what is said before it,
// how far it is, and at last what came of it or what went wrong.
type ImportNews struct {
	Begin    *Prelude         `json:"begin,omitempty"`
	Progress *loader.Progress `json:"progress,omitempty"`
	Done     *Import          `json:"done,omitempty"`
	Failed   *problem         `json:"failed,omitempty"`
}

func (h *handler) importRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/imports", Permission: Local, Summary: "import files of this machine; the answer is JSON lines"}, h.runImport)
	register(h, Route{Method: http.MethodPost, Path: "/v1/imports/preview", Permission: Local, Summary: "how files would be read, and their first rows"},
		func(ctx context.Context, in *importInput) (*answer[json.RawMessage], error) {
			p, err := h.shop.Preview(ctx, in.Body)
			return &answer[json.RawMessage]{p}, err
		})
}

// progressEvery keeps the news of a fast import few.
const progressEvery = 100 * time.Millisecond

// runImport answers in JSON lines, because an import takes as long as its
// files are large. Whoever goes away calls it off.
func (h *handler) runImport(_ context.Context, in *importInput) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/x-ndjson")
		out := json.NewEncoder(c.BodyWriter())
		tell := func(news ImportNews) {
			// A reader who went away is noticed through the context.
			_ = out.Encode(news)
			if f, ok := c.BodyWriter().(http.Flusher); ok {
				f.Flush()
			}
		}
		last := time.Time{}
		done, err := h.shop.Import(c.Context(), in.Body, Watch{
			Begin: func(p Prelude) { tell(ImportNews{Begin: &p}) },
			Progress: func(p loader.Progress) {
				if time.Since(last) >= progressEvery {
					last = time.Now()
					tell(ImportNews{Progress: &p})
				}
			},
		})
		if err != nil {
			tell(ImportNews{Failed: problemOf(c.Context(), err, h.log, true)})
			return
		}
		tell(ImportNews{Done: &done})
	}}, nil
}
