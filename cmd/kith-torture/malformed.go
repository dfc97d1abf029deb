package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	malformedEach = 1000 // malformed requests in a cycle
	malformedRate = 1000 // a second
	openLines     = 1000 // that send them at most at one time
	noises        = 64
	goodRate      = 200  // well-formed calls a second, of one event each
	slowLines     = 2000 // connections that send a header's letters one a second
	quietTime     = 5 * time.Second
	headWait      = 5 * time.Second  // that the server gives a head
	malformedWait = 20 * time.Second // a connection that the server leaves open longer holds it
	steadyFrom    = 30               // cycles; in fewer the slow lines' opening is what is measured
	mayGrow       = 3                // times as long the slowest hundredth may take meanwhile; the attackers share its processors
)

// malformed is R21 of the running server: what no client sends, and clients that
// are slow, leave the others' calls as they were.
func (t *torture) malformed(ctx context.Context) error {
	folder := filepath.Join(t.dir, "shop")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	s, err := t.serve(ctx, folder)
	if err != nil {
		return err
	}
	files := openFiles(s.process.Process.Pid)
	pause := func(ctx context.Context) { pauseFor(ctx, quietTime) }
	if _, err := o.steady(ctx, s.address, pause); err != nil { // to warm up
		return errors.Join(err, s.kill())
	}
	quiet, err := o.steady(ctx, s.address, pause)
	if err != nil {
		return errors.Join(err, s.kill())
	}
	a := &attack{address: strings.TrimPrefix(s.address, "http://"), key: o.key, answers: map[int]int{}}
	during, err := o.steady(ctx, s.address, func(ctx context.Context) { a.run(ctx, t.cycles*malformedEach) })
	if err != nil {
		return errors.Join(err, s.kill())
	}
	freed := t.until(ctx, func() bool { return openFiles(s.process.Process.Pid) <= files+2*connections })
	for status, n := range a.answers {
		t.note("answered %d: %d", status, n)
	}
	t.note("%d malformed requests in %s, %d connections that were slow; the server closed %d without an answer", t.cycles*malformedEach, a.took.Round(time.Second/10), a.slow.Load(), a.silent.Load())
	t.hold("malformed events that were taken", a.taken, "of %d requests", t.cycles*malformedEach)
	t.hold("malformed requests that the server failed at", a.answers[http.StatusInternalServerError], "answered 500")
	t.hold("connections that the server left open", int(a.held.Load()), "after %s", malformedWait)
	t.hold("files that stay open afterwards", against(!freed), "%d before, %d now", files, openFiles(s.process.Process.Pid))
	t.hold("well-formed calls that were not acknowledged", quiet.failed+during.failed, "of %d", len(quiet.took)+len(during.took))
	slow, usual := p99(during.took), p99(quiet.took)
	p99s := fmt.Sprintf("p99 %s, without %s", slow.Round(time.Millisecond/10), usual.Round(time.Millisecond/10))
	if t.cycles < steadyFrom {
		t.note("well-formed calls: %s", p99s)
	} else {
		limit := time.Duration(mayGrow) * max(usual, 5*time.Millisecond)
		t.hold("well-formed calls that take longer meanwhile", against(slow > t.within(limit)), "%s", p99s)
	}
	if _, err := s.stop(); err != nil {
		return err
	}
	return errors.Join(t.check(ctx, folder, o.journal.now()), o.journal.close())
}

// times are how long calls took from when they were meant to begin, so that one
// that waits for another counts too.
type times struct {
	took   []time.Duration
	failed int
}

// steady sends single events at a fixed rate while do runs.
func (o *oracle) steady(ctx context.Context, address string, do func(context.Context)) (out times, err error) {
	sending, end := context.WithCancel(ctx)
	defer end()
	client := &http.Client{Timeout: answerWait, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var wait sync.WaitGroup
	begin := time.Now()
	for i := range connections {
		wait.Go(func() {
			for n := i; ; n += connections {
				meant := begin.Add(time.Duration(n) * time.Second / goodRate)
				pauseFor(sending, time.Until(meant))
				if sending.Err() != nil {
					return
				}
				event := []int{int(o.next.Add(1))}
				failure := o.journal.note(intended, event)
				status := 0
				if failure == nil {
					var called error
					status, called = o.post(ctx, client, address, event)
					failure = onlyJournal(called)
				}
				mu.Lock()
				out.took = append(out.took, time.Since(meant))
				out.failed += against(status != http.StatusOK)
				err = errors.Join(err, failure)
				mu.Unlock()
			}
		})
	}
	do(ctx)
	end()
	wait.Wait()
	return out, err
}

// attack sends what no client sends, and counts what comes back.
type attack struct {
	address, key string

	mu           sync.Mutex
	answers      map[int]int // status to how often
	taken        int         // events
	took         time.Duration
	silent, held atomic.Int64
	slow         atomic.Int64 // connections that were slow
}

func (a *attack) run(ctx context.Context, n int) {
	slow, end := context.WithCancel(ctx)
	var slows, wait sync.WaitGroup
	for i := range slowLines { // spread, or all would be cut off and come again at once
		slows.Go(func() {
			pauseFor(slow, time.Duration(i)*headWait/slowLines)
			a.drip(slow)
		})
	}
	begin := time.Now()
	requests := a.requests()
	open := make(chan struct{}, openLines)
	for at := 0; at < n && ctx.Err() == nil; at++ {
		pauseFor(ctx, time.Until(begin.Add(time.Duration(at)*time.Second/malformedRate)))
		open <- struct{}{}
		wait.Go(func() {
			a.send(ctx, requests[at%len(requests)])
			<-open
		})
	}
	wait.Wait()
	a.took = time.Since(begin)
	end()
	slows.Wait()
}

// drip sends a request's head a letter a second, again and again.
func (a *attack) drip(ctx context.Context) {
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", a.address)
		if err != nil {
			pauseFor(ctx, time.Second)
			continue
		}
		a.slow.Add(1)
		began := time.Now()
		for _, letter := range []byte("POST /v1/events HTTP/1.1\r\nHost: " + a.address + "\r\nX-Long: " + strings.Repeat("a", 200)) {
			if _, err = conn.Write([]byte{letter}); err != nil || ctx.Err() != nil {
				break
			}
			pauseFor(ctx, time.Second)
		}
		if err == nil && time.Since(began) > malformedWait {
			a.held.Add(1)
		}
		_ = conn.Close()
	}
}

