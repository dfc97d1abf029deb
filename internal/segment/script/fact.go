package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fromAlways reads the rest of customer, product and rate lines.
func (p *parser) fromAlways(word string, all []string) error {
	if p.began {
		return fmt.Errorf("%s lines stand before the first at and expect", word)
	}
	if len(all) == 0 {
		return fmt.Errorf("%s: a name is missing", word)
	}
	name, err := value(all[0])
	if err != nil {
		return err
	}
	if word == "rate" {
		return p.rate(all)
	}
	if err := p.once(word, name.Text); err != nil {
		return err
	}
	options, err := fields(all[1:])
	if err != nil {
		return err
	}
	if word == "product" {
		p.add(Product{p.place, name.Text, options})
		return known(productKeys, options)
	}
	who, rest, err := keysOf(all[0], options)
	if err != nil {
		return err
	}
	p.add(Customer{p.place, who, rest})
	return errors.Join(onlyKnown(who, "a customer line"), known(customerKeys, rest))
}

// rate reads DATE CODE N.
func (p *parser) rate(all []string) error {
	if len(all) != 3 {
		return errors.New("expected rate DATE CODE N")
	}
	day, err := time.Parse(time.DateOnly, all[0])
	if err != nil {
		return fmt.Errorf("%q is not a date like 2026-03-01", all[0])
	}
	n, fits, err := ParseNumber(all[2])
	if err != nil || !fits || n <= 0 {
		return fmt.Errorf("%q is not a rate", all[2])
	}
	p.add(Rate{p.place, day, all[1], n})
	return nil
}

// at reads the rest of "at T WHO WHAT k=v …".
func (p *parser) at(all []string) error {
	if len(all) < 3 {
		return errors.New("expected at T WHO WHAT …")
	}
	at, err := instant(all[0])
	if err != nil {
		return err
	}
	what, err := value(all[2])
	if err != nil {
		return err
	}
	p.began = true
	if at.After(p.clock) {
		p.clock = at
	}
	if what.Text == "product" && !what.Quoted {
		return p.productChange(at, all)
	}
	options, err := fields(all[3:])
	if err != nil {
		return err
	}
	who, rest, err := keysOf(all[1], options)
	if err != nil {
		return err
	}
	fact := Fact{p.place, at, who, rest}
	switch {
	case what.Quoted:
		p.add(Event{fact, what.Text})
		return nil
	case what.Text == "order":
		return p.order(fact)
	case what.Text == "traits":
		p.add(Traits{fact})
		return errors.Join(onlyKnown(who, "a traits line"), known(customerKeys, rest))
	}
	p.add(Event{fact, what.Text})
	return event(what.Text, rest)
}

func (p *parser) productChange(at time.Time, all []string) error {
	if all[1] != "-" || len(all) < 4 {
		return errors.New("expected at T - product NAME k=v …")
	}
	name, err := value(all[3])
	if err != nil {
		return err
	}
	options, err := fields(all[4:])
	if err != nil {
		return err
	}
	p.add(ProductChange{p.place, at, name.Text, options})
	return known(productKeys, options)
}

// keysOf reads a WHO, and takes the further keys from the options.
func keysOf(token string, options []Field) (who Who, rest []Field, err error) {
	name, err := value(token)
	if err != nil {
		return who, nil, err
	}
	kind, key, prefixed := strings.Cut(name.Text, ":")
	switch {
	case name.Quoted:
		who.Customer = name.Text
	case name.Text == "-":
	case prefixed && kind == "anon":
		who.Anonymous = key
	case prefixed && kind == "email":
		who.Email = key
	case prefixed && kind == "phone":
		who.Phone = key
	default:
		who.Customer = name.Text
	}
	for _, f := range options {
		slot := map[string]*string{"email": &who.Email, "phone": &who.Phone, "anonymous_id": &who.Anonymous}[f.Key]
		switch {
		case slot == nil:
			rest = append(rest, f)
		case *slot != "":
			return who, nil, fmt.Errorf("%s is given twice", f.Key)
		default:
			*slot = f.Value.Text
		}
	}
	return who, rest, nil
}

// onlyKnown refuses an anonymous id where records have no place for it.
func onlyKnown(who Who, what string) error {
	if who.Anonymous != "" {
		return fmt.Errorf("%s takes no anonymous id", what)
	}
	return nil
}

// order reads an order's fields and items.
func (p *parser) order(fact Fact) error {
	o := Order{Fact: fact}
	o.Fields = nil
	for _, f := range fact.Fields {
		own, isOwn := strings.CutPrefix(f.Key, "item.")
		switch {
		case f.Key == "item":
			item, err := item(f.Value.Text)
			if err != nil {
				return err
			}
			o.Items = append(o.Items, item)
		case isOwn && len(o.Items) == 0:
			return fmt.Errorf("%s stands after an item", f.Key)
		case isOwn:
			last := &o.Items[len(o.Items)-1]
			last.Own = append(last.Own, Field{own, f.Value})
		default:
			o.Fields = append(o.Fields, f)
		}
	}
	p.add(o)
	problems := []error{onlyKnown(fact.Who, "an order"), known(orderKeys, o.Fields)}
	for _, i := range o.Items {
		problems = append(problems, known(itemKeys, i.Own))
	}
	return errors.Join(problems...)
}

// item reads PRODUCT*QUANTITY@PRICE.
func item(text string) (Item, error) {
	bad := fmt.Errorf("expected item=PRODUCT*QUANTITY@PRICE, not %q", text)
	front, price, ok := cutLast(text, '@')
	product, quantity, ok2 := cutLast(front, '*')
	if !ok || !ok2 {
		return Item{}, bad
	}
	q, fits, err := ParseNumber(quantity)
	p, fits2, err2 := ParseNumber(price)
	if err != nil || err2 != nil || !fits || !fits2 {
		return Item{}, bad
	}
	return Item{Product: product, Quantity: q, Price: p}, nil
}

func cutLast(text string, at byte) (front, back string, ok bool) {
	n := strings.LastIndexByte(text, at)
	if n < 0 {
		return text, "", false
	}
	return text[:n], text[n+1:], true
}

// event checks the keys of what is not a tracked event.
func event(name string, options []Field) error {
	keys, special := eventKeys[name]
	if !special {
		return nil
	}
	if name == "cancel" && !slices.ContainsFunc(options, func(f Field) bool { return f.Key == "order" }) {
		return errors.New("cancel needs order=")
	}
	return known(keys, options)
}
