package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"kith/internal/commerce"
)

// applyFacts gives a step its effect in a warehouse, and calls loaded after an
// import.
func (l *Loader) applyFacts(ctx context.Context, w Warehouse, s step, loaded func(uint64, commerce.Kind, []int64)) error {
	switch s.Type {
	case commerce.ImportEntry:
		return l.loadAgain(ctx, w, s.Entry, loaded)
	case commerce.EventsEntry:
		return l.loadEvents(ctx, w, s)
	case commerce.RunEntry:
		var body Run
		if err := json.Unmarshal(s.Body, &body); err != nil {
			return fmt.Errorf("reading log entry %d: %w", s.Seq, err)
		}
		return w.Score(ctx, s.Seq, s.At, body)
	case commerce.SegmentEntry:
		// Definitions are no facts: the operations store holds them.
	}
	return nil
}

// loadAgain loads an import from the archive.
func (l *Loader) loadAgain(ctx context.Context, w Warehouse, e commerce.Entry, loaded func(uint64, commerce.Kind, []int64)) error {
	var body imported
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return fmt.Errorf("reading log entry %d: %w", e.Seq, err)
	}
	if err := l.sameShop(e.Seq, body); err != nil {
		return err
	}
	files, err := l.paths(body.Files)
	if err != nil {
		return fmt.Errorf("loading log entry %d: %w", e.Seq, err)
	}
	result, err := w.Load(ctx, Batch{Seq: e.Seq, Kind: body.Kind, Hash: body.Hash, At: e.At, Files: files})
	if err == nil && loaded != nil {
		loaded(e.Seq, body.Kind, result.Touched)
	}
	return err
}

// sameShop refuses to read an import's records in another currency or time
// zone than they were taken in: the numbers would stay and mean something else.
func (l *Loader) sameShop(seq uint64, body imported) error {
	now := l.shop()
	if body.Currency == "" || now.Currency == "" || body.Currency == now.Currency && body.Timezone == now.Timezone {
		return nil
	}
	return fmt.Errorf("reading log entry %d: %w", seq, OtherShop(body.Currency, body.Timezone, now))
}

// OtherShop is the error for settings that are not those the facts were taken
// with: it says what to put back.
func OtherShop(currency, timezone string, now commerce.Settings) error {
	var back []string
	if currency != now.Currency {
		back = append(back, `"currency: `+currency+`"`)
	}
	if timezone != now.Timezone {
		back = append(back, `"timezone: `+timezone+`"`)
	}
	return commerce.Errorf(commerce.CodeConflict,
		"the shop's facts are in %s and %s, but kith.yaml says %s and %s: put %s back into kith.yaml; another currency or timezone needs a new folder",
		currency, timezone, now.Currency, now.Timezone, strings.Join(back, " and "))
}

// paths returns where files of the archive are, and which one is not.
func (l *Loader) paths(names []string) ([]string, error) {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = l.config.Archive.Path(name)
		if _, err := os.Stat(paths[i]); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the archive file %s is missing; restore it from a backup", paths[i])
		}
	}
	return paths, nil
}
