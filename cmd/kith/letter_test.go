package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
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
