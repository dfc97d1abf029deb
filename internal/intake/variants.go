package intake

import (
	"bytes"

	"kith/internal/commerce"
)

// variants fills in what a Shopify product export says once for a product:
// further rows with the same handle are its variants, or only its images.
type variants struct {
	handle  int
	variant []int // columns of which a variant has one
	carried []int // columns that hold for all variants
	last    [][]byte
}

// newVariants gives nil for all other files.
func newVariants(cfg *Config, t *table) *variants {
	if cfg.Format != Shopify || cfg.Kind != commerce.Products {
		return nil
	}
	v := &variants{handle: -1}
	for i, h := range t.headers {
		switch key(h) {
		case "handle", "urlhandle":
			v.handle = i
		case "variantsku", "sku", "variantprice", "price":
			v.variant = append(v.variant, i)
		case "title", "vendor", "type", "productcategory", "tags", "collection", "url":
			v.carried = append(v.carried, i)
		}
	}
	if v.handle < 0 {
		return nil
	}
	return v
}

// only says whether a row only adds an image. A variant's row gets what its
// product's first row said.
func (v *variants) only(cells [][]byte) bool {
	if v == nil {
		return false
	}
	if v.last == nil || !bytes.Equal(trimmed(cells[v.handle]), v.last[v.handle]) {
		v.last = make([][]byte, len(cells))
		for i, c := range cells {
			v.last[i] = bytes.Clone(trimmed(c))
		}
		return false
	}
	image := true
	for _, i := range v.variant {
		image = image && len(trimmed(cells[i])) == 0
	}
	for _, i := range v.carried {
		if len(trimmed(cells[i])) == 0 {
			cells[i] = v.last[i]
		}
	}
	return image
}
