package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/folder"
)

// told is a message that a receiver had.
type told struct {
	id, timestamp, signature string
	body                     []byte
}

// printed is what the servers of tests printed, by their addresses.
var printed sync.Map // of *written

// serveInTest starts a server on a folder and says who owns it then.
func serveInTest(t *testing.T, dir string, args ...string) (owner folder.Owner, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	var stdout written
	go func() {
		all := append([]string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}, args...)
		ended <- run(ctx, all, strings.NewReader(""), &stdout, &stderr)
	}()
	stop = func() {
		cancel()
		if status := <-ended; status != 0 {
			t.Errorf("the server ended with %d: %s", status, stderr.String())
		}
	}
	late := time.After(3 * time.Minute)
	for {
		content, _ := os.ReadFile(filepath.Join(dir, "kith.lock"))
		if json.Unmarshal(content, &owner) == nil && owner.Address != "" {
			printed.Store(owner.Address, &stdout)
			return owner, stop
		}
		select {
		case status := <-ended:
			t.Fatalf("the server ended with %d: %s", status, stderr.String())
		case <-late:
			t.Fatal("the server does not begin")
		case <-time.After(5 * time.Millisecond): // as a command that waits for it would
		}
	}
}

// kith runs a command on a folder and returns what it printed.
func kith(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), append(args, "--data", dir), strings.NewReader(""), &stdout, &stderr); status != 0 {
		t.Fatalf("kith %v ended with %d: %s", args, status, stderr.String())
	}
	return stdout.String()
}

// TestAWebhookIsTold, from the command that adds it to the request that arrives
// when a customer does something.
func TestAWebhookIsTold(t *testing.T) {
	t.Parallel()
	messages := make(chan told, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := r.Header
		messages <- told{h.Get("webhook-id"), h.Get("webhook-timestamp"), h.Get("webhook-signature"), body}
	}))
	defer receiver.Close()
	next := func() told {
		t.Helper()
		select {
		case m := <-messages:
			return m
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was told")
			return told{}
		}
	}
	dir := filepath.Join(t.TempDir(), "shop")
	host := receiver.Listener.Addr().String()
	owner, stop := serveInTest(t, dir, "--webhook-allow", host)
	kith(t, dir, "segment", "save", "viewers", "has product_viewed")
	id, secret, _ := strings.Cut(strings.TrimSpace(kith(t, dir, "webhook", "add", receiver.URL+"/hook", "--segment", "viewers")), "\n")
	view(t, owner, "ana")
	checkTold(t, secret, next(), "ana")
	for !strings.Contains(kith(t, dir, "webhook", "list"), "last told at") {
		if t.Context().Err() != nil {
			t.Fatal("that it was told is not listed")
		}
	}
	stop()

	// A server that does not allow the host sends nothing there.
	_, stop = serveInTest(t, dir)
	var stderr bytes.Buffer
	if status := run(t.Context(), []string{"webhook", "test", id, "--data", dir}, nil, io.Discard, &stderr); status != 1 || !strings.Contains(stderr.String(), "not among the hosts that are allowed") {
		t.Errorf("status %d, %s", status, stderr.String())
	}
	stop()

	owner, stop = serveInTest(t, dir, "--webhook-allow", host)
	defer stop()
	kith(t, dir, "webhook", "test", id)
	if m := next(); !strings.Contains(string(m.body), `"webhook.test"`) || !fits(secret, m) {
		t.Errorf("the test message is %s: %s", m.id, m.body)
	}
	view(t, owner, "bob")
	checkTold(t, secret, next(), "bob") // and not ana again
}

// view lets a customer look at a product.
func view(t *testing.T, owner folder.Owner, customer string) {
	t.Helper()
	client := api.NewClient(owner.Address, owner.Token)
	defer client.Close()
	tracked, err := client.Track(t.Context(), api.Sender{}, fmt.Appendf(nil, `{"type":"track","event":"Product Viewed","userId":%q,"properties":{"product_id":"p1"}}`, customer))
	if err != nil || tracked.Accepted != 1 {
		t.Fatalf("tracking: %+v, %v", tracked, err)
	}
}

func checkTold(t *testing.T, secret string, m told, customer string) {
	t.Helper()
	var body struct {
		Type      string         `json:"type"`
		Timestamp time.Time      `json:"timestamp"`
		Data      api.Transition `json:"data"`
	}
	if err := json.Unmarshal(m.body, &body); err != nil {
		t.Fatal(err)
	}
	d := body.Data
	if body.Type != "segment.entered" || d.Segment != "viewers" || d.Customer != customer || d.Change != "entered" || d.Cause != "event" ||
		!body.Timestamp.Equal(d.At) || d.Number == 0 || !strings.HasPrefix(m.id, fmt.Sprint(d.Number)+"-") {
		t.Errorf("told %s: %s", m.id, m.body)
	}
	if !fits(secret, m) || fits("whsec_"+base64.StdEncoding.EncodeToString(make([]byte, 32)), m) {
		t.Errorf("the signature of %s is %s", m.id, m.signature)
	}
}

// fits checks a signature as docs/webhooks.md says.
func fits(secret string, m told) bool {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(m.id + "." + m.timestamp + "." + string(m.body)))
	return hmac.Equal([]byte(m.signature), []byte("v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))))
}
