package live

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"kith/internal/commerce"
)

// memoryFile is a SpillFile in memory.
type memoryFile struct {
	bytes.Reader

	content []byte
	open    *int
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.content = append(f.content, p...)
	f.Reset(f.content)
	return len(p), nil
}

func (f *memoryFile) Close() error {
	*f.open--
	return nil
}

const windowOfTest = int64(commerce.RepeatWindow / time.Second)

// repeatModel is what repeats must answer, without any bound.
type repeatModel struct {
	clock int64
	taken map[string]int64 // the latest second
}

func (m *repeatModel) arrive(second int64) { m.clock = max(m.clock, second) }

// take says whether an id is a repeat, and takes it if not.
func (m *repeatModel) take(id string) bool {
	if at, ok := m.taken[id]; ok && at > m.clock-windowOfTest {
		return true
	}
	m.taken[id] = m.clock
	return false
}

// TestRepeats sends ids again and again, within the window and after it, and
// begins anew now and then with what the warehouse would remember: each has
// one effect within the window, whether there is room in memory or not.
func TestRepeats(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"in memory": 0, "in files": 900} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				r := rand.New(rand.NewPCG(seed, 5))
				files, spilled := 0, 0
				fresh := func() *repeats {
					x := newRepeats()
					if most > 0 {
						x.most = most
						x.spill = func() (SpillFile, error) {
							files++
							spilled++
							return &memoryFile{open: &files}, nil
						}
					}
					return x
				}
				x, m := fresh(), &repeatModel{taken: map[string]int64{}}
				second, repeated := int64(1_770_000_000), 0
				for i := range 20_000 {
					id := fmt.Sprint("m", r.IntN(6000))
					switch n := r.IntN(1000); {
					case n == 0 && m.taken[id] > 0: // to the end of the window, or just before
						second = max(second, m.taken[id]+windowOfTest-r.Int64N(2))
					case n == 1:
						second += windowOfTest
					case n < 4:
						second -= r.Int64N(3 * daySeconds) // a clock that was wrong
					default:
						second += r.Int64N(400)
					}
					m.arrive(second)
					check(t, x.arrive(second))
					got, err := x.has(id)
					check(t, err)
					want := m.take(id)
					if got != want {
						t.Fatalf("seed %d, event %d: %s is a repeat: %t, want %t", seed, i, id, got, want)
					}
					if got {
						repeated++
					} else {
						check(t, x.add(id, x.clock))
					}
					if most > 0 && x.count() > most {
						t.Fatalf("%d ids in memory", x.count())
					}
					if i%5000 == 4999 { // the process begins anew
						check(t, x.close())
						if files != 0 {
							t.Fatalf("%d files are left open", files)
						}
						x = fresh()
						for id, at := range m.taken {
							if at > m.clock-windowOfTest {
								check(t, x.add(id, at))
							}
						}
						check(t, x.arrive(m.clock))
					}
				}
				if repeated < 1000 || repeated > 19_000 || most > 0 && spilled == 0 {
					t.Errorf("%d repeats, %d files: this tries nothing", repeated, spilled)
				}
				if len(x.tables) > 8 && most == 0 {
					t.Errorf("%d days are remembered", len(x.tables))
				}
			}
		})
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestMillionIDs replays ids three times, shuffled, over five starts: each is
// taken once. KITH_REPEATS says how many; a million take some seconds.
func TestMillionIDs(t *testing.T) {
	t.Parallel()
	n := 50_000
	if text := os.Getenv("KITH_REPEATS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(1, 9))
	sent := make([]int32, 0, 3*n)
	for range 3 {
		for id := range n {
			sent = append(sent, int32(id))
		}
	}
	r.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
	const starts, begin = 5, int64(1_770_000_000)
	taken := make([]int64, n)
	x, most := newRepeats(), 0
	for i, id := range sent {
		second := begin + int64(i)*6*daySeconds/int64(len(sent))
		check(t, x.arrive(second))
		name := "message-" + strconv.Itoa(int(id))
		repeat, err := x.has(name)
		check(t, err)
		if repeat != (taken[id] != 0) {
			t.Fatalf("event %d with %s: a repeat: %t", i, name, repeat)
		}
		if !repeat {
			taken[id] = second
			check(t, x.add(name, second))
		}
		if (i+1)%(len(sent)/starts) == 0 {
			most = max(most, x.bytes())
			clock := x.clock
			x = newRepeats()
			for id, at := range taken {
				if at != 0 {
					check(t, x.add("message-"+strconv.Itoa(id), at))
				}
			}
			check(t, x.arrive(clock))
		}
	}
	if each := float64(most) / float64(n); each > 21 {
		t.Errorf("%.1f bytes an id", each)
	}
}

// TestATableIsNeverFull, however few ids it holds when it is made small: whoever
// looks for an id stops at a free slot.
func TestATableIsNeverFull(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		x := &repeatTable{}
		for i := range n {
			x.put(uint64(i)<<58|uint64(i), 1<<secondBits|1)
		}
		x.resize(x.n + x.n/7 + 1)
		for i := range 3 {
			x.put(uint64(i), 2<<secondBits|1)
			if x.n >= len(x.rests) {
				t.Fatalf("%d ids in %d slots", x.n, len(x.rests))
			}
		}
		if _, ok, err := x.find(77, 3<<secondBits); ok || err != nil {
			t.Error(ok, err)
		}
	}
}

type brokenFile struct{ SpillFile }

func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestAFileThatCannotBeRead: nobody knows then whether an id was taken, so that
// nothing is taken or dropped.
func TestAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	x, open := newRepeats(), 0
	x.most = 8
	x.spill = func() (SpillFile, error) { return brokenFile{&memoryFile{open: &open}}, nil }
	check(t, x.arrive(1000))
	for i := range 20 {
		check(t, x.add(fmt.Sprint(i), 1000))
	}
	if _, err := x.has("0"); err == nil {
		t.Error("the file that cannot be read was not noticed")
	}
}

// BenchmarkRepeats says what ids take: those of ten events a second for the
// window.
func BenchmarkRepeats(b *testing.B) {
	const rate = 10
	for b.Loop() {
		x := newRepeats()
		id := make([]byte, 0, 40)
		name := func(i int64) string {
			id = strconv.AppendInt(append(id[:0], "ajs-next-1770000000000-"...), i, 16)
			return string(id)
		}
		b.StopTimer()
		begin := int64(1_770_000_000)
		n, most := int64(0), 0
		for second := begin; second < begin+windowSeconds; second++ {
			if err := x.arrive(second); err != nil {
				b.Fatal(err)
			}
			for range rate {
				if err := x.add(name(n), second); err != nil {
					b.Fatal(err)
				}
				n++
			}
			if second%1000 == 0 {
				most = max(most, x.bytes())
			}
		}
		b.StartTimer()
		for i := range int64(1000) {
			if repeat, err := x.has(name(i * n / 1000)); err != nil || !repeat {
				b.Fatal(repeat, err)
			}
		}
		b.ReportMetric(float64(n), "ids")
		b.ReportMetric(float64(most)/1e6, "MB-most")
		b.ReportMetric(float64(x.bytes())/float64(n), "bytes/id")
	}
}
