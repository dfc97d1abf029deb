package intake

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
)

// source is an open file, uncompressed.
type source struct {
	name    string
	path    string
	size    int64 // on disk
	gzip    bool
	file    *os.File
	ahead   *ahead
	reader  *bufio.Reader
	content hash.Hash // of the bytes on disk, once they were all read
}

// openSource opens the file at a path, called name, and looks at how it
// begins. count is told how many bytes of the disk were read since the last call.
func openSource(ctx context.Context, name, path string, count func(int64)) (*source, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading %s: there is no such file", name)
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, plain(err))
	case info.IsDir():
		return nil, fmt.Errorf("reading %s: it is a folder: name the files in it", name)
	case info.Mode().IsRegular() && info.Size() == 0:
		return nil, fmt.Errorf("reading %s: the file is empty", name)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, plain(err))
	}
	s := &source{name: name, path: path, size: info.Size(), file: file, content: sha256.New()}
	if err := s.start(ctx, count); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// plain is an error about a file without the file's name, which is said anyway.
func plain(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

func (s *source) start(ctx context.Context, count func(int64)) error {
	disk := bufio.NewReaderSize(&counted{ctx, s.file, s.content, count}, 1<<18)
	head, err := disk.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: %w", s.name, plain(err))
	}
	if len(head) == 0 {
		return fmt.Errorf("reading %s: the file is empty", s.name)
	}
	var r io.Reader = disk
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		s.gzip = true
		z, err := gzip.NewReader(disk)
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.name, explainGzip(err))
		}
		z.Multistream(false)
		r = &members{disk: disk, gzip: z}
	}
	s.ahead = newAhead(r)
	s.reader = bufio.NewReaderSize(s.ahead, 1<<16)
	head, err = s.reader.Peek(8)
	if len(head) == 0 && errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: the file is empty", s.name)
	}
	if what := foreign(head); what != "" {
		return fmt.Errorf("reading %s: it is %s: CSV, JSON lines and Parquet can be read, plain or gzip", s.name, what)
	}
	return nil
}

// isParquet says whether the file, uncompressed, begins as Parquet does.
func (s *source) isParquet() bool {
	head, _ := s.reader.Peek(4) // a shorter file is not
	return string(head) == "PAR1"
}

// members reads what a gzip file holds, part by part: gzip files may be put
// together. It knows a part that is cut short from bytes that are none.
type members struct {
	disk *bufio.Reader
	gzip *gzip.Reader
}

var errBehindGzip = errors.New("behind the end of the gzip data stand bytes that are not gzip: nothing was taken. Unpack the file, or pack it anew")

// Read reads like the unpacked file.
func (m *members) Read(p []byte) (int, error) {
	n, err := m.gzip.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	next, err := m.disk.Peek(2)
	switch {
	case len(next) == 0:
		return n, err
	case next[0] != 0x1f || len(next) == 2 && next[1] != 0x8b:
		return n, errBehindGzip
	}
	if err := m.gzip.Reset(m.disk); err != nil {
		return n, err
	}
	m.gzip.Multistream(false)
	return n, nil
}

// explain says of an error in the middle of the file what it means.
func (s *source) explain(err error) error {
	if s.gzip {
		err = explainGzip(err)
	}
	return fmt.Errorf("reading %s: %w", s.name, plain(err))
}

func explainGzip(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the gzip data is cut short: the file is not whole, nothing was taken")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return errors.New("the gzip data is damaged: nothing was taken")
	}
	return err
}

// Close closes the file and waits until nobody reads it any more.
func (s *source) Close() error {
	if s.ahead != nil {
		s.ahead.stop()
	}
	return s.file.Close()
}

// foreign names what a file that is not text begins like.
func foreign(head []byte) string {
	for _, f := range [...]struct{ magic, what string }{
		{"PK\x03\x04", "a zip archive or an Excel workbook: save it as CSV"},
		{"\xd0\xcf\x11\xe0", "an old Excel workbook: save it as CSV"},
		{"%PDF", "a PDF"},
		{"SQLite f", "an SQLite database"},
		{"\x28\xb5\x2f\xfd", "compressed with zstd"},
		{"BZh", "compressed with bzip2"},
		{"\xfd7zXZ", "compressed with xz"},
		{"7z\xbc\xaf", "a 7z archive"},
		{"\x1f\x8b", "gzip twice"},
		{"ARROW1", "an Arrow file"},
		{"Obj\x01", "an Avro file"},
		{"ORC", "an ORC file"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			// BZh and ORC could begin a header row, so the next byte decides.
			if len(f.magic) == 3 && len(head) > 3 && head[3] > '9' {
				continue
			}
			return f.what
		}
	}
	return ""
}

// counted reads a file, hashes it and reports progress, until ctx is done.
type counted struct {
	ctx   context.Context //nolint:containedctx // a Read has no other way to be stopped
	r     io.Reader
	sum   hash.Hash
	count func(int64)
}

// Read reads like the file.
func (c *counted) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	_, _ = c.sum.Write(p[:n]) // a hash takes everything
	if c.count != nil {
		c.count(int64(n))
	}
	return n, err
}

// ahead reads in a goroutine of its own, so that uncompressing one block and
// taking the one before apart use two processors.
type ahead struct {
	blocks chan block
	free   chan []byte
	done   chan struct{}
	now    block
	at     int
}

type block struct {
	data []byte
	err  error
}

func newAhead(r io.Reader) *ahead {
	const size, count = 1 << 18, 3
	a := &ahead{blocks: make(chan block, count), free: make(chan []byte, count), done: make(chan struct{})}
	for range count {
		a.free <- make([]byte, size)
	}
	go a.run(r)
	return a
}

func (a *ahead) run(r io.Reader) {
	defer close(a.blocks)
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.done:
			return
		}
		n, err := r.Read(buf[:cap(buf)])
		select {
		case a.blocks <- block{buf[:n], err}:
		case <-a.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read gives what was read ahead.
func (a *ahead) Read(p []byte) (int, error) {
	for a.at == len(a.now.data) {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.data != nil {
			a.free <- a.now.data
		}
		next, ok := <-a.blocks
		if !ok {
			return 0, io.ErrClosedPipe
		}
		a.now, a.at = next, 0
	}
	n := copy(p, a.now.data[a.at:])
	a.at += n
	return n, nil
}

// stop ends the goroutine and waits for it.
func (a *ahead) stop() {
	close(a.done)
	for range a.blocks {
		continue // until the goroutine is gone
	}
}
