package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEventsAreTakenWhileTheStoresCatchUp, and nothing else is answered.
func TestEventsAreTakenWhileTheStoresCatchUp(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	kith(t, dir, "init")
	key := strings.TrimSpace(kith(t, dir, "key", "create"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &program{data: dir, stdout: io.Discard, stderr: io.Discard, now: time.Now}
	f, lock, _, err := p.lock(ctx, mayMake)
	if err != nil {
		t.Fatal(err)
	}
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.listenFor(ctx, shop, "127.0.0.1:0", "", "")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, key, body string) (status int, retry, text string) {
		request, err := http.NewRequestWithContext(ctx, method, "http://"+s.listener.Addr().String()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, response.Header.Get("Retry-After"), string(answer)
	}
	for _, path := range []string{"/v1/batch", "/v1/events"} {
		if status, _, text := ask(http.MethodPost, path, key, `{"batch":[{"event":"Product Viewed","userId":"ana"}]}`); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	for _, path := range []string{"/", "/v1/customers", "/v1/freshness", "/openapi.json"} {
		status, retry, text := ask(http.MethodGet, path, s.token, "")
		if status != http.StatusServiceUnavailable || retry == "" || !strings.Contains(text, "events are taken meanwhile") {
			t.Errorf("%s: %d, Retry-After %q, %s", path, status, retry, text)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx) }()
	for {
		status, _, text := ask(http.MethodGet, "/v1/customers", s.token, "")
		if status == http.StatusOK && strings.Contains(text, `"ana"`) {
			break
		}
		if status != http.StatusServiceUnavailable && status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := shop.Close(); err != nil {
		t.Error(err)
	}
}
