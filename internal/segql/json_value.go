package segql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Limits of JSON: its names take many times the room of the text's words.
const (
	maxJSON     = 32 * MaxText
	maxJSONDeep = 4 * MaxDepth
)

// decodeJSON reads one value, and is stricter than the standard library: no
// key twice, nothing after the value, no more than a certain depth.
func decodeJSON(data []byte) (any, error) {
	if len(data) > maxJSON {
		return nil, fmt.Errorf("longer than %d bytes", maxJSON)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := decodeValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return v, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	case depth > maxJSONDeep:
		return nil, errors.New("nested too deeply")
	case t == json.Delim('{'):
		return decodeObject(d, depth)
	case t == json.Delim('['):
		return decodeArray(d, depth)
	}
	return t, nil
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	values := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string) // the decoder lets nothing else through
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("%q is there twice", key)
		}
		if values[key], err = decodeValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return values, err
}

func decodeArray(d *json.Decoder, depth int) (any, error) {
	values := []any{}
	for d.More() {
		v, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	_, err := d.Token()
	return values, err
}

// TreeError says what is wrong with a tree's JSON form.
type TreeError struct {
	// Text is the tree written as text; empty where it cannot be.
	Text     string
	Problems []TreeProblem
}

// TreeProblem is one thing that is wrong with it.
type TreeProblem struct {
	Path    string // a JSON pointer (RFC 6901); "" is the whole tree
	Place   Span   // in the text; the zero Span without one
	Message string
}

func (e *TreeError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = "segment as JSON: " + p.Message
		if p.Path != "" {
			lines[i] = "segment as JSON: " + p.Path + ": " + p.Message
		}
	}
	return strings.Join(lines, "\n")
}

func treeError(path, format string, args ...any) *TreeError {
	return &TreeError{Problems: []TreeProblem{{Path: path, Message: fmt.Sprintf(format, args...)}}}
}

// reading collects what is wrong in one reading.
type reading struct{ problems []TreeProblem }

func (r *reading) fail(path, format string, args ...any) {
	said := len(r.problems) > 0 && r.problems[len(r.problems)-1].Path == path // the second follows from the first
	if !said && len(r.problems) < maxProblems {
		r.problems = append(r.problems, TreeProblem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
}

// fields reads one object key by key; what is not read is refused.
type fields struct {
	r      *reading
	path   string
	values map[string]any
	kind   string // the value of "kind", if it was read
	quiet  bool   // what is wrong with the whole object was said
}

func (r *reading) fields(v any, path string) *fields {
	values, ok := v.(map[string]any)
	if !ok {
		r.fail(path, "expected an object")
	}
	return &fields{r: r, path: path, values: values, quiet: !ok}
}

// fail reports what is wrong with a field of the object.
func (f *fields) fail(path, format string, args ...any) {
	if !f.quiet {
		f.r.fail(path, format, args...)
	}
}

// unknown reports a kind that there is not; nothing else is said of the object.
func (f *fields) unknown(what string) {
	if f.kind != "" {
		f.fail(f.path, "unknown kind of %s %q", what, f.kind)
	}
	f.quiet = true
}

// pointer is the path of a key.
func (f *fields) pointer(key string) string { return f.path + "/" + key }

func (f *fields) take(key string) (any, string) {
	v := f.values[key]
	delete(f.values, key)
	return v, f.pointer(key)
}

func (f *fields) has(key string) bool {
	_, ok := f.values[key]
	return ok
}

// done refuses what was not read.
func (f *fields) done() {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		f.fail(f.path, "unknown field %q", key)
	}
}

func (f *fields) text(key string) string {
	v, path := f.take(key)
	s, ok := v.(string)
	if !ok {
		f.fail(path, "expected a text")
	}
	return s
}

// named is a text that is not empty.
func (f *fields) named(key string) string {
	name := f.text(key)
	if name == "" {
		f.fail(f.pointer(key), "expected a name")
	}
	return name
}

func (f *fields) bool(key string) bool {
	v, path := f.take(key)
	b, ok := v.(bool)
	if !ok {
		f.fail(path, "expected true or false")
	}
	return b
}

func (f *fields) integer(key string) int {
	v, path := f.take(key)
	n, _ := v.(json.Number)
	i, err := n.Int64()
	if err != nil || i < 0 || i > maxCount {
		f.fail(path, "expected a whole number up to %d", maxCount)
	}
	return int(i)
}

// array reads an array of at least so many values.
func (f *fields) array(key string, least int) ([]any, string) {
	v, path := f.take(key)
	values, ok := v.([]any)
	if !ok || len(values) < least {
		f.fail(path, "expected an array of at least %d", least)
	}
	return values, path
}
