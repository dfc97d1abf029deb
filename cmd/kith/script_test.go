package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kith": main})
}

// TestScripts runs the program as people do. Each file of testdata/script
// says what it tries.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: false,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": status, "served": served, "jsonhas": jsonHas, "cmpcrlf": compareLines,
		},
	})
}

// status N ARGS... runs the program and wants an exit status.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("kith", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s: %v", got, args[0], err)
	}
}

// served DIR waits until a server owns the folder.
func served(ts *testscript.TestScript, _ bool, args []string) {
	for range 2000 {
		content, _ := os.ReadFile(ts.MkAbs(filepath.Join(args[0], "kith.lock")))
		if bytes.Contains(content, []byte(`"address"`)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("no server came up on %s", args[0])
}

// jsonHas KEY VALUE looks into the JSON document on standard output: KEY is
// a path like groups.0.name, VALUE the JSON there.
func jsonHas(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("standard output is not one JSON document: %v", err)
	}
	for key := range strings.SplitSeq(args[0], ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var i int
			if err := json.Unmarshal([]byte(key), &i); err != nil || i >= len(x) {
				ts.Fatalf("%s is not in a list of %d", key, len(x))
			}
			v = x[i]
		}
	}
	got, _ := json.Marshal(v)
	if string(got) != args[1] {
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

// compareLines FILE WANT compares a file whose lines end with CR LF with one
// whose lines do not.
func compareLines(ts *testscript.TestScript, _ bool, args []string) {
	got, want := ts.ReadFile(args[0]), strings.ReplaceAll(ts.ReadFile(args[1]), "\n", "\r\n")
	if got != want {
		ts.Fatalf("%s is\n%q\nwant\n%q", args[0], got, want)
	}
}

// TestTwoServersInOneProcess holds that nothing is global.
func TestTwoServersInOneProcess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	type end struct {
		status         int
		stdout, stderr bytes.Buffer
	}
	ends := make(chan *end, 2)
	for range 2 {
		dir := filepath.Join(t.TempDir(), "shop")
		go func() {
			e := &end{}
			e.status = run(ctx, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}, strings.NewReader(""), &e.stdout, &e.stderr)
			ends <- e
		}()
		for {
			content, _ := os.ReadFile(filepath.Join(dir, "kith.lock"))
			if bytes.Contains(content, []byte(`"address"`)) {
				break
			}
			time.Sleep(5 * time.Millisecond)
			if t.Context().Err() != nil {
				t.Fatal("no server came up")
			}
		}
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), []string{"segment", "count", "everyone", "--data", dir}, nil, &stdout, &stderr); got != 0 || stdout.String() != "0\n" {
			t.Errorf("status %d, %q, %q", got, stdout.String(), stderr.String())
		}
	}
	cancel()
	for range 2 {
		if e := <-ends; e.status != 0 || !strings.HasPrefix(e.stdout.String(), "http://127.0.0.1:") {
			t.Errorf("status %d, %q, %q", e.status, e.stdout.String(), e.stderr.String())
		}
	}
}