// send sends bytes on a connection of their own and reads what comes back.
func (a *attack) send(ctx context.Context, request malformedRequest) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(malformedWait))
	_, _ = conn.Write(request.bytes) // it may answer before it has all
	if request.leave {
		return
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		a.held.Add(1)
		return
	}
	if err != nil {
		a.silent.Add(1)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	var said struct{ Accepted int } // 200 may list every event of a call as refused
	if answer.StatusCode == http.StatusOK {
		err = json.NewDecoder(answer.Body).Decode(&said)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[answer.StatusCode]++
	a.taken += said.Accepted + against(err != nil)
}

type malformedRequest struct {
	bytes []byte
	leave bool // without waiting for an answer
}

// requests are each kind in turn, and again with other noise.
func (a *attack) requests() (out []malformedRequest) {
	head := func(more string) string {
		return "POST /v1/events HTTP/1.1\r\nHost: " + a.address + "\r\nConnection: close\r\nAuthorization: Bearer " + a.key + "\r\nContent-Type: application/json\r\n" + more
	}
	sized := func(body string) string { return head(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)) }
	event := sized(`{"event":"x","userId":"u"}`)
	var always []malformedRequest
	for _, text := range []string{
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"POST /v1/events HTTP/9.9\r\n\r\n",
		"POST /v1/events\r\nHost: " + a.address + "\r\n\r\n",
		"POST /v1/ev\x00ents HTTP/1.1\r\nHost: " + a.address + "\r\n\r\n",
		"GET /" + strings.Repeat("../", 500) + "etc/passwd HTTP/1.1\r\nHost: a b\r\n\r\n",
		head("No colon\r\n\r\n"),
		head("X: " + strings.Repeat("a", 10<<20) + "\r\n\r\n"),
		head(strings.Repeat("X: a\r\n", 20_000) + "\r\n"),
		head("Content-Length: -1\r\n\r\n"),
		head("Content-Length: 99999999999999999999\r\n\r\n"),
		head("Content-Length: 10\r\nContent-Length: 11\r\n\r\n0123456789"),
		head("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
		head("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"),
		head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
		head("Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08\x00aaaaaaaaaaaaaaaa"),
		head("Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"),
		sized(""),
		sized("{"),
		sized(strings.Repeat("[", 100_000)),
		sized(`{"batch":` + strings.Repeat(`{"a":`, 10_000)),
		sized(`{"event":"x","userId":"u"` + "\xff\xfe" + `}`),
		sized(strings.Repeat(" ", 1<<20)),
		strings.Replace(event, "Bearer ", "Bearer x", 1),
	} {
		always = append(always, malformedRequest{[]byte(text), false})
	}
	// Half of a request, and away.
	for _, text := range []string{head("Content-Length: 1000\r\n\r\n{\"event\":"), head("X: "), "P", ""} {
		always = append(always, malformedRequest{[]byte(text), true})
	}
	for n := range noises {
		noise := make([]byte, 1+n*n) // up to 4 KB
		_, _ = rand.Read(noise)
		out = append(out, always...)
		for _, text := range []string{
			string(noise), // without the end of a line it is waited for until the time is up
			sized(string(noise)),
			"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + string(noise), // TLS
			strings.Replace(event, "Bearer ", "Basic "+string(bytes.ToValidUTF8(noise, nil)), 1),
		} {
			out = append(out, malformedRequest{[]byte(text), false})
		}
	}
	return out
}

// openFiles is how many files and connections a process has open.
func openFiles(pid int) int {
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0
	}
	return len(list)
}
