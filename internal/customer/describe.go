package customer

import (
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// Description is what is shown of a fact.
type Description struct {
	Kind   string // a built-in fact, or a tracked event's key
	ID     string // empty without one
	Fields []DescribedField
}

// DescribedField is one of a fact's fields that has a value.
type DescribedField struct {
	Name  string
	Value eval.Value
}

// shownFields are the fields that say most of a fact of a kind.
var shownFields = map[string][]string{
	"order": {"total", "coupon", "status"}, "item": {"order", "product", "category", "quantity", "price"},
	"refund": {"order", "product", "total"}, "visit": {"source", "pages", "duration"},
	"favourite": {"product", "price", "stock"}, "cart_item": {"product", "quantity", "price"},
	"message": {"channel", "campaign", "status"}, "ticket": {"topic", "status"}, "coupon": {"code", "value"},
	"points": {"amount", "reason"}, "": {"product", "category", "price", "quantity"},
}

// Describe says what a fact is about.
func Describe(f eval.Fact) Description {
	d := Description{}
	fields := shownFields[""]
	if of, ok := f.Among.(interface{ about(i int) (kind, id string) }); ok {
		d.Kind, d.ID = of.about(f.I)
	}
	if known, ok := shownFields[d.Kind]; ok {
		fields = known
	}
	for _, name := range fields {
		if v := f.Field(name, segql.Text); !v.Missing() {
			d.Fields = append(d.Fields, DescribedField{name, v})
		}
	}
	return d
}
