package intake

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkTrack reads a batch of a hundred events as clients send them, of
// about 600 bytes each.
func BenchmarkTrack(b *testing.B) {
	const n = 100
	filler := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 10)[:200]
	for name, surroundings := range map[string]string{
		"plain":   "",
		"browser": `,"context":{"page":{"url":"https://shop.example/p/1?utm_source=news","referrer":"https://search.example/","title":"Pens","path":"/p/1"},"userAgent":"` + chromeAgent + `","locale":"ro-RO","library":{"name":"analytics.js","version":"next-1.84.3"}}`,
	} {
		b.Run(name, func(b *testing.B) {
			events := make([]string, n)
			for i := range events {
				events[i] = fmt.Sprintf(`{"type":"track","event":"Product Viewed","userId":"c%d","messageId":"ajs-next-1767225600000-%036d","timestamp":"2026-06-01T11:59:5%d.123Z",`+
					`"properties":{"product_id":"p%d","category":"shoes","price":%d.50,"url":"https://shop.example/p/%d?ref=%s"}%s}`, i, i, i%10, i, i, i, filler, surroundings)
			}
			body := []byte(`{"batch":[` + strings.Join(events, ",") + `],"sentAt":"2026-06-01T12:00:00.000Z"}`)
			r := NewReader()
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				got, err := r.Track(body, TrackConfig{At: trackedAt})
				if err != nil || len(got.Events) != n {
					b.Fatal(len(got.Events), got.Refused, err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
