package segment

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// Limits of a file of segments.
const (
	// MaxFile is the largest file, in bytes.
	MaxFile = 256 << 10

	maxFileSegments = 1000
	maxFileProblems = 100
)

// CheckFile says whether a file of segments is small enough and a text at all.
func CheckFile(content string) error {
	if len(content) > MaxFile {
		return commerce.Errorf(commerce.CodeInvalid, "the file is larger than %d bytes; divide it", MaxFile)
	}
	for i, line := range strings.Split(content, "\n") {
		if !utf8.ValidString(line) {
			return commerce.Errorf(commerce.CodeInvalid, "line %d is not valid UTF-8; save the file as UTF-8", i+1)
		}
	}
	return nil
}

// fileSegment is what a file says of one segment.
type fileSegment struct {
	id     string
	idAt   segql.Span
	named  bool       // the id is right, and no other's; without it only the text is checked
	name   string     // empty: as it is
	text   *yaml.Node // nil if it is deleted, or something is wrong with it
	delete bool
}

// file is a file of segments as it was read, with what is wrong with it.
type file struct {
	source
	segments []fileSegment
	problems segql.Problems
}

// readFile reads a file's form. What its segments say is checked by Plan.
func readFile(content string) *file {
	f := &file{source: newSource(content)}
	documents := yaml.NewDecoder(strings.NewReader(f.text))
	var first, second yaml.Node
	switch err := documents.Decode(&first); {
	case errors.Is(err, io.EOF):
		f.problem(f.span(0, 1), `expected "segments:" with a list`)
		return f
	case err != nil:
		f.syntax(err)
		return f
	}
	f.document(first.Content[0])
	switch err := documents.Decode(&second); {
	case err == nil:
		f.problem(f.node(second.Content[0]), "a file of segments is one document: leave out the line of dashes before this one")
	case !errors.Is(err, io.EOF):
		f.syntax(err)
	}
	return f
}

// failure is a list of what is wrong with a file, or nil.
func (f *file) failure() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b segql.Problem) int { return a.Place.Start - b.Place.Start })
	if more := len(f.problems) - maxFileProblems; more > 0 {
		f.problems = f.problems[:maxFileProblems]
		f.problems[maxFileProblems-1].Message += fmt.Sprintf("; and %d problems more, further down", more)
	}
	return commerce.WithCode(commerce.CodeInvalid, &TextError{Text: f.text, Problems: f.problems, File: true})
}

func (f *file) problem(at segql.Span, format string, args ...any) {
	f.problems = append(f.problems, segql.Problem{Place: at, Message: fmt.Sprintf(format, args...)})
}

var syntaxForm = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax reports what is no YAML.
func (f *file) syntax(err error) {
	near, message := 1, err.Error()
	if m := syntaxForm.FindStringSubmatch(message); m != nil {
		message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			near = n
		}
	}
	f.problem(f.line(f.broken(near)), `this is not YAML: %s; a text that begins with a quote, or has ": " or " #" in it, stands behind "|"`, message)
}

// searched is how many lines behind the one that the parser names are tried.
const searched = 100

// broken is the line that ends a file's being YAML: the one behind the longest
// beginning that is. The parser names the line where the list or the text
// begins that it could not read on, or the one before.
func (f *file) broken(near int) int {
	line := near
	for n := max(near-2, 0); n < min(near+searched, len(f.lines)); n++ {
		if isYAML(string(f.runes[:f.lines[n]])) {
			line = n + 1
		}
	}
	return line
}

