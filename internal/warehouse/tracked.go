package warehouse

import "kith/internal/commerce"

// EventEntry is the events of one entry of the log.
type EventEntry struct {
	Seq    int64
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

// EntryRows makes rows for one batch of several entries, in their order. The
// batch's Seq must be that of the last. What comes of them is the same as if
// each entry were a batch of its own: an order without an id is named by its
// entry, which "file" says, counted back from -1 for the last, and its place
// there, which "line" says. A refusal's Pos counts all the events.
func EntryRows(entries []EventEntry) []Row {
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
