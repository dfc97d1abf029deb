package segql

import (
	"fmt"
	"strings"
	"testing"
)

func mustCompile(t testing.TB, text string, c *Catalogue) *Checked {
	t.Helper()
	checked, problems := Compile(text, c)
	if len(problems) > 0 {
		t.Fatalf("%s", Pointed(text, problems))
	}
	return checked
}

// typesOf lists the terms of a checked tree with their types, by place.
func typesOf(c *Checked) string {
	names := map[Type]string{Number: "Number", Fraction: "Fraction", Text: "Text", Bool: "Bool", DateType: "Date", Instant: "Instant", List: "List"}
	var parts []string
	Walk(c.Root, func(x any) bool {
		if t, ok := x.(Term); ok {
			s := PrintTerm(t) + ":" + names[c.TypeOf(t)]
			if a, ok := x.(*Aggregate); ok && a.Field != "" {
				s += "<" + names[c.AggregateFields[a].Type]
			}
			parts = append(parts, s)
		}
		return true
	})
	return strings.Join(parts, " ")
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, want string }{
		{`traits.x = 3`, `traits.x:Number 3:Number`},
		{`3 = traits.x`, `3:Number traits.x:Number`},
		{`traits.x = "a"`, `traits.x:Text "a":Text`},
		{`traits.x = true`, `traits.x:Bool true:Bool`},
		{`traits.x > 2026-01-31`, `traits.x:Date 2026-01-31:Date`},
		{`traits.x > 3 days ago`, `traits.x:Instant 3 days ago:Instant`},
		{`traits.x > created_at`, `traits.x:Instant created_at:Instant`},
		{`traits.x > discount.share`, `traits.x:Number discount.share:Fraction`},
		{`traits.x = traits.y`, `traits.x:Text traits.y:Text`},
		{`tags = traits.y`, `tags:List traits.y:Text`},
		{`traits.x + traits.y > traits.z`, `traits.x + traits.y:Number traits.x:Number traits.y:Number traits.z:Number`},
		{`traits.x between traits.y and 3`, `traits.x:Number traits.y:Number 3:Number`},
		{`age between traits.y and traits.z`, `age:Number traits.y:Number traits.z:Number`},
		{`traits.x between 2026-01-31 and 1 day ago`, `traits.x:Date 2026-01-31:Date 1 day ago:Instant`},
		{`traits.x in (traits.y, true)`, `traits.x:Bool traits.y:Bool true:Bool`},
		{`traits.x is missing`, `traits.x:Text`},
		{`traits.x contains "a"`, `traits.x:Text`},
		{`traits.x anniversary today`, `traits.x:Date`},
		{`percentile(traits.x) > 3`, `percentile(traits.x):Fraction traits.x:Number 3:Number`},
		{`sum(x.a) > 3`, `sum(x.a):Number<Number 3:Number`},
		{`avg(x.a) > 3`, `avg(x.a):Fraction<Number 3:Number`},
		{`distinct(x.a) > 3`, `distinct(x.a):Number<Text 3:Number`},
		{`max(x.a) > 3`, `max(x.a):Number<Number 3:Number`},
		{`max(x.a) > "b"`, `max(x.a):Text<Text "b":Text`},
		{`max(x.a) > 1 day ago`, `max(x.a):Instant<Instant 1 day ago:Instant`},
		{`max(x.a) > traits.b`, `max(x.a):Number<Number traits.b:Number`},
		{`traits.b < min(x.a)`, `traits.b:Number min(x.a):Number<Number`},
		{`first(x.a) = traits.b`, `first(x.a):Text<Text traits.b:Text`},
		{`last(x.a) = true`, `last(x.a):Bool<Bool true:Bool`},
		{`last(x.a) is missing`, `last(x.a):Text<Text`},
		{`last(x.a) + 1 > 3`, `last(x.a) + 1:Number last(x.a):Number<Number 1:Number 3:Number`},
		{`count(x[a = 3 and b = "c" and a = b]) > 3`, `count(x[a = 3 and b = "c" and a = b]):Number a:Number 3:Number b:Text "c":Text a:Text b:Text 3:Number`},
		{`count(x[step = shop.shipping_step and n = shop.reward_points]) > 3`, `count(x[step = shop.shipping_step and n = shop.reward_points]):Number step:Text shop.shipping_step:Text n:Number shop.reward_points:Number 3:Number`},
		{`sum(order.total) > 3`, `sum(order.total):Number<Number 3:Number`},
		{`sum(item.product_age) > 3`, `sum(item.product_age):Fraction<Fraction 3:Number`},
		{`max(order.coupon) > "A"`, `max(order.coupon):Text<Text "A":Text`},
		{`last(item.tags) = "gift"`, `last(item.tags):List<List "gift":Text`},
		{`last(order.at) - first(order.at) > 3`, `last(order.at) - first(order.at):Fraction last(order.at):Instant<Instant first(order.at):Instant<Instant 3:Number`},
		{`last(order.at) - 3 days ago + 1 > 3`, `last(order.at) - 3 days ago + 1:Number last(order.at) - 3 days ago:Fraction last(order.at):Instant<Instant 3 days ago:Instant 1:Number 3:Number`},
		{`cadence.days * 2 > 3`, `cadence.days * 2:Number cadence.days:Number 2:Number 3:Number`},
	} {
		if got := typesOf(mustCompile(t, x.text, nil)); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
		}
	}
}

