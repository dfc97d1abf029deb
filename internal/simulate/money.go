package simulate

import (
	"math"
	"strconv"
)

// money is an amount in the smallest unit of its currency.
type money int64

// currency is what prices need to know of one. perEuro is a rough level, so
// that a mug costs what a mug costs; rates.csv moves around it.
type currency struct {
	code     string
	decimals int
	perEuro  float64
}

var currencies = []currency{
	{"EUR", 2, 1},
	{"RON", 2, 4.97},
	{"USD", 2, 1.08},
	{"GBP", 2, 0.85},
	{"KRW", 0, 1480},
	{"TWD", 2, 35},
	{"CHF", 2, 0.95},
	{"PLN", 2, 4.3},
	{"HUF", 2, 395},
	{"CZK", 2, 25},
	{"SEK", 2, 11.4},
	{"JPY", 0, 162},
	{"CNY", 2, 7.8},
}

// findCurrency returns what is known of a code; an unknown one is taken to be
// worth a euro.
func findCurrency(code string) currency {
	for _, c := range currencies {
		if c.code == code {
			return c
		}
	}
	return currency{code, 2, 1}
}

func (c currency) unit() float64 { return math.Pow10(c.decimals) }

// of rounds an amount in whole units to money.
func (c currency) of(amount float64) money { return money(math.Round(amount * c.unit())) }

// amount is the reverse of of.
func (c currency) amount(m money) float64 { return float64(m) / c.unit() }

// price turns a level in euro into a price as shops print them: 18.90, 4.50,
// or two leading digits where the currency has small units.
func (c currency) price(euro float64) money {
	x := euro * c.perEuro
	switch {
	case c.perEuro >= 20:
		step := math.Pow10(int(math.Floor(math.Log10(x))) - 1)
		return c.of(math.Round(x/step) * step)
	case x < 10:
		return c.of(math.Max(math.Round(x*2)/2, 1))
	}
	return c.of(math.Floor(x) + 0.9)
}

func (c currency) append(b []byte, m money) []byte {
	if m < 0 {
		b = append(b, '-')
		m = -m
	}
	if c.decimals == 0 {
		return strconv.AppendInt(b, int64(m), 10)
	}
	b = strconv.AppendInt(b, int64(m)/100, 10)
	cents := int64(m) % 100
	return append(b, '.', byte('0'+cents/10), byte('0'+cents%10))
}

// rates holds what one unit of each foreign currency is worth in the shop's,
// by day. Rounded to the six places that files and warehouse keep.
type rates struct {
	foreign []currency
	daily   [][]float64
}

func newRates(seed uint64, places []place, shop currency, days int) *rates {
	r := &rates{}
	d := newDice()
	for i, place := range places {
		c := findCurrency(place.currency)
		if c.code == shop.code || r.index(c.code) >= 0 {
			continue
		}
		d.reseed(seed, streamRates, uint64(i))
		level := shop.perEuro / c.perEuro
		drift := 0.0
		daily := make([]float64, days)
		for n := range daily {
			drift = 0.995*drift + 0.004*d.NormFloat64()
			daily[n] = math.Round(level*math.Exp(drift)*1e6) / 1e6
		}
		r.foreign = append(r.foreign, c)
		r.daily = append(r.daily, daily)
	}
	return r
}

func (r *rates) index(code string) int {
	for i, c := range r.foreign {
		if c.code == code {
			return i
		}
	}
	return -1
}
