package api_test

import (
	"encoding/base32"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"kith/internal/api"
	"kith/internal/user"
	"kith/internal/user/usertest"
)

// served is a shop with users, and a clock that the test moves.
type served struct {
	*kept
	*httptest.Server
	ahead atomic.Int64 // of time.Now
}

func (s *served) later(d time.Duration) { s.ahead.Add(int64(d)) }
func (s *served) clock() time.Time      { return time.Now().Add(time.Duration(s.ahead.Load())) }

func newServed(t *testing.T) *served {
	t.Helper()
	s := &served{kept: newKept(t)}
	s.kept.now = s.clock
	s.Server, _ = serveTeam(t, s.kept, s.team)
	return s
}

// as is the cookie of an answer.
func (s *served) as(t *testing.T, answer map[string]any) as {
	t.Helper()
	c, ok := answer["cookie"].(*http.Cookie)
	if !ok {
		t.Fatalf("no cookie in %v", answer)
	}
	return as{"Cookie": c.Name + "=" + c.Value}
}

func (s *served) ask(t *testing.T, who as, method, path, body string, want int) map[string]any {
	t.Helper()
	return ask(t, s.Server, who, method, path, body, want)
}

func (s *served) login(t *testing.T, email, password string) as {
	t.Helper()
	return s.as(t, s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password), 200))
}

// tokenOf is what stands behind # in a link.
func tokenOf(t *testing.T, answer map[string]any) string {
	t.Helper()
	link, _ := answer["link"].(string)
	u, err := url.Parse(link)
	if err != nil || u.Path != "/welcome" || len(u.Fragment) < 26 || u.RawQuery != "" {
		t.Fatalf("the link is %q", link)
	}
	return u.Fragment
}

func TestSetup(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	first, needed, err := s.SetupLink(t.Context())
	if err != nil || !needed || first.ExpiresAt.Sub(s.clock()) > 24*time.Hour {
		t.Fatal(first, needed, err)
	}
	second, _, _ := s.SetupLink(t.Context()) // another start
	old, token := tokenOf(t, map[string]any{"link": first.Link}), tokenOf(t, map[string]any{"link": second.Link})
	welcome := func(token, rest string) string { return fmt.Sprintf(`{"token":%q,%s}`, token, rest) }
	const olga = `"email":"Olga@Example.com","name":"Olga","password":"wet stones by the river","language":"ro"`
	s.ask(t, nobody, "POST", "/v1/welcome/look", `{"token":"`+old+`"}`, 404)
	s.ask(t, nobody, "POST", "/v1/welcome", welcome(old, olga), 404)
	s.ask(t, nobody, "POST", "/v1/welcome", welcome("", olga), 404)
	if a := s.ask(t, nobody, "POST", "/v1/welcome/look", `{"token":"`+token+`"}`, 200); a["kind"] != "setup" || a["role"] != "owner" {
		t.Errorf("look: %v", a)
	}
	for _, wrong := range []string{
		`"email":"olga","password":"wet stones by the river"`,
		`"email":"olga@example.com","password":"password1234"`,
		`"email":"olga@example.com","password":"short"`,
		`"email":"olga@example.com","name":"a\r\nb","password":"wet stones by the river"`,
		`"email":"olga@example.com","language":"no language","password":"wet stones by the river"`,
		`"email":"olga@example.com","role":"owner","password":"wet stones by the river"`,
		`"email":"a@example.com\r\nBcc: x@example.com","password":"wet stones by the river"`,
	} {
		s.ask(t, nobody, "POST", "/v1/welcome", welcome(token, wrong), 422)
	}
	// Of many at once one is the owner.
	var made, gone atomic.Int32
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			r := do(t, s.Server, nobody, "POST", "/v1/welcome", welcome(token, fmt.Sprintf(`"email":"olga%d@example.com","password":"wet stones by the river"`, i)))
			switch r.StatusCode {
			case 200:
				made.Add(1)
			case 404:
				gone.Add(1)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || gone.Load() != 3 {
		t.Fatalf("%d owners were made, %d were told that the link is gone", made.Load(), gone.Load())
	}
	s.ask(t, nobody, "POST", "/v1/welcome/look", `{"token":"`+token+`"}`, 404)
	if _, needed, err := s.SetupLink(t.Context()); needed || err != nil {
		t.Errorf("another set-up link: %v, %v", needed, err)
	}
	s.ask(t, nobody, "GET", "/v1/welcome", "", 405)
}

func TestASetupLinkLastsADay(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	link, _, _ := s.SetupLink(t.Context())
	s.later(24 * time.Hour)
	s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"email":"a@example.com","password":%q}`, tokenOf(t, map[string]any{"link": link.Link}), password), 404)
	link, needed, _ := s.SetupLink(t.Context())
	if !needed {
		t.Fatal("no new link")
	}
	s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"email":"a@example.com","password":%q}`, tokenOf(t, map[string]any{"link": link.Link}), password), 200)
}

