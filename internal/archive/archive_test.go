package archive_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"kith/internal/archive"
)

func open(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func stage(t *testing.T, a *archive.Archive, contents ...string) (dir string, files []string) {
	t.Helper()
	dir, err := a.Stage()
	if err != nil {
		t.Fatal(err)
	}
	for i, content := range contents {
		name := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	return dir, files
}

var march = time.Date(2026, 3, 31, 23, 0, 0, 0, time.UTC)

func TestPlacedFilesAreListedInTheLogsOrder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := open(t, root)
	for _, seq := range []uint64{12, 3} {
		dir, files := stage(t, a, "first", "second")
		if _, err := a.Place(seq, march.AddDate(0, int(seq), 0), files); err != nil {
			t.Fatal(err)
		}
		if err := a.Discard(dir); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for _, f := range list {
		got = append(got, f.Seq*10+uint64(f.N))
	}
	if want := []uint64{30, 31, 120, 121}; len(got) != 4 || got[0] != want[0] || got[3] != want[3] {
		t.Errorf("List = %v, want %v", got, want)
	}
	if b, err := os.ReadFile(a.Path(list[1].Name)); err != nil || string(b) != "second" {
		t.Errorf("%s holds %q, %v", list[1].Name, b, err)
	}
	if err := a.RemoveAfter(3); err != nil {
		t.Fatal(err)
	}
	if list, _ := a.List(); len(list) != 2 {
		t.Errorf("after RemoveAfter(3): %v", list)
	}
}

func TestOpenRemovesWhatACrashLeftStaged(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir, _ := stage(t, open(t, root), "half")
	open(t, root)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("staged files are still there: %v", err)
	}
}

func TestPlaceOverwritesNothingAndLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	a := open(t, t.TempDir())
	_, files := stage(t, a, "one")
	names, err := a.Place(1, march, files)
	if err != nil {
		t.Fatal(err)
	}
	_, files = stage(t, a, "other")
	if _, err := a.Place(1, march, files); err == nil {
		t.Error("a file of the archive was overwritten")
	}
	if b, _ := os.ReadFile(a.Path(names[0])); string(b) != "one" {
		t.Errorf("the archive now holds %q", b)
	}
	_, files = stage(t, a, "x")
	if _, err := a.Place(2, march, append(files, filepath.Join(t.TempDir(), "missing"))); err == nil {
		t.Error("a missing file was placed")
	}
	if list, _ := a.List(); len(list) != 1 {
		t.Errorf("a failed Place left files: %v", list)
	}
}

func TestDiscardOnlyTakesStagingDirectories(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := open(t, root)
	if err := a.Discard(filepath.Join(root, "2026-03")); err == nil {
		t.Error("a directory of the archive could be discarded")
	}
}
