package sqlgen

import "fmt"

// Pair is a segment as it is and as it would be. Before is nil for one that
// is not there yet, After for one that is deleted.
type Pair struct{ Before, After *Segment }

// Differences returns a statement with one row and six columns for each pair,
// in their order: how many customers are in the segment before and after, how
// many enter and leave, and the first ids of both, sorted, at most sample.
func Differences(pairs []Pair, sample int, o Options) (Statement, error) {
	return compile(o, func(g *gen) string {
		sc := g.newScope()
		inner, outer := []string{"c.id"}, []string{}
		for i, p := range pairs {
			before, after := fmt.Sprintf("b%d", 2*i+1), fmt.Sprintf("b%d", 2*i+2)
			inner = append(inner, g.side(sc, p.Before, 2*i+1))
			if p.After == p.Before {
				after = before
			} else {
				inner = append(inner, g.side(sc, p.After, 2*i+2))
			}
			enters, leaves := after+" AND "+before+" IS NULL", before+" AND "+after+" IS NULL"
			outer = append(outer, "count("+before+")", "count("+after+")", howMany(enters), howMany(leaves), firstIDs(enters, sample), firstIDs(leaves, sample))
		}
		return twoSteps(outer, inner, sc)
	})
}

// side is a column that is TRUE in a segment and else NULL; nobody is in nil.
func (g *gen) side(sc *scope, s *Segment, n int) string {
	if s == nil {
		return fmt.Sprintf("CAST(NULL AS BOOLEAN) AS b%d", n)
	}
	return whether(g.segment(sc, *s), n)
}

func howMany(condition string) string {
	return "count(CASE WHEN " + condition + " THEN 1 END)"
}

// firstIDs keeps no more than the ids it gives, however many there are.
func firstIDs(condition string, sample int) string {
	return fmt.Sprintf("min(CASE WHEN %s THEN id END, %d)", condition, sample)
}
