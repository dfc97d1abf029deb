package user

import (
	"crypto/rand"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/commerce"
)

// User is somebody who logs in.
type User struct {
	ID         string
	Email      string // in lower case
	Name       string
	Role       Role
	Language   string // BCP 47; "" for the shop's
	CreatedAt  time.Time
	DisabledAt time.Time // zero: they may log in
}

// Account is a user with what they log in with.
type Account struct {
	User
	Password string // an argon2id hash; "" before an invitation was accepted
	SecondFactor
}

// SecondFactor is a user's TOTP (RFC 6238).
type SecondFactor struct {
	Secret   []byte   // nil: they have none
	Pending  []byte   // one that was shown and not confirmed
	Step     int64    // of the last code that was used
	Recovery []string // hashes of the codes that were not used
}

// Invited says whether somebody has not accepted their invitation yet.
func (a Account) Invited() bool { return a.Password == "" }

// HasMFA says whether logging in needs a code.
func (a Account) HasMFA() bool { return len(a.Secret) > 0 }

// active says whether somebody can log in.
func (a Account) active() bool { return a.Password != "" && a.DisabledAt.IsZero() }

// MaxUsers is how many there may be: they are listed whole.
const MaxUsers = 500

const (
	longestEmail = 254
	longestName  = 200
)

// normalEmail is how an e-mail is kept and compared.
func normalEmail(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// checkEmail says what is wrong with an e-mail in its normal form.
func checkEmail(email string) error {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > longestEmail || !printable(email) || strings.ContainsAny(email, "\"\\ ") {
		return commerce.Errorf(commerce.CodeInvalid, "%.300q is not an e-mail address", email)
	}
	return nil
}

func checkName(name string) error {
	if utf8.RuneCountInString(name) > longestName || !printable(name) {
		return commerce.Errorf(commerce.CodeInvalid, "the name is not one line of at most %d characters", longestName)
	}
	return nil
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)

func checkLanguage(language string) error {
	if language != "" && !languageForm.MatchString(language) {
		return commerce.Errorf(commerce.CodeInvalid, "language is %.50q, not a tag like en or zh-Hant", language)
	}
	return nil
}

func checkRole(r Role) error {
	if !r.Valid() {
		return commerce.Errorf(commerce.CodeInvalid, "there is no role %.50q; there are owner, editor, analyst and support", string(r))
	}
	return nil
}

// printable says whether a text is valid and has nothing that is obeyed
// instead of shown.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
	})
}

// newID makes a random id of 60 bits that is easily read and typed.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:12]) }
