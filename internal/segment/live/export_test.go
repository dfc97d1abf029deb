package live

import (
	"time"

	"kith/internal/segment/script"
	"kith/internal/segql/eval"
)

// NewLooseScript is NewScript on an engine whose clock is given, without grace.
func NewLooseScript(s script.Shop, presets map[string]string) (*Script, error) {
	b, err := NewScript(s, presets)
	if err == nil {
		b.engine.loose = true
	}
	return b, err
}

// LoadAt takes the records of one line when the clock stands at an instant,
// and packs everyone afterwards.
func (b *Script) LoadAt(clock time.Time, records ...script.Record) error {
	b.engine.Clock(clock.UnixMicro())
	err := b.Load(records...)
	b.engine.Tick(1 << 30)
	b.engine.Cool(0)
	return err
}

// Sizes is how many are in each segment, by id.
func (b *Script) Sizes() map[string]int {
	sizes := map[string]int{}
	for i, id := range b.engine.Segments() {
		sizes[id] = b.engine.Size(i)
	}
	return sizes
}

// Known is how many known customers there are.
func (b *Script) Known() int { return b.engine.People() }

// Stood are the standings that a flush tells.
func (b *Script) Stood() map[int64]Standing {
	all := map[int64]Standing{}
	b.engine.Flush(false, func(c Change) {
		if c.MergedInto != 0 {
			delete(all, c.Person)
			return
		}
		all[c.Person] = Standing{c.Person, c.Name, append([]bool(nil), c.In...), c.Next, c.Asked}
	})
	return all
}

var _ = eval.Never
