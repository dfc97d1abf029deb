package opsdb

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
)

var letterAt = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func letterOf(seq uint64, pos int64) commerce.Letter {
	return commerce.Letter{
		Seq: seq, Pos: pos, At: letterAt, Source: "k1", Kind: commerce.LateLetter, Column: "total", Reason: "é is not a number", Event: "Order Completed",
		MessageID: "m", Body: json.RawMessage(`{"event":"Order Completed","é":1}`), State: commerce.OpenLetter,
	}
}

// TestLettersArePutOnce: however often the log is gone through, and in whatever
// groups, each is there once and keeps its state; their number and size are
// bounded, and what is counted is what is there.
func TestLettersArePutOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 3))
		db, err := Open(t.Context(), filepath.Join(t.TempDir(), "kith.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var all []commerce.Letter
		for seq := range uint64(60) {
			for pos := range r.Int64N(4) {
				l := letterOf(seq+1, pos)
				l.Body = json.RawMessage(fmt.Sprintf(`{"a":%d}`, r.Int64N(1e9)))
				all = append(all, l)
			}
		}
		const most = 40
		put, ended := 0, map[commerce.LetterPlace]bool{}
		for put < len(all) {
			from := r.IntN(put + 1)
			if r.IntN(10) == 0 {
				from = 0 // the warehouse is made anew
			}
			to := min(len(all), max(put, from)+r.IntN(9))
			for from > 0 && all[from-1].Seq == all[min(from, len(all)-1)].Seq {
				from-- // an entry comes whole
			}
			for to < len(all) && to > 0 && all[to-1].Seq == all[to].Seq {
				to++
			}
			if err := db.putLetters(t.Context(), all[from:to], most, 1<<20); err != nil {
				t.Fatal(err)
			}
			put = max(put, to)
			open, err := db.ListLetters(t.Context(), commerce.LetterFilter{State: commerce.OpenLetter})
			if err != nil {
				t.Fatal(err)
			}
			if len(open) > 0 && r.IntN(2) == 0 {
				l := open[r.IntN(len(open))]
				n, err := db.EndLetters(t.Context(), []commerce.LetterPlace{l.Place()}, commerce.DismissedLetter, letterAt, "ana", 0, audit.Note{At: letterAt, Action: "letter.dismiss"})
				if n != 1 || err != nil || ended[l.Place()] {
					t.Fatalf("%d letters ended, %v; before: %t", n, err, ended[l.Place()])
				}
				ended[l.Place()] = true
			}
		}
		list, err := db.ListLetters(t.Context(), commerce.LetterFilter{})
		if err != nil {
			t.Fatal(err)
		}
		open, bytes := 0, int64(0)
		for i := range list {
			l := &list[i]
			bytes += letterSize(l)
			if (l.State == commerce.DismissedLetter) != ended[l.Place()] {
				t.Errorf("letter %s is %s", l.Place(), l.State)
			}
			if l.State == commerce.OpenLetter {
				open++
			}
			at := slices.IndexFunc(all, func(x commerce.Letter) bool { return x.Place() == l.Place() })
			if string(all[at].Body) != string(l.Body) {
				t.Errorf("letter %s says %s", l.Place(), l.Body)
			}
		}
		var total letterTotal
		if err := db.sql.QueryRow(`SELECT written, kept, bytes, left_out FROM letter_total`).Scan(&total.written, &total.kept, &total.bytes, &total.leftOut); err != nil {
			t.Fatal(err)
		}
		if int(total.kept) != len(list) || total.bytes != bytes || len(list) > most {
			t.Errorf("seed %d: %d letters of %d bytes; counted %+v", seed, len(list), bytes, total)
		}
		// None that is open went; what had no room was counted.
		if totals, err := db.LetterTotals(t.Context()); err != nil || totals.Open != int64(open) || int64(len(all)-len(ended)-open) != totals.LeftOut {
			t.Errorf("seed %d: %+v of %d letters, %d ended, %d open, %v", seed, totals, len(all), len(ended), open, err)
		}
	}
}

func TestLettersAreFound(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "kith.db")
	db, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	var all []commerce.Letter
	for seq := range uint64(5) {
		l := letterOf(seq+1, 0)
		if seq%2 == 0 {
			l.Kind, l.Source = commerce.ConflictLetter, ""
		}
		all = append(all, l, letterOf(seq+1, 1))
	}
	if err := db.PutLetters(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if _, err := db.EndLetters(t.Context(), []commerce.LetterPlace{{Seq: 3}, {Seq: 3, Pos: 1}, {Seq: 99}}, commerce.ReplayedLetter, letterAt, "ana", 17, audit.Note{At: letterAt, Action: "letter.replay"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for want, f := range map[string]commerce.LetterFilter{
		"5.1 5.0":             {Limit: 2},
		"4.1 4.0 3.1":         {From: commerce.LetterPlace{Seq: 5}, Limit: 3},
		"3.0 3.1 4.0":         {From: commerce.LetterPlace{Seq: 2, Pos: 1}, OldestFirst: true, Limit: 3},
		"1.0 1.1":             {OldestFirst: true, Limit: 2},
		"3.1 3.0":             {State: commerce.ReplayedLetter},
		"5.0 3.0 1.0":         {Kind: commerce.ConflictLetter},
		"5.0 1.0":             {Kind: commerce.ConflictLetter, State: commerce.OpenLetter},
		"5.1 4.1 4.0 3.1 2.1": {Source: "k1", Limit: 5},
	} {
		list, err := db.ListLetters(t.Context(), f)
		got := ""
		for i, l := range list {
			if i > 0 {
				got += " "
			}
			got += l.Place().String()
		}
		if got != want || err != nil {
			t.Errorf("%+v: %s, want %s; %v", f, got, want, err)
		}
	}
	l, ok, err := db.FindLetter(t.Context(), commerce.LetterPlace{Seq: 3})
	if err != nil || !ok || l.State != commerce.ReplayedLetter || l.By != "ana" || l.Replay != 17 || !l.StateAt.Equal(letterAt) || !l.At.Equal(letterAt) {
		t.Errorf("%+v, %t, %v", l, ok, err)
	}
	if _, ok, err := db.FindLetter(t.Context(), commerce.LetterPlace{Seq: 30}); ok || err != nil {
		t.Error(ok, err)
	}
}
