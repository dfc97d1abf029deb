package segment

import (
	"fmt"
	"slices"
	"strings"

	"kith/internal/segql"
)

// reference is one place in a text that names another segment.
type reference struct {
	id string
	at segql.Span
}

// references returns those of a text, in its order.
func references(text string) []reference {
	root, _ := segql.Parse(text)
	var all []reference
	if root == nil {
		return nil
	}
	segql.Walk(root, func(x any) bool {
		switch x := x.(type) {
		case *segql.InSegment:
			all = append(all, reference{x.ID, x.IDAt})
		case *segql.Moved:
			all = append(all, reference{x.ID, x.IDAt})
		}
		return true
	})
	return all
}

// users says, for each segment that is referred to, which segments do so
// directly, in the order of the list.
func users(all []Segment) map[string][]string {
	direct := map[string][]string{}
	for _, s := range all {
		for _, r := range references(s.Text) {
			if r.id != s.ID && !slices.Contains(direct[r.id], s.ID) {
				direct[r.id] = append(direct[r.id], s.ID)
			}
		}
	}
	return direct
}

// reach returns the segments that refer to one, directly and through others,
// the nearer ones first.
func reach(direct map[string][]string, id string) []string {
	var all []string
	seen := map[string]bool{id: true}
	for next := []string{id}; len(next) > 0; {
		var further []string
		for _, id := range next {
			for _, user := range direct[id] {
				if !seen[user] {
					seen[user] = true
					further = append(further, user)
				}
			}
		}
		all = append(all, further...)
		next = further
	}
	return all
}

// usedBy says which of the users refer to a segment and what to do about it;
// empty if none does.
func usedBy(direct map[string][]string, id string) string {
	first := direct[id]
	if len(first) == 0 {
		return ""
	}
	message := "used by " + strings.Join(first, ", ")
	if through := reach(direct, id)[len(first):]; len(through) > 0 {
		message += fmt.Sprintf(" (and through them by %s)", strings.Join(through, ", "))
	}
	return message + "; first change what uses it, or delete it too"
}
