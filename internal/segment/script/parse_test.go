package script_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/commerce"
	"kith/internal/segment/script"
)

// example is the script on the page of the language.
const example = `
shop timezone=Europe/Bucharest currency=RON country=RO
segment buyers = has order in last 30 days
customer ana country=RO birth_date=1990-02-28 subscribed.email=true traits.shoe_size=38
product lamp category=home price=99.90 stock=2 released_at=2026-01-10
at 2026-03-01T10:00:00Z ana order id=o1 total=120.00 coupon=SPRING item=lamp*2@49.95
at 2026-03-02T08:30:00Z ana product_viewed product=lamp
at 2026-03-05T00:00:00Z ana refund order=o1 product=lamp quantity=1 total=49.95
at 2026-03-06T00:00:00Z ana cancel order=o1
at 2026-03-07T00:00:00Z - product lamp stock=0
expect 2026-03-20T00:00:00Z buyers = none
at 2026-02-20T09:00:00Z bob order id=o0 total=15        # arrives late
expect 2026-03-20T00:00:00Z buyers = bob
expect 2026-03-22T09:00:00Z buyers = none
transitions buyers bob = entered 2026-03-20T00:00:00Z, left 2026-03-22T09:00:00Z
invalid sum(order.totl) > 5 = 1:11
---
`

func parse(t *testing.T, text string) []script.Shop {
	t.Helper()
	shops, err := script.Parse("x.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return shops
}

func TestParseExample(t *testing.T) {
	t.Parallel()
	shops := parse(t, example)
	if len(shops) != 1 || len(shops[0].Lines) != 13 {
		t.Fatalf("got %d shops, want one with 13 lines: %+v", len(shops), shops)
	}
	s := shops[0]
	if s.Settings.Zone.String() != "Europe/Bucharest" || s.Settings.Currency != "RON" || s.Settings.Country != "RO" {
		t.Errorf("settings: %+v", s.Settings)
	}
	if text, _ := s.Text("buyers"); text != "has order in last 30 days" {
		t.Errorf("segment: %q", text)
	}
	order := s.Lines[2].(script.Order)
	if got := order.Items; len(got) != 1 || got[0].Product != "lamp" || got[0].Quantity != 2e6 || got[0].Price != 49_950_000 {
		t.Errorf("items: %+v", got)
	}
	late := s.Lines[8].(script.Order)
	if late.Who.Customer != "bob" || late.Where().String() != "x.txt:12" {
		t.Errorf("late order: %+v", late)
	}
	moves := s.Lines[11].(script.Transitions)
	if len(moves.Moves) != 2 || moves.Moves[0].Left || !moves.Moves[1].Left {
		t.Errorf("transitions: %+v", moves)
	}
	invalid := s.Lines[12].(script.Invalid)
	if invalid.Text != "sum(order.totl) > 5" || invalid.Line != 1 || invalid.Column != 11 {
		t.Errorf("invalid: %+v", invalid)
	}
}

func TestPrintReadsBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{example, extended} {
		first := parse(t, text)[0]
		again := parse(t, script.Print(first))[0]
		var a, b []string
		for i := range first.Lines {
			a = append(a, fmt.Sprintf("%+v", records(t, first, i)), script.PrintLine(first.Lines[i]))
			b = append(b, fmt.Sprintf("%+v", records(t, again, i)), script.PrintLine(again.Lines[i]))
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("the printed script differs: %s", diff)
		}
	}
}

