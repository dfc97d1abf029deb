package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"time"

	"kith/internal/commerce"
)

// EventEntry is the events of one entry of the log.
type EventEntry struct {
	Seq    int64
	At     time.Time // of the entry
	Events []commerce.Event
}

// EventRows makes rows for a batch of the events of one entry.
func EventRows(events []commerce.Event) []Row {
	rows := make([]Row, len(events))
	for i := range events {
		rows[i] = eventRow(&events[i])
	}
	return rows
}

// entryRows makes rows for one batch of several entries, in their order. What
// comes of them is the same as if each entry were a batch of its own: an order
// without an id is named by its entry, which "file" says, counted back from -1
// for the last, and its place there, which "line" says. A refusal's Pos counts
// all the events.
func entryRows(entries []EventEntry) []Row {
	var rows []Row
	for _, entry := range entries {
		back := entry.Seq - entries[len(entries)-1].Seq - 1
		for i, row := range EventRows(entry.Events) {
			row["file"], row["line"], row["pos"] = back, int64(i+1), int64(len(rows))
			rows = append(rows, row)
		}
	}
	return rows
}

// advanceClock moves the clock on to the instants of the batch.
func (l *load) advanceClock() {
	l.seconds = make([]int64, len(l.batch.Entries))
	for i, entry := range l.batch.Entries {
		l.clock = max(l.clock, entry.At.Unix())
		l.seconds[i] = l.clock
	}
	if len(l.batch.Entries) == 0 {
		l.clock = max(l.clock, l.batch.At.Unix())
	}
	l.args["clock"], l.args["window"] = l.clock, int64(commerce.RepeatWindow/time.Second)
}

// dropRepeated drops the events of the log that came before, and finds those
// among them that say something else.
func (l *load) dropRepeated() error {
	if err := l.all("arrival_table"); err != nil {
		return err
	}
	err := l.appendRows("temp", "arrival", func(add func(...driver.Value) error) error {
		pos := int64(0)
		for i, entry := range l.batch.Entries {
			for j := range entry.Events {
				if e := &entry.Events[j]; e.MessageID != "" {
					if err := add(pos, l.seconds[i], int64(e.Content())); err != nil {
						return err
					}
				}
				pos++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.all("repeat_table"); err != nil {
		return err
	}
	return l.query("conflicts", func(rows *sql.Rows) error {
		var pos int64
		err := rows.Scan(&pos)
		l.result.Conflicts = append(l.result.Conflicts, pos)
		return err
	})
}

func eventRow(e *commerce.Event) Row {
	kind := e.Type
	if kind == "" {
		kind = "track"
	}
	return Row{
		"ts": e.At, "type": kind, "event": e.Name, "customer_id": e.CustomerID, "email": e.Email, "phone": e.Phone,
		"anonymous_id": e.AnonymousID, "message_id": e.MessageID, "properties": string(e.Properties), "traits": string(e.Traits),
	}
}
