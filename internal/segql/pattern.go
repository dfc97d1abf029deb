package segql

import (
	"fmt"
	"regexp/syntax"
	"strings"
)

// Limits of regular expressions. Repetitions multiply: \pL{1000} alone would
// be a program of a million steps, which RE2 in a database refuses.
const (
	maxPattern     = 1_000  // characters of one
	maxPatternSize = 10_000 // steps of one
	maxPatternCost = 5_000  // characters of all in a segment
)

// pattern checks the regular expression of "matches".
func (c *checker) pattern(n *Match) {
	c.patterns -= len(n.Pattern)
	switch {
	case len(n.Pattern) > maxPattern:
		c.problem(n.PatternAt, "a regular expression has at most %d bytes", maxPattern)
	case c.patterns < 0:
		c.problem(n.PatternAt, "the regular expressions of a segment have at most %d bytes together", maxPatternCost)
	default:
		if message := patternProblem(n.Pattern); message != "" {
			c.problem(n.PatternAt, "%s", message)
		}
	}
}

func patternProblem(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return strings.Replace(err.Error(), "error parsing regexp", "not a regular expression", 1)
	}
	if patternSize(re) > maxPatternSize {
		return fmt.Sprintf("the regular expression is too large: its repetitions make more than %d steps", maxPatternSize)
	}
	return ""
}

// patternSize estimates the steps of the compiled program.
func patternSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return min(size, maxPatternSize+1)
}
