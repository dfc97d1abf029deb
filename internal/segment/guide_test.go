package segment_test

import (
	"os"
	"regexp"
	"testing"
)

// TestGuideFiles plans each file of segments in the users' guide.
func TestGuideFiles(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/segments.md")
	if err != nil {
		t.Fatal(err)
	}
	files := regexp.MustCompile("(?s)\n```yaml\n(.*?\n)```\n").FindAllSubmatch(guide, -1)
	if len(files) == 0 {
		t.Fatal("the guide shows no file of segments")
	}
	for _, m := range files {
		b := newBook(t)
		save(t, b, "old-thing", "everyone")
		wantSteps(t, plan(t, b, string(m[1])), `
created big-spenders "" to "sum(order.total) in last 365 days >= 500" name "" to "Big spenders"
created big-spenders-abroad "" to "in segment \"big-spenders\" and country is not missing and not country = shop.country" name "" to "Big spenders abroad"
deleted old-thing "everyone" to ""
`)
	}
}
