package segql

import "strings"

const traitPrefix = "traits."

// FactNames lists the built-in facts.
func FactNames() []string {
	return []string{
		"order", "item", "refund", "favourite", "cart_item", "visit", "message", "ticket", "coupon", "points",
	}
}

// IsFact says whether a built-in fact has this name, in lower case.
func IsFact(name string) bool { return len(builtinFields(name)) > 0 }

// FactFields lists the known fields of facts. A tracked event has its own
// properties besides, of which nothing is known.
func FactFields(f *Facts) []FieldInfo {
	fields := builtinFields(f.Name)
	if f.Event {
		fields = join(productFields(), maybe(Number, "quantity"))
	}
	return join(always(Instant, "at"), fields)
}

// LookupFactField returns a field of facts. Every name is a field of a
// tracked event; what is not a product's is Dynamic.
func LookupFactField(f *Facts, name string) (FieldInfo, bool) {
	for _, info := range FactFields(f) {
		if info.Name == name {
			return info, true
		}
	}
	if !f.Event {
		return FieldInfo{}, false
	}
	return FieldInfo{Name: name, Kind: FactField, Type: Dynamic, CanBeMissing: true}, true
}

// builtinFields returns the fields of a built-in fact, but for "at".
func builtinFields(fact string) []FieldInfo {
	switch fact {
	case "order":
		return join(always(Text, "id"), always(Number, "total"),
			maybe(Number, "subtotal", "discount", "shipping", "tax"),
			maybe(Text, "coupon", "currency", "channel", "status", "country", "city"), always(Number, "items"))
	case "item":
		return join(always(Text, "order"), maybe(Text, "product", "sku", "name", "category", "brand", "collection"),
			maybe(List, "tags"), maybe(Number, "price"), always(Number, "quantity"),
			maybe(Number, "revenue", "discount"), maybe(Fraction, "product_age"))
	case "refund":
		return join(maybe(Text, "order", "product"), maybe(Number, "quantity", "total"), maybe(Text, "reason"))
	case "favourite":
		return join(productFields(), always(Bool, "purchased"), maybe(Number, "price_drop"))
	case "cart_item":
		return join(productFields(), always(Number, "quantity"), maybe(Number, "revenue"))
	case "visit":
		return join(maybe(Text, "source", "medium", "campaign", "referrer", "landing", "device", "os", "browser", "country"),
			always(Number, "pages", "duration"))
	case "message":
		return join(maybe(Text, "channel", "campaign", "journey", "template", "status"),
			always(Bool, "opened", "clicked", "converted"))
	case "ticket":
		return maybe(Text, "channel", "status", "topic", "sentiment", "order")
	case "coupon":
		return join(maybe(Text, "code", "campaign"), always(Bool, "redeemed"),
			maybe(Instant, "expires_at"), maybe(Number, "value"))
	case "points":
		return join(always(Number, "amount"), maybe(Text, "reason"))
	}
	return nil
}

func productFields() []FieldInfo {
	return join(maybe(Text, "product", "name", "category", "brand", "collection"), maybe(List, "tags"),
		maybe(Number, "price", "stock"), maybe(Instant, "released_at"))
}

func always(t Type, names ...string) []FieldInfo { return fieldsOf(FactField, t, false, names) }
func maybe(t Type, names ...string) []FieldInfo  { return fieldsOf(FactField, t, true, names) }

func fieldsOf(kind FieldKind, t Type, canBeMissing bool, names []string) []FieldInfo {
	all := make([]FieldInfo, len(names))
	for i, name := range names {
		all[i] = FieldInfo{Name: name, Kind: kind, Type: t, CanBeMissing: canBeMissing}
	}
	return all
}

func join(lists ...[]FieldInfo) []FieldInfo {
	var all []FieldInfo
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// Fields lists the fields that stand outside filters, but for traits, which
// are not a closed list.
func Fields() []FieldInfo {
	return join(customerFields(), ownFields(), baseFields(), ShopFields())
}

// LookupField returns a field that stands outside filters. Every
// "traits.NAME" is one.
func LookupField(name string) (FieldInfo, bool) {
	if strings.HasPrefix(name, traitPrefix) && len(name) > len(traitPrefix) {
		return FieldInfo{Name: name, Kind: TraitField, Type: Dynamic, CanBeMissing: true}, true
	}
	for _, info := range Fields() {
		if info.Name == name {
			return info, true
		}
	}
	return FieldInfo{}, false
}

func customerFields() []FieldInfo {
	of := func(t Type, names ...string) []FieldInfo { return fieldsOf(CustomerField, t, true, names) }
	return join(
		of(Text, "country", "region", "city", "postcode", "language", "timezone", "currency", "gender"),
		of(DateType, "birth_date"), of(Number, "age"),
		of(Text, "occupation", "education", "income", "marital_status"), of(List, "tags"), of(Instant, "created_at"),
		of(Text, "email_domain", "source", "device"),
		of(Bool, "subscribed.email", "subscribed.sms", "subscribed.push", "subscribed.whatsapp"))
}

func ownFields() []FieldInfo {
	return join(
		fieldsOf(OwnField, Number, false, []string{"cart.value", "cart.items"}),
		fieldsOf(OwnField, Instant, true, []string{"cart.updated_at"}),
		fieldsOf(OwnField, Number, false, []string{"points.balance", "spend.net"}),
		fieldsOf(OwnField, Fraction, true, []string{"discount.share"}),
		// The median of whole days is whole or a half, which six places hold.
		fieldsOf(OwnField, Number, true, []string{"cadence.days"}),
		fieldsOf(OwnField, Fraction, true, []string{"cadence.overdue"}),
		fieldsOf(OwnField, Text, false, []string{"stage"}))
}

func baseFields() []FieldInfo {
	of := func(t Type, names ...string) []FieldInfo { return fieldsOf(BaseField, t, true, names) }
	return join(of(Number, "rfm.recency", "rfm.frequency", "rfm.monetary"), of(Text, "rfm.group"),
		of(Number, "clv.alive", "clv.orders_12m", "clv.value_12m"), of(Text, "price_band"))
}

// ShopFields lists the shop's settings, which filters may name too.
func ShopFields() []FieldInfo {
	return join(fieldsOf(ShopField, Text, true, []string{"shop.country"}),
		fieldsOf(ShopField, Text, false, []string{"shop.currency", "shop.timezone"}),
		fieldsOf(ShopField, Number, true, []string{"shop.reward_points"}),
		fieldsOf(ShopField, Text, true, []string{"shop.shipping_step"}))
}

// Values lists all texts that a field can be, or nil where any text is
// possible. facts is whose field it is, nil outside filters.
func Values(facts *Facts, field string) []string {
	name := field
	if facts != nil {
		if facts.Event {
			return nil
		}
		name = facts.Name + "." + field
	}
	switch name {
	case "rfm.group":
		return []string{
			"Champions", "Loyal", "Active", "Promising", "New", "Needs attention", "Previously loyal", "At risk",
			"Almost lost", "Dormant", "Prospects",
		}
	case "price_band":
		return []string{"value", "mid", "premium"}
	case "stage":
		return []string{"lost", "lapsing", "loyal", "repeat", "first-time", "prospect"}
	case "order.status": // of orders that count; the others are no facts
		return []string{"paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled"}
	}
	return nil
}

func functionNames() []string {
	names := []string{"percentile", "percent", "sequence"}
	for fn := Count; fn <= Last; fn++ {
		names = append(names, fn.String())
	}
	return names
}
