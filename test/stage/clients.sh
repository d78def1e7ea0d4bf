#!/bin/sh
# The tools of users on the account of the demo: as three roles, each client's rows are
# those that psql gives the same role, to the last bit; QGIS opens the project, prints it, and
# edits; the pictures are kept.
set -eu
work=$(mktemp -d)
bouncer=
trap '[ -z "$bouncer" ] || kill "$bouncer" 2>/dev/null; rm -rf "$work"' EXIT
: >"$work/failed"
ok() { echo "ok - $1"; }
not_ok() {
	echo "not ok - $1"
	echo "$1" >>"$work/failed"
}
run() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }
people="citizen partner agglomeration"
export PGDATABASE="${PGDATABASE:-postgres}"
# Python of the distribution, which has the drivers.
python=/usr/bin/python3

run -c 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION terrcarbon'
run -f docs/demo/territory.sql
run -f docs/demo/account.sql >"$work/account" 2>&1 || {
	cat "$work/account"
	exit 1
}
# People log in; a sector is told not to occur, which no client may take for 0 or nothing.
# The quoting is that of psql.
run -v database="$PGDATABASE" <<'SQL'
ALTER DATABASE :"database" SET search_path = "$user", public, terrcarbon;
ALTER DATABASE :"database" SET session_preload_libraries = 'terrcarbon';
SET client_min_messages = warning;
ALTER ROLE citizen LOGIN PASSWORD 'reader';
ALTER ROLE partner LOGIN PASSWORD 'reader';
ALTER ROLE agglomeration LOGIN PASSWORD 'reader';
CREATE ROLE pool LOGIN PASSWORD 'reader' NOINHERIT;
GRANT citizen, partner, agglomeration TO pool;
INSERT INTO coast.activity (dataset_id, territory_code, sector, year, notation)
    SELECT id, 'COAST', 'agriculture', y, 'NO' FROM terrcarbon.dataset, generate_series(2015, 2024) AS y WHERE slug = 'land';
CALL terrcarbon.refresh('coast');
SQL
owner=$PGUSER
owner_password=${PGPASSWORD:-}
run -At -v way="host=$PGHOST port=$PGPORT dbname=$PGDATABASE" -o "$work/address" <<'SQL'
SELECT terrcarbon.write_qgis_project('coast', connection => :'way');
SQL

# --- the same rows, whoever asks with whatever -------------------------------------
if node -e 'require("pg")' 2>/dev/null; then
	node_path=
elif command -v npm >/dev/null; then
	npm install --silent --no-fund --no-audit --prefix "$work/node" pg@8 >/dev/null 2>&1 || true
	node_path=$work/node/node_modules
fi
clients="psycopg3 psycopg2 sqlalchemy odbc gdal jdbc pg r"
client() {
	case $1 in
		jdbc) java -cp /usr/share/java/postgresql.jar test/clients/jdbc.java ;;
		pg) NODE_PATH=${node_path:-/usr/share/nodejs} node test/clients/pg.js ;;
		r) Rscript --vanilla test/clients/r.R ;;
		*) $python "test/clients/with_$1.py" ;;
	esac
}
for person in $people; do
	export PGUSER="$person" PGPASSWORD=reader
	$python test/clients/psql.py >"$work/psql.$person"
	figures=$(grep -c ' = [0-9a-f]\{16\}$' "$work/psql.$person")
	for client in $clients; do
		if client "$client" >"$work/$client" 2>"$work/error" && [ -s "$work/$client" ] &&
			diff "$work/psql.$person" "$work/$client" >"$work/difference"; then
			ok "$client as $person: $(wc -l <"$work/$client") values, $figures figures, as psql to the last bit"
		else
			not_ok "$client as $person"
			head -5 "$work/error"
			head -5 "$work/difference"
		fi
	done
done
export PGUSER="$owner" PGPASSWORD="$owner_password"
if cmp -s "$work/psql.citizen" "$work/psql.partner" || cmp -s "$work/psql.partner" "$work/psql.agglomeration" ||
	cmp -s "$work/psql.citizen" "$work/psql.agglomeration"; then
	not_ok "three roles, three results"
else
	ok "three roles, three results"
fi
if grep -q 'notation = NO$' "$work/psql.citizen" && grep -q 'emissions = NULL$' "$work/psql.citizen" && grep -q 'emissions = 0000000000000000$' "$work/psql.citizen"; then
	ok "a missing figure, a zero and a notation key are three things"
else
	not_ok "a missing figure, a zero and a notation key are three things"
fi

# --- a pool --------------------------------------------------------------------------
export BOUNCER_PORT=$((PGPORT + 1000))
cat >"$work/pgbouncer.ini" <<INI
[databases]
* = host=$PGHOST port=$PGPORT user=pool password=reader
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $BOUNCER_PORT
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits
logfile = $work/pgbouncer.log
pidfile = $work/pgbouncer.pid
INI
PATH=$PATH:/usr/sbin pgbouncer -q "$work/pgbouncer.ini" 2>>"$work/pgbouncer.log" &
bouncer=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	PGPASSWORD=reader psql -XqAt -h 127.0.0.1 -p "$BOUNCER_PORT" -U pool -c 'SELECT 1' >/dev/null 2>&1 && break
	sleep 0.5