func TestSessions(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.team.join(t, user.Owner)
	answer := s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":" OWNER@example.com ","password":%q}`, password), 200)
	cookie := answer["cookie"].(*http.Cookie)
	if cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || len(cookie.Value) < 40 || cookie.MaxAge != 30*24*3600 {
		t.Errorf("the cookie is %+v", cookie)
	}
	me := s.as(t, answer)
	got := s.ask(t, me, "GET", "/v1/session", "", 200)
	if u := got["user"].(map[string]any); u["email"] != "owner@example.com" || u["role"] != "owner" || u["password"] != nil || got["mfa"] != false || len(got["permissions"].([]any)) != 8 {
		t.Errorf("the session is %v", got)
	}
	s.ask(t, byToken, "GET", "/v1/session", "", 409)
	s.ask(t, byToken, "DELETE", "/v1/session", "", 409)
	other := s.login(t, "owner@example.com", password)
	out := s.ask(t, me, "DELETE", "/v1/session", "", 204)
	if c := out["cookie"].(*http.Cookie); c.MaxAge >= 0 || c.Value != "" {
		t.Errorf("the cookie stays: %+v", c)
	}
	s.ask(t, me, "GET", "/v1/session", "", 401)
	s.ask(t, other, "GET", "/v1/session", "", 200)

	// About oneself: not the role, and no password without the one before.
	for body, want := range map[string]int{
		`{"role":"owner"}`: 422, `{"email":"x@example.com"}`: 422, `{"disabled":false}`: 422, `{"name":"Olga\u0000"}`: 422, `{"language":"!"}`: 422,
		`{"password":"dry stones by the river"}`:                                                          403,
		`{"password":"dry stones by the river","current_password":"wrong"}`:                               403,
		`{"password":"papyrus & ink","current_password":"` + password + `"}`:                              422,
		`{"password":"` + strings.Repeat("ab c", 300) + `","current_password":"` + password + `"}`:        422,
		`{"name":"Olga O.","language":"ro"}`:                                                              200,
		`{"password":"olga.owner@example.com","name":"olga.owner","current_password":"` + password + `"}`: 200,
	} {
		if want == 200 && strings.Contains(body, "password") {
			continue
		}
		s.ask(t, other, "PATCH", "/v1/session", body, want)
	}
	third := s.login(t, "owner@example.com", password)
	changed := s.ask(t, other, "PATCH", "/v1/session", `{"password":"dry stones by the river","current_password":"`+password+`"}`, 200)
	s.ask(t, other, "GET", "/v1/session", "", 401)
	s.ask(t, third, "GET", "/v1/session", "", 401)
	s.ask(t, s.as(t, changed), "GET", "/v1/session", "", 200)
	s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":"owner@example.com","password":%q}`, password), 401)
	s.login(t, "owner@example.com", "dry stones by the river")
}

