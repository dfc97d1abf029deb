package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMetrics are at an address of their own, and nowhere else.
func TestMetrics(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	var made, wrong bytes.Buffer
	if status := run(t.Context(), []string{"init", "--data", dir}, nil, &made, &wrong); status != 0 {
		t.Fatal(wrong.String())
	}
	var stdout, stderr written
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0", "--metrics", "127.0.0.1:0"}, nil, &stdout, &stderr)
	}()
	base := strings.TrimSpace(stdout.find(t, `http://[0-9.:]+\n`))
	figures := strings.TrimSpace(regexp.MustCompile(`http://\S+`).FindString(stderr.find(t, `http://[0-9.:]+/metrics\n`)))
	if status := run(t.Context(), []string{"key", "create", "--data", dir}, nil, &made, &wrong); status != 0 {
		t.Fatal(wrong.String())
	}
	key := made.String()[strings.LastIndex(made.String(), "kith_pk_"):]
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/batch", strings.NewReader(`{"batch":[{"event":"x","userId":"u"},{"event":"y","userId":"u"},{}]}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(key))
	read := func(request *http.Request) (int, string) {
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	get := func(url string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return read(request)
	}
	if status, text := read(request); status != http.StatusOK {
		t.Fatal(status, text)
	}
	status, text := get(figures)
	for _, want := range []string{
		`kith_events_total{outcome="taken"} 2`, `kith_events_total{outcome="refused"} 1`, "kith_log_end", "kith_memberships_applied", "kith_warehouse_applied",
		`kith_request_seconds_count{route="POST /v1/batch",status="200"} 1`, "process_resident_memory_bytes", "go_goroutines",
	} {
		if status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%d: there is no %s in\n%s", status, want, text)
		}
	}
	profiles := strings.TrimSuffix(figures, "/metrics") + "/debug/pprof/"
	if status, text := get(profiles + "heap?debug=1"); status != http.StatusOK || !strings.Contains(text, "heap profile") {
		t.Errorf("%d: there is no profile in\n%.100s", status, text)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap"} {
		if status, _ := get(base + path); status != http.StatusNotFound {
			t.Errorf("the public address answers %d to %s", status, path)
		}
	}
	stop()
	if status := <-ended; status != 0 {
		t.Error(status, stderr.find(t, `.*`))
	}
	if status := run(t.Context(), []string{"serve", "--data", dir, "--addr", "127.0.0.1:0", "--metrics", "0.0.0.0:9464"}, nil, &made, &wrong); status == 0 || !strings.Contains(wrong.String(), "--metrics") {
		t.Errorf("%d %s", status, wrong.String())
	}
}
