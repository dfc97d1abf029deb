package customer

import (
	"testing"

	"kith/internal/commerce"
)

// FuzzMeaning: an event's key has itself as its key, in today's words and of
// the same class, and what a public key sent moves no money.
func FuzzMeaning(f *testing.F) {
	for _, name := range []string{"Completed Order", "order_completed", "Viewed Product", "Order Cancelled", "", "!!", "Searched  Products", "İ", "unverified order"} {
		f.Add("", name)
		f.Add(commerce.PublicType, name)
	}
	f.Add(commerce.PageType, "Home")
	f.Add(commerce.IdentifyType, "x")
	f.Fuzz(func(t *testing.T, kind, given string) {
		key, name, class := MeaningOf(kind, given)
		if k, n, c := MeaningOf(kind, given); k != key || n != name || c != class {
			t.Fatalf("%q %q: %q %q %s, then %q %q %s", kind, given, key, name, class, k, n, c)
		}
		if (key == "") != (class == NamelessEvent) || kind == commerce.PublicType && class.movesMoney() {
			t.Fatalf("%q %q: %q %s", kind, given, key, class)
		}
		if again, _, same := MeaningOf("", key); kind == "" && (again != key || same != class) {
			t.Fatalf("%q: %q %s, and of that %q %s", given, key, class, again, same)
		}
	})
}
