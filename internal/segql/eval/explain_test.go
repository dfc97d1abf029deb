package eval_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/customer"
	"kith/internal/segql"
	"kith/internal/segql/eval"
)

func compile(t *testing.T, text string) *eval.Program {
	t.Helper()
	checked, problems := segql.Compile(text, nil)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	p, err := eval.Compile(eval.Settings{Zone: time.UTC}, []eval.Segment{{Checked: checked}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixMicro()

// withEvents is a customer with some tracked events, all at noon.
func withEvents(keys ...string) *customer.Customer {
	c := customer.New(customer.NewShop(time.UTC))
	for i, key := range keys {
		c.AddEvent(&customer.Event{At: noon, Place: customer.Place{Pos: int64(i)}, Key: key})
	}
	c.Stand(noon)
	return c
}

// TestSmallestFlips compares the leaves that would have to turn with trying
// every set of leaves.
func TestSmallestFlips(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	tried := 0
	for range 3_000 {
		leaves := 0
		text := randomTree(r, 3, &leaves)
		if leaves > 10 {
			continue
		}
		p := compile(t, text)
		var keys []string
		for i := range leaves {
			if r.IntN(2) == 0 {
				keys = append(keys, fmt.Sprint("e", i))
			}
		}
		x := p.Explain(withEvents(keys...), 0, noon)
		if x.Holds {
			continue
		}
		tried++
		var flipped []string
		mark(x, func(leaf *eval.Explanation) { flipped = append(flipped, strings.TrimPrefix(leaf.Text, "has ")) })
		want, ok := smallest(p, keys, leaves)
		if !ok {
			if len(flipped) > 0 {
				t.Fatalf("%s with %v: %v would have to turn, but no set of leaves helps", text, keys, flipped)
			}
			continue
		}
		if len(flipped) != want {
			t.Fatalf("%s with %v: %v would have to turn, but %d are enough", text, keys, flipped, want)
		}
		if !p.Explain(withEvents(toggle(keys, flipped)...), 0, noon).Holds {
			t.Fatalf("%s with %v: turning %v does not help", text, keys, flipped)
		}
	}
	if tried < 500 {
		t.Errorf("only %d trees were tried", tried)
	}
}

func mark(x *eval.Explanation, found func(*eval.Explanation)) {
	if x.Missing {
		found(x)
	}
	for _, part := range x.Parts {
		mark(part, found)
	}
}

// toggle turns leaves: who has the event loses it.
func toggle(keys, flipped []string) []string {
	all := slices.Clone(keys)
	for _, key := range flipped {
		if i := slices.Index(all, key); i >= 0 {
			all = slices.Delete(all, i, i+1)
		} else {
			all = append(all, key)
		}
	}
	return all
}

// smallest tries all sets of leaves.
func smallest(p *eval.Program, keys []string, leaves int) (n int, ok bool) {
	n = leaves + 1
	for set := range 1 << leaves {
		if bits.OnesCount(uint(set)) >= n {
			continue
		}
		var flipped []string
		for i := range leaves {
			if set&(1<<i) != 0 {
				flipped = append(flipped, fmt.Sprint("e", i))
			}
		}
		if holds, _ := p.Ask(withEvents(toggle(keys, flipped)...), 0, noon); holds {
			n, ok = bits.OnesCount(uint(set)), true
		}
	}
	return n, ok
}

// randomTree joins leaves, each another event.
func randomTree(r *rand.Rand, depth int, leaves *int) string {
	if depth == 0 || r.IntN(4) == 0 {
		*leaves++
		return fmt.Sprint("has e", *leaves-1)
	}
	var parts []string
	for range 2 + r.IntN(2) {
		parts = append(parts, "("+randomTree(r, depth-1, leaves)+")")
	}
	switch r.IntN(4) {
	case 0:
		return strings.Join(parts, " and ")
	case 1:
		return strings.Join(parts, " or ")
	case 2:
		return "not " + parts[0]
	default:
		return fmt.Sprintf("at least %d of (%s)", r.IntN(len(parts)+2), strings.Join(parts, ", "))
	}
}

// TestFlipsComeFirstInTheText: of sets of one size, the first.
func TestFlipsComeFirstInTheText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"has a or has b":                            "has a",
		"at least 2 of (has a, has b, has c)":       "has a, has b",
		"(has a and has b) or has c":                "has c",
		"(has a and has b) or (has c and has d)":    "has a, has b",
		"not (has page and has page_viewed)":        "has page",
		"has a and no page":                         "has a, no page",
		"at least 3 of (has a, has b)":              "",
		"has a and at least 3 of (has b, has page)": "",
	} {
		x := compile(t, text).Explain(withEvents("page", "page_viewed"), 0, noon)
		var got []string
		mark(x, func(leaf *eval.Explanation) { got = append(got, leaf.Text) })
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %v would have to turn, want %s", text, got, want)
		}
	}
}

func TestValuesAreWritten(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]eval.Value{
		"12.5": eval.Number(12_500_000), "-0.000001": eval.Number(-1), "3": eval.Whole(3), "0": eval.Number(0),
		"0.333333": eval.RawText("0.333333").Read(segql.Number), "": {}, "true": eval.Bool(true),
		"2026-03-01T12:00:00.000001Z": eval.Instant(noon + 1), "2024-02-29": eval.Date(segql.Date{Year: 2024, Month: 2, Day: 29}),
		"a, b": eval.List([]string{"a", "b"}),
	} {
		if got := v.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
