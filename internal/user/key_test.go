package user_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/audit"
	"kith/internal/commerce"
	"kith/internal/opsdb"
	"kith/internal/user"
)

// counted counts what is asked of a store, and fails if it is told to.
type counted struct {
	user.Store

	lists, uses atomic.Int64
	broken      atomic.Bool
	more        []user.Key // listed besides
}

func (c *counted) ListKeys(ctx context.Context) ([]user.Key, error) {
	c.lists.Add(1)
	if c.broken.Load() {
		return nil, errors.New("the disk is gone")
	}
	list, err := c.Store.ListKeys(ctx)
	return append(list, c.more...), err
}

func (c *counted) UseKey(ctx context.Context, id string, at, since time.Time, n audit.Note) error {
	c.uses.Add(1)
	if c.broken.Load() {
		return errors.New("the disk is gone")
	}
	return c.Store.UseKey(ctx, id, at, since, n)
}

// keys is a Book over a real store, with a clock that is set.
type keys struct {
	*user.Book

	store *counted
	now   time.Time
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newKeys(t testing.TB) *keys {
	t.Helper()
	db, err := opsdb.Open(t.Context(), filepath.Join(t.TempDir(), "operations.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	k := &keys{store: &counted{Store: db}, now: noon}
	k.Book, err = user.NewBook(user.Config{Store: k.store, Now: func() time.Time { return k.now }, Shop: func() string { return "Shop" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func (k *keys) add(t testing.TB, n user.NewKey) (user.Key, string) {
	t.Helper()
	key, text, err := k.AddKey(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

// known says who a key is; nobody's is "".
func (k *keys) known(t testing.TB, text string) string {
	t.Helper()
	who, err := k.Identify(t.Context(), "", text)
	if err != nil && commerce.CodeOf(err) != commerce.CodeUnknown {
		t.Fatal(err)
	}
	return who.Key
}

func (k *keys) recorded(t *testing.T) []string {
	t.Helper()
	var all []string
	_, err := k.store.WalkAudit(t.Context(), func(e audit.Entry) error {
		all = append(all, strings.TrimSpace(e.Action+" "+e.Object+" "+e.Detail))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAKeyIsWhatItIsMadeAs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		new    user.NewKey
		want   user.Identity // without the id
		refuse string
	}{
		"public": {
			user.NewKey{Name: "Site", Origins: []string{"https://Shop.example/", "https://*.shop.example"}, EventsPerMinute: 600},
			user.Identity{Kind: user.PublicKey, Origins: []string{"https://shop.example", "https://*.shop.example"}, EventsPerMinute: 600},
			"",
		},
		"any site":        {user.NewKey{}, user.Identity{Kind: user.PublicKey}, ""},
		"secret":          {user.NewKey{Secret: true, EventsPerMinute: user.MaxEventsPerMinute}, user.Identity{Kind: user.SecretKey, Role: user.Editor, EventsPerMinute: user.MaxEventsPerMinute}, ""},
		"secret analyst":  {user.NewKey{Secret: true, Role: user.Analyst}, user.Identity{Kind: user.SecretKey, Role: user.Analyst}, ""},
		"origin":          {new: user.NewKey{Origins: []string{"shop.example"}}, refuse: `the origin "shop.example": it does not begin with https://`},
		"secret's origin": {new: user.NewKey{Secret: true, Origins: []string{"https://shop.example"}}, refuse: "a secret key has no origins"},
		"public's role":   {new: user.NewKey{Role: user.Editor}, refuse: "a public key has no role"},
		"role":            {new: user.NewKey{Secret: true, Role: "admin"}, refuse: `there is no role "admin"`},
		"name":            {new: user.NewKey{Name: "two\nlines"}, refuse: "the name is not one line"},
		"below zero":      {new: user.NewKey{EventsPerMinute: -1}, refuse: "-1 events a minute is not from 0 to 1000000"},
		"too many":        {new: user.NewKey{EventsPerMinute: user.MaxEventsPerMinute + 1}, refuse: "is not from 0 to 1000000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKeys(t)
			key, text, err := k.AddKey(t.Context(), c.new)
			if c.refuse != "" {
				if commerce.CodeOf(err) != commerce.CodeInvalid || !strings.Contains(err.Error(), c.refuse) || text != "" {
					t.Errorf("%q, %v; want %s", text, err, c.refuse)
				}
				return
			}
			c.want.Key = key.ID
			who, err := k.Identify(t.Context(), "", text)
			if err != nil || fmt.Sprint(who) != fmt.Sprint(c.want) {
				t.Errorf("%+v, %v; want %+v", who, err, c.want)
			}
		})
	}
}

// TestAKeyIsReplaced: both work in the overlap, then only the new one.
func TestAKeyIsReplaced(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	old, oldText := k.add(t, user.NewKey{Name: "Site", Origins: []string{"https://shop.example"}, EventsPerMinute: 60})
	k.now = noon.Add(time.Hour)
	next, nextText, err := k.RotateKey(t.Context(), old.ID, 24*time.Hour)
	if err != nil || next.ID == old.ID || nextText == oldText || !strings.HasPrefix(nextText, user.PublicPrefix) {
		t.Fatalf("%+v %q, %v", next, nextText, err)
	}
	if next.Name != "Site" || !slices.Equal(next.Origins, old.Origins) || next.EventsPerMinute != 60 || !next.CreatedAt.Equal(k.now) || !next.ExpiresAt.IsZero() {
		t.Errorf("the successor is %+v", next)
	}
	for after, want := range map[time.Duration]string{0: old.ID, 24*time.Hour - time.Microsecond: old.ID, 24 * time.Hour: "", 1000 * time.Hour: ""} {
		k.now = noon.Add(time.Hour + after)
		if got := k.known(t, oldText); got != want {
			t.Errorf("after %s the old one is %q's", after, got)
		}
		if got := k.known(t, nextText); got != next.ID {
			t.Errorf("after %s the new one is %q's", after, got)
		}
	}
	k.now = noon.AddDate(0, 0, 2)
	_, err = k.StillKnown(t.Context(), "", oldText)
	if commerce.CodeOf(err) != commerce.CodeUnknown || !strings.Contains(err.Error(), "the key "+old.ID+" has ended") {
		t.Errorf("an ended key: %v", err)
	}
	for id, want := range map[string]string{old.ID: "has ended; make a new one", "key_x": `there is no key "key_x"`} {
		if _, _, err := k.RotateKey(t.Context(), id, time.Hour); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("rotating %s: %v", id, err)
		}
	}
	// At once, and one that was replaced already.
	last, lastText, err := k.RotateKey(t.Context(), next.ID, 0)
	if err != nil || k.known(t, nextText) != "" || k.known(t, lastText) != last.ID {
		t.Errorf("at once: %v, the old one is %q's, the new one %q's", err, k.known(t, nextText), k.known(t, lastText))
	}
	if _, _, err := k.RotateKey(t.Context(), last.ID, 30*24*time.Hour); err != nil {
		t.Error(err)
	}
	if _, _, err := k.RotateKey(t.Context(), last.ID, time.Hour); commerce.CodeOf(err) != commerce.CodeConflict || !strings.Contains(err.Error(), "was replaced already") {
		t.Errorf("twice: %v", err)
	}
	for _, overlap := range []time.Duration{-1, 30*24*time.Hour + 1} {
		if _, _, err := k.RotateKey(t.Context(), last.ID, overlap); commerce.CodeOf(err) != commerce.CodeInvalid {
			t.Errorf("an overlap of %s: %v", overlap, err)
		}
	}
	// The ended ones are listed, and can be revoked.
	all, err := k.Keys(t.Context())
	if err != nil || len(all) != 4 || !all[0].Ended(k.now) || all[3].Ended(k.now) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := k.RevokeKey(t.Context(), old.ID); err != nil {
		t.Error(err)
	}
	got := k.recorded(t)
	for _, want := range []string{
		"key.add " + old.ID + " public, Site, origins https://shop.example, 60 events a minute",
		"key.rotate " + old.ID + " replaced by " + next.ID + ", ends 2026-03-02T13:00:00Z",
		"key.add " + next.ID + " public, Site, origins https://shop.example, 60 events a minute, in place of " + old.ID,
		"key.revoke " + old.ID,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("not recorded: %s\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestAKeyIsChanged(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	site, text := k.add(t, user.NewKey{Origins: []string{"https://a.example"}})
	secret, _ := k.add(t, user.NewKey{Secret: true})
	if who, _ := k.Identify(t.Context(), "", text); who.AllowsOrigin("https://b.example") {
		t.Error("b.example is allowed before it was")
	}
	for i, c := range []struct {
		id     string
		change user.KeyChange
		want   string
	}{
		{site.ID, user.KeyChange{Origins: &[]string{"https://B.example", "https://a.example"}, EventsPerMinute: new(5)}, ""},
		{site.ID, user.KeyChange{}, ""},
		{site.ID, user.KeyChange{EventsPerMinute: new(0), Origins: &[]string{"https://b.example"}}, ""},
		{site.ID, user.KeyChange{Origins: &[]string{"b.example"}}, "the origin"},
		{site.ID, user.KeyChange{EventsPerMinute: new(-5)}, "events a minute is not from"},
		{secret.ID, user.KeyChange{Origins: &[]string{"https://b.example"}}, "a secret key has no origins"},
		{"key_x", user.KeyChange{}, "there is no key"},
	} {
		if _, err := k.ChangeKey(t.Context(), c.id, c.change); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: %v, want %q", i, err, c.want)
		}
	}
	who, err := k.Identify(t.Context(), "", text)
	if err != nil || !who.AllowsOrigin("https://b.example") || who.AllowsOrigin("https://a.example") || who.EventsPerMinute != 0 {
		t.Errorf("%+v, %v", who, err)
	}
	if _, err := k.ChangeKey(t.Context(), site.ID, user.KeyChange{Origins: &[]string{}}); err != nil {
		t.Error(err)
	}
	got := slices.DeleteFunc(k.recorded(t), func(x string) bool { return !strings.HasPrefix(x, "key.change") })
	want := []string{
		"key.change " + site.ID + " origins https://b.example https://a.example, 5 events a minute",
		"key.change " + site.ID + " origins https://b.example",
		"key.change " + site.ID + " any origin, the limit that all keys have",
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded:\n%s", strings.Join(got, "\n"))
	}
}

// TestKeysAreLookedUpInMemory, unknown ones too, and a use is written once a day.
func TestKeysAreLookedUpInMemory(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	key, text := k.add(t, user.NewKey{})
	k.known(t, text)
	k.store.lists.Store(0)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				if k.known(t, text) != key.ID || k.known(t, fmt.Sprint("kith_pk_", i, j)) != "" {
					t.Error("another one's")
				}
			}
		})
	}
	all.Wait()
	if lists, uses := k.store.lists.Load(), k.store.uses.Load(); lists != 0 || uses != 1 {
		t.Errorf("%d lists, %d uses", lists, uses)
	}
	k.now = noon.AddDate(0, 0, 1)
	for range 8 {
		all.Go(func() { k.known(t, text) })
	}
	all.Wait()
	if uses := k.store.uses.Load(); uses != 2 {
		t.Errorf("%d uses on two days", uses)
	}
	if list, err := k.Keys(t.Context()); err != nil || !list[0].UsedAt.Equal(k.now) {
		t.Errorf("%+v, %v", list, err)
	}

	// Revoking is at once, whoever asks meanwhile.
	stop := make(chan struct{})
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					k.known(t, text)
				}
			}
		})
	}
	for range 50 {
		other, otherText := k.add(t, user.NewKey{})
		if k.known(t, otherText) != other.ID {
			t.Fatal("a new key is not known")
		}
		if err := k.RevokeKey(t.Context(), other.ID); err != nil {
			t.Fatal(err)
		}
		if k.known(t, otherText) != "" {
			t.Fatal("a revoked key is known")
		}
	}
	close(stop)
	all.Wait()
}

