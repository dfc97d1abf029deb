package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/segment/script"
	"kith/internal/segql"
)

// Case is a question about a random shop.
type Case struct {
	Shop script.Shop
	Tree segql.Node
	At   time.Time
}

// Text is the question in the language.
func (c Case) Text() string { return segql.Print(c.Tree) }

// Members is the plain answer.
func (c Case) Members() ([]string, error) {
	b := NewBackend(c.Shop, nil)
	if err := b.Load(Records(c.Shop)...); err != nil {
		return nil, err
	}
	return b.Members(c.Text(), c.At)
}

// Script writes the case as a script that expects the plain answer.
func (c Case) Script() string {
	shop := c.Shop
	shop.Segments = append(slices.Clone(shop.Segments), script.Segment{ID: "question", Text: c.Text()})
	members, err := c.Members()
	if err != nil {
		return fmt.Sprintf("# %v\n%s", err, script.Print(shop))
	}
	shop.Lines = append(slices.Clone(shop.Lines), script.AsOf{At: c.At, Segment: "question", Members: members})
	return script.Print(shop)
}

// Shrink takes away facts, fields and parts of the tree as long as the case
// still fails. It only asks about cases whose tree has no error.
func Shrink(c Case, fails func(Case) bool) Case {
	try := func(next Case) bool {
		catalogue := script.Catalogue(next.Shop, nil)
		for _, g := range next.Shop.Segments {
			if _, problems := segql.Compile(g.Text, catalogue); len(problems) > 0 {
				return false
			}
		}
		if _, problems := segql.Compile(next.Text(), catalogue); len(problems) > 0 {
			return false
		}
		if !fails(next) {
			return false
		}
		c = next
		return true
	}
	for changed := true; changed; {
		changed = shrinkTree(&c, try)
		changed = shrinkLines(&c, try) || changed
		changed = shrinkFields(&c, try) || changed
		changed = shrinkSegments(&c, try) || changed
	}
	return c
}

// shrinkTree tries every tree that is one step smaller.
func shrinkTree(c *Case, try func(Case) bool) (changed bool) {
	for again := true; again; {
		again = false
		for _, tree := range smallerNodes(c.Tree) {
			next := *c
			next.Tree = tree
			if try(next) {
				again, changed = true, true
				break
			}
		}
	}
	return changed
}

// shrinkLines takes lines away, many at once first.
func shrinkLines(c *Case, try func(Case) bool) (changed bool) {
	for n := max(1, len(c.Shop.Lines)/2); n > 0; n /= 2 {
		for i := 0; i < len(c.Shop.Lines); {
			next := *c
			lines := slices.Clone(c.Shop.Lines)
			next.Shop.Lines = slices.Delete(lines, i, min(i+n, len(lines)))
			if try(next) {
				changed = true
			} else {
				i += n
			}
		}
	}
	return changed
}

// shrinkFields takes fields and items of lines away.
func shrinkFields(c *Case, try func(Case) bool) (changed bool) {
	for i := range c.Shop.Lines {
		for again := true; again; {
			again = false
			for _, line := range smallerLines(c.Shop.Lines[i]) {
				next := *c
				next.Shop.Lines = slices.Clone(c.Shop.Lines)
				next.Shop.Lines[i] = line
				if try(next) {
					again, changed = true, true
					break
				}
			}
		}
	}
	return changed
}

// shrinkSegments takes segments away that the tree does not need, and makes
// the others smaller.
func shrinkSegments(c *Case, try func(Case) bool) (changed bool) {
	for i := 0; i < len(c.Shop.Segments); i++ {
		next := *c
		next.Shop.Segments = slices.Delete(slices.Clone(c.Shop.Segments), i, i+1)
		if try(next) {
			changed = true
			i--
			continue
		}
		root, problems := segql.Parse(c.Shop.Segments[i].Text)
		if len(problems) > 0 {
			continue
		}
		for _, smaller := range smallerNodes(root) {
			next := *c
			next.Shop.Segments = slices.Clone(c.Shop.Segments)
			next.Shop.Segments[i].Text = segql.Print(smaller)
			if try(next) {
				changed = true
				break
			}
		}
	}
	return changed
}

// smallerLines are a line's variants with one field or item less.
func smallerLines(l script.Line) []script.Line {
	var out []script.Line
	each := func(fields []script.Field, with func([]script.Field) script.Line) {
		for i, f := range fields {
			if f.Key == "id" || f.Key == "order" && isCancel(l) {
				continue // other lines may mean it
			}
			out = append(out, with(slices.Delete(slices.Clone(fields), i, i+1)))
		}
	}
	switch l := l.(type) {
	case script.Customer:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
	case script.Product:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
	case script.ProductChange:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
	case script.Traits:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
	case script.Event:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
	case script.Order:
		each(l.Fields, func(f []script.Field) script.Line { n := l; n.Fields = f; return n })
		for i, item := range l.Items {
			n := l
			n.Items = slices.Delete(slices.Clone(l.Items), i, i+1)
			out = append(out, n)
			if len(item.Own) > 0 {
				n := l
				n.Items = slices.Clone(l.Items)
				n.Items[i].Own = nil
				out = append(out, n)
			}
		}
	}
	return out
}

func isCancel(l script.Line) bool {
	e, ok := l.(script.Event)
	return ok && strings.EqualFold(e.Name, "cancel")
}
