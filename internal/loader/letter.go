package loader

import (
	"context"
	"encoding/json"
	"fmt"

	"kith/internal/commerce"
)

// Letters keeps the events that have no effect as they are.
type Letters interface {
	// PutLetters adds letters, in the order of the log. Those of entries whose
	// letters were put before change nothing.
	PutLetters(ctx context.Context, letters []commerce.Letter) error
}

// loadEvents loads entries of events. What has no effect is kept before the
// warehouse commits, so that a crash loses none of it: what is loaded again
// changes nothing of what was kept.
func (l *Loader) loadEvents(ctx context.Context, w Warehouse, s step) error {
	b := Batch{Seq: s.Seq, Kind: commerce.Events, At: s.At, Events: s.events}
	if l.config.Letters != nil {
		b.BeforeCommit = func(ctx context.Context, r Result) error {
			letters, err := lettersOf(s.events, r)
			if err != nil || len(letters) == 0 {
				return err
			}
			return l.config.Letters.PutLetters(ctx, letters)
		}
	}
	_, err := w.Load(ctx, b)
	return err
}

// conflictReason is why a letter is a conflict.
const conflictReason = "another event with this message id came in the seven days before, and says something else"

// lettersOf are the letters of entries that were loaded together, in order.
func lettersOf(entries []EventEntry, r Result) ([]commerce.Letter, error) {
	var letters []commerce.Letter
	late, conflicts := r.Refusals, r.Conflicts
	first := int64(0) // the place of the entry's first event among all
	for _, entry := range entries {
		letter := func(pos int64, kind commerce.LetterKind, column, reason string) commerce.Letter {
			return commerce.Letter{
				Seq: entry.Seq, Pos: pos, At: entry.At, Source: entry.Source, Kind: kind, Column: column, Reason: reason, State: commerce.OpenLetter,
			}
		}
		n := int64(len(entry.Events))
		for pos := range n {
			var found *commerce.Letter
			for ; len(late) > 0 && late[0].Pos == first+pos; late = late[1:] {
				if found == nil { // of several reasons the first is enough
					x := letter(pos, commerce.LateLetter, late[0].Column, late[0].Reason)
					found = &x
				}
			}
			if len(conflicts) > 0 && conflicts[0] == first+pos {
				conflicts = conflicts[1:]
				x := letter(pos, commerce.ConflictLetter, "message_id", conflictReason)
				found = &x
			}
			if found == nil {
				continue
			}
			if err := addEvent(found, entry.Events[pos]); err != nil {
				return nil, fmt.Errorf("keeping event %d of log entry %d: %w", pos, entry.Seq, err)
			}
			letters = append(letters, *found)
		}
		for i, refused := range entry.Refused {
			x := letter(n+int64(i), commerce.RefusedLetter, refused.Column, refused.Reason)
			x.Body = refused.Body
			x.Event, x.MessageID = named(refused.Body)
			letters = append(letters, x)
		}
		first += n
	}
	return letters, nil
}

// addEvent adds an event to its letter, as it can be sent again: types that are
// made when events come in become what they were made of.
func addEvent(x *commerce.Letter, e commerce.Event) (err error) {
	x.Event, x.MessageID = e.Name, e.MessageID
	if e.Type == commerce.PublicType || e.Type == commerce.CrawlerType {
		e.Type = commerce.TrackType
	}
	x.Body, err = json.Marshal(e)
	return err
}

// named is what an event that was not read says of itself, where it says it in
// the usual words.
func named(body json.RawMessage) (event, messageID string) {
	var names struct {
		Event          any `json:"event"`
		Name           any `json:"name"`
		Type           any `json:"type"`
		MessageID      any `json:"message_id"`
		CamelMessageID any `json:"messageId"`
	}
	if json.Unmarshal(body, &names) != nil {
		return "", ""
	}
	return firstText(names.Event, names.Name, names.Type), firstText(names.MessageID, names.CamelMessageID)
}

// firstText is the first of some values that is a text, as far as it is shown.
func firstText(values ...any) string {
	const most = 200
	for _, v := range values {
		if text, ok := v.(string); ok && text != "" {
			if runes := []rune(text); len(runes) > most {
				return string(runes[:most])
			}
			return text
		}
	}
	return ""
}
