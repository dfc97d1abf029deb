package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/tail"
)

func (p *program) tailCommand() *cobra.Command {
	var q api.TailQuestion
	c := p.reads(&cobra.Command{
		Use:   "tail",
		Short: "Events as they come in to the server that runs, refused ones too, until interrupted; first the last thousand",
		Args:  noArgs,
	})
	status := c.Flags().String("status", "", "only those that this became of: accepted, refused, repeated or crawler")
	c.Flags().StringVar(&q.Key, "key", "", "only those that came with the key with this id")
	c.Flags().StringVar(&q.Event, "event", "", "only those whose name or kind contains this")
	c.RunE = func(c *cobra.Command, _ []string) error {
		q.Status = tail.Status(*status)
		return p.ask(c, "showing events", func(ctx context.Context, shop api.Shop) error { return p.tail(ctx, shop, q) })
	}
	return c
}

// tail prints events until it is interrupted or the server ends.
func (p *program) tail(ctx context.Context, shop api.Shop, q api.TailQuestion) error {
	stream, err := shop.Tail(ctx, q)
	if err != nil {
		return err
	}
	for err == nil {
		var batch []api.TailEvent
		batch, err = stream.Next(ctx)
		for _, e := range batch {
			if err == nil {
				err = p.printTailEvent(e)
			}
		}
	}
	err = errors.Join(err, stream.Close())
	switch {
	case ctx.Err() != nil:
		return nil // interrupted, which is how it ends
	case errors.Is(err, api.ErrEnded):
		return commerce.Errorf(commerce.CodeBusy, "the server ended, or gave up waiting")
	}
	return err
}

// printTailEvent prints one line, so that it can be piped.
func (p *program) printTailEvent(e api.TailEvent) error {
	if p.json {
		return json.NewEncoder(p.stdout).Encode(e) // a document a line
	}
	if e.Missed > 0 {
		p.say("%d were not shown: they came too fast", e.Missed)
	}
	parts := []string{e.At.Format(instantFormat), string(e.Status), e.Kind, e.Event, e.Customer, e.MessageID}
	line := strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
	if e.Reason != "" {
		line += ": " + e.Column + ": " + e.Reason
	}
	_, err := fmt.Fprintln(p.stdout, escaped(line))
	return err
}
