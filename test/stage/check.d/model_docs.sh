#!/bin/sh
# The examples of docs/model are those that model_examples runs, with its results.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in docs/model/*.md; do
	awk '/^```sql$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >>"$work/sql"
	awk '/^```text$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" >>"$work/text"
done
tail -n +4 test/sql/model_examples.sql >"$work/run"
if diff "$work/sql" "$work/run"; then
	echo "ok 1 - model docs: the examples are run as they stand"
else
	echo "not ok 1 - model docs: the examples are run as they stand"
fi
sed 's/[[:space:]]*$//' expected/model_examples.out >"$work/expected"
if [ -s "$work/text" ] && ! sed 's/[[:space:]]*$//' "$work/text" |
	grep -vxFf "$work/expected"; then
	echo "ok 2 - model docs: the results are those of the test"
else
	echo "not ok 2 - model docs: the results are those of the test"
fi
