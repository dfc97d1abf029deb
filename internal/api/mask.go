package api

import (
	"context"
	"encoding/json"
	"strings"

	"kith/internal/commerce"
	"kith/internal/segql"
	"kith/internal/user"
)

// masks says whether contact data is masked for whoever asks.
func masks(ctx context.Context) bool { return visitOf(ctx).Role.Masked() }

// maskID masks the id that a customer is listed by, which may be an e-mail or
// a phone, for whoever sees no contact data. The answer still means this
// customer: see idMeant.
func maskID(ctx context.Context, id string) string {
	if !masks(ctx) {
		return id
	}
	return visitOf(ctx).handles.Mask(id)
}

// idMeant is the id that somebody asks for, who may have been given a masked
// one.
func idMeant(ctx context.Context, id string) string { return visitOf(ctx).handles.Open(id) }

// maskQuestion refuses a question of one's own about contact data from whoever
// sees none: what they may not read they would find out by counting, letter by
// letter. Whether there is any may be asked; so may saved segments, which
// somebody else wrote.
func maskQuestion(ctx context.Context, checked *segql.Checked) error {
	if !masks(ctx) {
		return nil
	}
	var err error
	refuse := func(f segql.FieldInfo) {
		text := f.Type == segql.Text || f.Type == segql.List || f.Type == segql.Dynamic
		// What is known of a fact is about an order or a product, and not its name.
		if known := f.Kind == segql.FactField && f.Type != segql.Dynamic; text && !known && user.ContactField(f.Name) {
			err = commerce.Errorf(commerce.CodeDenied, "%s is contact data, which the role %s sees masked: it can be asked whether it is known, and nothing else",
				f.Name, visitOf(ctx).Role)
		}
	}
	segql.Walk(checked.Root, func(x any) bool {
		switch x := x.(type) {
		case *segql.Missing:
			_, alone := x.X.(*segql.Field)
			return !alone
		case *segql.Field:
			refuse(checked.Fields[x])
		case *segql.Aggregate:
			f, _ := segql.LookupFactField(x.Facts, x.Field) // not as what it is read
			refuse(f)
		}
		return true
	})
	return err
}

// maskCustomer masks contact data of one customer in place.
func maskCustomer(ctx context.Context, c *Customer) {
	if !masks(ctx) {
		return
	}
	c.ID = maskID(ctx, c.ID)
	c.FirstName = user.MaskText(c.FirstName)
	c.Email, c.Phone = user.MaskField("email", c.Email), user.MaskField("phone", c.Phone)
	c.LastName = user.MaskFamilyName(c.LastName)
	for i := range c.Keys {
		c.Keys[i].Value = user.MaskField(c.Keys[i].Kind, c.Keys[i].Value)
	}
	for i := range c.Traits {
		c.Traits[i].Value = user.MaskField(c.Traits[i].Name, c.Traits[i].Value)
	}
	for i := range c.Tickets {
		c.Tickets[i].Topic = user.MaskText(c.Tickets[i].Topic)
	}
	for i := range c.Timeline {
		e := &c.Timeline[i]
		switch {
		case e.Kind == "order", e.Kind == "refund", e.Kind == "ticket", strings.HasPrefix(e.Kind, "product_"):
			e.Name = user.MaskText(e.Name)
		default: // what an event says that has a name: somebody's
			e.Name = user.MaskField("name", e.Name)
		}
	}
}

// maskExplanation masks what an explanation says of a customer in place.
// Explanation.Missing points into its tree.
func maskExplanation(ctx context.Context, x *Explanation) {
	if !masks(ctx) {
		return
	}
	x.Customer = maskID(ctx, x.Customer)
	maskExplained(x.Tree)
}

func maskExplained(x *Explained) {
	if x == nil {
		return
	}
	for _, part := range x.Parts {
		maskExplained(part)
	}
	for i, v := range x.Values {
		if v.Value != nil {
			masked := user.MaskField(v.Text, *v.Value)
			x.Values[i].Value = &masked
		}
	}
	for _, f := range x.Facts {
		for name, value := range f.Fields {
			f.Fields[name] = user.MaskField(name, value)
		}
	}
}

// maskTransition masks whose a transition is.
func maskTransition(ctx context.Context, t Transition) Transition {
	t.Customer = maskID(ctx, t.Customer)
	if masks(ctx) {
		t.Fact = user.MaskText(t.Fact)
	}
	return t
}

// maskPlan masks whom a plan names, in place.
func maskPlan(ctx context.Context, p *SegmentPlan) {
	if !masks(ctx) {
		return
	}
	for _, steps := range [][]SegmentStep{p.Segments, p.Affected} {
		for i := range steps {
			for _, ids := range [][]string{steps[i].FirstEntering, steps[i].FirstLeaving} {
				for j := range ids {
					ids[j] = maskID(ctx, ids[j])
				}
			}
		}
	}
}

// maskValue masks contact data in what was read of JSON, by its name and the
// names above it.
func maskValue(ctx context.Context, path string, x any) any {
	switch x := x.(type) {
	case map[string]any:
		masked := make(map[string]any, len(x))
		for name, value := range x {
			masked[user.MaskText(name)] = maskValue(ctx, path+"."+name, value)
		}
		return masked
	case []any:
		for i, value := range x {
			x[i] = maskValue(ctx, path, value)
		}
	case string:
		switch path[strings.LastIndexByte(path, '.')+1:] {
		case "userId", "user_id", "customer_id", "customerId", "previousId":
			return maskID(ctx, x)
		}
		return user.MaskField(path, x)
	case json.Number:
		if masked := user.MaskField(path, x.String()); masked != x.String() {
			return masked
		}
	}
	return x
}
