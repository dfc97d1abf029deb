package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/segment"
	"kith/internal/segql"
)

func (p *program) segmentCommand() *cobra.Command {
	c := &cobra.Command{Use: "segment", Short: "Ask, check and save segments"}
	c.AddCommand(p.countCommand(), p.membersCommand(), p.explainCommand(), p.checkCommand(),
		p.saveCommand(), p.listCommand(), p.showCommand(), p.deleteCommand(),
		p.planCommand(), p.applyCommand(), p.testCommand(),
		p.insightCommand(), p.overlapCommand(), p.historyCommand(), p.watchCommand(), p.exportCommand())
	group(c)
	return c
}

func (p *program) countCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "count 'TEXT'",
		Short: "How many customers are in a segment; TEXT may be @ID",
		Args:  exactly("'TEXT'"),
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.ask(c, "counting customers", func(ctx context.Context, shop api.Shop) error {
			n, err := shop.Count(ctx, api.Question{Text: args[0], At: *at})
			if err != nil {
				return err
			}
			if strings.HasPrefix(args[0], "@") {
				p.warnOfLack(args[0], n.Missing)
			} else {
				p.warn(ctx, shop, args[0])
			}
			if p.json {
				return p.printJSON(n)
			}
			fmt.Fprintln(p.stdout, n.Count)
			return nil
		})
	}
	return c
}

func (p *program) membersCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "members 'TEXT'",
		Short: "The ids of a segment's customers, one a line, sorted; TEXT may be @ID",
		Args:  exactly("'TEXT'"),
	})
	at := atFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.ask(c, "listing customers", func(ctx context.Context, shop api.Shop) error {
			members := func(yield func(id string) error) (time.Time, error) {
				return shop.Members(ctx, api.Question{Text: args[0], At: *at}, yield)
			}
			if p.json {
				return api.WriteMembers(p.stdout, members)
			}
			out := bufio.NewWriterSize(p.stdout, 1<<16)
			_, err := members(func(id string) error {
				_, err := out.WriteString(id + "\n")
				return err
			})
			p.warn(ctx, shop, args[0])
			return errors.Join(err, out.Flush())
		})
	}
	return c
}

// warn says what the checker warns about in a text that was asked: an event
// that the shop has never seen gives an answer, but hardly the one meant. Of a
// preset it says what the shop lacks for it.
func (p *program) warn(ctx context.Context, shop api.Shop, text string) {
	checked, err := shop.Check(ctx, text)
	switch {
	case err != nil:
	case strings.HasPrefix(text, "@"):
		p.warnOfLack(text, checked.Missing)
	default:
		fmt.Fprint(p.stderr, segql.Pointed(text, warnings(checked)))
	}
}

func (p *program) warnOfLack(preset string, missing []string) {
	if len(missing) > 0 {
		p.say("warning: %s needs %s, and the shop has none", preset, needs(missing))
	}
}

func (p *program) checkCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "check 'TEXT'",
		Short: "A segment's canonical form, or what is wrong with it",
		Args:  exactly("'TEXT'"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "checking the segment", func(ctx context.Context, shop api.Shop) error {
				checked, err := shop.Check(ctx, args[0])
				if err != nil {
					return p.showTextError(err)
				}
				if p.json {
					return p.printJSON(checked)
				}
				fmt.Fprint(p.stderr, segql.Pointed(args[0], warnings(checked)))
				fmt.Fprintln(p.stdout, checked.Canonical)
				return nil
			})
		},
	})
}

// warnings are the checker's, as segql points at them.
func warnings(checked api.Checked) segql.Problems {
	var problems segql.Problems
	for _, w := range checked.Warnings {
		place := segql.Span{Line: w.Line, Column: w.Column, Start: w.Start, End: w.End}
		problems = append(problems, segql.Problem{Place: place, Message: "warning: " + w.Message})
	}
	return problems
}

// showTextError points at what is wrong with a text, instead of the one line
// that other errors have.
func (p *program) showTextError(err error) error {
	var text *segment.TextError
	if !errors.As(err, &text) {
		return err
	}
	if err := p.jsonProblems(err); !errors.Is(err, text) {
		return err
	}
	fmt.Fprintln(p.stderr, strings.TrimRight(text.Pointed(), "\n"))
	return shownError{err}
}

// jsonProblems writes what is wrong with a text for programs, if they ask, and
// returns the error.
func (p *program) jsonProblems(err error) error {
	if text, ok := errors.AsType[*segment.TextError](err); ok && p.json {
		if err := p.printJSON(map[string]any{"problems": api.Findings(text.Problems)}); err != nil {
			return err
		}
	}
	return err
}

func (p *program) saveCommand() *cobra.Command {
	c := p.reads(&cobra.Command{
		Use:   "save ID 'TEXT'",
		Short: "Save a segment, or change one",
		Args:  exactly("ID", "'TEXT'"),
	})
	name := c.Flags().String("name", "", "how people call it")
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.ask(c, "saving segment "+args[0], func(ctx context.Context, shop api.Shop) error {
			s, err := shop.SaveSegment(ctx, args[0], *name, args[1])
			if err != nil {
				return err
			}
			p.warn(ctx, shop, args[1])
			if p.json {
				return p.printJSON(s)
			}
			fmt.Fprintln(p.stdout, s.Text)
			return nil
		})
	}
	return c
}

func (p *program) listCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "list",
		Short: "Saved segments, then those that ship with Kith",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.ask(c, "listing segments", func(ctx context.Context, shop api.Shop) error {
				list, err := shop.ListSegments(ctx)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(api.SegmentList{Segments: list})
				}
				t := newTable("ID", "NAME", "TEXT")
				for _, s := range list {
					t.row(s.ID, s.Name, textOf(s))
				}
				t.write(p.stdout)
				return nil
			})
		},
	})
}

// textOf is a segment's text on one line; a template's with its braces.
func textOf(s api.Segment) string {
	if s.Text == "" {
		return s.Template
	}
	return oneLineText(s.Text)
}

func (p *program) showCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "show ID",
		Short: "A saved segment, or one that ships with Kith",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "showing segment "+args[0], func(ctx context.Context, shop api.Shop) error {
				s, err := shop.GetSegment(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(s)
				}
				showSegment(p.stdout, s)
				return nil
			})
		},
	})
}

func showSegment(w io.Writer, s api.Segment) {
	t := newTable("", "")
	row := func(title, value string) {
		if value != "" {
			t.row(title, value)
		}
	}
	row("id", s.ID)
	row("name", s.Name)
	row("text", textOf(s))
	row("purpose", s.Purpose)
	row("tactic", s.Tactic)
	for _, v := range s.Values {
		value := v.Default
		if value == "" {
			value = "to be given"
		}
		row("  "+v.Name, value)
	}
	if s.Preset {
		state := "ships with Kith"
		if s.Changed {
			state += ", changed"
		}
		if s.Hidden {
			state += ", hidden"
		}
		row("preset", state)
	}
	if s.UpdatedAt != nil {
		row("saved", s.UpdatedAt.Format(time.RFC3339))
	}
	t.write(w)
}

func (p *program) deleteCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "delete ID",
		Short: "Delete a saved segment; a changed preset is restored, a shipped one hidden",
		Args:  exactly("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.ask(c, "deleting segment "+args[0], func(ctx context.Context, shop api.Shop) error {
				d, err := shop.DeleteSegment(ctx, args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(d)
				}
				fmt.Fprintln(p.stdout, d.Outcome)
				return nil
			})
		},
	})
}
