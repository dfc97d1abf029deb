package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"kith/internal/commerce"
)

const reachName = "reach.json"

// atLeast is the note while events are taken. Programs that do not know it
// find that nothing is known.
type atLeast struct {
	Last map[commerce.EntryType]uint64 `json:"at_least"`
}

// Reach returns the number of the log's last entry of each type, or that it is
// not known. What is then returned holds as PutReachAtLeast says; it is nil if
// there is no note.
func (f Folder) Reach() (last map[commerce.EntryType]uint64, known bool, err error) {
	content, err := os.ReadFile(f.path(reachName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading how far the log reaches: %w", err)
	}
	if json.Unmarshal(content, &last) == nil {
		return last, true, nil
	}
	var note atLeast
	if json.Unmarshal(content, &note) != nil {
		return nil, false, nil
	}
	return note.Last, false, nil
}

// PutReach notes, durably, how far the log reaches.
func (f Folder) PutReach(last map[commerce.EntryType]uint64) error {
	return f.putReach(last)
}

// PutReachAtLeast notes, durably, that events follow which are not noted one
// by one: the log reaches at least this far, and holds no later entry of any
// other type.
func (f Folder) PutReachAtLeast(last map[commerce.EntryType]uint64) error {
	return f.putReach(atLeast{last})
}

func (f Folder) putReach(note any) error {
	content, err := json.Marshal(note)
	if err == nil {
		err = f.put(reachName, content)
	}
	if err != nil {
		return fmt.Errorf("noting how far the log reaches: %w", err)
	}
	return nil
}

// Free returns how many bytes are free on the folder's disk.
func (f Folder) Free() (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &s); err != nil {
		return 0, fmt.Errorf("asking for free room: %w", err)
	}
	return s.Bavail * uint64(s.Bsize), nil
}
