package export

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// hashed is a member as a network's customer list asks for. docs/segments.md
// says for each of them what its own page asks.
func hashed(n Network, m *Member) []string {
	first, last, country, zip := name(n, m.Traits[0]), name(n, m.Traits[1]), m.Traits[3], m.Traits[5]
	if n == Google {
		// Country and postcode are not hashed.
		return []string{sum(email(n, m.Email)), sum(phone(n, m.Phone)), sum(first), sum(last), strings.ToUpper(strings.TrimSpace(country)), strings.TrimSpace(zip)}
	}
	return []string{
		sum(email(n, m.Email)), sum(phone(n, m.Phone)), sum(first), sum(last),
		sum(strings.ToLower(strings.TrimSpace(country))), sum(strings.ToLower(without(zip, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }))),
	}
}

// sum is the SHA-256 in hexadecimal; of nothing it is nothing.
func sum(text string) string {
	if text == "" {
		return ""
	}
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// email is trimmed and in lower case. For Google, the dots and what follows a
// plus sign do not count in a mailbox of Gmail.
func email(n Network, text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if n != Google {
		return text
	}
	text = without(text, unicode.IsSpace)
	box, domain, ok := strings.Cut(text, "@")
	if !ok || domain != "gmail.com" && domain != "googlemail.com" {
		return text
	}
	box, _, _ = strings.Cut(box, "+")
	return strings.ReplaceAll(box, ".", "") + "@" + domain
}

// phone is in E.164, for Meta without the plus sign. One without its
// country's code matches nobody.
func phone(n Network, text string) string {
	digits, international := strings.CutPrefix(text, "+")
	if !international {
		return ""
	}
	digits = without(digits, func(r rune) bool { return r < '0' || r > '9' })
	if digits == "" || n == Meta {
		return digits
	}
	return "+" + digits
}

// name is trimmed and in lower case; for Meta also without punctuation.
func name(n Network, text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if n == Meta {
		text = without(text, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
	}
	return text
}

func without(text string, drop func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, text)
}
