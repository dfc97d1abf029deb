package script

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Parse reads a script file; name is used for places. The error joins what
// is wrong with each line, as file:line.
func Parse(name string, r io.Reader) ([]Shop, error) {
	p := parser{file: name}
	p.start()
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	var problems []error
	for scanner.Scan() {
		p.place.Line++
		line := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), "\ufeff"))
		if err := p.line(line); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", p.place, err))
		}
	}
	if err := scanner.Err(); err != nil {
		problems = append(problems, fmt.Errorf("%s: reading: %w", name, err))
	}
	p.finish()
	return p.shops, errors.Join(problems...)
}

// parser holds the shop that is being read.
type parser struct {
	file  string
	place Place
	shops []Shop
	shop  Shop
	began bool // an "at" or "expect" was seen
	clock time.Time
	seen  map[string]bool // customers, products and segments that have a line
}

func (p *parser) start() {
	p.place.File = p.file
	p.shop = Shop{Settings: Settings{Timezone: "UTC", Zone: time.UTC, Currency: "EUR"}}
	p.began, p.clock = false, time.Time{}
	p.seen = map[string]bool{}
}

// finish ends the shop. One without any line is none.
func (p *parser) finish() {
	if len(p.shop.Lines) > 0 || len(p.shop.Segments) > 0 {
		p.shops = append(p.shops, p.shop)
	}
	p.start()
}

// line reads one line.
func (p *parser) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case line == "" || line[0] == '#':
		return nil
	case word == "---":
		p.finish()
		return nil
	case word == "segment":
		return p.segment(rest)
	case word == "invalid":
		return p.invalid(rest)
	}
	all, err := tokens(rest)
	if err != nil {
		return err
	}
	switch word {
	case "shop":
		return p.settings(all)
	case "customer", "product", "rate":
		return p.fromAlways(word, all)
	case "at":
		return p.at(all)
	case "expect", "asof":
		return p.expect(word, all)
	case "transitions":
		return p.transitions(all)
	}
	return fmt.Errorf("%q starts no line: expected shop, segment, customer, product, rate, at, expect, asof, transitions, invalid or ---", word)
}

// once refuses a second line for the same thing.
func (p *parser) once(what, id string) error {
	if p.seen[what+" "+id] {
		return fmt.Errorf("%s %s has a line already", what, id)
	}
	p.seen[what+" "+id] = true
	return nil
}

func (p *parser) settings(all []string) error {
	if err := p.once("the", "shop"); err != nil {
		return err
	}
	if len(p.shop.Lines) > 0 {
		return errors.New("shop stands before all facts")
	}
	options, err := fields(all)
	if err != nil {
		return err
	}
	s := &p.shop.Settings
	for _, f := range options {
		switch f.Key {
		case "timezone":
			s.Timezone = f.Value.Text
			if s.Zone, err = time.LoadLocation(f.Value.Text); err != nil {
				return fmt.Errorf("timezone: %w", err)
			}
		case "currency":
			s.Currency = f.Value.Text
		case "country":
			s.Country = f.Value.Text
		case "language":
			s.Language = f.Value.Text
		case "shipping_step":
			s.ShippingStep = f.Value.Text
		case "reward_points":
			n, fits, err := ParseNumber(f.Value.Text)
			if err != nil || !fits {
				return fmt.Errorf("reward_points: %q is not a number that fits", f.Value.Text)
			}
			s.RewardPoints = &n
		default:
			return fmt.Errorf("unknown setting %q", f.Key)
		}
	}
	return nil
}

// segment reads ID = TEXT; the text is the language's own.
func (p *parser) segment(rest string) error {
	id, text, ok := strings.Cut(rest, "=")
	id, text = strings.TrimSpace(id), strings.TrimSpace(text)
	v, err := value(id)
	if err != nil {
		return err
	}
	if !ok || id == "" || text == "" || !v.Quoted && strings.ContainsAny(id, " \t") {
		return errors.New("expected segment ID = TEXT")
	}
	if err := p.once("segment", v.Text); err != nil {
		return err
	}
	p.shop.Segments = append(p.shop.Segments, Segment{p.place, v.Text, text})
	return nil
}

// instant reads RFC 3339 and cuts it to microseconds.
func instant(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, fmt.Errorf("%q is not an instant like 2026-03-01T10:00:00Z", text)
	}
	return t.UTC().Truncate(time.Microsecond), nil
}
