#!/bin/sh
# Runs every fuzz target, one after the other, each for FUZZTIME. go test keeps
# an input that fails in testdata/fuzz: commit it with the fix.
set -eu

: "${FUZZTIME:=30s}"

# One line "folder FuzzName" for each target.
targets=$(grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . |
	sed 's#/[^/]*_test\.go:func # #' | sort)
if [ -z "$targets" ]; then
	echo "fuzz: there is no fuzz target" >&2
	exit 0
fi

echo "$targets" | while read -r folder name; do
	echo "fuzz: $folder $name for $FUZZTIME"
	go test "$folder" -run '^$' -fuzz "^$name\$" -fuzztime "$FUZZTIME"
done
