#!/bin/sh
# Runs every file of test/bench in a database of its own; each prints tables.  What
# overlays the same polygons without a database comes after them.
set -u
echo "$(nproc) processors, $(uname -m), PostgreSQL $PGVERSION"
status=0
export=$(mktemp -d)
trap 'rm -rf "$export"' EXIT
for bench in test/bench/*.sql; do
	echo
	echo "== $(basename "$bench" .sql)"
	dropdb --if-exists bench 2>/dev/null
	createdb bench &&
		psql -X -q -d bench -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION terrcarbon' &&
		psql -X -q -v ON_ERROR_STOP=1 -v export="$export" -d bench -f "$bench" || status=1
done

echo
echo "== parcels in zones without a database"
{
	cat "$export/here"
	cc -O2 -o "$export/geos_overlay" test/bench/other/geos_overlay.c -lgeos_c &&
		"$export/geos_overlay" "$export/zones" "$export/parcels" || status=1
	# Where its Python package is installed.
	if /usr/bin/python3 -c 'import geopandas' 2>/dev/null; then
		/usr/bin/python3 test/bench/other/geopandas_overlay.py "$export/zones" "$export/parcels" || status=1
	else
		echo 'geopandas is not installed||'
	fi
} >"$export/all"
# The first line is shared_area, which the others are compared with.
awk -F'|' '
	NR == 1 { first = $3; printf "%-60s %16s %10s %8s\n", "how", "total", "least ms", "times" }
	{ printf "%-60s %16s %10s %8s\n", $1, $2, $3, $3 == "" ? "" : sprintf("%.2f", $3 / first) }' "$export/all"
exit $status
