#!/bin/sh
# Every test, inside the server that test/run.sh made; ends with a count.
set -u
log=$(mktemp)
# -i: a failed group of tests does not keep the others from running.  As many files of
# TAP at once as there are processors: each has servers of its own.
make -i PG_CONFIG="$PG_CONFIG" PROVE_FLAGS="-j$(nproc)" installcheck 2>&1 | tee "$log"
for diffs in regression.diffs output_iso/regression.diffs; do
	[ ! -s $diffs ] || { echo "--- $diffs"; head -n 400 $diffs; }
done
# Each says all it has to say at its end, so that their lines stay together.
# shellcheck disable=SC2016
printf '%s\n' test/stage/check.d/*.sh |
	xargs -n 1 -P "$(nproc)" sh -c 'said=$(sh "$0" 2>&1); printf "%s\n" "$said"' | tee -a "$log"

# pg_regress 15 writes "test NAME ... ok", 16 and later "ok 1 - NAME"; prove
# counts by file; the extra checks write TAP.
passed=$(grep -cE '^(test .* \.\.\. ok|ok [0-9]+ .*|test/t/.* ok)' "$log")
failed=$(grep -cE '^(test .* \.\.\. FAILED|not ok [0-9]+ .*|test/t/.*(Failed|Dubious).*)' "$log")
# Something broke before it could count.
if [ "$failed" -eq 0 ] && grep -qE 'Error [0-9]+ \(ignored\)' "$log"; then
	failed=1
fi
echo "$passed passed, $failed failed" >"$TERRCARBON_SUMMARY"
[ "$failed" -eq 0 ]
