package user

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"kith/internal/commerce"
	"kith/internal/user/usertest"
)

func TestCodesAreThoseOfTheRFC(t *testing.T) {
	t.Parallel()
	// RFC 6238, appendix B, the last six of eight digits.
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp(secret, at/totpPeriod); got != want || usertest.Code(secret, time.Unix(at, 0)) != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestACodeWorksOnceAndForAWhile(t *testing.T) {
	t.Parallel()
	f := SecondFactor{Secret: newSecret()}
	now := time.Unix(1_800_000_000, 0)
	code := usertest.Code(f.Secret, now)
	for late, want := range map[time.Duration]bool{-90: false, -30: true, 0: true, 30: true, 90: false} {
		if got := totpStep(f.Secret, code, now.Add(late*time.Second), 0) > 0; got != want {
			t.Errorf("%v seconds later: %v", int64(late), got)
		}
	}
	for _, want := range []bool{true, false} {
		if ok, _ := f.use(code, now); ok != want {
			t.Errorf("use = %v, want %v", ok, want)
		}
	}
	// One from before the last one that was used is no good either.
	if ok, _ := f.use(usertest.Code(f.Secret, now.Add(-30*time.Second)), now); ok {
		t.Error("an older code was taken")
	}
	for _, text := range []string{"", "0", "1234567", "ａｂｃ", strings.Repeat("1", 1000)} {
		if ok, _ := f.use(text, now.Add(time.Hour)); ok {
			t.Errorf("%q was taken", text)
		}
	}
	codes, hashes := newRecovery()
	f.Recovery = hashes
	before := slices.Clone(hashes)
	if ok, recovery := f.use(" "+strings.ToUpper(codes[3]), now); !ok || !recovery || len(f.Recovery) != recoveryCount-1 {
		t.Errorf("a recovery code: %v, %v", ok, recovery)
	}
	if !slices.Equal(before, hashes) {
		t.Error("use changed what others hold")
	}
	if ok, _ := f.use(codes[3], now); ok {
		t.Error("a recovery code was taken twice")
	}
}

func TestTheURIOfASecret(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	want := "otpauth://totp/Ink%20&%20Co:a%2Bb@example.com?issuer=Ink%20%26%20Co&secret=" + base32.StdEncoding.EncodeToString(secret)
	if got := strings.ReplaceAll(totpURI(secret, "Ink & Co", "a+b@example.com"), "a+b", "a%2Bb"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPasswordsAreKeptAsArgon2id(t *testing.T) {
	t.Parallel()
	h := newHasher()
	one, err := h.hash(t.Context(), "wet stones by the river")
	if err != nil || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(one, err)
	}
	other, _ := h.hash(t.Context(), "wet stones by the river")
	if one == other {
		t.Error("two hashes share their salt")
	}
	for password, want := range map[string]bool{"wet stones by the river": true, "wet stones by the rivers": false, "": false} {
		if got, err := h.matches(t.Context(), one, password); got != want || err != nil {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	// Another cost, as another version may have had it.
	if ok, err := h.matches(t.Context(), "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$"+hashWith(t, "c29tZXNhbHQ", 64, 1), "password"); !ok || err != nil {
		t.Errorf("another cost: %v, %v", ok, err)
	}
	for _, damaged := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$YQ$YQ", "$argon2id$v=18$m=64,t=1,p=1$YQ$YQ", "$argon2id$v=19$m=64$YQ$YQ", "$argon2id$v=19$m=64,t=0,p=0$YQ$YQ", "$argon2id$v=19$m=64,t=1,p=1$YQ$"} {
		if ok, err := h.matches(t.Context(), damaged, "x"); ok || err == nil {
			t.Errorf("%s: %v, %v", damaged, ok, err)
		}
	}
	if ok, err := h.matches(t.Context(), "", ""); ok || err != nil {
		t.Errorf("nobody's: %v, %v", ok, err)
	}
}

// TestFewAreWorkedOutAtATime: the others wait, and too many are sent away.
func TestFewAreWorkedOutAtATime(t *testing.T) {
	t.Parallel()
	h := newHasher()
	for range atOnce {
		if err := h.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var busy, gone atomic.Int32
	var all sync.WaitGroup
	begun := make(chan struct{}, 2*mayWait)
	for range 2 * mayWait {
		all.Go(func() {
			begun <- struct{}{}
			switch err := h.enter(ctx); commerce.CodeOf(err) {
			case commerce.CodeBusy:
				busy.Add(1)
			default:
				gone.Add(1)
			}
		})
	}
	for range 2 * mayWait {
		<-begun
	}
	for busy.Load() < mayWait {
		runtime.Gosched()
	}
	cancel()
	all.Wait()
	if busy.Load() != mayWait || gone.Load() != mayWait {
		t.Errorf("%d were sent away, %d went", busy.Load(), gone.Load())
	}
	h.leave()
	if err := h.enter(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhichPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	known := []string{"olga.owner@papyrus-ink.example", "Olga Owner", "Papyrus & Ink", "kith"}
	for password, taken := range map[string]bool{
		"wet stones by the river": true, "Tr0ub4dor&3xyz": true, "종이와 잉크 그리고 강가의 돌": true, "papyrus ink by the river": true,
		"eleven char": false, "": false, "password1234": false, "PASSWORD1234": false, "qwertyuiop123": false, "motherfucker": false,
		"aaaaaaaaaaaa": false, "abcabcabcabc": false, "xyxyxyxyxyxyx": false, "1234567890123": false, "abcdefghijklm": false, "zyxwvutsrqpo": false,
		"qwertyuiopas": false, "098765432109": false, "123456789012!": false,
		"olga.owner@papyrus-ink.example": false, "Olga Owner 2026": false, "olga.owner!!": false, "Papyrus & Ink 1": false, "papyrusink2026": false,
		"kith12345678!": false, "123kith456789": false, strings.Repeat("long enough ", 84): false, "not UTF-8 \xff\xfe...": false,
	} {
		if err := checkPassword(normalPassword(password), shortestPassword, known...); (err == nil) != taken {
			t.Errorf("%q: %v", password, err)
		} else if err != nil && (commerce.CodeOf(err) != commerce.CodeInvalid || password != "" && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: the error is %v", password, err)
		}
	}
	for password, taken := range map[string]bool{"fourteen chars": false, "fifteen letters": true, "강가의 젖은 돌들과 종이와": false} {
		if err := checkPassword(password, shortestAlone); (err == nil) != taken {
			t.Errorf("%q alone: %v", password, err)
		}
	}
	if normalPassword("pâine și vin alb") != normalPassword("pa\u0302ine s\u0326i vin alb") {
		t.Error("the same letters are two passwords")
	}
	if n := len(common()); n != 308 {
		t.Errorf("%d common passwords", n)
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	th := newThrottle(func() time.Time { return now })
	fail := func(keys ...string) error {
		_, err := th.begin(keys...)
		return err
	}
	for range mayFail {
		if err := fail("a", ""); err != nil {
			t.Fatal(err)
		}
	}
	err := fail("b", "a")
	if commerce.CodeOf(err) != commerce.CodeThrottled || !strings.Contains(err.Error(), "15m0s") {
		t.Errorf("the eleventh: %v", err)
	}
	// What was refused for one key counts for no other.
	for range mayFail {
		if err := fail("b"); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(failWindow)
	if err := fail("a", "b"); err != nil {
		t.Errorf("after the window: %v", err)
	}
	for range 100 {
		try, err := th.begin("c")
		if err != nil {
			t.Fatal(err)
		}
		try.undo()
	}
	for range mayFail {
		if err := fail("d"); err != nil {
			t.Fatal(err)
		}
	}
	th.forget("d")
	if err := fail("d"); err != nil {
		t.Errorf("what was forgotten: %v", err)
	}
}

// TestAMillionAddressesTakeNoMemory.
func TestAMillionAddressesTakeNoMemory(t *testing.T) { //nolint:paralleltest // it measures memory
	th := newThrottle(time.Now)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		_, _ = th.begin(addressKey(fmt.Sprintf("2001:db8:%x:%x::1", r.Uint32()>>16, r.Uint32()>>16)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(th)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d bytes more", grown)
	}
}

func TestAddressKeys(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"2001:db8::1": "2001:db8::ffff:1", "::ffff:192.0.2.1": "192.0.2.1", "fe80::1%eth0": "fe80::2",
	} {
		if addressKey(a) != addressKey(b) || addressKey(a) == "" {
			t.Errorf("%s and %s: %q, %q", a, b, addressKey(a), addressKey(b))
		}
	}
	for a, b := range map[string]string{"2001:db8::1": "2001:db8:0:1::1", "192.0.2.1": "192.0.2.2"} {
		if addressKey(a) == addressKey(b) {
			t.Errorf("%s and %s share a key", a, b)
		}
	}
	if got := addressKey("no address"); got != "" {
		t.Errorf("no address is %q", got)
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	for email, ok := range map[string]bool{
		"a@example.com": true, "ana+x@sub.example.com": true, "ț@example.com": true,
		"": false, "a": false, "a@": false, "@b": false, "a b@example.com": false, "A <a@example.com>": false, "a@example.com, b@example.com": false,
		"a@example.com\r\nx": false, "\"a b\"@example.com": false, strings.Repeat("a", 250) + "@example.com": false, "a@b@c": false, "a@exam\u202eple.com": false,
	} {
		if err := checkEmail(normalEmail(email)); (err == nil) != ok {
			t.Errorf("%q: %v", email, err)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ field, value, want string }{
		{"email", "ana.pop@example.com", "a***@***.com"},
		{"email", "no e-mail", "n***@***"},
		{"email_domain", "shop.example.com", "***.com"},
		{"subscribed.email", "true", "true"},
		{"subscribed.sms", "false", "false"},
		{"email", "", ""},
		{"lower(email)", "ana@example.com", "a***@***.com"},
		{"traits.billing_email", "țuică@example.ro", "ț***@***.ro"},
		{"phone", "+40 712 345 678", "***78"},
		{"phone", "12", "***"},
		{"mobilePhone", "0712345678", "***78"},
		{"last_name", "Popescu", "P***"},
		{"lastName", "Șerban", "Ș***"},
		{"family_name", "김", "***"},
		{"first_name", "Ana", "Ana"},
		{"first_name", "ana@example.com", "a***@***.com"},
		{"name", "Ana Maria Popescu", "Ana M***"},
		{"traits.full_name", "Ana Popescu", "Ana P***"},
		{"postcode", "400001", "***"},
		{"traits.address1", "Strada Lungă 5", "***"},
		{"shipping_address", "Strada Lungă 5", "***"},
		{"city", "Cluj", "Cluj"},
		{"country", "RO", "RO"},
		{"traits.note", "call +40 712 345 678, or a.b@x.ro; order 1234567890", "call ***78, or a***@***.ro; order 1234567890"},
		{"rfm.group", "Champions", "Champions"},
		{"referrer", "https://mail.example/?to=ana.pop%40example.ro&x=1", "https:/***@***"},
		{"anonymous", "a-efac36ef2d29", "***"},
		{"traits.last_ip", "203.0.113.7", "***"},
		{"customer", "1234567890123", "1234567890123"},
	} {
		if got := MaskField(tc.field, tc.value); got != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.field, tc.value, got, tc.want)
		}
	}
	for text, want := range map[string]string{"ana@example.com": "a***@***.com", "+40712345678": "***78", "c-17": "c-17", "17850": "17850", "": ""} {
		if got := MaskText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatMayBeAsked(t *testing.T) {
	t.Parallel()
	if !slices.Equal(Support.Permissions(), []Permission{Self, View, People}) || Role("admin").Permissions() != nil || Role("").Valid() {
		t.Error("the table of roles")
	}
	Owner.Permissions()[0] = "other"
	if granted[Owner][0] == "other" {
		t.Error("whoever reads the table can write it")
	}
	for _, i := range []Identity{{}, {Kind: "other", Role: Owner}, {Kind: Session, Role: "admin"}, {Kind: SecretKey}} {
		for _, p := range Permissions() {
			if want := p == Public || i.Kind == SecretKey && p == Track; i.May(p) != want {
				t.Errorf("%+v may %s: %v", i, p, i.May(p))
			}
		}
	}
}

func TestHashesOfKeys(t *testing.T) {
	t.Parallel()
	if a, b := hashOf("kith_sk_a"), hashOf("kith_sk_b"); a == b || len(a) != 64 || bytes.Contains([]byte(a), []byte("kith")) {
		t.Errorf("%s, %s", a, b)
	}
}

// hashWith is argon2id with another cost, in base64.
func hashWith(t *testing.T, salt string, memory, passes uint32) string {
	t.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(salt)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte("password"), raw, passes, memory, 1, 16))
}
