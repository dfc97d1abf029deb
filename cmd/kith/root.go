package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/segment"
)

// Exit statuses.
const (
	statusDone    = 0
	statusFailed  = 1
	statusWrong   = 2 // the command was wrong
	statusRefused = 3 // done, but some input rows were refused
)

// program is what the commands share.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time

	data string // the folder
	json bool
	// webhookAllow is the hosts that webhooks may send to besides.
	webhookAllow string

	started bool // the command line was right
	status  int  // of a command that was done
}

// run is the program.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{to: stdout}
	status := runTo(ctx, args, stdin, out, stderr)
	if out.err != nil && (status == statusDone || status == statusRefused) {
		fmt.Fprintln(stderr, "kith: "+oneLine(out.err))
		return statusFailed
	}
	return status
}

func runTo(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return p.status
	case !p.started:
		doing := strings.TrimPrefix(strings.TrimPrefix(command.CommandPath(), "kith"), " ")
		if doing != "" {
			doing += ": "
		}
		fmt.Fprintf(stderr, "kith: %s%s; \"%s --help\" says how\n", doing, oneLine(err), command.CommandPath())
		return statusWrong
	case errors.As(err, new(shownError)):
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "kith: interrupted")
	default:
		fmt.Fprintln(stderr, "kith: "+shown(err))
	}
	if commerce.CodeOf(err) == commerce.CodeInvalid {
		return statusWrong
	}
	return statusFailed
}

// shownError was already shown, at more length than one line.
type shownError struct{ error }

func (e shownError) Unwrap() error { return e.error }

// shown writes an error on one line, or with the text that it points into.
func shown(err error) string {
	text, ok := errors.AsType[*segment.TextError](err)
	if !ok || text.File {
		return oneLine(err)
	}
	doing, ok := strings.CutSuffix(err.Error(), text.Error())
	if !ok {
		return oneLine(err)
	}
	return doing + strings.TrimRight(text.Pointed(), "\n")
}

// oneLine writes an error on one line, whatever it is made of.
func oneLine(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}

func (p *program) root() *cobra.Command {
	data := cmp.Or(os.Getenv("KITH_DATA"), "./kith-data")
	root := &cobra.Command{
		Use:           "kith",
		Short:         "Customer segmentation for online shops",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		// What has subcommands does nothing alone; see group.
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if p.data == "" {
				return commerce.Errorf(commerce.CodeInvalid, "--data is empty: name the shop's folder, or leave --data out for %s", data)
			}
			p.started = true
			return nil
		},
	}
	root.PersistentFlags().StringVar(&p.data, "data", data, "the shop's folder (or KITH_DATA)")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		p.initCommand(), p.importCommand(), p.segmentCommand(), p.rfmCommand(), p.customerCommand(),
		p.scoreCommand(), p.rebuildCommand(), p.demoCommand(), p.serveCommand(), p.webhookCommand(), p.userCommand(), p.keyCommand(), p.tailCommand(), p.auditCommand(), p.letterCommand(), p.doctorCommand(), p.routesCommand(), p.versionCommand(),
	)
	group(root)
	return root
}

// group makes a command that only has subcommands ask for one of them.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.SuggestionsMinimumDistance = 2
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		hint := ""
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			hint = fmt.Sprintf("; did you mean %q?", near[0])
		}
		return commerce.Errorf(commerce.CodeInvalid, "there is no command %q for %q%s", args[0], c.CommandPath(), hint)
	}
}

// reads adds --json to a command that reads.
func (p *program) reads(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.json, "json", false, "one JSON document on standard output")
	return c
}

// atFlag adds --at to a command.
func atFlag(c *cobra.Command) *string {
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		if f := c.Flags().Lookup("at"); f.Changed && f.Value.String() == "" {
			return commerce.Errorf(commerce.CodeInvalid, "--at is empty: name an instant, or leave it out for now")
		}
		return nil
	}
	return c.Flags().String("at", "", "the instant asked about: 2026-03-01T10:00:00Z, or 2026-03-01 for that day's first instant in the shop's zone (default now)")
}

// ask opens the shop, lets do ask it, and closes it. doing says in an error
// what was being done.
func (p *program) ask(c *cobra.Command, doing string, do func(ctx context.Context, shop api.Shop) error) error {
	shop, err := p.open(c.Context(), mustExist)
	if err == nil {
		err = errors.Join(do(c.Context(), shop), shop.Close())
	}
	return during(doing, err)
}

// during says what was being done when an error happened.
func during(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// printJSON writes one JSON document on standard output.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// say writes a line for people on standard error.
func (p *program) say(format string, args ...any) { fmt.Fprintf(p.stderr, format+"\n", args...) }
