package user

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// HandleKey seals ids. Only the server that made a handle can open it.
type HandleKey [32]byte

// NewHandleKey makes a key.
func NewHandleKey() (k HandleKey) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// handleMark stands between what of a masked id is shown and the sealed id.
const handleMark = "~"

// Mask masks the id that a customer is listed by. Where that hides something,
// the id follows sealed, as in a***@***.com~kzJx..., so that whoever may not
// see it can still ask for this customer. The same id has the same handle.
func (k HandleKey) Mask(id string) string {
	shown := MaskID(id)
	if shown == id {
		return id
	}
	tag := k.tag(id)
	sealed := append(tag, id...)
	k.stream(tag).XORKeyStream(sealed[len(tag):], sealed[len(tag):])
	return shown + handleMark + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open returns the id that a handle is of; what is no handle of this key is an
// id itself.
func (k HandleKey) Open(text string) string {
	sealed, err := base64.RawURLEncoding.DecodeString(text[strings.LastIndex(text, handleMark)+1:])
	if err != nil || len(sealed) <= aes.BlockSize || !strings.Contains(text, handleMark) {
		return text
	}
	tag, id := sealed[:aes.BlockSize], sealed[aes.BlockSize:]
	k.stream(tag).XORKeyStream(id, id)
	if !hmac.Equal(tag, k.tag(string(id))) {
		return text
	}
	return string(id)
}

// tag is what an id is sealed and known again by, as RFC 5297 does: it depends
// on the whole id, so that nothing has to be random.
func (k HandleKey) tag(id string) []byte {
	mac := hmac.New(sha256.New, k.part("tag"))
	_, _ = mac.Write([]byte(id)) // a hash takes everything
	return mac.Sum(nil)[:aes.BlockSize]
}

func (k HandleKey) stream(tag []byte) cipher.Stream {
	block, err := aes.NewCipher(k.part("stream"))
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	return cipher.NewCTR(block, tag)
}

// part is a key for one use.
func (k HandleKey) part(use string) []byte {
	mac := hmac.New(sha256.New, k[:])
	_, _ = mac.Write([]byte(use))
	return mac.Sum(nil)
}
