package segql_test

import (
	"strings"
	"testing"

	"kith/internal/segql"
)

func TestLookupName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"country": "country", "subscribed.email": "subscribed.email", "traits.Shoe_size": "traits.Shoe_size", "rfm.group": "rfm.group",
		"item.category": "item category", "order.coupon": "order coupon", "product_viewed.product": "product_viewed product",
		"product_viewed.page.path": "product_viewed page.path", `event("Quiz Finished").score`: "Quiz Finished score", "Item.Category": "item category",
		"shop.country": "shop.country", "cart.value": "cart.value", "message.opened": "message opened", "Country": "country",
	} {
		facts, info, ok := segql.LookupName(name)
		got := info.Name
		if facts != nil {
			got = facts.Name + " " + got
		}
		if !ok || got != want {
			t.Errorf("%s is %q, %v, want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{
		"", " ", ".", "traits.", "nothing", "order.totl", "order", "item.", "order.total) is missing or max(order.total", `country = "RO" or country`,
		"order[total > 3].total", "order.total) in last 3 days is missing and (max(order.total", "not country", "1", `"x"`, "true", "(country)#", "country; DROP TABLE customer",
		"event(\"x\").'); DROP TABLE event; --", "traits.a' OR '1'='1", "\x00", "\xff", strings.Repeat("a", 600), "traits.a b", `event("\").x`, "country # x",
	} {
		if facts, info, ok := segql.LookupName(name); ok {
			t.Errorf("%q is %+v %+v", name, facts, info)
		}
	}
}
