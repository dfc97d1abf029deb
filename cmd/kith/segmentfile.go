package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/segment"
	"kith/internal/segql"
)

func (p *program) planCommand() *cobra.Command {
	return p.segmentFileCommand("plan", "What a file of segments would change: who enters, who leaves", api.Shop.PlanSegments)
}

func (p *program) applyCommand() *cobra.Command {
	return p.segmentFileCommand("apply", "Make the changes of a file of segments, all or none", api.Shop.ApplySegments)
}

func (p *program) segmentFileCommand(word, short string, do func(s api.Shop, ctx context.Context, file string) (api.SegmentPlan, error)) *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   word + " FILE.yaml",
		Short: short,
		Args:  exactly("FILE.yaml"),
		RunE: func(c *cobra.Command, args []string) error {
			doing := map[string]string{"plan": "planning ", "apply": "applying "}[word] + args[0]
			content, err := readSegmentFile(args[0])
			if err != nil {
				return during(doing, err)
			}
			return p.ask(c, doing, func(ctx context.Context, shop api.Shop) error {
				plan, err := do(shop, ctx, content)
				if err != nil {
					return p.showFileError(args[0], err)
				}
				p.warnPlan(ctx, shop, plan)
				if p.json {
					return p.printJSON(plan)
				}
				writePlan(p.stdout, plan)
				return nil
			})
		},
	})
}

// warnPlan says what the checker warns about in the texts of a plan.
func (p *program) warnPlan(ctx context.Context, shop api.Shop, plan api.SegmentPlan) {
	for _, s := range plan.Segments {
		if s.Text == "" {
			continue
		}
		// A text that names another segment of the file is known only when both are.
		checked, err := shop.Check(ctx, s.Text)
		if err != nil {
			continue
		}
		found := warnings(checked)
		for i := range found {
			fmt.Fprint(p.stderr, "segment "+s.ID+": "+segql.Pointed(s.Text, found[i:i+1]))
		}
	}
}

// readSegmentFile reads a file of segments, and no more than it may hold.
func readSegmentFile(name string) (string, error) {
	content, err := readBeyond(name, segment.MaxFile)
	if err != nil {
		return "", err
	}
	// A server would be sent something else if this were no text.
	return string(content), segment.CheckFile(string(content))
}

// readBeyond reads a file and, of one that has more than so many bytes, no more
// than shows that it has.
func readBeyond(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, most+1))
}

// showFileError points at everything that is wrong with a file of segments.
func (p *program) showFileError(name string, err error) error {
	var text *segment.TextError
	if !errors.As(err, &text) || !text.File {
		return err
	}
	if p.json {
		if err := p.printJSON(map[string]any{"problems": api.Findings(text.Problems)}); err != nil {
			return err
		}
	}
	for i := range text.Problems {
		fmt.Fprint(p.stderr, name+":"+segql.Pointed(text.Text, text.Problems[i:i+1]))
	}
	return shownError{err}
}

// writePlan shows a plan: what each segment becomes, and for whom.
func writePlan(w io.Writer, plan api.SegmentPlan) {
	numbers := map[string]int{}
	for _, steps := range [][]api.SegmentStep{plan.Segments, plan.Affected} {
		for _, s := range steps {
			numbers[s.Outcome]++
			writeStep(w, s)
		}
	}
	var parts []string
	for _, outcome := range []string{"created", "changed", "renamed", "deleted", "unchanged", "affected"} {
		parts = append(parts, outcome+" "+strconv.Itoa(numbers[outcome]))
	}
	fmt.Fprintln(w, strings.Join(parts, ", "))
	if !plan.Applied {
		fmt.Fprintln(w, "nothing was changed: this is a plan")
	}
}

func writeStep(w io.Writer, s api.SegmentStep) {
	fmt.Fprintf(w, "%-9s  %s\n", s.Outcome, s.ID)
	line := func(title, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-8s %s\n", title, value)
		}
	}
	switch {
	case s.OldText == "" || s.Text == "": // made or removed
		line("name", s.OldName+s.Name)
	case s.OldName != s.Name:
		line("name", fmt.Sprintf("%q to %q", s.OldName, s.Name))
	}
	if s.OldText != s.Text {
		line("old", oneLineText(s.OldText))
		line("new", oneLineText(s.Text))
	}
	if s.OldText == "" && s.Text == "" {
		line("note", "there is no such segment to delete")
		return
	}
	line("members", fmt.Sprintf("%d to %d: %d enter, %d leave", s.Members, s.MembersAfter, s.Entering, s.Leaving))
	line("enter", sample(s.FirstEntering, s.Entering))
	line("leave", sample(s.FirstLeaving, s.Leaving))
	line("used by", strings.Join(s.UsedBy, ", "))
	line("through", strings.Join(s.Through, ", "))
}

func oneLineText(text string) string { return strings.Join(strings.Fields(text), " ") }

// sample lists the first ids, and how many there are if that is more.
func sample(ids []string, all int64) string {
	if int64(len(ids)) < all {
		return fmt.Sprintf("%s, … (%d in all)", strings.Join(ids, ", "), all)
	}
	return strings.Join(ids, ", ")
}
