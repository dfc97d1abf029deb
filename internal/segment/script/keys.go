package script

import (
	"fmt"
	"strings"
)

// form is what the values of a key look like.
type form uint8

const (
	text form = iota
	number
	boolean
	moment // an instant, or a date for its first instant in the shop's zone
	day    // a date, kept as text
	texts  // a list, with commas
)

// The keys of each kind of line. Keys that name a person are taken before.
var (
	customerKeys = map[string]form{
		"country": text, "region": text, "city": text, "postcode": text, "language": text, "timezone": text,
		"currency": text, "gender": text, "birth_date": day, "age": number, "occupation": text, "education": text,
		"income": text, "marital_status": text, "tags": texts, "created_at": moment, "email_domain": text,
		"source": text, "device": text, "subscribed.email": boolean, "subscribed.sms": boolean,
		"subscribed.push": boolean, "subscribed.whatsapp": boolean, "traits.": text,
	}
	productKeys = map[string]form{
		"sku": text, "name": text, "category": text, "brand": text, "collection": text, "price": number,
		"cost": number, "stock": number, "released_at": moment, "url": text, "image_url": text, "tags": texts,
	}
	orderKeys = map[string]form{
		"id": text, "status": text, "currency": text, "total": number, "subtotal": number, "discount": number,
		"shipping": number, "tax": number, "coupon": text, "channel": text, "country": text, "city": text,
		"cancelled_at": moment, "refunded": number,
	}
	itemKeys = map[string]form{
		"sku": text, "name": text, "category": text, "brand": text, "discount": number,
	}
	eventKeys = map[string]map[string]form{
		"refund": {
			"id": text, "order": text, "product": text, "quantity": number, "total": number, "reason": text,
		},
		"cancel": {"order": text, "reason": text},
		"ticket": {
			"id": text, "channel": text, "status": text, "topic": text, "sentiment": text, "order": text,
		},
		"message": {
			"id": text, "channel": text, "campaign": text, "journey": text, "template": text, "status": text,
			"opened": boolean, "clicked": boolean, "converted": boolean,
		},
		"coupon": {
			"id": text, "code": text, "campaign": text, "redeemed": boolean, "expires_at": moment, "value": number,
		},
		"points": {"id": text, "amount": number, "reason": text},
	}
)

// formOf returns the form of a key; every traits.NAME is one.
func formOf(keys map[string]form, key string) (form, bool) {
	if name, ok := strings.CutPrefix(key, "traits."); ok && name != "" {
		key = "traits."
	}
	f, ok := keys[key]
	return f, ok
}

// known refuses keys that a line does not know, keys that come twice, and
// values that do not look like it. An empty value empties the field.
func known(keys map[string]form, options []Field) error {
	seen := map[string]bool{}
	for _, f := range options {
		form, ok := formOf(keys, f.Key)
		if !ok || f.Key == "traits." {
			return fmt.Errorf("unknown key %q", f.Key)
		}
		if seen[f.Key] {
			return fmt.Errorf("%s is given twice", f.Key)
		}
		seen[f.Key] = true
		if f.Value.Text == "" {
			continue
		}
		if err := form.check(f.Value.Text); err != nil {
			return fmt.Errorf("%s: %w", f.Key, err)
		}
	}
	return nil
}

func (f form) check(v string) error {
	var err error
	switch f {
	case number:
		_, _, err = ParseNumber(v)
	case boolean:
		if v != "true" && v != "false" {
			err = fmt.Errorf("%q is neither true nor false", v)
		}
	case moment:
		if !isDate(v) {
			_, err = instant(v)
		}
	case day:
		if !isDate(v) {
			err = fmt.Errorf("%q is not a date like 2026-03-01", v)
		}
	case text, texts:
	}
	return err
}
