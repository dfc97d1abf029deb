package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/opsdb"
	"kith/internal/user"
)

// team is users over a real store.
type team struct {
	*user.Book

	store *opsdb.DB
	users int
}

func bookOver(t *testing.T, store *opsdb.DB, now func() time.Time) *user.Book {
	t.Helper()
	book, err := user.NewBook(user.Config{Store: store, Now: now, Shop: func() string { return "Papyrus & Ink" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(book.Close)
	return book
}

func newTeam(t *testing.T) *team {
	t.Helper()
	store, err := opsdb.Open(t.Context(), filepath.Join(t.TempDir(), "operations.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return &team{Book: bookOver(t, store, time.Now), store: store}
}

const password = "wet stones by the river"

// join makes a user with a role, who is logged in, and returns the token.
func (m *team) join(t *testing.T, role user.Role) (sessionToken string, a user.Account) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if m.users++; m.users == 1 {
		setup, _, err := m.Setup(ctx)
		if err != nil {
			t.Fatal(err)
		}
		x := user.Acceptance{Token: setup.Token, Email: "owner@example.com", Name: "Olga Owner", Password: password}
		if sessionToken, a, err = m.Accept(ctx, x); err != nil || role == user.Owner {
			if err != nil {
				t.Fatal(err)
			}
			return sessionToken, a
		}
		m.users++
	}
	_, invite, err := m.Add(ctx, user.NewUser{Email: fmt.Sprintf("%s%d@example.com", role, m.users), Role: role})
	if err != nil {
		t.Fatal(err)
	}
	sessionToken, a, err = m.Accept(ctx, user.Acceptance{Token: invite.Token, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return sessionToken, a
}

// as is the headers of somebody's requests.
type as map[string]string

var (
	nobody  = as{}
	byToken = as{"Authorization": "Bearer " + token}
)

func cookieOf(server *httptest.Server, sessionToken string) as {
	at, _ := url.Parse(server.URL)
	return as{"Cookie": "kith_session_" + at.Port() + "=" + sessionToken}
}

// session is a new user with a role, logged in.
func (m *team) session(t *testing.T, server *httptest.Server, role user.Role) as {
	t.Helper()
	sessionToken, _ := m.join(t, role)
	return cookieOf(server, sessionToken)
}

func (m *team) key(t *testing.T, secret bool, role user.Role) as {
	t.Helper()
	_, text, err := m.AddKey(t.Context(), user.NewKey{Secret: secret, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return as{"Authorization": "Bearer " + text}
}

// reply is an answer whose body is closed when the test ends.
type reply struct {
	StatusCode int
	Header     http.Header
	Body       io.Reader
	Cookies    []*http.Cookie
}

// do makes a request.
func do(t *testing.T, server *httptest.Server, who as, method, path, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range who {
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return reply{response.StatusCode, response.Header, response.Body, response.Cookies()}
}

// ask makes a request, wants a status, and reads the answer.
func ask(t *testing.T, server *httptest.Server, who as, method, path, body string, want int) map[string]any {
	t.Helper()
	response := do(t, server, who, method, path, body)
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != want {
		t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, response.StatusCode, want, text)
	}
	var answer map[string]any
	if len(text) > 0 && strings.Contains(response.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	if cookies := response.Cookies; len(cookies) > 0 {
		if answer == nil {
			answer = map[string]any{}
		}
		answer["cookie"] = cookies[0]
	}
	return answer
}
