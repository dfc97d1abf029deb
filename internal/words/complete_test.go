package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"kith/internal/segql"
)

// said is whether a text of the source is among the formats of a file, or part
// of one.
func (t translations) has(x text) bool {
	whole := t.Messages[x.text] != "" || t.Phrases[x.text] != ""
	within := func(format string) bool { return strings.Contains(format, x.text) }
	return whole || x.part && (containsKey(t.Messages, within) || containsKey(t.Phrases, within))
}

func containsKey(all map[string]string, fits func(string) bool) bool {
	for key := range all {
		if fits(key) {
			return true
		}
	}
	return false
}

func TestEveryMessageIsTranslated(t *testing.T) {
	t.Parallel()
	all := sqlTexts(t)
	for _, s := range speakers {
		all = append(all, textsOf(t, s.folder, s.files, s.coded)...)
	}
	if len(all) < 400 {
		t.Fatalf("only %d messages were found", len(all))
	}
	for _, tag := range Languages()[1:] {
		file := read(tag)
		for _, x := range all {
			if !file.has(x) {
				t.Errorf("%s: %q is not in %s.json", x.place, x.text, tag)
			}
		}
	}
}

func TestEveryDescriptionIsTranslated(t *testing.T) {
	t.Parallel()
	var all []string
	for _, name := range segql.FactNames() {
		all = append(all, segql.DescribeFact(name))
		for _, f := range segql.FactFields(&segql.Facts{Name: name}) {
			all = append(all, segql.Describe(&segql.Facts{Name: name}, f.Name))
		}
	}
	for _, f := range segql.FactFields(&segql.Facts{Event: true}) {
		all = append(all, segql.Describe(&segql.Facts{Event: true}, f.Name))
	}
	for _, f := range segql.Fields() {
		all = append(all, segql.Describe(nil, f.Name))
	}
	for _, f := range segql.Functions() {
		all = append(all, segql.DescribeFunction(f.Name))
	}
	for _, typ := range segql.ValueTypes() { // as messages name them
		all = append(all, typ.String())
	}
	for _, tag := range Languages()[1:] {
		file := read(tag)
		for _, text := range all {
			if text != "" && file.Messages[text] == "" && file.Phrases[text] == "" {
				t.Errorf("%q is not in %s.json", text, tag)
			}
		}
	}
}

func TestFilesHaveTheSameFormats(t *testing.T) {
	t.Parallel()
	first := read(Languages()[1])
	for _, tag := range Languages()[1:] {
		file := read(tag)
		for name, pair := range map[string][2]map[string]string{"messages": {first.Messages, file.Messages}, "phrases": {first.Phrases, file.Phrases}} {
			if want, got := slices.Sorted(maps.Keys(pair[0])), slices.Sorted(maps.Keys(pair[1])); !slices.Equal(got, want) {
				t.Errorf("the %s of %s.json are other ones than those of %s.json", name, tag, Languages()[1])
			}
		}
		for _, all := range []map[string]string{file.Messages, file.Phrases} {
			for english, said := range all {
				if err := fits(english, said); err != nil {
					t.Errorf("%s: %q as %q: %v", tag, english, said, err)
				}
			}
		}
	}
}

// fits says whether a translation has each argument of its format, as what it
// is.
func fits(english, said string) error {
	if strings.TrimSpace(said) == "" {
		return fmt.Errorf("it is empty")
	}
	wanted := verbsOf(english)
	used := make([]bool, len(wanted))
	for _, v := range verbsOf(said) {
		if v.argument >= len(wanted) {
			return fmt.Errorf("there is no argument %d", v.argument+1)
		}
		used[v.argument] = true
		if isCount := wanted[v.argument].letter == 'd'; isCount != (v.letter == 'd') {
			return fmt.Errorf("argument %d is %%%c", v.argument+1, wanted[v.argument].letter)
		}
	}
	if verbs := strings.Count(said, "%"); verbs != len(verbsOf(said)) {
		return fmt.Errorf("it has %d signs of percent", verbs)
	}
	if i := slices.Index(used, false); i >= 0 {
		return fmt.Errorf("argument %d is not said", i+1)
	}
	return nil
}

func TestNoFormatIsTakenForAnother(t *testing.T) {
	t.Parallel()
	for _, tag := range Languages()[1:] {
		c := catalogues()[tag]
		for _, list := range []*formats{c.messages, c.phrases} {
			for _, f := range list.filled {
				text, args := f.sample()
				want := f.write(args, func(arg string) string { return arg })
				if got, _ := c.search(list, text, deepest); got != want {
					t.Errorf("%s: %q is said as %q, want %q", tag, text, got, want)
				}
			}
		}
	}
}

// sample is a text that the format makes, with values that are nobody's words.
func (f *format) sample() (text string, args []string) {
	var b strings.Builder
	at := 0
	for _, v := range verbsOf(f.english) {
		arg := map[byte]string{'d': "17", 'q': `"zz \"yy"`}[v.letter]
		if arg == "" {
			arg = "xyzzy"
		}
		if at > 0 && v.from == at {
			arg = ": " + arg
		}
		b.WriteString(plain(f.english[at:v.from]) + arg)
		args, at = append(args, arg), v.to
	}
	b.WriteString(plain(f.english[at:]))
	return b.String(), args
}
