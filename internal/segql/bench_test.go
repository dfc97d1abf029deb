package segql

import (
	"strings"
	"testing"
)

// BenchmarkCompile watches the promise that no input takes 100 ms: the last
// ones are the slowest that the limits let through.
func BenchmarkCompile(b *testing.B) {
	for name, text := range map[string]string{
		"usual":    `sum(order.total) in last 365 days - sum(refund.total) in last 365 days >= 500 and country = "RO"`,
		"sum":      strings.Repeat("1+", 20_000) + "1 = 1",
		"names":    strings.Repeat("zzz = 1 or ", 3000) + "everyone",
		"list":     "age in (" + strings.Repeat("1,", 9000) + "1)",
		"patterns": strings.Repeat(`city matches "`+strings.Repeat(`\pL`, 300)+`" or `, 5) + "everyone",
		"events":   strings.Repeat("has y or ", 4900) + "everyone",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, problems := Compile(text, testCatalogue()); len(problems) > 0 && problems[0].Message == "" {
					b.Fatal("a problem without a message")
				}
			}
		})
	}
}
