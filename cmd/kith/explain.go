package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) explainCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "explain 'TEXT' CUSTOMER",
		Short: "Why a customer is in a segment, or not",
		Args:  exactly("'TEXT'", "CUSTOMER"),
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.ask(c, "explaining customer "+args[1], func(ctx context.Context, shop api.Shop) error {
			x, err := shop.Explain(ctx, api.ExplainQuestion{Question: api.Question{Text: args[0], At: *at}, Customer: args[1]})
			if err != nil {
				return p.jsonProblems(err)
			}
			if p.json {
				return p.printJSON(x)
			}
			showExplanation(p.stdout, x)
			p.warn(ctx, shop, args[0])
			return nil
		})
	}
	return c
}

// showExplanation draws the tree, a line for each node and one for each thing
// that a leaf saw, and says in the end what is missing.
func showExplanation(w io.Writer, x api.Explanation) {
	is := "is"
	if !x.Holds {
		is = "is not"
	}
	fmt.Fprintf(w, "%s %s in the segment as of %s\n\n", escaped(x.Customer), is, shownInstant(x.AsOf))
	showNode(w, x.Tree, "", "")
	if len(x.Missing) > 0 {
		fmt.Fprintln(w, "\nTo be in it, this would have to turn:")
		for _, leaf := range x.Missing {
			turn := "yes"
			if leaf.Holds {
				turn = "no"
			}
			fmt.Fprintf(w, "  %s (to %s)\n", escaped(oneLineText(leaf.Text)), turn)
		}
	}
	if x.Next != nil {
		fmt.Fprintf(w, "\nIf nothing happens, nothing changes before %s.\n", shownInstant(*x.Next))
	} else {
		fmt.Fprintln(w, "\nTime alone changes nothing.")
	}
}

// showNode writes a node. first leads its first line, rest the others.
func showNode(w io.Writer, n *api.Explained, first, rest string) {
	mark := "no "
	if n.Holds {
		mark = "yes"
	}
	fmt.Fprintf(w, "%s  %s%s\n", mark, first, escaped(nodeTitle(n)))
	for _, line := range sawLines(n) {
		fmt.Fprintf(w, "     %s  %s\n", rest, escaped(line))
	}
	for i, part := range n.Parts {
		branch, below := "├ ", "│ "
		if i == len(n.Parts)-1 {
			branch, below = "└ ", "  "
		}
		showNode(w, part, rest+branch, rest+below)
	}
}

// nodeTitle is a leaf's text, or what joins a node's parts.
func nodeTitle(n *api.Explained) string {
	switch {
	case len(n.Parts) == 0:
		return oneLineText(n.Text)
	case n.Segment != "":
		return `in segment "` + n.Segment + `"`
	case n.Needs == 0:
		return "not"
	case n.Needs == len(n.Parts):
		return "all of"
	case n.Needs == 1:
		return "one of"
	}
	return fmt.Sprintf("at least %d of", n.Needs)
}

// sawLines are what a leaf saw: values, facts, and until when it holds.
func sawLines(n *api.Explained) []string {
	var lines []string
	for _, v := range n.Values {
		value := "missing"
		if v.Value != nil {
			value = *v.Value
		}
		lines = append(lines, oneLineText(v.Text)+" is "+value)
	}
	if n.Count > 0 {
		facts := "1 fact"
		if n.Count > 1 {
			facts = fmt.Sprintf("%d facts", n.Count)
		}
		if n.Count > len(n.Facts) {
			facts += fmt.Sprintf(", the last %d of them", len(n.Facts))
		}
		lines = append(lines, facts+":")
		for _, f := range n.Facts {
			lines = append(lines, "  "+factLine(f))
		}
	}
	if n.Next != nil {
		lines = append(lines, "may change on "+shownInstant(*n.Next))
	}
	return lines
}

func factLine(f api.ExplainedFact) string {
	words := []string{shownInstant(f.At) + "  " + strings.TrimSpace(f.Kind+" "+f.ID)}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		words = append(words, name+" "+f.Fields[name])
	}
	return strings.Join(words, ", ")
}

func shownInstant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
