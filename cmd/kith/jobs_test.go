package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"kith/internal/api"
	"kith/internal/folder"
)

// importer asks a server as a browser does: in the session of an owner,
// without the token.
type importer struct {
	*http.Client

	t    *testing.T
	base string
}

func browse(t *testing.T, owner folder.Owner) *importer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &importer{&http.Client{Jar: jar}, t, "http://" + owner.Address}
	// Whoever is first makes the owner; later they log in.
	const email, password = "ana@kith.example", "correct horse battery"
	if status, _ := b.try("POST", "/v1/session", map[string]any{"email": email, "password": password}, nil); status == http.StatusOK {
		return b
	}
	stdout, _ := printed.Load(owner.Address)
	_, token, _ := strings.Cut(stdout.(*written).find(t, `/welcome#[A-Z2-7]{26}\n`), "#")
	b.ask("POST", "/v1/welcome", map[string]any{"token": strings.TrimSpace(token), "email": email, "name": "Ana", "password": password}, nil, 200)
	return b
}

// ask makes a request and wants a status; out may be nil.
func (b *importer) ask(method, path string, body, out any, want int) {
	b.t.Helper()
	if status, text := b.try(method, path, body, out); status != want {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, text)
	}
}

func (b *importer) try(method, path string, body, out any) (status int, text string) {
	b.t.Helper()
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(body)
	case io.Reader:
		content = body
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, content)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if out != nil && response.StatusCode < 300 {
		if err := json.Unmarshal(answer, out); err != nil {
			b.t.Fatalf("%s %s: %s: %v", method, path, answer, err)
		}
	}
	return response.StatusCode, string(answer)
}

func (b *importer) upload(name string, content []byte) string {
	b.t.Helper()
	var u api.Upload
	b.ask("POST", "/v1/uploads?name="+url.QueryEscape(name), content, &u, 200)
	return u.ID
}

func (b *importer) start(kind string, uploads ...string) string {
	b.t.Helper()
	var j api.StartedJob
	b.ask("POST", "/v1/imports/jobs", api.JobRequest{Kind: kind, Uploads: uploads}, &j, 200)
	return j.ID
}

// follow reads the progress of an import, and returns the last news.
func (b *importer) follow(id string, seen func(event string, j api.ImportJob) (more bool)) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+"/v1/imports/jobs/"+id+"/progress", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		b.t.Fatalf("the progress of %s: %s", id, response.Status)
	}
	event := ""
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var j api.ImportJob
			if err := json.Unmarshal([]byte(data), &j); err != nil {
				b.t.Fatal(err)
			}
			if !seen(event, j) {
				return
			}
		}
	}
}

// finish waits until an import is over.
func (b *importer) finish(id string) (event string, j api.ImportJob) {
	b.t.Helper()
	b.follow(id, func(e string, now api.ImportJob) bool {
		event, j = e, now
		return true
	})
	return event, j
}

