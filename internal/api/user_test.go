package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/profile"
	"kith/internal/user"
)

func TestUsers(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.ask(t, byToken, "POST", "/v1/users", `{"email":"first@example.com","role":"owner"}`, 409) // the set-up link is for that
	owner := s.team.session(t, s.Server, user.Owner)
	ownerID := s.id(t, owner)
	for _, wrong := range []string{
		`{"email":"x@example.com"}`, `{"email":"x@example.com","role":"admin"}`, `{"email":"x","role":"editor"}`,
		`{"email":"x@example.com","role":"editor","password":"wet stones by the river"}`, `{"email":"Xy <x@example.com>","role":"editor"}`,
	} {
		s.ask(t, owner, "POST", "/v1/users", wrong, 422)
	}
	s.ask(t, owner, "POST", "/v1/users", `{"email":"OWNER@example.com","role":"editor"}`, 409)
	invited := s.ask(t, owner, "POST", "/v1/users", `{"email":"Edi@example.com","name":"Edi","role":"editor"}`, 200)
	edi := invited["user"].(map[string]any)
	if invited["kind"] != "invitation" || edi["invited"] != true || edi["email"] != "edi@example.com" {
		t.Errorf("invited: %v", invited)
	}
	path := "/v1/users/" + edi["id"].(string)
	// A link in place of one that was lost.
	again := s.ask(t, owner, "POST", path+"/link", "", 200)
	if again["kind"] != "invitation" {
		t.Errorf("again: %v", again)
	}
	s.ask(t, nobody, "POST", "/v1/welcome/look", fmt.Sprintf(`{"token":%q}`, tokenOf(t, invited)), 404)
	looked := s.ask(t, nobody, "POST", "/v1/welcome/look", fmt.Sprintf(`{"token":%q}`, tokenOf(t, again)), 200)
	if looked["kind"] != "invitation" || looked["email"] != "edi@example.com" || looked["role"] != "editor" {
		t.Errorf("look: %v", looked)
	}
	accepted := s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"email":"else@example.com","name":"Edi E.","password":%q}`, tokenOf(t, again), password), 200)
	editor := s.as(t, accepted)
	if u := s.ask(t, editor, "GET", "/v1/session", "", 200)["user"].(map[string]any); u["email"] != "edi@example.com" || u["name"] != "Edi E." || u["role"] != "editor" {
		t.Errorf("accepted: %v", u)
	}
	s.ask(t, editor, "GET", "/v1/users", "", 403)
	s.ask(t, editor, "PATCH", path, `{"role":"owner"}`, 403)

	// The last owner stays one.
	for _, body := range []string{`{"role":"editor"}`, `{"disabled":true}`} {
		if a := s.ask(t, owner, "PATCH", "/v1/users/"+ownerID, body, 409); !strings.Contains(a["detail"].(string), "the last owner") {
			t.Errorf("%s: %v", body, a)
		}
	}
	s.ask(t, owner, "DELETE", "/v1/users/"+ownerID, "", 409)
	// An owner who has not come yet does not count.
	s.ask(t, owner, "POST", "/v1/users", `{"email":"second@example.com","role":"owner"}`, 200)
	s.ask(t, owner, "DELETE", "/v1/users/"+ownerID, "", 409)
	// Another role ends sessions.
	s.ask(t, owner, "PATCH", path, `{"name":"Edi O.","language":"ko"}`, 200)
	s.ask(t, editor, "GET", "/v1/session", "", 200)
	s.ask(t, owner, "PATCH", path, `{"role":"owner"}`, 200)
	s.ask(t, editor, "GET", "/v1/session", "", 401)
	second := s.login(t, "edi@example.com", password)
	s.ask(t, second, "PATCH", "/v1/users/"+ownerID, `{"disabled":true}`, 200)
	s.ask(t, owner, "GET", "/v1/session", "", 401)
	s.ask(t, second, "POST", "/v1/users/"+ownerID+"/link", "", 409)
	s.ask(t, nobody, "POST", "/v1/session", fmt.Sprintf(`{"email":"owner@example.com","password":%q}`, password), 401)
	s.ask(t, second, "DELETE", path, "", 409)
	s.ask(t, second, "PATCH", "/v1/users/"+ownerID, `{"disabled":false}`, 200)
	s.ask(t, second, "PATCH", "/v1/users/"+ownerID, `{"mfa":true}`, 422)
	s.ask(t, second, "DELETE", "/v1/users/"+ownerID, "", 200)
	s.ask(t, second, "DELETE", "/v1/users/"+ownerID, "", 404)
	s.ask(t, second, "PATCH", "/v1/users/nobody", `{"name":"x"}`, 404)
	if list := s.ask(t, second, "GET", "/v1/users", "", 200)["users"].([]any); len(list) != 2 || strings.Contains(fmt.Sprint(list), "argon2") {
		t.Errorf("users: %v", list)
	}
}

func TestAResetLogsNobodyIn(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	_, owner := s.team.join(t, user.Owner)
	link, err := s.UserLink(t.Context(), owner.ID)
	if err != nil || !strings.HasPrefix(link.Link, "http://127.0.0.1:7766/welcome#") {
		t.Fatal(link, err)
	}
	token := link.Link[strings.IndexByte(link.Link, '#')+1:]
	reset := s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"name":"Eve","password":"dry stones by the river"}`, token), 204)
	if reset["cookie"] != nil {
		t.Errorf("a reset set the cookie %v", reset["cookie"])
	}
	if u := s.ask(t, s.login(t, owner.Email, "dry stones by the river"), "GET", "/v1/session", "", 200)["user"].(map[string]any); u["name"] != "Olga Owner" {
		t.Errorf("a reset changed %v", u)
	}
	s.ask(t, nobody, "POST", "/v1/welcome", fmt.Sprintf(`{"token":%q,"password":"dry stones by the river"}`, token), 404)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner := s.team.session(t, s.Server, user.Owner)
	s.ask(t, owner, "POST", "/v1/keys", `{"secret":true,"name":"CRM\u2028x","role":"analyst"}`, 422)
	made := s.ask(t, owner, "POST", "/v1/keys", `{"secret":true,"name":"CRM","role":"analyst"}`, 200)
	text := made["key"].(string)
	if !strings.HasPrefix(text, "kith_sk_") || len(text) != 40 || made["kind"] != "secret" {
		t.Errorf("made: %v", made)
	}
	key := as{"Authorization": "Bearer " + text}
	s.ask(t, key, "GET", "/v1/shop", "", 200)
	s.ask(t, key, "DELETE", "/v1/segments/x", "", 403)
	s.ask(t, key, "GET", "/v1/keys", "", 403)
	s.ask(t, key, "GET", "/v1/session", "", 403)
	public := s.ask(t, owner, "POST", "/v1/keys", `{}`, 200)
	if !strings.HasPrefix(public["key"].(string), "kith_pk_") || public["kind"] != "public" || public["role"] != nil {
		t.Errorf("public: %v", public)
	}
	s.ask(t, owner, "POST", "/v1/keys", `{"role":"owner"}`, 422)
	s.ask(t, as{"Authorization": "Bearer " + public["key"].(string)}, "POST", "/v1/events", `[]`, 200)
	list := fmt.Sprint(s.ask(t, owner, "GET", "/v1/keys", "", 200))
	if strings.Contains(list, "kith_") || strings.Count(list, "key_") != 2 {
		t.Errorf("listed: %s", list)
	}
	s.ask(t, owner, "DELETE", "/v1/keys/"+made["id"].(string), "", 200)
	s.ask(t, key, "GET", "/v1/shop", "", 401)
	s.ask(t, owner, "DELETE", "/v1/keys/"+made["id"].(string), "", 404)
	if text := auditText(t, s.Server); strings.Contains(text, made["key"].(string)) || !strings.Contains(text, "key.revoke") {
		t.Errorf("the audit log: %s", text)
	}
}

