package user

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	totpPeriod     = 30 // seconds
	totpSecret     = 20 // bytes, as RFC 4226 recommends
	recoveryCount  = 10
	recoveryLength = 16 // characters of base32: 80 bits
)

// totp is the code of a step (RFC 6238 with the values every app has: SHA-1,
// six digits, 30 seconds).
func totp(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes everything
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

// totpStep returns the step whose code it is, of the one now and those beside
// it; 0 if it is none's, or was used before.
func totpStep(secret []byte, code string, now time.Time, last int64) int64 {
	code = strings.ReplaceAll(code, " ", "")
	current := now.Unix() / totpPeriod
	for step := current - 1; step <= current+1; step++ {
		if step > last && subtle.ConstantTimeCompare([]byte(totp(secret, step)), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

// use takes a code of the app, or a recovery code, and says which it was. It
// changes what is kept so that neither works again.
func (f *SecondFactor) use(code string, now time.Time) (ok, recovery bool) {
	if step := totpStep(f.Secret, code, now, f.Step); step > 0 {
		f.Step = step
		return true, false
	}
	hash := hashOf(normalRecovery(code))
	if i := slices.Index(f.Recovery, hash); i >= 0 {
		f.Recovery = slices.Delete(slices.Clone(f.Recovery), i, i+1)
		return true, true
	}
	return false, false
}

func newSecret() []byte {
	secret := make([]byte, totpSecret)
	_, _ = rand.Read(secret) // never fails
	return secret
}

func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpURI is what an app reads from a QR code.
func totpURI(secret []byte, issuer, email string) string {
	query := url.Values{"secret": {secretText(secret)}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+email) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// newRecovery makes recovery codes, and their hashes.
func newRecovery() (codes, hashes []string) {
	for range recoveryCount {
		text := strings.ToLower(rand.Text()[:recoveryLength])
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, hashOf(text))
	}
	return codes, hashes
}

func normalRecovery(code string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
}
