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
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of intake over HTTP.
const (
	leastBatched  = 20_000 // events/s, in batches of batchedEvents
	leastSingle   = 5_000  // requests/s of one event
	mostSingle    = 50     // ms, 99th percentile
	mostAccepted  = 250    // ms, 99th percentile of what is taken in an overload
	mostRefused   = 50     // ms, 99th percentile of what is refused
	overloaded    = 3      // times the rate that is kept up
	batchedEvents = 100
	// pacedAbove is how much is offered of what is to be kept up, in percent: the
	// last answers come after the last requests.
	pacedAbove = 102
	// intakeSenders is how many connections there are: more than the server can
	// work on, so that what waits, waits there.
	intakeSenders = 256
	// intakeReady is how many requests are made ahead.
	intakeReady = 64
)

// intake sends the stream to a program that serves a shop, over HTTP as clients
// do: batches at the rate that is to be kept up, then single events, then more
// than it can take.
func (b *bench) intake(ctx context.Context) error {
	kith, err := filepath.Abs(b.kith)
	if err != nil {
		return err
	}
	if _, err := os.Stat(kith); err != nil {
		b.skip("there is no program %s for intake; make build makes it", b.kith)
		return nil
	}
	customers := int64(b.streamTimes[0] * streamCustomers)
	j := shopJob{Customers: customers, Threads: b.threads, Until: time.Now().Truncate(time.Second)}
	dir := filepath.Join(b.dir, "intake-data")
	if err := errors.Join(os.RemoveAll(dir), b.makeShop(ctx, dir, j)); err != nil {
		return err
	}
	s, err := beginConsole(ctx, kith, dir)
	if err != nil {
		return err
	}
	i := &intakeBench{bench: b, server: s, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: intakeSenders}}}
	err = i.prepare(ctx, kith, dir, int(customers))
	if err == nil {
		err = i.measure(ctx)
	}
	return errors.Join(err, s.end(), os.RemoveAll(dir))
}

type intakeBench struct {
	*bench

	server *consoleServer
	client *http.Client
	key    string
	events *generator
}

func (i *intakeBench) prepare(ctx context.Context, kith, dir string, customers int) error {
	key, err := exec.CommandContext(ctx, kith, "key", "create", "--secret", "--data", dir).Output() //nolint:gosec // the program that is measured
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	i.key = strings.TrimSpace(string(key))
	for n := range furtherSegments {
		if err := i.server.ask(ctx, http.MethodPut, fmt.Sprintf("/v1/segments/further-%d", n), map[string]string{"text": furtherSegment(n)}, nil); err != nil {
			return err
		}
	}
	if _, err := i.until(ctx, func(f freshness) bool { return f.MembershipsApplied >= f.LogEnd }); err != nil {
		return err
	}
	i.events = newGenerator(customers, time.Now)
	i.line("intake_event_bytes", float64(len(i.body(1000)))/1000, "bytes")
	return nil
}

// body makes a request of so many events, as a browser's client sends them.
func (i *intakeBench) body(n int) []byte {
	const around = `,"context":{"library":{"name":"analytics.js","version":"next-1.84.3"},"locale":"ro-RO","timezone":"Europe/Bucharest",` +
		`"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"}}`
	var body bytes.Buffer
	body.WriteString(`{"batch":[`)
	for k := range n {
		if k > 0 {
			body.WriteByte(',')
		}
		event, _ := json.Marshal(i.events.event()) // its properties are JSON
		body.Write(event[:len(event)-1])
		body.WriteString(around)
	}
	body.WriteString("]}")
	return body.Bytes()
}

// bodies makes requests ahead, until the context ends.
func (i *intakeBench) bodies(ctx context.Context, events int) <-chan []byte {
	ready := make(chan []byte, intakeReady)
	go func() {
		defer close(ready)
		for ctx.Err() == nil {
			select {
			case ready <- i.body(events):
			case <-ctx.Done():
			}
		}
	}()
	return ready
}