// TestAStoreThatFails is not held for an answer.
func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	key, text := k.add(t, user.NewKey{})
	k.store.broken.Store(true)
	if who, err := k.Identify(t.Context(), "", text); err == nil {
		t.Errorf("it is %+v", who)
	}
	k.store.broken.Store(false)
	if k.known(t, text) != key.ID || k.store.uses.Load() != 1 {
		t.Error("the key is not known")
	}
	k.now = noon.AddDate(0, 0, 1)
	k.store.broken.Store(true)
	if who, err := k.Identify(t.Context(), "", text); err == nil {
		t.Errorf("it is %+v, and its use is not noted", who)
	}
	k.store.broken.Store(false)
	if k.known(t, text) != key.ID || k.store.uses.Load() != 3 {
		t.Error("its use is not noted")
	}
}

func TestThereAreSoManyKeys(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	key, _ := k.add(t, user.NewKey{})
	k.store.more = make([]user.Key, user.MaxKeys-2)
	k.add(t, user.NewKey{})
	_, _, err := k.AddKey(t.Context(), user.NewKey{})
	_, _, rotating := k.RotateKey(t.Context(), key.ID, 0)
	for _, err := range []error{err, rotating} {
		if commerce.CodeOf(err) != commerce.CodeConflict || !strings.Contains(err.Error(), "there are 500 keys already") {
			t.Error(err)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	k := newKeys(b)
	_, text := k.add(b, user.NewKey{})
	for name, text := range map[string]string{"known": text, "unknown": "kith_pk_x"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, err := k.Identify(b.Context(), "", text); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
