package folder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"kith/internal/commerce"
)

const (
	lockName = "kith.lock"
	// lockWait is how long a command waits for another to finish.
	lockWait = 30 * time.Second
	// lockPoll is how often it looks.
	lockPoll = 10 * time.Millisecond
)

// Owner is what the lock file says of the process that owns the folder.
type Owner struct {
	PID int `json:"pid"`
	// Address is where a server listens, empty for a single command.
	Address string `json:"address,omitempty"`
	// Token lets whoever can read the lock file, which is only the folder's
	// owner, do through the server what they could do to the files.
	Token string `json:"token,omitempty"`
}

// Lock is held by the process that owns the folder.
type Lock struct{ file *os.File }

// Lock makes this process the folder's owner. If a server owns it, the lock
// is nil and the owner says where the server is. If another command does, it
// waits for that to end.
func (f Folder) Lock(ctx context.Context) (*Lock, Owner, error) {
	file, err := os.OpenFile(f.path(lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, Owner{}, fmt.Errorf("locking the folder: %w", err)
	}
	lock, owner, err := wait(ctx, file)
	if lock == nil {
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return nil, Owner{}, fmt.Errorf("locking the folder: %w", err)
	}
	return lock, owner, nil
}

func wait(ctx context.Context, file *os.File) (*Lock, Owner, error) {
	deadline := time.NewTimer(lockWait)
	defer deadline.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			lock := &Lock{file}
			return lock, Owner{}, lock.Tell(Owner{})
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, Owner{}, err
		}
		owner, err := readOwner(file)
		if err == nil && owner.Address != "" {
			return nil, owner, nil
		}
		select {
		case <-ctx.Done():
			return nil, Owner{}, ctx.Err()
		case <-deadline.C:
			return nil, Owner{}, commerce.Errorf(commerce.CodeBusy, "process %d is still at work on it; try again when it is done", owner.PID)
		case <-time.After(lockPoll):
		}
	}
}

func readOwner(file *os.File) (Owner, error) {
	var owner Owner
	content, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<16))
	if err != nil {
		return owner, err
	}
	return owner, json.Unmarshal(content, &owner)
}

// Tell writes into the lock file who owns the folder.
func (l *Lock) Tell(owner Owner) error {
	owner.PID = os.Getpid()
	content, err := json.Marshal(owner)
	if err != nil {
		return err
	}
	// Whoever reads in between sees an empty file, and looks again.
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(content, 0)
	return err
}

// Unlock gives the folder up.
func (l *Lock) Unlock() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
