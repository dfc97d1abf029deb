package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
)

// fate is what is known of an event that was to be sent.
type fate int8

const (
	intended fate = iota // it may have been taken or not
	acked                // it must be there, once
	refused              // it must not be there
)

// journal notes what happens to events before and after they are sent, on the
// disk, so that a run that was cut off can be judged too.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	fates map[int]fate
	acks  int // answers, retries included
}

// line is one of the journal's: the numbers of events and what became of them.
type line struct {
	What   string `json:"what"`
	Events []int  `json:"events"`
}

func newJournal(name string) (*journal, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &journal{file: file, fates: map[int]fate{}}, nil
}

// note writes a line and syncs it. What was acknowledged once stays so.
func (j *journal) note(what fate, events []int) error {
	content, err := json.Marshal(line{[]string{"intended", "acked", "refused"}[what], events})
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(content, '\n')); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if what == acked {
		j.acks++
	}
	for _, n := range events {
		if was, found := j.fates[n]; !found || was == intended {
			j.fates[n] = what
		}
	}
	return nil
}

// now is a copy of what is known.
func (j *journal) now() map[int]fate {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.fates)
}

func (j *journal) close() error { return errors.Join(j.file.Sync(), j.file.Close()) }
