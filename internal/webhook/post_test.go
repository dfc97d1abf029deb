package webhook_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/webhook"
)

func TestAMessageIsSigned(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	other := s.add("http://127.0.0.1:1/", nil, []string{"import"})
	defer s.send()()
	s.enter(7)
	r.await(1)
	g := r.requests()[0]
	if err := verify(w.Secret.Text(), g, s.clock.Now()); err != nil {
		t.Error(err)
	}
	if err := verify(other.Secret.Text(), g, s.clock.Now()); err == nil {
		t.Error("another secret fits")
	}
	for name, change := range map[string]func(*got){
		"id":        func(g *got) { g.id = "1-8" },
		"timestamp": func(g *got) { g.timestamp = fmt.Sprint(day.Unix() + 1) },
		"body":      func(g *got) { g.body = []byte(strings.Replace(string(g.body), "entered", "left", 1)) },
	} {
		changed := g
		change(&changed)
		if err := verify(w.Secret.Text(), changed, s.clock.Now()); err == nil {
			t.Errorf("another %s fits", name)
		}
	}
	want := `{"type":"segment.entered","timestamp":"2026-03-01T10:00:00.000123Z","data":{"person":7,"segment":"vip"}}`
	if string(g.body) != want || g.id != "1-7" || g.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s\n%s\nwant 1-7\n%s", g.id, g.header, g.body, want)
	}
}

func TestASecretIsShownByTextAlone(t *testing.T) {
	t.Parallel()
	w := webhook.Webhook{ID: "a", Secret: webhook.NewSecret()}
	text := w.Secret.Text()
	if !regexp.MustCompile(`^whsec_[A-Za-z0-9+/]{43}=$`).MatchString(text) || text == webhook.NewSecret().Text() {
		t.Errorf("a secret is %q", text)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if out := fmt.Sprintf(form, w) + fmt.Sprintf(form, w.Secret); strings.Contains(out, text[6:20]) || strings.Contains(out, fmt.Sprint([]byte(w.Secret))) {
			t.Errorf("%s shows %s", form, out)
		}
	}
}

// The signature of the specification's own example, computed with another tool
// (openssl dgst -sha256 -mac HMAC).
func TestSignatureOfAnExample(t *testing.T) {
	t.Parallel()
	secret := webhook.Secret([]byte("0123456789abcdef0123456789abcdef"))
	got := webhook.SignatureOf(secret, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "1674087231", []byte(`{"type":"contact.created"}`))
	if want := "v1,NtU2FVHOL6hn47Nea9vMT9kk+ZdHyFBpt4+aeycFyDQ="; got != want {
		t.Errorf("the signature is %s, want %s", got, want)
	}
}

