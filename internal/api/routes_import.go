package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/loader"
	"kith/internal/user"
)

type importInput struct{ Body ImportRequest }

// mayNamePaths refuses paths of this machine to whoever does not own the folder.
func mayNamePaths(ctx context.Context, in *importInput) error {
	if len(in.Body.Files) == 0 && in.Body.Rejects == "" || visitOf(ctx).May(user.Local) {
		return nil
	}
	return commerce.Errorf(commerce.CodeDenied,
		"files and rejects need the token in the folder's kith.lock, which the kith command uses by itself; others upload files and name their ids in uploads")
}

// ImportNews is one line of the answer to an import: what is said before it,
// how far it is, and at last what came of it or what went wrong.
type ImportNews struct {
	Begin    *Prelude         `json:"begin,omitempty"`
	Progress *loader.Progress `json:"progress,omitempty"`
	Done     *Import          `json:"done,omitempty"`
	Failed   *problem         `json:"failed,omitempty"`
}

func (h *handler) importRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/imports", Permission: user.Import, Summary: "import files of this machine, or uploads; the answer is JSON lines", gives: "application/x-ndjson"}, h.runImport)
	register(h, Route{Method: http.MethodPost, Path: "/v1/imports/preview", Permission: user.Import, Summary: "how files would be read, and their first rows"},
		func(ctx context.Context, in *importInput) (*answer[Preview], error) {
			if err := mayNamePaths(ctx, in); err != nil {
				return nil, err
			}
			p, err := h.shop.Preview(ctx, in.Body)
			return &answer[Preview]{p}, err
		})
}

// progressEvery keeps the news of a fast import few.
const progressEvery = 100 * time.Millisecond

// runImport answers in JSON lines, because an import takes as long as its
// files are large. Whoever goes away calls it off.
func (h *handler) runImport(ctx context.Context, in *importInput) (*huma.StreamResponse, error) {
	if err := mayNamePaths(ctx, in); err != nil {
		return nil, err
	}
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
			tell(ImportNews{Failed: problemOf(c.Context(), err, h.log, visitOf(ctx).Kind == user.Token)})
			return
		}
		tell(ImportNews{Done: &done})
	}}, nil
}
