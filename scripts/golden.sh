#!/bin/sh
# Writes the golden files anew, in the packages whose tests have an -update
# flag. Read the diff before committing it.
set -eu

folders=$(grep -r -l --include='*_test.go' -E 'flag\.Bool\("update"' . |
	xargs -r -n1 dirname | sort -u)
if [ -z "$folders" ]; then
	echo "golden: no test has an -update flag" >&2
	exit 0
fi
# shellcheck disable=SC2086 # one word per folder
go test $folders -count=1 -update
git --no-pager diff --stat
