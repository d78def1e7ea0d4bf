#!/bin/sh
# Runs every file of test/bench in a database of its own; each prints tables.
set -u
echo "$(nproc) processors, $(uname -m), PostgreSQL $PGVERSION"
status=0
for bench in test/bench/*.sql; do
	echo
	echo "== $(basename "$bench" .sql)"
	dropdb --if-exists bench 2>/dev/null
	createdb bench &&
		psql -X -q -d bench -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION terrcarbon' &&
		psql -X -q -v ON_ERROR_STOP=1 -d bench -f "$bench" || status=1
done
exit $status
