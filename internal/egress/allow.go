package egress

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Allow is the hosts that are spared the judgement of their address. The zero
// value spares none.
type Allow struct{ places map[string]bool } // host:port

// ParseAllow reads HOST or HOST:PORT, separated by commas. A HOST is a name,
// an IPv4 address or an IPv6 address in brackets, as URLs write it; without a
// port it stands for 80 and 443.
func ParseAllow(text string) (Allow, error) {
	a := Allow{map[string]bool{}}
	if strings.TrimSpace(text) == "" {
		return a, nil
	}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		host, ports := item, standardPorts[:]
		if h, port, err := net.SplitHostPort(item); err == nil {
			n, err := strconv.ParseUint(port, 10, 16)
			if err != nil || n == 0 {
				return a, fmt.Errorf("%q is not HOST or HOST:PORT", item)
			}
			host, ports = h, []string{strconv.FormatUint(n, 10)}
		} else if inner, ok := strings.CutPrefix(item, "["); ok {
			host = strings.TrimSuffix(inner, "]")
		}
		if err := checkHost(host); err != nil || host == "" {
			return a, fmt.Errorf("%q is not HOST or HOST:PORT", item)
		}
		for _, port := range ports {
			a.places[place(host, port)] = true
		}
	}
	return a, nil
}

// place writes host and port in one form: names in small letters and without
// the last dot, addresses in the shortest form.
func place(host, port string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return net.JoinHostPort(ip.String(), port)
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(host, ".")), port)
}

func (a Allow) spares(host, port string) bool { return a.places[place(host, port)] }
