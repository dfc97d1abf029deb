package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/user"
)

// allowed says who has which permission: it is the table of docs/team.md, and
// written down here once more.
var allowed = map[user.Permission]string{
	user.Public: "nobody owner editor analyst support sk-owner sk-editor sk-analyst sk-support public token",
	user.Self:   "owner editor analyst support token",
	user.Track:  "owner editor sk-owner sk-editor sk-analyst sk-support public token",
	user.View:   "owner editor analyst support sk-owner sk-editor sk-analyst sk-support token",
	user.People: "owner editor analyst support sk-owner sk-editor sk-analyst sk-support token",
	user.Edit:   "owner editor sk-owner sk-editor token",
	user.Import: "owner editor sk-owner sk-editor token",
	user.Export: "owner editor sk-owner sk-editor token",
	user.Manage: "owner token",
	user.Local:  "token",
}

// everybody is one of each who may ask.
func everybody(t *testing.T, team *team, server *httptest.Server) map[string]as {
	t.Helper()
	all := map[string]as{"nobody": nobody, "token": byToken, "public": team.key(t, false, "")}
	for _, role := range user.Roles() {
		all["sk-"+string(role)] = team.key(t, true, role)
	}
	return all
}

// TestTheMatrix asks every route as everybody.
func TestTheMatrix(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveTeam(t, &shop{}, team)
	people := everybody(t, team, server)
	names := strings.Fields(allowed[user.Public])
	described := describedStatuses(t)
	for _, role := range user.Roles() {
		people[string(role)] = team.session(t, server, role)
	}
	for _, route := range api.Routes() {
		if _, known := allowed[route.Permission]; !known {
			t.Errorf("%s %s needs %q, which the table does not have", route.Method, route.Path, route.Permission)
		}
		if route.Path == "/v1/session" && route.Method == http.MethodDelete {
			continue // would log everybody out; TestSessions has it
		}
		if slices.Contains(api.CollectRoutes(), route) {
			continue // they know keys alone; TestCollectKeys has them
		}
		for _, name := range names {
			may := slices.Contains(strings.Fields(allowed[route.Permission]), name)
			got := statusOf(t, server, people[name], route)
			if statuses, there := described[route.Method+" "+route.Path]; there && !slices.Contains(statuses, fmt.Sprint(got)) {
				t.Errorf("%s %s as %s: %d, which its description does not say: %v", route.Method, route.Path, name, got, statuses)
			}
			refused := got == http.StatusForbidden || got == http.StatusUnauthorized
			switch {
			case name == "nobody" && !may && got != http.StatusUnauthorized, name != "nobody" && !may && got != http.StatusForbidden:
				t.Errorf("%s %s as %s: %d, and it needs %s", route.Method, route.Path, name, got, route.Permission)
			case may && refused && route.Permission != user.Public: // a log-in without an e-mail is refused for itself
				t.Errorf("%s %s as %s: %d", route.Method, route.Path, name, got)
			}
		}
	}
}

// describedStatuses are those that routes may answer with, by the description.
func describedStatuses(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Responses map[string]any
			Security  *[]map[string][]string
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for path, operations := range document.Paths {
		for method, operation := range operations {
			all[strings.ToUpper(method)+" "+path] = slices.Collect(maps.Keys(operation.Responses))
			if operation.Security == nil {
				t.Errorf("%s %s does not say how one shows who one is", method, path)
			}
		}
	}
	return all
}

// statusOf asks a route for what it may refuse for another reason. It does
// not wait for a stream to end.
func statusOf(t *testing.T, server *httptest.Server, who as, route api.Route) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	path := strings.NewReplacer("{id}", "x", "{path...}", "x").Replace(route.Path)
	request, err := http.NewRequestWithContext(ctx, route.Method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range who {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatalf("%s %s: %v", route.Method, route.Path, err)
	}
	response.Body.Close()
	return response.StatusCode
}

// TestARouteWithoutAPermission does not come to be served.
func TestARouteWithoutAPermission(t *testing.T) {
	t.Parallel()
	for _, permission := range []user.Permission{"", "reed"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route with the permission %q was registered", permission)
				}
			}()
			api.RegisterForTest(permission)
		}()
	}
}

