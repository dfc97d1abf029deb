package opsdb

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"kith/internal/segment"
)

func unpackBlock(packed []byte) ([]segment.Standing, error) {
	b, err := openBlock(packed)
	if err != nil {
		return nil, err
	}
	var list []segment.Standing
	for len(b.rest) > 0 {
		s, err := b.next()
		if err != nil {
			return list, err
		}
		list = append(list, s)
	}
	return list, nil
}

func TestABlockIsWhatWasPacked(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	corners := []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, 1 << 62, math.MaxInt64 - 1, math.MaxInt64}
	number := func() int64 {
		if random.IntN(2) == 0 {
			return corners[random.IntN(len(corners))]
		}
		return int64(random.Uint64() >> random.UintN(64))
	}
	for range 2000 {
		list := make([]segment.Standing, 1+random.IntN(20))
		for i := range list {
			list[i] = segment.Standing{Person: number(), Next: number(), Asked: number()}
			if random.IntN(3) > 0 {
				list[i].In = make([]byte, 1+random.IntN(200))
				list[i].In[0] = byte(random.Uint32())
			}
		}
		got, err := unpackBlock(packBlock(list))
		if !reflect.DeepEqual(list, got) || err != nil {
			t.Fatalf("%v (-packed +unpacked):\n%s", err, cmp.Diff(list, got))
		}
	}
}

// FuzzBlock reads blocks that nobody packed: what they say packs and unpacks
// to itself, and those that say nothing are refused.
func FuzzBlock(f *testing.F) {
	for _, list := range [][]segment.Standing{
		{{Person: 1, Next: math.MaxInt64}},
		{{Person: 1, In: []byte{5, 1}, Next: 7, Asked: 9}, {Person: math.MaxInt64, Next: math.MinInt64, Asked: math.MaxInt64}},
		shopStandings(30),
	} {
		packed := packBlock(list)
		f.Add(packed[:len(packed)-crc32.Size])
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := unpackBlock(binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, castagnoli)))
		if err != nil {
			if !errors.Is(err, errBadBlock) {
				t.Error(err)
			}
			return
		}
		again, err := unpackBlock(packBlock(list))
		if diff := cmp.Diff(list, again); diff != "" || err != nil {
			t.Errorf("%v (-read +packed and read):\n%s", err, diff)
		}
	})
}

func TestADamagedBlockIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	b := segment.Batch{Everyone: true, Standings: shopStandings(2*blockSize + 3)}
	if err := db.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := db.Commit(t.Context(), segment.Batch{Standings: b.Standings[:2]}); err != nil {
		t.Fatal(err)
	}
	packed := packBlock(b.Standings[blockSize : 2*blockSize])
	check := func(name string, first int64, content []byte) {
		t.Helper()
		if _, err := db.sql.Exec(`UPDATE standing_block SET first = ?, standings = ? WHERE first BETWEEN 2 AND 2000`, first, content); err != nil {
			t.Fatal(err)
		}
		err := db.Standings(t.Context(), func(segment.Standing) error { return nil })
		says := fmt.Sprintf("the block of standings from person %d on: not what was written", first)
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "delete "+db.file) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: Standings = %v, want that the file is damaged, and what to do", name, err)
		}
	}
	for i := 0; i < len(packed); i += 97 {
		flipped := slices.Clone(packed)
		flipped[i] ^= 1 << (i % 8)
		check(fmt.Sprintf("byte %d changed", i), blockSize+1, flipped)
		check(fmt.Sprintf("only %d bytes", i), blockSize+1, packed[:i])
	}
	check("two bytes more", blockSize+1, append(slices.Clone(packed), 0, 0))
	check("under another number", blockSize+2, packed)
	check("persons of the block before", blockSize, packBlock(b.Standings[blockSize-1:2*blockSize]))
	check("no standings", blockSize+1, packBlock(nil))
	check("a person twice", blockSize+1, packBlock([]segment.Standing{b.Standings[blockSize], b.Standings[blockSize]}))
	cut := packBlock(b.Standings[blockSize : 2*blockSize])
	cut = cut[:len(cut)-crc32.Size-1]
	check("half a standing", blockSize+1, binary.LittleEndian.AppendUint32(cut, crc32.Checksum(cut, castagnoli)))
}

func TestStandingsAreMergedAsTheyLie(t *testing.T) {
	t.Parallel()
	db := open(t, t.TempDir())
	var plan []string
	err := db.stream(t.Context(), `EXPLAIN QUERY PLAN `+selectStandings, nil, func(rows *sql.Rows) error {
		var ignored int
		var step string
		err := rows.Scan(&ignored, &ignored, &ignored, &step)
		plan = append(plan, step)
		return err
	})
	if steps := strings.Join(plan, "\n"); err != nil || strings.Contains(steps, "B-TREE") {
		t.Errorf("%v, the plan sorts:\n%s", err, steps)
	}
}

func TestStandingsOfAnEarlierSchemaAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.sql, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	want := shopStandings(3)
	if err := db.Commit(t.Context(), segment.Batch{Standings: want}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	db, err = Open(t.Context(), filepath.Join(dir, "ops # 100%?.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got []segment.Standing
	err = db.Standings(t.Context(), func(s segment.Standing) error {
		got = append(got, s)
		return nil
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
