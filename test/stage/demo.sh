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

echo 'Making a territory, its land cover and its carbon stock'
run -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION terrcarbon'
run -f "docs/demo/$territory.sql"
run -f docs/demo/stock.sql >"$TERRCARBON_OUTPUT/stock.txt"
cat "$TERRCARBON_OUTPUT/stock.txt"
for picture in map chart; do
	run -At -f "docs/demo/$picture.sql" -o "$TERRCARBON_OUTPUT/$picture.svg"
done
echo 'Use cases on the same ground.  Made up, also on real ground: the states of wetlands, the
development, roofs and shops, offers and needs of materials, visitors, ages of houses, bus
lines, practices.'
run -f docs/demo/use_cases.sql >"$TERRCARBON_OUTPUT/use_cases.txt"
cat "$TERRCARBON_OUTPUT/use_cases.txt"
run -At -f docs/demo/wetland_map.sql -o "$TERRCARBON_OUTPUT/wetlands.svg"

# The account of the fictional territory: three readers of one SELECT.
if [ $territory = territory ]; then
	run -f docs/demo/account.sql >"$TERRCARBON_OUTPUT/account.txt" 2>&1 || {
		cat "$TERRCARBON_OUTPUT/account.txt"
		exit 1
	}
	cat "$TERRCARBON_OUTPUT/account.txt"
	for reader in citizen partner agglomeration; do
		run -At -v reader=$reader -f docs/demo/trajectory.sql -o "$TERRCARBON_OUTPUT/trajectory-$reader.svg"
	done
fi

# A year of deciding: firms, actions, credits and verdict as four roles see them.
if [ $territory = territory ]; then
	run -f docs/demo/year.sql
	for reader in council mill study citizen; do
		run -v "reader=harbour_$reader" -f docs/demo/year_views.sql >"$TERRCARBON_OUTPUT/year-$reader.txt"
	done
	cat "$TERRCARBON_OUTPUT/year-council.txt"
	run -At -c "SELECT terrcarbon.wedge_chart('harbour', 'H')" -o "$TERRCARBON_OUTPUT/plan.svg"
	run -At -c "SELECT terrcarbon.abatement_chart('harbour', 'H', 2030)" -o "$TERRCARBON_OUTPUT/abatement.svg"
fi

# All of it on a page, in two languages.
real=$([ $territory = real ] && echo 1 || echo 0)
awk -v lang=en -v "real=$real" -v output="$TERRCARBON_OUTPUT" -f test/stage/demo_page.awk >"$TERRCARBON_OUTPUT/index.html"
awk -v lang=fr -v "real=$real" -v output="$TERRCARBON_OUTPUT" -f test/stage/demo_page.awk >"$TERRCARBON_OUTPUT/index.fr.html"
cat <<'END'

Look at demo-output/index.html in a browser (in French: index.fr.html): these tables, and the
pictures.  To try next:
  1. an hour from an empty database to a published trajectory   docs/tutorial.md
  2. your communes on a map in QGIS                             README.md
  3. what a project would cost in carbon                        docs/planner.md
  4. a file of your own, with its mistakes found                docs/deposit.md
  5. this demo on real polygons                                 make demo DATA=folder

The server has gone; the extension stays in the folders of PostgreSQL, in no database.
To take it out: make uninstall (as root, or with sudo)
END
