// Package usertest is what an authenticator app does, for tests.
package usertest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"time"
)

// Code is what an app shows at an instant for a secret (RFC 6238, section 4).
func Code(secret []byte, at time.Time) string {
	counter := make([]byte, 8)
	binary.BigEndian.PutUint64(counter, uint64(at.Unix())/30)
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter)
	sum := mac.Sum(nil)
	at4 := sum[sum[19]&15:]
	n := (uint32(at4[0])&0x7f)<<24 | uint32(at4[1])<<16 | uint32(at4[2])<<8 | uint32(at4[3])
	return fmt.Sprintf("%06d", n%1_000_000)
}
