package sqlgen

import "fmt"

// Sample returns a statement with one row and three columns: how many known
// customers are in the segment, how many there are at all, and the first ids,
// sorted, at most limit, which is above 0.
func Sample(s Segment, limit int, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		c := g.segment(sc, s)
		from := sc.from(c, true)
		everyone := "(SELECT count(*) FROM customer WHERE exists_from <= " + g.now() + ")"
		return fmt.Sprintf("SELECT count(*), %s, min(c.id, %d)\nFROM ", everyone, limit) + from + where(c)
	})
}
