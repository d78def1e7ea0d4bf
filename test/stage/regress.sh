#!/bin/sh
# Runs regression tests once more, in a database of their own, with the server's
# settings of PGOPTIONS; prints TAP, and the differences.
#
#   sh test/stage/regress.sh NAME [TEST ...]
set -u
name=$1
shift
[ $# -gt 0 ] || {
	# shellcheck disable=SC2046
	set -- $(find test/sql -maxdepth 1 -name '*.sql' -exec basename {} .sql \; | sort)
}
output=$(mktemp -d)
trap 'rm -rf "$output"; PGOPTIONS="" dropdb --if-exists "regression_$name"' EXIT
# Before 16 expected files are sought in the output folder, later in the current one.
ln -s "$(pwd)/expected" "$output/expected"
# The settings are for the tests: creating the extensions may take minutes with them.
PGOPTIONS='' createdb "regression_$name"
PGOPTIONS='-c client_min_messages=warning' \
	psql -Xqc 'CREATE EXTENSION terrcarbon CASCADE' "regression_$name"
if "$(dirname "$("$PG_CONFIG" --pgxs)")/../test/regress/pg_regress" --use-existing --inputdir=test \
	--outputdir="$output" --bindir="$("$PG_CONFIG" --bindir)" --dbname="regression_$name" "$@" >"$output/log" 2>&1; then
	echo "ok 1 - $name: $# tests"
else
	cat "$output/log"
	[ ! -f "$output/regression.diffs" ] || head -n 300 "$output/regression.diffs"
	echo "not ok 1 - $name: $# tests"
	exit 1
fi
