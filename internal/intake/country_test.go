package intake

import "testing"

func TestCountries(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ro": "RO", "RO": "RO", "uk": "GB", "UK": "GB", "ROU": "RO", "gbr": "GB", "USA": "US",
		"United Kingdom": "GB", "UNITED STATES": "US", "EIRE": "IE", "Romania": "RO", "România": "RO", "Deutschland": "DE",
		"대한민국": "KR", "台灣": "TW", "日本": "JP", "South Korea": "KR", "Czechia": "CZ", "Czech Republic": "CZ",
		"": "", "zz": "ZZ", "Atlantis": "Atlantis", "European Community": "European Community", "419": "419", "150": "150", "Europe": "Europe",
	} {
		if got := countryCode(text); got != want {
			t.Errorf("countryCode(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestEveryCountryOfTheCodesIsKnown(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, code := range countryNames() {
		codes[code] = true
	}
	if len(codes) < 240 {
		t.Errorf("%d countries have names, want 240 or more", len(codes))
	}
}
