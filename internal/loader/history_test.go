package loader_test

import (
	"errors"
	"testing"

	"kith/internal/commerce"
	"kith/internal/loader"
)

func TestImportsAreRemembered(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	first := request("a.csv")
	first.Job, first.Names = "im_a", []string{"shown.csv"}
	for _, r := range []loader.Request{first, request("b.csv")} {
		if _, _, err := s.Import(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := s.Append(t.Context(), commerce.RunEntry, loader.Run{}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(after uint64) (found []loader.Imported) {
		t.Helper()
		err := s.Imports(t.Context(), after, func(i loader.Imported) error {
			found = append(found, i)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	all := list(0)
	if len(all) != 2 || all[0].Seq != 1 || all[0].Job != "im_a" || all[0].Sources[0] != "shown.csv" || all[0].Outcome.Orders != 3 ||
		all[1].Seq != 3 || all[1].Job != "" || all[1].Sources[0] != "b.csv" || len(all[1].Files) != 1 {
		t.Errorf("%+v", all)
	}
	if rest := list(1); len(rest) != 1 || rest[0].Seq != 3 {
		t.Errorf("%+v", rest)
	}
	if rest := list(3); len(rest) != 0 {
		t.Errorf("%+v", rest)
	}
	enough := errors.New("enough")
	if err := s.Imports(t.Context(), 0, func(loader.Imported) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}

	at, err := s.Latest(t.Context(), commerce.ImportEntry)
	if err != nil || !at.Equal(all[1].At) {
		t.Errorf("the latest import: %s, %v; want %s", at, err, all[1].At)
	}
	if at, err := s.Latest(t.Context(), commerce.EventsEntry); err != nil || !at.IsZero() {
		t.Errorf("the latest events: %s, %v", at, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, w, nil)
	if again, err := s.Latest(t.Context(), commerce.ImportEntry); err != nil || !again.Equal(at) {
		t.Errorf("opened again: %s, %v; want %s", again, err, at)
	}
}

// TestAlone: nothing is imported meanwhile, and the warehouse is made anew.
func TestAlone(t *testing.T) {
	t.Parallel()
	dir, w := t.TempDir(), newWarehouse()
	s := open(t, dir, w, nil)
	if err := s.Append(t.Context(), commerce.RunEntry, loader.Run{}); err != nil {
		t.Fatal(err)
	}
	err := s.Alone(t.Context(), func(remake func() error) error {
		if err := s.Alone(t.Context(), func(func() error) error { return nil }); commerce.CodeOf(err) != commerce.CodeConflict {
			t.Errorf("two at once: %v", err)
		}
		w.loads = nil
		if err := remake(); err != nil {
			return err
		}
		wantLoads(t, w, "1 score 2026-03-01 []")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Import(t.Context(), request("a.csv")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
