package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/commerce"
	"kith/internal/words"
)

const (
	// maxRejects is how much is kept of the refused rows of a job.
	maxRejects = 100_000_000
	// shownRejects is how many of them are shown, and shownRow how much of each.
	shownRejects = 100
	shownRow     = 2000
)

const rejectsCut = "the rest of the refused rows is not kept: there are too many\n"

// keptRejects takes the refused rows of a job, up to a size. The file is made
// with the first.
type keptRejects struct {
	rejectsFile

	left int64
	size int64
	cut  bool
}

func (s *Service) keptRejects(id string) *keptRejects {
	return &keptRejects{rejectsFile: rejectsFile{path: s.rejectsPath(id)}, left: maxRejects}
}

// Write does not see whole lines: the last one that is kept may be cut short.
func (k *keptRejects) Write(b []byte) (int, error) {
	if k.cut {
		return len(b), nil
	}
	kept := b
	if int64(len(b)) > k.left {
		k.cut, kept = true, append(b[:k.left:k.left], "\n"+rejectsCut...)
	}
	k.left -= int64(len(kept))
	n, err := k.rejectsFile.Write(kept)
	k.size += int64(n)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// rejectsPath is where a job's refused rows are. Ids are looked up before.
func (s *Service) rejectsPath(id string) string {
	return filepath.Join(s.config.RejectsDir, id+".txt")
}

// Rejects are the refused rows of an import.
type Rejects struct {
	Rows []RejectedRow `json:"rows" doc:"the first hundred"`
	More bool          `json:"more" doc:"there are others: the whole list is a text"`
	Cut  bool          `json:"cut" doc:"there were so many that the list has only the first of them"`
}

// OpenRejects opens the refused rows of an import.
func (s *Service) OpenRejects(ctx context.Context, id string) (io.ReadCloser, error) {
	if _, _, err := s.config.Jobs.Get(ctx, id); err != nil {
		return nil, err
	}
	file, err := os.Open(s.rejectsPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, commerce.Errorf(commerce.CodeNotFound, "of import %s no refused rows are kept", id)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the refused rows of import %s: %w", id, err)
	}
	return file, nil
}

// FirstRejects are the first refused rows of an import.
func (s *Service) FirstRejects(ctx context.Context, id string) (_ Rejects, err error) {
	job, _, err := s.config.Jobs.Get(ctx, id)
	if err != nil {
		return Rejects{}, err
	}
	file, err := s.OpenRejects(ctx, id)
	if err != nil {
		return Rejects{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	found := Rejects{Rows: []RejectedRow{}, Cut: job.RejectsCut}
	lines := bufio.NewReaderSize(file, 1<<20) // longer than any line
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return Rejects{}, fmt.Errorf("reading the refused rows of import %s: %w", id, err)
		case len(found.Rows) == shownRejects:
			found.More = true
			return found, nil
		}
		if row, ok := parseReject(string(line)); ok {
			found.Rows = append(found.Rows, row)
		}
	}
}

// rejectLine is a line of refused rows: file:line: column: reason, a tab, and
// the row. None of them holds a tab or a line break.
var rejectLine = regexp.MustCompile(`^(.*?):(\d+): (.*?): ([^\t]*)\t([^\n]*)\n?$`)

func parseReject(line string) (RejectedRow, bool) {
	m := rejectLine.FindStringSubmatch(line)
	if m == nil {
		return RejectedRow{}, false
	}
	n, err := strconv.ParseInt(m[2], 10, 64)
	row := m[5]
	if len(row) > shownRow {
		end := shownRow
		for !utf8.RuneStart(row[end]) {
			end--
		}
		row = row[:end] + "…"
	}
	return RejectedRow{File: m[1], Line: n, Column: m[3], Reason: m[4], Row: row}, err == nil
}

// copyRejects copies refused rows, with their reasons in a reader's language.
func copyRejects(to io.Writer, from io.Reader, language string) error {
	if language == "" {
		_, err := io.Copy(to, from)
		return err
	}
	out := bufio.NewWriter(to)
	lines := bufio.NewReaderSize(from, 1<<20) // longer than any line
	for {
		line, err := lines.ReadString('\n')
		place, reason, row := cutReject(line)
		if _, err := out.WriteString(place + words.In(language, reason) + row); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF):
			return out.Flush()
		case err != nil:
			return errors.Join(err, out.Flush())
		}
	}
}

// cutReject cuts a line of refused rows around its reason. One that is none,
// like the last where the rest was cut off, is a reason alone.
func cutReject(line string) (place, reason, row string) {
	if m := rejectLine.FindStringSubmatchIndex(line); m != nil {
		return line[:m[8]], line[m[8]:m[9]], line[m[9]:]
	}
	text := strings.TrimSuffix(line, "\n")
	return "", text, line[len(text):]
}

// rejects streams the refused rows as a text that no browser takes for
// anything else.
func (h *handler) rejects(ctx context.Context, in *spokenIDInput) (*huma.StreamResponse, error) {
	file, err := h.console.OpenRejects(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "text/plain; charset=utf-8")
		c.SetHeader("Content-Disposition", `attachment; filename="`+in.ID+`.rejects.txt"`)
		c.SetHeader("X-Content-Type-Options", "nosniff")
		c.SetHeader("Cache-Control", "no-store")
		err := copyRejects(c.BodyWriter(), file, readersLanguage(in.Language, in.Accept))
		if err = errors.Join(err, file.Close()); err != nil && c.Context().Err() == nil {
			h.log.ErrorContext(ctx, "sending refused rows", "import", in.ID, "error", err)
			panic(http.ErrAbortHandler) // whoever reads must not take it for whole
		}
	}}, nil
}
