package intake

import (
	"net/url"
	"strings"

	"kith/internal/commerce"
)

// surroundings are what the context of a tracking call says that is kept, as
// properties of the event: what a visit is known by. The address that it came
// from is not.
type surroundings struct {
	agent                    string
	url, referrer            string
	source, medium, campaign string
	kind, os                 string // of an app's device
}

// readSurroundings takes a context apart.
func readSurroundings(context jsonValue) (s surroundings) {
	if !context.isObject() {
		return s
	}
	within := func(object jsonValue, set func(name string, text string)) {
		if !object.isObject() {
			return
		}
		_ = eachMember(object.raw, func(name []byte, value jsonValue) error { // it was checked with its body
			if value.isString() {
				set(string(name), string(trimmed(value.text())))
			}
			return nil
		})
	}
	_ = eachMember(context.raw, func(name []byte, value jsonValue) error {
		switch string(name) {
		case "userAgent", "user_agent":
			if value.isString() {
				s.agent = string(trimmed(value.text()))
			}
		case "page":
			within(value, func(name, text string) {
				switch name {
				case "url":
					s.url = text
				case "referrer":
					s.referrer = text
				}
			})
		case "campaign":
			within(value, func(name, text string) {
				switch name {
				case "source":
					s.source = text
				case "medium":
					s.medium = text
				case "name":
					s.campaign = text
				}
			})
		case "device":
			within(value, func(name, text string) {
				if name == "type" {
					s.kind = text
				}
			})
		case "os":
			within(value, func(name, text string) {
				if name == "name" {
					s.os = text
				}
			})
		}
		return nil
	})
	return s
}

// fromURL takes the campaign from the address of the page, if nothing else
// names one.
func (s *surroundings) fromURL() {
	_, query, _ := strings.Cut(s.url, "?")
	if s.source+s.medium+s.campaign != "" || !strings.Contains(query, "utm_") {
		return
	}
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	if err != nil && len(values) == 0 {
		return
	}
	// Escapes may say bytes that are not UTF-8, which events are.
	get := func(name string) string { return strings.ToValidUTF8(values.Get(name), "\ufffd") }
	s.source, s.medium, s.campaign = get("utm_source"), get("utm_medium"), get("utm_campaign")
}

// maxSurrounding is how long a value of the context may be that is kept.
const maxSurrounding = 1000

// surround gives an event the properties that its context says, unless it has
// them itself, and names the known crawler that did it.
func (t *tracker) surround(ev *event) (crawler string) {
	s := readSurroundings(ev.context)
	d := t.devices.of(firstOf(s.agent, t.UserAgent))
	if d.crawler != "" {
		ev.add("crawler", d.crawler)
		return d.crawler
	}
	switch string(ev.values[evType].text()) {
	case "", commerce.TrackType, commerce.PageType, commerce.ScreenType:
	default:
		return ""
	}
	switch strings.ToLower(s.kind) {
	case "android", "ios":
		d.kind = "mobile"
	}
	s.fromURL()
	for _, p := range [...]struct{ name, value string }{
		{"url", s.url},
		{"referrer", s.referrer},
		{"utm_source", s.source},
		{"utm_medium", s.medium},
		{"utm_campaign", s.campaign},
		{"device", d.kind},
		{"os", firstOf(d.os, s.os)},
		{"browser", d.browser},
	} {
		ev.add(p.name, p.value)
	}
	return ""
}

// add gives an event a property that it does not have itself.
func (ev *event) add(name, value string) {
	if value != "" && len(value) <= maxSurrounding {
		ev.others = append(ev.others, property{name, jsonValue{appendJSONString(nil, value)}})
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
