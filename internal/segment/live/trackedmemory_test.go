package live

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
	"kith/internal/segql/eval"
)

func newTrackerAlone(t *testing.T) *Tracker {
	t.Helper()
	e, err := NewLoose(eval.Settings{Zone: time.UTC}, nil, 0, func(Transition) {})
	if err != nil {
		t.Fatal(err)
	}
	e.Begin(trackedAt.UnixMicro(), 0, nil, OthersAdopted)
	return NewTracker(e, "EUR")
}

var trackedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// TestTrackedOrdersTakeLittle pins what a Tracker keeps of each order for good:
// so many bytes, of which none is a pointer that garbage collection follows.
func TestTrackedOrdersTakeLittle(t *testing.T) {
	t.Parallel()
	const most = 40 // bytes
	tracker := newTrackerAlone(t)
	for _, kept := range []any{tracker.orders, tracker.returned} {
		m := reflect.TypeOf(kept)
		if size := m.Key().Size() + m.Elem().Size(); size > most || points(m.Key()) || points(m.Elem()) {
			t.Errorf("%v: %d bytes each", m, size)
		}
	}
}

func points(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return points(t.Elem())
	case reflect.Struct:
		for field := range t.Fields() {
			if points(field.Type) {
				return true
			}
		}
		return false
	case reflect.Uint64, reflect.Int64, reflect.Int32:
		return false
	default:
		return true
	}
}

// TestCancelledAgainAndAgain sends many cancellations of one order, before it
// comes and after: one is kept, the earliest.
func TestCancelledAgainAndAgain(t *testing.T) {
	t.Parallel()
	tracker := newTrackerAlone(t)
	pos := int64(0)
	send := func(name string, at time.Time) {
		pos++
		ev := commerce.Event{Type: "track", Name: name, At: at, CustomerID: "c1", MessageID: fmt.Sprint("m", pos), Properties: []byte(`{"order_id":"o1","total":20}`)}
		if err := tracker.ArriveTracked(ev, customer.Place{Seq: 2, Pos: pos}); err != nil {
			t.Fatal(err)
		}
	}
	e, want := tracker.engine, trackedAt.Add(time.Hour).UnixMicro()
	send("Order Cancelled", trackedAt.Add(3*time.Hour))
	send("Order Cancelled", trackedAt.Add(2*time.Hour))
	send("Order Completed", trackedAt)
	for i := range 500 {
		send("Order Cancelled", trackedAt.Add(time.Hour))
		send("Order Cancelled", trackedAt.Add(time.Duration(i+60)*time.Minute))
	}
	if got := e.cancelsOf("o1"); len(got) != 1 || got[0] != want {
		t.Errorf("the engine keeps %d cancellations", len(got))
	}
	o, owner := e.order("o1")
	if len(o.Cancels) != 1 || o.Cancels[0] != want {
		t.Errorf("the order keeps %d cancellations", len(o.Cancels))
	}
	if got := owner.customer.Weight(); got > 4096 {
		t.Errorf("the customer weighs %d bytes", got)
	}
}
