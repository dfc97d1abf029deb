package segql

import (
	"fmt"
)

// maxSuggestions bounds the names looked up in one pass: a shop may have
// thousands of segments to compare each with.
const maxSuggestions = 20

// nearest returns the known name that is the fewest keystrokes away, or ""
// if none is near. Of equally near ones it is the first.
func nearest(name string, known []string) string {
	letters := []rune(name)
	best, limit := "", max(1, len(letters)/3)
	if len(letters) > 64 {
		return ""
	}
	for _, k := range known {
		if d := distance(letters, []rune(k), limit); d <= limit && k != name {
			best, limit = k, d-1
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with a neighbour
// to get from a to b. Above limit it may stop counting.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var before, row, next []int
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range a {
		next = append(make([]int, 0, len(b)+1), i+1)
		least := i + 1
		for j := range b {
			d := min(row[j+1]+1, next[j]+1, row[j])
			if a[i] != b[j] {
				d = min(row[j+1], next[j], row[j]) + 1
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			next = append(next, d)
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, row = row, next
	}
	return row[len(b)]
}

func didYouMean(name string) string { return fmt.Sprintf(": did you mean %q?", name) }

// namesOf returns the names of fields, with a prefix.
func namesOf(prefix string, fields []FieldInfo) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = prefix + f.Name
	}
	return names
}
