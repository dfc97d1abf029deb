package main

import (
	"sync/atomic"
	"time"
)

// clock is the time in the stream's shop. It stands at an instant of its own,
// so that the shop's history always ends just before it, goes as time does
// once it was started, and can be moved ahead.
type clock struct {
	stands atomic.Pointer[time.Time] // nil when it goes
	ahead  atomic.Int64
}

func newClock(at time.Time) *clock {
	c := &clock{}
	c.stands.Store(&at)
	return c
}

func (c *clock) now() time.Time {
	if at := c.stands.Load(); at != nil {
		return *at
	}
	return c.of(time.Now())
}

// of is what the clock, which goes, says at an instant of ours.
func (c *clock) of(at time.Time) time.Time { return at.Add(time.Duration(c.ahead.Load())).UTC() }

func (c *clock) start() {
	c.ahead.Store(int64(time.Until(c.now())))
	c.stands.Store(nil)
}

// to moves it ahead, if it is not there yet.
func (c *clock) to(at time.Time) {
	if ahead := at.Sub(c.now()); ahead > 0 {
		c.ahead.Add(int64(ahead))
	}
}
