package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/folder"
)

func (p *program) doctorCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "doctor",
		Short: "Look whether the folder and everything in it is well",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return during("looking at the folder", p.doctor(c.Context()))
		},
	})
}

// doctor looks at the folder, or lets the server that owns it look. What keeps
// the folder from being opened is part of what is found.
func (p *program) doctor(ctx context.Context) error {
	d, err := p.diagnose(ctx)
	if err != nil {
		return err
	}
	if !d.OK {
		p.status = statusFailed
	}
	if p.json {
		return p.printJSON(d)
	}
	t := newTable("CHECK", "", "")
	for _, c := range d.Checks {
		t.row(c.Name, c.Status, c.Message)
		if c.WhatToDo != "" {
			t.row("", "", c.WhatToDo)
		}
	}
	t.write(p.stdout)
	return nil
}

func (p *program) diagnose(ctx context.Context) (api.Diagnosis, error) {
	f, lock, owner, err := p.lock(ctx, mustExist)
	if err != nil {
		return api.Diagnosis{}, err
	}
	if lock == nil {
		client := api.NewClient(owner.Address, owner.Token)
		d, err := client.Doctor(ctx)
		return d, errors.Join(err, client.Close())
	}
	shop, err := p.openLocked(ctx, f, lock)
	if err != nil {
		if ctx.Err() != nil {
			return api.Diagnosis{}, err
		}
		return p.examineClosed(f, err), nil
	}
	return p.examine(ctx, f, shop), shop.Close()
}

// doctor collects what was found.
type doctor struct {
	*program

	folder folder.Folder
	found  api.Diagnosis
}

func (d *doctor) ok(name, format string, args ...any) {
	d.add(api.Check{Name: name, Status: api.CheckOK, Message: fmt.Sprintf(format, args...)})
}

func (d *doctor) warn(name, whatToDo, format string, args ...any) {
	d.add(api.Check{Name: name, Status: api.CheckWarning, Message: fmt.Sprintf(format, args...), WhatToDo: whatToDo})
}

func (d *doctor) fail(name, whatToDo, format string, args ...any) {
	d.add(api.Check{Name: name, Status: api.CheckFailed, Message: fmt.Sprintf(format, args...), WhatToDo: whatToDo})
}

// failed is fail for an error, which says itself what to do.
func (d *doctor) failed(name string, err error) {
	d.fail(name, "read the message; if it does not help, restore a backup into another folder", "%s", oneLine(err))
}

func (d *doctor) add(c api.Check) { d.found.Checks = append(d.found.Checks, c) }

func (d *doctor) end() api.Diagnosis {
	d.found.OK = true
	for _, c := range d.found.Checks {
		d.found.OK = d.found.OK && c.Status != api.CheckFailed
	}
	return d.found
}

// examineClosed looks at a folder that cannot be opened.
func (p *program) examineClosed(f folder.Folder, opening error) api.Diagnosis {
	d := &doctor{program: p, folder: f}
	d.permissions()
	d.settings()
	d.disk()
	d.failed("open", opening)
	return d.end()
}

// examine looks at a folder that is open.
func (p *program) examine(ctx context.Context, f folder.Folder, l *local) api.Diagnosis {
	d := &doctor{program: p, folder: f}
	d.permissions()
	d.settings()
	d.lock(l)
	d.disk()
	d.memory()
	d.log(ctx, l)
	d.archive(ctx, l)
	d.operations(ctx, l)
	d.warehouse(ctx, l)
	d.progress(ctx, l)
	d.imports(ctx, l)
	d.durability(ctx, l)
	return d.end()
}
