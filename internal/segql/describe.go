package segql

// DescribeFact says in English what a built-in fact is; empty for another name.
func DescribeFact(name string) string { return factTexts[name] }

// Describe says in English what a field is. facts is whose field it is, nil
// outside filters; empty for what is not in the catalogue.
func Describe(facts *Facts, field string) string {
	switch {
	case facts == nil:
		return fieldTexts[field]
	case field == "at":
		return "when it happened"
	case facts.Event:
		if field == "quantity" {
			return "units"
		}
		return productTexts[field]
	}
	if text := fieldTexts[facts.Name+"."+field]; text != "" {
		return text
	}
	return productTexts[field]
}

// DescribeFunction says in English what a function gives.
func DescribeFunction(name string) string { return functionTexts[name] }

var factTexts = map[string]string{
	"order":     "an order that counts: paid and not cancelled",
	"item":      "a line of an order",
	"refund":    "a refunded or returned line, or a whole order",
	"favourite": "a product that is in the favourites now",
	"cart_item": "a product that is in the cart now",
	"visit":     "a visit of the site, which 30 minutes without an event end",
	"message":   "a message that was sent",
	"ticket":    "a conversation with support",
	"coupon":    "a coupon that was issued to the customer",
	"points":    "a movement on the loyalty account",
}

var productTexts = map[string]string{
	"product":     "the product's id",
	"sku":         "the product's SKU",
	"name":        "the product's name",
	"category":    "the product's category",
	"brand":       "the product's brand",
	"collection":  "the product's collection",
	"tags":        "the product's tags",
	"price":       "the product's price",
	"stock":       "how many of the product are in stock",
	"released_at": "when the product came out",
}

var functionTexts = map[string]string{
	"count":      "how many there are",
	"days":       "on how many different days",
	"sum":        "the sum of a field",
	"avg":        "the average of a field",
	"min":        "the smallest value of a field",
	"max":        "the greatest value of a field",
	"distinct":   "how many different values a field has",
	"first":      "a field of the earliest",
	"last":       "a field of the latest",
	"percentile": "the share of known customers who have less, times 100",
}

var fieldTexts = map[string]string{
	"order.id": "the order's id", "order.total": "what was paid", "order.subtotal": "before discounts, shipping and tax",
	"order.discount": "the order's discount", "order.shipping": "what shipping cost", "order.tax": "tax", "order.coupon": "the coupon's code",
	"order.currency": "the currency it was paid in", "order.channel": "where it was placed", "order.status": "its status",
	"order.country": "the country it goes to", "order.city": "the city it goes to", "order.items": "how many units",

	"item.order": "the order's id", "item.price": "what was paid for a unit", "item.quantity": "units", "item.revenue": "price times quantity",
	"item.discount": "the line's discount", "item.product_age": "days since the product came out, when it was bought",

	"refund.order": "the order's id", "refund.product": "the product's id", "refund.quantity": "units", "refund.total": "what was paid back",
	"refund.reason": "why",

	"favourite.purchased": "whether it was bought since", "favourite.price_drop": "by what part the price fell since, from 0 to 1",
	"cart_item.quantity": "units", "cart_item.revenue": "price times quantity",

	"visit.source": "the source of the visit (utm_source)", "visit.medium": "its medium (utm_medium)", "visit.campaign": "its campaign (utm_campaign)",
	"visit.referrer": "the page that led here", "visit.landing": "the first page", "visit.device": "mobile, tablet or desktop",
	"visit.os": "the operating system", "visit.browser": "the browser", "visit.country": "where the visitor was",
	"visit.pages": "how many pages", "visit.duration": "how many seconds",

	"message.channel": "e-mail, SMS, push, ...", "message.campaign": "the campaign", "message.journey": "the journey", "message.template": "the template",
	"message.status": "what became of it", "message.opened": "whether a person opened it", "message.clicked": "whether a person clicked in it",
	"message.converted": "whether an order followed",

	"ticket.channel": "how the customer wrote", "ticket.status": "its status", "ticket.topic": "what it is about", "ticket.sentiment": "how the customer feels",
	"ticket.order": "the order it is about",

	"coupon.code": "the coupon's code", "coupon.campaign": "the campaign it came with", "coupon.redeemed": "whether it was used",
	"coupon.expires_at": "until when it can be used", "coupon.value": "what it is worth",

	"points.amount": "points that came (above 0) or went", "points.reason": "why",

	"country": "two letters, such as RO", "region": "the county, state or region", "city": "the city", "postcode": "the postcode",
	"language": "the language", "timezone": "the time zone, such as Europe/Bucharest", "currency": "the customer's currency", "gender": "the gender",
	"birth_date": "the date of birth", "age": "whole years since the date of birth", "occupation": "the occupation", "education": "the education",
	"income": "the income, as the shop writes it", "marital_status": "the marital status", "tags": "the customer's tags",
	"created_at": "when the account was made", "email_domain": "what stands behind the @ of the e-mail", "source": "where the customer came from",
	"device": "the device used", "subscribed.email": "whether they agreed to marketing by e-mail", "subscribed.sms": "whether they agreed to marketing by SMS",
	"subscribed.push": "whether they agreed to push messages", "subscribed.whatsapp": "whether they agreed to marketing by WhatsApp",

	"cart.value": "what is in the cart now, in money", "cart.items": "how many units are in the cart now", "cart.updated_at": "when the cart last changed",
	"points.balance": "points on the loyalty account", "spend.net": "all orders less refunds",
	"discount.share": "the part of the orders with a coupon or a discount, from 0 to 1",
	"cadence.days":   "the median of days between days with orders", "cadence.overdue": "days since the last order, divided by cadence.days",
	"stage": "how far the customer is with the shop",

	"rfm.recency": "how recently they ordered, from 1 to 5 (best)", "rfm.frequency": "how often they ordered, from 1 to 5",
	"rfm.monetary": "how much they spent, from 1 to 5", "rfm.group": "the group that recency, frequency and money make",
	"clv.alive": "the probability that they will order again", "clv.orders_12m": "orders expected in the next 12 months",
	"clv.value_12m": "what these are expected to be worth", "price_band": "whether they buy what is cheap or dear, of what they buy",

	"shop.country": "the shop's country", "shop.currency": "the shop's currency", "shop.timezone": "the shop's time zone",
	"shop.reward_points": "points that are worth a reward", "shop.shipping_step": "the checkout's step that shows shipping costs",
}
