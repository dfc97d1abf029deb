package main

import (
	"fmt"
	"os"
	"strings"
	"strconv"
	"syscall"
	"testing"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"kith/internal/segment/preset"
	"kith/internal/segql"
	"kith/internal/segql/sqlgen"
	"kith/internal/warehouse"
)

func TestZZPlan(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	db, err := warehouse.Open(t.Context(), warehouse.Config{Path: os.Getenv("ZZDB"), Threads: 2, Currency: "EUR", Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, _ := db.Conn(t.Context())
	defer conn.Close()
	zone, _ := time.LoadLocation("Europe/Bucharest")
	var all []sqlgen.Segment
	var texts []string
	for _, p := range preset.List("en") {
		text := p.Text
		if p.Template {
			text, err = p.Fill(map[string]string{"from": "2025-11-20", "to": "2025-12-01", "since": "2025-12-05", "category": `"shoes"`})
			if err != nil {
				t.Log(err)
			}
		}
		c, problems := segql.Compile(text, &segql.Catalogue{})
		if len(problems) > 0 {
			t.Log(p.ID, problems)
			continue
		}
		all = append(all, sqlgen.Segment{Checked: c, Saved: true})
		texts = append(texts, text)
	}
	o := sqlgen.Options{At: shopEnd, Zone: zone, Settings: map[string]string{"country": "RO", "reward_points": "100", "shipping_step": "3"}}
	if _, err := conn.ExecContext(t.Context(), `CREATE TEMP TABLE price_band_now (customer INTEGER, band VARCHAR)`); err != nil {
		t.Fatal(err)
	}
	st, err := sqlgen.Counts(all, o)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("ZZPRINT") != "" {
		fmt.Println(st.SQL)
	}
	fmt.Println(len(st.SQL), len(st.Args), strings.Count(st.SQL, "LEFT JOIN"))
	timeIt := func(name, sql string, args []any) {
		best := time.Hour
		for range 4 {
			start := cpuTime()
			rows, err := conn.QueryContext(t.Context(), sql, args...)
			if err != nil {
				t.Fatal(name, err)
			}
			for rows.Next() {
			}
			rows.Close()
			best = min(best, cpuTime()-start)
		}
		fmt.Println(name, best.Round(time.Millisecond/10))
	}
	timeIt("explain", "EXPLAIN "+st.SQL, st.Args)
	timeIt("exec", st.SQL, st.Args)
	s2, _ := sqlgen.Sizes(all, o)
	timeIt("sizes", s2.SQL, s2.Args)
	profile := func(name string, st sqlgen.Statement) {
		for _, p := range []string{"PRAGMA enable_profiling='no_output'", `PRAGMA custom_profiling_settings='{"ALL_OPTIMIZERS":"true","PLANNER":"true","PLANNER_BINDING":"true","PHYSICAL_PLANNER":"true","LATENCY":"true","CPU_TIME":"true","PHYSICAL_PLANNER_CREATE_PLAN":"true"}'`} {
			if _, err := conn.ExecContext(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		timeIt(name, st.SQL, st.Args)
		info, err := duckdb.GetProfilingInfo(conn)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range info.Metrics {
			if f, err := strconv.ParseFloat(v, 64); err == nil && f > 0.003 {
				fmt.Println("   ", name, k, v)
			}
		}
		conn.ExecContext(t.Context(), "PRAGMA disable_profiling")
	}
	profile("counts", st)
	profile("sizes", s2)
	one, _ := segql.Compile("birth_date anniversary in next 7 days", &segql.Catalogue{})
	s3, _ := sqlgen.Count(sqlgen.Segment{Checked: one}, o)
	profile("birthday", s3)
}
func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
