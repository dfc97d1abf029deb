// Command kith-torture ends and damages a real kith serve in every way that
// docs/reliability.md promises to survive, and compares what is left with a
// journal of its own. It prints one line for each invariant, and its exit
// status is 1 if one does not hold.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kith-torture:", err)
		os.Exit(1)
	}
}

// torture is one run of one goal.
type torture struct {
	out      io.Writer
	kith     string // the program
	dir      string // what the run may write into
	seed     uint64
	cycles   int
	r        *rand.Rand
	violated int
	slack    int // times are multiplied by it
}

// within is a time limit on this machine.
func (t *torture) within(limit time.Duration) time.Duration { return limit * time.Duration(t.slack) }

// errSkipped says that this machine cannot try a goal.
var errSkipped = errors.New("skipped")

var errViolated = errors.New("an invariant does not hold")

// goals are those of docs/reliability.md.
var goals = map[string]func(*torture, context.Context) error{
	"r1": (*torture).kills, "r2": (*torture).powerCuts, "r3": (*torture).syncs, "r4": (*torture).failingSyncs,
	"r5": (*torture).replays, "r6": (*torture).shuffled,
	"r16": (*torture).fullDisk, "r17": (*torture).damagedWarehouse, "r19": (*torture).damagedLog,
	"r21": (*torture).malformed,
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	t := &torture{out: out}
	flags := flag.NewFlagSet("kith-torture", flag.ContinueOnError)
	goal := flags.String("goal", "r1", "what to try: "+strings.Join(slices.Sorted(maps.Keys(goals)), ", "))
	flags.StringVar(&t.kith, "kith", "bin/kith", "the program to try it on")
	flags.StringVar(&t.dir, "dir", "", "folder to work in, kept afterwards (default: a temporary one)")
	flags.IntVar(&t.cycles, "cycles", 10, "how often")
	flags.Uint64Var(&t.seed, "seed", 0, "what chance begins with; 0: the clock")
	flags.IntVar(&t.slack, "slack", 1, "how many times as long starts and stops may take, on a machine that does other things too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	try, known := goals[*goal]
	if !known || flags.NArg() > 0 || t.cycles < 1 || t.slack < 1 {
		return fmt.Errorf("-goal is one of %s, -cycles and -slack are above 0, and nothing follows the flags", strings.Join(slices.Sorted(maps.Keys(goals)), ", "))
	}
	if t.seed == 0 {
		t.seed = uint64(time.Now().UnixNano())
	}
	t.r = rand.New(rand.NewPCG(t.seed, 1))
	if t.kith, err = filepath.Abs(t.kith); err != nil {
		return err
	}
	if t.dir == "" {
		if t.dir, err = os.MkdirTemp("", "kith-torture"); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				err = os.RemoveAll(t.dir)
			} else if !errors.Is(err, errSkipped) {
				err = fmt.Errorf("%w; what is left is in %s", err, t.dir)
			}
		}()
	}
	fmt.Fprintf(out, "%s: seed %d, %d cycles\n", *goal, t.seed, t.cycles)
	if err := try(t, ctx); err != nil {
		return err
	}
	if t.violated > 0 {
		return errViolated
	}
	return nil
}

// hold prints whether an invariant holds: it does where nothing was found
// against it.
func (t *torture) hold(invariant string, against int, format string, args ...any) {
	word := "ok      "
	if against > 0 {
		word = "VIOLATED"
		t.violated++
	}
	fmt.Fprintf(t.out, "%s %s: %d; %s\n", word, invariant, against, fmt.Sprintf(format, args...))
}

// note prints a figure that nothing is promised of.
func (t *torture) note(format string, args ...any) {
	fmt.Fprintf(t.out, "         "+format+"\n", args...)
}

func against(violated bool) int {
	if violated {
		return 1
	}
	return 0
}
