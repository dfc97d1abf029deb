package segment_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment"
)

func TestCompileTree(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "ro", `country = "RO"`)
	q, err := b.CompileTree(t.Context(), []byte(`{"kind":"and","parts":[{"kind":"in_segment","segment":"ro"},{"kind":"has","facts":{"event":"quiz"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if q.Text != `in segment "ro" and has quiz` || q.ID != "" {
		t.Errorf("made %q of the tree", q.Text)
	}
	if got := q.References(); !slices.Equal(got, []string{"ro"}) {
		t.Errorf("references %v", got)
	}
	if got := q.WarningPaths(); !slices.Equal(got, []string{"/parts/1/facts"}) {
		t.Errorf("warnings %v at %v", q.Checked.Warnings, got)
	}
	for _, x := range []struct {
		tree, text string
		paths      []string
		message    string
	}{
		{`{"kind":"not"}`, "", []string{"/x"}, "/x: expected an object"},
		{`nonsense`, "", []string{""}, "invalid character 'o' in literal null (expecting 'u')"},
		{`{"kind":"or","parts":[{"kind":"in_segment","segment":"r"},{"kind":"has","facts":{"fact":"order"}}]}`, `in segment "r" or has order`, []string{"/parts/0/segment"}, `1:12: unknown segment "r": did you mean "ro"?`},
	} {
		_, err := b.CompileTree(t.Context(), []byte(x.tree))
		wantError(t, err, commerce.CodeInvalid, x.message)
		text, ok := errors.AsType[*segment.TextError](err)
		if !ok || text.Text != x.text || !slices.Equal(text.Paths, x.paths) {
			t.Errorf("%s: %+v", x.tree, text)
		}
	}
}

func TestPlanSave(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "ro", `country = "RO"`)
	save(t, b, "ro-buyers", `in segment "ro" and has order`)
	save(t, b, "good", `in segment "ro-buyers" and in segment "loyal-customers"`)
	for _, x := range []struct{ id, name, text, want string }{
		{"new", "New", "has order", "created new \"\" to \"has order\" name \"\" to \"New\"\n"},
		{"ro", "", ` country   = "RO"`, "unchanged ro same\n"},
		{"ro", "Romania", `country = "RO"`, "renamed ro name \"\" to \"Romania\" same\n"},
		{"ro", "", `country = "MD"`, "changed ro \"country = \\\"RO\\\"\" to \"country = \\\"MD\\\"\" used by [ro-buyers good]\n" +
			"affected good through [ro]\naffected ro-buyers through [ro]\n"},
		{"loyal-customers", "", "count(order) >= 9", "changed loyal-customers \"count(order) in last 12 months >= 4 and days(order) in last 12 months >= 3 and has order in last 90 days\"" +
			" to \"count(order) >= 9\" used by [good]\naffected good through [loyal-customers]\n"},
		{"gift-buyers-2", "", "@recent-buyers", "created gift-buyers-2 \"\" to \"has order in last 30 days\"\n"},
	} {
		p, err := b.PlanSave(t.Context(), x.id, x.name, x.text)
		if err != nil {
			t.Errorf("%s: %v", x.id, err)
			continue
		}
		if diff := cmp.Diff(x.want, steps(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.id, diff)
		}
		for _, s := range p.Affected {
			if s.Pair.Before == s.Pair.After {
				t.Errorf("%s is affected and compared with itself", s.ID)
			}
		}
	}
	_, err := b.PlanSave(t.Context(), "ro", "", `in segment "good"`)
	wantError(t, err, commerce.CodeInvalid, "a ring of references")
	_, err = b.PlanSave(t.Context(), "RO", "", "everyone")
	wantError(t, err, commerce.CodeInvalid, "not a segment id")
	_, err = b.PlanSave(t.Context(), "ro", "", "@nothing")
	wantError(t, err, commerce.CodeInvalid, "there is no segment")
	if s, err := b.Get(t.Context(), "ro"); err != nil || s.Text != `country = "RO"` {
		t.Errorf("planning changed it to %q, %v", s.Text, err)
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	save(t, b, "a", `country = "RO"`)
	save(t, b, "b", `in segment "a" and entered segment "recent-buyers" today and not in segment "a"`)
	all, err := b.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	uses, usedBy := segment.Uses(all)
	if !slices.Equal(uses["b"], []string{"a", "recent-buyers"}) || uses["a"] != nil || !slices.Equal(usedBy["a"], []string{"b"}) || !slices.Equal(usedBy["recent-buyers"], []string{"b"}) {
		t.Errorf("uses %v, used by %v", uses, usedBy)
	}
}