// TestOtherSitesChangeNothing, whatever cookie the browser sends along.
func TestOtherSitesChangeNothing(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	asked := &shop{}
	server, _ := serveTeam(t, asked, team)
	owner := team.session(t, server, user.Owner)
	for _, route := range api.Routes() {
		if slices.Contains(api.CollectRoutes(), route) {
			continue // any site may send, with a key
		}
		if route.Method == http.MethodGet {
			continue
		}
		for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
			who := as{header: value}
			maps.Copy(who, owner)
			if got := statusOf(t, server, who, route); got != http.StatusForbidden {
				t.Errorf("%s %s with %s: %d", route.Method, route.Path, header, got)
			}
		}
	}
	if asked.asked != "" {
		t.Errorf("the shop was asked %s", asked.asked)
	}
	ask(t, server, owner, http.MethodGet, "/v1/session", "", 200)
	who := as{"Origin": server.URL, "Sec-Fetch-Site": "same-origin"}
	maps.Copy(who, owner)
	ask(t, server, who, http.MethodPatch, "/v1/session", `{"name":"Olga"}`, 200)
}

// TestQuestionsWriteNothing: GET leaves the store as it is, byte for byte.
func TestQuestionsWriteNothing(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	server, _ := serveTeam(t, k, k.team)
	owner := k.team.session(t, server, user.Owner)
	content := func() []byte {
		var all []byte
		for _, end := range []string{"", "-wal"} {
			b, err := os.ReadFile(k.file + end)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		return all
	}
	// The first ever question about the overview lets its figures be kept, which
	// follow from the facts.
	statusOf(t, server, owner, api.Route{Method: http.MethodGet, Path: "/v1/overview"})
	before := content()
	for _, route := range api.Routes() {
		// That the audit log was taken is recorded, and nothing else changes.
		if route.Method == http.MethodGet && route.Path != "/v1/audit/export" {
			statusOf(t, server, owner, route)
			if !bytes.Equal(before, content()) {
				t.Fatalf("%s wrote", route.Path)
			}
		}
	}
	ask(t, server, owner, http.MethodPatch, "/v1/session", `{"name":"Olga"}`, 200)
	if bytes.Equal(before, content()) {
		t.Error("the test does not see what is written")
	}
}

func TestWhatIsNoKey(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveTeam(t, &shop{}, team)
	owner := team.session(t, server, user.Owner)
	for _, text := range []string{
		"", "Bearer", "Bearer ", "Bearer  " + token, token, "Basic " + token, "Bearer " + token + "x", "Bearer " + token[1:],
		"Bearer kith_sk_", "Bearer kith_pk_aaaa", "Bearer kith_sk_" + strings.Repeat("a", 5000), "Bearer ț\x01"[:9],
	} {
		// A key that is none is not helped by a cookie beside it.
		who := as{"Authorization": text, "Cookie": owner["Cookie"]}
		want := http.StatusUnauthorized
		if text == "" {
			want = http.StatusOK
		}
		response := do(t, server, who, http.MethodGet, "/v1/rfm", "")
		if response.StatusCode != want {
			t.Errorf("%q: %d, want %d", text, response.StatusCode, want)
		}
		if want == http.StatusUnauthorized && (response.Header.Get("Content-Type") != "application/problem+json" || response.Header.Get("WWW-Authenticate") == "") {
			t.Errorf("%q: %v", text, response.Header)
		}
	}
	for _, cookie := range []string{"kith_session=x", owner["Cookie"] + "x", strings.Replace(owner["Cookie"], "kith_session", "kith", 1)} {
		ask(t, server, as{"Cookie": cookie}, http.MethodGet, "/v1/rfm", "", http.StatusUnauthorized)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	own, _ := url.Parse("https://kith.shop.example")
	server, _ := serveAs(t, api.HandlerConfig{Shop: &shop{}, Console: struct{ api.Console }{}, Users: team.Book, URL: own})
	elsewhere := do(t, server, as{"Host": "evil.example"}, http.MethodGet, "/v1/shop", "")
	other := do(t, server, as{"Sec-Fetch-Site": "cross-site"}, http.MethodPost, "/v1/session", "{}")
	for what, r := range map[string]reply{"another host": elsewhere, "another site": other} {
		if r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", what, r.StatusCode, r.Header)
		}
	}
	for path, who := range map[string]as{"/": nobody, "/v1/rfm": byToken, "/v1/shop": nobody, "/v1/nothing": nobody, "/healthz": nobody, "/v1/events": nobody} {
		header := do(t, server, who, http.MethodGet, path, "").Header
		want := map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=31536000",
		}
		want["Cache-Control"] = "no-store"
		want["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		for name, value := range want {
			if header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", path, name, header.Get(name), value)
			}
		}
	}
}

