package opsdbtest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"kith/internal/audit"
)

// auditTests say what an audit.Store must do.
var auditTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"audit: a chain":         testChain,
	"audit: pages":           testAuditPages,
	"audit: many at once":    testAuditTogether,
	"audit: an empty one":    testAuditEmpty,
	"audit: hostile content": testAuditLines,
}

func testChain(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	var want audit.Head
	for i := range 5 {
		n := note(fmt.Sprint("do.", i))
		n.At = day.Add(time.Duration(i) * time.Second)
		must(t, s.AppendAudit(t.Context(), n))
		want = audit.Next(want, n).Head()
	}
	must(t, s.Close())
	s = open(t, place)
	if got, err := audit.Verify(t.Context(), s); got != want || err != nil {
		t.Errorf("Verify = %+v, %v; want %+v", got, err, want)
	}
	enough := errors.New("enough")
	if _, err := s.WalkAudit(t.Context(), func(audit.Entry) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("an error of yield came back as %v", err)
	}
}

func testAuditPages(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	for i, action := range []string{"user.add", "user", "username", "us_r.add", "user.add", "key.add"} {
		n := note(action)
		n.Actor = []string{"a", "b"}[i%2]
		must(t, s.AppendAudit(t.Context(), n))
	}
	for _, tc := range []struct {
		filter audit.Filter
		want   []int64
	}{
		{audit.Filter{Limit: 10}, []int64{6, 5, 4, 3, 2, 1}},
		{audit.Filter{Limit: 2, Before: 5}, []int64{4, 3}},
		{audit.Filter{Limit: 10, Action: "user"}, []int64{5, 2, 1}},
		{audit.Filter{Limit: 10, Action: "us_r"}, []int64{4}},
		{audit.Filter{Limit: 10, Action: "%"}, nil},
		{audit.Filter{Limit: 10, Action: "user.add", Actor: "a"}, []int64{5, 1}},
		{audit.Filter{Limit: 10, Actor: "A"}, nil},
		{audit.Filter{Limit: 10, Before: 1}, nil},
	} {
		list, err := s.ListAudit(t.Context(), tc.filter)
		must(t, err)
		var got []int64
		for _, e := range list {
			got = append(got, e.Number)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tc.filter, diff)
		}
	}
}

func testAuditTogether(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 25 {
				if err := s.AppendAudit(t.Context(), note("do")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if head, err := audit.Verify(t.Context(), s); head.Number != 100 || err != nil {
		t.Errorf("Verify = %+v, %v", head, err)
	}
}

func testAuditEmpty(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	if head, err := audit.Verify(t.Context(), s); head != (audit.Head{}) || err != nil {
		t.Errorf("Verify = %+v, %v", head, err)
	}
	if list, err := s.ListAudit(t.Context(), audit.Filter{Limit: 10}); list == nil || len(list) != 0 || err != nil {
		t.Errorf("ListAudit = %v, %v", list, err)
	}
}

func testAuditLines(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	must(t, s.AppendAudit(t.Context(), audit.Note{
		At: day, Actor: "a\r\n2026-03-01 root deleted all", Action: "x\x00\x1b[2J", Object: "\u202edetrever\u2028", Detail: strings.Repeat("\n", 1<<20) + "\xff",
	}))
	list, err := s.ListAudit(t.Context(), audit.Filter{Limit: 1})
	must(t, err)
	e := list[0]
	for _, text := range []string{e.Actor, e.Action, e.Object, e.Detail} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00\x1b\u202e\u2028") || len(text) > 1100 {
			t.Errorf("%d bytes, %.100q", len(text), text)
		}
	}
	if e.Actor != `a\r\n2026-03-01 root deleted all` {
		t.Errorf("the actor is %s", e.Actor)
	}
	if _, err := audit.Verify(t.Context(), s); err != nil {
		t.Error(err)
	}
}
