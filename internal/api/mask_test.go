package api_test

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/profile"
	"kith/internal/user"
)

// hostileConsole is what the console asks of a shop whose customers have
// contact data everywhere.
type hostileConsole struct{ api.Console }

func rowsOfAna() []profile.Row {
	return []profile.Row{
		{ID: contact, Email: contact, Phone: "+40712345678", FirstName: "Ana", LastName: "Popescu"},
		{ID: "0712345678", FirstName: contact},
	}
}

func (hostileConsole) Customers(context.Context, api.CustomersQuestion) (api.Customers, error) {
	return api.Customers{Customers: rowsOfAna()}, nil
}

func (hostileConsole) FindCustomers(context.Context, string, int) (api.FoundCustomers, error) {
	return api.FoundCustomers{Customers: rowsOfAna()}, nil
}

func (hostileConsole) Timeline(_ context.Context, q api.TimelineQuestion) (api.Timeline, error) {
	if q.ID != contact {
		return api.Timeline{}, errOther(q.ID)
	}
	return api.Timeline{Entries: []profile.Entry{
		{Kind: "event", What: "asked by " + contact, ID: contact, Properties: []byte(`{"note":"` + contact + `"}`), Fields: map[string]any{
			"name": "Ana Popescu", "referrer": "https://mail.example/?u=ana.pop%40example.com", "pages": 3,
		}},
		{Kind: "cart", What: "added", Fields: map[string]any{"name": "Blue Ink Bottle"}},
		{Kind: "event", What: "product_viewed", Fields: map[string]any{"name": "Red Ink Bottle"}},
	}}, nil
}

func (hostileConsole) CustomerSegments(_ context.Context, id string) (api.CustomerSegments, error) {
	if id != contact {
		return api.CustomerSegments{}, errOther(id)
	}
	value := "Popescu"
	return api.CustomerSegments{Customer: contact, Segments: []api.CustomerSegment{
		{ID: "vip", Why: []profile.Reason{{Text: "x", Values: []profile.SeenValue{{Text: "traits.last_name", Value: &value}, {Text: "email"}}}}},
	}}, nil
}

func (hostileConsole) Sample(context.Context, api.SampleQuestion) (api.Sample, error) {
	return api.Sample{Count: 1, Customers: []string{contact}}, nil
}

func (hostileConsole) PlanSegment(context.Context, string, string, api.TextOrTree) (api.SegmentPlan, error) {
	return api.SegmentPlan{Segments: []api.SegmentStep{{ID: "a", FirstEntering: []string{contact}}}}, nil
}

func (hostileConsole) Values(_ context.Context, q api.ValuesQuestion) (api.FieldValues, error) {
	return api.FieldValues{Name: q.Name, Values: []api.FieldValue{{Value: contact}, {Value: "kept ***"}}}, nil
}

type errOther string

func (e errOther) Error() string { return "another customer was asked for: " + string(e) }

var contactData = []string{"ana.pop", "Ana.Pop", "example", "Popescu", "12345678", "345 678", "Lungă", "efac36ef2d29"}

// TestTheConsoleMasks what support asks for, and nobody else's.
func TestTheConsoleMasks(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveAs(t, api.HandlerConfig{Shop: &hostile{}, Console: hostileConsole{}, Users: team.Book})
	support, editor := team.session(t, server, user.Support), team.session(t, server, user.Editor)
	for _, q := range []struct{ method, path, body string }{
		{"GET", "/v1/customers", ""},
		{"GET", "/v1/search?q=ana", ""},
		{"GET", "/v1/customers/ana.pop@example.com/timeline", ""},
		{"GET", "/v1/customers/ana.pop@example.com/segments", ""},
		{"POST", "/v1/segments/sample", `{"text":"everyone"}`},
		{"POST", "/v1/segments/x/plan", `{"text":"everyone"}`},
		{"GET", "/v1/language/values?name=traits.note", ""},
	} {
		text := told(t, do(t, server, support, q.method, q.path, q.body))
		for _, secret := range contactData {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q in %s", q.path, secret, text)
			}
		}
		if !strings.Contains(text, "***") {
			t.Errorf("%s: nothing is masked in %s", q.path, text)
		}
		if text := told(t, do(t, server, editor, q.method, q.path, q.body)); !strings.Contains(text, contact) {
			t.Errorf("%s: %s", q.path, text)
		}
	}
	if text := told(t, do(t, server, support, "GET", "/v1/customers/ana.pop@example.com/timeline", "")); !strings.Contains(text, "Blue Ink Bottle") || !strings.Contains(text, "Red Ink Bottle") {
		t.Errorf("products are masked: %s", text)
	}
}

