package limit_test

import (
	"net/netip"
	"testing"

	"kith/internal/limit"
)

// FuzzNetwork: a network is short and holds its address, addresses of one /64
// have one network, and only what is an address has one.
func FuzzNetwork(f *testing.F) {
	for _, addr := range []string{"203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1", "fe80::1%eth0", "", "1.2.3.4:80", "[::1]", "01.2.3.4", "::ffff:1.2.3.4%x"} {
		f.Add(addr)
	}
	f.Fuzz(func(t *testing.T, addr string) {
		got := limit.Network(addr)
		ip, err := netip.ParseAddr(addr)
		if (err == nil) != (got != "") || len(got) > len("ffff:ffff:ffff:ffff::/64") {
			t.Fatalf("%q: %q", addr, got)
		}
		if err != nil {
			return
		}
		ip = ip.Unmap().WithZone("")
		if ip.Is4() {
			if got != ip.String() {
				t.Fatalf("%q: %q", addr, got)
			}
			return
		}
		network, err := netip.ParsePrefix(got)
		if err != nil || network.Bits() != 64 || !network.Contains(ip) {
			t.Fatalf("%q: %q, %v", addr, got, err)
		}
		beside := ip.As16()
		beside[8] ^= 0xff
		if other := netip.AddrFrom16(beside); !other.Is4In6() && limit.Network(other.String()) != got {
			t.Fatalf("%q and %s: %q", addr, other, got)
		}
	})
}
