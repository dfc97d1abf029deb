package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/customer/eventtest"
)

// letters shows all dead letters, the oldest first.
func letters(t *testing.T, l *local) string {
	t.Helper()
	list, err := l.ops.ListLetters(t.Context(), commerce.LetterFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range list {
		x := &list[len(list)-1-i]
		fmt.Fprintf(&b, "%s %s %s %s %s %s %s\n", x.Place(), x.Kind, x.State, x.Source, x.MessageID, x.Column, x.Event)
	}
	return b.String()
}

func appendEvents(t *testing.T, l *local, b commerce.EventBatch) {
	t.Helper()
	if _, _, err := l.load.AppendEvents(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func advance(t *testing.T, l *local) {
	t.Helper()
	if _, err := l.load.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// letterEvent is an order.
func letterEvent(message, order, total string) commerce.Event {
	return commerce.Event{
		At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Type: "track", Name: "Order Completed", CustomerID: "ana", MessageID: message,
		Properties: json.RawMessage(`{"order_id":"` + order + `","total":` + total + `}`),
	}
}

// TestDeadLetters: what has no effect is kept, whatever it is, once, in whatever
// groups the log is loaded.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	for _, together := range []bool{true, false} {
		t.Run(fmt.Sprint("together ", together), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "shop")
			l := openLocal(t, dir)
			refused := commerce.RefusedEvent{Column: "email", Reason: `"a@" is not an e-mail`, Body: json.RawMessage(`{"event":"Seen","messageId":"r1","email":"a@"}`)}
			for _, b := range []commerce.EventBatch{
				{Refused: []commerce.RefusedEvent{refused}, Source: "k1"},
				{Events: []commerce.Event{letterEvent("m1", "o1", "5"), letterEvent("m2", "o2", `"abc"`)}, Refused: []commerce.RefusedEvent{refused, {Column: "row", Reason: "it is no object", Body: json.RawMessage(`"[1"`)}}, Source: "k2"},
				{Events: []commerce.Event{letterEvent("m1", "o1", "5"), letterEvent("m1", "o9", "5"), letterEvent("m3", "o1", "7")}},
			} {
				appendEvents(t, l, b)
				if !together {
					advance(t, l)
				}
			}
			advance(t, l)
			want := "1.0 refused open k1 r1 email Seen\n" +
				"2.1 late open k2 m2 total Order Completed\n2.2 refused open k2 r1 email Seen\n2.3 refused open k2  row \n" +
				"3.1 conflict open  m1 message_id Order Completed\n3.2 late open  m3 total Order Completed\n"
			if got := letters(t, l); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if _, err := l.load.Rebuild(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := letters(t, l); got != want {
				t.Errorf("after a rebuild\n%s", got)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = openLocal(t, dir)
			if got := letters(t, l); got != want {
				t.Errorf("after a restart\n%s", got)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestDeadLettersAreReplayed: as they came, mended, and many at once; what is
// still wrong changes nothing.
func TestDeadLettersAreReplayed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	l := openLocal(t, dir)
	ctx := t.Context()
	public, err := l.CreateKey(ctx, api.NewAccessKey{})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := l.CreateKey(ctx, api.NewAccessKey{Secret: true})
	if err != nil {
		t.Fatal(err)
	}
	send := func(from api.Sender, body string) {
		t.Helper()
		if _, err := l.Track(ctx, from, []byte(body)); err != nil {
			t.Fatal(err)
		}
		advance(t, l)
	}
	count := func(text string, want int64) {
		t.Helper()
		advance(t, l)
		if n, err := l.Count(ctx, api.Question{Text: text}); err != nil || n.Count != want {
			t.Errorf("%s: %d, want %d; %v", text, n.Count, want, err)
		}
	}
	byPublic, bySecret := api.Sender{Key: public.ID, Public: true}, api.Sender{Key: secret.ID}
	send(bySecret, `[{"event":"Order Completed","userId":"ana","messageId":"m1","timestamp":"2026-03-01T10:00:00Z","properties":{"order_id":"o1","total":5}},
		{"event":"Order Completed","userId":"ana","messageId":"m1","timestamp":"2026-03-01T10:00:00Z","properties":{"order_id":"o2","total":7}},
		{"event":"Order Completed","userId":"bob","timestamp":"2026-03-01T10:00:00Z","properties":{"order_id":"o3","total":10,"currency":"USD"}}]`)
	send(byPublic, `{"event":"Order Completed","timestamp":"2026-03-01T10:00:00Z","properties":{"order_id":"o4","total":5}}`)
	send(api.Sender{Type: "identify"}, `{"traits":{"country":"RO"}}`)
	page, err := l.DeadLetters(ctx, api.DeadLetterQuestion{Limit: 10})
	if err != nil || len(page.Letters) != 4 || page.Open != 4 {
		t.Fatalf("%+v %v", page, err)
	}
	identify, untrusted, conflict := page.Letters[0].ID, page.Letters[1].ID, page.Letters[3].ID

	// As it came it is still wrong, and stays as it was.
	last := l.load.LastSeq()
	for _, mended := range []string{"", "[]", `{"batch":[{"event":"a","userId":"x"},{"event":"b","userId":"x"}]}`, `{"batch":[]}`, `"text"`, `{"event":`} {
		if _, err := l.ReplayDeadLetter(ctx, untrusted, json.RawMessage(mended)); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("replaying %s: %v", mended, err)
		}
	}
	if x, err := l.DeadLetter(ctx, untrusted); err != nil || x.State != "open" || l.load.LastSeq() != last {
		t.Errorf("%+v, %v; the log is at %d", x, err, l.load.LastSeq())
	}
	// Mended, it is believed no more than before.
	x, err := l.ReplayDeadLetter(ctx, untrusted, json.RawMessage(`{"event":"Order Completed","userId":"cyd","timestamp":"2026-03-01T10:00:00Z","properties":{"order_id":"o4","total":5}}`))
	if err != nil || x.State != "replayed" || x.Replay != last+1 {
		t.Errorf("%+v %v", x, err)
	}
	count(`has order[id = "o4"]`, 0)
	count(`has unverified_order_completed`, 1)
	if _, err := l.ReplayDeadLetter(ctx, untrusted, nil); commerce.CodeOf(err) != commerce.CodeConflict {
		t.Errorf("twice: %v", err)
	}
	// A conflict is another event: it gets an id of its own.
	if _, err := l.ReplayDeadLetter(ctx, conflict, nil); err != nil {
		t.Fatal(err)
	}
	count(`has order[id = "o2"]`, 1)
	// An event whose call said what it is still is that.
	if x, err := l.DeadLetter(ctx, identify); err != nil || x.Body.(map[string]any)["type"] != "identify" {
		t.Errorf("%+v %v", x, err)
	}
	if x, err := l.DismissDeadLetter(ctx, identify); err != nil || x.State != "dismissed" {
		t.Errorf("%+v %v", x, err)
	}
	// The order in dollars goes through once there is a rate: what was sent too
	// early is refused anew.
	if r, err := l.ReplayDeadLetters(ctx, api.DeadLetterFilter{Kind: "late"}); err != nil || r.Replayed != 1 || r.Wrong != 0 {
		t.Errorf("%+v %v", r, err)
	}
	advance(t, l)
	rates := filepath.Join(dir, "..", "rates.csv")
	if err := os.WriteFile(rates, []byte("date,currency,rate\n2026-03-01,USD,4.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Import(ctx, api.ImportRequest{Kind: string(commerce.Rates), Files: []string{rates}}, api.Watch{}); err != nil {
		t.Fatal(err)
	}
	if r, err := l.ReplayDeadLetters(ctx, api.DeadLetterFilter{}); err != nil || r.Replayed != 1 || r.Wrong != 0 {
		t.Errorf("%+v %v", r, err)
	}
	count(`has order[id = "o3"]`, 1)
	page, err = l.DeadLetters(ctx, api.DeadLetterQuestion{Limit: 10})
	if err != nil || page.Open != 0 || len(page.Letters) != 5 {
		t.Errorf("%+v %v", page, err)
	}
	notes, err := l.Audit(ctx, api.AuditQuestion{Limit: 100, Action: "dead_letter"})
	if err != nil || len(notes.Entries) != 5 {
		t.Errorf("%+v %v", notes, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	// The command line says the same.
	show := func(args ...string) (string, int) {
		var out, problems bytes.Buffer
		status := run(ctx, append([]string{"--data", dir}, args...), strings.NewReader(""), &out, &problems)
		return out.String() + problems.String(), status
	}
	for args, want := range map[string]string{
		"dead-letter list":                         "ID  AT",
		"dead-letter list --state dismissed":       identify,
		"dead-letter list --state replayed --json": `"replay":`,
		"dead-letter show " + conflict:             `"order_id": "o2"`,
		"dead-letter replay " + conflict:           "is not open",
		"dead-letter replay":                       "--all",
		"dead-letter replay --all":                 "replayed 0 wrong 0",
		"dead-letter dismiss 99.1":                 "there is no dead letter 99.1",
	} {
		if got, _ := show(strings.Fields(args)...); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s", args, got)
		}
	}
}

// reopenLetter makes a letter what it is if a crash comes before it is ended.
func reopenLetter(t *testing.T, l *local, id string) {
	t.Helper()
	db, err := sql.Open("sqlite3", l.folder.Operations())
	if err == nil {
		_, err = db.Exec(`UPDATE letter SET state = 'open' WHERE seq || '.' || pos = ?`, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAReplayThatACrashCutOff: the event is in the log, and the letter still
// open. Sent again it changes nothing.
func TestAReplayThatACrashCutOff(t *testing.T) {
	t.Parallel()
	l := openLocal(t, filepath.Join(t.TempDir(), "shop"))
	ctx := t.Context()
	if _, err := l.Track(ctx, api.Sender{}, []byte(`{"event":"Points Earned"}`)); err != nil {
		t.Fatal(err)
	}
	advance(t, l)
	for range 2 {
		x, err := l.ReplayDeadLetter(ctx, "1.0", json.RawMessage(`{"event":"Points Earned","userId":"ana","properties":{"amount":5}}`))
		if err != nil {
			t.Fatal(err)
		}
		reopenLetter(t, l, x.ID)
	}
	advance(t, l)
	if n, err := l.Count(ctx, api.Question{Text: "sum(points.amount) = 5"}); err != nil || n.Count != 1 {
		t.Errorf("%+v %v", n, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReplayedAcrossRestarts sends ids three times, shuffled, over five starts of
// a folder whose clock goes on: each counts once, in the warehouse and live.
// KITH_REPLAYED says how many ids.
func TestReplayedAcrossRestarts(t *testing.T) {
	t.Parallel()
	n := followEnv(t, "KITH_REPLAYED", 2000)
	const starts, each, batch = 5, 40, 500
	customers := n / each
	r := rand.New(rand.NewPCG(4, 4))
	sent := make([]int, 0, 3*n)
	for i := range 3 * n {
		sent = append(sent, i%n)
	}
	r.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	f := newFollowed(t.Context(), t.TempDir(), "currency: RON\ntimezone: UTC\n")
	defer func() {
		if r := recover(); r != nil {
			t.Fatal(r)
		}
	}()
	now := eventtest.Begin
	f.set(now)
	f.turn("serve")
	f.do(deed{do: "save", id: "once", text: fmt.Sprintf("count(product_viewed) = %d", each)})
	for i := 0; i < len(sent); i += batch {
		if i > 0 && i/batch%(len(sent)/batch/starts) == 0 {
			f.turn("close")
			f.turn("serve")
		}
		now = now.Add(6 * 24 * time.Hour / time.Duration(len(sent)/batch))
		f.set(now)
		var b commerce.EventBatch
		for _, id := range sent[i:min(len(sent), i+batch)] {
			b.Events = append(b.Events, commerce.Event{
				At: eventtest.Begin, Type: "track", Name: "Product Viewed", CustomerID: fmt.Sprint("c", id%customers), MessageID: fmt.Sprint("m", id),
			})
		}
		appendEvents(t, f.l, b)
	}
	f.settle()
	f.look(false)
	for _, wrong := range f.wrong {
		t.Error(wrong)
	}
	if got := f.keeper.Sizes()["once"]; got != int64(customers) {
		t.Errorf("%d customers saw each product once, want %d", got, customers)
	}
	if list := letters(t, f.l); list != "" {
		t.Errorf("dead letters:\n%s", list)
	}
	f.turn("close")
}
