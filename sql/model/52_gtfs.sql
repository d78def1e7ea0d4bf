-- Public transport from a GTFS feed: how far its vehicles drive.

CREATE FUNCTION create_gtfs(feed name) RETURNS void
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %I', feed);
    EXECUTE format('CREATE TABLE %I.routes (route_id text PRIMARY KEY, agency_id text, route_short_name text, route_long_name text,
        route_desc text, route_type text, route_url text, route_color text, route_text_color text, route_sort_order text)', feed);
    EXECUTE format('CREATE TABLE %I.trips (route_id text, service_id text, trip_id text PRIMARY KEY, trip_headsign text, trip_short_name text,
        direction_id text, block_id text, shape_id text, wheelchair_accessible text, bikes_allowed text)', feed);
    EXECUTE format('CREATE TABLE %I.shapes (shape_id text, shape_pt_lat text, shape_pt_lon text, shape_pt_sequence text, shape_dist_traveled text)', feed);
    EXECUTE format('CREATE TABLE %I.calendar (service_id text PRIMARY KEY, monday text, tuesday text, wednesday text, thursday text,
        friday text, saturday text, sunday text, start_date text, end_date text)', feed);
    EXECUTE format('CREATE TABLE %I.calendar_dates (service_id text, date text, exception_type text, PRIMARY KEY (service_id, date))', feed);
    EXECUTE format('CREATE TABLE %I.frequencies (trip_id text, start_time text, end_time text, headway_secs text, exact_times text)', feed);
END;
$$;
COMMENT ON FUNCTION create_gtfs(name) IS
    'A schema with empty tables for the files of a GTFS feed from which distances follow (routes, trips, shapes, calendar, calendar_dates, frequencies), every column text: fill them with COPY, naming the columns of the file. The caller owns them. Error 42P06 when the schema is there.';

CREATE FUNCTION terrcarbon_internal.gtfs_seconds(clock text) RETURNS int
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5
RETURN split_part(clock, ':', 1)::int * 3600 + split_part(clock, ':', 2)::int * 60 + split_part(clock, ':', 3)::int;
COMMENT ON FUNCTION terrcarbon_internal.gtfs_seconds(text) IS
    'Seconds of a time of a feed, H:MM:SS, which may be past 24 h.';

CREATE FUNCTION terrcarbon_internal.gtfs_runs(feed name, day_from date, day_to date)
    RETURNS TABLE (route_id text, shape_id text, runs float8)
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 1000
AS $$
BEGIN
    IF NOT day_from <= day_to OR day_to - day_from > 3660 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'the days of a feed are in order and at most ten years',
            DETAIL = pg_catalog.format('They are %s to %s.', to_char(day_from, 'YYYY-MM-DD'), to_char(day_to, 'YYYY-MM-DD'));
    END IF;
    -- Runs with the rights of the caller.
    RETURN QUERY EXECUTE pg_catalog.format($query$
        WITH operated AS (
            SELECT d.service_id, count(*) AS days
            FROM (SELECT c.service_id, g.day
                  FROM %1$I.calendar c
                  CROSS JOIN LATERAL (SELECT s::date AS day
                                      FROM generate_series(greatest($1, to_date(c.start_date, 'YYYYMMDD'))::timestamp,
                                                           least($2, to_date(c.end_date, 'YYYYMMDD'))::timestamp, '1 day') AS s) AS g
                  WHERE (ARRAY[c.monday, c.tuesday, c.wednesday, c.thursday, c.friday, c.saturday, c.sunday])[extract(isodow FROM g.day)::int] = '1'
                  EXCEPT
                  SELECT x.service_id, to_date(x.date, 'YYYYMMDD') FROM %1$I.calendar_dates x WHERE x.exception_type = '2'
                  UNION
                  SELECT x.service_id, to_date(x.date, 'YYYYMMDD') FROM %1$I.calendar_dates x
                  WHERE x.exception_type = '1' AND to_date(x.date, 'YYYYMMDD') BETWEEN $1 AND $2) AS d
            GROUP BY d.service_id
        ), repeated AS (
            SELECT f.trip_id, sum(ceil((terrcarbon_internal.gtfs_seconds(f.end_time) - terrcarbon_internal.gtfs_seconds(f.start_time))
                                       / f.headway_secs::float8)) AS times
            FROM %1$I.frequencies f GROUP BY f.trip_id
        )
        SELECT t.route_id, nullif(t.shape_id, ''), sum(o.days * coalesce(r.times, 1))::float8
        FROM %1$I.trips t
        JOIN operated o ON o.service_id = t.service_id
        LEFT JOIN repeated r ON r.trip_id = t.trip_id
        GROUP BY 1, 2
        $query$, feed)
    USING day_from, day_to;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.gtfs_runs(name, date, date) IS
    'How often each shape of a route is driven within some days, both included.';

