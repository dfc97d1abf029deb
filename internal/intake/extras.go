package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// languageNames are the language's names where they differ.
var languageNames = [...][2]string{{"accepts_email", "subscribed.email"}, {"accepts_sms", "subscribed.sms"}}

// said is SQL for what a customer's row says: a list of names and values. A
// blank value says nothing; null in JSON empties the field.
func (s *shape) said() string {
	var list []string
	add := func(name, out, emptied string) {
		list = append(list, fmt.Sprintf("CASE WHEN %[2]s IS NOT NULL THEN {'name': %[1]s, 'value': CAST(%[2]s AS VARCHAR)} WHEN %[3]s THEN {'name': %[1]s, 'value': CAST(NULL AS VARCHAR)} END",
			lit(name), out, emptied))
	}
	for _, f := range customerFields {
		in, _, ok := s.input(f)
		if !ok || slices.Contains([]string{"customer_id", "email", "phone", "created_at", "updated_at"}, f.name) {
			continue
		}
		name, out := f.name, s.values[f.name].out
		for _, pair := range languageNames {
			if pair[0] == name {
				name = pair[1]
			}
		}
		if f.role == roleTags {
			out = fmt.Sprintf("CAST(to_json(%s) AS VARCHAR)", out)
		}
		add(name, out, in.emptied())
		if slices.Contains([]string{"source", "device"}, name) {
			add(traitPrefix+name, out, in.emptied()) // a column of the shop's own, too
		}
	}
	if s.has("email") {
		add("email_domain", fmt.Sprintf("split_part(%s, '@', -1)", s.values["email"].out), "false")
	}
	for i, e := range s.table.mapping.traits {
		in := s.table.inputs(e.column)
		out := s.add(pieces, fmt.Sprintf("x_%d", i), "%s", in.text())
		add(traitPrefix+e.name, out, in.emptied())
	}
	if len(list) == 0 {
		return "NULL"
	}
	return "list_filter([" + strings.Join(list, ",\n  ") + "], lambda x: x IS NOT NULL)"
}

// properties is SQL for an event's properties: its own object, and the
// columns that are no field. What the object says wins.
func (s *shape) properties() string {
	own := s.rounded("properties")
	extras := s.table.mapping.props
	if len(extras) == 0 {
		return own
	}
	pairs := make([]string, len(extras))
	for i, e := range extras {
		out := s.add(pieces, fmt.Sprintf("x_%d", i), "%s", s.table.inputs(e.column).text())
		pairs[i] = fmt.Sprintf("%s, %s", lit(e.name), out)
	}
	// Merging drops what is null.
	merged := fmt.Sprintf("json_merge_patch(json_merge_patch('{}', json_object(%s)), coalesce(%s, '{}'))", strings.Join(pairs, ", "), own)
	return fmt.Sprintf("nullif(CAST(%s AS VARCHAR), '{}')", merged)
}

// rounded is SQL for a JSON object without binary noise in its numbers.
func (s *shape) rounded(field string) string {
	return fmt.Sprintf("CASE WHEN regexp_matches(%[1]s, %[2]s) THEN %[3]s(%[1]s) ELSE %[1]s END", s.values[field].out, lit(noisyForm), roundFunction)
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
