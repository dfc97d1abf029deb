package membership

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segment/live"
)

// apply lets one entry take effect, and says how many events it held; 0 for
// an entry that is better committed alone.
func (k *Keeper) apply(ctx context.Context, e commerce.Entry) (events int, err error) {
	k.engine.Clock(e.At.UnixMicro())
	if e.Seq <= k.restored {
		return 0, k.applyRestored(ctx, e)
	}
	switch e.Type {
	case commerce.EventsEntry:
		return k.applyEvents(e)
	case commerce.ImportEntry:
		return 0, k.applyImport(ctx, e)
	case commerce.RunEntry:
		return 0, k.applyRun(ctx, e)
	case commerce.SegmentEntry:
		return 0, k.redefine(ctx, e.Seq)
	}
	return 0, nil
}

// applyRestored lets an entry take effect whose facts were known already when
// memberships were opened: it was accepted while nobody kept them.
func (k *Keeper) applyRestored(ctx context.Context, e commerce.Entry) error {
	switch e.Type {
	case commerce.EventsEntry:
		k.engine.Reask(live.CauseLate)
	case commerce.ImportEntry:
		k.engine.Reask(live.CauseImport)
	case commerce.RunEntry:
		k.engine.Reask(live.CauseScore)
	case commerce.SegmentEntry:
		return k.redefine(ctx, e.Seq)
	}
	return nil
}

func (k *Keeper) applyEvents(e commerce.Entry) (int, error) {
	batch, err := commerce.ReadEvents(e.Body)
	if err != nil {
		return 0, fmt.Errorf("reading events: %w", err)
	}
	if err := k.tracker.Arrived(e.At.Unix()); err != nil {
		return 0, err
	}
	for i, event := range batch.Events {
		err := k.tracker.ArriveTracked(event, customer.Place{Seq: int64(e.Seq), Pos: int64(i)})
		// What is refused the warehouse refuses as well: it changes nothing.
		switch {
		case errors.Is(err, live.ErrRepeat):
		case errors.As(err, new(*live.RefusedError)):
			k.refused(e.Seq, event, err)
		case err != nil:
			return 0, fmt.Errorf("event %d: %w", i, err)
		}
	}
	return max(1, len(batch.Events)), nil
}

// refused says that an event was acknowledged but has no meaning. Of many in
// one stretch, some are told.
func (k *Keeper) refused(seq uint64, event commerce.Event, err error) {
	if k.batch.refused++; k.batch.refused <= mostTold {
		k.config.Logger.Warn("an event cannot be used", "event", event.Name, "message_id", event.MessageID, "entry", seq, "reason", err)
	}
}

// mostTold is how many events of one stretch are told of.
const mostTold = 10

// applyImport reads what an import changed from the warehouse.
func (k *Keeper) applyImport(ctx context.Context, e commerce.Entry) error {
	var body struct {
		Kind commerce.Kind `json:"kind"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return fmt.Errorf("reading an import: %w", err)
	}
	if err := k.awaitFacts(ctx, e.Seq); err != nil {
		return err
	}
	k.mu.Lock()
	touched, told := k.touched[e.Seq]
	delete(k.touched, e.Seq)
	k.mu.Unlock()
	facts := k.config.Facts
	if err := k.tracker.Arrived(e.At.Unix()); err != nil {
		return err
	}
	switch body.Kind {
	case commerce.Products:
		var versions []live.ProductVersion
		err := facts.Products(ctx, e.Seq-1, func(id string, v customer.ProductVersion) {
			versions = append(versions, live.ProductVersion{ID: id, ProductVersion: v})
		})
		if err == nil {
			k.engine.ArriveProducts(versions)
		}
		return err
	case commerce.Rates:
		return k.readRemains(ctx)
	case commerce.Events:
		if err := k.readRemains(ctx); err != nil {
			return err
		}
		if err := k.readMessages(ctx, e.Seq-1); err != nil {
			return err
		}
	case commerce.Orders, commerce.Customers:
	}
	replace := func(known live.Known) { k.engine.Replace(known, live.CauseImport) }
	if told && touched != nil {
		return facts.Some(ctx, k.engine.Shop(), touched, replace)
	}
	return facts.Everyone(ctx, k.engine.Shop(), replace)
}

// readRemains reads what belongs to nobody.
func (k *Keeper) readRemains(ctx context.Context) error {
	return k.config.Facts.Remains(ctx, k.engine.Cancelled, k.tracker.SetRate)
}

// readMessages reads the message ids that came after an entry.
func (k *Keeper) readMessages(ctx context.Context, after uint64) error {
	var failed error
	clock, err := k.config.Facts.Messages(ctx, after, func(id string, second int64) {
		if err := k.tracker.Seen(id, second); err != nil {
			failed = err
		}
	})
	return errors.Join(err, failed, k.tracker.Arrived(clock))
}

func (k *Keeper) applyRun(ctx context.Context, e commerce.Entry) error {
	if err := k.awaitFacts(ctx, e.Seq); err != nil {
		return err
	}
	scores, err := k.config.Facts.Scores(ctx)
	if err == nil && scores != nil {
		k.engine.Score(scores)
	}
	return err
}

// awaitFacts waits until the warehouse has an entry. Whoever wrote it is about
// to bring it there; Loaded and the next look tell.
func (k *Keeper) awaitFacts(ctx context.Context, seq uint64) error {
	return await(ctx, k.wake, func() (bool, error) {
		applied, err := k.config.Facts.Applied(ctx)
		return applied >= seq, err
	})
}

// await looks again and again until something is so.
func await(ctx context.Context, wake <-chan struct{}, so func() (bool, error)) error {
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		ok, err := so()
		if err != nil || ok {
			return err
		}
		again.Reset(5 * time.Millisecond)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-again.C:
		}
	}
}
