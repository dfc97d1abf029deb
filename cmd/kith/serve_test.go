package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"testing"
)

// stopper ends a server when it says where it is, before it is done starting.
type stopper struct{ stop func() }

func (s stopper) Write(p []byte) (int, error) {
	s.stop()
	return len(p), nil
}

// TestStoppedWhileStarting is a stop like any other.
func TestStoppedWhileStarting(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	if status := run(t.Context(), []string{"init", "--data", dir}, nil, io.Discard, io.Discard); status != 0 {
		t.Fatal(status)
	}
	for range 5 {
		ctx, stop := context.WithCancel(t.Context())
		var stderr bytes.Buffer
		if status := run(ctx, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}, nil, stopper{stop}, &stderr); status != statusDone {
			t.Errorf("status %d: %s", status, stderr.String())
		}
		stop()
	}
}
