package customer

import (
	"cmp"
	"slices"
	"strings"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// Field is a customer field or a trait, read as a type.
func (c *Customer) Field(name string, as segql.Type) eval.Value {
	v := c.saidAs(name, as)
	if v.Missing() && (name == "country" || name == "city") {
		return c.fromOrders(name)
	}
	return v
}

// saidLast is the latest that was said of a field up to now, or nil.
func (c *Customer) saidLast(name string) *string {
	for _, s := range slices.Backward(c.said.all(c.shop)[name]) {
		if s.At > c.now {
			continue
		}
		if s.Value != nil && *s.Value != "" {
			return s.Value
		}
		return nil
	}
	return nil
}

func (c *Customer) saidAs(name string, as segql.Type) eval.Value {
	text := c.saidLast(name)
	switch {
	case text == nil:
		return eval.Value{}
	case as == segql.List:
		return eval.RawJSON([]byte(*text)).Read(as)
	}
	return eval.RawText(*text).Read(as)
}

// fromOrders is the country or city of the latest order that has one, among
// those that ever counted; one that was cancelled since still says it.
func (c *Customer) fromOrders(name string) eval.Value {
	field := orderField(name)
	var latest eval.Value
	var at spot
	c.eachOrder(func(o *keptOrder) {
		if o.at > c.now || !o.counted() {
			return
		}
		v := o.field(field)
		if v.Missing() {
			return
		}
		if latest.Missing() || cmp.Or(cmp.Compare(o.at, at.at), strings.Compare(o.id, at.id)) > 0 {
			latest, at = v, o.spot()
		}
	})
	return latest
}

// Zone is the customer's time zone where it is one, else nil.
func (c *Customer) Zone() *eval.Zone {
	if name := c.saidLast("timezone"); name != nil {
		return c.shop.zone(*name)
	}
	return nil
}
