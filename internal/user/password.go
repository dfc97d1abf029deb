package user

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kith/internal/commerce"
)

const (
	// Fewest characters of a password that is all that is asked for, and of one
	// with a second factor beside it.
	shortestAlone    = 15
	shortestPassword = 12
	longestPassword  = 1000 // bytes
)

// commonText is those of the commonest passwords that are long enough to be
// taken otherwise, one a line, in lower case: from passwords.json of
// @zxcvbn-ts/language-common 4.1.3, whose licence is in common.LICENSE.txt.
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.Lines(commonText) {
		words[strings.TrimSpace(word)] = true
	}
	return words
})

// normalPassword makes the same password of what different keyboards send for
// the same letters.
func normalPassword(text string) string { return norm.NFC.String(text) }

// checkPassword says why a password is not taken. known is what an attacker
// tries first: the e-mail, the user's and the shop's name.
func checkPassword(password string, shortest int, known ...string) error {
	switch {
	case len(password) > longestPassword:
		return commerce.Errorf(commerce.CodeInvalid, "the password is longer than %d bytes", longestPassword)
	case !utf8.ValidString(password):
		return commerce.Errorf(commerce.CodeInvalid, "the password is not UTF-8")
	case utf8.RuneCountInString(password) < shortest:
		return commerce.Errorf(commerce.CodeInvalid, "the password has fewer than %d characters; several words are good", shortest)
	}
	lower := strings.ToLower(password)
	switch core := letters(lower); {
	case common()[lower]:
		return commerce.Errorf(commerce.CodeInvalid, "the password is one of the commonest; choose another")
	case repeated(lower) || sequential(lower):
		return commerce.Errorf(commerce.CodeInvalid, "the password repeats or counts up a few characters; choose another")
	default:
		for _, word := range guesses(known) {
			if lower == word || core == letters(word) {
				return commerce.Errorf(commerce.CodeInvalid, "the password is the e-mail or a name that is known; choose another")
			}
		}
	}
	return nil
}

// guesses are what is known, with the parts of an e-mail.
func guesses(known []string) []string {
	var words []string
	for _, text := range known {
		text = strings.ToLower(strings.TrimSpace(text))
		local, domain, _ := strings.Cut(text, "@")
		for _, word := range []string{text, local, domain} {
			if letters(word) != "" {
				words = append(words, word)
			}
		}
	}
	return words
}

// letters leaves the letters of a text: "Ink & Co 2026!" is "inkco".
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

// repeated says whether a text is a few characters again and again.
func repeated(text string) bool {
	runes := []rune(text)
	for period := 1; period <= len(runes)/3; period++ {
		again := true
		for i := period; i < len(runes) && again; i++ {
			again = runes[i] == runes[i-period]
		}
		if again {
			return true
		}
	}
	return false
}

// rows are what lies side by side, in alphabets and on keyboards.
const rows = "0123456789012345678901234567890 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz " +
	"qwertyuiopasdfghjklzxcvbnm qwertzuiopasdfghjklyxcvbnm azertyuiopqsdfghjklmwxcvbn 1234567890qwertyuiop"

// sequential says whether a text, or its halves, runs along a row.
func sequential(text string) bool {
	runes := []rune(text)
	steps := 0
	for i := 1; i < len(runes); i++ {
		pair := string(runes[i-1 : i+1])
		back := string([]rune{runes[i], runes[i-1]})
		if strings.Contains(rows, pair) || strings.Contains(rows, back) {
			steps++
		}
	}
	return steps >= len(runes)-2
}
