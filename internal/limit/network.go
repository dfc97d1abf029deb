package limit

import "net/netip"

// Network is whose traffic an address is counted with: an IPv4 address by
// itself, also where it is written as an IPv6 one, and an IPv6 address with its
// /64, because that is what a household or a machine is given. It is "" for what
// is no address.
func Network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	network, _ := ip.Prefix(64) // 64 is never too long
	return network.String()
}
