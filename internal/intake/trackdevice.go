package intake

import (
	"regexp"
	"strings"
	"sync"

	"github.com/mileusna/useragent"
)

// device is what a User-Agent says of whoever sent it.
type device struct {
	kind, os, browser string
	crawler           string // the name of a known crawler; empty for anybody else
}

// devices remembers what User-Agents say: there are few that come often.
type devices struct {
	mu    sync.Mutex
	known map[string]device
}

const (
	maxDevices   = 4096
	maxUserAgent = 512 // bytes that are looked at
)

// of is what a User-Agent says; nothing of an empty one.
func (d *devices) of(agent string) device {
	if agent == "" {
		return device{}
	}
	// A header is any bytes, and what is cut may end within a character.
	agent = strings.ToValidUTF8(agent[:min(len(agent), maxUserAgent)], "")
	d.mu.Lock()
	defer d.mu.Unlock()
	if found, ok := d.known[agent]; ok {
		return found
	}
	if d.known == nil || len(d.known) >= maxDevices {
		d.known = map[string]device{}
	}
	agent = strings.Clone(agent) // it is a part of a body
	found := deviceOf(agent)
	d.known[agent] = found
	return found
}

func deviceOf(agent string) device {
	if name := crawlerOf(agent); name != "" {
		return device{crawler: name}
	}
	ua := useragent.Parse(agent)
	d := device{os: ua.OS, browser: ua.Name}
	switch {
	case ua.Tablet:
		d.kind = "tablet"
	case ua.Mobile:
		d.kind = "mobile"
	case ua.Desktop:
		d.kind = "desktop"
	}
	return d
}

// crawlers are the names that programs give themselves which read pages, run
// their scripts and buy nothing: search engines, previews of links, measuring
// of pages. Those that end with "bot", "crawler" or "spider" need no entry.
var crawlers = regexp.MustCompile(`(?i)(?:^|[^a-z])(` +
	`adsbot-google[a-z-]*|apis-google|archive\.org_bot|chrome-lighthouse|embedly|facebookexternalhit|facebookcatalog|` +
	`feedfetcher-google|google favicon|google page speed insights|google-inspectiontool|googleother[a-z-]*|google-read-aloud|` +
	`gtmetrix|ia_archiver|mediapartners-google|meta-externalagent|pingdom[a-z.]*|prerender|ptst|screaming frog seo spider|` +
	`skypeuripreview|slackbot[a-z-]*|slurp|statuscake[a-z_]*|uptimerobot|yandex(?:metrika|images|video|media|blogs|direct|webmaster|pagechecker|turbo)|` +
	`[a-z0-9._-]*(?:bot|crawler|spider|crawling)` +
	`)(?:[^a-z]|$)`)

// notCrawlers are names of devices that look like one.
var notCrawlers = map[string]bool{"cubot": true}

// crawlerOf is the name of the known crawler that a User-Agent is of, or nothing.
func crawlerOf(agent string) string {
	for _, m := range crawlers.FindAllStringSubmatch(agent, -1) {
		if !notCrawlers[strings.ToLower(m[1])] {
			return m[1]
		}
	}
	return ""
}