func (i *intakeBench) measure(ctx context.Context) error {
	before := i.server.memory("VmRSS")
	kept, err := i.load(ctx, batchedEvents, pacedAbove*leastBatched/batchedEvents/100)
	if err != nil {
		return err
	}
	i.least("intake_batches_rate", kept.rate()*batchedEvents, "events/s", leastBatched)
	i.line("intake_batches_p99", kept.accepted(99), "ms")
	i.line("intake_batches_refused", float64(len(kept.refusals)), "requests")
	i.line("intake_batches_generator", kept.own.Seconds()/kept.took.Seconds(), "cores")
	i.line("intake_batches_server", kept.work.Seconds()/kept.took.Seconds(), "cores")
	if err := i.settle(ctx, "intake_batches_behind"); err != nil {
		return err
	}
	i.line("intake_rss_before", before, "MB")
	i.line("intake_rss_after", i.server.memory("VmRSS"), "MB")

	single, err := i.load(ctx, 1, pacedAbove*leastSingle/100)
	if err != nil {
		return err
	}
	i.least("intake_single_rate", single.rate(), "requests/s", leastSingle)
	i.limited("intake_single_p99", single.accepted(99), "ms", mostSingle)
	i.line("intake_single_refused", float64(len(single.refusals)), "requests")
	if err := i.settle(ctx, "intake_single_behind"); err != nil {
		return err
	}

	over, err := i.load(ctx, batchedEvents, overloaded*leastBatched/batchedEvents)
	if err != nil {
		return err
	}
	i.line("intake_overload_offered", overloaded*leastBatched, "events/s")
	i.line("intake_overload_rate", over.rate()*batchedEvents, "events/s")
	i.limited("intake_overload_accepted_p99", over.accepted(99), "ms", mostAccepted)
	i.limited("intake_overload_refused_p99", over.refused(99), "ms", mostRefused)
	i.line("intake_overload_refused", float64(len(over.refusals))/float64(len(over.refusals)+len(over.answers)), "of requests")
	i.line("intake_overload_unsent", float64(over.unsent), "requests")
	if err := i.settle(ctx, "intake_overload_behind"); err != nil {
		return err
	}
	i.line("intake_rss_peak", i.server.memory("VmHWM"), "MB")
	return nil
}

// sending is what came of sending at a rate.
type sending struct {
	took, own, work   time.Duration
	answers, refusals []time.Duration // from when a request was due
	unsent            int             // for which nobody was free for a second
}

func (s *sending) rate() float64 { return float64(len(s.answers)) / s.took.Seconds() }

func (s *sending) accepted(p int) float64 { return percentileOf(s.answers, p) }
func (s *sending) refused(p int) float64  { return percentileOf(s.refusals, p) }

func percentileOf(all []time.Duration, p int) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return float64(all[min(len(all)-1, len(all)*p/100)]) / float64(time.Millisecond)
}

// load sends requests at a rate for as long as a measurement takes, whether or
// not the ones before were answered: a request that finds nobody free waits,
// and its time runs from when it was due.
func (i *intakeBench) load(ctx context.Context, events, perSecond int) (*sending, error) {
	ctx, stop := context.WithCancel(ctx)
	bodies := i.bodies(ctx, events)
	defer func() {
		stop()
		for range bodies { // until nobody makes more
		}
	}()
	var s sending
	var mu sync.Mutex
	var failed error
	due := make(chan time.Time, perSecond) // a second's
	var senders sync.WaitGroup
	for range intakeSenders {
		senders.Go(func() {
			for at := range due {
				status, err := i.send(ctx, <-bodies)
				took := time.Since(at)
				mu.Lock()
				switch {
				case err != nil:
					failed = errors.Join(failed, err)
				case status == http.StatusOK:
					s.answers = append(s.answers, took)
				case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
					s.refusals = append(s.refusals, took)
				default:
					failed = errors.Join(failed, fmt.Errorf("the answer was %d", status))
				}
				mu.Unlock()
			}
		})
	}
	own, work, begin := cpuTime(0), i.server.work(), time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		at := begin.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
		if at.Sub(begin) > i.lasting {
			break
		}
		time.Sleep(time.Until(at))
		select {
		case due <- at:
		default:
			s.unsent++
		}
	}
	close(due)
	senders.Wait()
	s.took, s.own, s.work = time.Since(begin), cpuTime(0)-own, i.server.work()-work
	return &s, failed
}

// send sends a request.
func (i *intakeBench) send(ctx context.Context, body []byte) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+i.server.address+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+i.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := i.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// settle waits until evaluator and warehouse know everything, and says how long
// that took.
func (i *intakeBench) settle(ctx context.Context, name string) error {
	live, err := i.until(ctx, func(f freshness) bool { return f.MembershipsApplied >= f.LogEnd })
	if err != nil {
		return err
	}
	warehouse, err := i.until(ctx, func(f freshness) bool { return f.WarehouseApplied >= f.LogEnd })
	i.line(name+"_evaluator", live.Seconds(), "s")
	i.line(name+"_warehouse", (live + warehouse).Seconds(), "s")
	return err
}

// freshness is how far the stores are in the log.
type freshness struct {
	LogEnd             uint64 `json:"log_end"`
	WarehouseApplied   uint64 `json:"warehouse_applied"`
	MembershipsApplied uint64 `json:"memberships_applied"`
}

// until asks how far the stores are until they are far enough.
func (i *intakeBench) until(ctx context.Context, enough func(freshness) bool) (took time.Duration, err error) {
	begin := time.Now()
	for {
		var f freshness
		if err := i.server.ask(ctx, http.MethodGet, "/v1/freshness", nil, &f); err != nil {
			return 0, err
		}
		if enough(f) {
			return time.Since(begin), nil
		}
		time.Sleep(20 * time.Millisecond)
	}
}
