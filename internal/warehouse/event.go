package warehouse

import (
	"database/sql"
	"database/sql/driver"
	"time"

	"kith/internal/commerce"
	"kith/internal/customer"
)

// loadEvents takes the records of an import or a batch of events.
func (l *load) loadEvents() error {
	if err := l.nameEvents(); err != nil {
		return err
	}
	if err := l.refuseEvents(); err != nil {
		return err
	}
	if err := l.dropRepeats(); err != nil {
		return err
	}
	classes := map[customer.EventClass]int64{}
	err := l.query("event_classes", func(rows *sql.Rows) error {
		var class string
		var n int64
		err := rows.Scan(&class, &n)
		classes[customer.EventClass(class)] = n
		return err
	})
	if err != nil {
		return err
	}
	if err := l.all("event_keyed"); err != nil {
		return err
	}
	if err := l.identify(); err != nil {
		return err
	}
	if classes[customer.TrackedEvent] > 0 {
		if err := l.insertEvents(); err != nil {
			return err
		}
	}
	if classes[customer.IdentifyEvent] > 0 {
		if err := l.nameTraits(); err != nil {
			return err
		}
		if err := l.all("identify_said"); err != nil {
			return err
		}
		if err := l.sayTraits(); err != nil {
			return err
		}
	}
	if err := l.eventFacts(classes); err != nil {
		return err
	}
	if !l.staged.filled["message_id"] {
		return nil
	}
	recent := "recent_filed"
	if len(l.batch.Entries) > 0 {
		recent = "recent_arrived"
	}
	if err := l.all(recent); err != nil {
		return err
	}
	if l.staged.rows > classes[customer.TrackedEvent] {
		return l.all("event_seen")
	}
	return nil
}

// refuseEvents refuses the events that cannot be taken whatever is known. It
// comes before anything else is made of them, so that what is refused makes
// nobody known and its message_id stays free for the corrected event.
func (l *load) refuseEvents() error {
	if err := l.all("event_nameless"); err != nil || !l.otherFacts {
		return err
	}
	l.args["currencies"], l.args["statuses"] = commerce.Currencies, customer.EventStatuses
	n, err := l.exec("event_refused")
	l.eventsRefused = n > 0 || len(l.batch.late) > 0
	return err
}

// dropRepeats drops events whose message_id was seen before (of a file: ever;
// of the log: within commerce.RepeatWindow), and those that were refused.
func (l *load) dropRepeats() error {
	if !l.staged.filled["message_id"] {
		if l.eventsRefused {
			return l.all("dropped_none", "event_record_taken")
		}
		return l.all("event_record")
	}
	var err error
	if len(l.batch.Entries) > 0 {
		err = l.dropRepeated()
	} else {
		err = l.all("dropped_table")
	}
	if err != nil {
		return err
	}
	n, err := l.count("dropped_count")
	if err != nil {
		return err
	}
	l.result.Unchanged, l.result.Repeats = n, n
	if n == 0 && !l.eventsRefused {
		return l.all("event_record")
	}
	return l.all("event_record_taken")
}

func (l *load) insertEvents() error {
	l.tracked = true
	if err := l.readReleases(); err != nil {
		return err
	}
	name := "event_insert"
	if l.productsBefore {
		name = "event_insert_full"
	}
	_, err := l.execOrdered(name, "e.ts, e.pos")
	return err
}

// readReleases reads what events say of a product's release: an instant, or
// a date, which is its first instant in the shop's zone. There are few.
func (l *load) readReleases() error {
	releases := map[string]time.Time{}
	err := l.query("released_given", func(rows *sql.Rows) error {
		var given sql.NullString
		if err := rows.Scan(&given); err != nil {
			return err
		}
		if at, ok := moment(given.String, l.db.config.Zone); ok {
			releases[given.String] = at
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.all("released_table"); err != nil || len(releases) == 0 {
		return err
	}
	return l.appendRows("temp", "released", func(add func(...driver.Value) error) error {
		for given, at := range releases {
			if err := add(given, at); err != nil {
				return err
			}
		}
		return nil
	})
}
