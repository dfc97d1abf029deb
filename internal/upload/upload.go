package upload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"kith/internal/commerce"
)

// Config says where uploads are and what they may take. Dir, Free and Now are
// required.
type Config struct {
	Dir  string // its content belongs to the Store
	Free func() (bytes uint64, err error)
	Now  func() time.Time

	MaxBytes int64  // of one upload; 0: 10 GB
	Reserve  uint64 // what stays free on the disk; 0: 1 GB
	MaxCount int    // of uploads that are kept; 0: 100
}

const (
	defaultMaxBytes = 10_000_000_000
	defaultReserve  = 1 << 30
	defaultMaxCount = 100
	// keepFor is how long an upload waits to be used.
	keepFor = 24 * time.Hour
	// checkEvery is after how many bytes the disk is looked at again.
	checkEvery = 16 << 20
)

// Upload is a file that was received whole.
type Upload struct {
	ID    string
	Name  string // as it is shown
	Bytes int64
	At    time.Time
}

// File is an upload as an import reads it.
type File struct{ Path, Name string }

// Store keeps uploads. It is safe for concurrent use.
type Store struct {
	config Config

	mu      sync.Mutex
	kept    map[string]*kept
	arrives int // how many are on their way
}

type kept struct {
	Upload

	used    int  // by so many who read it now
	claimed bool // by an import, which removes it
}

// Open empties the directory, and makes it if it is not there.
func Open(config Config) (*Store, error) {
	switch {
	case config.Dir == "":
		return nil, errors.New("upload: Config.Dir is required")
	case config.Free == nil:
		return nil, errors.New("upload: Config.Free is required")
	case config.Now == nil:
		return nil, errors.New("upload: Config.Now is required")
	}
	if config.MaxBytes == 0 {
		config.MaxBytes = defaultMaxBytes
	}
	if config.Reserve == 0 {
		config.Reserve = defaultReserve
	}
	if config.MaxCount == 0 {
		config.MaxCount = defaultMaxCount
	}
	err := os.RemoveAll(config.Dir)
	if err == nil {
		err = os.MkdirAll(config.Dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("making the folder for uploads: %w", err)
	}
	return &Store{config: config, kept: map[string]*kept{}}, nil
}

// Put receives a file. size is how long it says it is, below zero if it does
// not. Whoever goes away leaves nothing behind.
func (s *Store) Put(ctx context.Context, name string, size int64, from io.Reader) (_ Upload, err error) {
	s.Sweep()
	if err := s.admit(size); err != nil {
		return Upload{}, err
	}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.arrives--
	}()
	u := Upload{ID: "up_" + rand.Text(), Name: clean(name)}
	file, err := os.OpenFile(s.path(u.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Upload{}, fmt.Errorf("receiving %s: %w", u.Name, err)
	}
	u.Bytes, err = s.receive(ctx, file, from)
	if err == nil && u.Bytes == 0 {
		err = commerce.Errorf(commerce.CodeInvalid, "it is empty; choose another file")
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return Upload{}, errors.Join(fmt.Errorf("receiving %s: %w", u.Name, err), os.Remove(s.path(u.ID)))
	}
	u.At = s.config.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[u.ID] = &kept{Upload: u}
	return u, nil
}

// admit says whether one more may come, and counts it.
func (s *Store) admit(size int64) error {
	if size > s.config.MaxBytes {
		return s.tooLarge()
	}
	if err := s.room(max(size, 0)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept)+s.arrives >= s.config.MaxCount {
		return commerce.Errorf(commerce.CodeConflict, "%d uploads wait to be used: import them, or delete some", s.config.MaxCount)
	}
	s.arrives++
	return nil
}

func (s *Store) tooLarge() error {
	return commerce.Errorf(commerce.CodeInvalid, "it is larger than %d MB, the most that can be uploaded: divide it, or import it with \"kith import\" on the server",
		s.config.MaxBytes/1_000_000)
}

// room says whether so many bytes leave what is to stay free.
func (s *Store) room(bytes int64) error {
	free, err := s.config.Free()
	if err != nil {
		return err
	}
	if need := uint64(bytes) + s.config.Reserve; free < need {
		return commerce.Errorf(commerce.CodeFull, "%d MB must be free on the server's disk, %d MB are; make room and try again", need>>20, free>>20)
	}
	return nil
}

// receive copies, and looks at the disk now and then.
func (s *Store) receive(ctx context.Context, to io.Writer, from io.Reader) (bytes int64, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return bytes, err
		}
		n, err := io.CopyN(to, from, min(checkEvery, s.config.MaxBytes+1-bytes))
		switch bytes += n; {
		case errors.Is(err, io.EOF):
			return bytes, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return bytes, commerce.Errorf(commerce.CodeInvalid, "it was cut off after %d bytes; send it again", bytes)
		case err != nil:
			return bytes, full(err)
		case bytes > s.config.MaxBytes:
			return bytes, s.tooLarge()
		}
		if err := s.room(0); err != nil {
			return bytes, err
		}
	}
}

// Use gives files to read until done is called. They stay.
func (s *Store) Use(ids []string) (files []File, done func(), err error) {
	s.Sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(ids)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range found {
		k.used++
		files = append(files, File{s.path(k.ID), k.Name})
	}
	return files, sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, k := range found {
			k.used--
		}
	}), nil
}

// Claim gives files to one import. done removes them.
func (s *Store) Claim(ids []string) (files []File, done func() error, err error) {
	s.Sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find(ids)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range found {
		k.claimed = true
		files = append(files, File{s.path(k.ID), k.Name})
	}
	return files, sync.OnceValue(func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		var errs []error
		for _, k := range found {
			errs = append(errs, s.remove(k))
		}
		return errors.Join(errs...)
	}), nil
}

// Release gives back what was claimed for an import that is not made after all.
func (s *Store) Release(ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if k := s.kept[id]; k != nil {
			k.claimed = false
		}
	}
}

// find finds uploads that nobody claimed. Under mu.
func (s *Store) find(ids []string) ([]*kept, error) {
	var found []*kept
	for i, id := range ids {
		k := s.kept[id]
		switch {
		case k == nil:
			return nil, commerce.Errorf(commerce.CodeNotFound, "there is no upload %q: it was imported, or is older than a day; upload the file again", id)
		case k.claimed:
			return nil, commerce.Errorf(commerce.CodeConflict, "the upload %s is being imported", id)
		}
		if slices.Contains(ids[:i], id) {
			return nil, commerce.Errorf(commerce.CodeInvalid, "the upload %s is named twice", id)
		}
		found = append(found, k)
	}
	return found, nil
}

// Delete removes an upload that is not being imported.
func (s *Store) Delete(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.find([]string{id})
	if err != nil {
		return err
	}
	return s.remove(found[0])
}

// remove removes an upload. Whoever has it open reads on. Under mu.
func (s *Store) remove(k *kept) error {
	delete(s.kept, k.ID)
	if err := os.Remove(s.path(k.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the upload %s: %w", k.ID, err)
	}
	return nil
}

// Sweep removes what nobody used in time.
func (s *Store) Sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept {
		if !k.claimed && k.used == 0 && s.config.Now().Sub(k.At) >= keepFor {
			_ = s.remove(k) // what cannot be removed is when the folder is next opened
		}
	}
}

func (s *Store) path(id string) string { return filepath.Join(s.config.Dir, id) }