func (b *importer) history() []api.ImportJob {
	b.t.Helper()
	var all []api.ImportJob
	after := ""
	for {
		var page api.ImportList
		b.ask("GET", "/v1/imports?limit=2&after="+after, nil, &page, 200)
		all = append(all, page.Imports...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

func (b *importer) count() int64 {
	b.t.Helper()
	var n api.Count
	b.ask("POST", "/v1/segments/count", api.Question{Text: "has order"}, &n, 200)
	return n.Count
}

func someOrders(n int) []byte {
	var file bytes.Buffer
	file.WriteString("order_id,customer_id,at,total\n")
	for i := range n {
		fmt.Fprintf(&file, "o%d,c%d,2026-03-01,%d\n", i, i%1000, i%97)
	}
	return file.Bytes()
}

func uploadsIn(t *testing.T, dir string) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, "tmp", "uploads"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestABrowserImportsFiles from the upload to the history.
func TestABrowserImportsFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	name := filepath.Join(t.TempDir(), "before.csv")
	if err := os.WriteFile(name, []byte("order_id,customer_id,at,total\nb1,eve,2026-02-01,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kith(t, dir, "import", "orders", name)
	owner, stop := serveInTest(t, dir)
	b := browse(t, owner)
	file := []byte("Beleg,Kunde,Datum,Summe\n1,ana,2026-03-01,10\n2,bob,someday,20\n3,ana,2026-03-02,5\n")
	id := b.upload(`C:\export\comenzi 서.csv`, file)

	// Without its columns named it can be looked at all the same.
	var p api.Preview
	b.ask("POST", "/v1/imports/preview", api.ImportRequest{Kind: "orders", Uploads: []string{id}}, &p, 200)
	if !strings.Contains(p.Problem, "order_id") || len(p.Sources) != 1 || p.Sources[0].File != "comenzi 서.csv" || p.Sources[0].Columns[1].Column != "Kunde" ||
		!slices.Equal(p.Sources[0].Columns[1].Samples, []string{"ana", "bob"}) || !slices.EqualFunc(p.Needs, [][]string{{"order_id"}, {"at"}}, slices.Equal) {
		t.Errorf("not mapped: %+v", p)
	}
	mapping := map[string]string{"order_id": "Beleg", "customer_id": "Kunde", "at": "Datum", "total": "Summe"}
	b.ask("POST", "/v1/imports/preview", api.ImportRequest{Kind: "orders", Uploads: []string{id}, Map: mapping}, &p, 200)
	if p.Rows != 3 || p.Accepted != 2 || len(p.RefusedRows) != 1 || p.RefusedRows[0].Row != "2,bob,someday,20" || p.RefusedRows[0].Column != "Datum" ||
		p.Files[0].Columns[0].Found != "map" || p.Files[0].Columns[0].Column != "Beleg" || !slices.Equal(p.Sources[0].Columns[3].Fields, []string{"total"}) || p.Timezone != "UTC" {
		t.Errorf("mapped: %+v", p)
	}

	var started api.StartedJob
	b.ask("POST", "/v1/imports/jobs", api.JobRequest{Kind: "orders", Uploads: []string{id}, Map: mapping}, &started, 200)
	event, j := b.finish(started.ID)
	if event != "done" || j.State != "done" || j.Result.Accepted != 2 || j.Result.Refused != 1 || j.Result.Orders != 2 || j.Rejects == nil || j.Seconds == nil {
		t.Fatalf("%s: %+v", event, j)
	}
	if event, again := b.finish(started.ID); event != "done" || again.Result.Accepted != 2 {
		t.Errorf("who comes late: %s %+v", event, again)
	}
	b.ask("POST", "/v1/imports/preview", api.ImportRequest{Kind: "orders", Uploads: []string{id}}, nil, 404)
	if n := uploadsIn(t, dir); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
	b.rejects(started.ID)
	name = filepath.Join(t.TempDir(), "after.csv")
	if err := os.WriteFile(name, []byte("order_id,customer_id,at,total\na1,zoe,2026-02-01,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kith(t, dir, "import", "orders", name)
	names := func() (names []string) {
		for _, j := range b.history() {
			names = append(names, j.Files[0]+" "+j.State)
		}
		return names
	}
	want := []string{"after.csv done", "comenzi 서.csv done", "before.csv done"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("the history: %q", got)
	}
	if n := b.count(); n != 3 {
		t.Errorf("%d customers", n)
	}
	stop()

	// The history outlives the store that keeps it, as far as the log knows it.
	if err := os.Remove(filepath.Join(dir, "operations.db")); err != nil {
		t.Fatal(err)
	}
	owner, stop = serveInTest(t, dir)
	defer stop()
	b = browse(t, owner)
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("the history from the log: %q", got)
	}
}

// rejects looks at the refused rows of the test above.
func (b *importer) rejects(id string) {
	b.t.Helper()
	var rows api.Rejects
	b.ask("GET", "/v1/imports/jobs/"+id+"/rejects/rows", nil, &rows, 200)
	if len(rows.Rows) != 1 || rows.More || rows.Cut || rows.Rows[0] != (api.RejectedRow{
		File: "comenzi 서.csv", Line: 3, Column: "Datum", Reason: rows.Rows[0].Reason, Row: "2,bob,someday,20",
	}) || rows.Rows[0].Reason == "" {
		b.t.Errorf("refused rows: %+v", rows)
	}
	response, err := b.Get(b.base + "/v1/imports/jobs/" + id + "/rejects")
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	h := response.Header
	if !strings.HasPrefix(string(text), "comenzi 서.csv:3: Datum: ") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
		b.t.Errorf("%v: %s", h, text)
	}
	b.ask("GET", "/v1/imports/jobs/im_none/rejects", nil, nil, 404)
}

func zipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func inUTF16(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// TestFilesOfAllKinds are uploaded; what cannot be used says why, and no path.
func TestFilesOfAllKinds(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	defer stop()
	b := browse(t, owner)
	orders := someOrders(50)
	cut := zipped(t, someOrders(5000))
	random := make([]byte, 3000)
	for i := range random {
		random[i] = byte(i * i >> 3)
	}
	for name, tc := range map[string]struct {
		content []byte
		problem string
	}{
		"utf16.csv":    {inUTF16("order_id;customer_id;at;total\nu1;ăna;2026-03-01;1,5\n"), ""},
		"zip.csv.gz":   {zipped(t, orders), ""},
		"cut.csv.gz":   {cut[:len(cut)/2], "cut short"},
		"binary.csv":   {random, "binary.csv"},
		"sheet.xlsx":   {[]byte("PK\x03\x04 and more"), "Excel"},
		"other.csv":    {[]byte("a,b\n1,2\n"), "need a column for order_id"},
		"half.parquet": {[]byte("PAR1 and no more of it"), "Parquet"},
		"array.json":   {[]byte(`[{"order_id":1}]`), "JSON array"},
	} {
		event, j := b.finish(b.start("orders", b.upload(name, tc.content)))
		switch {
		case tc.problem == "" && (event != "done" || j.Result.Refused != 0 || j.Result.Accepted == 0):
			t.Errorf("%s: %s %+v", name, event, j)
		case tc.problem != "" && (event != "failed" || j.State != "failed" || j.Problem == nil || !strings.Contains(j.Problem.Message, tc.problem) ||
			strings.Contains(j.Problem.Message, dir) || strings.Contains(j.Problem.Message, "up_")):
			t.Errorf("%s: %s %+v %+v", name, event, j, j.Problem)
		}
	}
	status, text := b.try("POST", "/v1/uploads?name=empty.csv", []byte{}, nil)
	if status != 422 || !strings.Contains(text, "empty") {
		t.Errorf("an empty file: %d %s", status, text)
	}
	if n := uploadsIn(t, dir); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
}

// untilItReads follows an import until it has read something.
func (b *importer) untilItReads(id string) {
	b.t.Helper()
	b.follow(id, func(event string, j api.ImportJob) bool {
		if event != "progress" {
			b.t.Fatalf("it was over too early: %s %+v", event, j)
		}
		return j.Progress == nil || j.Progress.Rows == 0
	})
}

const manyOrders = 400_000

// TestTwoClientsAndOneGivesUp: the second waits, and goes on when the first is
// called off, of which nothing is left.
func TestTwoClientsAndOneGivesUp(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	defer stop()
	b := browse(t, owner)
	large, small := b.upload("large.csv", someOrders(manyOrders)), b.upload("small.csv", []byte("order_id,customer_id,at,total\ns1,eve,2026-03-01,1\n"))
	first := b.start("orders", large)
	second := b.start("orders", small)
	b.ask("POST", "/v1/imports/jobs", api.JobRequest{Kind: "orders", Uploads: []string{small}}, nil, 409)
	var j api.ImportJob
	b.ask("GET", "/v1/imports/jobs/"+second, nil, &j, 200)
	if j.State != "waiting" || *j.Ahead != 1 {
		t.Errorf("the second: %+v", j)
	}
	b.untilItReads(first)
	b.ask("DELETE", "/v1/imports/jobs/"+first, nil, nil, 200)
	if event, j := b.finish(first); event != "failed" || j.State != "cancelled" {
		t.Errorf("the first: %s %+v", event, j)
	}
	if event, j := b.finish(second); event != "done" || j.Result.Orders != 1 {
		t.Errorf("the second: %s %+v", event, j)
	}
	b.ask("DELETE", "/v1/imports/jobs/"+second, nil, nil, 409)
	if n := b.count(); n != 1 {
		t.Errorf("%d customers", n)
	}
	if n := uploadsIn(t, dir); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
}

// TestTheServerStopsInTheMiddle of an import: nothing of it is there, and the
// history says so.
func TestTheServerStopsInTheMiddle(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	b := browse(t, owner)
	first := b.start("orders", b.upload("large.csv", someOrders(manyOrders)))
	b.start("orders", b.upload("small.csv", someOrders(5)))
	b.untilItReads(first)
	stop()
	if n := uploadsIn(t, dir); n != 0 {
		t.Errorf("%d uploads are left", n)
	}
	owner, stop = serveInTest(t, dir)
	defer stop()
	b = browse(t, owner)
	for _, j := range b.history() {
		if j.State != "interrupted" || j.Problem == nil {
			t.Errorf("%+v", j)
		}
	}
	if len(b.history()) != 2 || b.count() != 0 {
		t.Errorf("%d in the history, %d customers", len(b.history()), b.count())
	}
	var d api.Diagnosis
	b.ask("GET", "/v1/doctor", nil, &d, 200)
	if !d.OK || !d.Durability.OK || !slices.ContainsFunc(d.Checks, func(c api.Check) bool { return c.Name == "imports" && c.Status == api.CheckWarning }) {
		t.Errorf("%+v", d)
	}
}

// TestAnUploadIsCutOff in the middle, by whoever sends it.
func TestAnUploadIsCutOff(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	defer stop()
	for _, header := range []string{"Content-Length: 1000000\r\n\r\n" + strings.Repeat("x", 5000), "Transfer-Encoding: chunked\r\n\r\n1388\r\n" + strings.Repeat("x", 5000)} {
		conn, err := net.Dial("tcp", owner.Address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/uploads?name=a.csv HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s", owner.Address, owner.Token, header)
		waitFor(t, "a file that is received", func() bool { return uploadsIn(t, dir) == 1 })
		conn.Close()
		waitFor(t, "nothing to be left", func() bool { return uploadsIn(t, dir) == 0 })
	}
}

// waitFor waits for what nobody tells of.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for !so() {
		select {
		case <-t.Context().Done():
			t.Fatalf("waiting for %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestANewShopIsSettledInTheBrowser: currency and time zone change while a
// server runs and others ask, as long as there are no facts.
func TestANewShopIsSettledInTheBrowser(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	b := browse(t, owner)
	b.ask("PUT", "/v1/segments/local", map[string]string{"text": "country = shop.country"}, nil, 200)
	var history api.History
	b.ask("GET", "/v1/segments/local/history", nil, &history, 200) // memberships are kept from here on
	asking, enough := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for asking.Err() == nil {
				for _, path := range []string{"/v1/rfm", "/v1/presets", "/v1/shop", "/v1/freshness", "/v1/runs"} {
					if status, text := b.try("GET", path, nil, nil); status != 200 {
						t.Errorf("%s: %d %s", path, status, text)
					}
				}
			}
		})
	}
	for i, s := range []struct{ currency, timezone string }{{"RON", "Europe/Bucharest"}, {"KRW", "Asia/Seoul"}, {"RON", "Asia/Seoul"}, {"RON", "Europe/Bucharest"}} {
		var got api.Settings
		b.ask("PATCH", "/v1/shop", map[string]string{"currency": s.currency, "timezone": s.timezone, "language": "ro", "country": "RO"}, &got, 200)
		if got.Currency != s.currency || got.Timezone != s.timezone || got.Language != "ro" || got.HasFacts {
			t.Errorf("%d: %+v", i, got)
		}
	}
	b.ask("PATCH", "/v1/shop", map[string]string{"timezone": "Mars/Olympus"}, nil, 422)
	enough()
	others.Wait()

	// Midnight in Bucharest is the day before in UTC: days are the new zone's.
	file := []byte("order_id,customer_id,at,total\n1,ana,2026-03-01 00:30,10\n")
	if event, j := b.finish(b.start("orders", b.upload("a.csv", file))); event != "done" {
		t.Fatalf("%+v", j)
	}
	var n api.Count
	b.ask("POST", "/v1/segments/count", api.Question{Text: "has order[at >= 2026-03-01]", At: "2026-03-20"}, &n, 200)
	if n.Count != 1 {
		t.Errorf("%d customers ordered on that day", n.Count)
	}
	b.ask("PATCH", "/v1/shop", map[string]string{"currency": "EUR"}, nil, 409)
	b.ask("PATCH", "/v1/shop", map[string]string{"currency": "RON", "name": "Cerneală"}, nil, 200)
	// Memberships are those of the new settings too.
	if event, j := b.finish(b.start("customers", b.upload("c.csv", []byte("customer_id,country\nana,RO\nbob,KR\n")))); event != "done" {
		t.Fatalf("%+v", j)
	}
	b.ask("GET", "/v1/segments/local/history", nil, &history, 200)
	if history.Size == nil || *history.Size != 1 {
		t.Errorf("the segment has %+v", history)
	}
	stop()
	owner, stop = serveInTest(t, dir)
	defer stop()
	b = browse(t, owner)
	var s api.Settings
	b.ask("GET", "/v1/shop", nil, &s, 200)
	if s.Currency != "RON" || s.Timezone != "Europe/Bucharest" || s.Name != "Cerneală" || !s.HasFacts || b.count() != 1 {
		t.Errorf("after a restart: %+v, %d", s, b.count())
	}
}

// TestEventsWhileAShopIsSettled: either the events come first, and the shop
// stays as it is, or they are read as the new shop's.
func TestEventsWhileAShopIsSettled(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	client := api.NewClient(owner.Address, owner.Token)
	defer client.Close()
	b := browse(t, owner)
	var both sync.WaitGroup
	both.Go(func() {
		for i := range 5 {
			body := fmt.Sprintf(`{"type":"track","event":"Product Viewed","userId":"u%d","timestamp":"2026-03-01T00:00:00"}`, i)
			if _, err := client.Track(t.Context(), api.Sender{}, []byte(body)); err != nil {
				t.Error(err)
			}
		}
	})
	zones := []string{"Asia/Seoul", "Europe/Bucharest"}
	for i := range 6 {
		if status, text := b.try("PATCH", "/v1/shop", map[string]string{"timezone": zones[i%2]}, nil); status != 200 && status != 409 {
			t.Errorf("%d %s", status, text)
		}
	}
	both.Wait()
	var s api.Settings
	b.ask("GET", "/v1/shop", nil, &s, 200)
	stop()
	// A warehouse of another zone than the settings would not open.
	kith(t, dir, "segment", "count", "everyone")
	if got := kith(t, dir, "segment", "count", "everyone"); got != "5\n" {
		t.Errorf("%q customers", got)
	}
}

func TestTheDemoInOneClick(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	owner, stop := serveInTest(t, dir)
	defer stop()
	b := browse(t, owner)
	b.ask("PATCH", "/v1/shop", map[string]string{"currency": "RON", "timezone": "Europe/Bucharest"}, nil, 200)
	var j api.StartedJob
	b.ask("POST", "/v1/demo", api.DemoRequest{Customers: 300, Language: "ro"}, &j, 200)
	var stages []string
	var last api.ImportJob
	b.follow(j.ID, func(_ string, now api.ImportJob) bool {
		if last = now; now.Progress != nil && !slices.Contains(stages, now.Progress.Stage) {
			stages = append(stages, now.Progress.Stage)
		}
		return true
	})
	if last.State != "done" || last.Kind != "demo" || last.Result.Orders == 0 {
		t.Fatalf("%+v %+v", last, last.Problem)
	}
	if len(stages) == 0 {
		t.Error("nothing was told of its progress")
	}
	var s api.Settings
	b.ask("GET", "/v1/shop", nil, &s, 200)
	if s.Currency != "RON" || s.Language != "ro" || s.RewardPoints == 0 || !s.HasFacts {
		t.Errorf("%+v", s)
	}
	b.ask("POST", "/v1/demo", api.DemoRequest{Customers: 300, Language: "ro"}, nil, 409)
	var kinds []string
	for _, j := range b.history() {
		kinds = append(kinds, j.Kind+" "+j.State)
	}
	if want := []string{"events done", "orders done", "rates done", "products done", "customers done"}; !slices.Equal(kinds, want) {
		t.Errorf("the history: %q", kinds)
	}

	var runs api.RunList
	b.ask("GET", "/v1/runs?limit=1", nil, &runs, 200)
	if len(runs.Runs) != 1 || runs.Runs[0].Customers == 0 || len(runs.Runs[0].Groups) == 0 || runs.Next == "" {
		t.Errorf("%+v", runs)
	}
	sum := int64(0)
	for _, g := range runs.Runs[0].Groups {
		sum += g.Customers
	}
	if sum != runs.Runs[0].Customers {
		t.Errorf("%d in groups of %d", sum, runs.Runs[0].Customers)
	}
	var earlier api.RunList
	b.ask("GET", "/v1/runs?after="+runs.Next, nil, &earlier, 200)
	if len(earlier.Runs) == 0 || earlier.Next != "" || earlier.Runs[0].Run != runs.Runs[0].Run-1 {
		t.Errorf("%+v", earlier)
	}
	b.ask("GET", "/v1/runs?after=x", nil, nil, 422)
	var f api.Freshness
	b.ask("GET", "/v1/freshness", nil, &f, 200)
	if f.LastImportAt == nil || f.LastEventAt != nil || f.WarehouseApplied != f.LogEnd || f.MembershipsClock == nil {
		t.Errorf("%+v", f)
	}
}
