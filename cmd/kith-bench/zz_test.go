package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"kith/internal/segql/sqlgen"
)

func TestZZProf(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	b := &bench{report: &report{out: os.Stdout}, dir: "/tmp/bench", threads: 2, memory: "6GB"}
	db, err := b.openShop(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, _ := db.Conn(t.Context())
	defer conn.Close()
	execAll(t.Context(), conn, []string{`CREATE OR REPLACE TEMP TABLE price_band_now AS
		SELECT CAST(c AS INTEGER) AS customer, ['value', 'mid', 'premium'][1 + c % 3] AS band FROM p`})
	seg, ids, _ := allPresets()
	counts, _ := sqlgen.Counts(seg, shopOptions())
	rival, _ := presetRival(ids, false)
	for _, st := range []sqlgen.Statement{counts, rival} {
		var k, v string
		if err := conn.QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, FORMAT json) "+st.SQL, st.Args...).Scan(&k, &v); err != nil {
			t.Fatal(err)
		}
		type node struct {
			Op       string `json:"operator_name"`
			Time     float64 `json:"operator_timing"`
			Rows     float64 `json:"operator_cardinality"`
			Extra    map[string]any `json:"extra_info"`
			Children []*node `json:"children"`
			path string
		}
		var root node
		if err := json.Unmarshal([]byte(v), &root); err != nil {
			t.Fatal(err, v[:500])
		}
		var all []*node
		total := 0.0
		var walk func(n *node, path string)
		walk = func(n *node, path string) {
			n.path = path
			all = append(all, n)
			total += n.Time
			for _, c := range n.Children {
				walk(c, path+"/"+n.Op)
			}
		}
		walk(&root, "")
		sort.Slice(all, func(i, j int) bool { return all[i].Time > all[j].Time })
		fmt.Println("TOTAL", total)
		for _, n := range all[:min(16, len(all))] {
			e, _ := json.Marshal(n.Extra)
			fmt.Printf("%.3f %s rows=%.0f %s\n", n.Time, n.Op, n.Rows, strings.ReplaceAll(string(e), "\\n", " ")[:min(len(e), 330)])
		}
	}
}
