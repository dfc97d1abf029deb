package warehouse

import (
	"database/sql"
	"database/sql/driver"

	"kith/internal/customer"
)

// nameEvents works out what each name in the batch means. It is done in Go
// so that names have exactly the keys that the language gives them.
func (l *load) nameEvents() error {
	type name struct{ kind, given sql.NullString }
	var names []name
	err := l.query("event_names", func(rows *sql.Rows) error {
		var n name
		if err := rows.Scan(&n.kind, &n.given); err != nil {
			return err
		}
		names = append(names, n)
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.all("event_name_table"); err != nil {
		return err
	}
	return l.appendRows("temp", "event_name", func(add func(...driver.Value) error) error {
		for _, n := range names {
			key, shown, class := customer.MeaningOf(n.kind.String, n.given.String)
			switch class {
			case customer.OrderEvent, customer.CancelEvent, customer.RefundEvent, customer.PointsEvent:
				l.otherFacts = true
			default:
			}
			if err := add(nullable(n.kind), nullable(n.given), key, shown, string(class)); err != nil {
				return err
			}
		}
		return nil
	})
}

func nullable(s sql.NullString) driver.Value {
	if !s.Valid {
		return nil
	}
	return s.String
}

func (l *load) nameTraits() error {
	if err := l.all("trait_name_table"); err != nil {
		return err
	}
	return l.appendRows("temp", "trait_name", func(add func(...driver.Value) error) error {
		for _, n := range customer.TraitNames {
			if err := add(n[0], n[1]); err != nil {
				return err
			}
		}
		return nil
	})
}
