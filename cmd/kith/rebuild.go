package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/folder"
	"kith/internal/warehouse"
)

func (p *program) rebuildCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "rebuild",
		Short: "Make the warehouse anew from the log and the archive",
		Args:  noArgs,
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
	} else {
		owned, err := p.openAnew(ctx, f, lock, (*local).catchUp)
		if err != nil {
			return err // not a nil *local in an interface
		}
		shop = owned
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

// openAnew opens the folder. A warehouse that cannot be opened is put
// aside: without one, opening the folder makes a new one from the log. If that
// fails too, the old one is put back.
func (p *program) openAnew(
	ctx context.Context, f folder.Folder, lock *folder.Lock, catchUp func(*local, context.Context) error,
) (*local, error) {
	var damaged *facts
	shop, err := p.openWith(ctx, f, lock, func(ctx context.Context, f folder.Folder, settings *api.LiveSettings) (*facts, error) {
		w, err := tryFacts(ctx, f, settings)
		if !errors.As(err, new(unusable)) {
			return w, err
		}
		p.say("kith: the warehouse cannot be opened and is made anew: %s", oneLine(err))
		damaged = &facts{config: warehouse.Config{Path: f.Warehouse()}}
		aside := f.Warehouse() + ".damaged-" + p.now().UTC().Format("20060102T150405")
		if err := renameWarehouse(f.Warehouse(), aside); err != nil {
			return nil, err
		}
		damaged.aside = aside
		if w, err = tryFacts(ctx, f, settings); err != nil {
			return damaged, err
		}
		w.aside = aside
		return w, nil
	}, catchUp)
	if err != nil {
		return nil, err
	}
	if damaged != nil {
		p.say("the old warehouse is now %s", damaged.aside)
	}
	return shop, nil
}

// renameWarehouse gives a warehouse's files another name.
func renameWarehouse(from, to string) error {
	for _, suffix := range []string{"", ".wal"} {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("putting the warehouse aside: %w", err)
		}
	}
	return nil
}

// putBack undoes putting a warehouse aside, after nothing could take its
// place. The one that was begun is closed.
func (w *facts) putBack() error {
	if w == nil || w.aside == "" {
		return nil
	}
	if err := errors.Join(remove(w.config.Path), remove(w.config.Path+".wal")); err != nil {
		return err
	}
	return renameWarehouse(w.aside, w.config.Path)
}
