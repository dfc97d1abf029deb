package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// consoleServer is a program that serves a folder.
type consoleServer struct {
	cmd     *exec.Cmd
	output  bytes.Buffer
	address string
	token   string
	opening time.Duration // until everything can be asked
	ended   chan error
}

// consolePatience is how long a server may take to begin.
const consolePatience = 10 * time.Minute

// beginConsole serves a folder, and waits until everyone is known.
func beginConsole(ctx context.Context, kith, dir string) (*consoleServer, error) {
	s := &consoleServer{cmd: exec.CommandContext(ctx, kith, "serve", "--addr", "127.0.0.1:0", "--data", dir)} //nolint:gosec // the program that is measured
	s.cmd.Stdout, s.cmd.Stderr, s.ended = &s.output, &s.output, make(chan error, 1)
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.ended <- s.cmd.Wait() }()
	ctx, cancel := context.WithTimeout(ctx, consolePatience)
	defer cancel()
	for {
		if ready, err := s.ready(ctx, filepath.Join(dir, "kith.lock")); ready {
			s.opening = time.Since(begin)
			return s, s.ask(ctx, http.MethodGet, "/v1/overview", nil, nil)
		} else if err != nil || ctx.Err() != nil {
			return nil, fmt.Errorf("beginning to serve: %w", errors.Join(err, ctx.Err(), s.end()))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// ready says whether the server can be found and knows everyone.
func (s *consoleServer) ready(ctx context.Context, lock string) (bool, error) {
	select {
	case err := <-s.ended:
		s.ended <- err
		return false, errors.New("the server ended")
	default:
	}
	var owner struct{ Address, Token string }
	content, err := os.ReadFile(lock)
	if err != nil || json.Unmarshal(content, &owner) != nil || owner.Address == "" {
		return false, nil // not yet
	}
	s.address, s.token = owner.Address, owner.Token
	var figures struct{ Customers *int64 }
	err = s.ask(ctx, http.MethodGet, "/v1/segments/figures", nil, &figures)
	return figures.Customers != nil, err
}

// ask sends a request and reads the answer to its end, into v if there is one.
func (s *consoleServer) ask(ctx context.Context, method, path string, body, v any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	if body == nil {
		request.Body, request.ContentLength = nil, 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.300s", response.Status, answer)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(answer, v)
}

// whileEvents sends events at a rate while do runs.
func (s *consoleServer) whileEvents(ctx context.Context, rate int, do func() error) error {
	ctx, stop := context.WithCancel(ctx)
	sent := make(chan error, 1)
	go func() {
		g := newGenerator(streamCustomers, time.Now)
		for due := time.Now(); ctx.Err() == nil; due = due.Add(time.Second * pacedBatch / time.Duration(rate)) {
			time.Sleep(time.Until(due))
			if err := s.ask(ctx, http.MethodPost, "/v1/events", g.batch(pacedBatch).Events, nil); err != nil && ctx.Err() == nil {
				sent <- fmt.Errorf("sending events: %w", err)
				return
			}
		}
		sent <- nil
	}()
	err := do()
	stop()
	return errors.Join(err, <-sent)
}

// work is the processor time that the server took until now.
func (s *consoleServer) work() time.Duration {
	content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, after, _ := strings.Cut(string(content), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	const tick = 10 * time.Millisecond // USER_HZ
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// memory is a line of the server's status, in MB.
func (s *consoleServer) memory(name string) float64 {
	var kib float64
	_, _ = fmt.Sscanf(fromProc(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid), name), "%f kB", &kib)
	return kib / 1024
}

func (s *consoleServer) end() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	if err := <-s.ended; err != nil {
		return fmt.Errorf("serving: %w: %s", err, s.output.String())
	}
	return nil
}