// TestBehindAProxy: the name of --url is answered, cookies are for TLS, and
// requests come from where the proxy says.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.join(t, user.Owner)
	own, _ := url.Parse("https://kith.shop.example")
	server, _ := serveAs(t, api.HandlerConfig{Shop: &shop{}, Console: struct{ api.Console }{}, Users: team.Book, URL: own})
	for host, want := range map[string]int{
		"kith.shop.example": 200, "KITH.shop.example:443": 200, "localhost": 200, "127.0.0.1:80": 200,
		"kith.shop.example:80": 421, "shop.example": 421, "kith.shop.example.evil.example": 421, "": 200,
	} {
		if got := do(t, server, as{"Host": host}, http.MethodGet, "/healthz", "").StatusCode; got != want {
			t.Errorf("Host %q: %d, want %d", host, got, want)
		}
	}
	login := fmt.Sprintf(`{"email":"Owner@example.com","password":%q}`, password)
	proxied := as{"Host": "kith.shop.example", "Origin": "https://kith.shop.example", "X-Forwarded-For": "203.0.113.7"}
	cookie := ask(t, server, proxied, http.MethodPost, "/v1/session", login, 200)["cookie"].(*http.Cookie)
	if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || !strings.HasPrefix(cookie.Name, "__Host-") {
		t.Errorf("the cookie is %+v", cookie)
	}
	proxied["Cookie"] = cookie.Name + "=" + cookie.Value
	ask(t, server, proxied, http.MethodGet, "/v1/session", "", 200)
	// Each address fails for itself; what a client adds before the proxy's is not
	// believed.
	wrong := `{"email":"x%d@example.com","password":"not the password"}`
	for i := range 11 {
		from := as{"X-Forwarded-For": fmt.Sprintf("198.51.100.%d, 203.0.113.9", i)}
		want := http.StatusUnauthorized
		if i == 10 {
			want = http.StatusTooManyRequests
		}
		ask(t, server, from, http.MethodPost, "/v1/session", fmt.Sprintf(wrong, i), want)
	}
	ask(t, server, as{"X-Forwarded-For": "203.0.113.10"}, http.MethodPost, "/v1/session", fmt.Sprintf(wrong, 0), http.StatusUnauthorized)
	if n := strings.Count(auditText(t, server), "kith.shop.example"); n != 0 {
		t.Errorf("the audit log names the host %d times", n)
	}
}

// TestAForwardedAddressIsNotBelieved without --url: whoever asks could say any.
func TestAForwardedAddressIsNotBelieved(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, &shop{})
	for i := range 11 {
		want := http.StatusUnauthorized
		if i == 10 {
			want = http.StatusTooManyRequests
		}
		answer := do(t, server, as{"X-Forwarded-For": fmt.Sprintf("198.51.100.%d", i)}, http.MethodPost, "/v1/session", fmt.Sprintf(`{"email":"x%d@example.com","password":"x"}`, i))
		if answer.StatusCode != want || want == http.StatusTooManyRequests && answer.Header.Get("Retry-After") == "" {
			t.Errorf("attempt %d: %d, Retry-After %q", i, answer.StatusCode, answer.Header.Get("Retry-After"))
		}
	}
}

