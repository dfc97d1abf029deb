package intake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kith/internal/commerce"
)

// mapping says which columns each field is read from: the first of them that
// is not blank counts.
type mapping struct {
	fields map[string][]int
	found  map[string]Found // why, for each of fields
	traits []extra          // customers: the other columns
	props  []extra          // events: the other columns
	unused []int
	notes  []string
}

// extra is a column that is no field of its own.
type extra struct {
	name   string
	column int
	found  Found
}

// resolve maps headers to fields: what Config.Map says, else the format's own
// names, else the field's name, else the first synonym that is there.
func resolve(cfg *Config, headers []string, header bool) (*mapping, error) {
	m := &mapping{fields: map[string][]int{}, found: map[string]Found{}}
	byKey := map[string][]int{}
	for i, h := range headers {
		byKey[key(h)] = append(byKey[key(h)], i)
	}
	if err := m.ask(cfg, headers, byKey); err != nil {
		return m, err
	}
	for _, f := range fields(cfg.Kind) {
		if _, asked := cfg.Map[f.name]; asked || !header {
			continue
		}
		columns, err := find(headersOf(cfg, f), byKey, headers, f.name)
		if err != nil {
			return m, err
		}
		if len(columns) > 0 {
			m.fields[f.name], m.found[f.name] = columns, why(cfg, f, headers[columns[0]])
		}
	}
	m.rest(cfg, headers, header)
	return m, m.check(cfg, headers)
}

// ask takes over what Config.Map says.
func (m *mapping) ask(cfg *Config, headers []string, byKey map[string][]int) error {
	for _, field := range slices.Sorted(maps.Keys(cfg.Map)) {
		name := strings.TrimSpace(cfg.Map[field])
		if name == "" {
			continue
		}
		i := slices.IndexFunc(headers, func(h string) bool { return h == name })
		if same := byKey[key(name)]; i < 0 && len(same) > 0 {
			i = same[0]
		}
		if n, err := strconv.Atoi(name); i < 0 && err == nil && n >= 1 && n <= len(headers) {
			i = n - 1
		}
		if i < 0 {
			return usage("--map %s=%s: there is no column %q%s: found %s", field, name, name, nearest(name, headers), shown(headers))
		}
		switch trait, isTrait := strings.CutPrefix(field, traitPrefix); {
		case isTrait:
			m.traits = append(m.traits, extra{trait, i, FoundMap})
		case strings.HasPrefix(field, propertyPrefix):
			m.props = append(m.props, extra{strings.TrimPrefix(field, propertyPrefix), i, FoundMap})
		default:
			m.fields[field], m.found[field] = []int{i}, FoundMap
		}
	}
	return nil
}

// names is where a field may be found: by headers as key() makes them. With
// all, every one that is there counts, in this order.
type names struct {
	keys []string
	all  bool
}

func headersOf(cfg *Config, f field) names {
	if n, ok := formatNames(cfg.Format, cfg.Kind)[f.name]; ok {
		if !slices.Contains(n.keys, key(f.name)) {
			n.keys = append(n.keys, key(f.name))
		}
		return n
	}
	n := names{keys: []string{key(f.name)}}
	if cfg.Format == Generic {
		n.keys = append(n.keys, f.synonyms...)
	}
	return n
}

// why says how a field came to a column that nobody asked for.
func why(cfg *Config, f field, header string) Found {
	switch _, formats := formatNames(cfg.Format, cfg.Kind)[f.name]; {
	case key(header) == key(f.name):
		return FoundName
	case formats:
		return FoundFormat
	}
	return FoundSynonym
}

func find(n names, byKey map[string][]int, headers []string, field string) ([]int, error) {
	var found []int
	for _, k := range n.keys {
		columns := byKey[k]
		if len(columns) > 1 {
			return nil, &ColumnsError{fmt.Sprintf("the column %q stands there %d times: say which one is %s with --map %s=%d", headers[columns[0]], len(columns), field, field, columns[0]+1)}
		}
		if len(columns) == 1 {
			found = append(found, columns[0])
			if !n.all {
				break
			}
		}
	}
	return found, nil
}

