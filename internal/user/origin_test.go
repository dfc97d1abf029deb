package user

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"kith/internal/commerce"
)

func TestOriginsAreAsBrowsersWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://shop.example":                 "https://shop.example",
		" HTTPS://Shop.Example/ ":              "https://shop.example",
		"https://shop.example:443":             "https://shop.example",
		"http://shop.example:80":               "http://shop.example",
		"http://shop.example:443":              "http://shop.example:443",
		"https://shop.example:8443":            "https://shop.example:8443",
		"https://*.shop.example":               "https://*.shop.example",
		"https://*.shop.example:443":           "https://*.shop.example",
		"http://localhost:5173":                "http://localhost:5173",
		"http://*.localhost":                   "http://*.localhost",
		"http://127.0.0.1:8080":                "http://127.0.0.1:8080",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"http://[0:0:0:0:0:0:0:1]":             "http://[::1]",
		"http://intranet":                      "http://intranet",
		"https://xn--pltzchen-0za.example":     "https://xn--pltzchen-0za.example",
		"https://a_b.1shop.example":            "https://a_b.1shop.example",
		"shop.example":                         "it does not begin with https://",
		"":                                     "it does not begin with https://",
		"*":                                    "it does not begin with https://",
		"ftp://shop.example":                   "it does not begin with https://",
		"https://":                             "it does not begin with https://",
		"https:///":                            "it does not begin with https://",
		"https://shop.example/checkout":        "a path is no part",
		"https://shop.example//":               "a path is no part",
		"https://shop.example?x":               "a path is no part",
		"https://shop.example#x":               "a path is no part",
		`https://shop.example\x`:               "a path is no part",
		"https://ana:secret@shop.example":      "a user or a password",
		"https://plätzchen.example":            "in punycode",
		"https://shop.example:0":               "the port is not",
		"https://shop.example:65536":           "the port is not",
		"https://shop.example:0443":            "the port is not",
		"https://shop.example:":                "the port is not",
		"https://shop.example:x":               "the port is not",
		"https://shop..example":                "the host is not a name",
		"https://shop.example.":                "the host is not a name",
		"https://-shop.example":                "the host is not a name",
		"https://sh op.example":                "the host is not a name",
		"https://shop\n.example":               "the host is not a name",
		"https://a.*.example":                  "a star stands only",
		"https://*.*.example":                  "a star stands only",
		"https://shop*.example":                "a star stands only",
		"https://*":                            "a star stands only",
		"https://*.example":                    "a whole top-level domain",
		"https://*.127.0.0.1":                  "neither a name nor an IPv4",
		"https://1.2.3":                        "neither a name nor an IPv4",
		"https://shop.1":                       "neither a name nor an IPv4",
		"http://[::1":                          "not an IPv6 address",
		"http://[fe80::1%25en0]":               "not an IPv6 address",
		"http://[127.0.0.1]":                   "not an IPv6 address",
		"https://" + strings.Repeat("a", 64):   "the host is not a name",
		"https://" + strings.Repeat("ab.", 99): "it is too long",
	} {
		got, err := normalOrigins([]string{text})
		if strings.Contains(want, "://") && !strings.Contains(want, " ") {
			if err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("%q: %q, %v; want %q", text, got, err, want)
			}
			if again, err := normalOrigins(got); err != nil || again[0] != got[0] {
				t.Errorf("%q is not normal: %q, %v", got[0], again, err)
			}
			continue
		}
		if commerce.CodeOf(err) != commerce.CodeInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %s", text, got, err, want)
		}
	}
	many := make([]string, maxOrigins+1)
	for i := range many {
		many[i] = fmt.Sprintf("https://s%d.example", i)
	}
	if got, err := normalOrigins(many[1:]); err != nil || len(got) != maxOrigins {
		t.Errorf("%d origins: %v", maxOrigins, err)
	}
	if _, err := normalOrigins(many); commerce.CodeOf(err) != commerce.CodeInvalid {
		t.Errorf("%d origins: %v", len(many), err)
	}
	if got, err := normalOrigins([]string{"https://a.example", "https://A.example:443"}); err != nil || len(got) != 1 {
		t.Errorf("one twice: %v, %v", got, err)
	}
}

