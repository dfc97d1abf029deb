package egress

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// standardPorts are where something is sent to unless Allow names another.
var standardPorts = [...]string{"80", "443"}

// Config says how a client is made. Its zero value will do.
type Config struct {
	Allow    Allow
	Resolver *net.Resolver // the machine's if nil
}

// NewClient makes the client. What it refuses comes back as a *RefusedError,
// wrapped. It bounds no answer's length and sets no deadline: whoever sends
// does. Close idle connections when it is not needed any more.
func NewClient(config Config) *http.Client {
	d := &dialer{allow: config.Allow, plain: net.Dialer{Timeout: 10 * time.Second, Resolver: config.Resolver}}
	d.judging = d.plain
	d.judging.ControlContext = judge
	return &http.Client{
		Transport: checked{&http.Transport{
			DialContext:            d.dial,
			ForceAttemptHTTP2:      true, // else not with a DialContext
			DisableCompression:     true, // what is small on the way stays small
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			// Proxy stays nil: a proxy would connect for us, unjudged.
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// checked checks each URL before it is asked for.
type checked struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := check(r.URL); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as every RoundTripper does
		}
		return nil, err
	}
	return c.Transport.RoundTrip(r)
}

// dialer connects to hosts of Allow, and to others where judge lets it.
type dialer struct {
	allow          Allow
	plain, judging net.Dialer
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if d.allow.spares(host, port) {
		return d.plain.DialContext(ctx, network, address)
	}
	if !slices.Contains(standardPorts[:], port) {
		return nil, refusef("port %s is not 80 or 443, and %s is not among the hosts that are allowed", port, net.JoinHostPort(host, port))
	}
	return d.judging.DialContext(ctx, network, address)
}

// judge is called with each address that a name led to, right before it is
// connected to.
func judge(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return refusef("%s is no address", address)
	}
	if what := refusal(to.Addr()); what != "" {
		return refusef("%s is %s, and the host is not among those that are allowed", to.Addr(), what)
	}
	return nil
}
