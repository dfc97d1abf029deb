package egress

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MaxURL is the length of the longest URL that is taken, in bytes.
const MaxURL = 2048

// RefusedError says that Kith does not send somewhere.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

func refusef(format string, args ...any) error {
	return &RefusedError{fmt.Sprintf(format, args...)}
}

// CheckURL judges the form of a URL: its scheme and host, not where the host
// leads, which is judged when something is sent. Errors are RefusedErrors, and
// do not repeat what stands behind the host: that may be a secret.
func CheckURL(text string) error {
	if len(text) > MaxURL {
		return refusef("the URL has %d bytes, more than %d", len(text), MaxURL)
	}
	u, err := url.Parse(text)
	if err != nil {
		return refusef("this is no URL")
	}
	return check(u)
}

func check(u *url.URL) error {
	switch host := u.Hostname(); {
	case u.Scheme != "http" && u.Scheme != "https":
		return refusef("the URL begins with %q, not with http:// or https://", u.Scheme+":")
	case u.User != nil:
		return refusef("the URL has a user's name or password in it")
	case host == "":
		return refusef("the URL names no host")
	case u.Fragment != "":
		return refusef("the URL has a #, which is never sent")
	case strings.HasSuffix(u.Host, ":"):
		return refusef("the URL has a colon without a port")
	default:
		return checkHost(host)
	}
}

// checkHost refuses what some resolvers take for an address and others for a
// name, such as 0x7f.1, and characters that no name has.
func checkHost(host string) error {
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return refusef("%s has a zone", host)
		}
		if a.Is4In6() {
			return refusef("%s is an IPv4 address within IPv6", host)
		}
		return nil
	}
	if len(host) > 253 {
		return refusef("the host's name is too long")
	}
	for _, c := range []byte(host) {
		if c > 0x7f {
			return refusef("%q has characters that a host's name has not; write it as xn--", host)
		}
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", rune(c)) {
			return refusef("%q has characters that a host's name has not", host)
		}
	}
	if isNumber(host) {
		return refusef("%q is a number, not an address or a name", host)
	}
	return nil
}

// isNumber says whether a name's last part is a number, decimal, octal or
// hexadecimal: no such domain exists (WHATWG URL, "ends in a number").
func isNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if last == "" || strings.Trim(last, "0123456789") == "" {
		return true
	}
	hex, ok := strings.CutPrefix(last, "0x")
	_, err := strconv.ParseUint(hex, 16, 64)
	return ok && (hex == "" || err == nil)
}
