package warehouse

import (
	"fmt"
	"math"
)

// loadProducts takes the records of an import of products, and resolves anew
// what older items and events took from the products it is about.
func (l *load) loadProducts() error {
	err := l.all("product_nameless", "product_said", "product_insert_undated", "product_insert_dated", "product_touched")
	if err != nil {
		return err
	}
	if l.changedRows, err = l.count("product_changed_rows"); err != nil {
		return err
	}
	products, err := l.count("product_total")
	if err != nil || products == 0 {
		return err
	}
	if l.productsBefore {
		if err := l.all("product_gone"); err != nil {
			return err
		}
	}
	if err := l.all("product_insert"); err != nil {
		return err
	}
	return l.resolveProducts()
}

// resolveProducts leaves facts alone that are older than what changed: they lie
// in order of time, as a rule, so that most of them are not looked at.
func (l *load) resolveProducts() error {
	since, err := l.count("product_since")
	if err != nil {
		return err
	}
	resolve := func(table string, names ...string) error {
		from := ""
		if since > math.MinInt64 {
			from = fmt.Sprintf(" AND %s.ts >= make_timestamp(%d)", table, since)
		}
		for _, name := range names {
			if _, err := l.execText(name, from); err != nil {
				return err
			}
		}
		return nil
	}
	if l.ordersBefore {
		if err := resolve("item", "product_items", "product_item_tags"); err != nil {
			return err
		}
	}
	if l.eventsBefore {
		if err := resolve("event", "product_events", "product_event_tags"); err != nil {
			return err
		}
		return resolve("favourite", "product_favourites")
	}
	return nil
}

// loadRates takes the records of an import of rates. They count for orders
// that come after it.
func (l *load) loadRates() error {
	unchanged, err := l.count("rate_unchanged")
	if err != nil {
		return err
	}
	l.result.Unchanged = unchanged
	return l.all("rate_gone", "rate_insert")
}
