package api

import (
	"errors"
	"net/http"
	"testing"

	"kith/internal/commerce"
)

// TestUnfollowed refuses while too much of what was taken is not followed, and no
// longer.
func TestUnfollowed(t *testing.T) {
	t.Parallel()
	var u unfollowed
	const half = mostUnfollowed / 2
	for _, step := range []struct {
		took    uint64
		size    int
		applied uint64
		refused bool
	}{
		{7, half, 0, false},
		{9, half - 1, 6, false},
		{8, 1, 6, true}, // the batches of a group come in any order
		{9, 1, 6, true},
		{10, 0, 7, false},
		{10, half, 7, true},
		{11, half, 9, true},
		{12, 0, 10, false},
		{12, mostUnfollowed, 11, true},
		{13, 0, 13, false},
	} {
		u.took(step.took, step.size)
		err := u.admit(step.applied)
		busy, ok := errors.AsType[*busyError](err)
		if (err != nil) != step.refused || step.refused && (!ok || busy.status != http.StatusServiceUnavailable || commerce.CodeOf(err) != commerce.CodeBusy) {
			t.Errorf("%+v: %v", step, err)
		}
	}
	if u.waiting != 0 || u.taken != nil {
		t.Errorf("%d bytes of %v are left", u.waiting, u.taken)
	}
}
