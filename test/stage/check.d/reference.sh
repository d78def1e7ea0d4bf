#!/bin/sh
# The reference page says what the schema holds and which errors the code raises,
# no more and no less.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh test/stage/reference.sh "$work/page"
if diff docs/reference.md "$work/page"; then
	echo "ok 1 - reference page: it is what the comments say"
else
	echo "not ok 1 - reference page: it is what the comments say (make reference writes it anew)"
fi

# The conditions by name, from C, from USING ERRCODE and from RAISE condition.
{
	grep -rhoE --include='*.[ch]' 'ERRCODE_[A-Z0-9_]+' src |
		sed -e 's/ERRCODE_//' -e 's/^[A-Z]_\([A-Z]_\)*//' | tr '[:upper:]' '[:lower:]'
	grep -rhoE "ERRCODE = '[a-z0-9_]+'" sql | cut -d"'" -f2
	grep -rhoE 'RAISE [a-z_]+ USING' sql | cut -d' ' -f2
} | sort -u >"$work/raised"
# shellcheck disable=SC2016
sed -n 's/^| [0-9A-Z]\{5\} | `\([a-z_]*\)` .*/\1/p' docs/reference.md | sort >"$work/listed"
if diff "$work/listed" "$work/raised"; then
	echo "ok 2 - reference page: its list of errors is that of the code"
else
	echo "not ok 2 - reference page: its list of errors is that of the code"
fi