// TestAMaskedCustomerCanBeOpened by the id that support was given, and errors
// say no more than answers.
func TestAMaskedCustomerCanBeOpened(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveAs(t, api.HandlerConfig{Shop: &hostile{}, Console: hostileConsole{}, Users: team.Book})
	support := team.session(t, server, user.Support)
	list := ask(t, server, support, "GET", "/v1/customers", "", 200)
	id := list["customers"].([]any)[0].(map[string]any)["id"].(string)
	if !strings.HasPrefix(id, "a***@***.com~") {
		t.Fatalf("the id is %q", id)
	}
	for _, part := range []string{"/timeline", "/segments"} { // which answer for this customer only
		ask(t, server, support, "GET", "/v1/customers/"+url.PathEscape(id)+part, "", 200)
		ask(t, server, support, "GET", "/v1/customers/"+url.PathEscape(id[:len(id)-1])+part, "", 500)
	}
	handle := `{"text":"everyone"}`
	ask(t, server, support, "POST", "/v1/segments/members?after="+url.QueryEscape(id), handle, 200)
	for _, after := range []string{"a***@***.com", "ana@x.example", "+40712345678", "0712345678"} {
		ask(t, server, support, "POST", "/v1/segments/members?after="+url.QueryEscape(after), handle, 422)
	}
}

