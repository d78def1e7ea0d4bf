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
pictures="map.svg chart.svg"
run -f docs/demo/use_cases.sql >"$TERRCARBON_OUTPUT/use_cases.txt"
cat "$TERRCARBON_OUTPUT/use_cases.txt"
run -At -f docs/demo/wetland_map.sql -o "$TERRCARBON_OUTPUT/wetlands.svg"
pictures="$pictures wetlands.svg"

# The account of the fictional territory: three readers of one SELECT.
if [ $territory = territory ]; then
	run -f docs/demo/account.sql >"$TERRCARBON_OUTPUT/account.txt" 2>&1 || {
		cat "$TERRCARBON_OUTPUT/account.txt"
		exit 1
	}
	cat "$TERRCARBON_OUTPUT/account.txt"
	for reader in citizen partner agglomeration; do
		run -At -v reader=$reader -f docs/demo/trajectory.sql -o "$TERRCARBON_OUTPUT/trajectory-$reader.svg"
		pictures="$pictures trajectory-$reader.svg"
	done
fi
echo "Look at these in a browser, in demo-output/: $pictures"
