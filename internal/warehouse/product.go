package warehouse

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

func (l *load) resolveProducts() error {
	if l.ordersBefore {
		if err := l.all("product_items", "product_item_tags"); err != nil {
			return err
		}
	}
	if l.eventsBefore {
		return l.all("product_events", "product_event_tags", "product_favourites")
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
