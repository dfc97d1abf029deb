package segment

import (
	"context"
	"errors"
	"slices"

	"kith/internal/commerce"
	"kith/internal/segql"
)

// CompileTree checks a tree in its JSON form (see segql.FromJSON). What is
// wrong is a TextError with the text that the tree makes, if it makes one, and
// with a path into the tree for each finding.
func (b *Book) CompileTree(ctx context.Context, tree []byte) (Question, error) {
	root, err := ParseTree(tree)
	if err != nil {
		return Question{}, err
	}
	q, err := b.Compile(ctx, segql.Print(root))
	return q, WithPaths(err, root)
}

// WithPaths adds the paths into a tree to what is wrong with its text. A nil
// tree has none.
func WithPaths(err error, root segql.Node) error {
	if text, ok := errors.AsType[*TextError](err); ok && root != nil {
		text.Paths = pathsIn(root, text.Problems)
	}
	return err
}

// ParseTree reads a tree's JSON form; what is wrong with it is a TextError.
func ParseTree(tree []byte) (segql.Node, error) {
	root, err := segql.FromJSON(tree)
	if wrong, ok := errors.AsType[*segql.TreeError](err); ok {
		failure := &TextError{Text: wrong.Text}
		for _, p := range wrong.Problems {
			failure.Problems = append(failure.Problems, segql.Problem{Place: p.Place, Message: p.Message})
			failure.Paths = append(failure.Paths, p.Path)
		}
		return nil, commerce.WithCode(commerce.CodeInvalid, failure)
	}
	return root, err
}

func pathsIn(root segql.Node, problems segql.Problems) []string {
	paths := segql.PathsOf(root)
	all := make([]string, len(problems))
	for i, p := range problems {
		all[i] = paths.At(p.Place)
	}
	return all
}

// WarningPaths says where in the tree of the question's canonical text each of
// its warnings is.
func (q Question) WarningPaths() []string { return pathsIn(q.Checked.Root, q.Checked.Warnings) }

// References lists the ids of the segments that the question refers to, in
// the order of its text, each once.
func (q Question) References() []string { return referred(q.Text) }

func referred(text string) []string {
	var ids []string
	for _, r := range references(text) {
		if !slices.Contains(ids, r.id) {
			ids = append(ids, r.id)
		}
	}
	return ids
}

// Uses says which segments each segment refers to directly, and which refer to
// it, by their ids.
func Uses(all []Segment) (uses, usedBy map[string][]string) {
	uses = map[string][]string{}
	for _, s := range all {
		uses[s.ID] = referred(s.Text)
	}
	return uses, users(all)
}
