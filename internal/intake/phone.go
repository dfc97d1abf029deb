package intake

import (
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// phoneFunction is the name in SQL of what normalises phone numbers.
const phoneFunction = "kith_phone"

// phoneBook normalises phone numbers and remembers the last of them: files
// repeat them, and parsing one takes microseconds.
type phoneBook struct {
	mu   sync.RWMutex
	seen map[[2]string]string
}

// maxPhones is how many numbers are remembered before all are forgotten.
const maxPhones = 1 << 16

// normalise is the function behind phoneFunction: a number and the country it
// may be of. It gives E.164, or empty for what is no phone number. Without a
// country, a national number is its digits: within one shop that is still the
// same number.
func (p *phoneBook) normalise(args []string) string {
	entry := [2]string{args[0], args[1]}
	if entry[0] == "" {
		return ""
	}
	p.mu.RLock()
	known, ok := p.seen[entry]
	p.mu.RUnlock()
	if ok {
		return known
	}
	known = normalPhone(entry[0], entry[1])
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil || len(p.seen) >= maxPhones {
		p.seen = map[[2]string]string{}
	}
	p.seen[entry] = known
	return known
}

func normalPhone(text, country string) string {
	text = strings.TrimSpace(strings.TrimPrefix(text, "'")) // Excel's mark of a text
	if text == "" || len(text) > 40 {
		return ""
	}
	if strings.HasPrefix(text, "00") {
		text = "+" + text[2:]
	}
	if country == "" && !strings.HasPrefix(text, "+") {
		return nationalDigits(text)
	}
	number, err := phonenumbers.Parse(text, country)
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

func nationalDigits(text string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()\u00a0", r) {
			return -1
		}
		return r
	}, text)
	if len(digits) < 6 || len(digits) > 15 || !allDigits([]byte(digits)) {
		return ""
	}
	return digits
}
