package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Secret signs messages. It is written out by Text alone, so that it comes
// into no log by being part of something that is printed.
type Secret []byte

// secretSize is in bytes; the specification wants 24 to 64.
const secretSize = 32

// NewSecret makes a random one.
func NewSecret() Secret {
	s := make(Secret, secretSize)
	_, _ = rand.Read(s) // never fails
	return s
}

// Text is the secret as the specification writes it.
func (s Secret) Text() string { return "whsec_" + base64.StdEncoding.EncodeToString(s) }

// String hides the secret.
func (s Secret) String() string { return "whsec_…" }

// GoString hides the secret from %#v too.
func (s Secret) GoString() string { return s.String() }

// sign returns the value of webhook-signature.
func (s Secret) sign(id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, s)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
