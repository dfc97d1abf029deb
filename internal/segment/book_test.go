package segment_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/opsdb"
	"kith/internal/segment"
)

// newBook is a Book over a real store whose log is a counter.
func newBook(t *testing.T) *segment.Book {
	t.Helper()
	db, err := opsdb.Open(t.Context(), filepath.Join(t.TempDir(), "ops.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	seq := uint64(0)
	book, err := segment.NewBook(segment.Config{
		Store: db,
		Record: func(ctx context.Context, changes segment.Changes) error {
			seq++
			body, err := json.Marshal(changes)
			return errors.Join(err, db.Apply(ctx, commerce.Entry{Seq: seq, Type: commerce.SegmentEntry, At: time.Unix(int64(seq), 0), Body: body}))
		},
		Events:   func(context.Context) ([]string, error) { return []string{"product_viewed"}, nil },
		Language: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func save(t *testing.T, b *segment.Book, id, text string) segment.Segment {
	t.Helper()
	s, err := b.Save(t.Context(), id, "", text)
	if err != nil {
		t.Fatalf("saving %s: %v", id, err)
	}
	return s
}

func wantError(t *testing.T, err error, code commerce.Code, part string) {
	t.Helper()
	if err == nil || commerce.CodeOf(err) != code || !strings.Contains(err.Error(), part) {
		t.Errorf("got %v (%s), want %q (%s)", err, commerce.CodeOf(err), part, code)
	}
}

func TestSaveKeepsTheCanonicalForm(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	s := save(t, b, "vip", " HAS order   in last 30 days # often\n")
	if s.Text != "has order in last 30 days" || s.Preset != nil {
		t.Errorf("saved as %+v", s)
	}
	if _, err := b.Save(t.Context(), "vip", "Our best", "count(order) >= 2"); err != nil {
		t.Fatal(err)
	}
	s = save(t, b, "vip", "count(order) >= 3")
	if s.Name != "Our best" || s.Text != "count(order) >= 3" || !s.CreatedAt.Before(s.UpdatedAt) {
		t.Errorf("saved again as %+v", s)
	}
	q, err := b.Compile(t.Context(), "@vip")
	if err != nil || !q.Saved() || q.Text != "count(order) >= 3" {
		t.Errorf("Compile(@vip) = %+v, %v", q, err)
	}
	q, err = b.Compile(t.Context(), `in segment "vip" and in segment "champions"`)
	if err != nil || q.Saved() {
		t.Errorf("Compile = %+v, %v", q, err)
	}
}

func TestSaveRefuses(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "a", "everyone")
	save(t, b, "b", `in segment "a"`)
	for _, tc := range []struct{ id, name, text, want string }{
		{"Ünusual", "", "everyone", "not a segment id"},
		{"", "", "everyone", "not a segment id"},
		{"-a", "", "everyone", "not a segment id"},
		{strings.Repeat("a", 65), "", "everyone", "not a segment id"},
		{"c", "two\nlines", "everyone", "one line"},
		{"c", "", "sum(order.totl) > 1", "1:11"},
		{"c", "", "@nothing", `no segment "nothing"`},
		{"c", "", "@category-fans", "is a template"},
		{"a", "", `in segment "b"`, "1:1"},
		{"c", "", `in segment "c"`, "1:1"},
	} {
		_, err := b.Save(t.Context(), tc.id, tc.name, tc.text)
		wantError(t, err, commerce.CodeInvalid, tc.want)
	}
}

func TestDeleteNamesWhoUsesIt(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "a", "everyone")
	save(t, b, "b", `has order and not in segment "a"`)
	save(t, b, "c", `entered segment "a" in last 7 days`)
	save(t, b, "d", `no order or in segment "c"`)
	save(t, b, "men", `gender = "male" and in segment "a"`) // a preset
	_, err := b.Delete(t.Context(), "a")
	wantError(t, err, commerce.CodeConflict, `"a" is used by b, c, men (and through them by d); first change`)
	if got, err := b.Delete(t.Context(), "men"); got != segment.Restored || err != nil {
		t.Errorf("Delete(men) = %s, %v", got, err)
	}
	for _, id := range []string{"d", "c", "b", "a"} {
		if got, err := b.Delete(t.Context(), id); got != segment.Deleted || err != nil {
			t.Errorf("Delete(%s) = %s, %v", id, got, err)
		}
	}
	_, err = b.Delete(t.Context(), "a")
	wantError(t, err, commerce.CodeNotFound, `no segment "a"`)
	_, err = b.Compile(t.Context(), "@a")
	wantError(t, err, commerce.CodeInvalid, `no segment "a"`)
}

func TestPresetsAreSavedSegmentsThatNobodyHadToSave(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	get := func() segment.Segment {
		t.Helper()
		s, err := b.Get(t.Context(), "repeat-buyers")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := get(); s.Text != "count(order) >= 2" || s.Name != "Repeat buyers" || s.Preset == nil || s.Changed || s.Hidden {
		t.Errorf("as shipped: %+v", s)
	}
	if q, err := b.Compile(t.Context(), "@repeat-buyers"); err != nil || !q.Saved() {
		t.Errorf("Compile = %+v, %v", q, err)
	}
	save(t, b, "repeat-buyers", "count(order) >= 3")
	if s := get(); s.Text != "count(order) >= 3" || !s.Changed {
		t.Errorf("changed: %+v", s)
	}
	for _, want := range []segment.Deletion{segment.Restored, segment.Hidden} {
		if got, err := b.Delete(t.Context(), "repeat-buyers"); got != want || err != nil {
			t.Errorf("Delete = %s, %v; want %s", got, err, want)
		}
	}
	if s := get(); s.Text != "count(order) >= 2" || s.Changed || !s.Hidden {
		t.Errorf("hidden: %+v", s)
	}
	if s := save(t, b, "repeat-buyers", "@repeat-buyers"); s.Hidden || s.Changed {
		t.Errorf("shown again: %+v", s)
	}
}

func TestListHasOwnSegmentsFirst(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "zebra", "everyone")
	save(t, b, "ant", "@champions")
	all, err := b.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 55 || all[0].ID != "ant" || all[1].ID != "zebra" || all[2].ID != "recent-buyers" {
		t.Errorf("%d segments, first %s, %s, %s", len(all), all[0].ID, all[1].ID, all[2].ID)
	}
	compiled, err := b.CompileAll(t.Context(), all)
	if err != nil || len(compiled) != 53 {
		t.Errorf("%d compiled, %v; want all but two templates", len(compiled), err)
	}
}

func TestTextErrorPoints(t *testing.T) {
	t.Parallel()
	_, err := newBook(t).Compile(t.Context(), "sum(order.totl) > 100 and x = 1")
	var text *segment.TextError
	if !errors.As(err, &text) || len(text.Problems) != 2 || !strings.Contains(text.Pointed(), "^^^^") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "and 1 more") {
		t.Errorf("the error is not one line that says there is more: %q", err)
	}
}
