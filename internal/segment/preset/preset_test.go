package preset_test

import (
	"slices"
	"strings"
	"testing"

	"kith/internal/segment/preset"
	"kith/internal/segql"
)

func byID(t *testing.T, language, id string) preset.Preset {
	t.Helper()
	for _, p := range preset.List(language) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no preset %s", id)
	return preset.Preset{}
}

// values fill the parameters of templates.
var values = map[string]string{"from": "2025-12-01", "to": "2025-12-24", "since": "2025-12-26", "category": `"shoes"`}

func TestAllPresetsAreGoodSegmentsInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, language := range preset.Languages() {
		for _, p := range preset.List(language) {
			if p.Name == "" || p.Purpose == "" || p.Tactic == "" {
				t.Errorf("%s in %s: name %q, purpose %q, tactic %q", p.ID, language, p.Name, p.Purpose, p.Tactic)
			}
			if !slices.Contains(preset.Goals(), p.Goal) {
				t.Errorf("%s has the goal %q", p.ID, p.Goal)
			}
			text := p.Text
			if p.Template {
				given := map[string]string{}
				for _, x := range p.Parameters {
					if x.Default == "" {
						given[x.Name] = values[x.Name]
					}
				}
				var err error
				if text, err = p.Fill(given); err != nil {
					t.Error(err)
					continue
				}
			}
			node, problems := segql.Parse(text)
			if len(problems) > 0 {
				t.Errorf("%s: %s\n%v", p.ID, text, problems)
				continue
			}
			if _, problems := segql.Check(node, nil); len(problems) > 0 {
				t.Errorf("%s: %s\n%v", p.ID, text, problems)
			}
			if got := segql.Print(node); got != text {
				t.Errorf("%s is not in canonical form:\n%s\n%s", p.ID, text, got)
			}
		}
	}
}

func TestEveryLanguageHasItsOwnWords(t *testing.T) {
	t.Parallel()
	english := preset.List("en")
	if len(english) != 53 {
		t.Errorf("%d presets, want 53", len(english))
	}
	for _, language := range preset.Languages()[1:] {
		for i, p := range preset.List(language) {
			if p.Name == english[i].Name || p.Tactic == english[i].Tactic {
				t.Errorf("%s is in English in %s", p.ID, language)
			}
		}
	}
}

func TestNeedsAreFromAClosedList(t *testing.T) {
	t.Parallel()
	facts := append(segql.FactNames(), "cart", "customer", "clv", "price_band",
		"released_at", "stock", "price", "tags", "category", "shop.country", "shop.reward_points", "shop.shipping_step")
	for _, p := range preset.List("en") {
		for _, name := range slices.Concat(p.Needs...) {
			field, isField := strings.CutPrefix(name, "field:")
			_, known := segql.LookupField(field)
			if !slices.Contains(facts, name) && !strings.HasPrefix(name, "event:") && (!isField || !known) {
				t.Errorf("%s needs %q, which nobody can answer", p.ID, name)
			}
		}
	}
}

func TestMissingNamesWhatTheShopLacks(t *testing.T) {
	t.Parallel()
	p := byID(t, "en", "indecisive-prospects")
	for _, tc := range []struct {
		has  []string
		want string
	}{
		{nil, "visit"},
		{[]string{"visit"}, "event:product_added ticket"},
		{[]string{"visit", "ticket"}, ""},
		{[]string{"visit", "event:product_added"}, ""},
	} {
		has := map[string]bool{}
		for _, name := range tc.has {
			has[name] = true
		}
		if got := strings.Join(p.Missing(has), " "); got != tc.want {
			t.Errorf("Missing with %v = %q, want %q", tc.has, got, tc.want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	p := byID(t, "en", "biggest-spenders")
	want := "percentile(sum(order.total) in last 6 months - sum(refund.total) in last 6 months) >= 90"
	if got, err := p.Fill(map[string]string{"months": "6"}); err != nil || got != want {
		t.Errorf("Fill = %q, %v; want %q", got, err, want)
	}
	for name, value := range map[string]string{"months": "6 months or everyone", "other": "1", "percentile": ""} {
		if got, err := p.Fill(map[string]string{name: value}); err == nil {
			t.Errorf("Fill %s=%q = %q, want an error", name, value, got)
		}
	}
	fans := byID(t, "en", "category-fans")
	if !fans.Template || fans.Text != "" {
		t.Errorf("category-fans is no template: %+v", fans)
	}
	for _, value := range []string{`shoes`, `"a" or "b"`, `"a\"`, `"{items}"`} {
		if got, err := fans.Fill(map[string]string{"category": value}); err == nil {
			t.Errorf("Fill category=%s = %q, want an error", value, got)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"en": "en", "en-GB": "en", "ro-RO": "ro", "KO": "ko", "zh": "zh-Hant", "zh-TW": "zh-Hant",
		"zh-Hant-HK": "zh-Hant", "zh-Hans": "en", "zh-CN": "en", "de": "en", "": "en",
	} {
		if got := preset.Match(tag); got != want {
			t.Errorf("Match(%q) = %q, want %q", tag, got, want)
		}
	}
	if got := byID(t, "ro", "gift-buyers").Text; !strings.Contains(got, `"cadou"`) {
		t.Errorf("gift-buyers in Romanian is %s", got)
	}
}
