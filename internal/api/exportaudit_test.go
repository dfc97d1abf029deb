package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"kith/internal/api"
	"kith/internal/audit"
	"kith/internal/segment"
	"kith/internal/segment/export"
)

// exports is a list of five, which fails behind so many of them.
type exports struct {
	api.Exports
	failsBehind int // 0: not
}

func (x *exports) Export(_ context.Context, _ segment.Question, _ time.Time, _ export.Format, begin func(export.Summary) error, yield func(*export.Member) error) error {
	if err := begin(export.Summary{Members: 7, Included: 5}); err != nil {
		return err
	}
	for i := range 5 {
		if x.failsBehind > 0 && i == x.failsBehind {
			return errors.New("the disk is gone")
		}
		if err := yield(&export.Member{ID: fmt.Sprint("c-", i)}); err != nil {
			return err
		}
	}
	return nil
}

// TestAnExportIsRecorded before its first row, and with how many came of it,
// whatever becomes of it. No customer is named.
func TestAnExportIsRecorded(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.unkept = true // no log is read
	ctx := audit.WithActor(t.Context(), "editor@example.com")
	begin := func(api.ExportSummary) error { return nil }
	if err := s.ExportSegment(ctx, api.ExportQuestion{Text: "@all"}, begin, io.Discard); err != nil {
		t.Fatal(err)
	}
	s.lists.failsBehind = 2
	if err := s.ExportSegment(ctx, api.ExportQuestion{Text: `traits.note = "ana.pop@example.com"`, For: "ads"}, begin, io.Discard); err == nil {
		t.Fatal("nothing failed")
	}
	want := []string{
		"export.end traits.note = \"a***@***.com\": for ads meta: 2 written, then it broke off",
		"export.begin traits.note = \"a***@***.com\": for ads meta: 5 of 7 members",
		"export.end @all: for list: 5 written",
		"export.begin @all: for list: 5 of 7 members",
	}
	var got []string
	for _, e := range ask(t, s.Server, byToken, "GET", "/v1/audit?action=export", "", 200)["entries"].([]any) {
		e := e.(map[string]any)
		got = append(got, fmt.Sprintf("%v %v: %v", e["action"], e["object"], e["detail"]))
		if e["actor"] != "editor@example.com" {
			t.Errorf("by %v", e["actor"])
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("recorded:\n%s", strings.Join(got, "\n"))
	}
}
