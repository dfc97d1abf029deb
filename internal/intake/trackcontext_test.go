package intake

import (
	"strings"
	"testing"
	"time"

	"kith/internal/commerce"
)

const (
	chromeAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
	iphoneAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
	googleAgent = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

func trackOne(t *testing.T, body string, cfg TrackConfig) commerce.Event {
	t.Helper()
	cfg.At = trackedAt
	got, err := NewReader().Track([]byte(body), cfg)
	if err != nil || len(got.Events) != 1 {
		t.Fatalf("%s: %+v %v", body, got, err)
	}
	return got.Events[0]
}

// TestSurroundings: what a visit is known by is taken from the context, and
// nothing that the event says itself is replaced.
func TestSurroundings(t *testing.T) {
	t.Parallel()
	const page = `"context":{"ip":"81.2.69.160","page":{"url":"https://shop.example/a?utm_source=news&utm_medium=email&utm_campaign=May%20sale#x","referrer":"https://search.example/"},"userAgent":"` + chromeAgent + `"}`
	for body, want := range map[string]string{
		`{"event":"x","userId":"u",` + page + `}`: `{"url":"https://shop.example/a?utm_source=news&utm_medium=email&utm_campaign=May%20sale#x","referrer":"https://search.example/",` +
			`"utm_source":"news","utm_medium":"email","utm_campaign":"May sale","device":"desktop","os":"Windows","browser":"Chrome"}`,
		`{"type":"page","name":"Home","userId":"u","properties":{"url":"https://own.example/","device":"till"},` + page + `}`: `{"url":"https://own.example/","device":"till","referrer":"https://search.example/",` +
			`"utm_source":"news","utm_medium":"email","utm_campaign":"May sale","os":"Windows","browser":"Chrome","name":"Home"}`,
		`{"event":"x","userId":"u","context":{"campaign":{"source":"ads","name":"Spring"},"page":{"url":"/?utm_source=other"}}}`: `{"url":"/?utm_source=other","utm_source":"ads","utm_campaign":"Spring"}`,
		`{"event":"x","userId":"u","context":{"device":{"type":"ios"},"os":{"name":"iOS","version":"17"}}}`:                      `{"device":"mobile","os":"iOS"}`,
		`{"event":"x","userId":"u","context":{"page":{"url":{"a":1},"referrer":null},"campaign":[1],"userAgent":5,"os":"x"}}`:    ``,
		`{"event":"x","userId":"u","context":{"page":{"url":"` + strings.Repeat("x", 1001) + `"}}}`:                              ``,
		`{"event":"x","userId":"u","context":[1]}`:                       ``,
		`{"type":"identify","userId":"u","traits":{"a":1},` + page + `}`: ``,
	} {
		if got := string(trackOne(t, body, TrackConfig{}).Properties); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}
	if got := string(trackOne(t, `{"event":"x","userId":"u"}`, TrackConfig{UserAgent: iphoneAgent}).Properties); got != `{"device":"mobile","os":"iOS","browser":"Safari"}` {
		t.Error(got)
	}
}

// TestCrawlers: what a known crawler does is kept as such, and is nobody's.
func TestCrawlers(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		googleAgent: "Googlebot",
		"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)":                 "bingbot",
		"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)":               "facebookexternalhit",
		"Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)":     "Slurp",
		"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)":     "Baiduspider",
		"Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Chrome-Lighthouse": "Chrome-Lighthouse",
		"Mozilla/5.0 (compatible; YandexMetrika/2.0; +http://yandex.com/bots yabs01)":             "YandexMetrika",
		"AdsBot-Google (+http://www.google.com/adsbot.html)":                                      "AdsBot-Google",
		chromeAgent: "", iphoneAgent: "",
		"Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20 PRO) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36": "",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36":                   "",
		"analytics-node/3.1.0": "", "Go-http-client/1.1": "",
	} {
		if got := crawlerOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
	got := trackOne(t, `{"event":"Order Completed","userId":"u","anonymousId":"a","messageId":"m","properties":{"total":5,"crawler":"no"},"context":{"traits":{"email":"a@x.ro"},"userAgent":"`+googleAgent+`"}}`, TrackConfig{Public: true})
	if got.Type != commerce.CrawlerType || got.Name != "Order Completed" || got.CustomerID+got.AnonymousID+got.Email+got.Phone != "" || got.Traits != nil ||
		got.MessageID != "m" || string(got.Properties) != `{"total":5,"crawler":"no"}` {
		t.Errorf("%+v %s", got, got.Properties)
	}
	if got := trackOne(t, `{"type":"identify","userId":"u"}`, TrackConfig{UserAgent: googleAgent}); got.Type != commerce.CrawlerType || got.Name != "identify" || string(got.Properties) != `{"crawler":"Googlebot"}` {
		t.Errorf("%+v %s", got, got.Properties)
	}
}

// TestPublicEvents: events that anybody may have sent are marked.
func TestPublicEvents(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"event":"Order Completed","userId":"u"}`: commerce.PublicType, `{"type":"page","userId":"u"}`: commerce.PageType,
		`{"type":"identify","userId":"u"}`: commerce.IdentifyType, `{"type":"public","event":"x","userId":"u"}`: "",
		`{"type":"crawler","event":"x","userId":"u"}`: "",
	} {
		got, err := NewReader().Track([]byte(body), TrackConfig{At: trackedAt, Public: true})
		if err != nil || want == "" && len(got.Refused) != 1 || want != "" && (len(got.Events) != 1 || got.Events[0].Type != want) {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
	if got := trackOne(t, `{"userId":"u","name":"Home"}`, TrackConfig{Type: commerce.PageType}); got.Type != commerce.PageType || got.Name != "Home" {
		t.Errorf("%+v", got)
	}
	if got := trackOne(t, `{"type":"screen","userId":"u"}`, TrackConfig{Type: commerce.PageType}); got.Type != commerce.ScreenType {
		t.Errorf("%+v", got)
	}
}

// TestClocksAhead: an event that was sent later than it arrived comes from a
// clock that is ahead, and is set right by it.
func TestClocksAhead(t *testing.T) {
	t.Parallel()
	at := func(after time.Duration) string { return trackedAt.Add(after).UTC().Format(time.RFC3339Nano) }
	for _, test := range []struct{ happened, sent, want time.Duration }{
		{-5 * time.Second, 0, -5 * time.Second},
		{time.Hour - 5*time.Second, time.Hour, -5 * time.Second},
		{72 * time.Hour, 72 * time.Hour, 0},
		{72*time.Hour - time.Minute, 72 * time.Hour, -time.Minute},
		{30 * time.Second, 59 * time.Second, 30 * time.Second}, // on its way faster than clocks agree
		{-2 * time.Hour, -time.Hour, -2 * time.Hour},           // behind, or long on its way
		{2 * time.Hour, 0, 2 * time.Hour},                      // announced
	} {
		body := `{"batch":[{"event":"x","userId":"u","timestamp":"` + at(test.happened) + `"}],"sentAt":"` + at(test.sent) + `"}`
		got := trackOne(t, body, TrackConfig{}).At
		if want := trackedAt.Add(test.want).UTC().Truncate(time.Microsecond); got.Sub(want).Abs() > time.Microsecond {
			t.Errorf("%+v: %v, want %v", test, got, want)
		}
	}
}

// TestEventShapes: an event that nests too deep or has too many keys is
// refused, and the others of its body are taken.
func TestEventShapes(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return `{"event":"x","userId":"u","properties":{"a":` + strings.Repeat("[", n) + `"]}{\\\"["` + strings.Repeat("]", n) + `}}`
	}
	keys := func(n int) string {
		return `{"event":"x","userId":"u","properties":{"a":"` + strings.Repeat(":", 300) + `"` + strings.Repeat(`,"b":1`, n-4) + `}}`
	}
	for body, want := range map[string]string{
		deep(14): "", deep(15): "it has objects and lists nested deeper than 16", keys(256): "", keys(257): "it has more than 256 keys",
	} {
		got, err := NewReader().Track([]byte("["+body+`,{"event":"y","userId":"u"}]`), TrackConfig{At: trackedAt})
		if err != nil || want == "" && len(got.Events) != 2 || want != "" && (len(got.Refused) != 1 || got.Refused[0].Reason != want || string(got.Refused[0].Body) != body) {
			t.Errorf("%.80s: %+v %v", body, got.Refused, err)
		}
	}
}
