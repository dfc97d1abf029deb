package live

// timers is a heap of persons by the instant at which something may change for
// them by time alone; of those of one instant the lower number comes first.
// Persons are numbers in it: among a million pointers the processor would wait
// for memory, and the garbage collector follow each.
type timers struct {
	heap  []timer
	slots []int32 // by number: the place in heap; -1 if not there
}

type timer struct {
	at     int64
	number int32
}

func (t timer) before(other timer) bool {
	return t.at < other.at || t.at == other.at && t.number < other.number
}

// add makes room for the next person.
func (t *timers) add() { t.slots = append(t.slots, -1) }

// first is the earliest timer.
func (t *timers) first() (first timer, ok bool) {
	if len(t.heap) == 0 {
		return timer{}, false
	}
	return t.heap[0], true
}

// has says that a person has a timer.
func (t *timers) has(p *person) bool { return t.slots[p.number] >= 0 }

// set moves a person's timer.
func (t *timers) set(p *person, at int64) {
	p.timer = at
	slot := int(t.slots[p.number])
	if slot < 0 {
		slot = len(t.heap)
		t.heap = append(t.heap, timer{})
	}
	t.place(slot, timer{at, int32(p.number)})
}

func (t *timers) remove(p *person) {
	slot, last := int(t.slots[p.number]), len(t.heap)-1
	if slot < 0 {
		return
	}
	t.slots[p.number] = -1
	moved := t.heap[last]
	t.heap = t.heap[:last]
	if slot < last {
		t.place(slot, moved)
	}
}

// place puts a timer where it belongs, from a slot whose own is not needed.
func (t *timers) place(slot int, moving timer) {
	for slot > 0 && moving.before(t.heap[(slot-1)/2]) {
		t.put(slot, t.heap[(slot-1)/2])
		slot = (slot - 1) / 2
	}
	for {
		least := 2*slot + 1
		if least >= len(t.heap) {
			break
		}
		if right := least + 1; right < len(t.heap) && t.heap[right].before(t.heap[least]) {
			least = right
		}
		if !t.heap[least].before(moving) {
			break
		}
		t.put(slot, t.heap[least])
		slot = least
	}
	t.put(slot, moving)
}

func (t *timers) put(slot int, x timer) {
	t.heap[slot] = x
	t.slots[x.number] = int32(slot)
}
