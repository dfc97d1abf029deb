#!/bin/sh
# Takes one protection after the other out of Kith and expects kith-torture to
# notice each. A sabotage that passes is a gap in kith-torture. The change is
# laid over the source for the build only, so that the program has no switches.
#
#   sh scripts/sabotage.sh        all
#   sh scripts/sabotage.sh r1     those of one goal
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
only=${1:-}
go build -o "$work/torture" ./cmd/kith-torture

passed=0
# sabotage NAME GOAL CYCLES FILE SED-EXPRESSION
sabotage() {
	case $only in "" | "$2") ;; *) return ;; esac
	mutant=$work/mutant-$(basename "$4")
	rm -rf "$work/run"
	mkdir "$work/run"
	sed "$5" "$4" >"$mutant"
	if cmp -s "$4" "$mutant"; then
		echo "STALE   $1: the expression changes nothing in $4"
		passed=$((passed + 1))
		return
	fi
	printf '{"Replace": {"%s": "%s"}}' "$root/$4" "$mutant" >"$work/overlay.json"
	if ! go build -overlay "$work/overlay.json" -o "$work/kith" ./cmd/kith 2>"$work/build.txt"; then
		echo "STALE   $1: does not compile: $(tail -1 "$work/build.txt")"
		passed=$((passed + 1))
		return
	fi
	if "$work/torture" -goal "$2" -cycles "$3" -seed 1 -dir "$work/run" -kith "$work/kith" >"$work/out.txt" 2>&1; then
		echo "PASSED  $1"
		passed=$((passed + 1))
	elif grep -q '^VIOLATED' "$work/out.txt"; then
		echo "red     $1: $(grep -m 1 '^VIOLATED' "$work/out.txt")"
	else
		echo "BROKEN  $1: $(grep -m 1 '^kith-torture:' "$work/out.txt")" # it failed, but not at what was taken out
		passed=$((passed + 1))
	fi
}

sabotage "r1 the answer comes before the append" r1 5 internal/loader/append.go \
	's|e, err := l.appendNow(ctx, commerce.EventsEntry, body)|e := commerce.Entry{Seq: l.LastSeq() + 1, At: l.now()}; go func() { time.Sleep(20 * time.Millisecond); _, _ = l.appendNow(context.WithoutCancel(ctx), commerce.EventsEntry, body) }()|'
sabotage "r1 a message id that came before counts again" r1 3 internal/warehouse/sql/event.sql \
	's/ON s\.id = r\.message_id/ON s.id = r.message_id AND false/'
sabotage "r2 the log is not synced" r2 3 internal/stream/log.go 's/SyncAlways: *true/SyncAlways: false/'

sabotage "r3 the log is not synced" r3 1 internal/stream/log.go 's/SyncAlways: *true/SyncAlways: false/'
sabotage "r4 a write that failed is looked for, and counts if it is found" r4 2 internal/loader/append.go 's/if l\.config\.Failed != nil {/if false {/'
sabotage "r6 what comes last wins" r6 3 internal/warehouse/sql/trait.sql \
	's/ORDER BY ts, seq, pos) AS next FROM fact/ORDER BY seq, pos) AS next FROM fact/'
sabotage "r16 no low-water mark" r16 2 cmd/kith/open.go 's/free < reserve/free < 0/'
sabotage "r17 a damaged warehouse stays where it is" r17 8 cmd/kith/rebuild.go 's/!errors.As(err, new(unusable))/true/'
sabotage "r19 the doctor skips damage" r19 10 cmd/kith/examine.go 's/damaged++/continue/'
sabotage "r21 connections without time limits" r21 30 cmd/kith/serve.go '/ReadHeaderTimeout: /d; /ReadTimeout: /d'

exit "$passed"
