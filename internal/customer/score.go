package customer

import "kith/internal/segql/eval"

// Run is a scoring run: what the scores of everyone in it share. Scores may be
// read by several goroutines when all are set.
type Run struct{ words *eval.Words }

// NewRun returns a run in which nobody has scores yet.
func NewRun() *Run { return &Run{eval.NewWords()} }

// Scores returns the scores of one more person, who has none so far.
func (r *Run) Scores() *RunScores { return &RunScores{run: r} }

// RunScores are one person's scores of a scoring run: base fields by name,
// percentiles by the term in canonical text. Everyone has some, so they are
// kept packed.
type RunScores struct {
	run    *Run
	packed []byte
}

var _ Scores = (*RunScores)(nil)

// SetField sets a base field, once.
func (s *RunScores) SetField(name string, v eval.Value) { s.set("field "+name, v) }

// SetPercentile sets the percentile of a term, once.
func (s *RunScores) SetPercentile(term string, v eval.Value) { s.set("percentile "+term, v) }

func (s *RunScores) set(name string, v eval.Value) {
	w := eval.Writer{Bytes: s.packed, Words: s.run.words}
	w.Word(name)
	w.Value(v)
	s.packed = w.Bytes
}

func (s *RunScores) get(name string) (_ eval.Value, ok bool) {
	wanted, ok := s.run.words.Find(name)
	if !ok {
		return eval.Value{}, false
	}
	for r := (eval.Reader{Bytes: s.packed, Words: s.run.words}); len(r.Bytes) > 0; {
		given := r.Uint()
		if v := r.Value(); given == wanted {
			return v, true
		}
	}
	return eval.Value{}, false
}

// noGroup is the group of those whom a run did not rank: they have no order.
const noGroup = "Prospects"

// Base implements Scores.
func (s *RunScores) Base(name string, _ bool) eval.Value {
	if v, ok := s.get("field " + name); ok || name != "rfm.group" {
		return v
	}
	return eval.Text(noGroup)
}

// Percentile implements Scores.
func (s *RunScores) Percentile(term string, _ bool) eval.Value {
	v, _ := s.get("percentile " + term)
	return v
}
