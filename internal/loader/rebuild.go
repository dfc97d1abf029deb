package loader

import "context"

// Rebuild makes the warehouse anew from the log and the archive, puts it in
// the place of the old one, and lets the rest of the log take effect. It
// returns how many entries did. Events may be grouped in other loads than the
// first time, which changes nothing that a question sees.
func (l *Loader) Rebuild(ctx context.Context) (entries int, err error) {
	l.changing.Lock()
	defer l.changing.Unlock()
	return l.rebuild(ctx)
}

// rebuild is Rebuild under changing.
func (l *Loader) rebuild(ctx context.Context) (entries int, err error) {
	if err := l.openAndCheck(ctx); err != nil {
		return 0, err
	}
	if !l.at.known {
		if err := l.locate(ctx); err != nil {
			return 0, err
		}
	}
	// To where the old one was: a follower may be waiting for it to go on.
	end := l.at.read
	err = l.config.Warehouse.Rebuild(ctx, func(w Warehouse) error {
		for s, err := range l.steps(ctx, 1, end, 0) {
			if err != nil {
				return err
			}
			if err := l.applyFacts(ctx, w, s, nil); err != nil {
				return err
			}
		}
		return nil
	})
	l.at = position{} // that of the new warehouse, or the old one's
	if err != nil {
		return 0, withFull(err)
	}
	err = l.advance(ctx, l.LastSeq(), true)
	return int(l.at.read), err
}
