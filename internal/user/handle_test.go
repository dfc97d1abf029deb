package user

import (
	"strings"
	"testing"
)

func TestHandles(t *testing.T) {
	t.Parallel()
	k, other := NewHandleKey(), NewHandleKey()
	for _, id := range []string{"ana.pop@example.com", "+40712345678", "0712345678", "~a@b.c~", "ț@example.com", strings.Repeat("a", 10_000) + "@example.com"} {
		handle := k.Mask(id)
		if strings.Contains(handle, id) || k.Open(handle) != id {
			t.Errorf("%.40q: handle %.80q, opened %.40q", id, handle, k.Open(handle))
		}
		if again := k.Mask(id); again != handle {
			t.Errorf("%.40q has two handles", id)
		}
		// A handle of another shop, and one that was changed, opens nothing.
		if got := other.Open(handle); got != handle {
			t.Errorf("%.40q: another key opened %.40q", id, got)
		}
		i := strings.LastIndex(handle, "~") + 4
		changed := handle[:i] + strings.Map(func(r rune) rune { return r ^ 1 }, handle[i:i+1]) + handle[i+1:]
		if got := k.Open(changed); got == id {
			t.Errorf("%.40q: a changed handle opened", id)
		}
	}
	for _, id := range []string{"", "c-17", "17850", "1234567890123", "~", "a~b", "~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ".", "a/b", "x~y~z"} {
		if k.Mask(id) != id || k.Open(id) != id {
			t.Errorf("%q: %q, %q", id, k.Mask(id), k.Open(id))
		}
	}
}

func TestContactFields(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"email", "email_domain", "postcode", "traits.billing_email", "traits.mobilePhone", "traits.last_name", "traits.name", "traits.lastIP", "traits.ip_address",
		"traits.shipping_address", "traits.Email",
	} {
		if !ContactField(name) {
			t.Errorf("%s is no contact data", name)
		}
	}
	for _, name := range []string{"country", "city", "traits.skin_type", "traits.first_name", "stage", "rfm.group", "total", "traits.tip", "traits.zipped"} {
		if ContactField(name) {
			t.Errorf("%s is contact data", name)
		}
	}
}

// FuzzHandle: a handle opens to its id, shows nothing of it that a mask hides,
// and a text that nobody sealed is an id itself.
func FuzzHandle(f *testing.F) {
	for _, id := range []string{"ana@x.ro", "+40712345678", "u1", "a~b", "", "~", "ana@x.ro~AAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		f.Add(id)
	}
	var k HandleKey
	f.Fuzz(func(t *testing.T, id string) {
		handle := k.Mask(id)
		if got := k.Open(handle); got != id {
			t.Fatalf("%q: %q opens to %q", id, handle, got)
		}
		if k.Mask(id) != handle {
			t.Fatalf("%q has two handles", id)
		}
		if got := k.Open(id); got != id {
			t.Fatalf("%q opens to %q", id, got)
		}
	})
}
