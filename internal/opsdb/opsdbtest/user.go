package opsdbtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/audit"
	"kith/internal/user"
)

// userTests say what a user.Store must do.
var userTests = map[string]func(*testing.T, func(*testing.T, string) Store){
	"users: all of one is kept":                   testUserKept,
	"users: a change ends sessions if it says so": testUserChanged,
	"users: a link works once":                    testLink,
	"users: the first link makes one user":        testSetup,
	"users: sessions":                             testUserSessions,
	"users: keys":                                 testKeys,
	"users: what fails is not recorded":           testNotRecorded,
}

func note(action string) audit.Note {
	return audit.Note{At: day, Actor: "a@example.com", Action: action, Object: "x", Detail: "y"}
}

func exampleUser(id string) user.Account {
	return user.Account{
		User:     user.User{ID: id, Email: id + "@example.com", Name: "Ț '\" 중", Role: user.Editor, Language: "zh-Hant", CreatedAt: day, DisabledAt: day.Add(time.Hour)},
		Password: "$argon2id$x", SecondFactor: user.SecondFactor{Secret: []byte{0, 1, 255}, Pending: []byte{7}, Step: 1 << 40, Recovery: []string{"a", "b"}},
	}
}

func exampleLink(hash, whose string) user.Link {
	kind := user.Invitation
	if whose == "" {
		kind = user.Setup
	}
	return user.Link{Hash: hash, Kind: kind, User: whose, ExpiresAt: day.Add(24 * time.Hour)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantUsers(t *testing.T, s Store, want ...user.Account) {
	t.Helper()
	got, err := s.ListUsers(t.Context())
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	for _, a := range want {
		byID, found, err := s.FindUser(t.Context(), a.ID)
		if !found || err != nil || !cmp.Equal(byID, a) {
			t.Errorf("FindUser %s = %+v, %v, %v", a.ID, byID, found, err)
		}
		byEmail, found, err := s.FindUserByEmail(t.Context(), a.Email)
		if !found || err != nil || !cmp.Equal(byEmail, a) {
			t.Errorf("FindUserByEmail %s = %+v, %v, %v", a.Email, byEmail, found, err)
		}
	}
	if a, found, err := s.FindUser(t.Context(), "nobody"); found || err != nil || a.ID != "" {
		t.Errorf("a user nobody was found: %v", err)
	}
}

// actions are those of the audit log, the oldest first.
func actions(t *testing.T, s Store) string {
	t.Helper()
	var all []string
	_, err := s.WalkAudit(t.Context(), func(e audit.Entry) error {
		all = append(all, e.Action)
		return nil
	})
	must(t, err)
	return strings.Join(all, " ")
}

func testUserKept(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	wantUsers(t, s)
	one, two := exampleUser("b"), exampleUser("a")
	two.CreatedAt, two.DisabledAt, two.Password, two.SecondFactor = day.Add(time.Microsecond), time.Time{}, "", user.SecondFactor{}
	must(t, s.AddUser(t.Context(), two, exampleLink("h2", "a"), note("add")))
	must(t, s.AddUser(t.Context(), one, exampleLink("h1", "b"), note("add")))
	wantUsers(t, s, one, two)
	twice := exampleUser("c")
	twice.Email = one.Email
	if err := s.AddUser(t.Context(), twice, exampleLink("h3", "c"), note("twice")); err == nil {
		t.Error("two users have one e-mail")
	}
	must(t, s.Close())
	s = open(t, place)
	wantUsers(t, s, one, two)
	must(t, s.DeleteUser(t.Context(), "a", note("delete")))
	wantUsers(t, s, one)
	if _, found, err := s.FindLink(t.Context(), "h2"); found || err != nil {
		t.Errorf("a link for nobody: %v, %v", found, err)
	}
	if err := s.DeleteUser(t.Context(), "a", note("twice")); err == nil {
		t.Error("a user was deleted twice")
	}
	if got := actions(t, s); got != "add add delete" {
		t.Errorf("recorded: %s", got)
	}
}

func session(hash, whose string, expires time.Time) user.SessionRecord {
	return user.SessionRecord{Hash: hash, User: whose, Data: []byte(hash + whose), ExpiresAt: expires}
}

func wantSessions(t *testing.T, s Store, want map[string]bool) {
	t.Helper()
	for hash, there := range want {
		if _, found, err := s.FindSession(t.Context(), hash); found != there || err != nil {
			t.Errorf("session %s: %v, %v; want %v", hash, found, err, there)
		}
	}
}

func testUserChanged(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	a, b := exampleUser("a"), exampleUser("b")
	must(t, s.AddUser(t.Context(), a, exampleLink("h1", "a"), note("add")))
	must(t, s.AddUser(t.Context(), b, exampleLink("h2", "b"), note("add")))
	must(t, s.PutSession(t.Context(), session("sa", "a", day.Add(time.Hour)), day))
	must(t, s.PutSession(t.Context(), session("sb", "b", day.Add(time.Hour)), day))
	a.Name, a.Role, a.Password, a.DisabledAt, a.SecondFactor = "New", user.Owner, "$other", time.Time{}, user.SecondFactor{Step: 3}
	must(t, s.PutUser(t.Context(), a, false, note("one"), note("two")))
	wantUsers(t, s, a, b)
	wantSessions(t, s, map[string]bool{"sa": true, "sb": true})
	must(t, s.PutUser(t.Context(), a, true))
	wantSessions(t, s, map[string]bool{"sa": false, "sb": true})
	if err := s.PutUser(t.Context(), exampleUser("nobody"), true, note("nobody")); err == nil {
		t.Error("a user who is not there was changed")
	}
	if got := actions(t, s); got != "add add one two" {
		t.Errorf("recorded: %s", got)
	}
}

func testLink(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	a := exampleUser("a")
	must(t, s.AddUser(t.Context(), a, exampleLink("first", "a"), note("add")))
	must(t, s.PutLink(t.Context(), exampleLink("second", "a"), note("link")))
	if _, found, _ := s.FindLink(t.Context(), "first"); found {
		t.Error("two links for one user")
	}
	want := exampleLink("second", "a")
	if got, found, err := s.FindLink(t.Context(), "second"); !found || err != nil || !cmp.Equal(got, want) {
		t.Errorf("FindLink = %+v, %v, %v", got, found, err)
	}
	must(t, s.PutSession(t.Context(), session("sa", "a", day.Add(time.Hour)), day))
	a.Password = "$other"
	for hash, want := range map[string]bool{"first": false, "": false} {
		if done, err := s.Accept(t.Context(), hash, a, note("no")); done != want || err != nil {
			t.Errorf("Accept %q = %v, %v", hash, done, err)
		}
	}
	for _, want := range []bool{true, false} {
		if done, err := s.Accept(t.Context(), "second", a, note("accept")); done != want || err != nil {
			t.Errorf("Accept = %v, %v; want %v", done, err, want)
		}
	}
	wantUsers(t, s, a)
	wantSessions(t, s, map[string]bool{"sa": false})
	if got := actions(t, s); got != "add link accept" {
		t.Errorf("recorded: %s", got)
	}
}

func testSetup(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	must(t, s.PutLink(t.Context(), exampleLink("old", "")))
	must(t, s.PutLink(t.Context(), exampleLink("new", "")))
	if _, found, _ := s.FindLink(t.Context(), "old"); found {
		t.Error("two set-up links")
	}
	a := exampleUser("a")
	if done, err := s.Accept(t.Context(), "new", a, note("accept")); !done || err != nil {
		t.Errorf("Accept = %v, %v", done, err)
	}
	wantUsers(t, s, a)
	must(t, s.PutLink(t.Context(), exampleLink("late", "")))
	if done, err := s.Accept(t.Context(), "late", exampleUser("b"), note("late")); done || err != nil {
		t.Errorf("a second first user: %v, %v", done, err)
	}
	wantUsers(t, s, a)
	if got := actions(t, s); got != "accept" {
		t.Errorf("recorded: %s", got)
	}
}

func testUserSessions(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	must(t, s.AddUser(t.Context(), exampleUser("a"), exampleLink("h", "a"), note("add")))
	if err := s.PutSession(t.Context(), session("x", "nobody", day), day); err == nil {
		t.Error("nobody has a session")
	}
	one := session("one", "a", day.Add(time.Hour))
	must(t, s.PutSession(t.Context(), one, day, note("begin")))
	one.ExpiresAt, one.Data = day.Add(2*time.Hour), []byte("other")
	must(t, s.PutSession(t.Context(), one, day))
	if got, found, err := s.FindSession(t.Context(), "one"); !found || err != nil || !cmp.Equal(got, one) {
		t.Errorf("FindSession = %+v, %v, %v", got, found, err)
	}
	// One that expired goes when another comes.
	must(t, s.PutSession(t.Context(), session("two", "a", day.Add(9*time.Hour)), one.ExpiresAt))
	wantSessions(t, s, map[string]bool{"one": false, "two": true})
	for i := range user.MaxSessions {
		must(t, s.PutSession(t.Context(), session(fmt.Sprint(i), "a", day.Add(10*time.Hour)), day))
	}
	wantSessions(t, s, map[string]bool{"two": false, "0": true, fmt.Sprint(user.MaxSessions - 1): true})
	must(t, s.DeleteSession(t.Context(), "0", note("end")))
	must(t, s.DeleteSession(t.Context(), "0", note("end")))
	must(t, s.DeleteUser(t.Context(), "a", note("delete")))
	wantSessions(t, s, map[string]bool{"0": false, "1": false})
	if got := actions(t, s); got != "add begin end delete" {
		t.Errorf("recorded: %s", got)
	}
}

func testKeys(t *testing.T, open func(*testing.T, string) Store) {
	place := t.TempDir()
	s := open(t, place)
	one := user.Key{
		ID: "k1", Hash: "h1", Secret: true, Name: "Ț", Role: user.Analyst, EventsPerMinute: 1_000_000, CreatedAt: day.Add(1000), ExpiresAt: day.Add(time.Hour),
	}
	two := user.Key{ID: "k0", Hash: "h0", Origins: []string{"https://a.example", "http://b.example:81"}, CreatedAt: day}
	must(t, s.AddKey(t.Context(), one, note("add")))
	must(t, s.AddKey(t.Context(), two, note("add")))
	if err := s.AddKey(t.Context(), user.Key{ID: "k2", Hash: "h1", CreatedAt: day}, note("twice")); err == nil {
		t.Error("two keys have one hash")
	}
	must(t, s.Close())
	s = open(t, place)
	wantKeys := func(want ...user.Key) {
		t.Helper()
		got, err := s.ListKeys(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("keys, %v (-want +got):\n%s", err, diff)
		}
	}
	wantKeys(two, one)
	noon := day.Add(12 * time.Hour)
	must(t, s.UseKey(t.Context(), "k1", noon, day, note("use")))
	must(t, s.UseKey(t.Context(), "k1", noon.Add(time.Hour), day, note("again on the day")))
	must(t, s.UseKey(t.Context(), "k9", noon, day, note("nobody's")))
	one.UsedAt = noon
	wantKeys(two, one)
	must(t, s.UseKey(t.Context(), "k1", noon.AddDate(0, 0, 1), day.AddDate(0, 0, 1), note("next")))
	one.UsedAt = noon.AddDate(0, 0, 1)

	two.Origins, two.EventsPerMinute = nil, 60
	must(t, s.PutKey(t.Context(), two, note("change")))
	wantKeys(two, one)
	if err := s.PutKey(t.Context(), user.Key{ID: "k9"}, note("nobody's")); err == nil {
		t.Error("a key that is not there was changed")
	}
	three := two
	three.ID, three.Hash, three.CreatedAt = "k3", "h3", noon
	two.ExpiresAt = noon.Add(time.Hour)
	must(t, s.RotateKey(t.Context(), two, three, note("rotate"), note("successor")))
	wantKeys(two, one, three)
	twice := three
	twice.ID = "k4"
	changed := two
	changed.ExpiresAt = time.Time{}
	if err := s.RotateKey(t.Context(), changed, twice, note("twice")); err == nil {
		t.Error("two keys have one hash")
	}
	wantKeys(two, one, three) // all or nothing
	if err := s.RotateKey(t.Context(), user.Key{ID: "k9"}, user.Key{ID: "k5", Hash: "h5", CreatedAt: day}, note("nobody's")); err == nil {
		t.Error("a key that is not there was replaced")
	}
	for _, want := range []bool{true, false} {
		if found, err := s.DeleteKey(t.Context(), "k1", note("revoke")); found != want || err != nil {
			t.Errorf("DeleteKey = %v, %v", found, err)
		}
	}
	wantKeys(two, three)
	if got := actions(t, s); got != "add add use next change rotate successor revoke" {
		t.Errorf("recorded: %s", got)
	}
}

func testNotRecorded(t *testing.T, open func(*testing.T, string) Store) {
	s := open(t, t.TempDir())
	if err := s.PutLink(t.Context(), exampleLink("h", "nobody"), note("link")); err == nil {
		t.Error("nobody has a link")
	}
	if err := s.AddUser(t.Context(), exampleUser("a"), exampleLink("h", "nobody"), note("add")); err == nil {
		t.Error("a user was added with a link for nobody")
	}
	wantUsers(t, s)
	if got := actions(t, s); got != "" {
		t.Errorf("recorded: %s", got)
	}
}