// TestASessionThatIsNotUsedEnds after twelve hours, and one that is used stays.
func TestASessionThatIsNotUsedEnds(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	me := s.team.session(t, s.Server, user.Owner)
	s.later(12*time.Hour - time.Minute)
	s.ask(t, me, "GET", "/v1/session", "", 200)
	s.later(2 * time.Minute)
	s.ask(t, me, "GET", "/v1/session", "", 401)
}

// TestNobodyLearnsWhoIsKnown: the answers are the same, and after ten attempts
// nobody is looked at any more.
func TestNobodyLearnsWhoIsKnown(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner := s.team.session(t, s.Server, user.Owner)
	s.ask(t, owner, "POST", "/v1/users", `{"email":"invited@example.com","role":"editor"}`, 200)
	_, gone := s.team.join(t, user.Analyst)
	s.ask(t, owner, "PATCH", "/v1/users/"+gone.ID, `{"disabled":true}`, 200)
	var answers []string
	for _, email := range []string{"owner@example.com", "nobody@example.com", "invited@example.com", gone.Email, "", "no e-mail"} {
		given := "not the password"
		if email == gone.Email {
			given = password
		}
		a := s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":%q,"password":%q}`, email, given), 401)
		answers = append(answers, fmt.Sprint(a))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("%s, and %s", answers[0], a)
		}
	}
	// A right password counts no failure, and forgets none of other e-mails'.
	s.login(t, "owner@example.com", password)
	for range 4 {
		s.ask(t, nobody, "POST", "/v1/session", `{"email":"owner@example.com","password":"not the password"}`, 401)
	}
	a := s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":"owner@example.com","password":%q}`, password), 429)
	if a["code"] != "throttled" {
		t.Errorf("throttled: %v", a)
	}
	s.later(16 * time.Minute)
	s.login(t, "owner@example.com", password)
	s.team.Close() // all is recorded
	text := auditText(t, s.Server)
	if strings.Count(text, `"session.failed"`) != 4 || strings.Contains(text, "nobody@example.com") {
		t.Errorf("the audit log: %s", text)
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.team.join(t, user.Owner)
	me, other := s.login(t, "owner@example.com", password), s.login(t, "owner@example.com", password)
	s.ask(t, me, "PUT", "/v1/session/totp", `{"code":"000000"}`, 409)
	s.ask(t, me, "POST", "/v1/session/totp", `{"password":"wrong"}`, 403)
	begun := s.ask(t, me, "POST", "/v1/session/totp", `{"password":"`+password+`"}`, 200)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(begun["secret"].(string))
	if err != nil || len(secret) != 20 || !strings.HasPrefix(begun["uri"].(string), "otpauth://totp/Papyrus%20&%20Ink:owner@example.com?") {
		t.Fatalf("%v, %v", begun, err)
	}
	code := func() string { return usertest.Code(secret, s.clock()) }
	s.ask(t, nobody, "POST", "/v1/session", `{"email":"owner@example.com","password":"`+password+`"}`, 200) // not confirmed: not asked for
	s.ask(t, me, "PUT", "/v1/session/totp", `{"code":"12345"}`, 403)
	confirmed := s.ask(t, me, "PUT", "/v1/session/totp", `{"code":"`+code()+`"}`, 200)
	recovery := confirmed["recovery_codes"].([]any)
	if len(recovery) != 10 {
		t.Fatalf("recovery codes: %v", recovery)
	}
	s.ask(t, other, "GET", "/v1/session", "", 401)
	me = s.as(t, confirmed)
	s.ask(t, me, "POST", "/v1/session/totp", `{"password":"`+password+`"}`, 409)

	login := func(code string, want int) map[string]any {
		return s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":"owner@example.com","password":%q,"code":%q}`, password, code), want)
	}
	if a := login("", 401); a["code"] != "code_needed" {
		t.Errorf("without a code: %v", a)
	}
	login(code(), 401) // it confirmed, and is used up
	s.later(30 * time.Second)
	login(code(), 200)
	login(code(), 401)
	s.later(30 * time.Second)
	login("000000", 401)
	login(strings.ToUpper(recovery[0].(string)), 200)
	login(recovery[0].(string), 401)
	if got := s.ask(t, nobody, "POST", "/v1/session", `{"email":"owner@example.com","password":"wrong","code":"`+recovery[1].(string)+`"}`, 401); got["code"] != "unknown" {
		t.Errorf("a wrong password: %v", got)
	}

	// A reset does not log in, and does not skip it.
	link := s.ask(t, me, "POST", "/v1/users/"+s.id(t, me)+"/link", "", 200)
	if link["kind"] != "reset" {
		t.Errorf("the link: %v", link)
	}
	reset := s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"password":"dry stones by the river"}`, tokenOf(t, link)), 204)
	if reset != nil {
		t.Errorf("a reset logs in: %v", reset)
	}
	s.ask(t, me, "GET", "/v1/session", "", 401)
	if a := s.ask(t, nobody, "POST", "/v1/session", `{"email":"owner@example.com","password":"dry stones by the river"}`, 401); a["code"] != "code_needed" {
		t.Errorf("after a reset: %v", a)
	}
	me = s.as(t, s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":"owner@example.com","password":"dry stones by the river","code":%q}`, recovery[2]), 200))
	s.ask(t, me, "DELETE", "/v1/session/totp", `{"password":"wrong","code":"`+recovery[3].(string)+`"}`, 403)
	s.ask(t, me, "DELETE", "/v1/session/totp", `{"password":"dry stones by the river","code":"`+recovery[2].(string)+`"}`, 403)
	off := s.ask(t, me, "DELETE", "/v1/session/totp", `{"password":"dry stones by the river","code":"`+recovery[3].(string)+`"}`, 200)
	if off["mfa"] != false {
		t.Errorf("removed: %v", off)
	}
	s.ask(t, me, "GET", "/v1/session", "", 401)
	s.login(t, "owner@example.com", "dry stones by the river")
	if text := auditText(t, s.Server); strings.Contains(text, begun["secret"].(string)) || !strings.Contains(text, "second factor on") || !strings.Contains(text, "recovery code was used") {
		t.Errorf("the audit log: %s", text)
	}
}

