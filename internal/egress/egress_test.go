package egress

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// names are what the name server of these tests knows.
var names = map[string]string{
	"loopback.example": "127.0.0.1", "private.example": "10.1.2.3", "metadata.example": "169.254.169.254",
	"shared.example": "100.64.0.1", "unspecified.example": "0.0.0.0", "six.example": "::1", "ula.example": "fd00::1",
	"mapped.example": "::ffff:127.0.0.1", "nat64.example": "64:ff9b::7f00:1", "sixtofour.example": "2002:7f00:1::",
	"teredo.example": "2001:0:4136:e378:8000:63bf:3fff:fdd2", "link.example": "fe80::1", "multicast.example": "224.0.0.1",
}

func known(name string) []netip.Addr {
	if a, ok := names[strings.TrimSuffix(name, ".")]; ok {
		return []netip.Addr{netip.MustParseAddr(a)}
	}
	// What is asked for and not known would be this machine.
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
}

// refusedURLs are ways to this machine, its network and what clouds keep
// for their machines, and URLs of forms that are not taken.
var refusedURLs = []string{
	// This machine.
	"http://127.0.0.1/", "https://127.0.0.1/", "http://127.0.0.1:80/", "http://127.255.255.254/", "http://127.1/", "http://127.0.1/",
	"http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://loopback.example/", "http://0.0.0.0/", "http://0/",
	"http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://unspecified.example/", "http://six.example/",
	// In other forms.
	"http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://0x7f.0x0.0x0.0x1/",
	"http://00000177.1/", "http://127.0.0.1./", "http://127.0.0.01/", "http://0xa9fea9fe/", "http://2852039166/", "http://0251.0376.0251.0376/",
	"http://%31%32%37.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://1.0x/",
	// IPv4 within IPv6.
	"http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::ffff:8.8.8.8]/", "http://[::127.0.0.1]/",
	"http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/",
	"http://[2002:a9fe:a9fe::1]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://mapped.example/", "http://nat64.example/",
	"http://sixtofour.example/", "http://teredo.example/",
	// The network around.
	"http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/", "http://100.64.0.1/", "http://100.127.255.255/",
	"http://169.254.1.1/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/", "http://[fd12:3456::1]/",
	"http://private.example/", "http://shared.example/", "http://ula.example/", "http://link.example/",
	// Services of clouds.
	"http://169.254.169.254/latest/meta-data/", "http://metadata.example/", "http://[fd00:ec2::254]/", "http://100.100.100.200/",
	"http://168.63.129.16/", "http://192.0.0.192/",
	// Nobody's.
	"http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://[ff02::1]/", "http://multicast.example/", "http://192.0.2.1/",
	// Ports and forms.
	"http://8.8.8.8:22/", "https://example.com:8443/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "http:///path",
	"http://user:password@example.com/", "http://example.com@127.0.0.1/", "//example.com/", "http://exa mple.com/", "http://example.com/#x",
}

func TestRefused(t *testing.T) {
	t.Parallel()
	client := NewClient(Config{Resolver: resolver(known)})
	seen := map[string]bool{}
	for _, u := range refusedURLs {
		seen[u] = true
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u, strings.NewReader("{}"))
		if err != nil {
			// http.NewRequest did not take it; neither may CheckURL.
			if err = CheckURL(u); err == nil {
				t.Errorf("%s is taken, but is no URL", u)
			}
			continue
		}
		response, err := client.Do(request)
		if err == nil {
			response.Body.Close()
		}
		if !errors.As(err, new(*RefusedError)) {
			t.Errorf("%s: %v, want that it is refused", u, err)
		}
	}
	if len(seen) < 60 || len(seen) != len(refusedURLs) {
		t.Errorf("there are %d different URLs of %d", len(seen), len(refusedURLs))
	}
}

// TestOpenAddressesPass, so that what is refused is not simply everything.
func TestOpenAddressesPass(t *testing.T) {
	t.Parallel()
	for _, a := range []string{
		"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "169.253.0.1", "169.255.0.1",
		"192.167.255.255", "198.17.0.1", "198.20.0.1", "223.255.255.255", "126.0.0.1", "128.0.0.1", "11.0.0.1", "1.0.0.1",
		"2606:4700::1111", "2a00:1450:4001::1", "2003::1", "2001:200::1", "2001:4860:4860::8888", "3ffe::1",
	} {
		if what := refusal(netip.MustParseAddr(a)); what != "" {
			t.Errorf("%s is said to be %s", a, what)
		}
	}
}

