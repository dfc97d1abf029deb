package segql_test

import (
	"slices"
	"testing"

	"kith/internal/priceband"
	"kith/internal/rfm"
	"kith/internal/segql"
)

// TestValuesAreThoseThatAreComputed: the checker warns about no text that a
// field can be.
func TestValuesAreThoseThatAreComputed(t *testing.T) {
	t.Parallel()
	groups := []string{}
	for _, g := range append(rfm.Groups(), rfm.Prospects) {
		groups = append(groups, string(g))
	}
	bands := []string{string(priceband.Value), string(priceband.Mid), string(priceband.Premium)}
	for field, want := range map[string][]string{"rfm.group": groups, "price_band": bands} {
		if got := segql.Values(nil, field); !slices.Equal(got, want) {
			t.Errorf("%s can be %q, want %q", field, got, want)
		}
	}
}
