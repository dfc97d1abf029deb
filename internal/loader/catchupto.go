package loader

import "context"

// CatchUpTo is CatchUp for the entries up to a number: those after it are
// left for Advance, which lets the follower come first.
func (l *Loader) CatchUpTo(ctx context.Context, seq uint64) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	if err := l.openAndCheck(ctx); err != nil {
		return err
	}
	l.at = position{}
	return l.advance(ctx, min(seq, l.LastSeq()), false)
}
