package warehouse

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

// TestRuns: the sizes of groups are those as of each run, as the scores say
// one by one, and who came into another group is counted.
func TestRuns(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	score := func(at time.Time) {
		t.Helper()
		s.seq++
		if err := s.Score(t.Context(), s.seq, at, nil); err != nil {
			t.Fatal(err)
		}
	}
	first := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	score(first)
	var rows []Row
	for i := range 40 {
		rows = append(rows, Row{"order_id": fmt.Sprint("o", i), "customer_id": fmt.Sprint("c", i), "ts": fmt.Sprintf("2026-0%d-01T10:00:00Z", 1+i%4), "total": 1 + i})
	}
	s.orders(rows...)
	score(first.AddDate(0, 0, 1))
	score(first.AddDate(0, 0, 2))
	rows = nil
	for i := range 12 {
		rows = append(rows, Row{"order_id": fmt.Sprint("p", i), "customer_id": fmt.Sprint("c", 3*i), "ts": "2026-04-12T10:00:00Z", "total": 90})
	}
	s.orders(rows...)
	score(first.AddDate(0, 0, 3))

	q := s.Questions(func() commerce.Settings { return commerce.Settings{}.Filled() })
	runs, err := q.ListRuns(t.Context(), 0, 10)
	if err != nil || len(runs) != 4 {
		t.Fatalf("%+v, %v", runs, err)
	}
	for _, run := range runs {
		var sizes []string
		for _, g := range run.Groups {
			sizes = append(sizes, fmt.Sprintf("%s %d", g.Group, g.Customers))
		}
		want := s.read(fmt.Sprintf(`SELECT label, count(*) FROM score WHERE name = 'rfm.group' AND valid_from <= TIMESTAMP '%[1]s' AND TIMESTAMP '%[1]s' < valid_to
			GROUP BY label ORDER BY count(*) DESC, label`, run.At.Format("2006-01-02 15:04:05.000000")))
		if strings.Join(sizes, "\n") != strings.Join(want, "\n") {
			t.Errorf("run %d: %v, want %v", run.Number, sizes, want)
		}
	}
	if runs[0].Number != 4 || runs[0].Customers != 40 || runs[1].Customers != 40 || runs[3].Customers != 0 || !runs[3].At.Equal(first) {
		t.Errorf("%+v", runs)
	}
	moved, err := strconv.Atoi(s.read(`SELECT count(*) FROM score a JOIN score b USING (customer) WHERE a.name = 'rfm.group' AND b.name = 'rfm.group' AND a.run = 4 AND b.valid_to = a.valid_from AND a.label <> b.label`)[0])
	if err != nil {
		t.Fatal(err)
	}
	if runs[0].Changed != int64(moved) || moved == 0 || runs[1].Changed != 0 || runs[2].Changed != 0 {
		t.Errorf("changed: %d, %d, %d; want %d, 0, 0", runs[0].Changed, runs[1].Changed, runs[2].Changed, moved)
	}
	page, err := q.ListRuns(t.Context(), 3, 1)
	if err != nil || len(page) != 1 || page[0].Number != 2 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestScored: a run that was made before there was anybody to score has no
// scores, and what is asked as of then has no answer.
func TestScored(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	first := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
	score := func(after int) {
		t.Helper()
		s.seq++
		if err := s.Score(t.Context(), s.seq, first.AddDate(0, 0, after), []string{"count(order)", "age"}); err != nil {
			t.Fatal(err)
		}
	}
	score(0)
	s.customers(Row{"customer_id": "ana", "fields": []Field{field("birth_date", "1990-02-28")}}, Row{"customer_id": "bob", "fields": []Field{field("birth_date", "1991-02-28")}})
	score(2)
	if scored, err := s.questions().Scored(t.Context(), first.AddDate(0, 0, 3)); !scored || err != nil {
		t.Errorf("a percentile: %t, %v", scored, err)
	}
	s.orders(Row{"order_id": "o1", "customer_id": "ana", "ts": "2026-01-01T10:00:00Z", "total": 5})
	score(4)
	if _, err := s.sql.ExecContext(t.Context(), `DELETE FROM percentile`); err != nil { // as those of old runs go
		t.Fatal(err)
	}
	q := s.questions()
	for at, want := range map[time.Time]bool{
		first.Add(-time.Microsecond): true, // there is no run: scores are those of the instant
		first:                        false,
		first.AddDate(0, 0, 1):       false,
		first.AddDate(0, 0, 4):       true,
		first.AddDate(1, 0, 0):       true,
	} {
		if got, err := q.Scored(t.Context(), at); got != want || err != nil {
			t.Errorf("as of %s: %t, %v", at, got, err)
		}
	}
}
