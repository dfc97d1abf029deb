package segql

import (
	"fmt"
	"reflect"
	"strings"
)

// dump writes a tree as nested calls, without places and empty fields. It
// goes by reflection and not by Print or JSON, so that the tests of these do
// not rest on themselves.
func dump(x any) string { return dumpValue(reflect.ValueOf(x)) }

func dumpValue(v reflect.Value) string {
	if s, ok := reflect.TypeAssert[fmt.Stringer](v); ok && v.Kind() != reflect.Pointer {
		return s.String()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return dumpValue(v.Elem())
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = dumpValue(v.Index(i))
		}
		return strings.Join(parts, " ")
	case reflect.Struct:
		return dumpStruct(v)
	default:
		return fmt.Sprint(v.Interface())
	}
}

func dumpStruct(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch {
		case field.Type() == reflect.TypeFor[At](), field.Type() == reflect.TypeFor[Span]():
		case field.Kind() == reflect.Bool && v.NumField() > 2:
			if field.Bool() {
				parts = append(parts, strings.ToLower(name))
			}
		case field.Kind() == reflect.String && field.Len() == 0 && v.NumField() > 2:
		default:
			if s := dumpValue(field); s != "" {
				parts = append(parts, s)
			}
		}
	}
	return v.Type().Name() + "(" + strings.Join(parts, " ") + ")"
}