// TestAKeyIsBoundAndReplaced over HTTP.
func TestAKeyIsBoundAndReplaced(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner := s.team.session(t, s.Server, user.Owner)
	for body, want := range map[string]string{
		`{"origins":["shop.example"]}`:                       "it does not begin with https://",
		`{"secret":true,"origins":["https://shop.example"]}`: "a secret key has no origins",
		`{"events_per_minute":-1}`:                           "",
		`{"events_per_minute":1.5}`:                          "",
	} {
		if got := s.ask(t, owner, "POST", "/v1/keys", body, 422); !strings.Contains(got["detail"].(string), want) {
			t.Errorf("%s: %v", body, got)
		}
	}
	made := s.ask(t, owner, "POST", "/v1/keys", `{"name":"Site","origins":["https://Shop.example/"],"events_per_minute":60}`, 200)
	path := "/v1/keys/" + made["id"].(string)
	if fmt.Sprint(made["origins"], made["events_per_minute"], made["ended"], made["expires_at"]) != "[https://shop.example] 60 <nil> <nil>" {
		t.Errorf("made: %v", made)
	}
	changed := s.ask(t, owner, "PATCH", path, `{"origins":[]}`, 200)
	if changed["origins"] != nil || changed["events_per_minute"] != 60.0 || changed["key"] != nil {
		t.Errorf("changed: %v", changed)
	}
	s.ask(t, owner, "PATCH", path, `{"origins":["http://"]}`, 422)
	s.ask(t, owner, "PATCH", "/v1/keys/key_x", `{"events_per_minute":5}`, 404)
	s.ask(t, owner, "POST", path+"/rotate", `{"overlap_seconds":2592001}`, 422)
	s.ask(t, owner, "POST", "/v1/keys/key_x/rotate", `{}`, 404)

	old := as{"Authorization": "Bearer " + made["key"].(string)}
	next := s.ask(t, owner, "POST", path+"/rotate", `{}`, 200)
	by := as{"Authorization": "Bearer " + next["key"].(string)}
	s.ask(t, old, "POST", "/v1/events", `[]`, 200)
	s.ask(t, by, "POST", "/v1/events", `[]`, 200)
	s.ask(t, owner, "POST", path+"/rotate", `{}`, 409)
	last := s.ask(t, owner, "POST", "/v1/keys/"+next["id"].(string)+"/rotate", `{"overlap_seconds":0}`, 200)
	if detail := s.ask(t, by, "POST", "/v1/events", `[]`, 401)["detail"].(string); !strings.Contains(detail, "has ended") {
		t.Errorf("an ended key: %s", detail)
	}
	s.ask(t, as{"Authorization": "Bearer " + last["key"].(string)}, "POST", "/v1/events", `[]`, 200)
	list := s.ask(t, owner, "GET", "/v1/keys", "", 200)["keys"].([]any)
	for i, want := range []string{"<nil> true", "true true", "<nil> false"} {
		k := list[i].(map[string]any)
		if got := fmt.Sprint(k["ended"], k["expires_at"] != nil); got != want || k["events_per_minute"] != 60.0 {
			t.Errorf("key %d: %v", i, k)
		}
	}
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner := s.team.session(t, s.Server, user.Owner)
	s.ask(t, owner, "PATCH", "/v1/shop", `{"country":"RO"}`, 200)
	s.ask(t, byToken, "PATCH", "/v1/shop", `{"country":"FR"}`, 200)
	key := s.team.key(t, true, user.Editor)
	s.ask(t, key, "GET", "/v1/shop", "", 200)
	page := s.ask(t, owner, "GET", "/v1/audit?action=settings&limit=1", "", 200)
	first := page["entries"].([]any)[0].(map[string]any)
	if first["actor"] != "command" || first["detail"] != "country FR" || page["next"] == nil {
		t.Errorf("the newest: %v", page)
	}
	page = s.ask(t, owner, "GET", fmt.Sprintf("/v1/audit?action=settings&limit=1&after=%v", page["next"]), "", 200)
	if e := page["entries"].([]any)[0].(map[string]any); e["actor"] != "owner@example.com" || page["next"] != nil {
		t.Errorf("the one before: %v", page)
	}
	if page = s.ask(t, owner, "GET", "/v1/audit?actor=command&action=key.add", "", 200); len(page["entries"].([]any)) != 1 {
		t.Errorf("of an actor: %v", page)
	}
	for _, wrong := range []string{"limit=0", "limit=1001", "limit=x", "after=-1"} {
		s.ask(t, owner, "GET", "/v1/audit?"+wrong, "", 422)
	}
	export := do(t, s.Server, owner, "GET", "/v1/audit/export", "")
	text, _ := io.ReadAll(export.Body)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	state := s.ask(t, owner, "GET", "/v1/audit/verify", "", 200)
	var last struct {
		Number       int
		Hash, Action string
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || float64(last.Number) != state["number"] || last.Hash != state["hash"] || len(lines) != last.Number || last.Action != "audit.export" || state["broken"] != nil {
		t.Errorf("%d lines, the last %+v, and %v: %v", len(lines), last, state, err)
	}
}

// hostile is a shop whose customer has contact data everywhere.
type hostile struct{ shop }

const contact = "ana.pop@example.com"

func (h *hostile) Customer(context.Context, string, string) (api.Customer, error) {
	return api.Customer{AsOf: noon, Customer: profile.Customer{
		ID: contact, Keys: []profile.Key{{Kind: "customer", Value: "c-1"}, {Kind: "email", Value: contact}, {Kind: "phone", Value: "+40712345678"}},
		Traits: []profile.Trait{
			{Name: "first_name", Value: "Ana"},
			{Name: "last_name", Value: "Popescu"},
			{Name: "email", Value: contact},
			{Name: "phone", Value: "0712 345 678"},
			{Name: "traits.billingAddress", Value: "Strada Lungă 5"},
			{Name: "traits.shipping_address", Value: "Strada Lungă 5"},
			{Name: "traits.contact", Value: "write to Ana.Pop@example.com"},
			{Name: "city", Value: "Cluj"},
		},
		Timeline: []profile.Event{{At: noon, Kind: "form", Name: contact}, {At: noon, Kind: "warranty_registered", Name: "Ana Popescu"}},
	}, Segments: []string{"vip"}}, nil
}

func (h *hostile) Explain(context.Context, api.ExplainQuestion) (api.Explanation, error) {
	value := contact
	return api.Explanation{Customer: "+40712345678", AsOf: noon, Missing: []*api.Explained{}, Tree: &api.Explained{
		Text: "x", Parts: []*api.Explained{{
			Text: "y", Values: []api.ExplainedValue{{Text: "last_name", Value: new("Popescu")}, {Text: "traits.anything", Value: &value}, {Text: "email"}},
			Facts: []api.ExplainedFact{{Kind: "event", Fields: map[string]string{"phone": "0712 345 678", "email": contact, "total": "12.50"}}},
		}},
	}}, nil
}

func (h *hostile) Members(_ context.Context, _ api.Question, yield func(string) error) (time.Time, error) {
	return noon, yield(contact)
}

func (h *hostile) History(context.Context, api.HistoryQuestion) (api.History, error) {
	return api.History{Transitions: []api.Transition{{Customer: contact}}}, nil
}

func (h *hostile) WatchSegment(ctx context.Context, _ api.WatchQuestion, begun func(string), yield func(api.Transition) error) error {
	begun("0")
	if err := yield(api.Transition{ID: "1-1", Customer: contact}); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// told reads an answer, or of a stream what comes up to the first event.
func told(t *testing.T, r reply) (text string) {
	t.Helper()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if text += lines.Text() + "\n"; strings.HasPrefix(lines.Text(), "data: ") {
			break
		}
	}
	return text
}

func (h *hostile) PlanSegments(context.Context, string) (api.SegmentPlan, error) {
	return api.SegmentPlan{Segments: []api.SegmentStep{{ID: "a", FirstEntering: []string{contact}, FirstLeaving: []string{"+40712345678"}}}}, nil
}

// TestSupportSeesNoContactData, and all others do.
func TestSupportSeesNoContactData(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveTeam(t, &hostile{}, team)
	masked := map[string]as{"support": team.session(t, server, user.Support), "key": team.key(t, true, user.Support)}
	plain := map[string]as{"analyst": team.session(t, server, user.Analyst), "token": byToken, "key": team.key(t, true, user.Owner)}
	ask(t, server, masked["support"], "POST", "/v1/segments/members?after=a***@***.com", `{"text":"everyone"}`, 422)
	for _, q := range []struct{ method, path, body string }{
		{"GET", "/v1/customers/c-1", ""},
		{"POST", "/v1/segments/explain", `{"text":"x","customer":"c-1"}`},
		{"POST", "/v1/segments/members", `{"text":"everyone"}`},
		{"GET", "/v1/segments/a/history", ""},
		{"GET", "/v1/segments/a/watch", ""},
		{"POST", "/v1/segments/plan", `{"text":"segments: []"}`},
	} {
		for name, who := range masked {
			text := told(t, do(t, server, who, q.method, q.path, q.body))
			for _, secret := range []string{"ana", "Ana.Pop", "example", "Popescu", "12345678", "345 678", "Lungă"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s as %s: %q in %s", q.path, name, secret, text)
				}
			}
			if !strings.Contains(text, "***") {
				t.Errorf("%s as %s: nothing is masked in %s", q.path, name, text)
			}
		}
		for name, who := range plain {
			text := told(t, do(t, server, who, q.method, q.path, q.body))
			if !strings.Contains(text, contact) {
				t.Errorf("%s as %s: %s", q.path, name, text)
			}
		}
	}
}

func TestUsesOfKeysAreRecorded(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	owner := s.team.session(t, s.Server, user.Owner)
	key := s.team.key(t, true, user.Analyst)
	uses := func() []any {
		page := s.ask(t, owner, "GET", "/v1/audit?action=key.use", "", 200)
		list, _ := page["entries"].([]any)
		return list
	}
	if got := uses(); len(got) != 0 {
		t.Errorf("before its first use: %v", got)
	}
	for range 3 {
		s.ask(t, key, "GET", "/v1/shop", "", 200)
	}
	got := uses()
	if len(got) != 1 {
		t.Fatalf("three uses on a day: %v", got)
	}
	listed := s.ask(t, owner, "GET", "/v1/keys", "", 200)["keys"].([]any)[0].(map[string]any)
	if entry := got[0].(map[string]any); entry["actor"] != "key:"+listed["id"].(string) || entry["object"] != listed["id"] || listed["used_at"] == nil {
		t.Errorf("recorded %v of %v", entry, listed)
	}
}
