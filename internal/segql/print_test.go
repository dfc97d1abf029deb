package segql

import (
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, want string }{
		{`HAS  order`, `has order`},
		{`((has order) and ((no visit)))`, `has order and no visit`},
		{`has order and (no visit and everyone)`, `has order and (no visit and everyone)`},
		{`(has order and no visit) or everyone`, `has order and no visit or everyone`},
		{`not (country = "RO")`, `not country = "RO"`},
		{`not (has order or everyone)`, `not (has order or everyone)`},
		{`at least 1 of ((has order or everyone), no visit)`, `at least 1 of (has order or everyone, no visit)`},
		{`(1 + 2) + 3 = 1 + (2 + 3)`, `1 + 2 + 3 = 1 + (2 + 3)`},
		{`(1 * 2) + 3 / (4 - 5) = 1`, `1 * 2 + 3 / (4 - 5) = 1`},
		{`1 / (2 * 3) - -4 = 01.50`, `1 / (2 * 3) - -4 = 1.5`},
		{`age = -0`, `age = 0`},
		{`has order in last 1 days`, `has order in last 1 day`},
		{`has order in last 2 Day`, `has order in last 2 days`},
		{`traits.a matches "\d\\d"`, `traits.a matches "\d\d"`},
		{`traits.a = "\"\\"`, `traits.a = "\"\\"`},
		{`has event("quiz_done")`, `has quiz_done`},
		{`has event("Quiz")`, `has Quiz`},
		{`has event("Order")`, `has event("Order")`},
		{`has event("in")`, `has event("in")`},
		{`has last`, `has event("last")`},
		{`has event("2nd Visit")`, `has event("2nd Visit")`},
		{`has event("Comandă")`, `has Comandă`},
		{`has x[not = 1 and (or) is missing]`, `has x[(not) = 1 and (or) is missing]`},
		{`percent(10, "")`, `percent(10)`},
		{`(last(order.at)) between 2026-01-01 and 2026-01-02`, `last(order.at) between 2026-01-01 and 2026-01-02`},
		{`(1 + count(order) between 2026-01-01 and 2026-01-02) * 2 = 3`, `(1 + count(order) between 2026-01-01 and 2026-01-02) * 2 = 3`},
		{`last(x.a) between 2026-01-01 and (2026-01-02 - 3)`, `last(x.a) between 2026-01-01 and (2026-01-02 - 3)`},
	} {
		n := mustParse(t, x.text)
		if got := Print(n); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
		checkRoundTrip(t, n)
	}
}

func TestToJSON(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, want string }{
		{`has order[total > 99.9] in last 30 days`, `{"facts":{"fact":"order","filter":{"kind":"compare","left":{"kind":"field","name":"total"},"op":">","right":{"kind":"number","value":99.9}}},"kind":"has","window":{"duration":{"n":30,"unit":"days"},"kind":"in_last"}}`},
		{`not event = "<a>"`, `{"kind":"not","x":{"kind":"compare","left":{"kind":"field","name":"event"},"op":"=","right":{"kind":"text","value":"<a>"}}}`},
		{`sequence(x, no event("Y Z") within 1 day)`, `{"first":{"event":"x"},"kind":"sequence","steps":[{"facts":{"event":"Y Z"},"no":true,"within":{"n":1,"unit":"days"}}]}`},
		{`tags contains "a" and sum(order.total) this week = 1`, `{"kind":"and","parts":[{"kind":"contains","text":"a","x":{"kind":"field","name":"tags"}},{"kind":"compare","left":{"facts":{"fact":"order"},"field":"total","kind":"sum","window":{"kind":"this_week"}},"op":"=","right":{"kind":"number","value":1}}]}`},
	} {
		data, err := ToJSON(mustParse(t, x.text))
		if err != nil || string(data) != x.want {
			t.Errorf("%s\n got %s, %v\nwant %s", x.text, data, err, x.want)
		}
	}
	broken, _ := Parse("has order and")
	for _, n := range []Node{nil, broken} {
		if data, err := ToJSON(n); err == nil {
			t.Errorf("a tree with holes gave %s", data)
		}
	}
}

