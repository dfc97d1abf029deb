package plain

import (
	"slices"
	"time"

	"kith/internal/segql"
)

// productVersion says what holds of a product from an instant on: of the
// fields that it names.
type productVersion struct {
	product string
	at      time.Time // zero: from always
	place   int64
	fields  map[string]*value
}

// productTypes are the fields of a product that facts may take from it.
var productTypes = map[string]segql.Type{
	"sku": segql.Text, "name": segql.Text, "category": segql.Text, "brand": segql.Text, "collection": segql.Text,
	"tags": segql.List, "price": segql.Number, "stock": segql.Number, "released_at": segql.Instant,
}

func (s *Shop) loadProduct(r row) {
	v := productVersion{
		product: r.text("product_id"), at: r.instant("updated_at"), place: r.place(), fields: map[string]*value{},
	}
	for name := range productTypes {
		switch x := r[name].(type) {
		case string:
			v.fields[name] = text(x)
		case []string:
			v.fields[name] = list(x)
		case time.Time:
			v.fields[name] = moment(x)
		default:
			v.fields[name] = r.number(name)
		}
	}
	s.versions = append(s.versions, v)
}

// catalogue is a product as it was at an instant; before its earliest
// version, as that one says.
func (s *Shop) catalogue(product string, t time.Time) map[string]*value {
	var versions []productVersion
	for _, v := range s.versions {
		if v.product == product {
			versions = append(versions, v)
		}
	}
	slices.SortStableFunc(versions, func(a, b productVersion) int { return a.at.Compare(b.at) })
	fields := map[string]*value{}
	for _, v := range versions {
		if v.at.After(t) && v.at.After(versions[0].at) {
			continue
		}
		for name, x := range v.fields {
			if x != nil {
				fields[name] = x
			}
		}
	}
	return fields
}

// withCatalogue are the product fields of a fact: its own where it carries
// them, and they can be read, else the catalogue's at t.
func (s *Shop) withCatalogue(own map[string]*raw, product string, t time.Time) map[string]*value {
	fields := map[string]*value{"product": text(product)}
	then := s.catalogue(product, t)
	for name, typ := range productTypes {
		if typ == segql.Instant {
			fields[name] = s.readMoment(own[name])
		} else {
			fields[name] = s.read(own[name], typ)
		}
		if fields[name] == nil {
			fields[name] = then[name]
		}
	}
	return fields
}
