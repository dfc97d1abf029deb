package customer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// TestPack packs random customers, reads some of what was packed or none of
// it, and packs them again: the bytes are the same, and so is what is asked.
func TestPack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		shop := NewShop(time.UTC)
		made := randomCustomer(r, shop)
		packed := made.Pack(nil)
		for _, look := range looks {
			c, err := shop.Unpack(packed)
			if err != nil {
				t.Fatal(err)
			}
			at := int64(r.IntN(2 * randomSpan))
			made.Stand(at)
			c.Stand(at)
			if got, want := look(c), look(made); got != want {
				t.Fatalf("at %d: got %s, want %s", at, got, want)
			}
			if got, want := c.Pending(), made.Pending(); got != want {
				t.Fatalf("at %d: pending at %d, want %d", at, got, want)
			}
			if !bytes.Equal(c.Pack(nil), packed) {
				t.Fatal("packed again, it is something else")
			}
		}
	}
}

// TestDamagedPack cuts packed customers short: that is an error or a panic of
// our own, never a wrong answer out of other memory.
func TestDamagedPack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	shop := NewShop(time.UTC)
	packed := randomCustomer(r, shop).Pack(nil)
	for n := range packed {
		c, err := shop.Unpack(slices.Clip(packed[:n]))
		if err == nil {
			t.Errorf("%d of %d bytes are a customer: %v", n, len(packed), c)
		}
	}
}

// looks are what is asked of a customer; each reads another part.
var looks = []func(c *Customer) string{
	func(*Customer) string { return "" },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "order"}, "id", "total", "coupon", "status") },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "item"}, "product", "price", "category") },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "refund"}, "order", "total", "quantity") },
	func(c *Customer) string { return facts(c, eval.Kind{Event: true, Name: "page"}, "product", "color") },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "visit"}, "pages", "duration") },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "cart_item"}, "product", "quantity") },
	func(c *Customer) string { return facts(c, eval.Kind{Name: "ticket"}, "topic", "status") },
	func(c *Customer) string {
		return fmt.Sprint(c.Field("country", segql.Text), c.Field("city", segql.Text), c.Since(), c.Newest(), c.Timed())
	},
	func(c *Customer) string {
		ids := ""
		c.EachOrder(func(id string) {
			o := c.Order(id)
			ids += fmt.Sprint(id, len(o.Fields), o.Fields["total"], len(o.Lines), o.Refunded, o.Cancelled, o.Cancels, " ")
		})
		return ids
	},
}

func facts(c *Customer, k eval.Kind, fields ...string) string {
	all := ""
	among := c.Facts(k)
	for i, at := range among.Times() {
		all += fmt.Sprint(at, ":")
		for _, name := range fields {
			all += fmt.Sprint(among.Field(i, name, segql.Text), ",")
		}
		all += " "
	}
	return all
}

const randomSpan = 1_000_000

func randomCustomer(r *rand.Rand, shop *Shop) *Customer {
	c := New(shop)
	pos := int64(0)
	place := func() Place {
		pos++
		return Place{Seq: int64(r.IntN(3)), Pos: pos}
	}
	at := func() int64 { return r.Int64N(randomSpan) }
	for i := range r.IntN(12) {
		o := &Order{ID: fmt.Sprint("o", i), At: at(), Place: place(), Cancelled: eval.Never, Status: []string{"", "paid", "pending"}[r.IntN(3)]}
		o.Fields = map[string]eval.Value{"total": eval.Whole(r.IntN(100))}
		if r.IntN(3) == 0 {
			o.Fields["coupon"], o.Fields["city"] = eval.Text("SAVE"), eval.Text("Cluj")
		}
		if r.IntN(5) == 0 {
			o.Cancelled = at()
		}
		if r.IntN(5) == 0 {
			o.Refunded, o.Cancels = eval.Whole(1), []int64{at()}
		}
		for n := range r.IntN(4) {
			l := Line{Place: place(), Number: n + 1, Product: fmt.Sprint("p", r.IntN(5)), Quantity: eval.Whole(r.IntN(4) - 1), Price: eval.Whole(7)}
			l.Own.Set(productCategory, eval.Text("shoes"))
			o.Lines = append(o.Lines, l)
		}
		c.AddOrder(o)
	}
	for range r.IntN(20) {
		e := &Event{At: at(), Place: place(), Key: []string{"page", "product_added", "product_removed", "ticket"}[r.IntN(4)], Product: fmt.Sprint("p", r.IntN(5))}
		switch r.IntN(3) {
		case 0:
			e.JSON = `{"color":"red","id":"t1","topic":"late"}`
		case 1:
			e.Properties = map[string]eval.Raw{"color": eval.RawText("blue"), "id": eval.RawText("t2")}
		}
		c.AddEvent(e)
	}
	for range r.IntN(4) {
		value := fmt.Sprint("v", r.IntN(9))
		c.Say(Statement{At: at(), Place: place(), Name: []string{"country", "city"}[r.IntN(2)], Value: &value})
	}
	if r.IntN(3) == 0 {
		c.Move("vip", false, at())
	}
	return c
}