func (hostileConsole) FollowSizes(ctx context.Context, yield func(api.LiveNews) error) error {
	for {
		if err := yield(api.LiveNews{Sizes: map[string]int64{"a": 1}}); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// TestStreamsEndWithTheirReader: whoever logged out, or was deleted, sees no
// more of what changes.
func TestStreamsEndWithTheirReader(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	server, _ := serveAs(t, api.HandlerConfig{Shop: &hostile{}, Console: hostileConsole{}, Users: team.Book})
	analyst, support := team.session(t, server, user.Analyst), team.session(t, server, user.Support)
	live, watched := do(t, server, analyst, "GET", "/v1/live", ""), do(t, server, support, "GET", "/v1/segments/a/watch", "")
	ask(t, server, analyst, "DELETE", "/v1/session", "", 204)
	list, err := team.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Role == user.Support {
			if err := team.Delete(t.Context(), a.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, stream := range []reply{live, watched} {
		if _, err := io.Copy(io.Discard, stream.Body); err != nil { // it would not end
			t.Error(err)
		}
	}
}

// named is a console that answers with the id that it is asked for.
type named struct{ api.Console }

func (named) Timeline(_ context.Context, q api.TimelineQuestion) (api.Timeline, error) {
	return api.Timeline{Next: q.ID}, nil
}

func (named) CustomerSegments(_ context.Context, id string) (api.CustomerSegments, error) {
	return api.CustomerSegments{Customer: id}, nil
}

type namedShop struct{ shop }

func (namedShop) Customer(_ context.Context, id, _ string) (api.Customer, error) {
	return api.Customer{Customer: profile.Customer{ID: id}}, nil
}

// TestEveryCustomerHasAnAddress, whatever a shop's system calls them.
func TestEveryCustomerHasAnAddress(t *testing.T) {
	t.Parallel()
	server, client := serveAs(t, api.HandlerConfig{Shop: &namedShop{}, Console: named{}, Users: newTeam(t).Book})
	for _, id := range []string{
		"search", "-", ".", "..", "a/b", "/", "a/", "/a", "../../etc/passwd", "a b", "a+b", "a%2Fb", "?", "#", "🙂", "Ș", "~a", `"'<>&`, "a\\b", strings.Repeat("ț", 10_000),
	} {
		for part, field := range map[string]string{"": "id", "/timeline": "next", "/segments": "customer"} {
			paths := []string{"/v1/customers/-" + part + "?id=" + url.QueryEscape(id)}
			if id != "." && id != ".." && id != "/" {
				paths = append(paths, "/v1/customers/"+url.PathEscape(id)+part)
			}
			for _, path := range paths {
				if got := ask(t, server, byToken, "GET", path, "", 200)[field]; got != id {
					t.Errorf("%.60s is %.20q, not %.20q", path, got, id)
				}
			}
		}
		if c, err := client.Customer(t.Context(), id, ""); err != nil || c.ID != id {
			t.Errorf("%.20q: %.20q, %v", id, c.ID, err)
		}
	}
}

// TestDeadLettersAreMasked for whoever sees no contact data, in whatever shape
// it came; others see it as it came, numbers too.
func TestDeadLettersAreMasked(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	body := `{"userId":"` + contact + `","email":"` + contact + `","traits":{"last_name":"Popescu","phones":["+40712345678"],"phone":40712345678},` +
		`"properties":{"note":"call ` + contact + `","total":1.10}}`
	letters := []commerce.Letter{
		{Seq: 1, At: noon, Kind: commerce.RefusedLetter, Column: "email", Reason: `"Popescu" is not an e-mail`, Event: contact, MessageID: contact, Body: []byte(body)},
		{Seq: 2, At: noon, Kind: commerce.RefusedLetter, Column: "row", Reason: "it is not an object: " + contact, Body: []byte(`"Ana Popescu, ` + contact + `"`)},
		{Seq: 3, At: noon, Kind: commerce.RefusedLetter, Column: "row", Reason: "x", Body: []byte(`["Popescu"]`)},
	}
	if err := s.ops.PutLetters(t.Context(), letters); err != nil {
		t.Fatal(err)
	}
	support, analyst := s.team.session(t, s.Server, user.Support), s.team.session(t, s.Server, user.Analyst)
	for _, path := range []string{"/v1/dead-letters", "/v1/dead-letters/1.0", "/v1/dead-letters/2.0", "/v1/dead-letters/3.0"} {
		text, err := io.ReadAll(do(t, s.Server, support, "GET", path, "").Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{contact, "Popescu", "712345678"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s tells support %s:\n%s", path, secret, text)
			}
		}
	}
	text, err := io.ReadAll(do(t, s.Server, analyst, "GET", "/v1/dead-letters/1.0", "").Body)
	if err != nil || !strings.Contains(string(text), "Popescu") || !strings.Contains(string(text), `1.10`) {
		t.Errorf("%s, %v", text, err)
	}
	for path, want := range map[string]int{"?state=open&kind=refused&key=k": 200, "?state=shut": 422, "?after=x": 422, "?after=2.0&limit=1": 200, "/9.9": 404, "/x": 404} {
		ask(t, s.Server, analyst, "GET", "/v1/dead-letters"+path, "", want)
	}
	ask(t, s.Server, analyst, "POST", "/v1/dead-letters/1.0/dismiss", "", 403)
	editor := s.team.session(t, s.Server, user.Editor)
	if got := ask(t, s.Server, editor, "POST", "/v1/dead-letters/1.0/dismiss", "", 200); got["state"] != "dismissed" || got["by"] == "" {
		t.Errorf("%v", got)
	}
	ask(t, s.Server, editor, "POST", "/v1/dead-letters/1.0/dismiss", "", 409)
	ask(t, s.Server, editor, "POST", "/v1/dead-letters/2.0/replay", "", 422)
}

// TestNobodyReadsByCounting what they see masked: not by questions of their
// own, by parts in searches, by the order of lists, nor by suggestions.
func TestNobodyReadsByCounting(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	support, analyst := s.team.session(t, s.Server, user.Support), s.team.session(t, s.Server, user.Analyst)
	for text, want := range map[string]int{
		`email_domain starts with "exa"`:                            403,
		`country = "RO" and not (postcode = "400001")`:              403,
		`traits.billing_email contains "a"`:                         403,
		`traits.phone > 40712000000`:                                403,
		`traits.last_name in ("Popescu", "Pop")`:                    403,
		`has event("Form Sent")[email contains "a"]`:                403,
		`last(event("Form Sent").phone) = "0712345678"`:             403,
		`traits.name starts with "A" or everyone`:                   403,
		`not (email_domain is missing) and traits.phone is missing`: 200,
		`traits.skin_type = "dry" and city = "Cluj"`:                200,
		`has item[name contains "Ink"] in last 30 days`:             200,
		`has product_viewed[name contains "Ink"]`:                   200,
		`subscribed.email = true`:                                   200,
		`@champions`:                                                200,
	} {
		body := `{"text":` + strconv.Quote(text) + `}`
		ask(t, s.Server, support, "POST", "/v1/segments/check", body, want)
		ask(t, s.Server, analyst, "POST", "/v1/segments/check", body, 200)
		if want == 403 {
			for _, path := range []string{"count", "members", "sample", "insight", "new-one/plan"} {
				ask(t, s.Server, support, "POST", "/v1/segments/"+path, body, 403)
			}
			ask(t, s.Server, support, "POST", "/v1/segments/explain", `{"customer":"c-1","text":`+strconv.Quote(text)+`}`, 403)
			file := "segments: [{id: new-one, name: x, text: " + strconv.Quote(text) + "}]"
			ask(t, s.Server, support, "POST", "/v1/segments/plan", `{"text":`+strconv.Quote(file)+`}`, 403)
		}
	}
	for _, sort := range []string{"id", "-id", "name", "-name"} {
		ask(t, s.Server, support, "GET", "/v1/customers?sort="+sort, "", 403)
		ask(t, s.Server, analyst, "GET", "/v1/customers?sort="+sort, "", 200)
	}
	s.people.whole = nil
	for _, who := range []as{support, analyst} {
		ask(t, s.Server, who, "GET", "/v1/customers?search=ana", "", 200)
		ask(t, s.Server, who, "GET", "/v1/search?q=ana", "", 200)
	}
	if got := s.people.whole; len(got) != 4 || !got[0] || !got[1] || got[2] || got[3] {
		t.Errorf("whole keys only: %v", got)
	}
}
