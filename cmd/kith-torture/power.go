package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const imageBytes = 1 << 30

// powerCuts is R2: a copy of the disk's image under load is what a power cut
// leaves, because it has only what was written through to the disk. What was
// acknowledged before the copy began must be in it.
func (t *torture) powerCuts(ctx context.Context) (err error) {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: only root mounts images", errSkipped)
	}
	image, disk := filepath.Join(t.dir, "disk.img"), filepath.Join(t.dir, "disk")
	if err := makeImage(ctx, image, disk); err != nil {
		return fmt.Errorf("%w: no loop mounts here: %w", errSkipped, err)
	}
	defer func() { err = errors.Join(err, unmount(disk)) }()
	folder := filepath.Join(disk, "shop")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	s, err := t.serve(ctx, folder)
	if err != nil {
		return err
	}
	for cycle := range t.cycles {
		copied := filepath.Join(t.dir, "cut.img")
		var before map[int]fate
		err := t.loadUntil(ctx, o, s, func() error {
			pauseFor(ctx, killAfter+time.Duration(t.r.Int64N(int64(killBefore-killAfter))))
			// Stopped, it writes nothing while the image is read from end to end.
			if err := s.signal(syscall.SIGSTOP); err != nil {
				return err
			}
			before = o.journal.now()
			return errors.Join(copySparse(image, copied), s.signal(syscall.SIGCONT))
		})
		if err != nil {
			return errors.Join(err, s.kill())
		}
		// What came later may be in the copy or not.
		for n, f := range o.journal.now() {
			if _, found := before[n]; !found && f != refused {
				before[n] = intended
			}
		}
		if err := t.checkCut(ctx, copied, cycle, before); err != nil {
			return errors.Join(err, s.kill())
		}
	}
	_, err = s.stop()
	return errors.Join(err, o.journal.close())
}

// checkCut starts Kith on what a power cut left.
func (t *torture) checkCut(ctx context.Context, image string, cycle int, fates map[int]fate) (err error) {
	disk := filepath.Join(t.dir, fmt.Sprint("cut", cycle))
	if err := mount(ctx, image, disk); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unmount(disk), os.Remove(image)) }()
	folder := filepath.Join(disk, "shop")
	s, err := t.serve(ctx, folder)
	if err != nil {
		t.hold("power cuts that it did not start after", 1, "%s", err)
		return nil
	}
	t.hold("starts after a power cut that are too slow", against(s.came > t.within(mayTake)), "%s", s.came.Round(time.Millisecond))
	if _, err := s.stop(); err != nil {
		return err
	}
	return t.check(ctx, folder, fates)
}

func makeImage(ctx context.Context, image, disk string) error {
	file, err := os.Create(image)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Truncate(imageBytes), file.Close()); err != nil {
		return err
	}
	if err := tool(ctx, "mkfs.ext4", "-q", "-F", image); err != nil {
		return err
	}
	return mount(ctx, image, disk)
}

func mount(ctx context.Context, image, disk string) error {
	if err := os.MkdirAll(disk, 0o700); err != nil {
		return err
	}
	return tool(ctx, "mount", "-o", "loop", image, disk)
}

// unmount is not called off with the run: a mount outlives it otherwise.
func unmount(disk string) error { return tool(context.Background(), "umount", disk) }

func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// copySparse copies an image without the room that it does not use.
func copySparse(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	block := make([]byte, 1<<20)
	for at := int64(0); ; at += int64(len(block)) {
		n, err := in.ReadAt(block, at)
		if !zero(block[:n]) {
			if _, err := out.WriteAt(block[:n], at); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return out.Truncate(imageBytes)
		}
		if err != nil {
			return err
		}
	}
}

func zero(block []byte) bool {
	for _, b := range block {
		if b != 0 {
			return false
		}
	}
	return true
}
