package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/user"
)

// collecting is a shop that notes what it is sent.
type collecting struct {
	shop

	mu   sync.Mutex
	sent []string
	err  error
	// during is called while an event is taken.
	during func()
}

func (s *collecting) Track(_ context.Context, from api.Sender, body []byte) (api.Tracked, error) {
	if s.during != nil {
		s.during()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	agent := ""
	if from.UserAgent != "" {
		agent = " browser"
	}
	s.sent = append(s.sent, fmt.Sprintf("%v %s%s %.40s", from.Public, from.Type, agent, body))
	return api.Tracked{Accepted: 1}, s.err
}

func (s *collecting) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) == 0 {
		return ""
	}
	return s.sent[len(s.sent)-1]
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func basic(key string) as {
	return as{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"))}
}

func keyText(key as) string { return strings.TrimPrefix(key["Authorization"], "Bearer ") }

// TestCollectCalls: each call is taken under its type, by a key wherever a
// client puts it, whatever the body is called.
func TestCollectCalls(t *testing.T) {
	t.Parallel()
	team, s := newTeam(t), &collecting{}
	server, _ := serveTeam(t, s, team)
	public, secret := team.key(t, false, ""), team.key(t, true, user.Analyst)
	const body = `{"event":"x"}`
	withKey := `{"writeKey":"` + keyText(public) + `"}`
	for _, test := range []struct {
		path string
		as   as
		body string
		want string
	}{
		{"/v1/track", public, body, "true track " + body},
		{"/v1/t", secret, body, "false track " + body},
		{"/v1/identify", basic(keyText(public)), body, "true identify " + body},
		{"/v1/i", basic(keyText(secret)), body, "false identify " + body},
		{"/v1/page", nobody, withKey, "true page " + withKey[:40]},
		{"/v1/p?writeKey=" + keyText(public), nobody, body, "true page " + body},
		{"/v1/screen", public, body, "true screen " + body},
		{"/v1/s", public, body, "true screen " + body},
		{"/v1/group", public, body, "true group " + body},
		{"/v1/g", public, body, "true group " + body},
		{"/v1/alias", public, body, "true alias " + body},
		{"/v1/a", public, body, "true alias " + body},
		{"/v1/batch", public, body, "true  " + body},
		{"/v1/b", public, body, "true  " + body},
		{"/v1/import", public, body, "true  " + body},
		{"/v1/batch", plus(basic(keyText(public)), "Content-Encoding", "gzip", "Content-Type", "application/x-www-form-urlencoded"), packed(t, body), "true  " + body},
		{"/v1/t", plus(public, "Content-Type", "text/plain", "Origin", "https://shop.example", "User-Agent", "Firefox", "Sec-Fetch-Site", "cross-site"), body, "true track browser " + body},
		{"/v1/t", plus(public, "User-Agent", "curl"), body, "true track " + body},
	} {
		got := tell(t, server, test.as, http.MethodPost, test.path, test.body)
		if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `"success":true`) || s.last() != test.want {
			t.Errorf("%s: %d %s, taken %q, want %q", test.path, got.StatusCode, got.body, s.last(), test.want)
		}
		if got.Header.Get("Access-Control-Allow-Origin") != "*" || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", test.path, got.Header)
		}
	}
}

// answered is a response that was read.
type answered struct {
	StatusCode int
	Header     http.Header
	body       string
}

func tell(t *testing.T, server *httptest.Server, who as, method, path, body string) answered {
	t.Helper()
	response := do(t, server, who, method, path, body)
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return answered{response.StatusCode, response.Header, string(text)}
}

func plus(who as, more ...string) as {
	all := as{}
	maps.Copy(all, who)
	for i := 0; i < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// TestCollectKeys: these routes know keys, and neither sessions nor the token.
func TestCollectKeys(t *testing.T) {
	t.Parallel()
	team, s := newTeam(t), &collecting{}
	server, _ := serveTeam(t, s, team)
	session := team.session(t, server, user.Owner)
	public := team.key(t, false, "")
	for _, route := range api.CollectRoutes() {
		path := strings.Replace(route.Path, "{key}", "kith_pk_unknown", 1)
		for what, who := range map[string]as{
			"nobody": nobody, "the owner": session, "the token": byToken, "an unknown key": {"Authorization": "Bearer kith_pk_x"}, "no key": basic(""),
		} {
			want := http.StatusUnauthorized
			if route.Public {
				want = http.StatusOK
			}
			if got := tell(t, server, who, route.Method, path, `{"event":"x"}`); got.StatusCode != want {
				t.Errorf("%s as %s: %d %s", route.Path, what, got.StatusCode, got.body)
			}
		}
		path = strings.Replace(route.Path, "{key}", keyText(public), 1)
		if got := tell(t, server, public, route.Method, path, `{"event":"x"}`); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", route.Path, got.StatusCode, got.body)
		}
		if got := tell(t, server, public, http.MethodDelete, path, ""); got.StatusCode < 400 || got.StatusCode >= 500 {
			t.Errorf("DELETE %s: %d", route.Path, got.StatusCode)
		}
	}
	for _, body := range []string{"", "x", "[]", `{"writeKey":5}`, `{"writeKey":`, `{"writeKey":"` + strings.Repeat("x", 1000) + `"}`} {
		if got := tell(t, server, nobody, http.MethodPost, "/v1/batch", body); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%.40s: %d %s", body, got.StatusCode, got.body)
		}
	}
}

