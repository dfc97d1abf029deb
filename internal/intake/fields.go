package intake

import (
	"slices"
	"strings"

	"kith/internal/commerce"
)

// Formats with a built-in mapping.
const (
	Generic      = "generic"
	Shopify      = "shopify"
	WooCommerce  = "woocommerce"
	OnlineRetail = "online-retail"
)

// Formats lists all formats.
var Formats = [...]string{Generic, Shopify, WooCommerce, OnlineRetail}

// role is what a field's values are, which decides how they are read.
type role int

const (
	roleText role = iota
	roleID        // a text or a number, in one line
	roleName      // a text, in one line
	roleNumber
	rolePrice // a number that may not be negative
	roleInstant
	roleDate
	roleEmail
	rolePhone
	roleCountry // two letters in upper case, of a name too; any other text stays
	roleCurrency
	roleStatus
	roleYesNo
	roleTags
	roleJSON // an object
)

// field is something a row can say. Synonyms are other headers for it in a
// generic file, the best first; see key for how headers compare.
type field struct {
	name     string
	role     role
	synonyms []string
}

// fields lists what each kind's files can say, in the order of the manual. A
// row that is wrong in several places is refused for the first of them.
func fields(kind commerce.Kind) []field {
	switch kind {
	case commerce.Orders:
		return orderFields[:]
	case commerce.Customers:
		return customerFields[:]
	case commerce.Products:
		return productFields[:]
	case commerce.Events:
		return eventFields[:]
	case commerce.Rates:
		return rateFields[:]
	}
	return nil
}

var orderFields = [...]field{
	{"order_id", roleID, []string{"order", "ordernumber", "orderno", "invoiceno", "invoiceid", "invoice", "transactionid", "id"}},
	{"customer_id", roleID, []string{"customer", "clientid", "userid"}},
	{"email", roleEmail, []string{"customeremail", "emailaddress"}},
	{"phone", rolePhone, []string{"customerphone", "phonenumber"}},
	{"at", roleInstant, []string{"orderedat", "orderdate", "placedat", "createdat", "purchasedat", "invoicedate", "timestamp", "datetime", "date"}},
	{"status", roleStatus, []string{"orderstatus"}},
	{"currency", roleCurrency, []string{"currencycode"}},
	{"total", roleNumber, []string{"ordertotal", "grandtotal", "totalprice"}},
	{"subtotal", roleNumber, nil},
	{"discount", roleNumber, []string{"discountamount", "orderdiscount"}},
	{"shipping", roleNumber, []string{"shippingcost"}},
	{"tax", roleNumber, []string{"taxes"}},
	{"coupon", roleText, []string{"couponcode", "discountcode"}},
	{"channel", roleText, nil},
	{"country", roleCountry, []string{"countrycode"}},
	{"city", roleText, nil},
	{"cancelled_at", roleInstant, []string{"canceledat"}},
	{"refunded", roleNumber, []string{"refundedamount"}},
	{"product_id", roleID, []string{"product", "itemid", "stockcode"}},
	{"sku", roleText, nil},
	{"product_name", roleText, []string{"itemname", "description"}},
	{"category", roleText, []string{"productcategory"}},
	{"brand", roleText, nil},
	{"quantity", roleNumber, []string{"qty"}},
	{"unit_price", rolePrice, []string{"price", "itemprice"}},
	{"line_discount", roleNumber, nil},
}

var customerFields = [...]field{
	{"customer_id", roleID, []string{"id", "customer"}},
	{"email", roleEmail, []string{"emailaddress"}},
	{"phone", rolePhone, []string{"phonenumber"}},
	{"first_name", roleText, nil},
	{"last_name", roleText, nil},
	{"birth_date", roleDate, []string{"birthday", "dateofbirth"}},
	{"gender", roleText, nil},
	{"country", roleCountry, []string{"countrycode"}},
	{"region", roleText, nil},
	{"city", roleText, nil},
	{"postcode", roleText, []string{"postalcode", "zip", "zipcode"}},
	{"language", roleText, nil},
	{"timezone", roleText, nil},
	{"currency", roleCurrency, nil},
	{"education", roleText, nil},
	{"occupation", roleText, nil},
	{"income", roleText, nil},
	{"marital_status", roleText, nil},
	{"created_at", roleInstant, nil},
	{"updated_at", roleInstant, nil},
	{"accepts_email", roleYesNo, nil},
	{"accepts_sms", roleYesNo, nil},
	{"tags", roleTags, nil},
	// Not in the manual's list, but fields of the language.
	{"source", roleText, nil},
	{"device", roleText, nil},
}

var productFields = [...]field{
	{"product_id", roleID, []string{"id", "product"}},
	{"sku", roleText, nil},
	{"name", roleText, []string{"productname", "title"}},
	{"category", roleText, []string{"productcategory", "producttype"}},
	{"brand", roleText, []string{"vendor"}},
	{"collection", roleText, nil},
	{"price", rolePrice, []string{"unitprice"}},
	{"cost", rolePrice, nil},
	{"stock", roleNumber, []string{"inventory", "stockquantity"}},
	{"stock_at", roleInstant, nil},
	{"updated_at", roleInstant, nil},
	{"released_at", roleInstant, nil},
	{"url", roleText, []string{"link"}},
	{"image_url", roleText, []string{"imagelink"}},
	{"tags", roleTags, nil},
}

var eventFields = [...]field{
	{"at", roleInstant, []string{"timestamp", "originaltimestamp", "occurredat", "time", "datetime", "date", "receivedat", "sentat"}},
	{"event", roleName, []string{"eventname", "eventtype"}},
	{"customer_id", roleID, []string{"userid", "customer"}},
	{"anonymous_id", roleID, []string{"visitorid", "deviceid"}},
	{"email", roleEmail, nil},
	{"phone", rolePhone, nil},
	{"message_id", roleID, []string{"eventid"}},
	{"properties", roleJSON, nil},
	// Of the tracking calls; not in the manual's list.
	{"type", roleText, nil},
	{"traits", roleJSON, nil},
}

var rateFields = [...]field{
	{"date", roleDate, []string{"day", "at"}},
	{"currency", roleCurrency, []string{"currencycode"}},
	{"rate", rolePrice, []string{"exchangerate", "value"}},
}

// Fields of the language that are no columns: a column named so sets them.
const (
	traitPrefix    = "traits."
	propertyPrefix = "properties."
)

func fieldNames(kind commerce.Kind) []string {
	names := make([]string, 0, len(fields(kind)))
	for _, f := range fields(kind) {
		names = append(names, f.name)
	}
	return names
}

// mappable says whether --map may name a field.
func mappable(kind commerce.Kind, name string) bool {
	trait, isTrait := strings.CutPrefix(name, traitPrefix)
	property, isProperty := strings.CutPrefix(name, propertyPrefix)
	return slices.Contains(fieldNames(kind), name) ||
		kind == commerce.Customers && isTrait && trait != "" ||
		kind == commerce.Events && isProperty && property != ""
}

// key is what two headers are compared by: letters and digits, in lower case.
func key(header string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '_', r == '-', r == '.', r == ':', r == '/', r == '(', r == ')', r == '\'', r == '#', r == '?', r == '\u00a0', r == '\ufeff':
			return -1
		}
		return toLower(r)
	}, header)
}
