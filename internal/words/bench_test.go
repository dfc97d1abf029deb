package words

import "testing"

func BenchmarkIn(b *testing.B) {
	for name, text := range map[string]string{
		"reject":  `"twelve" is not a number`,
		"finding": `unknown field "order.totl": did you mean "order.total"?`,
		"nested":  `1:4: segment "a" has an error: unknown fact "ordr": did you mean "order"? (and 2 more; "kith segment check" shows all)`,
		"unknown": `something that nobody ever said: about nothing: in particular`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				In("ko", text)
			}
		})
	}
}