// TestPreflights: browsers may ask from any site.
func TestPreflights(t *testing.T) {
	t.Parallel()
	server, _ := serveTeam(t, &collecting{}, newTeam(t))
	ask := as{"Origin": "https://shop.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,anonymousid,content-type", "Sec-Fetch-Site": "cross-site"}
	got := tell(t, server, ask, http.MethodOptions, "/v1/track", "")
	if got.StatusCode != http.StatusNoContent || got.Header.Get("Access-Control-Allow-Origin") != "*" || got.Header.Get("Access-Control-Allow-Headers") != "authorization,anonymousid,content-type" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	for _, path := range []string{"/v1/rfm", "/v1/events", "/v1/session"} {
		if got := tell(t, server, ask, http.MethodOptions, path, ""); got.StatusCode < 400 || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
	}
}

// TestCollectRefuses what is too large or cannot be read, and says when to come
// again where that helps.
func TestCollectRefuses(t *testing.T) {
	t.Parallel()
	team, s := newTeam(t), &collecting{}
	server, _ := serveTeam(t, s, team)
	public := team.key(t, false, "")
	gz := plus(public, "Content-Encoding", "gzip")
	bomb := packed(t, strings.Repeat(" ", 64<<20))
	for what, test := range map[string]struct {
		as   as
		body string
		want int
	}{
		"a large body":         {public, strings.Repeat(" ", 512<<10+1), http.StatusRequestEntityTooLarge},
		"a large one unpacked": {gz, bomb, http.StatusRequestEntityTooLarge},
		"brotli":               {plus(public, "Content-Encoding", "br"), "x", http.StatusUnsupportedMediaType},
		"twice gzip":           {plus(public, "Content-Encoding", "gzip, gzip"), packed(t, packed(t, "{}")), http.StatusUnsupportedMediaType},
		"no gzip":              {gz, `{"event":"x"}`, http.StatusBadRequest},
		"half of it":           {gz, packed(t, `{"event":"x"}`)[:20], http.StatusBadRequest},
		"just enough":          {public, strings.Repeat(" ", 512<<10), http.StatusOK},
	} {
		if got := tell(t, server, test.as, http.MethodPost, "/v1/batch", test.body); got.StatusCode != test.want {
			t.Errorf("%s: %d %s", what, got.StatusCode, got.body)
		}
	}
	for _, test := range []struct {
		err        error
		want       int
		retryAfter string
	}{
		{commerce.Errorf(commerce.CodeInvalid, "1:2: this is not JSON"), http.StatusBadRequest, ""},
		{commerce.WithCode(commerce.CodeFull, fmt.Errorf("no room: %w", syscall.ENOSPC)), http.StatusServiceUnavailable, "10"},
		{errors.New("the log is closed"), http.StatusServiceUnavailable, "10"},
	} {
		s.err = test.err
		got := tell(t, server, public, http.MethodPost, "/v1/batch", "{}")
		if got.StatusCode != test.want || got.Header.Get("Retry-After") != test.retryAfter || strings.Contains(got.body, "is closed") {
			t.Errorf("%v: %d %v %s", test.err, got.StatusCode, got.Header, got.body)
		}
	}
}

