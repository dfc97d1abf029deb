package user

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What is masked for somebody whose role is Masked. Each of these leaves a
// little, so that support can compare it with what a customer says.

const stars = "***"

var (
	// An address in a URL's query has %40 for the @.
	emailIn = regexp.MustCompile(`(?i)[^\s@<>,;:"'()\[\]]+(@|%40)[^\s@<>,;:"'()\[\]]+`)
	phoneIn = regexp.MustCompile(`\+[0-9][0-9 ().\-/]{5,}[0-9]`)
	word    = regexp.MustCompile(`[\p{L}\p{N}_]+`)
	camel   = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)
)

// MaskEmail leaves the first letter and the end of the domain:
// ana.pop@example.com is a***@***.com.
func MaskEmail(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	end := ""
	if i := strings.LastIndexByte(domain, '.'); i >= 0 {
		end = domain[i:]
	}
	return first(local) + stars + "@" + stars + end
}

// MaskPhone leaves the last two digits.
func MaskPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
	if len(digits) < 7 {
		return stars
	}
	return stars + digits[len(digits)-2:]
}

// MaskFamilyName leaves the first letter, unless it is half of the name: many
// Korean and Chinese ones are a single letter.
func MaskFamilyName(name string) string {
	switch letters := utf8.RuneCountInString(name); {
	case letters == 0:
		return ""
	case letters <= 2:
		return stars
	}
	return first(name) + stars
}

// MaskFullName leaves the first word.
func MaskFullName(name string) string {
	given, family, found := strings.Cut(strings.TrimSpace(name), " ")
	if !found {
		return given
	}
	return given + " " + MaskFamilyName(strings.TrimSpace(family))
}

// MaskText masks the e-mails and the phones with a country's code in a text,
// such as the id by which a customer is listed.
func MaskText(text string) string {
	return phoneIn.ReplaceAllStringFunc(emailIn.ReplaceAllStringFunc(text, MaskEmail), MaskPhone)
}

// nationalPhone is one that came without its country's code and stands for a
// customer of whom nothing else is known.
var nationalPhone = regexp.MustCompile(`^0[0-9]{8,14}$`)

// MaskID masks the id that a customer is listed by: a customer id, an e-mail or
// a phone.
func MaskID(id string) string {
	if nationalPhone.MatchString(id) {
		return MaskPhone(id)
	}
	return MaskText(id)
}

// Words that name fields with contact data, in fields and traits of any name.
var (
	emailWords  = []string{"email", "mail"}
	domainWords = []string{"domain"}
	phoneWords  = []string{"phone", "mobile", "telephone", "tel", "fax", "whatsapp", "viber", "sms", "msisdn"}
	familyWords = []string{"lastname", "surname", "familyname"}
	wholeWords  = []string{"name", "fullname", "displayname"}
	hiddenWords = []string{
		"address", "address1", "address2", "street", "postcode", "postalcode", "zip", "zipcode", "instagram", "facebook", "telegram", "linkedin", "twitter",
		"ip", "ipaddress", "anonymous", "gclid", "fbclid",
	}
)

// ContactField says whether a field or trait of this name holds contact data,
// of which a role that is Masked sees a part at most.
func ContactField(name string) bool {
	return slices.ContainsFunc([][]string{emailWords, phoneWords, familyWords, hiddenWords, wholeWords}, fieldWords(name))
}

// MaskField masks the value of a customer's field or trait by what its name
// says, and e-mails and phones wherever they stand.
func MaskField(name, value string) string {
	if value == "" || value == "true" || value == "false" {
		return value // whether somebody subscribed says nothing of where they are reached
	}
	switch says := fieldWords(name); {
	case says(emailWords) && !strings.Contains(value, "@") && says(domainWords):
		return strings.TrimPrefix(MaskEmail("@"+value), stars+"@")
	case says(emailWords):
		return MaskEmail(value)
	case says(phoneWords):
		return MaskPhone(value)
	case says(familyWords):
		return MaskFamilyName(value)
	case says(hiddenWords):
		return stars
	case says(wholeWords):
		return MaskText(MaskFullName(value))
	}
	return MaskText(value)
}

// fieldWords returns what says whether one of some words is in a name: in
// "traits.billing_email" and "billingEmail" there are billingemail, billing and
// email. A term of the language, like lower(email), has names in it too.
func fieldWords(name string) func(words []string) bool {
	var in []string
	for _, w := range word.FindAllString(camel.ReplaceAllString(name, "${1}_${2}"), -1) {
		parts := strings.Split(strings.ToLower(w), "_")
		in = append(in, parts...)
		for i := range parts[:len(parts)-1] {
			in = append(in, parts[i]+parts[i+1])
		}
	}
	if slices.Contains(in, "firstname") || slices.Contains(in, "givenname") {
		in = slices.DeleteFunc(in, func(w string) bool { return w == "name" })
	}
	return func(words []string) bool {
		return slices.ContainsFunc(in, func(w string) bool { return slices.Contains(words, w) })
	}
}

// first is the first letter of a text.
func first(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return text[:size]
}
