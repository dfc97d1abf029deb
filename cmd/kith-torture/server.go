package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startWait is when a start counts as failed; the promise is less.
const startWait = 2 * time.Minute

// server is a running kith serve.
type server struct {
	process *exec.Cmd
	address string
	stderr  *output
	ended   chan struct{}
	err     error // of Wait; set when ended
	came    time.Duration
}

type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// command runs kith to its end.
func (t *torture) command(ctx context.Context, folder string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, t.kith, append(args, "--data", folder)...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kith %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

// shop makes a folder with a key and segments whose memberships are kept, and
// an oracle that sends to it.
func (t *torture) shop(ctx context.Context, folder string) (*oracle, error) {
	if _, err := t.command(ctx, folder, "init", "--timezone", "Europe/Bucharest", "--currency", "RON"); err != nil {
		return nil, err
	}
	if _, err := t.command(ctx, folder, "segment", "save", "viewers", viewers); err != nil {
		return nil, err
	}
	key, err := t.command(ctx, folder, "key", "create", "--secret")
	if err != nil {
		return nil, err
	}
	j, err := newJournal(filepath.Join(t.dir, "journal.jsonl"))
	if err != nil {
		return nil, err
	}
	return &oracle{journal: j, key: key, seed: t.seed}, nil
}

// serve starts the server and waits until it answers.
func (t *torture) serve(ctx context.Context, folder string) (*server, error) {
	return t.start(ctx, exec.CommandContext(ctx, t.kith, "serve", "--data", folder, "--addr", "127.0.0.1:0"))
}

// start starts what becomes a server.
func (t *torture) start(ctx context.Context, c *exec.Cmd) (*server, error) {
	s := &server{process: c, stderr: &output{}, ended: make(chan struct{})}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.Stderr = s.stderr
	// With a group of its own, what stands between (strace) ends with it.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	begin := time.Now()
	if err := c.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "http://") && s.address == "" {
				select {
				case found <- lines.Text():
				default:
				}
			}
		}
	}()
	go func() {
		<-read
		s.err = c.Wait()
		close(s.ended)
	}()
	select {
	case s.address = <-found:
	case <-s.ended:
		return nil, fmt.Errorf("the server did not start: %w: %s", s.err, s.stderr)
	case <-time.After(startWait):
		return nil, errors.Join(fmt.Errorf("the server did not start in %s: %s", startWait, s.stderr), s.kill())
	}
	for s.health(ctx) != nil {
		select {
		case <-s.ended:
			return nil, fmt.Errorf("the server ended: %w: %s", s.err, s.stderr)
		case <-time.After(10 * time.Millisecond):
		}
		if time.Since(begin) > startWait {
			return nil, errors.Join(fmt.Errorf("the server did not answer in %s: %s", startWait, s.stderr), s.kill())
		}
	}
	s.came = time.Since(begin)
	return s, nil
}

// health asks what anybody may ask: the console's first page.
func (s *server) health(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+"/", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return errors.New(response.Status)
	}
	return nil
}

func (s *server) signal(what syscall.Signal) error { return syscall.Kill(-s.process.Process.Pid, what) }

// kill ends the server as a crash does.
func (s *server) kill() error {
	err := syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
	<-s.ended
	if errors.Is(err, syscall.ESRCH) {
		return nil // it ended by itself
	}
	return err
}

// stop ends the server as an operator does, and says how long that took.
func (s *server) stop() (time.Duration, error) {
	begin := time.Now()
	if err := syscall.Kill(-s.process.Process.Pid, syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-s.ended:
	case <-time.After(startWait):
		return 0, errors.Join(fmt.Errorf("the server did not stop in %s", startWait), s.kill())
	}
	took := time.Since(begin)
	if s.err != nil {
		return took, fmt.Errorf("the server stopped with %w: %s", s.err, s.stderr)
	}
	return took, nil
}

// copyFolder copies a stopped folder.
func copyFolder(from, to string) error { return os.CopyFS(to, os.DirFS(from)) }
