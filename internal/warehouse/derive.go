package warehouse

import "kith/internal/commerce"

// derive works out anew what follows from the facts, for the customers that
// the batch touched. What the batch cannot have changed is left alone.
func (l *load) derive() error {
	if !l.identified {
		return nil
	}
	if l.firstKeys {
		if err := l.all("touched_everyone"); err != nil {
			return err
		}
	}
	facts := "touched_facts"
	if l.batch.Kind == commerce.Events {
		facts = "touched_facts_events"
	}
	if err := l.all(facts); err != nil {
		return err
	}
	if err := l.deriveCustomers(); err != nil {
		return err
	}
	if l.traitsChanged || l.ordersChanged || l.merges {
		if err := l.deriveTraits(); err != nil {
			return err
		}
	}
	if l.ordersChanged || l.otherFacts || l.merges {
		if err := l.all("summary_gone", "summary_insert"); err != nil {
			return err
		}
	}
	if l.versioned || l.merges {
		if err := l.deriveVersions(); err != nil {
			return err
		}
	}
	if err := l.deriveWeb(); err != nil {
		return err
	}
	customers, err := l.count("customer_total")
	l.result.Customers = customers
	return err
}

func (l *load) deriveVersions() error {
	var versions bool
	if err := l.one("version_any", &versions); err != nil || !versions {
		return err
	}
	return l.all("version_touched", "message_gone", "ticket_gone", "coupon_gone",
		"message_insert", "ticket_insert", "coupon_insert")
}

// deriveWeb works out visits, carts and favourites. An order changes carts
// only.
func (l *load) deriveWeb() error {
	if !l.tracked && !l.eventsBefore {
		return nil
	}
	if l.tracked || l.merges {
		if err := l.deriveVisits(); err != nil {
			return err
		}
	}
	flags := "web_events"
	if l.batch.Kind == commerce.Events {
		flags = "touched_any"
	}
	var carts, favourites bool
	if err := l.one(flags, &carts, &favourites); err != nil {
		return err
	}
	if favourites && (l.tracked || l.merges) {
		if err := l.all("favourite_gone", "favourite_insert"); err != nil {
			return err
		}
	}
	if carts && (l.tracked || l.merges || l.ordersChanged) {
		return l.deriveCarts()
	}
	return nil
}

// deriveVisits works out visits from the first one on that new events are of.
func (l *load) deriveVisits() error {
	whose := []string{"visit_touched"}
	switch {
	case l.batch.Kind != commerce.Events:
		whose = append(whose, "visit_touched_all")
	case l.merges:
		whose = append(whose, "visit_touched_events", "visit_touched_merged")
	default:
		whose = append(whose, "visit_touched_events")
	}
	if err := l.all(whose...); err != nil {
		return err
	}
	return l.all("visit_from", "visit_was", "visit_gone", "visit_insert")
}
