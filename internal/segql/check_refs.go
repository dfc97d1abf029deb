package segql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxChain bounds how far references lead from segment to segment.
const maxChain = 1000

// references checks each segment that is referred to once, however many
// ways lead to it.
type references struct {
	catalogue *Catalogue
	results   map[string]reference
	// path holds the ids of the segments being checked, from the outermost.
	path        []string
	suggestions int // names still looked up, see maxSuggestions
}

// reference is a checked definition, or what is wrong with it.
type reference struct {
	checked *Checked
	wrong   string
}

// check checks one definition. ring is not empty if it leads into a ring.
func (r *references) check(root Node) (checked *Checked, problems Problems, ring string) {
	c := &checker{refs: r, patterns: maxPatternCost, out: &Checked{
		Root:            root,
		Types:           map[Term]Type{},
		Fields:          map[*Field]FieldInfo{},
		AggregateFields: map[*Aggregate]FieldInfo{},
		Refs:            map[string]*Checked{},
	}}
	if root == nil {
		return nil, Problems{{Place: Span{Line: 1, Column: 1}, Message: "expected a segment"}}, ""
	}
	c.node(root)
	if len(c.problems) > 0 {
		return nil, c.problems.sorted(), c.ring
	}
	c.out.Warnings = c.out.Warnings.sorted()
	return c.out, nil, ""
}

// reference checks the segment with this id, and reports at the place of the
// id what keeps it from being used.
func (c *checker) reference(id string, at Span) *Checked {
	if i := slices.Index(c.refs.path, id); i >= 0 {
		c.ring = ringMessage(c.refs.path[i:], id)
		c.problem(at, "%s", c.ring)
		return nil
	}
	result, known := c.refs.results[id]
	if !known {
		result = c.resolve(id)
		c.refs.results[id] = result
	}
	if result.checked == nil {
		c.problem(at, "%s", result.wrong)
	}
	return result.checked
}

func (c *checker) resolve(id string) reference {
	r := c.refs
	var root Node
	if r.catalogue.Segment != nil {
		root, _ = r.catalogue.Segment(id)
	}
	if root == nil {
		return reference{wrong: fmt.Sprintf("unknown segment %q%s", id, c.suggest(id, r.catalogue.SegmentIDs))}
	}
	if len(r.path) >= maxChain {
		return reference{wrong: fmt.Sprintf("segments refer to each other more than %d deep", maxChain)}
	}
	r.path = append(r.path, id)
	checked, problems, ring := r.check(root)
	r.path = r.path[:len(r.path)-1]
	switch {
	case checked != nil && hasHole(root):
		return reference{wrong: fmt.Sprintf("segment %q has an error: %s", id, unread)}
	case checked != nil:
		return reference{checked: checked}
	case ring != "":
		c.ring = ring
		return reference{wrong: ring}
	default:
		return reference{wrong: fmt.Sprintf("segment %q has an error: %s", id, problems[0].Message)}
	}
}

func ringMessage(path []string, id string) string {
	var names []string
	for _, p := range append(slices.Clone(path), id) {
		names = append(names, strconv.Quote(p))
	}
	return "a ring of references: " + strings.Join(names, " to ")
}

// ReadsBase says whether the segment, or one that it refers to with "in
// segment", looks at base fields or percentiles, which depend on everyone.
func (c *Checked) ReadsBase() bool { return c.readsBase(map[*Checked]bool{}) }

func (c *Checked) readsBase(done map[*Checked]bool) bool {
	if done[c] {
		return false
	}
	done[c] = true
	for _, info := range c.Fields {
		if info.Kind == BaseField {
			return true
		}
	}
	for t := range c.Types {
		if _, ok := t.(*Percentile); ok {
			return true
		}
	}
	for _, ref := range c.Refs {
		if ref.readsBase(done) {
			return true
		}
	}
	return false
}
