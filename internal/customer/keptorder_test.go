package customer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kith/internal/segql"
	"kith/internal/segql/eval"
)

// manyLines is an order of many lines.
func manyLines(lines int) *Order {
	o := &Order{ID: "o1", At: 1, Place: Place{1, 1}, Status: "paid", Cancelled: eval.Never, Fields: map[string]eval.Value{"total": eval.Whole(1)}}
	for i := range lines {
		o.Lines = append(o.Lines, Line{
			Place: Place{1, 1}, Number: i + 1, Product: fmt.Sprint("p", i), Quantity: eval.Whole(1), Price: eval.Whole(20),
		})
	}
	return o
}

func held(s *orders) int { return cap(s.heads) + cap(s.rest) }

// TestChangesTakeNoRoom changes an order a thousand times: what it was before
// takes no memory for long, and the weight is that of all that is held.
func TestChangesTakeNoRoom(t *testing.T) {
	t.Parallel()
	c := New(NewShop(time.UTC))
	c.Stand(100)
	c.AddOrder(manyLines(100))
	packed := len(c.Pack(nil))
	for i := range 1000 {
		o := c.Order("o1")
		o.Status, o.Refunded = [...]string{"paid", "pending", "completed"}[i%3], eval.Whole(i)
		c.ChangeOrder(o)
		if got := held(&c.orders); got > 5*packed {
			t.Fatalf("after %d changes %d bytes are held for %d", i+1, got, packed)
		}
		if c.Weight() < held(&c.orders) {
			t.Fatalf("after %d changes %d bytes are held; the weight is %d", i+1, held(&c.orders), c.Weight())
		}
	}
	if o := c.Order("o1"); o.Status != "paid" || len(o.Lines) != 100 || o.Refunded != eval.Whole(999) {
		t.Errorf("got %+v", o)
	}
}

// TestCancellationsTakeNoRoom cancels an order a thousand times: the earliest
// counts, and no other is kept.
func TestCancellationsTakeNoRoom(t *testing.T) {
	t.Parallel()
	c := New(NewShop(time.UTC))
	c.Stand(10_000)
	c.AddOrder(manyLines(1))
	packed := len(c.Pack(nil))
	for i := range 1000 {
		o := c.Order("o1")
		o.Cancels = append(o.Cancels, int64(5000-i))
		c.ChangeOrder(o)
	}
	if got := len(c.Pack(nil)); got > packed+10 || held(&c.orders) > 10*packed {
		t.Errorf("%d bytes are packed instead of %d, %d are held", got, packed, held(&c.orders))
	}
	if got := c.Order("o1").Cancels; !slices.Equal(got, []int64{4001}) {
		t.Errorf("cancelled at %v", got)
	}
	if n := len(c.Facts(orderKind).Times()); n != 0 {
		t.Errorf("%d orders count", n)
	}
}

// TestSameOrderAgain: an order that comes again as it is changes nothing, so
// what was worked out stays.
func TestSameOrderAgain(t *testing.T) {
	t.Parallel()
	c := New(NewShop(time.UTC))
	c.Stand(100)
	o := manyLines(3)
	o.Cancels = []int64{70, 50, 60}
	c.AddOrder(o)
	facts, heads, rest := c.Facts(orderKind), len(c.orders.heads), len(c.orders.rest)
	for range 3 {
		c.ChangeOrder(c.Order("o1"))
	}
	c.ChangeOrder(o)
	if c.Facts(orderKind) != facts || len(c.orders.heads) != heads || len(c.orders.rest) != rest || c.orders.moved {
		t.Errorf("it changed: %d bytes and %d, before %d and %d", len(c.orders.heads), len(c.orders.rest), heads, rest)
	}
	o = c.Order("o1")
	o.Cancels = append(o.Cancels, 40)
	c.ChangeOrder(o)
	if c.Facts(orderKind) == facts || len(c.orders.rest) != rest {
		t.Error("a cancellation must change it, and not its lines")
	}
}

