package warehouse

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/internal/commerce"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestZZBench(t *testing.T) {
	f := os.Getenv("BENCH")
	if f == "" {
		t.Skip()
	}
	zone, _ := time.LoadLocation("Europe/Bucharest")
	dir := "/tmp/wh/db"
	os.RemoveAll(dir)
	os.MkdirAll(dir, 0o755)
	db, err := Open(t.Context(), Config{Path: dir + "/w.duckdb", Currency: "RON", Zone: zone, ArchiveDir: "/tmp/wh", MemoryLimit: "1300MB", Threads: 2, TempDir: dir + "/tmp"})
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split(f, ",") {
		kind, file, _ := strings.Cut(part, ":")
		start := time.Now()
		last := start
		lastCPU := cpu()
		startCPU := lastCPU
		db.observe = func(name string) {
			if d := time.Since(last); d > 20*time.Millisecond {
				fmt.Println(d.Round(time.Millisecond), "cpu", (cpu() - lastCPU).Round(time.Millisecond), name)
			}
			last = time.Now()
			lastCPU = cpu()
		}
		r, err := db.Load(t.Context(), Batch{Seq: int64(i + 1), Kind: commerce.Kind(kind), At: time.Now(), Files: []string{file}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("TOTAL", time.Since(start).Round(time.Millisecond), "cpu", cpu()-startCPU)
		if len(r.Refusals) > 3 {
			r.Refusals = r.Refusals[:3]
		}
		fmt.Printf("%+v\n", r)
	}
	start := time.Now()
	fp, err := db.Fingerprint(t.Context())
	fmt.Println("fingerprint", time.Since(start), fp["orders"], fp["item"], err)
	db.Close()
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmHWM") {
			fmt.Println(l)
		}
	}
}
