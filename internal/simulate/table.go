package simulate

import (
	"strconv"
	"strings"
	"time"
)

// Column names of the CSV files, as the generic import format has them.
const (
	productColumns = "product_id,sku,name,category,brand,collection,price,cost,stock,stock_at," +
		"updated_at,released_at,url,image_url,tags"
	customerColumns = "customer_id,email,phone,first_name,last_name,birth_date,gender,country,region,city," +
		"postcode,language,timezone,currency,education,occupation,income,marital_status,created_at,updated_at," +
		"accepts_email,accepts_sms,tags,source,device,shoe_size,skin_type"
	orderColumns = "order_id,customer_id,email,phone,at,status,currency,total,subtotal,discount,shipping,tax," +
		"coupon,channel,country,city,cancelled_at,refunded," +
		"product_id,sku,product_name,category,brand,quantity,unit_price,line_discount"
	rateColumns = "date,currency,rate"
)

// orderFields is how many columns of orders.csv belong to the order, after
// order_id and at and before the line's.
const orderFields = 18

func (g *generator) appendProduct(r *row, p *product) {
	f := p.kind()
	for i := range p.versions {
		v := &p.versions[i]
		r.texts(p.id, p.sku, p.name, categories[f.category], p.brand, p.collection)
		r.amount(g.shop, v.price)
		r.amount(g.shop, g.shop.of(p.euro*g.shop.perEuro*0.42))
		r.number(v.stock)
		r.instant(v.stockAt)
		r.instant(v.at)
		r.instant(p.released)
		r.text("https://shop.example.com/p/" + p.id)
		r.text("https://shop.example.com/img/" + p.id + ".jpg")
		r.text(p.tags)
		r.end()
	}
}

// appendRates writes every day's rates, of the shop's days.
func (g *generator) appendRates(r *row) {
	for i, midnight := range g.calendar.days {
		on := time.Unix(midnight, 0).In(g.calendar.zone).Format(time.DateOnly)
		for n, c := range g.rates.foreign {
			r.texts(on, c.code, strconv.FormatFloat(g.rates.daily[n][i], 'f', 6, 64))
			r.end()
		}
	}
}

// appendCustomer writes the customer as they came, and again when they
// changed their mind about mail. Guests have no row.
func (g *generator) appendCustomer(r *row) int {
	p := &g.person
	if p.kind == guest {
		return 0
	}
	g.appendCustomerVersion(r, p.created, p.acceptsEmail)
	if p.consentAt == 0 {
		return 1
	}
	g.appendCustomerVersion(r, p.consentAt, !p.acceptsEmail)
	return 2
}

func (g *generator) appendCustomerVersion(r *row, since int64, acceptsEmail bool) {
	p := &g.person
	r.texts(p.customerID, p.email, p.phone, p.first, p.last, p.birth, p.gender)
	if p.kind == subscriber {
		r.blanks(4)
		r.texts(p.place.language, "", "")
	} else {
		pays := g.shop.code
		if p.pays >= 0 {
			pays = g.rates.foreign[p.pays].code
		}
		r.texts(p.place.country, p.city.region, p.city.name, p.postcode, p.place.language, p.place.timezone, pays)
	}
	r.texts(p.education, p.work, p.income, p.marital)
	r.instant(p.created)
	r.instant(since)
	r.text(strconv.FormatBool(acceptsEmail))
	r.text(strconv.FormatBool(p.acceptsSMS))
	tags := ""
	if p.habit.member && p.kind == buyer {
		tags = "points"
	}
	r.texts(tags, p.source.name, p.device.name, p.shoe, p.skin)
	r.end()
}

// appendOrder writes a row per line; what belongs to the order stands in the
// first only. A line that came back is a row of its own, at its own instant.
func (g *generator) appendOrder(r *row, o *order) int {
	for i := range o.lines {
		if i == 0 {
			g.appendOrderFields(r, o)
		} else {
			r.text(o.id)
			r.blanks(3)
			r.instant(o.at)
			r.blanks(orderFields - 5)
		}
		g.appendLine(r, o, &o.lines[i], o.lines[i].quantity, o.lines[i].off)
	}
	if o.back == nil {
		return len(o.lines)
	}
	r.text(o.id)
	r.blanks(3)
	r.instant(o.backAt)
	r.blanks(orderFields - 5)
	g.appendLine(r, o, o.back, -o.back.quantity, 0)
	return len(o.lines) + 1
}

func (g *generator) appendOrderFields(r *row, o *order) {
	p, c := &g.person, o.currency
	customerID, email, phone := p.customerID, p.email, p.phone
	if o.byEmail {
		customerID, phone = "", ""
		if p.index%3 == 0 {
			email = strings.ToUpper(email[:1]) + email[1:] // as phones type it
		}
	}
	r.texts(o.id, customerID, email, phone)
	r.instant(o.at)
	r.texts(o.status, c.code)
	r.amount(c, o.total)
	r.amount(c, o.subtotal)
	r.amountOrBlank(c, o.discount)
	r.amount(c, o.shipping)
	r.amount(c, o.tax)
	r.texts(o.coupon, o.channel, p.place.country, p.city.name)
	r.instant(o.cancelledAt)
	r.amountOrBlank(c, o.refunded)
}

func (g *generator) appendLine(r *row, o *order, l *line, quantity int, off money) {
	p := l.product
	r.texts(p.id, p.sku, p.name, categories[p.kind().category], p.brand)
	r.number(quantity)
	r.amount(o.currency, l.price)
	r.amountOrBlank(o.currency, off)
	r.end()
}