const extended = `
shop timezone=Asia/Seoul reward_points=12.5 shipping_step="step two" language=ko
segment "a b" = has order # comment
segment none2 = everyone
rate 2026-03-01 USD 4.5
customer ana email=ana@example.com traits.colour="dark, red" tags="new in,gift" country=
customer email:b@example.com phone=+40721 created_at=2026-01-02
at 2026-03-01T10:00:00.1234567Z anon:a1 "Quiz Finished" score=5 size="5" ok=true tags=a,b note="say \"hi\" \\ #" empty=
at 2026-03-01T10:00:01Z ana product_viewed anonymous_id=a1 product=007 message_id=m1
at 2026-03-01T10:00:02+02:00 - ticket id=7 status=open
at 2026-03-01T10:00:02Z "-" order item="red lamp*1.5@2" item.category=sale item.discount=0.5 item=cup*1@3 currency=USD
at 2026-03-01T10:00:02Z ana points amount=-5
at 2026-03-01T10:00:02Z ana coupon expires_at=2026-04-01 value=10
at 2026-03-01T10:00:02Z ana traits traits.shoe=38 age=12345678901234
expect 2026-03-01T11:00:00Z "a b" = bob, ana
asof 2026-02-01T11:00:00Z none2 = none
`

// records renders a line's records but for their line numbers.
func records(t *testing.T, s script.Shop, i int) string {
	t.Helper()
	var out []string
	for _, r := range script.Arrivals(s.Settings, s.Lines[i], int64(i)*10) {
		allowed := map[string]bool{}
		for _, c := range commerce.Records(r.Kind) {
			allowed[c.Name] = true
		}
		var values []string
		for k, v := range r.Values {
			if !allowed[k] {
				t.Errorf("%s has no column %q", r.Kind, k)
			}
			switch v := v.(type) {
			case time.Time:
				values = append(values, k+"="+v.Format(time.RFC3339Nano))
			case []script.Said:
				text, _ := json.Marshal(v)
				values = append(values, k+"="+string(text))
			default:
				if k != "line" && k != "file" {
					values = append(values, fmt.Sprintf("%s=%v", k, v))
				}
			}
		}
		sort.Strings(values)
		out = append(out, string(r.Kind)+": "+strings.Join(values, "; "))
	}
	return strings.Join(out, "\n")
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	s := parse(t, extended)[0]
	var got []string
	for i := range s.Lines {
		if r := records(t, s, i); r != "" {
			got = append(got, r)
		}
	}
	want := []string{
		"rates: currency=USD; date=2026-03-01T00:00:00Z; pos=0; rate=4.5",
		`customers: customer_id=ana; email=ana@example.com; fields=[{"Name":"traits.colour","Value":"dark, red"},` +
			`{"Name":"tags","Value":"[\"new in\",\"gift\"]"},{"Name":"country","Value":null},{"Name":"email_domain","Value":"example.com"}]; pos=10`,
		"customers: created_at=2026-01-01T15:00:00Z; email=b@example.com; fields=[{\"Name\":\"email_domain\",\"Value\":\"example.com\"}]; phone=+40721; pos=20",
		`events: anonymous_id=a1; event=Quiz Finished; pos=30; properties={"empty":"","note":"say \"hi\" \\ #",` +
			`"ok":true,"score":5,"size":"5","tags":["a","b"]}; ts=2026-03-01T10:00:00.123456Z; type=track`,
		`events: anonymous_id=a1; customer_id=ana; event=product_viewed; message_id=m1; pos=40; ` +
			`properties={"product":"007"}; ts=2026-03-01T10:00:01Z; type=track`,
		`events: event=ticket; pos=50; properties={"id":"7","status":"open"}; ts=2026-03-01T08:00:02Z; type=track`,
		"orders: category=sale; currency=USD; customer_id=-; line_discount=0.5; order_id=0000000060; pos=60; " +
			"product_id=red lamp; quantity=1.5; ts=2026-03-01T10:00:02Z; unit_price=2\n" +
			"orders: currency=USD; customer_id=-; order_id=0000000060; pos=61; product_id=cup; quantity=1; " +
			"ts=2026-03-01T10:00:02Z; unit_price=3",
		`events: customer_id=ana; event=points; pos=70; properties={"amount":-5}; ts=2026-03-01T10:00:02Z; type=track`,
		`events: customer_id=ana; event=coupon; pos=80; properties={"expires_at":"2026-03-31T15:00:00Z","value":10}; ` +
			`ts=2026-03-01T10:00:02Z; type=track`,
		`customers: customer_id=ana; fields=[{"Name":"traits.shoe","Value":"38"},{"Name":"age","Value":"12345678901234"}]; ` +
			`pos=90; updated_at=2026-03-01T10:00:02Z`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hello":                   `x.txt:1: "hello" starts no line`,
		"\nshop zone=UTC":         `x.txt:2: unknown setting "zone"`,
		"shop timezone=Mars/Base": "x.txt:1: timezone: ",
		"segment x has order":     "expected segment ID = TEXT",
		"segment x = everyone\nsegment x = everyone":                          "x.txt:2: segment x has a line already",
		"at 2026-03-01 ana order":                                             `"2026-03-01" is not an instant`,
		"at 2026-03-01T00:00:00Z ana order totl=5":                            `unknown key "totl"`,
		"at 2026-03-01T00:00:00Z ana order total=x":                           `total: "x" is not a number`,
		"at 2026-03-01T00:00:00Z ana order item=lamp":                         "expected item=PRODUCT*QUANTITY@PRICE",
		"at 2026-03-01T00:00:00Z ana cancel":                                  "cancel needs order=",
		"at 2026-03-01T00:00:00Z ana ticket stat=x":                           `unknown key "stat"`,
		"at 2026-03-01T00:00:00Z anon:x order":                                "an order takes no anonymous id",
		"at 2026-03-01T00:00:00Z ana product lamp":                            "expected at T - product NAME",
		"at 2026-03-01T00:00:00Z ana x\ncustomer ana":                         "x.txt:2: customer lines stand before the first at and expect",
		"customer ana\ncustomer ana":                                          "customer ana has a line already",
		"at 2026-03-02T00:00:00Z ana x\nexpect 2026-03-01T00:00:00Z s = none": "the clock already stands at 2026-03-02T00:00:00Z",
		"expect 2026-03-01T00:00:00Z s":                                       "expected expect T ID = MEMBERS",
		"transitions s ana = into 2026-03-01T00:00:00Z":                       "expected entered or left, not into",
		"invalid has = 1":                                                     "expected invalid TEXT = LINE:COLUMN",
		`at 2026-03-01T00:00:00Z ana x a="b`:                                  `a closing " is missing`,
		`at 2026-03-01T00:00:00Z ana x a=b"c"`:                                "quotes go around the whole value",
	} {
		_, err := script.Parse("x.txt", strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// FuzzParse: a script is read the same way twice, and what is wrong with it
// names the file and a line of it.
func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("shop timezone=Local\nrate 2026-01-01 EUR 1.5\n")
	f.Add("at 2026-03-01T10:00:00Z \"ana")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			t.Skip("long ones only slow the search")
		}
		shops, err := script.Parse("x.txt", strings.NewReader(text))
		again, other := script.Parse("x.txt", strings.NewReader(text))
		if fmt.Sprint(err) != fmt.Sprint(other) || len(shops) != len(again) {
			t.Fatalf("%q: %v, then %v", text, err, other)
		}
		if err == nil {
			return
		}
		var line int
		if _, wrong := fmt.Sscanf(err.Error(), "x.txt:%d", &line); wrong != nil || line < 1 || line > 1+strings.Count(text, "\n") {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// FuzzNumber: a number that fits is read again from how it is written.
func FuzzNumber(f *testing.F) {
	for _, text := range []string{"1.5", "-0", "+7", "999999999999.999999", "0000000000001", "1.0000000", ".5", "5."} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, fits, err := script.ParseNumber(text)
		if !fits || err != nil {
			return
		}
		if n >= 1e18 || n <= -1e18 {
			t.Fatalf("%q: %d", text, n)
		}
		if again, fits, err := script.ParseNumber(n.String()); !fits || err != nil || again != n {
			t.Fatalf("%q: %s, and of that %s, %t, %v", text, n, again, fits, err)
		}
	})
}
