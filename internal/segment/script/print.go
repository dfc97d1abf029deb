package script

import (
	"fmt"
	"strings"
	"time"
)

// Print writes a shop as a script that Parse reads back.
func Print(s Shop) string {
	var b strings.Builder
	b.WriteString("shop timezone=" + s.Settings.Timezone + " currency=" + s.Settings.Currency)
	option(&b, "country", s.Settings.Country)
	option(&b, "language", s.Settings.Language)
	if s.Settings.RewardPoints != nil {
		option(&b, "reward_points", s.Settings.RewardPoints.String())
	}
	option(&b, "shipping_step", s.Settings.ShippingStep)
	b.WriteByte('\n')
	for _, g := range s.Segments {
		fmt.Fprintf(&b, "segment %s = %s\n", quote(g.ID), g.Text)
	}
	for _, l := range s.Lines {
		b.WriteString(PrintLine(l))
		b.WriteByte('\n')
	}
	return b.String()
}

func option(b *strings.Builder, key, v string) {
	if v != "" {
		b.WriteString(" " + key + "=" + quote(v))
	}
}

// PrintLine writes one line.
func PrintLine(l Line) string {
	switch l := l.(type) {
	case Customer:
		return "customer " + printWho(l.Who) + printKeys(l.Who) + printFields(l.Fields)
	case Product:
		return "product " + quote(l.ID) + printFields(l.Fields)
	case Rate:
		return fmt.Sprintf("rate %s %s %s", l.Date.Format(time.DateOnly), l.Currency, l.Rate)
	case Order:
		return printFact(l.Fact, "order") + printItems(l.Items)
	case Event:
		return printFact(l.Fact, quoteEvent(l.Name))
	case Traits:
		return printFact(l.Fact, "traits")
	case ProductChange:
		return fmt.Sprintf("at %s - product %s%s", l.At.Format(layout), quote(l.ID), printFields(l.Fields))
	case Expect:
		return fmt.Sprintf("expect %s %s = %s", l.At.Format(layout), quote(l.Segment), printMembers(l.Members))
	case AsOf:
		return fmt.Sprintf("asof %s %s = %s", l.At.Format(layout), quote(l.Segment), printMembers(l.Members))
	case Transitions:
		return fmt.Sprintf("transitions %s %s = %s", quote(l.Segment), quote(l.Customer), printMoves(l.Moves))
	case Invalid:
		return fmt.Sprintf("invalid %s = %d:%d", l.Text, l.Line, l.Column)
	}
	panic(fmt.Sprintf("script: unknown line %T", l))
}

func printFact(f Fact, what string) string {
	return "at " + f.At.Format(layout) + " " + printWho(f.Who) + " " + what + printKeys(f.Who) + printFields(f.Fields)
}

// printWho writes the first key of a person.
func printWho(w Who) string {
	switch {
	case w.Customer != "":
		return quoteName(w.Customer)
	case w.Email != "":
		return "email:" + w.Email
	case w.Phone != "":
		return "phone:" + w.Phone
	case w.Anonymous != "":
		return "anon:" + w.Anonymous
	}
	return "-"
}

func printItems(items []Item) string {
	var b strings.Builder
	for _, i := range items {
		option(&b, "item", i.Product+"*"+i.Quantity.String()+"@"+i.Price.String())
		for _, f := range i.Own {
			option(&b, "item."+f.Key, f.Value.Text)
		}
	}
	return b.String()
}

// printKeys writes the keys that printWho does not.
func printKeys(w Who) string {
	var b strings.Builder
	if w.Customer != "" {
		option(&b, "email", w.Email)
	}
	if w.Customer != "" || w.Email != "" {
		option(&b, "phone", w.Phone)
	}
	if w.Customer != "" || w.Email != "" || w.Phone != "" {
		option(&b, "anonymous_id", w.Anonymous)
	}
	return b.String()
}

func printFields(fields []Field) string {
	var b strings.Builder
	for _, f := range fields {
		v := f.Value.Text
		if f.Value.Quoted || strings.ContainsAny(v, " \t\"") {
			v = forceQuote(v)
		}
		b.WriteString(" " + f.Key + "=" + v)
	}
	return b.String()
}

func printMembers(members []string) string {
	if len(members) == 0 {
		return "none"
	}
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = quoteName(m)
	}
	return strings.Join(out, ", ")
}

func printMoves(moves []Move) string {
	if len(moves) == 0 {
		return "none"
	}
	out := make([]string, len(moves))
	for i, m := range moves {
		word := "entered "
		if m.Left {
			word = "left "
		}
		out[i] = word + m.At.Format(layout)
	}
	return strings.Join(out, ", ")
}

// quote puts in quotes what would not be read back as it is.
func quote(v string) string {
	if v == "" || strings.ContainsAny(v, " \t\"#,=") {
		return forceQuote(v)
	}
	return v
}

// quoteName quotes a name that would be read as something else.
func quoteName(v string) string {
	if v == "-" || v == "none" || strings.Contains(v, ":") {
		return forceQuote(v)
	}
	return quote(v)
}

// quoteEvent quotes the name of an event that is a word of its own.
func quoteEvent(v string) string {
	switch v {
	case "order", "traits", "product":
		return forceQuote(v)
	}
	return quote(v)
}

func forceQuote(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}
