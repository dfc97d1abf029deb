package customer

import (
	"cmp"
	"slices"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// Always is the instant of what holds from always.
const Always = -eval.Never

// Place is where something stands in the order of arrival.
type Place struct{ Seq, Pos int64 }

func (p Place) compare(o Place) int {
	return cmp.Or(cmp.Compare(p.Seq, o.Seq), cmp.Compare(p.Pos, o.Pos))
}

// The product fields that facts take from the catalogue.
const (
	productSKU = iota
	productName
	productCategory
	productBrand
	productCollection
	productTags
	productPrice
	productStock
	productReleased
	productFieldCount
)

// ProductFields names a product's fields, in the order of ProductVersion.Fields.
var ProductFields = [productFieldCount]string{
	"sku", "name", "category", "brand", "collection", "tags", "price", "stock", "released_at",
}

var productTypes = [productFieldCount]segql.Type{
	productSKU: segql.Text, productName: segql.Text, productCategory: segql.Text, productBrand: segql.Text,
	productCollection: segql.Text, productTags: segql.List, productPrice: segql.Number, productStock: segql.Number,
	productReleased: segql.Instant,
}

// productField finds a field by its name; -1 for another name.
func productField(name string) int {
	return slices.Index(ProductFields[:], name)
}

// ProductValues are a product's fields; what is missing is not said.
type ProductValues [productFieldCount]eval.Value

// OwnValues are the product fields that a fact carries itself, in the order of
// ProductFields. Most facts carry none, or the same as others: packed and read
// again, these share their values.
type OwnValues struct{ values *ProductValues }

// Set sets a field of a fact that is being made.
func (o *OwnValues) Set(field int, v eval.Value) {
	if v.Missing() {
		return
	}
	if o.values == nil {
		o.values = &ProductValues{}
	}
	o.values[field] = v
}

// Get is a field; missing if the fact does not carry it.
func (o OwnValues) Get(field int) eval.Value {
	if o.values == nil {
		return eval.Value{}
	}
	return o.values[field]
}

// ProductVersion says what holds of a product from an instant on, of the
// fields that it has.
type ProductVersion struct {
	At     int64 // Always for a first value
	Place  Place
	Fields ProductValues
}

// Catalogue is a shop's products, as they were at any instant.
type Catalogue struct {
	products map[string]*product
}

// product holds its versions in order of instant and arrival, and what held
// from each on.
type product struct {
	versions []ProductVersion
	held     []ProductValues
}

// NewCatalogue returns an empty catalogue.
func NewCatalogue() *Catalogue { return &Catalogue{products: map[string]*product{}} }

// Add adds a version.
func (c *Catalogue) Add(id string, v ProductVersion) {
	p := c.products[id]
	if p == nil {
		p = &product{}
		c.products[id] = p
	}
	i, _ := slices.BinarySearchFunc(p.versions, v, func(a, b ProductVersion) int {
		return cmp.Or(cmp.Compare(a.At, b.At), a.Place.compare(b.Place))
	})
	p.versions = slices.Insert(p.versions, i, v)
	p.held = p.held[:0]
	var held ProductValues
	for _, v := range p.versions {
		for f, x := range v.Fields {
			if !x.Missing() {
				held[f] = x
			}
		}
		p.held = append(p.held, held)
	}
}

// Next is the first instant after t at which a product changes.
func (c *Catalogue) Next(id string, t int64) int64 {
	if p := c.products[id]; p != nil {
		for _, v := range p.versions {
			if v.At > t {
				return v.At
			}
		}
	}
	return eval.Never
}

// At is a product as it was at an instant; before its earliest version, as
// that one says.
func (c *Catalogue) At(id string, t int64) ProductValues {
	p := c.products[id]
	if p == nil {
		return ProductValues{}
	}
	i := len(p.versions) - 1
	for i > 0 && p.versions[i].At > t {
		i--
	}
	if i == 0 { // the versions of the earliest instant together
		for i+1 < len(p.versions) && p.versions[i+1].At == p.versions[0].At {
			i++
		}
	}
	return p.held[i]
}

// Earliest is the instant of a product's first version; eval.Never without one.
func (c *Catalogue) Earliest(id string) int64 {
	if p := c.products[id]; p != nil && len(p.versions) > 0 {
		return p.versions[0].At
	}
	return eval.Never
}
