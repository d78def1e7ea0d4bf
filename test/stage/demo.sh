#!/bin/sh
# The main job, start to end: a territory's carbon stock, as a table and as
# pictures.  With TERRCARBON_DATA set, on real polygons; else on a fictional
# territory.
set -eu
if [ -n "${TERRCARBON_DATA:-}" ]; then
	territory=real
else
	territory=territory
fi
run() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

run -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION terrcarbon'
run -f "docs/demo/$territory.sql"
run -f docs/demo/stock.sql >"$TERRCARBON_OUTPUT/stock.txt"
cat "$TERRCARBON_OUTPUT/stock.txt"
for picture in map chart; do
	run -At -f "docs/demo/$picture.sql" -o "$TERRCARBON_OUTPUT/$picture.svg"
done
echo "Look at demo-output/map.svg and demo-output/chart.svg in a browser."
