package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"kith/internal/segment"
)

// Client is a Shop that is owned by a server.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// NewClient speaks to the server at an address, with the lock file's token.
func NewClient(address, token string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // it is on this machine
	return &Client{base: "http://" + address, token: token, http: &http.Client{Transport: transport}}
}

// Close closes idle connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// send makes a request and returns the answer's body, which the caller closes.
func (c *Client) send(ctx context.Context, method, path string, body any) (io.ReadCloser, error) {
	response, err := c.ask(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// ask makes a request and returns the answer, whose body the caller closes.
func (c *Client) ask(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var content io.Reader
	if raw, ok := body.(json.RawMessage); ok {
		content = bytes.NewReader(raw)
	} else if body != nil {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false) // a segment is full of ">", which would take six characters
		if err := e.Encode(body); err != nil {
			return nil, err
		}
		content = &b
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the server that owns the folder: %w", err)
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return nil, errorOf(response.StatusCode, text)
}

// call makes a request whose answer is one JSON document.
func call[T any](ctx context.Context, c *Client, method, path string, body any) (T, error) {
	var out T
	content, err := c.send(ctx, method, path, body)
	if err != nil {
		return out, err
	}
	defer func() { _ = content.Close() }()
	if err := json.NewDecoder(content).Decode(&out); err != nil {
		return out, fmt.Errorf("reading the server's answer: %w", err)
	}
	return out, nil
}

// Settings implements Shop.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	return call[Settings](ctx, c, http.MethodGet, "/v1/shop", nil)
}

// ChangeSettings implements Shop.
func (c *Client) ChangeSettings(ctx context.Context, change SettingsChange) (Settings, error) {
	return call[Settings](ctx, c, http.MethodPatch, "/v1/shop", change)
}

// Count implements Shop.
func (c *Client) Count(ctx context.Context, q Question) (Count, error) {
	return call[Count](ctx, c, http.MethodPost, "/v1/segments/count", q)
}

// Check implements Shop.
func (c *Client) Check(ctx context.Context, text string) (Checked, error) {
	return call[Checked](ctx, c, http.MethodPost, "/v1/segments/check", map[string]string{"text": text})
}

// Members implements Shop.
func (c *Client) Members(ctx context.Context, q Question, yield func(id string) error) (time.Time, error) {
	content, err := c.send(ctx, http.MethodPost, "/v1/segments/members", q)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = content.Close() }()
	asOf, err := readMembers(json.NewDecoder(content), yield)
	if err != nil && !errors.As(err, new(yieldError)) {
		return asOf, fmt.Errorf("reading the server's answer, which may have been cut off: %w", err)
	}
	return asOf, err
}

// yieldError is an error of whoever takes the members.
type yieldError struct{ error }

func (e yieldError) Unwrap() error { return e.error }

// readMembers reads a MemberList bit by bit.
func readMembers(d *json.Decoder, yield func(id string) error) (asOf time.Time, err error) {
	for range 3 { // {"members":[
		if _, err := d.Token(); err != nil {
			return asOf, err
		}
	}
	for d.More() {
		var id string
		if err := d.Decode(&id); err != nil {
			return asOf, err
		}
		if err := yield(id); err != nil {
			return asOf, yieldError{err}
		}
	}
	for range 2 { // ],"as_of"
		if _, err := d.Token(); err != nil {
			return asOf, err
		}
	}
	return asOf, d.Decode(&asOf)
}

// ListSegments implements Shop.
func (c *Client) ListSegments(ctx context.Context) ([]Segment, error) {
	list, err := call[SegmentList](ctx, c, http.MethodGet, "/v1/segments", nil)
	return list.Segments, err
}

// segmentPath is a route of one segment. No path carries an empty id or dots,
// and no segment has such an id.
func segmentPath(id, rest string) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", segment.NotFoundError(id)
	}
	return "/v1/segments/" + url.PathEscape(id) + rest, nil
}

// callSegment is call on a segment's route.
func callSegment[T any](ctx context.Context, c *Client, method, id, rest string, body any) (T, error) {
	path, err := segmentPath(id, rest)
	if err != nil {
		var none T
		return none, err
	}
	return call[T](ctx, c, method, path, body)
}

// GetSegment implements Shop.
func (c *Client) GetSegment(ctx context.Context, id string) (Segment, error) {
	return callSegment[Segment](ctx, c, http.MethodGet, id, "", nil)
}

// SaveSegment implements Shop.
func (c *Client) SaveSegment(ctx context.Context, id, name, text string) (Segment, error) {
	if err := segment.CheckID(id); err != nil {
		return Segment{}, err
	}
	body := map[string]string{"text": text}
	if name != "" {
		body["name"] = name
	}
	return callSegment[Segment](ctx, c, http.MethodPut, id, "", body)
}

// DeleteSegment implements Shop.
func (c *Client) DeleteSegment(ctx context.Context, id string) (Deletion, error) {
	return callSegment[Deletion](ctx, c, http.MethodDelete, id, "", nil)
}

// Presets implements Shop.
func (c *Client) Presets(ctx context.Context, at string) (Presets, error) {
	return call[Presets](ctx, c, http.MethodGet, "/v1/presets"+atQuery(at), nil)
}

// RFM implements Shop.
func (c *Client) RFM(ctx context.Context, at string) (RFM, error) {
	return call[RFM](ctx, c, http.MethodGet, "/v1/rfm"+atQuery(at), nil)
}

// Customer implements Shop.
func (c *Client) Customer(ctx context.Context, id, at string) (Customer, error) {
	query := url.Values{"id": {id}} // an id may be what no path can hold
	if at != "" {
		query.Set("at", at)
	}
	return call[Customer](ctx, c, http.MethodGet, "/v1/customers/-?"+query.Encode(), nil)
}

func atQuery(at string) string {
	if at == "" {
		return ""
	}
	return "?" + url.Values{"at": {at}}.Encode()
}

// Score implements Shop.
func (c *Client) Score(ctx context.Context) (Run, error) {
	return call[Run](ctx, c, http.MethodPost, "/v1/score", nil)
}

// Rebuild implements Shop.
func (c *Client) Rebuild(ctx context.Context) (Rebuilt, error) {
	return call[Rebuilt](ctx, c, http.MethodPost, "/v1/rebuild", nil)
}

// Doctor implements Shop.
func (c *Client) Doctor(ctx context.Context) (Diagnosis, error) {
	return call[Diagnosis](ctx, c, http.MethodGet, "/v1/doctor", nil)
}

// Preview implements Shop.
func (c *Client) Preview(ctx context.Context, r ImportRequest) (Preview, error) {
	return call[Preview](ctx, c, http.MethodPost, "/v1/imports/preview", r)
}

// Import implements Shop.
func (c *Client) Import(ctx context.Context, r ImportRequest, watch Watch) (Import, error) {
	content, err := c.send(ctx, http.MethodPost, "/v1/imports", r)
	if err != nil {
		return Import{}, err
	}
	defer func() { _ = content.Close() }()
	for lines := json.NewDecoder(content); ; {
		var news ImportNews
		if err := lines.Decode(&news); err != nil {
			return Import{}, fmt.Errorf("the server ended before the import did: %w", err)
		}
		switch {
		case news.Begin != nil && watch.Begin != nil:
			watch.Begin(*news.Begin)
		case news.Progress != nil && watch.Progress != nil:
			watch.Progress(*news.Progress)
		case news.Done != nil:
			return *news.Done, nil
		case news.Failed != nil:
			return Import{}, errorOf(news.Failed.Status, encoded(news.Failed))
		}
	}
}
