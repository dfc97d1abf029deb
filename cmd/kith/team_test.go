package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// written is what a running program has written so far.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

// find waits for what matches.
func (w *written) find(t *testing.T, form string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		found := regexp.MustCompile(form).FindString(w.text.String())
		w.mu.Unlock()
		if found != "" {
			return found
		}
	}
	t.Fatalf("nothing like %s was written", form)
	return ""
}

// browser keeps cookies, and says where its requests come from.
type browser struct {
	http.Client

	base string
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar}, base}
}

func (b *browser) ask(t *testing.T, method, path, body string, want int) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", b.base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := b.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, response.StatusCode, want, text)
	}
	var answer map[string]any
	_ = json.Unmarshal(text, &answer)
	return answer
}

// TestATeam sets a shop up as its owner does: from the link that the server
// prints to a team, a key and an audit log.
func TestATeam(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	kith := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), append(args, "--data", dir), nil, &stdout, &stderr); got != 0 {
			t.Fatalf("kith %v: %d, %s", args, got, stderr.String())
		}
		return strings.TrimSpace(stdout.String())
	}
	kith("init", "--name", "Papyrus")
	ctx, cancel := context.WithCancel(t.Context())
	var stdout, stderr written
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}, nil, &stdout, &stderr)
	}()
	link := stdout.find(t, `http://[0-9.:]+/welcome#[A-Z2-7]{26}\n`)
	base, token, _ := strings.Cut(strings.TrimSpace(link), "/welcome#")

	owner := newBrowser(t, base)
	owner.ask(t, "GET", "/v1/shop", "", 401)
	owner.ask(t, "POST", "/v1/welcome/look", fmt.Sprintf(`{"token":%q}`, token), 200)
	owner.ask(t, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"email":"olga@example.com","name":"Olga","password":"wet stones by the river"}`, token), 200)
	owner.ask(t, "GET", "/v1/shop", "", 200)
	invited := owner.ask(t, "POST", "/v1/users", `{"email":"sam@example.com","role":"support"}`, 200)
	sam := newBrowser(t, base)
	_, token, _ = strings.Cut(invited["link"].(string), "/welcome#")
	sam.ask(t, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"name":"Sam","password":"dry stones by the river"}`, token), 200)

	// Events by keys.
	event := `{"type":"identify","userId":"c-1","traits":{"email":"ana.pop@example.com","first_name":"Ana","last_name":"Popescu","phone":"+40712345678"}}`
	send := func(key string, want int) {
		t.Helper()
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/events", strings.NewReader(event))
		request.Header.Set("Authorization", "Bearer "+key)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("with %.12s: %d, want %d", key, response.StatusCode, want)
		}
	}
	public := kith("key", "create")
	send(public, 200)
	send("kith_pk_unknown", 401)
	owner.ask(t, "POST", "/v1/events", event, 200)
	sam.ask(t, "POST", "/v1/events", event, 403)

	for known := false; !known; { // a busy machine's warehouse takes its time
		f := owner.ask(t, "GET", "/v1/freshness", "", 200)
		known = f["warehouse_applied"].(float64) >= f["log_end"].(float64)
	}
	for path, wants := range map[string][]string{"/v1/customers/c-1": {"Popescu", "ana.pop@example.com", "+40712345678"}} {
		plain, masked := fmt.Sprint(owner.ask(t, "GET", path, "", 200)), fmt.Sprint(sam.ask(t, "GET", path, "", 200))
		for _, want := range wants {
			if !strings.Contains(plain, want) || strings.Contains(masked, want) {
				t.Errorf("%s: %q in %s, and in %s", path, want, plain, masked)
			}
		}
	}
	owner.ask(t, "PUT", "/v1/segments/vip", `{"text":"traits.last_name = \"Popescu\""}`, 200)
	sam.ask(t, "DELETE", "/v1/segments/vip", "", 403)
	why := fmt.Sprint(sam.ask(t, "POST", "/v1/segments/explain", `{"text":"@vip","customer":"c-1"}`, 200))
	if !strings.Contains(why, "value:P***") || strings.Contains(why, "traits.last_name value:Popescu") {
		t.Errorf("explained to support: %s", why)
	}

	// A lost password, from the command line.
	reset := kith("user", "link", "SAM@example.com")
	if !strings.HasPrefix(reset, base+"/welcome#") {
		t.Errorf("the link is %s", reset)
	}
	_, token, _ = strings.Cut(reset, "#")
	again := newBrowser(t, base)
	again.ask(t, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"password":"new stones by the river"}`, token), 204)
	sam.ask(t, "GET", "/v1/session", "", 401)
	again.ask(t, "GET", "/v1/session", "", 401)
	again.ask(t, "POST", "/v1/session", `{"email":"sam@example.com","password":"new stones by the river"}`, 200)
	again.ask(t, "GET", "/v1/session", "", 200)

	log := kith("audit", "list", "--limit", "1000")
	for _, want := range []string{"olga@example.com user.accept", "olga@example.com user.add", "sam@example.com session.begin", "command key.add", "olga@example.com segment.save", "command user.link"} {
		if !strings.Contains(strings.Join(strings.Fields(log), " "), want) {
			t.Errorf("%q is not in\n%s", want, log)
		}
	}
	state := kith("audit", "verify")
	cancel()
	if got := <-ended; got != 0 {
		t.Errorf("status %d: %s", got, stderr.text.String())
	}
	if got := kith("audit", "verify"); got != state {
		t.Errorf("%s, and without a server %s", state, got)
	}
	wantNoSecrets(t, dir, public, "wet stones", "dry stones", "new stones", token)
}

// wantNoSecrets looks for what must not be kept in the files of a folder.
func wantNoSecrets(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "operations.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("%.10s... is kept as it is", secret)
		}
	}
}
