package preset

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed presets.json en.json ro.json ko.json zh-Hant.json
var files embed.FS

// Preset is a segment that ships with Kith, in one language.
type Preset struct {
	ID      string
	Goal    Goal
	Name    string
	Purpose string
	Tactic  string
	// Text is the definition with the default values of its parameters. A
	// template, which has parameters that nobody can guess, has none.
	Text       string
	Parameters []Parameter
	Template   bool
	// Definition is the text with {name} where a parameter stands.
	Definition string
	// Needs are the facts without which the answer means nothing: one of each.
	Needs [][]string
}

// Goal is what a shop wants of a preset's members; people find presets by it.
type Goal string

// Goals, in the order of a customer's life with the shop.
const (
	FirstOrder  Goal = "first_order"
	SecondOrder Goal = "second_order"
	Cart        Goal = "cart" // they chose something and stopped
	SellMore    Goal = "sell_more"
	Reorder     Goal = "reorder"
	Reward      Goal = "reward"
	WinBack     Goal = "win_back"
	Discount    Goal = "discount" // who gets codes, and who needs none
	Occasion    Goal = "occasion"
	Content     Goal = "content" // what they are shown fits who they are
	Service     Goal = "service" // help before any marketing
)

// Goals lists them in that order.
func Goals() []Goal {
	return []Goal{FirstOrder, SecondOrder, Cart, SellMore, Reorder, Reward, WinBack, Discount, Occasion, Content, Service}
}

// Parameter is a value of a definition that a shop may change.
type Parameter struct {
	Name    string
	Default string // as it is written in the language; empty: to be given
	Form    Form
}

// Form is what a parameter's value looks like.
type Form string

// Forms of values.
const (
	NumberForm Form = "number"
	DateForm   Form = "date"
	TextForm   Form = "text"
	TextsForm  Form = "texts"
)

// Languages lists the languages that presets are written in; the first is
// what everybody else gets.
func Languages() []string { return []string{"en", "ro", "ko", "zh-Hant"} }

// Match returns the language of Languages that fits a tag best.
func Match(tag string) string {
	base, rest, _ := strings.Cut(strings.ToLower(tag), "-")
	if base == "zh" && !strings.Contains(rest, "hans") && rest != "cn" && rest != "sg" {
		return "zh-Hant"
	}
	if i := slices.Index(Languages(), base); i >= 0 {
		return Languages()[i]
	}
	return Languages()[0]
}

// file is one entry of presets.json. Definitions hold {name:default}; a
// parameter that stands twice has its default at the first place.
type file struct {
	ID         string `json:"id"`
	Goal       Goal   `json:"goal"`
	Definition string `json:"definition"`
	Needs      string `json:"needs"`
}

// List returns all presets in their order, in the language that fits a tag best.
func List(tag string) []Preset {
	var entries []file
	read("presets.json", &entries)
	language := Match(tag)
	words := texts()[language]
	all := make([]Preset, len(entries))
	for i, entry := range entries {
		w := words[entry.ID]
		all[i] = Preset{ID: entry.ID, Goal: entry.Goal, Name: w[0], Purpose: w[1], Tactic: w[2]}
		all[i].define(entry.Definition, language)
		for need := range strings.SplitSeq(entry.Needs, " & ") {
			all[i].Needs = append(all[i].Needs, strings.Split(need, "|"))
		}
	}
	return all
}

// Say says the name, purpose or tactic of a preset, in whatever language it
// is, in the one that fits a tag best. Another text stays as it is.
func Say(tag, text string) string {
	if at, known := places()[text]; known {
		return texts()[Match(tag)][at.id][at.part]
	}
	return text
}

// place is where a preset's text stands.
type place struct {
	id   string
	part int
}

var texts = sync.OnceValue(func() map[string]map[string][3]string {
	all := map[string]map[string][3]string{}
	for _, language := range Languages() {
		var words map[string][3]string
		read(language+".json", &words)
		all[language] = words
	}
	return all
})

var places = sync.OnceValue(func() map[string]place {
	all := map[string]place{}
	for _, words := range texts() {
		for id, parts := range words {
			for i, text := range parts {
				all[text] = place{id, i}
			}
		}
	}
	return all
})

// read reads an embedded file; that it can be read is tested.
func read(name string, v any) {
	b, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		panic(fmt.Sprintf("preset: %s: %v", name, err))
	}
}

func (p *Preset) define(definition, language string) {
	p.Definition = regexp.MustCompile(`\{(\w+)(?::([^}]*))?\}`).ReplaceAllStringFunc(definition, func(place string) string {
		name, value, first := strings.Cut(strings.Trim(place, "{}"), ":")
		if first {
			p.Parameters = append(p.Parameters, parameter(name, value, language))
		}
		return "{" + name + "}"
	})
	p.Template = slices.ContainsFunc(p.Parameters, func(x Parameter) bool { return x.Default == "" })
	if !p.Template {
		p.Text, _ = p.Fill(nil) // the defaults fit, which is tested
	}
}

func parameter(name, value, language string) Parameter {
	x := Parameter{Name: name, Default: value, Form: NumberForm}
	switch {
	case value == "DATE":
		x.Default, x.Form = "", DateForm
	case value == "CATEGORY":
		x.Default, x.Form = "", TextForm
	case strings.Contains(value, `", "`):
		x.Form = TextsForm
	case strings.HasPrefix(value, `"`):
		x.Form = TextForm
	}
	if name == "word" {
		x.Default = giftWord(language)
	}
	return x
}

// giftWord is the tag that shops of a language give to presents.
func giftWord(language string) string {
	switch language {
	case "ro":
		return `"cadou"`
	case "ko":
		return `"선물"`
	case "zh-Hant":
		return `"禮物"`
	}
	return `"gift"`
}

// Fill returns the definition with values, in the language's own writing, in
// the places of its parameters, and defaults for those that are not given.
func (p Preset) Fill(values map[string]string) (string, error) {
	text := p.Definition
	for _, x := range p.Parameters {
		value, given := values[x.Name]
		if !given {
			value = x.Default
		}
		if value == "" {
			return "", fmt.Errorf("preset %s: a value for %q is needed", p.ID, x.Name)
		}
		if !x.Form.fits(value) {
			return "", fmt.Errorf("preset %s: %s is %s, not a %s", p.ID, x.Name, value, x.Form)
		}
		text = strings.ReplaceAll(text, "{"+x.Name+"}", value)
	}
	for name := range values {
		if !slices.ContainsFunc(p.Parameters, func(x Parameter) bool { return x.Name == name }) {
			return "", fmt.Errorf("preset %s: there is no parameter %q", p.ID, name)
		}
	}
	return text, nil
}

// fits keeps a value from being anything but one value.
func (f Form) fits(value string) bool {
	const text = `"(?:[^"\\{}]|\\.)*"`
	pattern := map[Form]string{
		NumberForm: `\d+(\.\d+)?`,
		DateForm:   `\d{4}-\d{2}-\d{2}`,
		TextForm:   text,
		TextsForm:  text + `(, ` + text + `)*`,
	}[f]
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(value)
}

// Missing returns the first of the preset's needs that a shop does not have:
// one of these would do.
func (p Preset) Missing(has map[string]bool) []string {
	for _, need := range p.Needs {
		if !slices.ContainsFunc(need, func(name string) bool { return has[name] }) {
			return need
		}
	}
	return nil
}