// id is that of whoever is logged in.
func (s *served) id(t *testing.T, who as) string {
	t.Helper()
	return s.ask(t, who, "GET", "/v1/session", "", 200)["user"].(map[string]any)["id"].(string)
}

// TestAStreamEndsWithItsSession, when it next shows that it is alive.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	session, _ := team.join(t, user.Analyst)
	synctest.Test(t, func(t *testing.T) {
		handler, err := api.Handler(api.HandlerConfig{
			Shop: &shop{}, Console: struct{ api.Console }{}, Users: team.Book, Token: token, Version: "1", Log: slog.New(slog.DiscardHandler), Done: t.Context(),
		})
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:1/v1/segments/a/watch", nil)
		request.Header.Set("Cookie", "kith_session_1="+session)
		ended := make(chan struct{})
		recorder := httptest.NewRecorder()
		go func() {
			handler.ServeHTTP(recorder, request)
			close(ended)
		}()
		time.Sleep(time.Minute)
		select {
		case <-ended:
			t.Fatalf("it ended: %d %s", recorder.Code, recorder.Body)
		default:
		}
		if err := team.Logout(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		select {
		case <-ended:
		default:
			t.Fatal("it goes on")
		}
	})
}

// TestASessionLastsAMonth however much it is used.
func TestASessionLastsAMonth(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	synctest.Test(t, func(t *testing.T) {
		token, _ := team.join(t, user.Owner)
		hours := 0
		for ; hours < 24*60; hours += 11 {
			who, err := team.Identify(t.Context(), token, "")
			if err != nil {
				t.Fatal(err)
			}
			if who.Kind != user.Session {
				break
			}
			time.Sleep(11 * time.Hour)
		}
		if hours < 24*30 || hours > 24*30+11 {
			t.Errorf("it lasted %d hours", hours)
		}
	})
}
