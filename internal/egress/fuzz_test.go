package egress

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzURL: a URL that is taken has a scheme that is sent to, no user and no
// fragment, and a host that all resolvers read alike; a reason is short and
// holds nothing of what stands behind the host.
func FuzzURL(f *testing.F) {
	for _, text := range []string{
		"https://shop.example/hook?a=b", "http://[::1]:80/", "http://0x7f.1/", "http://user:pass@x/", "http://1.2.3.4:/", "https://[fe80::1%25en0]/", "ftp://x", "//x", "http://x#",
		"http://[::ffff:10.0.0.1]/", "http://127.1", "http://ｅxample.com", "http://a%2eb/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := CheckURL(text)
		if err != nil {
			if why := err.Error(); !utf8.ValidString(why) || len(why) > 4*MaxURL {
				t.Fatalf("%q: %q", text, why)
			}
			return
		}
		u, err := url.Parse(text)
		if err != nil || len(text) > MaxURL || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
			t.Fatalf("%q is taken: %v", text, err)
		}
		host := u.Hostname()
		if ip, err := netip.ParseAddr(host); err == nil {
			if ip.Zone() != "" || ip.Is4In6() {
				t.Fatalf("%q is taken: %s", text, ip)
			}
			return
		}
		labels := strings.Split(strings.TrimSuffix(host, "."), ".")
		if last := labels[len(labels)-1]; last == "" || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(strings.ToLower(last), "0x") && strings.Trim(strings.ToLower(last[2:]), "0123456789abcdef") == "" {
			t.Fatalf("%q is taken: its host %q is a number", text, host)
		}
	})
}

// FuzzAllow: what is taken spares each host that it names, and no other.
func FuzzAllow(f *testing.F) {
	for _, text := range []string{"hooks.internal", "10.0.0.1:8080, [::1]", "[::1]:443", "a:0", "a:65536", "::1", "[a]", "[::1", "a.,A", ",", "x:080"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAllow(text)
		if err != nil {
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 4*len(text)+60 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if most := 2 * (strings.Count(text, ",") + 1); len(a.places) > most {
			t.Fatalf("%q: %d places", text, len(a.places))
		}
		for p := range a.places {
			host, err := netip.ParseAddrPort(p)
			if err == nil && !a.spares(host.Addr().String(), p[strings.LastIndexByte(p, ':')+1:]) {
				t.Fatalf("%q does not spare %s", text, p)
			}
			again, err := ParseAllow(p)
			if err != nil || len(again.places) != 1 || !again.places[p] {
				t.Fatalf("%q: %s is read as %v, %v", text, p, again.places, err)
			}
		}
		if a.spares("nobody.example", "443") && !strings.Contains(strings.ToLower(text), "nobody.example") {
			t.Fatalf("%q spares everybody", text)
		}
	})
}