func TestWhichSitesAKeyIsFor(t *testing.T) {
	t.Parallel()
	key := Identity{Kind: PublicKey, Origins: []string{"https://shop.example", "https://*.shop.example", "http://localhost:5173", "https://*.other.example:8443"}}
	for origin, want := range map[string]bool{
		"https://shop.example":               true,
		"https://SHOP.example:443":           true,
		"https://www.shop.example":           true,
		"https://a.b.shop.example":           true,
		"http://localhost:5173":              true,
		"https://a.other.example:8443":       true,
		"https://other.example:8443":         false,
		"https://a.other.example":            false,
		"http://shop.example":                false,
		"https://shop.example:444":           false,
		"https://evilshop.example":           false,
		"https://shop.example.evil.example":  false,
		"https://evil.example/.shop.example": false,
		"https://.shop.example":              false,
		"http://localhost":                   false,
		"null":                               false,
		"":                                   false,
		"https://" + strings.Repeat("a.", 9999) + "shop.example": false,
	} {
		if got := key.AllowsOrigin(origin); got != want {
			t.Errorf("%.60q: %v", origin, got)
		}
	}
	for name, free := range map[string]Identity{
		"any site": {Kind: PublicKey}, "secret": {Kind: SecretKey, Origins: key.Origins}, "token": {Kind: Token}, "session": {Kind: Session},
	} {
		for _, origin := range []string{"", "null", "https://evil.example"} {
			if !free.AllowsOrigin(origin) {
				t.Errorf("%s: %q is refused", name, origin)
			}
		}
	}
}

// TestAnOriginFitsItsOwnAndThoseBelow says of random hosts what the text of
// their labels says.
func TestAnOriginFitsItsOwnAndThoseBelow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	labels := func(n int) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = []string{"a", "b", "ab", "shop"}[r.IntN(4)]
		}
		return append(all, "example")
	}
	fits := 0
	for range 20_000 {
		allowed, host := labels(1+r.IntN(2)), labels(1+r.IntN(4))
		wild := r.IntN(2) == 0
		text := strings.Join(allowed, ".")
		want := strings.Join(host, ".") == text
		if wild {
			below := len(host) > len(allowed) && strings.Join(host[len(host)-len(allowed):], ".") == text
			want, text = below, "*."+text
		}
		origins, err := normalOrigins([]string{"https://" + text})
		if err != nil {
			t.Fatal(err)
		}
		key := Identity{Kind: PublicKey, Origins: origins}
		if got := key.AllowsOrigin("https://" + strings.Join(host, ".")); got != want {
			t.Fatalf("%v for %v: %v", host, origins, got)
		}
		if want {
			fits++
		}
	}
	if fits < 100 {
		t.Errorf("only %d of them fitted", fits)
	}
}

func BenchmarkAllowsOrigin(b *testing.B) {
	key := Identity{Kind: PublicKey}
	for i := range maxOrigins {
		key.Origins = append(key.Origins, fmt.Sprintf("https://*.shop%d.example", i))
	}
	for name, origin := range map[string]string{"below": "https://www.shop49.example", "other": "https://evil.example"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				key.AllowsOrigin(origin)
			}
		})
	}
}

// FuzzOrigin: a normal origin is normal again, is an URL of a scheme and a host
// alone, and allows itself.
func FuzzOrigin(f *testing.F) {
	for _, text := range []string{"https://Shop.Example:443/", "http://*.localhost", "http://[0:0::1]:8080", "https://1.2.3.4", "https://1.2.3", "https://a_b.xn--x", "null", "https://*.x.y:0", "https://[::ffff:1.2.3.4]"} {
		f.Add(text, "https://a.shop.example")
	}
	f.Fuzz(func(t *testing.T, text, asked string) {
		normal, why := normalOrigin(text)
		key := Identity{Kind: PublicKey, Origins: []string{"https://*.shop.example"}}
		if key.AllowsOrigin(asked) && !strings.HasSuffix(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(asked)), "/"), ".shop.example") &&
			!strings.HasSuffix(strings.TrimSuffix(strings.ToLower(strings.TrimSpace(asked)), "/"), ".shop.example:443") {
			t.Fatalf("%q is allowed", asked)
		}
		if why != "" {
			if normal != "" || len(why) > 200 {
				t.Fatalf("%q: %q, %q", text, normal, why)
			}
			return
		}
		if again, why := normalOrigin(normal); again != normal || why != "" {
			t.Fatalf("%q: %q, and of that %q, %q", text, normal, again, why)
		}
		u, err := url.Parse(normal)
		if err != nil || normal != u.Scheme+"://"+u.Host || u.User != nil {
			t.Fatalf("%q: %q, %v", text, normal, err)
		}
		key.Origins = []string{normal}
		if !key.AllowsOrigin(normal) {
			t.Fatalf("%q does not allow itself", normal)
		}
	})
}
