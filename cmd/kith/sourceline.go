package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"

	"kith/internal/loader"
)

// sourceLines returns lines of the files of an import, to show rows that were
// refused after the reading. They come in the order of the files, so that
// each is read once. What cannot be shown (a row of a Parquet file, a file
// that is gone) is left empty: its place is known.
func sourceLines(files []string, refused []loader.Refusal) []string {
	lines := make([]string, len(refused))
	for i := 0; i < len(refused); {
		file, first := refused[i].File, i
		for i < len(refused) && refused[i].File == file {
			i++
		}
		// An error leaves the rest empty.
		_ = linesOf(files[file], refused[first:i], lines[first:i])
	}
	return lines
}

// linesOf fills in the lines of one file.
func linesOf(name string, refused []loader.Refusal, lines []string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	from := bufio.NewReader(f)
	magic, err := from.Peek(4)
	if err != nil || string(magic) == "PAR1" {
		return err
	}
	if strings.HasPrefix(string(magic), "\x1f\x8b") {
		unzipped, err := gzip.NewReader(from)
		if err != nil {
			return err
		}
		from = bufio.NewReader(unzipped)
	}
	text := ""
	next := int64(1) // the line that comes next
	for i, x := range refused {
		for next <= x.Line {
			if text, err = from.ReadString('\n'); err != nil && (!errors.Is(err, io.EOF) || text == "") {
				return err
			}
			next++
		}
		lines[i] = strings.TrimRight(text, "\r\n")
	}
	return nil
}
