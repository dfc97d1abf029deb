package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"kith/internal/commerce"
	"kith/internal/upload"
)

type store struct {
	*upload.Store
	dir  string
	mu   sync.Mutex
	free uint64
	now  time.Time
}

func open(t *testing.T, change func(*upload.Config)) *store {
	t.Helper()
	s := &store{dir: filepath.Join(t.TempDir(), "uploads"), free: 1 << 40, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	config := upload.Config{
		Dir: s.dir, Now: func() time.Time { return s.now },
		Free: func() (uint64, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.free, nil },
	}
	if change != nil {
		change(&config)
	}
	var err error
	if s.Store, err = upload.Open(config); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *store) files(t *testing.T) []os.DirEntry {
	t.Helper()
	list, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s *store) put(t *testing.T, name, content string) upload.Upload {
	t.Helper()
	u, err := s.Put(t.Context(), name, int64(len(content)), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestNamesAreShownOnly(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	for given, want := range map[string]string{
		"orders.csv": "orders.csv", "../../etc/passwd": "passwd", `C:\Users\ana\orders.csv`: "orders.csv", "": "upload", "..": "upload", "/": "upload",
		"a\x00b\nc\x1b[31m\u202e.csv": "abc[31m.csv", "comenzi țâ 서.csv": "comenzi țâ 서.csv", strings.Repeat("é", 500): strings.Repeat("é", 120),
		"\xff\xfe.csv": "csv",
	} {
		if u := s.put(t, given, "x"); u.Name != want || !strings.HasPrefix(u.ID, "up_") {
			t.Errorf("%q became %+v, want %q", given, u, want)
		}
	}
	for _, f := range s.files(t) {
		if info, _ := f.Info(); !strings.HasPrefix(f.Name(), "up_") || info.Mode().Perm() != 0o600 {
			t.Errorf("on the disk it is %s, %v", f.Name(), info.Mode())
		}
	}
}

// TestNothingStaysOfWhatIsNotWhole whatever ended it.
func TestNothingStaysOfWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		ctx  context.Context
		size int64
		from io.Reader
		code commerce.Code
	}{
		"cut off":        {t.Context(), 10, io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrUnexpectedEOF)), commerce.CodeInvalid},
		"gone":           {gone, 3, strings.NewReader("abc"), commerce.CodeNone},
		"empty":          {t.Context(), 0, strings.NewReader(""), commerce.CodeInvalid},
		"said too large": {t.Context(), 1 << 30, strings.NewReader("abc"), commerce.CodeInvalid},
		"too large":      {t.Context(), -1, bytes.NewReader(make([]byte, 1_000_001)), commerce.CodeInvalid},
		"no room":        {t.Context(), -1, iotest.ErrReader(&os.PathError{Op: "write", Err: syscall.ENOSPC}), commerce.CodeFull},
	} {
		s := open(t, func(c *upload.Config) { c.MaxBytes = 1_000_000 })
		_, err := s.Put(tc.ctx, "a.csv", tc.size, tc.from)
		if err == nil || commerce.CodeOf(err) != tc.code || len(s.files(t)) != 0 {
			t.Errorf("%s: %v, %d files left", name, err, len(s.files(t)))
		}
	}
	s := open(t, func(c *upload.Config) { c.MaxBytes = 1_000_000 })
	if u := s.put(t, "a", string(make([]byte, 1_000_000))); u.Bytes != 1_000_000 {
		t.Errorf("as large as may be: %+v", u)
	}
}

// filling takes room on the disk as it is read.
type filling struct {
	s    *store
	left int64
}

func (f *filling) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), f.left)
	f.left -= n
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	f.s.free -= uint64(n)
	return int(n), nil
}

