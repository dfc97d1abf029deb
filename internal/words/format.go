package words

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// catalogue is a language.
type catalogue struct{ messages, phrases *formats }

func newCatalogue(t translations) *catalogue {
	return &catalogue{newFormats(t.Messages, `(.*?)`), newFormats(t.Phrases, `([a-z_.]+)`)}
}

// formats are texts with and without arguments.
type formats struct {
	whole  map[string]string
	filled []*format // those that say most first
}

// newFormats takes formats whose %v is of a form: in phrases it is a name,
// which keeps those apart that have hardly a letter of their own.
func newFormats(all map[string]string, anyForm string) *formats {
	f := &formats{whole: map[string]string{}}
	for english, said := range all {
		if verbs := verbForm.FindAllString(english, -1); len(verbs) == 0 || !slices.ContainsFunc(verbs, func(v string) bool { return v != "%%" }) {
			f.whole[plain(english)] = plain(said)
			continue
		}
		f.filled = append(f.filled, newFormat(english, said, anyForm))
	}
	slices.SortFunc(f.filled, func(a, b *format) int {
		return cmp.Or(b.letters-a.letters, strings.Compare(a.english, b.english))
	})
	return f
}

// plain is what a format without arguments makes.
func plain(text string) string { return strings.ReplaceAll(text, "%%", "%") }

// verbForm is a verb of fmt, with what fmt allows before it.
var verbForm = regexp.MustCompile(`%(?:%|[+#]?(?:\[(\d+)\])?[+#0-9.]*([a-z]))`)

// format is an English format and its translation.
type format struct {
	english, said string
	verbs         []verb
	letters       int // how much of it is no argument
	// What a text that it made begins, ends and has in it: most texts are seen
	// by that to be another's.
	begin, end, within string
	pattern            func() *regexp.Regexp
}

// verb is an argument's place in a format.
type verb struct {
	letter   byte
	argument int  // from 0
	quoted   bool // it stands in quotes: what is there is somebody's value
}

func newFormat(english, said, anyForm string) *format {
	f := &format{english: english, said: said}
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	at := 0
	literal := func(text string) {
		text = plain(text)
		pattern.WriteString(regexp.QuoteMeta(text))
		f.letters += len(text)
		if len(text) > len(f.within) {
			f.within = text
		}
		f.end = text
	}
	for i, v := range verbsOf(english) {
		literal(english[at:v.from])
		pattern.WriteString(v.pattern(anyForm, i > 0 && v.from == at))
		at = v.to
		if i == 0 {
			f.begin = f.end
		}
		f.verbs = append(f.verbs, verb{v.letter, i, v.letter == 'q' || strings.HasSuffix(english[:v.from], `"`) && strings.HasPrefix(english[v.to:], `"`)})
	}
	literal(english[at:])
	pattern.WriteString(`\z`)
	f.pattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern.String()) })
	return f
}

// place is a verb as it stands in a format.
type place struct {
	from, to int
	letter   byte
	argument int // from 0
}

// verbsOf lists a format's verbs. "%%" is none.
func verbsOf(text string) []place {
	var all []place
	for _, m := range verbForm.FindAllStringSubmatchIndex(text, -1) {
		if m[4] < 0 {
			continue
		}
		p := place{from: m[0], to: m[1], letter: text[m[4]], argument: len(all)}
		if m[2] >= 0 {
			n, _ := strconv.Atoi(text[m[2]:m[3]]) // it is of digits
			p.argument = n - 1
		}
		all = append(all, p)
	}
	return all
}

// pattern is what a verb makes. Behind another verb it is a hint, or nothing.
// What begins with %s speaks of a value; what stands before a colon is a place,
// and no part of the message.
func (p place) pattern(anyForm string, hint bool) string {
	switch {
	case p.letter == 'd':
		return `(-?\d+)`
	case p.letter == 'q':
		return `("(?:[^"\\]|\\.)*")`
	case p.letter == 'v':
		return anyForm
	case hint:
		return `((?:(?:: | \().*)?)`
	case p.letter == 's' && p.from == 0:
		return `((?:[^:]|:[^ ])*?)`
	default:
		return `(.*?)`
	}
}

// read finds the arguments in a text that the format made.
func (f *format) read(text string) (args []string, ok bool) {
	if !strings.HasPrefix(text, f.begin) || !strings.HasSuffix(text, f.end) || !strings.Contains(text, f.within) {
		return nil, false
	}
	m := f.pattern().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	return m[1:], true
}

// write fills arguments into the translation.
func (f *format) write(args []string, translate func(string) string) string {
	var b strings.Builder
	at := 0
	for _, p := range verbsOf(f.said) {
		b.WriteString(plain(f.said[at:p.from]))
		at = p.to
		switch v := f.verbs[p.argument]; {
		case v.quoted || v.letter == 'd':
			b.WriteString(args[p.argument])
		default:
			b.WriteString(translate(args[p.argument]))
		}
	}
	b.WriteString(plain(f.said[at:]))
	return b.String()
}