func isYAML(text string) bool {
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		if err := d.Decode(&yaml.Node{}); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func (f *file) document(n *yaml.Node) {
	values := f.mapping(n, "segments")
	list, ok := values["segments"]
	switch {
	case values == nil:
		return
	case !ok:
		f.problem(f.node(n), `expected "segments:" with a list`)
	case f.isPlain(list) && list.Kind != yaml.SequenceNode:
		f.problem(f.node(list), "expected a list of segments, each with a dash before its id")
	}
	if !ok || list.Kind != yaml.SequenceNode {
		return
	}
	if len(list.Content) > maxFileSegments {
		f.problem(f.node(list.Content[maxFileSegments]), "a file holds at most %d segments: divide it", maxFileSegments)
		return
	}
	lines := map[string]int{}
	for _, n := range list.Content {
		s := f.segment(n)
		if line, seen := lines[s.id]; s.named && seen {
			f.problem(s.idAt, "segment %q is in line %d already", s.id, line)
			s.named = false
		}
		if s.named {
			lines[s.id] = s.idAt.Line
		}
		f.segments = append(f.segments, s)
	}
}

// segment reads one element of the list.
func (f *file) segment(n *yaml.Node) fileSegment {
	var s fileSegment
	values := f.mapping(n, "id", "name", "text", "delete")
	if values == nil {
		return s
	}
	if id, ok := values["id"]; !ok {
		f.problem(f.node(n), "a segment needs an id")
	} else if s.id, ok = f.scalar(id); ok {
		s.idAt = f.node(id)
		s.named = f.check(id, CheckID(s.id))
	}
	if name, ok := values["name"]; ok {
		if s.name, ok = f.scalar(name); ok {
			f.check(name, CheckName(s.name))
		}
	}
	s.delete = f.deletes(values)
	if text, ok := values["text"]; ok && !s.delete {
		if _, ok := f.scalar(text); ok {
			s.text = text
		}
	} else if !ok && !s.delete {
		f.problem(f.node(n), "a segment needs a text, or \"delete: true\"")
	}
	return s
}

// deletes reads "delete", beside which only the id stands.
func (f *file) deletes(values map[string]*yaml.Node) bool {
	n, ok := values["delete"]
	if !ok {
		return false
	}
	word, ok := f.scalar(n)
	if ok && word != "true" && word != "false" {
		f.problem(f.node(n), `"delete" is true or false`)
	}
	if word != "true" {
		return false
	}
	for _, key := range []string{"name", "text"} {
		if other, ok := values[key]; ok {
			f.problem(f.node(other), "a segment that is deleted has no %s", key)
		}
	}
	return true
}

// mapping returns the values of a mapping that knows these keys; nil if it is none.
func (f *file) mapping(n *yaml.Node, keys ...string) map[string]*yaml.Node {
	if !f.isPlain(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		f.problem(f.node(n), "expected %s, each with a colon behind it", strings.Join(keys, ", "))
		return nil
	}
	values := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !f.isPlain(key) {
			continue
		}
		switch _, seen := values[key.Value]; {
		case key.Kind != yaml.ScalarNode || !slices.Contains(keys, key.Value):
			f.problem(f.node(key), "unknown key %q: expected %s", key.Value, strings.Join(keys, ", "))
		case seen:
			f.problem(f.node(key), "%s is given twice", key.Value)
		default:
			values[key.Value] = value
		}
	}
	return values
}

// scalar returns a value as it is written: 2024 is a name as well as a number.
func (f *file) scalar(n *yaml.Node) (string, bool) {
	switch {
	case !f.isPlain(n):
		return "", false
	case n.Kind != yaml.ScalarNode:
		f.problem(f.node(n), "expected a text, in quotes or behind \"|\" if YAML reads it as something else")
		return "", false
	case n.ShortTag() == "!!null" || strings.TrimSpace(n.Value) == "":
		f.problem(f.node(n), "there is no value: give one, or leave out the key")
		return "", false
	}
	return n.Value, true
}

// isPlain refuses what makes one place of a file mean another.
func (f *file) isPlain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f.problem(f.node(n), "a file of segments has no anchors and aliases: write the value out, in quotes if it begins with & or *")
	case n.Style&yaml.TaggedStyle != 0:
		f.problem(f.node(n), "a file of segments has no tags: write the value alone, in quotes if it begins with !")
	default:
		return true
	}
	return false
}

// check reports an error of a value where it stands. It says whether there is none.
func (f *file) check(n *yaml.Node, err error) bool {
	if err != nil {
		f.problem(f.node(n), "%s", err)
	}
	return err == nil
}
