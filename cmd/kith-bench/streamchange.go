package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"kith/internal/commerce"
)

// definition saves a segment that looks at a year of orders.
func (r *streamRun) definition(ctx context.Context) error {
	begin := time.Now()
	if err := r.save(ctx, "spent", "sum(order.total) in last 365 days >= 500"); err != nil {
		return err
	}
	r.limited(r.Name+"_definition", time.Since(begin).Seconds(), "s", mostDefinition)
	r.line(r.Name+"_definition_size", float64(r.size("spent")), "customers")
	return r.agree(ctx, "spent")
}

// favourites imports another stock of the watched product.
func (r *streamRun) favourites(ctx context.Context) error {
	if err := r.save(ctx, "low", "has favourite[stock <= 3]"); err != nil {
		return err
	}
	file := filepath.Join(r.Dir, "stock.csv")
	if err := os.WriteFile(file, []byte("product_id,stock\n"+watched+",2\n"), 0o600); err != nil {
		return err
	}
	begin := time.Now()
	if err := r.importFile(ctx, commerce.Products, "", file); err != nil {
		return err
	}
	r.line(r.Name+"_favourites_import", time.Since(begin).Seconds(), "s")
	if err := r.sized(ctx, "low", r.Customers/10); err != nil {
		return err
	}
	r.limited(r.Name+"_favourites_visible", time.Since(begin).Seconds(), "s", mostFavourites)
	r.line(r.Name+"_favourites_transitions", float64(r.size("low")), "transitions")
	return r.agree(ctx, "low")
}
