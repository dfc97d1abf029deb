package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speakers are the packages whose messages reach readers, and the files of
// those of which only some do. Where only errors with a code are shown, nothing
// else of the package is looked at.
var speakers = []struct {
	folder string
	files  []string
	coded  bool // only the errors with a code
}{
	{folder: "internal/api"},
	{folder: "internal/audit"},
	{folder: "internal/commerce"},
	{folder: "internal/egress"},
	{folder: "internal/folder", coded: true},
	{folder: "internal/intake"},
	{folder: "internal/job"},
	{folder: "internal/loader", coded: true},
	{folder: "internal/profile"},
	{folder: "internal/segment"},
	{folder: "internal/segment/export"},
	{folder: "internal/segment/insight"},
	{folder: "internal/segment/membership", coded: true},
	{folder: "internal/segql"},
	{folder: "internal/stream", coded: true},
	{folder: "internal/tail"},
	{folder: "internal/upload"},
	{folder: "internal/user"},
	{folder: "internal/warehouse", coded: true},
	{folder: "internal/webhook"},
	{folder: "cmd/kith", files: []string{"doctor.go", "examine.go"}},
}

// A text is a string of the source that looks like prose.
type text struct {
	place string
	text  string
	part  bool // something is joined to it: it is not the whole message
}

var (
	proseForm = regexp.MustCompile(`[a-z'"%,;:)] [a-z"'%(]`)
	// sqlForm is what no message has.
	sqlForm = regexp.MustCompile(`\b(SELECT|FROM|WHERE|CASE|WHEN|AS|AND|OR|IS|NULL|IN|JOIN|ON|SET|DROP|CREATE|CAST|TRY_CAST|NOT|INSERT|GROUP|ORDER|BY|THEN|END|LIKE|VARCHAR|BIGINT|INTEGER|THREADS)\b|lambda x|regexp_|chr\(|(?:coalesce|nullif|trim|split_part|json_merge_patch)\(|'[^']*': '|'', '`)
	// quotedForm is a text in SQL.
	quotedForm = regexp.MustCompile(`'([^'\n]*[a-z] [^'\n]*)'`)
	// ownForm is a mistake in the program, which nobody but programmers sees.
	ownForm = regexp.MustCompile(`^[a-z]+: |^api: |\bConfig\.`)
)

// unsaid are functions that say nothing to a reader: they log, note, look for
// something, or end the program.
var unsaid = []string{
	"ErrorContext", "WarnContext", "InfoContext", "DebugContext", "panic", "MustCompile", "Note", "noteBy", "noted",
	"Cut", "Split", "SplitSeq", "Join", "Contains", "ContainsAny", "ContainsRune", "HasPrefix", "HasSuffix", "Replace", "ReplaceAll", "NewReplacer",
	"Trim", "TrimLeft", "SetHeader", "Set", "comment", "union", "during", "events",
}

// unheard are texts that reach no reader, or not as they stand: parts of
// others, names within the program, what only commands and logs say.
var unheard = []string{
	// Parts of what is said in several steps; the whole is in the files.
	"too small to matter: %s of the known customers", "an id", "a name", "does not fit: at most 12 digits and 6 decimals", "and %d more",
	"'it is zero'", "second factor off", "; e-mails that are nobody's", "for %s: %d written", ", then it broke off", "for %s: %d of %d members", "%d failed since %s, the last from %s", "%d events a minute", "any origin, the limit that all keys have", "the rest of the refused rows is not kept: there are too many\n",
	// What api.Client says to commands.
	"asking the server that owns the folder: %w", "reading the server's answer: %w", "reading the server's answer, which may have been cut off: %w",
	"the server ended before the import did: %w", "the server ended", "the server answered %d %s",
	// Failures of Kith or of the machine, which are logged: readers are told
	// that something went wrong.
	"keeping the overview: %w", "making a temporary file: %w", "writing a temporary file: %w", "removing a temporary file: %w",
	"making the folder for temporary files: %w", "the folder for temporary files: %w", "the folder for the records: %w", "writing the rejects of %s: %w",
	"making the folder for uploads: %w", "a password is kept in an unknown form", "a password is kept in a damaged form", "reading how a password is kept: %w",
	"recording %s in the audit log: %w", "completing the history of imports: %w", "the import panicked: %v", "writing message %s: %w",
	"an import failed", "keeping how far an import is",
	// For whoever asked at an address that Kith does not have: no console does.
	`Kith answers at its loopback address only, and at the name that "kith serve --url" gives`,
	// Errors that end something and are seen by nobody.
	"cannot read request body", // huma's, in the place of which another is said
	"that is enough", "enough refused rows are known", "an attempt failed", "the webhook is disabled", "the rest of this number is not wanted either",
	// Names and forms.
	"starts with", "ends with", "Needs attention", "Previously loyal", "At risk", "Almost lost", "secret key", "public key", "field window", "SQLite f",
	"country %q, shipping_step %q, reward_points %d", "Look whether the folder and everything in it is well", "cancelled order",
}

