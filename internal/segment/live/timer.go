package live

import "container/heap"

// timers holds persons by the instant at which something may change for them
// by time alone.
type timers []*person

func (t timers) Len() int { return len(t) }

func (t timers) Less(i, j int) bool {
	if t[i].timer != t[j].timer {
		return t[i].timer < t[j].timer
	}
	return t[i].number < t[j].number
}

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].slot, t[j].slot = i, j
}

// Push is heap's.
func (t *timers) Push(x any) {
	p := x.(*person)
	p.slot = len(*t)
	*t = append(*t, p)
}

// Pop is heap's.
func (t *timers) Pop() any {
	last := len(*t) - 1
	p := (*t)[last]
	*t = (*t)[:last]
	p.slot = -1
	return p
}

// set moves a person's timer.
func (t *timers) set(p *person, at int64) {
	p.timer = at
	if p.slot < 0 {
		heap.Push(t, p)
	} else {
		heap.Fix(t, p.slot)
	}
}

func (t *timers) remove(p *person) {
	if p.slot >= 0 {
		heap.Remove(t, p.slot)
	}
}
