package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	fullBytes = 200 << 20
	lowWater  = 64 << 20 // below it events are refused; docs/data-folder.md
	fullWait  = 20 * time.Second
)

// fullDisk is R16: another file takes the room, and gives it back.
func (t *torture) fullDisk(ctx context.Context) (err error) {
	disk := filepath.Join(t.dir, "disk")
	if err := os.MkdirAll(disk, 0o700); err != nil {
		return err
	}
	if err := tool(ctx, "mount", "-t", "tmpfs", "-o", fmt.Sprint("size=", fullBytes), "tmpfs", disk); err != nil {
		return fmt.Errorf("%w: no tmpfs can be mounted here: %w", errSkipped, err)
	}
	defer func() { err = errors.Join(err, unmount(disk)) }()
	folder, filler := filepath.Join(disk, "shop"), filepath.Join(disk, "filler")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	o.pause = 50 * time.Millisecond // the room must last for all cycles
	s, err := t.serve(ctx, folder)
	if err != nil {
		return err
	}
	deaf, shut, stuck := 0, 0, 0
	err = t.loadUntil(ctx, o, s, func() error {
		for range t.cycles {
			refusals := func() int64 { return o.count(http.StatusInsufficientStorage) + o.count(503) }
			before := refusals()
			if err := fill(filler, uint64(8<<20+t.r.IntN(lowWater-(16<<20)))); err != nil {
				return err
			}
			deaf += against(!t.until(ctx, func() bool { return refusals() > before }))
			shut += against(s.health(ctx) != nil)
			if _, err := t.command(ctx, folder, "segment", "count", viewers); err != nil {
				t.note("a question on a full disk: %v", err)
				shut++
			}
			if err := os.Remove(filler); err != nil {
				return err
			}
			taken := o.count(http.StatusOK)
			stuck += against(!t.until(ctx, func() bool { return o.count(http.StatusOK) > taken }))
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, s.kill())
	}
	t.hold("full disks on which events were not refused", deaf, "of %d; %d calls answered 507, %d 503", t.cycles, o.count(507), o.count(503))
	t.hold("refusals without Retry-After", int(o.retryIn.Load()), "by the answers")
	t.hold("questions that a full disk left without an answer", shut, "of %d", 2*t.cycles)
	t.hold("servers that took no events when there was room again", stuck, "of %d", t.cycles)
	t.hold("other errors of the server", int(o.count(500)), "%d calls acknowledged", o.count(200))
	if _, err := s.stop(); err != nil {
		return err
	}
	return errors.Join(t.check(ctx, folder, o.journal.now()), o.journal.close())
}

// fill makes a file that leaves only so many bytes free on its disk.
func fill(name string, leave uint64) (err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(name), &disk); err != nil {
		return err
	}
	free := disk.Bavail * uint64(disk.Bsize)
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if free <= leave {
		return nil
	}
	return syscall.Fallocate(int(file.Fd()), 0, 0, int64(free-leave))
}

// until waits until something is so.
func (t *torture) until(ctx context.Context, so func() bool) bool {
	for end := time.Now().Add(t.within(fullWait)); time.Now().Before(end); pauseFor(ctx, 10*time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}
