package warehouse

// loadCustomers takes the records of an import of customers.
func (l *load) loadCustomers() error {
	if err := l.all("customer_nameless", "customer_keyed"); err != nil {
		return err
	}
	if err := l.identify(); err != nil {
		return err
	}
	if err := l.all("customer_said"); err != nil {
		return err
	}
	if err := l.sayTraits(); err != nil {
		return err
	}
	var err error
	l.changedRows, err = l.count("customer_changed_rows")
	return err
}

// sayTraits stores what the view "said" says and has not been said before.
func (l *load) sayTraits() error {
	if err := l.all("trait_said"); err != nil {
		return err
	}
	repeats, err := l.count("trait_repeats")
	if err != nil {
		return err
	}
	l.traitsAlone = repeats == 0 && !l.traitsBefore
	if l.traitsAlone {
		err = l.all("trait_first")
	} else {
		err = l.all("trait_insert")
	}
	if err != nil {
		return err
	}
	l.traitsChanged = true
	return l.all("trait_first_at")
}

// deriveTraits works out the fields of the touched customers.
func (l *load) deriveTraits() error {
	if !l.firstKeys {
		if err := l.all("trait_gone"); err != nil {
			return err
		}
	}
	var err error
	alone := false
	switch {
	case l.traitsAlone && !l.traitsBefore:
		err = l.all("trait_span_first", "trait_span_insert")
	case l.traitsChanged || l.traitsBefore:
		err = l.all("trait_fact_span", "trait_span_insert")
	default:
		err, alone = l.all("trait_span_none"), true
	}
	if err != nil {
		return err
	}
	var places bool
	if err := l.one("order_has_place", &places); err != nil || !places {
		return err
	}
	if alone {
		return l.all("order_place", "order_place_insert_alone")
	}
	return l.all("order_place", "order_place_insert")
}
