package main

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
)

const (
	cycleEvents = 1000 // of R5 and R6 in a cycle
	replayed    = 3
	restarts    = 5
)

// sendAll sends events over all connections, in batches, each until it is
// acknowledged.
func (o *oracle) sendAll(ctx context.Context, address string, events []int) error {
	client := &http.Client{Timeout: answerWait, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	batches := make(chan []int)
	errs := make([]error, connections)
	var wait sync.WaitGroup
	for i := range connections {
		wait.Go(func() {
			for batch := range batches {
				if errs[i] != nil {
					continue
				}
				if errs[i] = o.journal.note(intended, batch); errs[i] == nil {
					_, errs[i] = o.post(ctx, client, address, batch)
				}
			}
		})
	}
	for batch := range slices.Chunk(events, batchEvents) {
		batches <- batch
	}
	close(batches)
	wait.Wait()
	return errors.Join(errs...)
}

// numbered are the events of a run, and those again in an order of chance.
func (t *torture) numbered() (all []int, shuffle func() []int) {
	all = make([]int, t.cycles*cycleEvents)
	for i := range all {
		all[i] = i + 1
	}
	return all, func() []int {
		out := slices.Clone(all)
		t.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
}

// replays is R5: all events again, several times, over several restarts.
func (t *torture) replays(ctx context.Context) error {
	all, shuffle := t.numbered()
	again := slices.Clone(all)
	for range replayed {
		again = append(again, shuffle()...)
	}
	return t.sendParts(ctx, slices.Collect(slices.Chunk(again, (len(again)+restarts)/(restarts+1))))
}

// shuffled is R6: events over all connections, in an order of chance.
func (t *torture) shuffled(ctx context.Context) error {
	_, shuffle := t.numbered()
	return t.sendParts(ctx, [][]int{shuffle()})
}

// sendParts sends one part after the other, each to a server started anew.
func (t *torture) sendParts(ctx context.Context, parts [][]int) error {
	folder := filepath.Join(t.dir, "shop")
	o, err := t.shop(ctx, folder)
	if err != nil {
		return err
	}
	for _, part := range parts {
		s, err := t.serve(ctx, folder)
		if err != nil {
			return err
		}
		if err := o.sendAll(ctx, s.address, part); err != nil {
			return errors.Join(err, s.kill())
		}
		if _, err := s.stop(); err != nil {
			return err
		}
	}
	return errors.Join(t.check(ctx, folder, o.journal.now()), o.journal.close())
}