func TestTheDiskKeepsItsReserve(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.free = 1<<30 + 40<<20
	if _, err := s.Put(t.Context(), "a", 50<<20, strings.NewReader("x")); commerce.CodeOf(err) != commerce.CodeFull {
		t.Errorf("what says it is too large: %v", err)
	}
	f := &filling{s, 100 << 20}
	_, err := s.Put(t.Context(), "a", -1, f)
	if commerce.CodeOf(err) != commerce.CodeFull || len(s.files(t)) != 0 || f.left < 40<<20 {
		t.Errorf("what grows: %v, %d files, %d not read", err, len(s.files(t)), f.left)
	}
}

func TestUploadsAreUsed(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	a, b := s.put(t, "a.csv", "A"), s.put(t, "b.csv", "B")
	files, looked, err := s.Use([]string{a.ID})
	if err != nil || files[0].Name != "a.csv" {
		t.Fatal(files, err)
	}
	claimed, _, err := s.Claim([]string{b.ID, a.ID})
	if err != nil || len(claimed) != 2 || claimed[0].Name != "b.csv" {
		t.Fatal(claimed, err)
	}
	if content, err := os.ReadFile(claimed[1].Path); err != nil || string(content) != "A" {
		t.Error(string(content), err)
	}
	looked()
	s.Release([]string{a.ID, b.ID, "up_none"})
	_, done, err := s.Claim([]string{b.ID, a.ID})
	if err != nil {
		t.Fatal("after a release:", err)
	}
	for name, err := range map[string]error{
		"used twice":    second(s.Use([]string{a.ID})),
		"deleted":       s.Delete(a.ID),
		"claimed twice": third(s.Claim([]string{b.ID})),
	} {
		if commerce.CodeOf(err) != commerce.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(done(), done()); err != nil || len(s.files(t)) != 0 {
		t.Errorf("%v, %d files", err, len(s.files(t)))
	}
	c := s.put(t, "c", "C")
	for _, ids := range [][]string{{a.ID}, {"../x"}, {""}} {
		if _, _, err := s.Use(ids); commerce.CodeOf(err) != commerce.CodeNotFound {
			t.Errorf("%q: %v", ids, err)
		}
	}
	if _, _, err := s.Claim([]string{c.ID, c.ID}); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("twice: %v", err)
	}
	if err := s.Delete(c.ID); err != nil || len(s.files(t)) != 0 {
		t.Error(err)
	}
}

func second[A, B any](_ A, _ B, err error) error { return err }
func third[A, B any](_ A, _ B, err error) error  { return err }

func TestUploadsGo(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	old, busy := s.put(t, "old", "x"), s.put(t, "busy", "x")
	_, done, err := s.Claim([]string{busy.ID})
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(24*time.Hour - time.Second)
	s.Sweep()
	if len(s.files(t)) != 2 {
		t.Error("it went too early")
	}
	s.now = s.now.Add(time.Second)
	if _, _, err := s.Use([]string{old.ID}); commerce.CodeOf(err) != commerce.CodeNotFound || len(s.files(t)) != 1 {
		t.Errorf("after a day: %v", err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
	s.put(t, "x", "x")
	if _, err := upload.Open(upload.Config{Dir: s.dir, Now: time.Now, Free: func() (uint64, error) { return 0, nil }}); err != nil || len(s.files(t)) != 0 {
		t.Errorf("opened again: %v, %d files", err, len(s.files(t)))
	}
}

func TestSoManyUploads(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *upload.Config) { c.MaxCount = 3 })
	var all sync.WaitGroup
	errs := make(chan error, 20)
	for range 20 {
		all.Go(func() {
			_, err := s.Put(t.Context(), "a", 1, strings.NewReader("x"))
			errs <- err
		})
	}
	all.Wait()
	taken := 0
	for range 20 {
		if err := <-errs; err == nil {
			taken++
		} else if commerce.CodeOf(err) != commerce.CodeConflict {
			t.Error(err)
		}
	}
	if taken != 3 || len(s.files(t)) != 3 {
		t.Errorf("%d were taken, %d are there", taken, len(s.files(t)))
	}
}