// TestChangedCustomers changes random orders of random customers, packed and
// not: they are what they would be if the orders had come as they are now.
func TestChangedCustomers(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 9))
		shop := NewShop(time.UTC)
		c := New(shop)
		c.Stand(2 * randomSpan)
		var orders []*Order
		for step := range 150 {
			switch n := len(orders); {
			case n < 2 || r.IntN(8) == 0:
				o := manyLines(r.IntN(5))
				o.ID, o.At, o.Place = fmt.Sprint("o", n), r.Int64N(randomSpan), Place{1, int64(step)}
				orders = append(orders, o)
				c.AddOrder(cloned(o))
			case r.IntN(20) == 0:
				other, err := shop.Unpack(c.Pack(nil))
				if err != nil {
					t.Fatal(err)
				}
				other.Stand(c.Now())
				c = other
			default:
				o := orders[r.IntN(n)]
				changeRandomly(r, o)
				c.ChangeOrder(cloned(o))
			}
			looks[r.IntN(len(looks))](c)
		}
		fresh := New(shop)
		for _, o := range orders {
			fresh.AddOrder(cloned(o))
		}
		fresh.Stand(c.Now())
		for i, look := range looks {
			if got, want := look(c), look(fresh); got != want {
				t.Fatalf("seed %d, look %d: got %s, want %s", seed, i, got, want)
			}
		}
		for _, o := range orders {
			if got := c.Order(o.ID); got == nil || got.At != o.At || got.Status != o.Status {
				t.Fatalf("seed %d: got %+v, want %+v", seed, got, o)
			}
		}
		if c.Order("none") != nil {
			t.Fatalf("seed %d: an order that is not there was found", seed)
		}
	}
}

func changeRandomly(r *rand.Rand, o *Order) {
	switch r.IntN(4) {
	case 0:
		o.Status = [...]string{"", "paid", "pending"}[r.IntN(3)]
	case 1:
		o.Cancelled = o.At + r.Int64N(randomSpan)
	case 2:
		o.Cancels = append(o.Cancels, o.At+r.Int64N(randomSpan))
	case 3:
		o.Refunded = eval.Whole(r.IntN(3))
	}
}

func cloned(o *Order) *Order {
	n := *o
	n.Lines, n.Cancels = slices.Clone(o.Lines), slices.Clone(o.Cancels)
	return &n
}

// TestOrdersThatShareAHash: ids are told apart when their hashes are not.
func TestOrdersThatShareAHash(t *testing.T) {
	t.Parallel()
	c := New(NewShop(time.UTC))
	for i := range 20 {
		o := manyLines(1)
		o.ID, o.At = fmt.Sprint("o", i), int64(i)
		c.AddOrder(o)
	}
	c.Order("o0") // makes byHash
	h := c.orders.hash("o3", c.shop)
	c.orders.byHash[h] = 7
	c.orders.byHash[c.orders.hash("o20", c.shop)] = 7
	for _, id := range []string{"o3", "o7"} {
		if o := c.Order(id); o == nil || o.ID != id {
			t.Errorf("%s: got %v", id, o)
		}
	}
	if o := c.Order("o20"); o != nil {
		t.Errorf("o20: got %v", o)
	}
}

// TestMostOrderBytes: a place that does not fit is never another place.
func TestMostOrderBytes(t *testing.T) {
	t.Parallel()
	if got := offset(math.MaxUint32); got != math.MaxUint32 {
		t.Error(got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a place after 4 GiB is none")
		}
	}()
	offset(math.MaxUint32 + 1)
}

// TestBoughtBefore1970: a product was bought before it became a favourite, or
// after, at any instant that is taken.
func TestBoughtBefore1970(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{-2_000_000_000_000_000, -1, 0, 1} {
		for _, asked := range []bool{false, true} { // before the orders came
			for _, after := range []bool{false, true} {
				c := New(NewShop(time.UTC))
				c.Stand(at + 1000)
				c.AddEvent(&Event{At: at + 20, Place: Place{1, 2}, Key: "product_added_to_wishlist", Product: "p"})
				purchased := func() string {
					return c.Facts(eval.Kind{Name: "favourite"}).Field(0, "purchased", segql.Bool).String()
				}
				if asked {
					purchased()
				}
				for _, order := range []struct {
					id string
					at int64
				}{{"o1", at + 10}, {"o2", at + 15}, {"o3", at + 30}} {
					if o := manyLines(1); after || order.id != "o3" {
						o.ID, o.At, o.Lines[0].Product = order.id, order.at, "p"
						c.AddOrder(o)
					}
				}
				if got := purchased(); got != fmt.Sprint(after) {
					t.Errorf("favourite at %d, bought after it %v: purchased is %s", at+20, after, got)
				}
			}
		}
	}
}
