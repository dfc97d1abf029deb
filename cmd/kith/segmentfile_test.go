package main

import (
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestChangesOfSegmentsWaitForEachOther: two changes that are right alone
// would make a ring together.
func TestChangesOfSegmentsWaitForEachOther(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := &program{data: filepath.Join(t.TempDir(), "shop"), now: time.Now, stderr: io.Discard}
	shop, err := p.open(ctx, mayMake)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shop.Close() })
	for round := range 10 {
		a, b := fmt.Sprintf("a%d", round), fmt.Sprintf("b%d", round)
		file := "segments: [{id: %s, text: 'in segment \"%s\"'}]"
		if _, err := shop.ApplySegments(ctx, fmt.Sprintf("segments: [{id: %s, text: everyone}, {id: %s, text: everyone}]", a, b)); err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { _, errs[0] = shop.ApplySegments(ctx, fmt.Sprintf(file, a, b)) })
		both.Go(func() { _, errs[1] = shop.SaveSegment(ctx, b, "", fmt.Sprintf(`in segment "%s"`, a)) })
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("round %d: one of both must be refused: %v, %v", round, errs[0], errs[1])
		}
		if _, err := shop.Check(ctx, fmt.Sprintf(`in segment "%s"`, a)); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
}
