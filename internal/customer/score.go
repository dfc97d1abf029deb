package customer

import "kith/internal/segql/eval"

// RunScores are one person's scores of a scoring run: base fields by name,
// percentiles by the term in canonical text.
type RunScores struct {
	Fields      map[string]eval.Value
	Percentiles map[string]eval.Value
}

var _ Scores = (*RunScores)(nil)

// noGroup is the group of those whom a run did not rank: they have no order.
const noGroup = "Prospects"

// Base implements Scores.
func (s *RunScores) Base(name string, _ bool) eval.Value {
	if v, ok := s.Fields[name]; ok || name != "rfm.group" {
		return v
	}
	return eval.Text(noGroup)
}

// Percentile implements Scores.
func (s *RunScores) Percentile(term string, _ bool) eval.Value { return s.Percentiles[term] }