CREATE FUNCTION terrcarbon_internal.gtfs_lines(feed name)
    RETURNS TABLE (shape_id text, line geometry)
    LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED COST 100000 ROWS 1000
AS $$
DECLARE
    postgis text := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
                     WHERE e.extname = 'postgis');
BEGIN
    RETURN QUERY EXECUTE pg_catalog.format($query$
        SELECT s.shape_id, %2$I.ST_SetSRID(%2$I.ST_MakeLine(%2$I.ST_MakePoint(s.shape_pt_lon::float8, s.shape_pt_lat::float8)
                                                         ORDER BY s.shape_pt_sequence::bigint), 4326)
        FROM %1$I.shapes s GROUP BY s.shape_id
        $query$, feed, postgis);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.gtfs_lines(name) IS
    'The shapes of a feed as lines.';

CREATE FUNCTION gtfs_vehicle_km(feed name, day_from date, day_to date)
    RETURNS TABLE (route_id text, runs float8, vehicle_km float8)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 100
BEGIN ATOMIC
    SELECT r.route_id, sum(r.runs), CASE WHEN count(*) = count(l.line) THEN sum(r.runs * true_length(l.line) / 1000) END
    FROM terrcarbon_internal.gtfs_runs(feed, day_from, day_to) AS r
    LEFT JOIN terrcarbon_internal.gtfs_lines(feed) AS l ON l.shape_id = r.shape_id
    GROUP BY r.route_id
    ORDER BY r.route_id;
END;
COMMENT ON FUNCTION gtfs_vehicle_km(name, date, date) IS
    'What the vehicles of a GTFS feed drive with passengers within some days, both included, by route: runs and vehicle-km, along the shapes on the ground. Services run by calendar and calendar_dates; a trip of frequencies as often as it says. vehicle_km is NULL where a trip has no shape. feed: the schema of its tables, see create_gtfs; read with the caller''s rights. Errors: 22023 for days out of order or over ten years, those of PostgreSQL where a value of the feed is malformed. Source: GTFS Schedule reference.';

CREATE FUNCTION gtfs_vehicle_km(feed name, day_from date, day_to date, zone geometry)
    RETURNS TABLE (route_id text, runs float8, vehicle_km float8)
    LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 100
BEGIN ATOMIC
    SELECT r.route_id, sum(r.runs), CASE WHEN count(*) = count(l.line) THEN sum(r.runs * shared_length(l.line, z.zone) / 1000) END
    FROM (SELECT CASE WHEN ST_SRID(zone) = 4326 THEN zone ELSE ST_Transform(zone, 4326) END AS zone) AS z
    CROSS JOIN terrcarbon_internal.gtfs_runs(feed, day_from, day_to) AS r
    LEFT JOIN terrcarbon_internal.gtfs_lines(feed) AS l ON l.shape_id = r.shape_id
    GROUP BY r.route_id
    ORDER BY r.route_id;
END;
COMMENT ON FUNCTION gtfs_vehicle_km(name, date, date, geometry) IS
    'The same within a territory: the part of each shape inside, by shared_length. Over territories that do not overlap the km add up; runs are all those of the route. Errors also those of shared_length.';

