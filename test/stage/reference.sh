#!/bin/sh
# Writes the reference page into the folder of outputs.
set -eu
createdb reference
psql -Xq -d reference -c 'SET client_min_messages = warning; CREATE EXTENSION terrcarbon CASCADE'
psql -X -v ON_ERROR_STOP=1 -d reference -f test/stage/reference.sql >"${1:-$TERRCARBON_OUTPUT/reference.md}"
dropdb reference
