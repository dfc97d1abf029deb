package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	connections = 8
	batchEvents = 50 // at most in a call
	retryShare  = 10 // one call in so many sends events again
	customers   = 300
	answerWait  = 10 * time.Second
)

// epoch is before all events of a run, so that a seed makes the same ones.
var epoch = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// kindOf says what event a number stands for.
type kind int

const (
	view kind = iota
	page
	order
	identify
)

// what an event says follows from its number.
func kindOf(n int) kind {
	switch n % 20 {
	case 3, 9:
		return order
	case 5:
		return identify
	case 1, 7, 13:
		return page
	}
	return view
}

// customerOf gives each customer a hundred events.
func customerOf(n int) string {
	const events = 100 * customers
	return "c" + strconv.Itoa(n/events*customers+n*7919%customers)
}

func messageOf(n int) string { return "m" + strconv.Itoa(n) }

// protocol is how events are sent: the one place that knows the path, the
// body and the answer.
type protocol struct{}

func (protocol) path() string { return "/v1/events" }

func (protocol) body(events []int) ([]byte, error) {
	batch := make([]map[string]any, len(events))
	for i, n := range events {
		e := map[string]any{
			"message_id": messageOf(n), "customer_id": customerOf(n),
			"timestamp": epoch.Add(time.Duration(n) * time.Millisecond).Format(time.RFC3339Nano),
		}
		switch kindOf(n) {
		case view:
			e["event"] = "Product Viewed"
			e["properties"] = map[string]any{"product_id": "p" + strconv.Itoa(n%50), "price": n % 90}
		case page:
			e["event"] = "page_viewed"
		case order:
			e["event"] = "Order Completed"
			e["properties"] = map[string]any{"order_id": "o" + strconv.Itoa(n), "total": 10}
		case identify:
			e["type"] = "identify"
			e["traits"] = map[string]any{"plan": "plan" + strconv.Itoa(n)}
		}
		batch[i] = e
	}
	return json.Marshal(batch)
}

// taken reads an answer of 200: the places of events that were refused.
func (protocol) taken(answer []byte) (refused map[int]bool, err error) {
	var a struct {
		Refused []struct{ Index int } `json:"refused"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, err
	}
	refused = map[int]bool{}
	for _, r := range a.Refused {
		refused[r.Index] = true
	}
	return refused, nil
}

// oracle sends events and knows which were acknowledged.
type oracle struct {
	protocol

	journal *journal
	key     string
	seed    uint64
	next    atomic.Int64
	calls   atomic.Uint64
	answers sync.Map     // status to *atomic.Int64
	retryIn atomic.Int64 // refusals with 503 or 507 that have no Retry-After
	broken  atomic.Bool  // somebody was answered 503
	late    atomic.Int64 // acknowledgements of calls that began after that
	pause   time.Duration
}

// load sends until the context ends, over all connections.
func (o *oracle) load(ctx context.Context, address string) error {
	client := &http.Client{Timeout: answerWait, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	errs := make([]error, connections)
	var wait sync.WaitGroup
	for i := range connections {
		r := rand.New(rand.NewPCG(o.seed, o.calls.Add(1)))
		wait.Go(func() {
			var mine []int // what this connection sent
			for ctx.Err() == nil && errs[i] == nil {
				events := o.pick(r, &mine)
				if errs[i] = o.journal.note(intended, events); errs[i] != nil {
					return
				}
				if _, err := o.post(ctx, client, address, events); err != nil {
					errs[i] = onlyJournal(err)
					// Whoever hears no answer does not ask at full speed.
					pauseFor(ctx, 5*time.Millisecond)
				}
				pauseFor(ctx, o.pause)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func pauseFor(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// pick chooses the events of a call: new ones, or some that were sent before,
// whether or not they were acknowledged.
func (o *oracle) pick(r *rand.Rand, mine *[]int) []int {
	events := make([]int, 1+r.IntN(batchEvents))
	if len(*mine) > 0 && r.IntN(retryShare) == 0 {
		for i := range events {
			events[i] = (*mine)[r.IntN(len(*mine))]
		}
		return events
	}
	last := int(o.next.Add(int64(len(events))))
	for i := range events {
		events[i] = last - len(events) + i + 1
	}
	*mine = append(*mine, events...)
	return events
}

// journalError is a fault of the oracle, not of the server.
type journalError struct{ error }

func onlyJournal(err error) error {
	if errors.As(err, new(journalError)) {
		return err
	}
	return nil
}

// post sends events and notes what was answered.
func (o *oracle) post(ctx context.Context, client *http.Client, address string, events []int) (status int, err error) {
	body, err := o.body(events)
	if err != nil {
		return 0, journalError{err}
	}
	broken := o.broken.Load()
	// An answer that is on its way counts: only the sender's own end does not wait.
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, address+o.path(), bytes.NewReader(body))
	if err != nil {
		return 0, journalError{err}
	}
	request.Header.Set("Authorization", "Bearer "+o.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	answer, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return 0, err
	}
	counter, _ := o.answers.LoadOrStore(response.StatusCode, new(atomic.Int64))
	counter.(*atomic.Int64).Add(1)
	if response.StatusCode == http.StatusServiceUnavailable {
		o.broken.Store(true)
	}
	if response.StatusCode == http.StatusOK && broken {
		o.late.Add(1)
	}
	if response.StatusCode != http.StatusOK {
		full := response.StatusCode == http.StatusServiceUnavailable || response.StatusCode == http.StatusInsufficientStorage
		if full && response.Header.Get("Retry-After") == "" {
			o.retryIn.Add(1)
		}
		return response.StatusCode, fmt.Errorf("%s: %s", response.Status, answer)
	}
	places, err := o.taken(answer)
	if err != nil {
		return response.StatusCode, err
	}
	var taken, not []int
	for i, n := range events {
		if places[i] {
			not = append(not, n)
		} else {
			taken = append(taken, n)
		}
	}
	for what, list := range map[fate][]int{acked: taken, refused: not} {
		if len(list) > 0 {
			if err := o.journal.note(what, list); err != nil {
				return response.StatusCode, journalError{err}
			}
		}
	}
	return response.StatusCode, nil
}

// count is how many answers had a status.
func (o *oracle) count(status int) int64 {
	if counter, found := o.answers.Load(status); found {
		return counter.(*atomic.Int64).Load()
	}
	return 0
}
