package api

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/commerce"
	"kith/internal/user"
)

// Upload is a file that was received and waits to be imported.
type Upload struct {
	ID    string `json:"id"`
	Name  string `json:"name" doc:"as it is shown"`
	Bytes int64  `json:"bytes"`
}

// Upload receives a file. size is how long it says it is, below zero if it
// does not.
func (s *Service) Upload(ctx context.Context, name string, size int64, from io.Reader) (Upload, error) {
	u, err := s.config.Uploads.Put(ctx, name, size, from)
	return Upload{u.ID, u.Name, u.Bytes}, err
}

// DeleteUpload removes a file that was received.
func (s *Service) DeleteUpload(_ context.Context, id string) (Deletion, error) {
	return Deletion{ID: id, Outcome: "deleted"}, s.config.Uploads.Delete(id)
}

type uploadInput struct {
	Name string `query:"name" maxLength:"1000" doc:"what the file is called, to be shown"`

	body io.Reader
	size int64
}

var _ huma.Resolver = (*uploadInput)(nil)

// Resolve takes hold of the body before anyone reads it.
func (in *uploadInput) Resolve(c huma.Context) []error {
	r, w := humago.Unwrap(c)
	in.size = r.ContentLength
	in.body = &flowing{from: r.Body, control: http.NewResponseController(w)}
	return nil
}

func (h *handler) uploadRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/uploads", Permission: user.Import, Summary: "receive a file to be imported, as it is; it is kept for a day", streams: true}, h.upload)
	register(h, Route{Method: http.MethodDelete, Path: "/v1/uploads/{id}", Permission: user.Import, Summary: "remove a file that was received"},
		func(ctx context.Context, in *idInput) (*answer[Deletion], error) {
			d, err := h.console.DeleteUpload(ctx, in.ID)
			return &answer[Deletion]{d}, err
		})
}

func (h *handler) upload(ctx context.Context, in *uploadInput) (*answer[Upload], error) {
	if f, ok := in.body.(*flowing); ok {
		f.time, f.done = h.readerTime, h.done
		// Who waits for bytes is not to keep the server from stopping.
		defer context.AfterFunc(h.done, func() { _ = f.control.SetReadDeadline(time.Unix(1, 0)) })()
	}
	u, err := h.console.Upload(ctx, in.Name, in.size, in.body)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = commerce.Errorf(commerce.CodeInvalid, "the upload stopped: too little came in %s; send it again", h.readerTime)
	}
	return &answer[Upload]{u}, err
}

// flowing is a body that may take as long as it does while its bytes flow:
// each so many of them have a time of their own. Whoever stops is cut off.
type flowing struct {
	from    io.Reader
	control *http.ResponseController
	time    time.Duration
	done    context.Context //nolint:containedctx // HandlerConfig.Done
	left    int             // of the bytes that this time is for
}

// flow is how many bytes must come in the time that is given.
const flow = 64 << 10

func (f *flowing) Read(b []byte) (int, error) {
	if f.done != nil && f.done.Err() != nil {
		return 0, commerce.Errorf(commerce.CodeBusy, "the server is stopping")
	}
	if f.left <= 0 {
		err := f.control.SetReadDeadline(time.Now().Add(cmp.Or(f.time, readerTime)))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, err
		}
		f.left = flow
	}
	n, err := f.from.Read(b)
	f.left -= n
	return n, err
}
