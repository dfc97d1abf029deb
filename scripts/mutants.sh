#!/bin/sh
# Breaks the live evaluator on purpose, one mistake at a time, and expects the
# differential test to notice each. A mutant that lives is a gap in the test.
#
#   sh scripts/mutants.sh
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

lived=0
# mutant NAME FILE SED-EXPRESSION
mutant() {
	sed "$3" "$2" >"$work/mutant.go"
	if cmp -s "$2" "$work/mutant.go"; then
		echo "STALE  $1: the expression changes nothing in $2"
		lived=$((lived + 1))
		return
	fi
	printf '{"Replace": {"%s": "%s"}}' "$root/$2" "$work/mutant.go" >"$work/overlay.json"
	if ! go build -overlay "$work/overlay.json" ./internal/segment/live 2>"$work/build.txt"; then
		echo "STALE  $1: does not compile: $(tail -1 "$work/build.txt")"
		lived=$((lived + 1))
		return
	fi
	if KITH_DIFFERENTIAL_SHOPS=${SHOPS:-150} go test -count=1 -overlay "$work/overlay.json" -run 'TestDifferential|TestScripts|TestRunning' ./internal/segment/live ./internal/segql/eval >"$work/test.txt" 2>&1; then
		echo "LIVED  $1"
		lived=$((lived + 1))
	else
		echo "killed $1"
	fi
}

eval=internal/segql/eval
mutant "in last: the edge counts" $eval/window.go '/^func (w inLast) span/,/^}/s/r\.after(/r.from(/'
mutant "before ago: the edge does not count" $eval/window.go '/^func (w beforeAgo) span/,/^}/s/r\.after(/r.from(/'
mutant "between ago: the older edge counts" $eval/window.go 's/low, high = r.after(a.zone.back(a.at, w.longer))/low, high = r.from(a.zone.back(a.at, w.longer))/'
mutant "in last: no timer" $eval/window.go '/^func (w inLast) emptiness/,/^}/s/a.until/_ = (func(int64))(nil); _ = /'
mutant "in last: the timer a microsecond late" $eval/window.go '/^func (w inLast) emptiness/,/^}/s/a.until(a.zone.reach(r.at\[high-1\], w.d))/a.until(a.zone.reach(r.at[high-1], w.d) + 1)/'
mutant "in last: the timer of the oldest, for emptiness" $eval/window.go '/^func (w beforeAgo) emptiness/,/^}/s/if low == high/if low != high/'
mutant "calendar: no timer" $eval/window.go '/^func (w calendarWindow) changes/,/^}/s/a.until(end)/_ = end/'
mutant "sequence: a step at once" $eval/sequence.go 's/return reached\[i\] >= t })/return reached[i] > t })/'
mutant "sequence: quiet for a microsecond less" $eval/sequence.go 's/at\[i\]-t <= s.within/at[i]-t < s.within/'
mutant "sequence: no timer for a quiet span" $eval/sequence.go 's/a.until(end)$/_ = end/'
mutant "days ago: no timer" $eval/node.go '/^func (a \*asking) agoPasses/,/^}/s/a.until(a.zone.reach(to, d))/_ = to/'
mutant "a growing quantity is not followed" $eval/program.go 's/if a.flowing {/if false {/'
mutant "and: the change of what holds is forgotten" $eval/program.go 's/a.next = min(outer, whenYes)/a.next = min(outer, whenNo)/'
mutant "not a part that moves" $eval/term.go 's/c.moving = true/c.moving = false/'
mutant "overdue: a microsecond late" $eval/own.go 's/a.until(at + 1)/a.until(at + 2)/'
mutant "age: a day late" $eval/birthday.go 's/a.until(home.startOfDay(anniversaryIn(born, born.Year+years+1)))/a.until(home.startOfDay(anniversaryIn(born, born.Year+years+1) + 1))/'
mutant "anniversary: a day late" $eval/birthday.go 's/change = min(change, last+1)/change = min(change, last+2)/'
mutant "29 February has no anniversary" $eval/birthday.go 's/d.Day = 28/d.Day = 27/'
mutant "rounding down" $eval/value.go 's/case 2\*r >= d:/case 2*r > d:/'
mutant "distinct counts all" $eval/running.go 's/return len(seen)$/return high - low/'
mutant "distinct: the last row of a value stays marked" $eval/running.go 's/d.marks\[i\]--/_ = last/'
mutant "extreme: the row that is not exceeded goes" $eval/running.go 's/r.fact(int(x.rows\[n-1\])).Field(x.field, x.as)) > 0/r.fact(int(x.rows[n-1])).Field(x.field, x.as)) < 0/'
mutant "days: two rows of one day are two" $eval/running.go 's/ || day != d.days\[len(d.days)-1\] {/ || true {/'
mutant "sums go on with what was replaced" $eval/running.go 's/s.sums = s.sums\[:min(len(s.sums), n+1)\]/_ = n/'
mutant "ties go to the smaller id" internal/customer/fact.go 's/strings.Compare(s.key(), o.key())/strings.Compare(o.key(), s.key())/'
mutant "a visit ends a microsecond later" internal/customer/visit.go 's/e.At-f.last >= visitGap/e.At-f.last > visitGap/'
mutant "the cart survives an order" internal/customer/cart.go '/case e.Key == "order":/,/return changed/s/p.lines = nil/_ = p.lines/'
mutant "the cancelled order counts" internal/customer/keptorder.go 's/ \&\& now < t.ends//'
mutant "what is pending is forgotten" internal/customer/customer.go '/^func (c \*Customer) waitFor/,/^}/s/c.pending = min(c.pending, at)/_ = at/'
mutant "late facts are not caught up with" internal/segment/live/arrive.go 's/e.catchUp(p, s.moment)$/_ = s.moment/'
mutant "a product changes nobody" internal/segment/live/product.go 's/r.names\[number\] = true/r.names[number] = false/'
mutant "what a shared filter needs is known to the first segment" $eval/program.go '/byText\[text\]; ok {/,/return m, nil/s/c.needs.add(m.needs)/_ = m.needs/'
mutant "orders touch no carts" internal/customer/customer.go 's/, {Name: "cart_item"}, {Name: "favourite"},/,/'
mutant "orders make no segment due" internal/segment/live/arrive.go 's/for _, i := range e.byKind\[k\] {/for _, i := range e.byKind[k] { if !k.Event { break }/'

[ "$lived" = 0 ]
