package egress

import "net/netip"

// kind is a range of addresses and why nothing is sent there.
type kind struct {
	prefix netip.Prefix
	what   string
}

// refused4 are the special ranges of IPv4 (RFC 6890 and its registry), and the
// one address at which a cloud's machines find its services in the open range.
var refused4 = []kind{
	{netip.MustParsePrefix("0.0.0.0/8"), "an unspecified address"},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a provider's inner address"},
	{netip.MustParsePrefix("127.0.0.0/8"), "a loopback address"},
	{netip.MustParsePrefix("168.63.129.16/32"), "a cloud's service address"},
	{netip.MustParsePrefix("169.254.169.254/32"), "a cloud's metadata address"},
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local address"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "an address kept for protocols"},
	{netip.MustParsePrefix("192.0.2.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a 6to4 relay's address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address for measurements"},
	{netip.MustParsePrefix("198.51.100.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "an address for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},
}

// refused6 are special ranges of IPv6, to say what they are. What is outside
// unicast6 is refused in any case.
var refused6 = []kind{
	{netip.MustParsePrefix("::/128"), "an unspecified address"},
	{netip.MustParsePrefix("::1/128"), "a loopback address"},
	{netip.MustParsePrefix("::ffff:0:0/96"), "an IPv4 address within IPv6"},
	{netip.MustParsePrefix("64:ff9b::/96"), "an IPv4 address within IPv6"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "an IPv4 address within IPv6"},
	{netip.MustParsePrefix("fc00::/7"), "a private address"},
	{netip.MustParsePrefix("fe80::/10"), "a link-local address"},
	{netip.MustParsePrefix("ff00::/8"), "a multicast address"},
	{netip.MustParsePrefix("2001::/32"), "a Teredo address"},
	{netip.MustParsePrefix("2001::/23"), "an address kept for protocols"},
	{netip.MustParsePrefix("2001:db8::/32"), "an address for documentation"},
	{netip.MustParsePrefix("2002::/16"), "a 6to4 address"},
	{netip.MustParsePrefix("3fff::/20"), "an address for documentation"},
}

// unicast6 is what of IPv6 is given out to the internet.
var unicast6 = netip.MustParsePrefix("2000::/3")

// refusal says why nothing is sent to an address; "" if it may be.
func refusal(a netip.Addr) string {
	ranges := refused6
	if a.Is4() {
		ranges = refused4
	}
	bare := a.WithZone("") // a prefix holds no address with a zone
	for _, r := range ranges {
		if r.prefix.Contains(bare) {
			return r.what
		}
	}
	if !a.Is4() && !unicast6.Contains(bare) {
		return "a reserved address"
	}
	return ""
}