done
# shellcheck disable=SC2086
if PGHOST=127.0.0.1 PGPASSWORD=reader $python test/clients/pgbouncer.py $people >"$work/pool" 2>"$work/error" &&
	[ "$(cut -d' ' -f2 "$work/pool" | sort -u | wc -l)" -eq 3 ]; then
	ok "pgbouncer: three people on one connection, three results"
else
	not_ok "pgbouncer: three people on one connection, three results"
	cat "$work/pool" "$work/error" "$work/pgbouncer.log"
fi
kill "$bouncer"
bouncer=

# --- QGIS ----------------------------------------------------------------------------
for person in $people; do
	if PGUSER=$person PGPASSWORD=reader XDG_RUNTIME_DIR=$work HOME=$work $python test/clients/qgis_pages.py "$(cat "$work/address")" "$TERRCARBON_OUTPUT" >"$work/qgis" 2>"$work/error"; then
		ok "QGIS as $person: opens the project and prints its pages"
	else
		not_ok "QGIS as $person: opens the project and prints its pages"
		tail -5 "$work/error"
	fi
	sed -n "s/^map \([0-9]*\) territory_code = //p" "$work/psql.$person" >"$work/codes"
	sed -n "s/^map \([0-9]*\) emissions = //p" "$work/psql.$person" | paste -d' ' "$work/codes" - | sed 's/^\(\S*\) /qgis \1 emissions = /' >"$work/expected"
	if grep '^qgis ' "$work/qgis" | diff "$work/expected" - >"$work/difference"; then
		ok "QGIS as $person: figures as psql to the last bit"
	else
		not_ok "QGIS as $person: figures as psql to the last bit"
		head -5 "$work/difference"
	fi
	if [ "$(grep -c '^page per_inhabitant incomplet.* = 0$' "$work/qgis")" = "$([ "$person" = agglomeration ] && echo 1 || echo 0)" ]; then
		ok "QGIS as $person: what is known in part is hatched"
	else
		not_ok "QGIS as $person: what is known in part is hatched"
		grep '^page per_inhabitant' "$work/qgis" || true
	fi
done
# Communes of one's own, as the README has it.
psql -XqAt -o "$work/communes.geojson" <<'SQL'
SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(json_build_object('type', 'Feature',
    'properties', json_build_object('code', code, 'nom', name), 'geometry', ST_AsGeoJSON(ST_Transform(geom, 4326))::json)))
FROM demo.territory;
SQL
createdb own
if PGDATABASE=own run -v file="$work/communes.geojson" -f docs/demo/own_communes.sql >"$work/own" 2>"$work/error" &&
	PGDATABASE=own psql -XqAt -c "SELECT terrcarbon.write_qgis_project('communes', connection => 'host=$PGHOST port=$PGPORT dbname=own')" >"$work/address" &&
	PGDATABASE=own PGUSER=reader PGPASSWORD=reader XDG_RUNTIME_DIR=$work HOME=$work $python test/clients/qgis_pages.py "$(cat "$work/address")" "$TERRCARBON_OUTPUT" >"$work/qgis" 2>>"$work/error" &&
	[ "$(grep -c '^qgis .* = [0-9a-f]\{16\}$' "$work/qgis")" -eq 12 ]; then
	ok "communes of a GeoJSON, as the README has it: a map in QGIS"
else
	not_ok "communes of a GeoJSON, as the README has it: a map in QGIS"
	tail -5 "$work/own" "$work/error"
fi
# Programs that edit as a producer.
for program in test/clients/qgis_edit*.py; do
	[ -f "$program" ] || continue
	if XDG_RUNTIME_DIR=$work HOME=$work $python "$program" >"$work/edit" 2>"$work/error"; then
		ok "QGIS: $(basename "$program" .py)"
	else
		not_ok "QGIS: $(basename "$program" .py)"
		tail -5 "$work/edit" "$work/error"
	fi
done

# --- a chart ---------------------------------------------------------------------------
for person in $people; do
	run -At -v reader="$person" -f docs/demo/trajectory.sql -o "$work/chart.svg"
	rsvg-convert -z 1.5 "$work/chart.svg" -o "$TERRCARBON_OUTPUT/trajectory-$person.png"
done
if [ -s "$TERRCARBON_OUTPUT/trajectory-citizen.png" ]; then ok "charts are drawn"; else not_ok "charts are drawn"; fi
echo "Look at the pictures in demo-output/"
if [ -s "$work/failed" ]; then
	echo "FAILED: $(wc -l <"$work/failed") of the checks"
	exit 1
fi