// rest gives the columns that no field takes to traits or properties.
func (m *mapping) rest(cfg *Config, headers []string, header bool) {
	used := map[int]bool{}
	for _, columns := range m.fields {
		for _, i := range columns {
			used[i] = true
		}
	}
	taken := map[string]bool{}
	for _, e := range slices.Concat(m.traits, m.props) {
		used[e.column] = true
		taken[e.name] = true
	}
	for i, h := range headers {
		if used[i] {
			continue
		}
		name := traitName(h)
		switch {
		case !header || name == "" || ignored(cfg.Format, cfg.Kind, key(h)):
			m.unused = append(m.unused, i)
		case taken[name]:
			m.unused = append(m.unused, i)
			m.notes = append(m.notes, fmt.Sprintf("the column %q stands there again: only the first counts", h))
		case cfg.Kind == commerce.Customers:
			m.traits = append(m.traits, extra{name, i, FoundRest})
		case cfg.Kind == commerce.Events:
			m.props = append(m.props, extra{name, i, FoundRest})
		default:
			m.unused = append(m.unused, i)
		}
		taken[name] = true
	}
}

// traitName is a header as a name that the language can ask for.
func traitName(header string) string {
	name := strings.TrimSpace(header)
	for _, prefix := range [...]string{traitPrefix, propertyPrefix} {
		name = strings.TrimPrefix(name, prefix)
	}
	var b strings.Builder
	for _, r := range name {
		if isNameRune(r) {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && s[len(s)-1] != '_' {
			b.WriteByte('_')
		}
	}
	return strings.TrimRight(b.String(), "_")
}

// needed lists what a kind's files cannot go without: one column of each group.
func needed(cfg *Config) [][]string {
	switch cfg.Kind {
	case commerce.Orders:
		if len(cfg.Map) > 0 {
			return [][]string{{"at"}} // each row may be an order of its own
		}
		return [][]string{{"order_id"}, {"at"}}
	case commerce.Customers:
		return [][]string{{"customer_id", "email", "phone"}}
	case commerce.Products:
		return [][]string{{"product_id"}}
	case commerce.Events:
		return [][]string{{"at"}, {"event"}, {"customer_id", "anonymous_id", "email", "phone"}}
	case commerce.Rates:
		return [][]string{{"date"}, {"currency"}, {"rate"}}
	}
	return nil
}

// check refuses a file that lacks a needed column.
func (m *mapping) check(cfg *Config, headers []string) error {
	var missing []string
	near := ""
	for _, group := range needed(cfg) {
		if slices.ContainsFunc(group, func(f string) bool { return len(m.fields[f]) > 0 }) {
			continue
		}
		missing = append(missing, strings.Join(group, " or "))
		if near == "" {
			near = nearest(group[0], headers)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &ColumnsError{fmt.Sprintf("%s need a column for %s: found %s%s; name it with --map %s=Column",
		cfg.Kind, strings.Join(missing, " and for "), shown(headers), near, strings.Fields(missing[0])[0])}
}

// A ColumnsError says that a file lacks columns it cannot go without.
type ColumnsError struct{ text string }

// Error names the columns.
func (e *ColumnsError) Error() string { return e.text }

// shown lists headers, cut where there are very many.
func shown(headers []string) string {
	const most = 40
	texts := make([]string, 0, most)
	for i, h := range headers {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(headers)-most))
			break
		}
		if runes := []rune(h); len(runes) > 60 {
			h = string(runes[:60]) + "…"
		}
		texts = append(texts, printable(h))
	}
	return strings.Join(texts, ", ")
}

// nearest is a question about the name most like a wrong one, or empty.
func nearest(name string, names []string) string {
	best, least := "", 1+len(key(name))/3
	for _, candidate := range names {
		if d := distance(key(name), key(candidate)); d <= least {
			best, least = candidate, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance is how many letters must change to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 100 || len(y) > 100 {
		return 100
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			above := row[j+1]
			change := before
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, above+1, row[j]+1)
			before = above
		}
	}
	return row[len(y)]
}
