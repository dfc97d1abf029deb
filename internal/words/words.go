package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed ro.json ko.json zh-TW.json
var files embed.FS

// English is the language that every text is in to begin with.
const English = "en"

// Languages lists the tags of the languages that are spoken.
func Languages() []string { return []string{English, "ro", "ko", "zh-TW"} }

// Match returns the language that the header Accept-Language likes best of
// those that are spoken; "" if it names none of them.
func Match(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header) // in the order of their weights
	if err != nil {
		return ""
	}
	for _, tag := range tags {
		base, script, region := tag.Raw()
		switch name := base.String(); name {
		case English, "ro", "ko":
			return name
		case "zh":
			if s := script.String(); s == "Hant" || s == "Zzzz" && region.String() != "CN" && region.String() != "SG" {
				return "zh-TW"
			}
		}
	}
	return ""
}

// In says a text in a language of Languages. What is not recognised stays as
// it is.
func In(tag, text string) string {
	c := catalogues()[tag]
	if c == nil || text == "" {
		return text
	}
	said := c.say(text)
	if tag == "ko" {
		said = withParticles(said)
	}
	return said
}

// translations are the content of a file, by English formats.
type translations struct {
	Messages map[string]string `json:"messages"`
	Phrases  map[string]string `json:"phrases"`
}

// catalogues are the files, ready to be searched. That they can be read is
// tested.
var catalogues = sync.OnceValue(func() map[string]*catalogue {
	all := map[string]*catalogue{}
	for _, tag := range Languages()[1:] {
		all[tag] = newCatalogue(read(tag))
	}
	return all
})

func read(tag string) translations {
	var t translations
	b, err := files.ReadFile(tag + ".json")
	if err == nil {
		err = json.Unmarshal(b, &t)
	}
	if err != nil {
		panic(fmt.Sprintf("words: %s: %v", tag, err))
	}
	return t
}

const (
	// deepest is how far texts are looked for in arguments of texts, farthest
	// how many colons a text may be behind.
	deepest  = 10
	farthest = 20
)

// say translates a whole text: a message, several of them a line each, or one
// behind what says where it is about, with a colon between them.
func (c *catalogue) say(text string) string {
	if said, ok := c.message(text, deepest); ok {
		return said
	}
	if strings.Contains(text, "\n") {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			lines[i] = c.say(line)
		}
		return strings.Join(lines, "\n")
	}
	return c.placed(text, deepest)
}

// placed translates what stands behind a place: "3:14: ...", "orders.csv: ...".
func (c *catalogue) placed(text string, depth int) string {
	const colon = ": "
	at := strings.Index(text, colon)
	for n := 0; at >= 0 && n < farthest; n++ {
		if said, ok := c.message(text[at+len(colon):], depth); ok {
			return text[:at] + colon + said
		}
		next := strings.Index(text[at+len(colon):], colon)
		if next < 0 {
			break
		}
		at += len(colon) + next
	}
	return text
}

// message translates a text that is one message.
func (c *catalogue) message(text string, depth int) (string, bool) {
	return c.search(c.messages, text, depth)
}

// argument translates what stands in a text, if it is a text itself.
func (c *catalogue) argument(text string, depth int) string {
	if text == "" || depth == 0 {
		return text
	}
	if said, ok := c.phrases.whole[text]; ok {
		return said
	}
	if said, ok := c.message(text, depth); ok { // phrases with arguments say less
		return said
	}
	if said, ok := c.search(c.phrases, text, depth); ok {
		return said
	}
	return c.placed(text, depth)
}

func (c *catalogue) search(list *formats, text string, depth int) (string, bool) {
	if said, ok := list.whole[text]; ok {
		return said, true
	}
	for _, f := range list.filled {
		if args, ok := f.read(text); ok {
			return f.write(args, func(arg string) string { return c.argument(arg, depth-1) }), true
		}
	}
	return "", false
}