// codeForm is what looks like prose and is none: names of what the program
// looks up, pieces of statements, forms of places.
var codeForm = regexp.MustCompile(`^(?:(?:orders|events|customers|shopify|woocommerce|online-retail|kith intake) \S+|[%dsq:, .()\n]+|, (?:file_row_number|null_padding) = true\)?|[a-z0-9]{20,} .*|[,[\)].*(?:'|missing)[])]?)$`)

func textsOf(t *testing.T, folder string, files []string, coded bool) []text {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	var all []text
	for _, name := range names {
		// Of segql the language itself, of intake names of countries.
		if base := filepath.Base(name); base == "language.go" || base == "print.go" || base == "country.go" {
			continue
		}
		if strings.HasSuffix(name, "_test.go") || len(files) > 0 && !slices.Contains(files, filepath.Base(name)) {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var above []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				above = above[:len(above)-1]
				return true
			}
			if _, ok := n.(*ast.ImportSpec); ok {
				return false
			}
			above = append(above, n)
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				said, _ := strconv.Unquote(lit.Value)
				for _, x := range prose(said, above, coded) {
					x.place = set.Position(lit.Pos()).String()
					all = append(all, x)
				}
			}
			return true
		})
	}
	return all
}

// prose is what a string says, if anything. above are what it stands in, and
// itself.
func prose(said string, above []ast.Node, coded bool) []text {
	part := false
	hasCode := false
	for i := len(above) - 2; i >= 0; i-- {
		switch n := above[i].(type) {
		case *ast.Field: // its tag
			return nil
		case *ast.BinaryExpr:
			part = part || n.Op == token.ADD
			if n.Op == token.EQL || n.Op == token.NEQ {
				return nil
			}
		case *ast.AssignStmt:
			if nameOf(n.Lhs[0]) == "Description" {
				return nil
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Summary" || key.Name == "Description") {
				return nil
			}
		case *ast.CallExpr:
			name := called(n)
			if slices.Contains(unsaid, name) {
				return nil
			}
			hasCode = hasCode || name == "Errorf" && len(n.Args) > 0 && strings.Contains(nameOf(n.Args[0]), "Code")
		}
	}
	if coded && !hasCode || ownForm.MatchString(said) {
		return nil
	}
	if sqlForm.MatchString(said) || strings.Contains(said, "||") {
		return quoted(said)
	}
	if !proseForm.MatchString(said) || codeForm.MatchString(said) || slices.Contains(unheard, said) {
		return nil
	}
	begins, ends := said[:1], said[len(said)-1:]
	return []text{{text: said, part: part || strings.ContainsAny(begins, " :;,") || ends == " "}}
}

// quoted are the texts in SQL.
func quoted(sql string) []text {
	var all []text
	for _, m := range quotedForm.FindAllStringSubmatch(sql, -1) {
		if proseForm.MatchString(m[1]) && !sqlForm.MatchString(m[1]) && !strings.ContainsAny(m[1], "|$<>=[]") && !slices.Contains(unheard, m[1]) {
			all = append(all, text{text: m[1], part: true})
		}
	}
	return all
}

func called(call *ast.CallExpr) string { return nameOf(call.Fun) }

func nameOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// sqlTexts are those of the warehouse's statements: why rows are refused.
func sqlTexts(t *testing.T) []text {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "warehouse", "sql", "*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	var all []text
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if strings.HasPrefix(line, "--") {
				continue
			}
			for _, x := range quoted(line) {
				x.place = name
				all = append(all, x)
			}
		}
	}
	return all
}
