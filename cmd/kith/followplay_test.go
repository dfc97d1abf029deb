package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/segment"
	"kith/internal/segment/membership"
)

// deed is one thing that is done to a shop.
type deed struct {
	at     time.Time // what the clock shows
	do     string    // wait, track, advance, import, score, save, delete, hide, catchup, open, serve, close, rebuild, look or end
	id     string    // of a segment, or the kind of an import
	text   string    // a definition, or a file
	events []json.RawMessage
	clean  bool // of a look: nothing of the past changed since the last one
}

func showDeeds(all []deed) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "%s %s %s %s\n", d.at.Format(time.RFC3339Nano), d.do, d.id, d.text)
		for _, e := range d.events {
			fmt.Fprintf(&b, "    %s\n", e)
		}
	}
	return b.String()
}

// followed is one shop on its way.
type followed struct {
	ctx     context.Context
	dir     string
	program *program
	l       *local             // nil while the folder is closed
	keeper  *membership.Keeper // nil while nobody keeps memberships
	files   int
	last    looked
	wrong   []string

	mu  sync.Mutex
	now time.Time

	compared, filled, sampled int64
}

func newFollowed(ctx context.Context, dir, settings string) *followed {
	f := &followed{ctx: ctx, dir: dir}
	f.program = &program{data: filepath.Join(dir, "shop"), stdout: io.Discard, stderr: io.Discard, now: f.clock}
	err := errors.Join(os.MkdirAll(f.program.data, 0o700), os.WriteFile(filepath.Join(f.program.data, "kith.yaml"), []byte(settings), 0o600))
	if err != nil {
		panic(err)
	}
	return f
}

func (f *followed) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *followed) set(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// failed is an error that ends a play.
type failed struct{ error }

func (f *followed) check(err error) {
	if err != nil {
		panic(failed{err})
	}
}

func (f *followed) differs(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// play does one deed after the other until the end, or until a look finds
// something wrong, and says what.
func (f *followed) play(next func() deed) (problem string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failed:
			problem = r.Error()
		default:
			panic(r)
		}
		if f.l != nil {
			if err := f.l.Close(); err != nil && problem == "" {
				problem = err.Error()
			}
		}
	}()
	for {
		d := next()
		f.set(d.at)
		if d.do == "end" {
			return ""
		}
		if f.do(d); len(f.wrong) > 0 {
			return strings.Join(f.wrong, "\n")
		}
	}
}

// do does one thing.
func (f *followed) do(d deed) {
	switch d.do {
	case "open", "serve", "close":
		f.turn(d.do)
		return
	case "look":
		f.turn("serve")
		f.settle()
		f.look(d.clean)
		return
	}
	if f.l == nil {
		f.turn("serve")
	}
	var err error
	switch d.do {
	case "track":
		err = f.track(d.events)
	case "advance":
		_, err = f.l.load.Advance(f.ctx)
	case "import":
		err = f.importFile(d.id, d.text)
	case "score":
		_, err = f.l.Score(f.ctx)
	case "rebuild":
		_, err = f.l.Rebuild(f.ctx)
	case "save":
		_, err = f.l.SaveSegment(f.ctx, d.id, "", d.text)
	case "delete":
		_, err = f.l.DeleteSegment(f.ctx, d.id)
	case "hide":
		err = f.hide(strings.Fields(d.text))
	case "catchup":
		if f.keeper != nil {
			err = f.keeper.CatchUp(f.ctx)
		}
	}
	switch commerce.CodeOf(err) {
	case commerce.CodeInvalid, commerce.CodeConflict, commerce.CodeNotFound: // a segment that others refer to, or that refers to itself
	default:
		f.check(err)
	}
}

// turn opens the folder as a command or a server does, or closes it.
func (f *followed) turn(to string) {
	if to == "serve" && f.keeper != nil || to == "open" && f.l != nil {
		return
	}
	if l := f.l; l != nil {
		f.l, f.keeper = nil, nil
		f.check(l.Close())
	}
	if to == "close" {
		return
	}
	folder, lock, _, err := f.program.lock(f.ctx, mayMake)
	f.check(err)
	catchUp := (*local).catchUp
	if to == "serve" {
		catchUp = (*local).serveLive
	}
	f.l, err = f.program.openWith(f.ctx, folder, lock, openFacts, catchUp)
	f.check(err)
	if to == "serve" {
		f.keeper, err = f.l.keeping.begin(f.ctx)
		f.check(err)
	}
}

// settle waits until all that happened took effect.
func (f *followed) settle() {
	f.check(f.keeper.CatchUp(f.ctx))
	_, err := f.l.load.Advance(f.ctx)
	f.check(err)
	f.check(f.keeper.CatchUp(f.ctx))
}

func (f *followed) track(events []json.RawMessage) error {
	body, err := json.Marshal(events)
	if err == nil {
		_, err = f.l.Track(f.ctx, api.Sender{}, body)
	}
	return err
}

func (f *followed) importFile(kind, content string) error {
	f.files++
	path := filepath.Join(f.dir, fmt.Sprint(f.files, ".csv"))
	f.check(os.WriteFile(path, []byte(content), 0o600))
	_, err := f.l.Import(f.ctx, api.ImportRequest{Kind: kind, Files: []string{path}}, api.Watch{})
	return err
}

// hide leaves out all presets but some: each one is asked at each look.
func (f *followed) hide(but []string) error {
	all, err := f.l.ListSegments(f.ctx)
	if err != nil {
		return err
	}
	var hidden segment.Changes
	for i, x := range all {
		if x.Text != "" && x.Preset && i%7 != len(but) && !slices.Contains(but, x.ID) {
			hidden = append(hidden, segment.Change{ID: x.ID, Hidden: true})
		}
	}
	return f.l.load.Append(f.ctx, commerce.SegmentEntry, hidden)
}
