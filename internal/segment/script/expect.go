package script

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// expect reads the rest of "expect T ID = MEMBERS", and of "asof".
func (p *parser) expect(word string, all []string) error {
	if len(all) < 4 || all[2] != "=" {
		return fmt.Errorf("expected %s T ID = MEMBERS", word)
	}
	at, err := instant(all[0])
	if err != nil {
		return err
	}
	id, err := value(all[1])
	if err != nil {
		return err
	}
	members, err := list(all[3:])
	if err != nil {
		return err
	}
	if len(all) == 4 && all[3] == "none" {
		members = nil
	}
	slices.Sort(members)
	if word == "asof" {
		p.add(AsOf{p.place, at, id.Text, members})
		return nil
	}
	if at.Before(p.clock) {
		return fmt.Errorf("the clock already stands at %s", p.clock.Format(layout))
	}
	p.began, p.clock = true, at
	p.add(Expect{p.place, at, id.Text, members})
	return nil
}

// layout writes instants; whole seconds have no decimals.
const layout = "2006-01-02T15:04:05.999999Z07:00"

// transitions reads ID CUSTOMER = entered T, left T …
func (p *parser) transitions(all []string) error {
	if len(all) < 4 || all[2] != "=" {
		return errors.New("expected transitions ID CUSTOMER = entered T, left T …")
	}
	names, err := list(all[:2])
	if err != nil {
		return err
	}
	if len(names) != 2 {
		return errors.New("expected a segment and a customer")
	}
	moves, err := moves(all[3:])
	if err != nil {
		return err
	}
	p.add(Transitions{p.place, names[0], names[1], moves})
	return nil
}

func moves(all []string) ([]Move, error) {
	if len(all) == 1 && all[0] == "none" {
		return nil, nil
	}
	if len(all)%2 != 0 {
		return nil, errors.New("expected entered T or left T, divided by commas")
	}
	var out []Move
	for i := 0; i < len(all); i += 2 {
		if all[i] != "entered" && all[i] != "left" {
			return nil, fmt.Errorf("expected entered or left, not %s", all[i])
		}
		at, err := instant(strings.TrimSuffix(all[i+1], ","))
		if err != nil {
			return nil, err
		}
		out = append(out, Move{at, all[i] == "left"})
	}
	return out, nil
}

var invalidForm = regexp.MustCompile(`^(.*) = ([0-9]+):([0-9]+)\s*(?:#.*)?$`)

// invalid reads TEXT = LINE:COLUMN, divided at the last " = ".
func (p *parser) invalid(rest string) error {
	m := invalidForm.FindStringSubmatch(rest)
	if m == nil {
		return errors.New("expected invalid TEXT = LINE:COLUMN")
	}
	line, err1 := strconv.Atoi(m[2])
	column, err2 := strconv.Atoi(m[3])
	p.add(Invalid{p.place, strings.TrimSpace(m[1]), line, column})
	return errors.Join(err1, err2)
}

func (p *parser) add(l Line) { p.shop.Lines = append(p.shop.Lines, l) }