CREATE TABLE gtfs_vehicle (
    route_type  int PRIMARY KEY,
    name        text NOT NULL,
    factor_code text,
    source      text NOT NULL CHECK (source <> ''),
    shipped     boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE gtfs_vehicle IS
    'The vehicle of a type of route in GTFS, and the factor per km of it.';
COMMENT ON COLUMN gtfs_vehicle.route_type IS 'routes.route_type.';
COMMENT ON COLUMN gtfs_vehicle.name IS 'Name for readers.';
COMMENT ON COLUMN gtfs_vehicle.factor_code IS 'Code of a factor per vehicle-km; NULL: none is known, though there may be one per passenger-km.';
COMMENT ON COLUMN gtfs_vehicle.source IS 'Why this one.';
COMMENT ON COLUMN gtfs_vehicle.shipped IS 'Came with the extension.';
INSERT INTO gtfs_vehicle (route_type, name, factor_code, source, shipped) VALUES
    (0, 'Tram, light rail', NULL, 'No factor per vehicle-km checked', true),
    (1, 'Metro', NULL, 'No factor per vehicle-km checked', true),
    (2, 'Train', NULL, 'No factor per vehicle-km checked', true),
    (3, 'Bus, coach', 'bus_vehicle.diesel', 'Mean of the French buses and coaches on diesel (SDES); choose your own for other engines', true),
    (4, 'Ferry', NULL, 'No factor per vehicle-km checked', true);
SELECT pg_catalog.pg_extension_config_dump('gtfs_vehicle', 'WHERE NOT shipped');
GRANT SELECT ON gtfs_vehicle TO PUBLIC;

-- From a feed to rows of an account.
CREATE FUNCTION terrcarbon_internal.check_gtfs_days(feed name, day_from date, day_to date, for_year int) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
AS $$
DECLARE
    first_day date;
    last_day date;
BEGIN
    EXECUTE pg_catalog.format($query$
        SELECT min(to_date(d.first, 'YYYYMMDD')), max(to_date(d.last, 'YYYYMMDD'))
        FROM (SELECT c.start_date, c.end_date FROM %1$I.calendar c
              UNION ALL SELECT x.date, x.date FROM %1$I.calendar_dates x WHERE x.exception_type = '1') AS d (first, last)
        $query$, feed) INTO first_day, last_day;
    IF NOT coalesce(day_from <= day_to AND first_day <= day_from AND day_to <= last_day, false) OR NOT coalesce(for_year BETWEEN 1900 AND 2200, true) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'the days are not those of the feed, or the year is none',
            DETAIL = pg_catalog.format('They are %s to %s, the year %s; the feed has services from %s to %s.',
                to_char(day_from, 'YYYY-MM-DD'), to_char(day_to, 'YYYY-MM-DD'), coalesce(for_year::text, 'their own'),
                to_char(first_day, 'YYYY-MM-DD'), to_char(last_day, 'YYYY-MM-DD')),
            HINT = 'On days that a feed does not know nothing would run. Take days it knows, and for_year to let them stand for a year.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_gtfs_days(name, date, date, int) IS
    'Error 22023 for days out of order or out of what the services of a feed span, and for a year out of 1900 to 2200.';

CREATE FUNCTION terrcarbon_internal.gtfs_route_type(route_type int) RETURNS int
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2
RETURN CASE WHEN route_type BETWEEN 100 AND 199 THEN 2 WHEN route_type BETWEEN 200 AND 299 OR route_type BETWEEN 700 AND 799 THEN 3
            WHEN route_type BETWEEN 400 AND 499 THEN 1 WHEN route_type BETWEEN 800 AND 899 THEN 11 WHEN route_type BETWEEN 900 AND 999 THEN 0
            WHEN route_type BETWEEN 1000 AND 1299 THEN 4 ELSE route_type END;
COMMENT ON FUNCTION terrcarbon_internal.gtfs_route_type(int) IS
    'The type of route of GTFS Schedule that an extended one (100 and above) is a kind of.';

CREATE FUNCTION gtfs_activity(feed name, territories regclass, day_from date, day_to date, for_year int DEFAULT NULL)
    RETURNS TABLE (territory_code text, sector text, year int, quantity float8, unit text, factor text, notation text, note text, unit_key text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000000 ROWS 1000
AS $$
BEGIN
    PERFORM terrcarbon_internal.check_gtfs_days(feed, day_from, day_to, for_year);
    -- Runs with the rights of the caller.
    RETURN QUERY EXECUTE pg_catalog.format($query$
        WITH span AS (
            SELECT $4 AS year, $2 AS first, $3 AS last,
                   (make_date($4, 12, 31) - make_date($4, 1, 1) + 1) / ($3 - $2 + 1)::float8 AS times WHERE $4 IS NOT NULL
          UNION ALL
            SELECT y, greatest($2, make_date(y, 1, 1)), least($3, make_date(y, 12, 31)), 1
            FROM generate_series(extract(year FROM $2)::int, extract(year FROM $3)::int) AS y WHERE $4 IS NULL
        ), run AS MATERIALIZED (
            SELECT s.year, r.route_id, r.shape_id, r.runs * s.times AS runs
            FROM span s CROSS JOIN LATERAL terrcarbon_internal.gtfs_runs($1, s.first, s.last) AS r
        ), place AS MATERIALIZED (
            SELECT t.code::text AS code, t.geom FROM %2$s t
        ), line AS MATERIALIZED (
            SELECT l.shape_id, %3$I.ST_Transform(l.line, (SELECT max(%3$I.ST_SRID(p.geom)) FROM place p)) AS line
            FROM terrcarbon_internal.gtfs_lines($1) AS l
        ), lost AS (
            -- Nobody knows where a trip without a shape goes.
            SELECT DISTINCT r.year, r.route_id FROM run r LEFT JOIN line l ON l.shape_id = r.shape_id WHERE l.line IS NULL
        ), driven AS (
            SELECT p.code, r.year, r.route_id, sum(r.runs * terrcarbon.shared_length(l.line, p.geom) / 1000) AS km
            FROM run r
            JOIN line l ON l.shape_id = r.shape_id
            JOIN place p ON p.geom OPERATOR(%3$I.&&) l.line
            WHERE (r.year, r.route_id) NOT IN (SELECT o.year, o.route_id FROM lost o)
            GROUP BY p.code, r.year, r.route_id
          UNION ALL
            SELECT p.code, o.year, o.route_id, NULL FROM lost o CROSS JOIN place p
        )
        SELECT d.code, CASE WHEN t.type IN (3, 11) THEN 'road_transport' ELSE 'other_transport' END, d.year, d.km,
               CASE WHEN d.km IS NOT NULL THEN 'vkm' END, CASE WHEN d.km IS NOT NULL THEN coalesce(own.factor_code, v.factor_code) END,
               CASE WHEN d.km IS NULL THEN 'NE' END,
               concat_ws(', ', concat_ws(' ', 'route', coalesce(nullif(r.route_short_name, ''), r.route_id), nullif(r.route_long_name, '')),
                         CASE WHEN $4 IS NOT NULL THEN ($3 - $2 + 1) || ' days stand for the year' END,
                         CASE WHEN d.km IS NULL THEN 'trips without a shape' END),
               concat_ws('/', $1, nullif(r.agency_id, ''))
        FROM driven d
        JOIN %1$I.routes r ON r.route_id = d.route_id
        CROSS JOIN LATERAL (SELECT terrcarbon_internal.gtfs_route_type(r.route_type::int)) AS t (type)
        LEFT JOIN terrcarbon.gtfs_vehicle own ON own.route_type = r.route_type::int
        LEFT JOIN terrcarbon.gtfs_vehicle v ON v.route_type = t.type
        WHERE d.km IS NULL OR d.km > 0
        ORDER BY d.code, d.year, r.route_id
        $query$, feed, territories,
        (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'))
    USING feed, day_from, day_to, for_year;
END;
$$;
COMMENT ON FUNCTION gtfs_activity(name, regclass, date, date, int) IS
    'The vehicle-km of a GTFS feed by territory, year and route, as rows of the layer activity: deposit them as they are. territories: a table or view with code and geom, such as leaf of an account; each shape is divided by shared_length, so parts of territories that tile the ground add up. for_year: the days stand for this year, whose days they are multiplied to; without it each year has the days of the span that are its own. factor by gtfs_vehicle, an extended type of route as the basic one it is a kind of; NULL: none is known, and the row will have a finding. A route with trips without a shape is not estimated (NE) anywhere. Buses, coaches and trolleybuses are road_transport, all else other_transport; unit_key: feed and agency. Read with the caller''s rights. Errors: 22023 for days that the services of the feed do not span; those of gtfs_vehicle_km.';
