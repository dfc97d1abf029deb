package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
)

// watched hands on each line that is printed.
type watched chan api.Transition

func (w watched) Write(b []byte) (int, error) {
	var t api.Transition
	err := json.Unmarshal(b, &t)
	w <- t
	return len(b), err
}

// watch begins to watch through the server on a folder, and returns what ends
// it and gives its status and standard error.
func watch(t *testing.T, dir string, lines watched, args ...string) (end func(interrupt bool) (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		ended <- run(ctx, append([]string{"segment", "watch", "--json", "--data", dir}, args...), nil, lines, &stderr)
	}()
	return func(interrupt bool) (int, string) {
		defer cancel()
		if interrupt {
			cancel()
		}
		status := <-ended
		return status, stderr.String()
	}
}

// TestAWatchGoesOn in the middle of what was recorded at once, with what the
// command said when the server ended.
func TestAWatchGoesOn(t *testing.T) {
	t.Parallel()
	const people = 2500
	dir := filepath.Join(t.TempDir(), "shop")
	var file strings.Builder
	file.WriteString("order_id,customer_id,at,total\n")
	for i := range people {
		fmt.Fprintf(&file, "o%d,c%d,2026-03-01,5\n", i, i)
	}
	name := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(name, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	kith(t, dir, "init")
	_, stop := serveInTest(t, dir)
	kith(t, dir, "segment", "save", "big", "has order")
	kith(t, dir, "segment", "history", "big") // it is kept from then on, and what holds already is no transition
	kith(t, dir, "import", "orders", name)

	lines := make(watched, people)
	end := watch(t, dir, lines, "big", "--after", "0")
	var ids []string
	for range people {
		select {
		case x := <-lines:
			ids = append(ids, x.ID)
		case <-time.After(time.Minute):
			t.Fatalf("only %d of %d came", len(ids), people)
		}
	}
	stop()
	status, said := end(false)
	if want := "go on with --after " + ids[people-1] + "\n"; status != 1 || !strings.HasSuffix(said, want) {
		t.Errorf("status %d: %s; want %s", status, said, want)
	}
	if number, _, _ := strings.Cut(ids[0], "-"); !strings.HasPrefix(ids[people-1], number+"-") {
		t.Fatalf("it was no sweep: from %s to %s", ids[0], ids[people-1])
	}

	_, stop = serveInTest(t, dir)
	defer stop()
	end = watch(t, dir, lines, "big", "--after", ids[998])
	got := slices.Clone(ids[:999])
	for range people - 999 {
		select {
		case x := <-lines:
			got = append(got, x.ID)
		case <-time.After(time.Minute):
			t.Fatalf("after %s only %d of %d came", ids[998], len(got)-999, people-999)
		}
	}
	if status, said := end(true); status != 0 || said != "" || !slices.Equal(got, ids) {
		t.Errorf("status %d: %s; after %s the first is %s, and was %s", status, said, ids[998], got[999], ids[999])
	}
}

// ending is a shop whose server ends.
type ending struct {
	api.Shop
	from string
	seen []string
}

func (e ending) WatchSegment(_ context.Context, _ api.WatchQuestion, begun func(string), yield func(api.Transition) error) error {
	if e.from != "" {
		begun(e.from)
	}
	for _, id := range e.seen {
		if err := yield(api.Transition{ID: id}); err != nil {
			return err
		}
	}
	return errors.Join(api.ErrEnded, errors.New("connection reset"))
}

func TestAWatchSaysWhereToGoOn(t *testing.T) {
	t.Parallel()
	for want, shop := range map[string]ending{
		"--after 17":            {from: "17"},
		"--after 18-4":          {from: "17", seen: []string{"18-3", "18-4"}},
		"the server ended\ncon": {},
	} {
		var out bytes.Buffer
		p := &program{stdout: &out, stderr: &out}
		if err := p.watch(t.Context(), shop, api.WatchQuestion{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestWhatOthersWroteIsEscaped where people read it.
func TestWhatOthersWroteIsEscaped(t *testing.T) {
	t.Parallel()
	const evil, shown = "message a\nb\x1b[31m\u202ec\u2028țâ서", `message a\nb\x1b[31m\u202ec\u2028țâ서`
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	x := api.Transition{ID: "1-1", At: at, Segment: "all", Customer: "ana", Change: "entered", Cause: "event", Fact: evil}
	leaf := &api.Explained{Text: "x", Values: []api.ExplainedValue{{Text: "y", Value: new(evil)}}, Count: 1, Facts: []api.ExplainedFact{
		{At: at, Kind: "message", ID: evil, Fields: map[string]string{"subject": evil}},
	}}
	for name, print := range map[string]func(p *program){
		"history": func(p *program) { p.printHistory(api.History{Segment: "all", Transitions: []api.Transition{x}}) },
		"watch": func(p *program) {
			if err := p.printTransition(x); err != nil {
				t.Error(err)
			}
		},
		"explain": func(p *program) { showExplanation(p.stdout, api.Explanation{Customer: evil, Tree: leaf}) },
	} {
		var out bytes.Buffer
		print(&program{stdout: &out})
		if text := out.String(); strings.ContainsAny(text, "\x1b\u202e\u2028") || strings.Contains(text, "a\nb") || !strings.Contains(text, shown) {
			t.Errorf("%s: %q", name, text)
		}
	}
}
