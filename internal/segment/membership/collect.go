package membership

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"kith/internal/segment"
	"kith/internal/segment/live"
)

// collected is what the next commit brings.
type collected struct {
	applied     uint64 // 0 for nothing new
	transitions []live.Transition
	// days holds what happened, by segment and day.
	days     map[dayKey]*segment.Day
	segments bool // the live segments changed
	refused  int  // events that cannot be used
}

type dayKey struct {
	segment string
	day     int64 // since 1970
}

func compareDays(a, b dayKey) int {
	return cmp.Or(cmp.Compare(a.segment, b.segment), cmp.Compare(a.day, b.day))
}

// note takes a transition from the engine.
func (k *Keeper) note(t live.Transition) {
	b := &k.batch
	b.transitions = append(b.transitions, t)
	key := dayKey{t.Segment, k.engine.Shop().Zone.Day(t.At)}
	d := b.days[key]
	if d == nil {
		date := time.Unix(key.day*86_400, 0).UTC().Format(time.DateOnly)
		d = &segment.Day{Segment: t.Segment, Date: date}
		b.days[key] = d
	}
	if t.Left {
		d.Left++
	} else {
		d.Entered++
	}
	d.Size = int64(k.engine.Size(k.places[t.Segment]))
}

// commit lets what was collected be made durable, while the next stretch is
// worked on. Without anything it notes the clock from time to time.
func (k *Keeper) commit(ctx context.Context) error {
	now := k.config.now()
	b, err := k.take(now)
	if err != nil {
		return err
	}
	if b.Applied == k.taken.Applied && len(b.Standings)+len(b.Persons)+len(b.Transitions)+len(b.Sweeps) == 0 &&
		b.Segments == nil && now.Sub(k.settled) < pause {
		return nil
	}
	if err := k.settle(); err != nil {
		return err
	}
	k.settled, k.taken = now, b.Progress
	sizes := k.sizesNow()
	commits := make(chan error, 1)
	k.commits = commits
	go func() {
		// A commit that was begun is finished: stopping must not cut it off.
		err := k.config.Record.Commit(context.WithoutCancel(ctx), b)
		if err == nil {
			k.committed(b.Progress, sizes)
		}
		commits <- err
	}()
	return nil
}

// settle waits for the commit that is on its way.
func (k *Keeper) settle() error {
	if k.commits == nil {
		return nil
	}
	err := <-k.commits
	k.commits = nil
	if err != nil {
		return fmt.Errorf("recording memberships: %w", err)
	}
	return nil
}

// committed tells those who wait.
func (k *Keeper) committed(p segment.Progress, sizes map[string]int64) {
	k.sizes.Store(&sizes)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.progress = p
	k.tell()
}

// take makes a batch of what was collected.
func (k *Keeper) take(now time.Time) (segment.Batch, error) {
	b := segment.Batch{Progress: k.taken}
	if k.batch.applied > 0 {
		b.Applied = k.batch.applied
	}
	b.Clock = time.UnixMicro(k.engine.Now()).UTC()
	b.Everyone = k.engine.MostChanged()
	k.engine.Flush(b.Everyone, func(c live.Change) {
		b.LastPerson = max(b.LastPerson, c.Person)
		if c.Renamed || c.MergedInto != 0 {
			b.Persons = append(b.Persons, segment.Person{
				Number: c.Person, Kind: segment.KeyKind(c.Name.Kind), ID: c.Name.Value, MergedInto: c.MergedInto,
			})
		}
		switch {
		case c.MergedInto == 0:
			b.Standings = append(b.Standings, segment.Standing{Person: c.Person, In: k.bits(c.In), Next: c.Next, Asked: c.Asked})
		case !b.Everyone: // who is not among everyone needs no standing
			b.Standings = append(b.Standings, segment.Standing{Person: c.Person, Next: math.MaxInt64, Asked: c.Asked})
		}
	})
	b.Transitions, b.Sweeps = k.recorded(now, b.Applied)
	for _, key := range slices.SortedFunc(maps.Keys(k.batch.days), compareDays) {
		b.Days = append(b.Days, *k.batch.days[key])
	}
	if k.batch.segments {
		b.Segments = k.liveSegments()
	}
	k.batch = collected{days: map[dayKey]*segment.Day{}}
	return b, nil
}

// bits packs memberships by the numbers of the live segments.
func (k *Keeper) bits(in []bool) []byte {
	var packed []byte
	for place, yes := range in {
		if !yes {
			continue
		}
		n := k.placed[place]
		for len(packed) <= n/8 {
			packed = append(packed, 0)
		}
		packed[n/8] |= 1 << (n % 8)
	}
	return packed
}

// sweepFrom is how many transitions that differ only in the person are
// recorded as a sweep.
const sweepFrom = 100

// alike is what transitions of a sweep have in common.
type alike struct {
	segment string
	left    bool
	at      int64
	cause   live.Cause
}

// recorded are the collected transitions as they are recorded.
func (k *Keeper) recorded(now time.Time, applied uint64) (single []segment.Transition, sweeps []segment.Sweep) {
	count := map[alike]int{}
	for _, t := range k.batch.transitions {
		if t.Behind.Place.Seq == 0 {
			count[alike{t.Segment, t.Left, t.At, t.Cause}]++
		}
	}
	place := map[alike]int{}
	for _, t := range k.batch.transitions {
		key := alike{t.Segment, t.Left, t.At, t.Cause}
		if t.Behind.Place.Seq != 0 || count[key] < sweepFrom {
			single = append(single, k.single(t, now, applied))
			continue
		}
		i, ok := place[key]
		if !ok {
			i = len(sweeps)
			place[key] = i
			sweeps = append(sweeps, segment.Sweep{
				Segment: t.Segment, Entered: !t.Left, At: time.UnixMicro(t.At).UTC(), NoticedAt: now, Cause: segment.Cause(t.Cause), Seq: applied,
			})
		}
		sweeps[i].Persons = append(sweeps[i].Persons, t.Person)
	}
	for i := range sweeps {
		slices.Sort(sweeps[i].Persons)
	}
	return single, sweeps
}

func (k *Keeper) single(t live.Transition, now time.Time, applied uint64) segment.Transition {
	out := segment.Transition{
		Segment: t.Segment, Person: t.Person, Customer: t.Customer, Entered: !t.Left, At: time.UnixMicro(t.At).UTC(), NoticedAt: now,
		Cause: segment.Cause(t.Cause), Seq: uint64(t.Behind.Place.Seq), Pos: t.Behind.Place.Pos, Fact: t.Behind.Kind,
	}
	if out.Seq == 0 {
		out.Seq = applied
	}
	if t.Behind.ID != "" {
		out.Fact += " " + t.Behind.ID
	}
	return out
}
