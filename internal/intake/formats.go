package intake

import (
	"strings"
	"unicode"

	"kith/internal/commerce"
)

// formatNames lists a format's own headers, as key() makes them. A field that
// is not listed is found by its own name.
func formatNames(format string, kind commerce.Kind) map[string]names {
	one := func(keys ...string) names { return names{keys: keys} }
	each := func(keys ...string) names { return names{keys: keys, all: true} }
	switch format + " " + string(kind) {
	case "online-retail orders":
		return map[string]names{
			"order_id": one("invoiceno", "invoice"), "product_id": one("stockcode"), "product_name": one("description"),
			"quantity": one("quantity"), "at": one("invoicedate"), "unit_price": one("unitprice", "price"),
			"customer_id": one("customerid"), "country": one("country"),
		}
	case "shopify orders":
		return map[string]names{
			"order_id": one("name", "id"), "customer_id": one("customerid"), "email": one("email"),
			"phone": each("phone", "billingphone", "shippingphone"), "at": one("createdat", "paidat"),
			"status": one("financialstatus"), "currency": one("currency"), "total": one("total"),
			"subtotal": one("subtotal"), "discount": one("discountamount"), "shipping": one("shipping"), "tax": one("taxes"),
			"coupon": one("discountcode"), "channel": one("source"), "country": each("shippingcountry", "billingcountry"),
			"city": each("shippingcity", "billingcity"), "cancelled_at": one("cancelledat"), "refunded": one("refundedamount"),
			"product_id": each("lineitemsku", "lineitemname"), "sku": one("lineitemsku"), "product_name": one("lineitemname"),
			"brand": one("vendor", "lineitemvendor"), "quantity": one("lineitemquantity"), "unit_price": one("lineitemprice"),
			"line_discount": one("lineitemdiscount"),
		}
	case "shopify customers":
		return map[string]names{
			"customer_id": one("customerid", "id"), "email": one("email"), "phone": each("phone", "defaultaddressphone"),
			"first_name": one("firstname"), "last_name": one("lastname"), "city": one("defaultaddresscity", "city"),
			"region": one("defaultaddressprovincecode", "provincecode", "province"), "country": one("defaultaddresscountrycode", "countrycode", "country"),
			"postcode": one("defaultaddresszip", "zip"), "accepts_email": one("acceptsemailmarketing", "acceptsmarketing"),
			"accepts_sms": one("acceptssmsmarketing"), "tags": one("tags"),
		}
	case "shopify products":
		return map[string]names{
			"product_id": each("variantsku", "sku", "handle", "urlhandle"), "sku": one("variantsku", "sku"), "name": one("title"),
			"category": each("type", "productcategory"), "brand": one("vendor"), "collection": one("collection"),
			"price": one("variantprice", "price"), "cost": one("costperitem"), "stock": one("variantinventoryqty", "inventoryquantity"),
			"image_url": each("variantimage", "imagesrc", "productimageurl"), "tags": one("tags"), "url": one("url"),
		}
	case "woocommerce orders":
		return map[string]names{
			"order_id": one("orderid", "ordernumber", "id"), "customer_id": one("customerid", "customeruserid", "customeruser", "userid"),
			"email": one("billingemail", "customeremail", "emailbilling", "billingemailaddress", "email"),
			"phone": one("billingphone", "phonebilling", "phone"), "at": one("orderdate", "datecreated", "date", "paiddate"),
			"status": one("orderstatus", "status"), "currency": one("ordercurrency", "currency"),
			"total": one("ordertotal", "ordertotalamount", "total"), "subtotal": one("ordersubtotal", "ordersubtotalamount", "subtotal"),
			"discount": one("cartdiscount", "discounttotal", "ordertotaldiscount", "cartdiscountamount", "orderdiscount"),
			"shipping": one("shippingtotal", "ordershipping", "ordershippingamount"), "tax": one("taxtotal", "ordertotaltax", "ordertotaltaxamount"),
			"coupon": one("couponcode", "couponscode", "coupons", "couponitems"), "country": each("shippingcountry", "billingcountry", "countrycodeshipping", "countrycodebilling", "shippingcountrycode", "billingcountrycode"),
			"city": each("shippingcity", "billingcity", "cityshipping", "citybilling"), "refunded": one("refundedtotal", "orderrefundamount", "refundtotal"),
			"product_id": each("productid", "itemid", "sku", "itemsku", "productsku", "itemname", "productname"), "sku": one("sku", "itemsku", "productsku"),
			"product_name": one("itemname", "productname", "itemtitle"), "category": one("category", "itemcategory", "productcategory"),
			"quantity": one("quantity", "itemquantity", "productqty", "qty"), "unit_price": one("itemcost", "itemprice", "productprice", "unitprice", "price"),
			"line_discount": one("itemdiscount", "linediscount", "discountamountitem", "itemdiscountamount"),
		}
	case "woocommerce customers":
		return map[string]names{
			"customer_id": one("customerid", "userid", "id"), "email": one("email", "useremail", "billingemail"), "phone": one("billingphone", "phone"),
			"first_name": one("firstname", "billingfirstname"), "last_name": one("lastname", "billinglastname"),
			"country": each("billingcountry", "shippingcountry", "country"), "region": each("billingstate", "region", "state"),
			"city": each("billingcity", "shippingcity", "city"), "postcode": each("billingpostcode", "postcode", "postalcode"),
			"created_at": one("dateregistered", "userregistered", "signup", "datecreated", "createdat"),
		}
	case "woocommerce products":
		return map[string]names{
			"product_id": one("id"), "sku": one("sku"), "name": one("name"), "category": one("categories", "category"),
			"brand": one("brands", "brand"), "price": each("saleprice", "regularprice", "price"), "cost": one("costofgoodssold", "cost"),
			"stock": one("stock"), "tags": one("tags"), "image_url": one("images"), "url": one("externalurl", "url", "permalink"),
		}
	}
	return nil
}

// ignored says whether a format's column says nothing about a customer.
func ignored(format string, kind commerce.Kind, header string) bool {
	if kind != commerce.Customers || format == Generic {
		return false
	}
	return strings.HasPrefix(header, "defaultaddress") || strings.HasPrefix(header, "billing") || strings.HasPrefix(header, "shipping") ||
		header == "totalspent" || header == "totalorders"
}

// statuses are the orders' statuses that are known.
var statuses = [...]string{
	"paid", "partially_paid", "partially_refunded", "refunded", "processing", "completed", "fulfilled",
	"pending", "failed", "draft", "void",
}

// statusNames are a platform's own words for them.
func statusNames(format string) map[string]string {
	switch format {
	case Shopify:
		return map[string]string{"authorized": "pending", "unpaid": "pending", "voided": "void", "expired": "void"}
	case WooCommerce:
		return map[string]string{"on_hold": "pending", "pending_payment": "pending", "cancelled": "void", "checkout_draft": "draft", "auto_draft": "draft", "trash": "void"}
	}
	return nil
}

// knownHeaders are the headers, as key() makes them, that show a header row.
func knownHeaders(kind commerce.Kind, format string, mapped map[string]string) map[string]bool {
	known := map[string]bool{}
	for _, f := range fields(kind) {
		for _, k := range append([]string{key(f.name)}, f.synonyms...) {
			known[k] = true
		}
	}
	for _, n := range formatNames(format, kind) {
		for _, k := range n.keys {
			known[k] = true
		}
	}
	for _, column := range mapped {
		if k := key(column); k != "" && !allDigits([]byte(k)) {
			known[k] = true
		}
	}
	return known
}

func isNameRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}
