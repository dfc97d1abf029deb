package intake

import (
	"maps"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryFunction is the name in SQL of what reads countries.
const countryFunction = "kith_country"

// moreCountries are names that shops write and the tables of names lack.
var moreCountries = map[string]string{
	"uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
	"eire": "IE", "republic of ireland": "IE", "holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "slovak republic": "SK",
	"turkey": "TR", "russian federation": "RU", "united states of america": "US", "u.s.a.": "US", "republic of moldova": "MD",
	"korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "한국": "KR", "viet nam": "VN", "hong kong": "HK", "macau": "MO",
	"rsa": "ZA", "臺灣": "TW", "韓國": "KR",
}

// countryNames are the codes of countries by their names in lower case, in the
// languages of the console and of the shops' neighbours.
var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	dictionaries := []*display.Dictionary{
		display.English, display.Romanian, display.Korean, display.TraditionalChinese, display.Chinese, display.Japanese,
		display.German, display.French, display.Spanish, display.Italian, display.Hungarian, display.Bulgarian, display.Polish,
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code {
				continue // no country, or an old code of one
			}
			for _, d := range dictionaries {
				if name := strings.ToLower(d.Regions().Name(region)); name != "" && names[name] == "" {
					names[name] = code
				}
			}
		}
	}
	maps.Copy(names, moreCountries)
	return names
})

// countryCode is the function behind countryFunction: the two letters, in upper
// case, of a country that is written as these, as three, or by its name. What
// is no country stays as it is.
func countryCode(text string) string {
	if code := countryNames()[strings.ToLower(text)]; code != "" {
		return code
	}
	switch len(text) {
	case 2:
		return strings.ToUpper(text)
	case 3:
		if region, err := language.ParseRegion(text); err == nil && region.IsCountry() {
			return region.String()
		}
	}
	return text
}
