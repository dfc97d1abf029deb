package api

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Limits of what comes from outside, before it costs anything.
const (
	// maxCollected is how large a body may be, unpacked.
	maxCollected = 512 << 10
	// readBudget is what all bodies together may take that are being read:
	// whoever sends slowly holds the little that came.
	readBudget = 64 << 20
	// workBudget is the size of all bodies that are read and not answered yet. At
	// what one processor takes apart in a second, about 40 MB, the last of them
	// waits a twentieth of a second.
	workBudget = 2 << 20
	// bodyCost is what a small body costs beside its bytes.
	bodyCost  = 2 << 10
	firstRead = 4 << 10
	busyRetry = 1 // second
)

// load bounds what requests may hold at one time.
type load struct {
	reading, working atomic.Int64
	unpackers        sync.Pool // of *gzip.Reader
}

// busyError says that there is too much to do at this moment.
type busyError struct {
	status, after int
	reason        string
}

func (e *busyError) Error() string { return e.reason }

// bodyError says that a body is not read.
type bodyError struct {
	status int
	reason string
}

func (e *bodyError) Error() string { return e.reason }

var errTooMuch = &bodyError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d KiB: send it in several calls", maxCollected>>10)}

// reserve takes a part of a budget, if there is as much.
func reserve(used *atomic.Int64, n, budget int64) bool {
	if used.Add(n) <= budget {
		return true
	}
	used.Add(-n)
	return false
}

// work lets a body be worked on unless there is too much of that already.
func (l *load) work(size int) (done func(), err error) {
	n := int64(size + bodyCost)
	if !reserve(&l.working, n, workBudget) {
		return nil, &busyError{http.StatusServiceUnavailable, busyRetry, "there is more to do at this moment than can be done; try again"}
	}
	return func() { l.working.Add(-n) }, nil
}

// read reads a body of at most maxCollected, as it is or in gzip, whatever its
// type says: clients call JSON a text or a form. release gives back what it
// takes up.
func (l *load) read(r *http.Request) (body []byte, release func(), err error) {
	held := int64(0)
	release = func() { l.reading.Add(-held) }
	source, err := l.unpacked(r)
	if err != nil {
		return nil, release, err
	}
	defer source.Close() //nolint:errcheck // it was only read
	size := firstRead
	if r.ContentLength >= 0 && r.ContentLength < firstRead {
		size = int(r.ContentLength) + 1 // and room to see the end
	}
	for {
		more := int64(size - cap(body))
		if !reserve(&l.reading, more, readBudget) {
			return nil, release, &busyError{http.StatusServiceUnavailable, busyRetry, "there are more bodies on their way than there is room for; try again"}
		}
		held += more
		larger := make([]byte, len(body), size)
		copy(larger, body)
		body = larger
		for len(body) < cap(body) {
			n, err := source.Read(body[len(body):cap(body)])
			body = body[:len(body)+n]
			if len(body) > maxCollected {
				return nil, release, errTooMuch
			}
			if errors.Is(err, io.EOF) {
				return body, release, nil
			}
			if err != nil {
				return nil, release, &bodyError{http.StatusBadRequest, brokenBody}
			}
		}
		if size = min(8*size, maxCollected+1); r.ContentLength >= 0 && source == r.Body {
			size = min(size, int(r.ContentLength)+1)
		}
	}
}

// unpacked is a request's body without its coding.
func (l *load) unpacked(r *http.Request) (io.ReadCloser, error) {
	if r.ContentLength > maxCollected {
		return nil, errTooMuch
	}
	switch coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip":
	default:
		return nil, &bodyError{http.StatusUnsupportedMediaType, "a body is sent as it is or in gzip, and in no other Content-Encoding"}
	}
	z, ok := l.unpackers.Get().(*gzip.Reader)
	var err error
	if ok {
		err = z.Reset(r.Body)
	} else {
		z, err = gzip.NewReader(r.Body)
	}
	if err != nil {
		return nil, &bodyError{http.StatusBadRequest, "the body is not gzip, as its Content-Encoding says"}
	}
	return &unpacker{Reader: z, load: l}, nil
}

// unpacker gives its reader back when it is closed.
type unpacker struct {
	*gzip.Reader

	load *load
}

func (u *unpacker) Close() error {
	err := u.Reader.Close()
	u.load.unpackers.Put(u.Reader)
	return err
}
