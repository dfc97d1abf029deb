package eventtest

// Probes are segments that look at each of the fields that events set.
var Probes = []string{
	`everyone`, `sum(order.total) >= 50`, `last(order.total) = 100`, `max(order.total) > 120`, `sum(order.items) >= 3`, `last(order.status) = "paid"`,
	`has order[coupon = "SPRING"]`, `last(order.currency) = "EUR"`, `sum(order.discount) > 1`, `sum(order.shipping) > 1`, `days(order) >= 2`,
	`first(order.id) = "1"`, `country = "BG"`, `city = "Cluj"`, `region = "B"`, `sum(item.revenue) > 100`, `sum(item.price) > 50`,
	`sum(item.quantity) >= 5`, `sum(item.discount) >= 1`, `last(item.product) = "lamp"`, `has item[category = "kitchen"]`,
	`has item[category = "home" and tags contains "gift"]`, `has item[sku = "7"]`, `sum(refund.total) > 10`, `last(refund.total) > 1`, `sum(refund.quantity) >= 2`,
	`has refund[reason = "broken"]`, `has refund[product = "lamp"]`, `count(refund) >= 2`, `has refund[order = "1"]`, `points.balance > 10`,
	`count(visit) >= 3`, `has visit[source = "google"]`, `has visit[landing = "/a"]`, `has visit[campaign = "web"]`, `has visit[medium = "web"]`,
	`has visit[device = "web"]`, `sum(visit.pages) >= 2`, `has message[opened = true]`, `has message[status = "sent"]`, `has message[channel = "email"]`,
	`has message[clicked = true]`, `count(message) >= 2`, `has ticket[status = "open"]`, `has ticket[topic = "returns"]`, `has ticket[order = "1"]`,
	`has coupon[redeemed = true]`, `has coupon[code = "SPRING" and value > 5]`, `has coupon[expires_at >= 10 days ago]`, `cart.value > 50`, `cart.items >= 2`,
	`has cart_item[product = "lamp" and price > 5]`, `has favourite[product = "cup"]`, `has favourite[price_drop > 0]`, `has product_viewed[price > 10]`,
	`has product_viewed[category = "home"]`, `has product_viewed[tags contains "gift"]`, `has product_viewed[tags is missing]`, `sum(product_viewed.quantity) > 3`,
	`has product_viewed[name = "Lamp"]`, `has product_viewed[score >= 3]`, `has product_viewed[score = "10.5"]`, `has product_viewed[ok = true]`,
	`has product_viewed[colour = "red"]`, `has product_viewed[sku = "7"]`, `has product_viewed[stock >= 3]`, `has product_viewed[released_at < 30 days ago]`,
	`traits.shoe_size >= 40`, `traits.Colour = "red"`, `tags contains "sale"`, `gender = "female"`, `timezone = "UTC"`,
	`birth_date anniversary in next 7 days`, `created_at < 30 days ago`, `discount.share > 0`, `spend.net > 100`, `has page`, `has home`,
	`sum(order.total) * 3.5 > 100`, `has item[price * quantity > 100]`, `max(order.total) / 3 > 10`, `avg(item.revenue) > 20`, `max(cart_item.revenue) > 50`,
}
