package api

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRejectsAreBounded and say so, wherever a line is cut.
func TestRejectsAreBounded(t *testing.T) {
	t.Parallel()
	k := &keptRejects{rejectsFile: rejectsFile{path: filepath.Join(t.TempDir(), "r.txt")}, left: 1000}
	line := []byte("a.csv:7: at: it is missing\tx,y\n")
	for range 100 {
		if n, err := k.Write(line); err != nil || n != len(line) {
			t.Fatal(n, err)
		}
	}
	if err := k.close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(k.path)
	if err != nil || !k.cut || k.size != int64(len(content)) || len(content) > 1100 || !strings.HasSuffix(string(content), "\n"+rejectsCut) {
		t.Errorf("%d bytes, cut %v, %v: %q", len(content), k.cut, err, content)
	}
	if !bytes.HasPrefix(content, bytes.Repeat(line, 1000/len(line))) {
		t.Errorf("%q", content)
	}
}