// receivers do what real ones do at their worst. Each is asked once; then it
// answers 200.
func TestFaults(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	t.Cleanup(func() { close(gone) })
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	endless := func(w http.ResponseWriter, q *http.Request) {
		block := make([]byte, 32<<10)
		// What the machine's own buffers take is not read yet.
		for written := 0; q.Context().Err() == nil; written += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
			if written > 64<<20 {
				t.Error("an answer of 64 MB was read")
				return
			}
		}
	}
	for name, c := range map[string]struct {
		fault  http.HandlerFunc
		reason string // "" if it is a success all the same
	}{
		"500": {status(500), "500 Internal Server Error"},
		"404": {status(404), "404"},
		"odd": {status(799), "799"},
		"redirect": {func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "/elsewhere", http.StatusTemporaryRedirect)
		}, "307 Temporary Redirect"},
		"hang":  {func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }, "no answer within"},
		"reset": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"nonsense": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				fmt.Fprint(c, "nothing of HTTP\r\n\r\n")
				c.Close()
			}
		}, "malformed"},
		"204":       {status(204), ""},
		"299":       {status(299), ""},
		"huge body": {endless, ""},
		"slow body": {func(w http.ResponseWriter, q *http.Request) {
			w.WriteHeader(200)
			_ = http.NewResponseController(w).Flush()
			<-q.Context().Done()
		}, ""},
		"broken body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "short")
		}, ""},
		"huge header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}, "header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, nil, c.fault)
			s := newShop(t, r)
			if name == "hang" || name == "slow body" {
				s.post.Limit = time.Second
			}
			w := s.add(r.URL+"/secret-path", nil, []string{"event"})
			stop := s.send()
			s.enter(1, 2, 3)
			want, failures := []string{"1-1", "2-2", "3-3"}, []time.Duration(nil)
			if c.reason != "" {
				want, failures = []string{"1-1", "2-2", "2-2", "3-3"}, []time.Duration{5 * time.Second}
			}
			s.await(w.ID, told(3, 3))
			stop()
			r.want(want...)
			if !slices.Equal(s.clock.waits, failures) {
				t.Errorf("waited %v, want %v", s.clock.waits, failures)
			}
			state := s.state(w.ID)
			if state.Cursor != (webhook.Cursor{3, 3}) || state.Failures != 0 || state.Disabled != "" || state.Success.Status/100 != 2 {
				t.Errorf("the state is %+v", state)
			}
			if !strings.Contains(state.Failure.Reason, c.reason) || (c.reason == "") != (state.Failure == webhook.Attempt{}) || strings.Contains(state.Failure.Reason, "secret") {
				t.Errorf("the last failure is %+v, want %q", state.Failure, c.reason)
			}
			for _, g := range r.requests() {
				if err := verify(w.Secret.Text(), g, s.clock.Now()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestARepeatIsSignedAnew, with the time of its attempt: receivers refuse old
// ones.
func TestARepeatIsSignedAnew(t *testing.T) {
	t.Parallel()
	fail := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
	r := newReceiver(t, fail, fail, fail, fail)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	defer s.send()()
	s.enter(1)
	r.await(5)
	at := day
	for i, g := range r.requests() {
		if i > 0 {
			at = at.Add(webhook.Delays[i-1])
		}
		if g.id != "1-1" || string(g.body) != string(r.requests()[0].body) {
			t.Errorf("attempt %d is %s %s", i, g.id, g.body)
		}
		if err := verify(w.Secret.Text(), g, at); err != nil || g.timestamp != fmt.Sprint(at.Unix()) {
			t.Errorf("attempt %d: %v", i, err)
		}
	}
}

func TestGoneDisablesAtOnce(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	other := newReceiver(t)
	s := newShop(t, r, other)
	w := s.add(r.URL, nil, []string{"event"})
	defer s.send()()
	s.enter(1, 2, 3)
	s.await(w.ID, func(s webhook.State) bool { return s.Disabled != "" })
	s.add(other.URL, nil, []string{"event"})
	s.enter(4)
	other.await(1)
	s.send()() // again, with the disabled one in the list
	r.want("1-1", "2-2")
	if state := s.state(w.ID); !strings.Contains(state.Disabled, "410 Gone") || state.Cursor != (webhook.Cursor{1, 1}) || state.Failure.Status != 410 {
		t.Errorf("the state is %+v", state)
	}
}

// TestEnabledAgain it goes on from where it stopped.
func TestEnabledAgain(t *testing.T) {
	t.Parallel()
	gone := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }
	r := newReceiver(t, gone, gone, gone)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	defer s.send()()
	s.enter(1, 2)
	for range 3 { // while it runs, as soon as it is seen to be disabled
		s.await(w.ID, func(s webhook.State) bool { return s.Disabled != "" })
		enabled, err := s.book.Enable(t.Context(), w.ID)
		if err != nil || enabled.Disabled != "" || enabled.Failures != 0 {
			t.Fatalf("it is %+v, %v", enabled, err)
		}
	}
	s.await(w.ID, told(2, 2))
	r.want("1-1", "1-1", "1-1", "1-1", "2-2")
	before := s.state(w.ID)
	if _, err := s.book.Enable(t.Context(), w.ID); err != nil || s.state(w.ID) != before {
		t.Errorf("one that is not disabled becomes %+v, %v", s.state(w.ID), err)
	}
	if _, err := s.book.Enable(t.Context(), "wh_unknown"); commerce.CodeOf(err) != commerce.CodeNotFound {
		t.Errorf("enabling one that is not there: %v", err)
	}
}

func TestGivingUp(t *testing.T) {
	t.Parallel()
	var script []http.HandlerFunc
	for range webhook.MaxFailures {
		script = append(script, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	}
	r := newReceiver(t, script...)
	s := newShop(t, r)
	w := s.add(r.URL, nil, []string{"event"})
	stop := s.send()
	s.enter(1, 2)
	s.await(w.ID, func(s webhook.State) bool { return s.Failures == webhook.MaxFailures })
	stop()
	if n := len(r.requests()); n != webhook.MaxFailures || webhook.MaxFailures != 78 {
		t.Errorf("%d attempts of %d", n, webhook.MaxFailures)
	}
	state := s.state(w.ID)
	if !strings.Contains(state.Disabled, "78 attempts failed") || !strings.Contains(state.Disabled, "500") || state.Cursor != webhook.After(0) {
		t.Errorf("the state is %+v", state)
	}
	first := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, time.Hour}
	if !slices.Equal(s.clock.waits[:6], first) {
		t.Errorf("waited %v", s.clock.waits)
	}
	if took := s.clock.Now().Sub(day); took < 72*time.Hour || took > 76*time.Hour {
		t.Errorf("it was given up after %s", took)
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	at := func(failures int) webhook.State {
		return webhook.State{Failures: failures, Failure: webhook.Attempt{At: day}}
	}
	for _, c := range []struct {
		state webhook.State
		after time.Duration
		want  time.Duration
	}{
		{at(0), 0, 0},
		{at(1), 0, 5 * time.Second},
		{at(1), 2 * time.Second, 3 * time.Second},
		{at(1), time.Hour, 0},
		{at(3), 30 * time.Second, 90 * time.Second},
		{at(70), 59 * time.Minute, time.Minute},
		{at(2), -time.Hour, 30 * time.Second}, // the machine's clock went back
	} {
		if got := webhook.Due(c.state, day.Add(c.after)); got != c.want {
			t.Errorf("%d failures, %s later: due in %s, want %s", c.state.Failures, c.after, got, c.want)
		}
	}
	different := map[time.Duration]bool{}
	for range 50 {
		d := webhook.JitterOf(time.Minute)
		different[d] = true
		if d < time.Minute || d > 72*time.Second {
			t.Errorf("a minute becomes %s", d)
		}
	}
	if len(different) < 10 {
		t.Error("waits are hardly different")
	}
	if err := webhook.LetTimePass(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
}
