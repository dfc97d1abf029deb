package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/commerce"
)

// exactly wants one argument for each name, and says which one is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < len(names) {
			missing, are := names[len(args):], "is"
			if len(missing) > 1 {
				are = "are"
			}
			return commerce.Errorf(commerce.CodeInvalid, "%s %s missing", strings.Join(missing, " and "), are)
		}
		return noMore(args[len(names):])
	}
}

// atLeastOne wants an argument or more.
func atLeastOne(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return commerce.Errorf(commerce.CodeInvalid, "%s is missing", name)
		}
		return nil
	}
}

// noArgs wants no argument.
func noArgs(_ *cobra.Command, args []string) error { return noMore(args) }

func noMore(rest []string) error {
	if len(rest) == 0 {
		return nil
	}
	return commerce.Errorf(commerce.CodeInvalid, "%q is one argument too many; a text with spaces is one argument in quotes", rest[0])
}

// helpCommand makes "kith help COMMAND" the same as "kith COMMAND --help".
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "What a command does, and its flags",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil {
				return commerce.WithCode(commerce.CodeInvalid, err)
			}
			if len(rest) > 0 {
				return commerce.Errorf(commerce.CodeInvalid, "there is no command %q for %q", rest[0], about.CommandPath())
			}
			about.InitDefaultHelpFlag() // shown like that of --help
			return about.Help()
		},
	}
}

// output is standard output. It remembers its first error, so that whoever
// writes line by line need not look at each: an answer that did not arrive is
// a failure.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("writing to standard output: %w", err)
	}
	return n, err
}
