package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestShort tries each goal for a short time on a program made for it. The
// long form is make torture.
func TestShort(t *testing.T) {
	t.Parallel()
	// The program is built from these: a result that is kept would not know that
	// they changed, unless the test looks at them.
	for _, dir := range []string{"../../internal", "../kith"} {
		err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	kith := filepath.Join(t.TempDir(), "kith")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", kith, "kith/cmd/kith")
	build.Env = append(os.Environ(), "GOFLAGS=") // not the race detector's: its times are not the program's
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for goal, cycles := range map[string]string{
		"r1": "2", "r2": "1", "r3": "1", "r4": "1", "r5": "2", "r6": "2", "r16": "1", "r17": "2", "r19": "2", "r21": "1",
	} {
		t.Run(goal, func(t *testing.T) { // one after the other: each loads the machine
			var out strings.Builder
			err := run(t.Context(), []string{"-goal", goal, "-cycles", cycles, "-seed", "3", "-slack", "10", "-kith", kith, "-dir", t.TempDir()}, &out)
			if errors.Is(err, errSkipped) {
				t.Skip(err)
			}
			if err != nil || !strings.Contains(out.String(), "ok ") {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}

// TestAViolationIsToldByTheStatus asks for nothing that a server is needed for.
func TestAViolationIsToldByTheStatus(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	tr := &torture{out: &out}
	tr.hold("kept", 0, "of %d", 1)
	if tr.violated != 0 {
		t.Errorf("%d are violated: %s", tr.violated, out.String())
	}
	tr.hold("broken", 2, "of %d", 3)
	if tr.violated != 1 || !strings.Contains(out.String(), "VIOLATED broken: 2; of 3") {
		t.Errorf("%d are violated: %s", tr.violated, out.String())
	}
}