// TestANameThatRebinds looks harmless to whoever checks it first.
func TestANameThatRebinds(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	r := resolver(func(string) []netip.Addr {
		if asked.Add(1) <= 2 { // for an A and an AAAA
			return []netip.Addr{netip.MustParseAddr("8.8.8.8")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	first, err := r.LookupNetIP(t.Context(), "ip", "rebind.example")
	if err != nil || len(first) != 1 || refusal(first[0].Unmap()) != "" {
		t.Fatalf("the first answer is %v, %v", first, err)
	}
	response, err := NewClient(Config{Resolver: r}).Get("http://rebind.example/")
	if err == nil {
		response.Body.Close()
	}
	if !errors.As(err, new(*RefusedError)) || !strings.Contains(err.Error(), "127.0.0.1 is a loopback address") {
		t.Errorf("the second answer led to %v", err)
	}
}

// TestRedirectsAreNotFollowed wherever they lead.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var self string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		to := "http://169.254.169.254/latest/meta-data/"
		if r.URL.Path == "/self" {
			to = self
		}
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	self = server.URL
	client := NewClient(Config{Allow: allowed(t, server.Listener.Addr().String())})
	defer client.CloseIdleConnections()
	for _, path := range []string{"/", "/self"} {
		response, err := client.Post(server.URL+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusTemporaryRedirect {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
	if asked.Load() != 2 {
		t.Errorf("the server was asked %d times, not twice", asked.Load())
	}
}

func allowed(t *testing.T, text string) Allow {
	t.Helper()
	a, err := ParseAllow(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheOperatorAllowsHosts(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		allow, host string
		want        bool
	}{
		{"127.0.0.1:" + port, "127.0.0.1:" + port, true},
		{"shop.example:" + port, "shop.example:" + port, true},
		{" Shop.Example.:" + port + " , other.example", "SHOP.example:" + port, true},
		{"shop.example:" + port, "shop.example.:" + port, true},
		{"", "127.0.0.1:" + port, false},
		{"127.0.0.1", "127.0.0.1:" + port, false},            // stands for 80 and 443
		{"127.0.0.1:" + port, "shop.example:" + port, false}, // a name is not what it leads to
		{"shop.example:" + port, "127.0.0.1:" + port, false}, // and neither the other way
		{"shop.example:" + port, "a.shop.example:" + port, false},
		{"shop.example:1", "shop.example:" + port, false},
	} {
		client := NewClient(Config{Allow: allowed(t, c.allow), Resolver: resolver(known)})
		response, err := client.Get("http://" + c.host + "/")
		if err == nil {
			response.Body.Close()
		}
		if c.want && err != nil || !c.want && !errors.As(err, new(*RefusedError)) {
			t.Errorf("%s with %q allowed: %v", c.host, c.allow, err)
		}
		client.CloseIdleConnections()
	}
	for _, text := range []string{",", "a,,b", "http://a.example", "a.example:0", "a.example:x", "a.example:99999", "0x7f.1", "a b", "10.0.0.0/8", "*.example"} {
		if _, err := ParseAllow(text); err == nil {
			t.Errorf("%q is taken as hosts", text)
		}
	}
	for _, text := range []string{"", "[::1]", "[::1]:8080", "::1", "10.0.0.5", "receiver", "a_b.example:8080"} {
		if _, err := ParseAllow(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if !allowed(t, "[0:0::1]:8080").spares("::1", "8080") || !allowed(t, "receiver").spares("Receiver", "443") {
		t.Error("hosts are not compared in one form")
	}
}

func TestFormOfURLs(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"https://example.com", "https://example.com/hooks?token=x&y", "http://example.com:8080/a", "https://8.8.8.8/", "https://[2606:4700::1111]/",
		"https://xn--mnchen-3ya.example/", "https://a_b.example/", "http://10.0.0.1/", // where it leads is judged later
		"https://example.com/" + strings.Repeat("a", MaxURL-len("https://example.com/")),
	} {
		if err := CheckURL(u); err != nil {
			t.Errorf("%.80s: %v", u, err)
		}
	}
	for _, u := range []string{
		"", "example.com", "https://", "https://münchen.example/", "https://example.com:/", "https://exa%00mple.com/", "http://1.2.3.4.5/",
		"https://" + strings.Repeat("a", 254) + "/", "https://example.com/" + strings.Repeat("a", MaxURL), "javascript:alert(1)", "https://a,b/",
		"https://user@example.com/", "https://user:password@example.com/", "https://@example.com/", "https://example.com/#x", "ftp://example.com/",
		"//example.com/", "https:///path", "https://[fe80::1%25eth0]/", "https://[::ffff:8.8.8.8]/",
	} {
		if err := CheckURL(u); !errors.As(err, new(*RefusedError)) {
			t.Errorf("%.80s is taken: %v", u, err)
		}
	}
	if err := CheckURL("https://example.com/secret token\x7f"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error repeats the path: %v", err)
	}
}

// TestNoProxyIsAsked: it would connect for us, unjudged.
func TestNoProxyIsAsked(t *testing.T) {
	var asked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	response, err := NewClient(Config{}).Get("http://169.254.169.254/")
	if err == nil {
		response.Body.Close()
	}
	if !errors.As(err, new(*RefusedError)) || asked.Load() != 0 {
		t.Errorf("%v, and the proxy was asked %d times", err, asked.Load())
	}
}
