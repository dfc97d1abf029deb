package user

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"kith/internal/commerce"
)

const (
	// maxOrigins is how many sites a key may be for: they are compared one by one
	// for each request.
	maxOrigins    = 50
	longestOrigin = 300 // bytes: a host name has at most 253
)

// anySubdomain begins a host that stands for all names below it, and not for
// itself.
const anySubdomain = "*."

// normalOrigin is a site as browsers write it in Origin (RFC 6454, 6.2), with
// scheme and host in lower case and the port if it is not the scheme's own; or
// why it is none.
func normalOrigin(text string) (normal, why string) {
	scheme, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "://")
	rest = strings.TrimSuffix(rest, "/")
	switch {
	case len(text) > longestOrigin:
		return "", "it is too long"
	case scheme != "https" && scheme != "http" || rest == "":
		return "", "it does not begin with https:// or http:// and a host"
	case strings.Contains(rest, "@"):
		return "", "a user or a password is no part of an origin"
	case strings.ContainsAny(rest, "/?#\\"):
		return "", "a path is no part of an origin"
	case strings.ContainsFunc(rest, func(r rune) bool { return r > '~' }):
		return "", "write the host as browsers send it, in punycode (xn--...)"
	}
	host, port, hasPort := cutPort(rest)
	if hasPort {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 || strconv.FormatUint(number, 10) != port {
			return "", "the port is not a number from 1 to 65535"
		}
	}
	host, why = normalHost(host)
	if why != "" {
		return "", why
	}
	if hasPort && port != ownPort(scheme) {
		host += ":" + port
	}
	return scheme + "://" + host, ""
}

// cutPort cuts the port off a host; the colons of an IPv6 address are in
// brackets.
func cutPort(rest string) (host, port string, found bool) {
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 || colon < strings.LastIndexByte(rest, ']') {
		return rest, "", false
	}
	return rest[:colon], rest[colon+1:], true
}

func ownPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// normalHost is a host in lower case as browsers write it, or why it is none.
func normalHost(host string) (normal, why string) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !ip.Is6() || ip.Zone() != "" || !strings.HasSuffix(host, "]") {
			return "", "the host is not an IPv6 address in brackets"
		}
		return "[" + ip.String() + "]", ""
	}
	name, wild := strings.CutPrefix(host, anySubdomain)
	if strings.Contains(name, "*") {
		return "", "a star stands only as the whole first part of the host, and for all subdomains"
	}
	labels := strings.Split(name, ".")
	if len(name) > 253 || !slices.ContainsFunc(labels, nonNumber) {
		if _, err := netip.ParseAddr(name); err != nil || wild {
			return "", "the host is neither a name nor an IPv4 address"
		}
		return host, ""
	}
	for _, label := range labels {
		if !validLabel(label) {
			return "", "the host is not a name"
		}
	}
	if !nonNumber(labels[len(labels)-1]) {
		return "", "the host is neither a name nor an IPv4 address"
	}
	if wild && len(labels) == 1 && name != "localhost" {
		return "", "a whole top-level domain is no site of yours"
	}
	return host, ""
}

// nonNumber says whether a part of a host has anything but digits.
func nonNumber(label string) bool {
	return strings.ContainsFunc(label, func(r rune) bool { return r < '0' || r > '9' })
}

// validLabel says whether a text may be a part of a host's name. An underscore
// is in none that is registered, and in some that are used.
func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(label, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// normalOrigins are those of a key, each once.
func normalOrigins(texts []string) ([]string, error) {
	var all []string
	for _, text := range texts {
		origin, why := normalOrigin(text)
		if why != "" {
			return nil, commerce.Errorf(commerce.CodeInvalid, "the origin %.300q: %s; it is like https://shop.example or https://*.shop.example, with a port where that is another than 443", text, why)
		}
		if !slices.Contains(all, origin) {
			all = append(all, origin)
		}
	}
	if len(all) > maxOrigins {
		return nil, commerce.Errorf(commerce.CodeInvalid, "there are %d origins, and a key has at most %d", len(all), maxOrigins)
	}
	return all, nil
}

// AllowsOrigin says whether somebody may ask from a site: what a browser sends
// as Origin. Only a public key that was made for some sites is refused any. A
// request that names no site ("") comes from none of them, and neither does
// one of a document that has no site of its own ("null").
func (i Identity) AllowsOrigin(origin string) bool {
	if i.Kind != PublicKey || len(i.Origins) == 0 {
		return true
	}
	if len(origin) > longestOrigin {
		return false
	}
	if slices.Contains(i.Origins, origin) { // as browsers write it
		return true
	}
	origin, why := normalOrigin(origin)
	return why == "" && slices.ContainsFunc(i.Origins, func(allowed string) bool { return originFits(allowed, origin) })
}

// originFits says whether a site is what was allowed; both are normal.
func originFits(allowed, origin string) bool {
	if allowed == origin {
		return true
	}
	scheme, rest, found := strings.Cut(allowed, anySubdomain)
	if !found || !strings.HasPrefix(origin, scheme) {
		return false
	}
	sub, below := strings.CutSuffix(origin[len(scheme):], "."+rest)
	return below && sub != "" && !strings.Contains(sub, "*")
}
