package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/folder"
)

// bearing sends a token with each request.
type bearing string

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

func (b bearing) client() *http.Client { return &http.Client{Transport: b} }

// getJSON asks a server and reads the answer.
func getJSON(t *testing.T, owner folder.Owner, path string, into any) {
	t.Helper()
	response, err := bearing(owner.Token).client().Get("http://" + owner.Address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == http.StatusOK {
		err = json.Unmarshal(content, into)
	}
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s, %v", path, response.Status, content, err)
	}
}

// TestTheConsoleSeesWhatHappens: an event's effect and the end of a window
// reach the stream of sizes, the figures and the language.
func TestTheConsoleSeesWhatHappens(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	kith(t, dir, "init")
	file := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(file, []byte("customer_id,country\nana,RO\nbob,MD\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kith(t, dir, "import", "customers", file)
	kith(t, dir, "segment", "save", "looking", "has product_viewed in last 1 minute")
	kith(t, dir, "segment", "save", "ro-looking", `in segment "looking" and country = "RO"`)
	owner, stop := serveInTest(t, dir)
	defer stop()

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+owner.Address+"/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := bearing(owner.Token).client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	sizes := map[string]int64{}
	await := func(id string, want int64) {
		t.Helper()
		for known, ok := sizes[id]; !ok || known != want; known, ok = sizes[id] {
			if !lines.Scan() {
				t.Fatalf("%s never became %d: %v", id, want, sizes)
			}
			data, _ := strings.CutPrefix(lines.Text(), "data: {")
			if strings.HasPrefix(data, `"as_of"`) || data == lines.Text() {
				continue
			}
			if err := json.Unmarshal([]byte("{"+data), &sizes); err != nil {
				t.Fatal(err)
			}
		}
	}
	await("looking", 0)
	view(t, owner, "ana")
	await("looking", 1)
	await("ro-looking", 1)

	var listed struct {
		Total     int
		Customers []struct{ ID string }
	}
	getJSON(t, owner, "/v1/customers?segment=looking", &listed)
	if listed.Total != 1 || len(listed.Customers) != 1 || listed.Customers[0].ID != "ana" {
		t.Errorf("the segment's customers: %+v", listed)
	}
	var figures struct {
		Customers int64
		Segments  []struct {
			ID           string
			Customers    int64
			EnteredToday int64 `json:"entered_today"`
			Trend        []struct{ Size int64 }
		}
	}
	getJSON(t, owner, "/v1/segments/figures", &figures)
	if s := figures.Segments[0]; figures.Customers != 2 || s.ID != "looking" || s.Customers != 1 || s.EnteredToday != 1 || s.Trend[len(s.Trend)-1].Size != 1 {
		t.Errorf("figures %+v", figures)
	}
	var list struct {
		Segments []struct {
			ID     string
			Uses   []string
			UsedBy []string `json:"used_by"`
		}
	}
	getJSON(t, owner, "/v1/segments", &list)
	if got := fmt.Sprint(list.Segments[0].UsedBy, list.Segments[1].Uses); got != "[ro-looking] [looking]" {
		t.Errorf("uses %s", got)
	}
	var history struct {
		Transitions []struct{ Customer, Change, Cause, Fact string }
	}
	today := time.Now().UTC().Format(time.DateOnly)
	getJSON(t, owner, "/v1/segments/looking/history?from="+today+"&to="+today+"&limit=1", &history)
	if len(history.Transitions) != 1 || history.Transitions[0].Customer != "ana" || history.Transitions[0].Cause != "event" || history.Transitions[0].Fact == "" {
		t.Errorf("today: %+v", history)
	}
	for _, x := range []struct{ path, body, want string }{
		{"sample", `{"tree":{"kind":"compare","op":"=","left":{"kind":"field","name":"country"},"right":{"kind":"text","value":"RO"}},"limit":5}`, `"customers":["ana"]`},
		{"sample", `{"text":"everyone","limit":1}`, `"count":2,"share":1,`},
		{"sample", `{"text":"everyone","limit":51}`, `from 0 to 50 can be`},
		{"sample", `{"tree":{"kind":"not"}}`, `"path":"/x"`},
		{"looking/plan", `{"text":"everyone"}`, `"members_after":2`},
		{"looking/plan", `{"tree":{"kind":"in_segment","segment":"ro-looking"}}`, `a ring of references`},
		{"looking/plan", `{"text":"everyone"}`, `"affected":[{"id":"ro-looking"`},
		{"brand-new/plan", `{"text":"everyone","name":"New"}`, `"outcome":"created"`},
		{"Brand/plan", `{"text":"everyone"}`, `not a segment id`},
	} {
		answer, err := bearing(owner.Token).client().Post("http://"+owner.Address+"/v1/segments/"+x.path, "application/json", strings.NewReader(x.body))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(content), x.want) {
			t.Errorf("%s of %s: %s, %v, want %s", x.path, x.body, content, err, x.want)
		}
	}

	// A minute after somebody looked they do no more, and no event says so.
	then := time.Now().Add(-57 * time.Second).UTC().Format(time.RFC3339)
	client := api.NewClient(owner.Address, owner.Token)
	defer client.Close()
	tracked, err := client.Track(t.Context(), api.Sender{}, fmt.Appendf(nil, `{"type":"track","event":"Product Viewed","userId":"bob","timestamp":%q}`, then))
	if err != nil || tracked.Accepted != 1 {
		t.Fatalf("tracking: %+v, %v", tracked, err)
	}
	await("looking", 2)
	await("looking", 1)
}