func TestReferencesAreShared(t *testing.T) {
	t.Parallel()
	looked := map[string]int{}
	// Each segment refers to the next one three times: 3^60 ways to the last.
	catalogue := &Catalogue{Segment: func(id string) (Node, bool) {
		looked[id]++
		var n int
		if _, err := fmt.Sscanf(id, "s%d", &n); err != nil || n > 60 {
			return &Compare{L: &Field{Name: "rfm.group"}, R: &StringLit{Value: "New"}}, true
		}
		next := func() Node { return &InSegment{ID: fmt.Sprintf("s%d", n+1)} }
		return &Or{Parts: []Node{next(), &Not{X: next()}, next()}}, true
	}}
	checked := mustCompile(t, `in segment "s0" or in segment "s1"`, catalogue)
	for id, n := range looked {
		if n != 1 {
			t.Errorf("%s was looked up %d times", id, n)
		}
	}
	if checked.Refs["s0"].Refs["s1"] != checked.Refs["s1"] {
		t.Error("s1 was checked twice")
	}
	if !checked.ReadsBase() {
		t.Error("the base field at the end of the chain was not found")
	}
	if mustCompile(t, `has order`, nil).ReadsBase() || !mustCompile(t, `percentile(age) > 3`, nil).ReadsBase() {
		t.Error("ReadsBase is wrong")
	}
}

func TestChainOfReferencesHasALimit(t *testing.T) {
	t.Parallel()
	catalogue := &Catalogue{Segment: func(id string) (Node, bool) { return &InSegment{ID: id + "x"}, true }}
	_, problems := Compile(`in segment "s"`, catalogue)
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "deep") {
		t.Errorf("got %v", problems)
	}
}

func TestMovedIsNotInRefs(t *testing.T) {
	t.Parallel()
	checked := mustCompile(t, `in segment "vip" and entered segment "other" today`, &Catalogue{
		Segment: func(string) (Node, bool) { return &Everyone{}, true },
	})
	if len(checked.Refs) != 1 || checked.Refs["vip"] == nil {
		t.Errorf("got %v", checked.Refs)
	}
}

func TestHandMadeTrees(t *testing.T) {
	t.Parallel()
	order := &Facts{Name: "order"}
	for _, x := range []struct {
		tree Node
		want string
	}{
		{&Has{Facts: &Facts{Name: "ordr"}}, `unknown fact "ordr": did you mean "order"?`},
		{&Compare{L: &Aggregate{Func: Sum, Facts: order}, R: &NumberLit{}}, "sum needs a field"},
		{&Compare{L: &Aggregate{Func: Count, Facts: order, Field: "total"}, R: &NumberLit{}}, "count takes no field"},
	} {
		if _, problems := Check(x.tree, nil); len(problems) != 1 || !strings.Contains(problems[0].Message, x.want) {
			t.Errorf("%s: got %v, want %s", Print(x.tree), problems, x.want)
		}
	}
}

func TestTreesWithHoles(t *testing.T) {
	t.Parallel()
	broken, _ := Parse("has order and age >")
	if checked, problems := Check(broken, nil); checked != nil || len(problems) != 1 {
		t.Errorf("got %v, %v", checked, problems)
	}
	_, problems := Compile(`in segment "broken"`, &Catalogue{Segment: func(string) (Node, bool) { return broken, true }})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, `segment "broken" has an error`) {
		t.Errorf("got %v", problems)
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	for _, name := range FactNames() {
		f := &Facts{Name: name}
		if at, ok := LookupFactField(f, "at"); !ok || at.Type != Instant || at.CanBeMissing {
			t.Errorf("%s.at is %v", name, at)
		}
		seen := map[string]bool{}
		for _, info := range FactFields(f) {
			if seen[info.Name] || info.Kind != FactField || info.Type == Invalid {
				t.Errorf("%s has %v", name, info)
			}
			seen[info.Name] = true
		}
	}
	for _, info := range Fields() {
		if got, ok := LookupField(info.Name); !ok || got != info || info.Kind == NoField {
			t.Errorf("%s is found as %v", info.Name, got)
		}
		if again := fieldName(info.Name); again != info.Name {
			t.Errorf("%s is read as %s", info.Name, again)
		}
	}
	event := &Facts{Event: true, Name: "order"}
	if info, ok := LookupFactField(event, "total"); !ok || info.Type != Dynamic {
		t.Errorf(`event("order").total is %v`, info)
	}
	if info, _ := LookupFactField(event, "price"); info.Type != Number {
		t.Errorf(`event("order").price is %v`, info)
	}
	for _, name := range []string{"traits.", "traits", "order", "nothing"} {
		if info, ok := LookupField(name); ok {
			t.Errorf("%s is found as %v", name, info)
		}
	}
}

func TestEventKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Product Viewed":   "product_viewed",
		"product-viewed":   "product_viewed",
		"product_viewed":   "product_viewed",
		" Product__Viewed": "product_viewed",
		"Product Viewed!":  "product_viewed",
		"Step 2":           "step_2",
		"Comandă Plasată":  "comandă_plasată",
		"장바구니 담기":          "장바구니_담기",
		"สินค้า":           "สินค้า",
		"!?":               "",
		"":                 "",
	} {
		if got := EventKey(name); got != want {
			t.Errorf("EventKey(%q) = %q, want %q", name, got, want)
		}
		if got := EventKey(want); got != want {
			t.Errorf("EventKey(%q) = %q", want, got)
		}
	}
}