func TestFromJSONRefuses(t *testing.T) {
	t.Parallel()
	x := `{"kind":"field","name":"age"}`
	one := `{"kind":"number","value":1}`
	everyone := `{"kind":"everyone"}`
	for _, c := range []struct{ data, want string }{
		{``, "unexpected EOF"},
		{`[`, "EOF"},
		{`nonsense`, "invalid character"},
		{`3`, "JSON: expected an object"},
		{`{}`, "/kind: expected a text"},
		{`{"kind":"nothing"}`, `unknown kind of question "nothing"`},
		{everyone + `x`, "something follows"},
		{everyone + everyone, "something follows"},
		{`{"kind":"everyone","note":1}`, `JSON: unknown field "note"`},
		{`{"kind":"everyone","kind":"everyone"}`, `"kind" is there twice`},
		{`{"kind":"and","parts":[` + everyone + `]}`, "/parts: expected an array of at least 2"},
		{`{"kind":"and","parts":[` + everyone + `,{"kind":"no"}]}`, "/parts/1/facts: expected an object"},
		{`{"kind":"has","facts":{"fact":"ordr"}}`, `/facts/fact: unknown fact "ordr"`},
		{`{"kind":"has","facts":{"fact":"order","event":"x"}}`, `/facts: unknown field "fact"`},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"this_day"}}`, "unknown kind of window"},
		{`{"kind":"has","facts":{"fact":"order"},"window":null}`, "/window: expected an object"},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"in_last","duration":{"n":1.5,"unit":"days"}}}`, "/window/duration/n: expected a whole number"},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"in_last","duration":{"n":1,"unit":"day"}}}`, "unknown unit"},
		{`{"kind":"has","facts":{"fact":"order"},"window":{"kind":"since_date","date":"2026-02-30"}}`, "not a day"},
		{`{"kind":"compare","op":"==","left":` + x + `,"right":` + one + `}`, "unknown op"},
		{`{"kind":"compare","op":"=","left":` + x + `,"right":{"kind":"number","value":1e3}}`, "expected a decimal number"},
		{`{"kind":"compare","op":"=","left":` + x + `,"right":{"kind":"number","value":"1"}}`, "expected a decimal number"},
		{`{"kind":"compare","op":"=","left":` + x + `,"right":{"kind":"number","value":0.1234567}}`, "at most 6 decimals"},
		{`{"kind":"compare","op":"=","left":` + x + `,"right":{"kind":"list"}}`, `/right: unknown kind of term "list"`},
		{`{"kind":"compare","op":"=","left":{"kind":"field","name":"a b"},"right":` + one + `}`, "not a segment when written as text"},
		{`{"kind":"compare","op":"=","left":{"kind":"field","name":"AGE"},"right":` + one + `}`, "reads differently"},
		{`{"kind":"compare","op":"=","left":{"kind":"field","name":"true"},"right":` + one + `}`, "reads differently"},
		{`{"kind":"compare","op":"=","left":` + x + `,"right":{"kind":"text","value":"a\nb"}}`, "not a segment when written as text"},
		{`{"kind":"in","x":` + x + `,"list":[]}`, "at least 1"},
		{`{"kind":"percent","n":101,"seed":""}`, "0 to 100"},
		{`{"kind":"percent","n":-1,"seed":""}`, "expected a whole number"},
		{`{"kind":"anniversary_in_next","x":` + x + `,"days":0}`, "at least 1 day"},
		{strings.Repeat(`{"kind":"not","x":`, 150) + everyone + strings.Repeat(`}`, 150), "nested more than 100 levels"},
		{strings.Repeat(`{"kind":"not","x":`, 100_000), "nested too deeply"},
		{strings.Repeat(" ", maxJSON+1), "longer than"},
	} {
		n, err := FromJSON([]byte(c.data))
		if err == nil || n != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.200s\n got %v\nwant %s", c.data, err, c.want)
		}
	}
}

func TestFromJSONHasPlaces(t *testing.T) {
	t.Parallel()
	data, err := ToJSON(mustParse(t, `( has order ) and   coutry = 3`))
	if err != nil {
		t.Fatal(err)
	}
	n, err := FromJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	_, problems := Check(n, nil)
	if got, want := Pointed(Print(n), problems), "1:15: unknown field \"coutry\": did you mean \"country\"?\n  | has order and coutry = 3\n  |               ^^^^^^\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	a := mustParse(t, `has order and no visit`)
	if !Same(a, mustParse(t, "has order\n and (no visit)")) {
		t.Error("places count")
	}
	for _, text := range []string{`has order or no visit`, `has order and has visit`, `no visit and has order`, `has order`} {
		if Same(a, mustParse(t, text)) {
			t.Errorf("same as %s", text)
		}
	}
}
