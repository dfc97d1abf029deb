package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) rebuildCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "rebuild",
		Short: "Make the warehouse anew from the log and the archive",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return during("rebuilding the warehouse", p.rebuild(c.Context()))
		},
	})
}

func (p *program) rebuild(ctx context.Context) error {
	f, lock, owner, err := p.lock(ctx, mustExist)
	if err != nil {
		return err
	}
	var shop api.Shop
	if lock == nil {
		shop = api.NewClient(owner.Address, owner.Token)
	} else if shop, err = p.openLocked(ctx, f, lock); err != nil {
		// One that cannot be opened is put aside; opening the folder without
		// a warehouse makes a new one from the log.
		p.say("kith: opening the warehouse: %s", oneLine(err))
		shop, err = p.openWithout(ctx)
		if err != nil {
			return err
		}
	}
	done, err := shop.Rebuild(ctx)
	if err = errors.Join(err, shop.Close()); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(done)
	}
	fmt.Fprintf(p.stdout, "%d log entries replayed in %s s\n", done.Entries, strconv.FormatFloat(done.Seconds, 'f', 3, 64))
	return nil
}

// openWithout opens the folder after its warehouse was put aside.
func (p *program) openWithout(ctx context.Context) (api.Shop, error) {
	f, lock, owner, err := p.lock(ctx, mustExist)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return api.NewClient(owner.Address, owner.Token), nil
	}
	aside := f.Warehouse() + ".damaged-" + p.now().UTC().Format("20060102T150405")
	for _, suffix := range []string{"", ".wal"} {
		err := os.Rename(f.Warehouse()+suffix, aside+suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, errors.Join(err, lock.Unlock())
		}
	}
	p.say("the old warehouse is now %s", aside)
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		return nil, err
	}
	return shop, nil
}
