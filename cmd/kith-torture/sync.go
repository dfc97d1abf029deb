package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// endWait is how long a server may go on after its disk failed.
const endWait = time.Minute

// strace is the command that serves a folder under strace.
func (t *torture) strace(ctx context.Context, folder string, args ...string) (*exec.Cmd, error) {
	if err := exec.CommandContext(ctx, "strace", "-f", "-o", os.DevNull, "true").Run(); err != nil {
		return nil, fmt.Errorf("%w: strace does not work here: %w", errSkipped, err)
	}
	args = append([]string{"-f", "-qq"}, args...)
	return exec.CommandContext(ctx, "strace", append(args, t.kith, "serve", "--data", folder, "--addr", "127.0.0.1:0")...), nil
}

// syncs is R3: the doctor says that what is acknowledged is on the disk, and
// there is a sync of the log between each question and its answer.
func (t *torture) syncs(ctx context.Context) error {
	folder := filepath.Join(t.dir, "shop")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	trace := filepath.Join(t.dir, "strace.txt")
	c, err := t.strace(ctx, folder, "-y", "-e", "trace=fsync,fdatasync", "-o", trace)
	if err != nil {
		return err
	}
	s, err := t.start(ctx, c)
	if err != nil {
		return err
	}
	text, err := t.command(ctx, folder, "doctor", "--json")
	if err != nil && text == "" { // its status is 1 if it found something
		return errors.Join(err, s.kill())
	}
	var d struct {
		Durability struct{ OK bool } `json:"durability"`
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return err
	}
	t.hold("settings that lose what was acknowledged", against(!d.Durability.OK), "doctor --json, .durability.ok")
	const asked = 100
	unsynced, client := 0, &http.Client{Timeout: answerWait}
	for n := range asked * t.cycles {
		before, err := logSyncs(trace)
		if err != nil {
			return err
		}
		if _, err := o.post(ctx, client, s.address, []int{n + 1}); err != nil {
			return err
		}
		after, err := logSyncs(trace)
		if err != nil {
			return err
		}
		unsynced += against(after == before)
	}
	t.hold("answers without a sync of the log before them", unsynced, "of %d", asked*t.cycles)
	return errors.Join(s.kill(), o.journal.close())
}

// logSyncs counts the syncs of the log's files so far.
func logSyncs(trace string) (int, error) {
	content, err := os.ReadFile(trace)
	if err != nil {
		return 0, err
	}
	n := 0
	for text := range strings.Lines(string(content)) {
		n += against(strings.Contains(text, "/log/jetstream/") && strings.Contains(text, ".blk>"))
	}
	return n, nil
}

// logFailed is what a server says that ends because its log failed.
const logFailed = "the log cannot be written"

// failingSyncs is R4: from some sync on, all fail. The server must not
// acknowledge any more, and end by itself with an error. Which store fails first
// is chance: only a call that waits for the log can be answered 503, whereas a
// server that ends for another store's sake first answers what was asked.
func (t *torture) failingSyncs(ctx context.Context) error {
	ended, late, quiet := 0, 0, 0
	for cycle := range t.cycles {
		folder := filepath.Join(t.dir, fmt.Sprint("shop", cycle))
		o, err := t.shop(ctx, folder)
		if err != nil {
			return err
		}
		// Counted by strace for each thread.
		from := 30 + t.r.IntN(40)
		c, err := t.strace(ctx, folder, "-o", os.DevNull, "-e", "trace=fsync,fdatasync", "-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d+", from))
		if err != nil {
			return err
		}
		s, err := t.start(ctx, c)
		if err != nil {
			return err
		}
		alive := false
		err = t.loadUntil(ctx, o, s, func() error {
			select {
			case <-s.ended:
				return nil
			case <-time.After(t.within(endWait)):
				alive = true
				return s.kill()
			}
		})
		if err != nil {
			return err
		}
		ended += against(alive || s.err == nil)
		late += int(o.late.Load())
		failed := strings.Contains(s.stderr.String(), logFailed)
		quiet += against(failed && o.count(http.StatusServiceUnavailable) == 0)
		t.note("syncs fail from the %dth of a thread on: %d calls acknowledged, %d answered 503, then, the log first: %t: %v", from, o.count(200), o.count(503), failed, s.err)
		s, err = t.serve(ctx, folder)
		if err != nil {
			return err
		}
		if _, err := s.stop(); err != nil {
			return err
		}
		if err := t.check(ctx, folder, o.journal.now()); err != nil {
			return err
		}
		if err := errors.Join(o.journal.close(), os.Remove(o.journal.file.Name())); err != nil {
			return err
		}
	}
	t.hold("servers that went on or ended as if all were well", ended, "of %d", t.cycles)
	t.hold("acknowledgements after a sync failed", late, "of calls that began after a 503")
	t.hold("servers whose log failed and that answered nobody 503", quiet, "of %d", t.cycles)
	return nil
}
