package api

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/segment/preset"
	"kith/internal/words"
)

// What answers say to people is English, and presets are called as the shop
// calls them, until an answer leaves: then fields with the tag words are said
// in the reader's language. words:"message" is a text of package words,
// words:"preset" one of a preset. A request without Accept-Language gets
// answers as they are.

// readersLanguage is that of whoever sent a request. Where a browser lets
// nobody choose its headers, the query says it.
func readersLanguage(query, header string) string { return words.Match(cmp.Or(query, header)) }

func readerOf(r *http.Request) string {
	return readersLanguage(r.URL.Query().Get("language"), r.Header.Get("Accept-Language"))
}

// inReadersWords is a transformer of huma: all answers but streams pass it.
func inReadersWords(ctx huma.Context, _ string, v any) (any, error) {
	return said(readersLanguage(ctx.Query("language"), ctx.Header("Accept-Language")), v), nil
}

// said is a value in a reader's language. What it shares with others is copied
// before it is changed.
func said[T any](language string, v T) T {
	if language == "" || any(v) == nil {
		return v
	}
	r := reflect.ValueOf(v)
	if !speaks(r.Type()) {
		return v
	}
	return translated(language, r, "").Interface().(T)
}

// humaErrors are huma's own, which have no tags.
var humaErrors = map[reflect.Type][]string{
	reflect.TypeFor[huma.ErrorModel]():  {"Title", "Detail"},
	reflect.TypeFor[huma.ErrorDetail](): {"Message"},
}

// wordsOf is what kind of words a field has, if any.
func wordsOf(t reflect.Type, field reflect.StructField) string {
	if slices.Contains(humaErrors[t], field.Name) {
		return "message"
	}
	return field.Tag.Get("words")
}

// speaking keeps which types have words in them.
var speaking sync.Map // reflect.Type to bool

func speaks(t reflect.Type) bool {
	if known, ok := speaking.Load(t); ok {
		return known.(bool)
	}
	found := search(t, map[reflect.Type]bool{})
	speaking.Store(t, found)
	return found
}

func search(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return search(t.Elem(), seen)
	case reflect.Struct:
		for field := range t.Fields() {
			if field.IsExported() && (wordsOf(t, field) != "" || search(field.Type, seen)) {
				return true
			}
		}
	default:
	}
	return false
}

// translated copies what has words in it.
func translated(language string, v reflect.Value, kind string) reflect.Value {
	if kind == "" && !speaks(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(sayAs(kind, language, v.String())).Convert(v.Type())
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(translated(language, v.Elem(), kind))
		return p
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		all := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			all.Index(i).Set(translated(language, v.Index(i), kind))
		}
		return all
	case reflect.Struct:
		s := reflect.New(v.Type()).Elem()
		s.Set(v)
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				s.Field(i).Set(translated(language, v.Field(i), wordsOf(v.Type(), field)))
			}
		}
		return s
	default:
		return v
	}
}

func sayAs(kind, language, text string) string {
	if kind == "preset" {
		return preset.Say(language, text)
	}
	return words.In(language, text)
}
