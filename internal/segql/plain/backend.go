package plain

import (
	"time"

	"kith/internal/segment/script"
	"kith/internal/segql"
)

// Backend runs scripts on the plain evaluator.
type Backend struct {
	Shop      *Shop
	catalogue *segql.Catalogue
}

// NewBackend returns a Backend for a script's shop, before its first line.
func NewBackend(s script.Shop, presets map[string]string) *Backend {
	return &Backend{Shop: NewShop(s.Settings), catalogue: script.Catalogue(s, presets)}
}

// Load takes records in the order of their arrival.
func (b *Backend) Load(records ...script.Record) error {
	b.Shop.Load(records...)
	return nil
}

// Members answers a segment's text at T.
func (b *Backend) Members(text string, at time.Time) ([]string, error) {
	checked, problems := segql.Compile(text, b.catalogue)
	if len(problems) > 0 {
		return nil, problems
	}
	return Members(b.Shop, checked, at), nil
}
