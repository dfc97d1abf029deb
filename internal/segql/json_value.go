package segql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// reading holds the first error of one reading.
type reading struct{ err error }

func (r *reading) fail(path, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
	}
}

// fields reads one object key by key; what is not read is refused.
type fields struct {
	r      *reading
	path   string
	values map[string]any
	kind   string // the value of "kind", if it was read
}

func (r *reading) fields(v any, path string) *fields {
	values, ok := v.(map[string]any)
	if !ok {
		r.fail(path, "expected an object")
	}
	return &fields{r: r, path: path, values: values}
}

func (f *fields) take(key string) (any, string) {
	v := f.values[key]
	delete(f.values, key)
	return v, f.path + "." + key
}

func (f *fields) has(key string) bool {
	_, ok := f.values[key]
	return ok
}

// done refuses what was not read.
func (f *fields) done() {
	for key := range f.values {
		f.r.fail(f.path, "unknown field %q", key)
	}
}

func (f *fields) text(key string) string {
	v, path := f.take(key)
	s, ok := v.(string)
	if !ok {
		f.r.fail(path, "expected a text")
	}
	return s
}

func (f *fields) bool(key string) bool {
	v, path := f.take(key)
	b, ok := v.(bool)
	if !ok {
		f.r.fail(path, "expected true or false")
	}
	return b
}

func (f *fields) integer(key string) int {
	v, path := f.take(key)
	n, _ := v.(json.Number)
	i, err := n.Int64()
	if err != nil || i < 0 || i > maxCount {
		f.r.fail(path, "expected a whole number up to %d", maxCount)
	}
	return int(i)
}

// array reads an array of at least so many values.
func (f *fields) array(key string, least int) ([]any, string) {
	v, path := f.take(key)
	values, ok := v.([]any)
	if !ok || len(values) < least {
		f.r.fail(path, "expected an array of at least %d", least)
		return nil, path
	}
	return values, path
}
