package warehouse

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// statement is one named statement of the files in sql: what stands between
// a line "-- name: this_name" and the next. "@x" in it stands for the text
// under "-- snippet: x" in the same file.
type statement struct {
	text   string
	params []string // names of its $params
	makes  string   // the temporary table or view it makes, as "TABLE x"
}

var (
	snippetPattern = regexp.MustCompile(`@\w+`)
	commentPattern = regexp.MustCompile(`(?m)^--.*\n`)
	paramPattern   = regexp.MustCompile(`\$([a-z_]+)`)
	makesPattern   = regexp.MustCompile(`(?m)^CREATE TEMP (TABLE|VIEW) (\w+)`)
)

// statements returns all named statements, each made ready when it is first
// asked for: a command needs few of them.
var statements = sync.OnceValue(func() map[string]func() statement {
	all := map[string]func() statement{}
	entries, err := sqlFiles.ReadDir("sql")
	if err != nil {
		panic(err) // the files are in the program
	}
	for _, e := range entries {
		text, err := sqlFiles.ReadFile("sql/" + e.Name())
		if err != nil {
			panic(err)
		}
		addStatements(all, string(text))
	}
	return all
})

// addStatements divides a file at the lines that name its parts.
func addStatements(all map[string]func() statement, file string) {
	snippets := map[string]string{}
	const nameMark, snippetMark = "-- name: ", "-- snippet: "
	start := 0 // of the body
	kind, name := "", ""
	end := func(at int) {
		body := file[min(start, at):at]
		switch kind {
		case snippetMark:
			snippets[name] = body
		case nameMark:
			all[name] = sync.OnceValue(func() statement { return newStatement(filled(body, snippets)) })
		}
	}
	for at := 0; at < len(file); {
		line, _, _ := strings.Cut(file[at:], "\n")
		next := at + len(line) + 1
		for _, mark := range [...]string{nameMark, snippetMark} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				end(at)
				kind, name, start = mark, rest, next
			}
		}
		at = next
	}
	end(len(file))
}

// filled puts snippets, without their comments, in their places; a snippet may
// hold others.
func filled(body string, snippets map[string]string) string {
	return snippetPattern.ReplaceAllStringFunc(body, func(at string) string {
		return strings.TrimSpace(commentPattern.ReplaceAllString(filled(snippets[at[1:]], snippets), ""))
	})
}

func newStatement(text string) statement {
	s := statement{text: text}
	seen := map[string]bool{}
	for _, m := range paramPattern.FindAllStringSubmatch(text, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			s.params = append(s.params, m[1])
		}
	}
	if m := makesPattern.FindStringSubmatch(text); m != nil {
		s.makes = m[1] + " " + m[2]
	}
	return s
}

// runner runs named statements within one transaction, binds the values they
// name, and drops at the end what they made.
type runner struct {
	ctx  context.Context //nolint:containedctx // lives as long as one Load
	conn *sql.Conn
	args map[string]any
	made []string
	// observe is called after each statement; tests and profiles use it.
	observe func(name string)
}

func (r *runner) bound(name string) (statement, []any, error) {
	ready, ok := statements()[name]
	if !ok {
		return statement{}, nil, fmt.Errorf("no statement %q", name)
	}
	s := ready()
	args := make([]any, 0, len(s.params))
	for _, p := range s.params {
		v, ok := r.args[p]
		if !ok {
			return s, nil, fmt.Errorf("statement %s: no value for $%s", name, p)
		}
		args = append(args, sql.Named(p, v))
	}
	return s, args, nil
}

// exec runs a statement and returns how many rows it changed.
func (r *runner) exec(name string) (int64, error) { return r.execText(name, "") }

// execText is exec with more text at the end of the statement.
func (r *runner) execText(name, more string) (int64, error) {
	s, args, err := r.bound(name)
	if err != nil {
		return 0, err
	}
	result, err := r.conn.ExecContext(r.ctx, s.text+more, args...)
	if err != nil {
		return 0, fmt.Errorf("running %s: %w", name, err)
	}
	if s.makes != "" {
		r.made = append(r.made, s.makes)
	}
	if r.observe != nil {
		r.observe(name)
	}
	return result.RowsAffected()
}

// all runs statements in turn.
func (r *runner) all(names ...string) error {
	for _, name := range names {
		if _, err := r.exec(name); err != nil {
			return err
		}
	}
	return nil
}

// query runs a statement that gives rows, and calls scan for each.
func (r *runner) query(name string, scan func(*sql.Rows) error) error {
	s, args, err := r.bound(name)
	if err != nil {
		return err
	}
	rows, err := r.conn.QueryContext(r.ctx, s.text, args...)
	if err != nil {
		return fmt.Errorf("running %s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	if r.observe != nil {
		r.observe(name)
	}
	return rows.Err()
}

// one reads the only row of a statement.
func (r *runner) one(name string, dest ...any) error {
	found := false
	err := r.query(name, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	})
	if err == nil && !found {
		err = fmt.Errorf("running %s: %w", name, sql.ErrNoRows)
	}
	return err
}

// count reads the only number of a statement.
func (r *runner) count(name string) (int64, error) {
	var n int64
	err := r.one(name, &n)
	return n, err
}

// text runs SQL that Go made: views over files, macros with offsets.
func (r *runner) text(query string) error {
	if m := makesPattern.FindStringSubmatch(query); m != nil {
		r.made = append(r.made, m[1]+" "+m[2])
	}
	_, err := r.conn.ExecContext(r.ctx, query)
	if err != nil {
		return fmt.Errorf("running %.60s: %w", query, err)
	}
	return nil
}

// drop drops a temporary table or view before the end, to free its memory.
func (r *runner) drop(name string) error {
	for i, m := range r.made {
		if strings.HasSuffix(m, " "+name) {
			r.made = append(r.made[:i:i], r.made[i+1:]...)
			_, err := r.conn.ExecContext(r.ctx, "DROP "+m)
			return err
		}
	}
	return nil
}

// dropAll drops what is left, views before the tables they read.
func (r *runner) dropAll() error {
	for _, v := range slices.Backward(r.made) {
		if _, err := r.conn.ExecContext(r.ctx, "DROP "+v); err != nil {
			return err
		}
	}
	r.made = nil
	return nil
}
