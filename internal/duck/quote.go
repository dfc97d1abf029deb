package duck

import "strings"

// Ident is a name as SQL reads it back, whatever characters it holds. It is
// for column names out of files; all other names are constants.
func Ident(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Literal is a text value for the places that take no bound argument: paths
// in COPY and read_parquet, settings, and constants in a view.
func Literal(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// Literals is a list of text values.
func Literals(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = Literal(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
