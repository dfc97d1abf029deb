package upload_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"kith/internal/commerce"
	"kith/internal/upload"
)

// TestTheDiskIsFull for real, where a small one can be had: what is reported
// free is not there.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	s := open(t, func(c *upload.Config) { c.Dir = filepath.Join(disk, "uploads") })
	if _, err := s.Put(t.Context(), "a.csv", -1, bytes.NewReader(make([]byte, 8<<20))); commerce.CodeOf(err) != commerce.CodeFull {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(filepath.Join(disk, "uploads")); err != nil || len(left) != 0 {
		t.Errorf("%d files, %v", len(left), err)
	}
	if _, err := s.Put(t.Context(), "a.csv", -1, bytes.NewReader(make([]byte, 1<<20))); err != nil {
		t.Errorf("what fits: %v", err)
	}
}