func auditText(t *testing.T, server *httptest.Server) string {
	t.Helper()
	text, err := io.ReadAll(do(t, server, byToken, http.MethodGet, "/v1/audit", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, &shop{})
	large := strings.Repeat("x", 2<<20)
	for path, who := range map[string]as{"/v1/session": nobody, "/v1/welcome": nobody, "/v1/events": byToken, "/v1/users": byToken} {
		body, _ := json.Marshal(map[string]string{"email": large})
		if got := do(t, server, who, http.MethodPost, path, string(body)).StatusCode; got != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// TestBodiesArePlain: what is small on the way and large behind it is refused
// before it is read.
func TestBodiesArePlain(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, &shop{})
	for coding, want := range map[string]int{"gzip": 415, "br": 415, "zstd": 415, "gzip, identity": 415, "identity": 200, "": 200} {
		who := as{"Content-Encoding": coding}
		maps.Copy(who, byToken)
		if got := do(t, server, who, http.MethodPost, "/v1/events", "[]").StatusCode; got != want {
			t.Errorf("%q: %d, want %d", coding, got, want)
		}
	}
}

// needs is what routes need, to be changed here and there: a route that needs
// less than before is seen in a review.
var needs = map[user.Permission]string{
	user.Public: "GET /, GET /healthz, GET /openapi.json, POST /v1/session, POST /v1/welcome, POST /v1/welcome/look, POST /v1/m",
	user.Self:   "GET /v1/session, DELETE /v1/session, PATCH /v1/session, POST /v1/session/totp, PUT /v1/session/totp, DELETE /v1/session/totp",
	user.Track: "POST /v1/events, POST /v1/identify, POST /v1/track, POST /v1/page, POST /v1/screen, POST /v1/group, POST /v1/alias, POST /v1/batch, POST /v1/import, " +
		"POST /v1/i, POST /v1/t, POST /v1/p, POST /v1/s, POST /v1/g, POST /v1/a, POST /v1/b, GET /v1/projects/{key}/settings, GET /sourceConfig/",
	user.View: "GET /v1/overview, GET /v1/runs, GET /v1/freshness, GET /v1/language, GET /v1/live, GET /v1/segments/figures, GET /v1/shop, GET /v1/rfm, GET /v1/overlap, GET /v1/presets, GET /v1/segments, GET /v1/segments/{id}, POST /v1/segments/count, " +
		"POST /v1/segments/check, POST /v1/segments/insight",
	user.People: "GET /v1/customers, GET /v1/search, GET /v1/customers/{id}/segments, GET /v1/customers/{id}/timeline, " +
		"GET /v1/language/values, POST /v1/segments/sample, POST /v1/segments/{id}/plan, GET /v1/customers/{id}, POST /v1/segments/members, POST /v1/segments/explain, POST /v1/segments/plan, GET /v1/segments/{id}/history, " +
		"GET /v1/segments/{id}/watch, GET /v1/tail, " +
		"GET /v1/dead-letters, GET /v1/dead-letters/{id}",
	user.Edit: "PUT /v1/segments/{id}, DELETE /v1/segments/{id}, POST /v1/segments/apply",
	user.Import: "POST /v1/imports, POST /v1/imports/preview, GET /v1/imports, POST /v1/imports/jobs, GET /v1/imports/jobs/{id}, " +
		"DELETE /v1/imports/jobs/{id}, GET /v1/imports/jobs/{id}/progress, GET /v1/imports/jobs/{id}/rejects, " +
		"GET /v1/imports/jobs/{id}/rejects/rows, POST /v1/uploads, DELETE /v1/uploads/{id}, POST /v1/demo, " +
		"POST /v1/dead-letters/replay, POST /v1/dead-letters/{id}/replay, POST /v1/dead-letters/{id}/dismiss",
	user.Export: "POST /v1/segments/export, GET /v1/segments/{id}/export, GET /v1/segments/{id}/export/summary",
	user.Manage: "GET /v1/doctor, PATCH /v1/shop, POST /v1/rebuild, POST /v1/score, GET /v1/users, POST /v1/users, PATCH /v1/users/{id}, DELETE /v1/users/{id}, " +
		"POST /v1/users/{id}/link, GET /v1/keys, POST /v1/keys, PATCH /v1/keys/{id}, POST /v1/keys/{id}/rotate, DELETE /v1/keys/{id}, GET /v1/audit, GET /v1/audit/verify, GET /v1/audit/export, " +
		"GET /v1/webhooks, POST /v1/webhooks, DELETE /v1/webhooks/{id}, POST /v1/webhooks/{id}/enable, POST /v1/webhooks/{id}/test",
}

func TestWhatRoutesNeed(t *testing.T) {
	t.Parallel()
	declared := map[string]user.Permission{}
	for _, route := range api.Routes() {
		declared[route.Method+" "+route.Path] = route.Permission
		if route.Permission == user.Public && !slices.Contains(strings.Split(needs[user.Public], ", "), route.Method+" "+route.Path) {
			t.Errorf("%s %s answers everybody", route.Method, route.Path)
		}
	}
	listed := 0
	for permission, routes := range needs {
		for route := range strings.SplitSeq(routes, ", ") {
			listed++
			if declared[route] != permission {
				t.Errorf("%s needs %q, not %q", route, declared[route], permission)
			}
		}
	}
	if listed != len(declared) {
		t.Errorf("%d routes are declared, and %d listed here", len(declared), listed)
	}
}

// TestPagesAnswerEverybody, and nothing of the API's.
func TestPagesAnswerEverybody(t *testing.T) {
	t.Parallel()
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a page") })
	server, _ := serveAs(t, api.HandlerConfig{Shop: &shop{}, Console: struct{ api.Console }{}, Users: newTeam(t).Book, Pages: pages})
	for path, want := range map[string]int{
		"/": 200, "/welcome": 200, "/customers/a": 200, "/v1/nothing": 404, "/v1/": 404, "/v1/rfm": 401, "/v1/welcome": 404,
		"/openapi.yaml": 404, "/docs": 200, "/v1/segments/a/b": 404,
	} {
		response := do(t, server, nobody, http.MethodGet, path, "")
		if response.StatusCode != want || (want == 200) == (response.Header.Get("Content-Type") == "application/problem+json") {
			t.Errorf("%s: %d %s, want %d", path, response.StatusCode, response.Header.Get("Content-Type"), want)
		}
	}
	if got := do(t, server, nobody, http.MethodPost, "/v1/nothing", "{}").StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST /v1/nothing: %d", got)
	}
}