// TestCollectBudget: more than is worked on at a time is refused at once, and
// slow senders hold nobody up.
func TestCollectBudget(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	going, entered := make(chan struct{}), make(chan struct{}, 100)
	s := &collecting{during: func() { entered <- struct{}{}; <-going }}
	server, _ := serveTeam(t, s, team)
	public := team.key(t, false, "")
	slow := make([]net.Conn, 50)
	for i := range slow {
		slow[i] = dial(t, server)
		fmt.Fprintf(slow[i], "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nContent-Length: 500000\r\n\r\n{", public["Authorization"])
	}
	large := strings.Repeat(" ", 500<<10)
	var wg sync.WaitGroup
	for range 4 { // 4 × 502 KiB of 2 MiB
		wg.Go(func() {
			if got := tell(t, server, public, http.MethodPost, "/v1/batch", large); got.StatusCode != http.StatusOK {
				t.Errorf("%d %s", got.StatusCode, got.body)
			}
		})
	}
	for range 4 {
		<-entered
	}
	if got := tell(t, server, public, http.MethodPost, "/v1/batch", large); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") != "1" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	close(going)
	wg.Wait()
	for range 20 { // everything was given back
		if got := tell(t, server, public, http.MethodPost, "/v1/batch", large); got.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", got.StatusCode, got.body)
		}
	}
}

// TestCollectLimits: a key and a network send as much as they may in a minute,
// whoever tries keys is stopped, and a key that was made for a site serves no
// other.
func TestCollectLimits(t *testing.T) {
	t.Parallel()
	team, s := newTeam(t), &admitting{}
	server, _ := serveTeam(t, s, team)
	_, text, err := team.AddKey(t.Context(), user.NewKey{Origins: []string{"https://shop.example"}, EventsPerMinute: 10})
	if err != nil {
		t.Fatal(err)
	}
	here := as{"Authorization": "Bearer " + text, "Origin": "https://shop.example"}
	for _, test := range []struct {
		origin     string
		events     string
		want       int
		retryAfter bool
	}{
		{"https://shop.example", "6", 200, false},
		{"https://evil.example", "1", 403, false},
		{"", "1", 403, false},
		{"https://shop.example", "11", 400, false}, // never
		{"https://shop.example", "5", 429, true},
		{"https://shop.example", "4", 200, false},
		{"https://shop.example", "1", 429, true},
	} {
		got := tell(t, server, plus(here, "Origin", test.origin), http.MethodPost, "/v1/batch", test.events)
		if got.StatusCode != test.want || (got.Header.Get("Retry-After") != "") != test.retryAfter {
			t.Errorf("%+v: %d %v %s", test, got.StatusCode, got.Header, got.body)
		}
	}
	secret := team.key(t, true, user.Editor)
	for range 3 { // what the shop's own servers send has no limit unless one was set
		if got := tell(t, server, secret, http.MethodPost, "/v1/batch", "60000"); got.StatusCode != 200 {
			t.Errorf("%d %s", got.StatusCode, got.body)
		}
	}
	public := team.key(t, false, "")
	if got := tell(t, server, public, http.MethodPost, "/v1/batch", "11000"); got.StatusCode != 200 {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := tell(t, server, public, http.MethodPost, "/v1/batch", "2000"); got.StatusCode != 429 {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// admitting is a shop that is sent as many events as the body says.
type admitting struct{ shop }

func (s *admitting) Track(_ context.Context, from api.Sender, body []byte) (api.Tracked, error) {
	n, err := strconv.Atoi(string(body))
	if err == nil && from.Admit != nil {
		err = from.Admit(n)
	}
	return api.Tracked{Accepted: n}, err
}

func dial(t *testing.T, server *httptest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestBodiesInNoChunks are the sender's fault, at every door.
func TestBodiesInNoChunks(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveTeam(t, &collecting{}, team)
	key := keyText(team.key(t, true, user.Editor))
	for _, path := range []string{"/v1/events", "/v1/batch", "/v1/segments/count"} {
		for _, chunks := range []string{"zz\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n"} {
			conn := dial(t, server)
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%s",
				path, strings.TrimPrefix(server.URL, "http://"), key, chunks)
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != http.StatusBadRequest || response.Body.Close() != nil {
				t.Errorf("%s: %s", path, response.Status)
			}
		}
	}
}

// TestSettingsOfClients: browser clients are told to send here.
func TestSettingsOfClients(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveTeam(t, &collecting{}, team)
	key := keyText(team.key(t, false, ""))
	host := strings.TrimPrefix(server.URL, "http://")
	got := tell(t, server, nobody, http.MethodGet, "/v1/projects/"+key+"/settings", "")
	if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `"apiHost":"`+host+`/v1"`) || !strings.Contains(got.body, `"protocol":"http"`) {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	for _, path := range []string{"/sourceConfig/?p=web&writeKey=", "/sourceConfig?writeKey="} {
		if got := tell(t, server, nobody, http.MethodGet, path+key, ""); got.StatusCode != http.StatusOK || !strings.Contains(got.body, `"writeKey":"`+key+`"`) {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}
