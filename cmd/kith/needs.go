package main

import "strings"

// needs says what a preset waits for: one of the names that package segment
// gives to facts.
func needs(missing []string) string {
	words := make([]string, len(missing))
	for i, name := range missing {
		kind, rest, _ := strings.Cut(name, ":")
		switch {
		case kind == "event":
			words[i] = "events " + rest
		case kind == "field":
			words[i] = "the customer field " + rest
		case strings.HasPrefix(name, "shop."):
			words[i] = strings.TrimPrefix(name, "shop.") + " in kith.yaml"
		case name == "clv":
			words[i] = "CLV scores"
		case name == "price_band":
			words[i] = "items with prices and categories"
		case name == "released_at" || name == "stock" || name == "price" || name == "tags" || name == "category":
			words[i] = "products with " + name
		default:
			words[i] = "facts: " + name
		}
	}
	return strings.Join(words, " or ")
}
