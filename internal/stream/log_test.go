package stream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/stream"
)

func open(t testing.TB, dir string) *stream.Log {
	t.Helper()
	l, err := stream.Open(t.Context(), stream.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func entry(name string) commerce.Entry {
	body, _ := json.Marshal(map[string]string{"name": name})
	return commerce.Entry{Type: commerce.ImportEntry, At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Body: body}
}

func appendAll(t testing.TB, l *stream.Log, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := l.Append(t.Context(), entry(name)); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns the bodies and the damages from a number on.
func read(t testing.TB, l *stream.Log, from uint64) (names []string, damages []stream.DamageError) {
	t.Helper()
	for e, err := range l.Read(t.Context(), from) {
		var damage *stream.DamageError
		switch {
		case errors.As(err, &damage):
			damages = append(damages, *damage)
		case err != nil:
			t.Fatal(err)
		default:
			var body struct{ Name string }
			if err := json.Unmarshal(e.Body, &body); err != nil {
				t.Fatal(err)
			}
			names = append(names, fmt.Sprintf("%d %s", e.Seq, body.Name))
		}
	}
	return names, damages
}

func TestAppendedEntriesAreThereAfterReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	if l.LastSeq() != 0 {
		t.Fatalf("LastSeq of an empty log = %d", l.LastSeq())
	}
	appendAll(t, l, "a", "b", "c")
	l.Close()

	l = open(t, dir)
	if l.LastSeq() != 3 {
		t.Errorf("LastSeq = %d, want 3", l.LastSeq())
	}
	appendAll(t, l, "d")
	names, damages := read(t, l, 2)
	if got, want := fmt.Sprint(names), "[2 b 3 c 4 d]"; got != want || damages != nil {
		t.Errorf("Read = %s, %v; want %s", got, damages, want)
	}
	for e, err := range l.Read(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Type != commerce.ImportEntry || !e.At.Equal(entry("").At) {
			t.Errorf("entry came back as %+v", e)
		}
	}
}

func TestAppendRefusesAnotherNumber(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	e := entry("a")
	e.Seq = 2
	if _, err := l.Append(t.Context(), e); err == nil {
		t.Error("entry 2 was taken by an empty log")
	}
	e.Seq = 1
	if _, err := l.Append(t.Context(), e); err != nil {
		t.Error(err)
	}
}

func TestConcurrentAppendsGetTheirOwnNumbers(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	const writers, each = 8, 10
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[uint64]bool{}
	for range writers {
		group.Go(func() {
			for range each {
				seq, err := l.Append(t.Context(), entry("x"))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[seq] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(seen) != writers*each || l.LastSeq() != writers*each {
		t.Errorf("%d numbers, LastSeq %d, want %d", len(seen), l.LastSeq(), writers*each)
	}
}

func TestPurgeKeepsTheNumbers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	appendAll(t, l, "a", "b", "c")
	if err := l.PurgeTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if names, damages := read(t, l, 1); fmt.Sprint(names) != "[3 c]" || damages != nil {
		t.Errorf("after the purge: %v, %v", names, damages)
	}
	if err := l.PurgeTo(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l = open(t, dir)
	appendAll(t, l, "d")
	if names, _ := read(t, l, 1); fmt.Sprint(names) != "[4 d]" {
		t.Errorf("after a purge of everything: %v", names)
	}
}

// flip changes one byte behind the first occurrence of a text in the file store.
func flip(t *testing.T, dir, text string) {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "msgs", "*.blk"))
	if err != nil || len(blocks) != 1 {
		t.Fatalf("block files: %v, %v", blocks, err)
	}
	block, err := os.ReadFile(blocks[0])
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(block, []byte(text))
	if i < 0 {
		t.Fatalf("%q is not in the log", text)
	}
	block[i] ^= 0x20
	if err := os.WriteFile(blocks[0], block, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsReportedWithItsRange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	appendAll(t, l, "apple", "berry", "cherry", "damson", "elder", "fig")
	l.Close()
	for _, text := range []string{"berry", "cherry", "fig"} {
		flip(t, dir, text)
	}
	l = open(t, dir)
	names, damages := read(t, l, 1)
	if got, want := fmt.Sprint(names), "[1 apple 4 damson 5 elder]"; got != want {
		t.Errorf("names = %s, want %s", got, want)
	}
	if len(damages) != 2 || damages[0].From != 2 || damages[0].To != 3 || damages[1].From != 6 || damages[1].To != 6 {
		t.Errorf("damages = %+v, want 2 to 3 and 6", damages)
	}
}

func TestFullLogRefusesAndKeeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := stream.Open(t.Context(), stream.Config{Dir: dir, MaxBytes: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n := 0
	for ; n < 100; n++ {
		if _, err = l.Append(t.Context(), entry("x")); err != nil {
			break
		}
	}
	if !errors.Is(err, stream.ErrFull) || commerce.CodeOf(err) != commerce.CodeFull {
		t.Fatalf("after %d entries: %v, want ErrFull", n, err)
	}
	if names, damages := read(t, l, 1); len(names) != n || damages != nil {
		t.Errorf("%d entries of %d, %v", len(names), n, damages)
	}
	// Making room is enough; the log need not be opened again.
	if err := l.PurgeTo(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if seq, err := l.Append(t.Context(), entry("y")); err != nil || seq != uint64(n)+1 {
		t.Errorf("Append after the purge = %d, %v", seq, err)
	}
}

func TestAClosedLogIsNotADamagedOne(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	appendAll(t, l, "a", "b", "c")
	n := 0
	for _, err := range l.Read(t.Context(), 1) {
		var damage *stream.DamageError
		switch n++; {
		case n == 1:
			l.Close()
		case err == nil || errors.As(err, &damage):
			t.Errorf("reading a closed log: %v", err)
		}
	}
	if n != 2 {
		t.Errorf("%d answers, want an entry and an error", n)
	}
}

func TestTheLargestEntry(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	e := entry("a")
	e.Body = bytes.Repeat([]byte("x"), 9<<20)
	if _, err := l.Append(t.Context(), e); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("Append of 9 MB = %v", err)
	}
	e.Body = e.Body[:8<<20-64]
	if seq, err := l.Append(t.Context(), e); seq != 1 || err != nil {
		t.Fatalf("Append = %d, %v", seq, err)
	}
	for got, err := range l.Read(t.Context(), 1) {
		if err != nil || !bytes.Equal(got.Body, e.Body) {
			t.Errorf("read %d bytes, %v", len(got.Body), err)
		}
	}
}

// More is appended than stays in memory; what is read is the same from there
// and from the disk, while more is appended and the first entries go.
func TestReadIsTheSameFromMemoryAndFromTheDisk(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	const entries = 60
	body := func(seq uint64) []byte { return bytes.Repeat(fmt.Appendf(nil, "%09d ", seq), 1<<16) } // 640 KB
	var group sync.WaitGroup
	group.Go(func() {
		for range entries {
			e := entry("")
			e.Body = body(l.LastSeq() + 1)
			if _, err := l.Append(t.Context(), e); err != nil {
				t.Error(err)
				return
			}
			clear(e.Body) // it is the caller's
		}
	})
	follow := func() {
		for next := uint64(1); next <= entries && !t.Failed(); {
			for e, err := range l.Read(t.Context(), next) {
				if err != nil || e.Seq != next || !e.At.Equal(entry("").At) || !bytes.Equal(e.Body, body(next)) {
					t.Errorf("entry %d came back as %d of %s with %.20q and %d bytes, %v", next, e.Seq, e.At, e.Body, len(e.Body), err)
					return
				}
				next++
			}
		}
	}
	group.Go(follow)
	group.Wait()
	follow() // from the first one on, which is in memory no more
	if err := l.PurgeTo(t.Context(), entries-2); err != nil {
		t.Fatal(err)
	}
	for e, err := range l.Read(t.Context(), 1) {
		if err != nil || e.Seq <= entries-2 {
			t.Errorf("after the purge: entry %d, %v", e.Seq, err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	l := open(b, dir)
	for range 1000 {
		appendAll(b, l, "x")
	}
	l.Close()
	for b.Loop() {
		l, err := stream.Open(b.Context(), stream.Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		l.Close()
	}
}
