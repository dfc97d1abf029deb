package opsdb

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"kith/internal/segment"
)

func TestReadersOnlyRead(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	if _, err := db.read.Exec(`DELETE FROM progress`); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("a reader wrote: %v", err)
	}
}

func TestTransitionsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	for _, from := range []string{selectTransitions, selectSweeps, selectSweepsOfPerson} {
		for i := range 8 {
			f := segment.TransitionFilter{Latest: i&4 != 0}
			if i&1 != 0 {
				f.Person = 1
			}
			if i&2 != 0 {
				f.Segment = "vip"
			}
			var plan []string
			rows, err := db.read.Query(`EXPLAIN QUERY PLAN `+query(from, f), 0, 9, f.Person, f.Segment, 100)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var ignored int
				var step string
				if err := rows.Scan(&ignored, &ignored, &ignored, &step); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, step)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			steps := strings.Join(plan, "\n")
			byPerson := f.Person == 0 || from != selectTransitions || strings.Contains(steps, "transition_by_person")
			if strings.Contains(steps, "SCAN") || strings.Contains(steps, "B-TREE") || !byPerson {
				t.Errorf("%s\n%s", query(from, f), steps)
			}
		}
	}
}

func TestNothingIsHeldWhileYieldRuns(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	b := segment.Batch{
		Transitions: make([]segment.Transition, 2),
		Sweeps:      []segment.Sweep{{Persons: []int64{1, 2}}},
	}
	if err := db.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	err := db.Transitions(t.Context(), segment.TransitionFilter{}, func(segment.Transition) error {
		if err := db.Commit(t.Context(), b); err != nil {
			return err
		}
		var busy, ignored int
		err := db.sql.QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &ignored, &ignored)
		if busy != 0 {
			t.Error("the WAL cannot be emptied")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The one that is not parallel: others would count as its memory.
func TestTransitionsNeedLittleMemory(t *testing.T) {
	const persons, ceiling = 300_000, 4 << 20
	db := open(t, t.TempDir())
	sweep := segment.Sweep{Segment: "all"}
	for i := range persons {
		sweep.Persons = append(sweep.Persons, int64(7*i+1))
	}
	if err := db.Commit(t.Context(), segment.Batch{Sweeps: []segment.Sweep{sweep, sweep}}); err != nil {
		t.Fatal(err)
	}
	sweep.Persons = nil
	before, most, calls := heap(), uint64(0), 0
	err := db.Transitions(t.Context(), segment.TransitionFilter{}, func(segment.Transition) error {
		if calls++; calls%100_000 == 0 {
			most = max(most, heap())
		}
		return nil
	})
	if err != nil || calls != 2*persons || most > before+ceiling {
		t.Errorf("%d transitions, %v: %d KiB at first, %d KiB at most", calls, err, before>>10, most>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestADamagedSweepIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	b := segment.Batch{Sweeps: []segment.Sweep{{Persons: []int64{1, 5}}}}
	if err := db.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := db.sql.Exec(`UPDATE sweep_part SET rest = x'ff'`); err != nil {
		t.Fatal(err)
	}
	for _, person := range []int64{0, 5} {
		err := db.Transitions(t.Context(), segment.TransitionFilter{Person: person}, func(segment.Transition) error { return nil })
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "delete "+db.file) {
			t.Errorf("Transitions = %v, want that the file is damaged, and what to do", err)
		}
	}
}

// BenchmarkCommit says how fast memberships are kept, each commit being on the
// disk when it returns.
func BenchmarkCommit(b *testing.B) {
	for _, persons := range []int64{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("1000 transitions and standings of %d persons", persons), func(b *testing.B) {
			benchmarkRows(b, persons, false)
		})
	}
	b.Run("1000 transitions and standings of 1000000 persons in blocks", func(b *testing.B) {
		benchmarkRows(b, 1_000_000, true)
	})
	standings := shopStandings(1_000_000)
	b.Run("standings of 1000000 persons as blocks", func(b *testing.B) {
		benchmarkEveryone(b, segment.Batch{Standings: standings, Everyone: true})
	})
	b.Run("standings of 1000000 persons as rows", func(b *testing.B) {
		random := rand.New(rand.NewPCG(5, 6))
		random.Shuffle(len(standings), func(i, j int) { standings[i], standings[j] = standings[j], standings[i] })
		benchmarkEveryone(b, segment.Batch{Standings: standings})
	})
	b.Run("a sweep of 1000000 persons", benchmarkSweep)
}

func benchmarkRows(b *testing.B, persons int64, blocks bool) {
	const rows = 1000
	db := open(b, b.TempDir())
	everyone := segment.Batch{Standings: shopStandings(persons), Everyone: blocks}
	if err := db.Commit(b.Context(), everyone); err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	batch := segment.Batch{Transitions: make([]segment.Transition, rows), Standings: make([]segment.Standing, rows)}
	for b.Loop() {
		batch.Applied++
		at := time.UnixMicro(int64(batch.Applied) * 1e6)
		for i := range rows {
			p := 1 + random.Int64N(persons)
			batch.Transitions[i] = segment.Transition{
				Segment: fmt.Sprintf("segment-%d", i%20), Person: p, Entered: i%2 == 0, At: at, NoticedAt: at,
				Cause: segment.CauseEvent, Seq: batch.Applied, Pos: int64(i), Fact: "order o1000001",
			}
			batch.Standings[i] = segment.Standing{Person: p, In: []byte{byte(i), 1, 7}, Next: at.UnixMicro(), Asked: at.UnixMicro()}
		}
		if err := db.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2*rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// shopStandings are of a shop where a third will leave some segment by time,
// as they stand when a segment was defined.
func shopStandings(persons int64) []segment.Standing {
	random := rand.New(rand.NewPCG(3, 4))
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	list := make([]segment.Standing, persons)
	for i := range list {
		in := []byte{byte(random.UintN(256)), byte(random.UintN(8))}
		list[i] = segment.Standing{Person: int64(i) + 1, In: in, Next: math.MaxInt64, Asked: now.UnixMicro()}
		if random.IntN(3) == 0 {
			list[i].Next = now.Add(time.Duration(random.Int64N(int64(90 * 24 * time.Hour)))).UnixMicro()
		}
	}
	return list
}

// benchmarkEveryone changes how everyone stands. The first time is not counted:
// afterwards there is something to replace.
func benchmarkEveryone(b *testing.B, batch segment.Batch) {
	db := open(b, b.TempDir())
	commit := func() {
		for i := range batch.Standings {
			batch.Standings[i].In[1] ^= 8
		}
		if err := db.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	commit()
	for b.Loop() {
		commit()
	}
	b.ReportMetric(float64(len(batch.Standings)*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkStandings says how fast it is read how everyone stands.
func BenchmarkStandings(b *testing.B) {
	const persons = 1_000_000
	for _, c := range []struct {
		name      string
		blocks    bool
		overrides int64
	}{
		{"rows", false, 0},
		{"blocks", true, 0},
		{"blocks and 100000 rows", true, 100_000},
	} {
		b.Run(fmt.Sprintf("%d persons in %s", persons, c.name), func(b *testing.B) {
			db := open(b, b.TempDir())
			standings := shopStandings(persons)
			if err := db.Commit(b.Context(), segment.Batch{Standings: standings, Everyone: c.blocks}); err != nil {
				b.Fatal(err)
			}
			if err := db.Commit(b.Context(), segment.Batch{Standings: standings[:c.overrides]}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				count := 0
				err := db.Standings(b.Context(), func(segment.Standing) error {
					count++
					return nil
				})
				if err != nil || count != persons {
					b.Fatal(count, err)
				}
			}
			b.ReportMetric(persons*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func benchmarkSweep(b *testing.B) {
	const persons = 1_000_000
	db := open(b, b.TempDir())
	sweep := segment.Sweep{Segment: "all", Entered: true, Cause: segment.CauseScore}
	for i := range persons {
		sweep.Persons = append(sweep.Persons, int64(2*i+1))
	}
	for b.Loop() {
		if err := db.Commit(b.Context(), segment.Batch{Sweeps: []segment.Sweep{sweep}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(persons*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
