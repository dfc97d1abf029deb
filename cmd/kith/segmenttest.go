package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"kith/internal/commerce"
	"kith/internal/segment/live"
	"kith/internal/segment/preset"
	"kith/internal/segment/script"
	"kith/internal/warehouse"
)

// scriptBackend is one way to answer a script's questions. Every script runs
// on all of them: they must agree.
type scriptBackend struct {
	name string
	// skips says why expectations are left to the others.
	skips string
	// open opens it for a shop of a script. What it returns may be a
	// script.Recorder too, and is closed if it is an io.Closer.
	open func(ctx context.Context, s script.Shop) (script.Backend, error)
}

// scriptBackends lists the back ends that scripts run on.
func (p *program) scriptBackends(presets map[string]string) []scriptBackend {
	batch := func(ctx context.Context, s script.Shop) (script.Backend, error) {
		return warehouse.OpenScript(ctx, s, warehouse.ScriptConfig{
			MemoryLimit: memoryLimit(), Threads: 1, Presets: presets, Refused: p.refusedFact(s),
		})
	}
	onLive := func(_ context.Context, s script.Shop) (script.Backend, error) { return live.NewScript(s, presets) }
	return []scriptBackend{
		{"batch", "they ask for transitions, and this back end records none", batch},
		{"live", "they ask about the past or for scores, and this back end knows neither", onLive},
	}
}

// refusedFact tells of a fact that a back end left out.
func (p *program) refusedFact(s script.Shop) func(warehouse.Refusal) {
	return func(r warehouse.Refusal) {
		place := script.Place{Line: int(r.Line)}
		if len(s.Lines) > 0 {
			place.File = s.Lines[0].Where().File
		}
		p.say("%s: warning: this was left out: %s: %s", place, r.Column, r.Reason)
	}
}

// scriptResult is what came of a script.
type scriptResult struct {
	Passed   int             `json:"passed"`
	Failed   int             `json:"failed"`
	Skipped  int             `json:"skipped"`
	Backends []backendResult `json:"backends"`
	Failures []scriptFailure `json:"failures"`
}

type backendResult struct {
	Name    string `json:"name"`
	Passed  int    `json:"passed"`
	Failed  int    `json:"failed"`
	Skipped int    `json:"skipped"`
	// Reason is why expectations were skipped; empty if none was.
	Reason string `json:"skipped_reason,omitempty"`
}

type scriptFailure struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Backend string `json:"backend"`
	Message string `json:"message"`
}

func (p *program) testCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "test FILE",
		Short: "Run a script of facts and expectations; needs no folder",
		Args:  exactly("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			shops, err := p.readScript(args[0])
			if err != nil {
				return err
			}
			result, err := p.runScript(c.Context(), shops)
			if err != nil {
				return during("running "+args[0], err)
			}
			if result.Failed > 0 {
				p.status = statusFailed
			}
			return p.showScriptResult(result)
		},
	})
}

// readScript reads a script. Mistakes in it are shown a line each.
func (p *program) readScript(name string) ([]script.Shop, error) {
	content, err := readBeyond(name, maxScript)
	if err == nil && len(content) > maxScript {
		err = commerce.Errorf(commerce.CodeInvalid, "the file is larger than %d MiB; divide it", maxScript>>20)
	}
	if err != nil {
		return nil, during("reading "+name, err)
	}
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return nil, commerce.Errorf(commerce.CodeInvalid, "reading %s: it is no text in UTF-8, so it is no script of facts and expectations", name)
	}
	shops, err := script.Parse(name, bytes.NewReader(content))
	if err != nil {
		p.sayMistakes(err)
		return nil, shownError{commerce.WithCode(commerce.CodeInvalid, err)}
	}
	return shops, nil
}

// maxScript is the largest script, in bytes: more than a person would write.
const maxScript = 16 << 20

// What is shown of the mistakes in a script: a file that is something else
// has one in every line.
const (
	mistakesShown = 20
	mistakeLength = 300
)

func (p *program) sayMistakes(err error) {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for _, line := range lines[:min(len(lines), mistakesShown)] {
		if len(line) > mistakeLength {
			line = strings.ToValidUTF8(line[:mistakeLength], "") + "…"
		}
		p.say("%s", line)
	}
	if more := len(lines) - mistakesShown; more > 0 {
		p.say("and %d more", more)
	}
}

func (p *program) runScript(ctx context.Context, shops []script.Shop) (scriptResult, error) {
	presets := map[string]string{}
	for _, x := range preset.List("") {
		if !x.Template {
			presets[x.ID] = x.Text
		}
	}
	result := scriptResult{Backends: []backendResult{}, Failures: []scriptFailure{}}
	for _, b := range p.scriptBackends(presets) {
		one := backendResult{Name: b.name}
		for _, shop := range shops {
			report, err := runShop(ctx, b, shop, presets)
			if err != nil {
				return result, fmt.Errorf("on the %s back end: %w", b.name, err)
			}
			one.Passed += report.Passed
			one.Skipped += report.Skipped
			one.Failed += len(report.Failures)
			for _, f := range report.Failures {
				result.Failures = append(result.Failures, scriptFailure{f.Place.File, f.Place.Line, b.name, f.Message})
			}
		}
		if one.Skipped > 0 {
			one.Reason = b.skips
		}
		result.Passed, result.Failed, result.Skipped = result.Passed+one.Passed, result.Failed+one.Failed, result.Skipped+one.Skipped
		result.Backends = append(result.Backends, one)
	}
	return result, nil
}

func runShop(ctx context.Context, b scriptBackend, shop script.Shop, presets map[string]string) (report script.Report, err error) {
	backend, err := b.open(ctx, shop)
	if err != nil {
		return report, err
	}
	if c, ok := backend.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	return script.Run(shop, backend, script.Options{Presets: presets})
}

func (p *program) showScriptResult(r scriptResult) error {
	if p.json {
		return p.printJSON(r)
	}
	for _, f := range r.Failures {
		p.say("%s:%d: %s: %s", f.File, f.Line, f.Backend, oneLine(errors.New(f.Message)))
	}
	for _, b := range r.Backends {
		skipped := ""
		if b.Skipped > 0 {
			skipped = fmt.Sprintf(", %d skipped: %s", b.Skipped, b.Reason)
		}
		fmt.Fprintf(p.stdout, "%s: %d passed, %d failed%s\n", b.Name, b.Passed, b.Failed, skipped)
	}
	return nil
}
