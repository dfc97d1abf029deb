package api

import (
	"context"
	"strings"

	"kith/internal/profile"
	"kith/internal/user"
)

// maskRows masks contact data of customers in a list, in place.
func maskRows(ctx context.Context, rows []profile.Row) {
	if !masks(ctx) {
		return
	}
	for i := range rows {
		r := &rows[i]
		r.ID, r.Email, r.Phone = maskID(ctx, r.ID), user.MaskField("email", r.Email), user.MaskField("phone", r.Phone)
		r.FirstName, r.LastName = user.MaskText(r.FirstName), user.MaskFamilyName(r.LastName)
	}
}

// maskEntries masks what a timeline says of a customer, in place. What events
// carried is left out: it may hold anything.
func maskEntries(ctx context.Context, entries []profile.Entry) {
	if !masks(ctx) {
		return
	}
	for i := range entries {
		e := &entries[i]
		e.ID, e.What, e.Properties = user.MaskText(e.ID), user.MaskText(e.What), nil
		for name, value := range e.Fields {
			text, ok := value.(string)
			switch {
			case !ok:
			case name == "name" && (e.Kind != "event" || strings.HasPrefix(e.What, "product_")):
				e.Fields[name] = user.MaskText(text) // a product's
			default:
				e.Fields[name] = user.MaskField(name, text)
			}
		}
	}
}

// maskReasons masks what a customer's segments say of them, in place.
func maskReasons(ctx context.Context, c *CustomerSegments) {
	c.Customer = maskID(ctx, c.Customer)
	if !masks(ctx) {
		return
	}
	for _, s := range c.Segments {
		for _, why := range s.Why {
			for i, v := range why.Values {
				if v.Value != nil {
					masked := user.MaskField(v.Text, *v.Value)
					why.Values[i].Value = &masked
				}
			}
		}
	}
}
