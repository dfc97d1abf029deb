// Package egress is the one way on which Kith sends to addresses that people
// name: an HTTP client that refuses to speak to this machine, its network and
// the services that clouds offer to their machines.
//
// What always holds: the address is judged when the connection is made, after
// the name was resolved, so that a name which answers otherwise the second time
// gains nothing. Redirects are not followed, and no proxy is asked. Only http
// and https, and only ports 80 and 443. An Allow list, which the operator
// gives, names hosts that are spared the judgement of address and port.
//
// It knows nothing of what is sent. cmd/kith makes the client and hands it to
// whoever sends.
package egress
