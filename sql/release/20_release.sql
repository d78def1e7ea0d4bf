-- Releases: the figures of confidential rows that everybody may see.

-- --- where releases live -----------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_is_final() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    closed boolean := TG_OP <> 'INSERT';
BEGIN
    -- What belongs to a release comes in its transaction or not at all.
    IF NOT closed THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM added
            LEFT JOIN %I.release AS r ON r.id = added.release_id WHERE r.released_at IS DISTINCT FROM now())',
            TG_TABLE_SCHEMA) INTO closed;
    END IF;
    IF closed THEN
        RAISE EXCEPTION 'what is released cannot be changed'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('%s on table %I.%I.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
                  HINT = 'A new release with a correction takes its place: terrcarbon.release(..., correction => ...).';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_is_final() IS
    'Trigger of the tables of releases: refuses every change of what is out. Error 55000.';

CREATE FUNCTION prepare_release(account name) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET client_min_messages = warning
AS $outer$
DECLARE
    tbl text;
BEGIN
    IF to_regclass(format('%I.refresh_state', account)) IS NULL THEN
        RAISE EXCEPTION 'there is no account %', coalesce(quote_ident(account), 'NULL')
            USING ERRCODE = 'invalid_schema_name',
                  HINT = 'SELECT terrcarbon.create_account(...) makes one.';
    END IF;
    IF to_regclass(format('%I.release_cell', account)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format($ddl$
CREATE TABLE %1$I.respondent (
    dataset_id int NOT NULL,
    layer text NOT NULL CHECK (layer IN ('building', 'road_segment', 'trip', 'activity')),
    id bigint NOT NULL,
    unit_key text NOT NULL CHECK (unit_key <> ''),
    units int NOT NULL DEFAULT 1 CHECK (units >= 1),
    largest_share float8 CHECK (largest_share * units >= 1 AND largest_share <= 1),
    PRIMARY KEY (dataset_id, layer, id),
    CHECK (units = 1 OR largest_share IS NOT NULL)
);
COMMENT ON TABLE %1$I.respondent IS
    'Whom a row is about, for statistical secrecy: rows of one firm or household count once. A row without an entry counts as a unit of its own, buildings of one footprint as one.';
COMMENT ON COLUMN %1$I.respondent.dataset_id IS 'Dataset of the row';
COMMENT ON COLUMN %1$I.respondent.layer IS 'Table of the row: building, road_segment, trip or activity';
COMMENT ON COLUMN %1$I.respondent.id IS 'Its id there';
COMMENT ON COLUMN %1$I.respondent.unit_key IS 'Code of the unit, such as a SIREN number; the same code in two datasets is the same unit';
COMMENT ON COLUMN %1$I.respondent.units IS 'How many units the row stands for, such as 800 delivery points of one meter total; then unit_key names the group';
COMMENT ON COLUMN %1$I.respondent.largest_share IS 'What the largest of them adds at most, as a share of the row; needed when units is above 1';

CREATE TABLE %1$I.release (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year int NOT NULL,
    allocation text NOT NULL CHECK (allocation = ANY (terrcarbon.allocations())),
    released_at timestamptz NOT NULL DEFAULT now(),
    released_by text NOT NULL DEFAULT current_user,
    gwp text NOT NULL,
    replaces int UNIQUE REFERENCES %1$I.release,
    correction text CHECK (correction <> ''),
    sources int[] NOT NULL,
    licences text[] NOT NULL,
    attribution text,
    duties text[] NOT NULL,
    CHECK ((replaces IS NULL) = (correction IS NULL))
);
COMMENT ON TABLE %1$I.release IS 'Releases: figures that everybody may see, unchangeable.';
COMMENT ON COLUMN %1$I.release.id IS 'Number of the release';
COMMENT ON COLUMN %1$I.release.year IS 'Year the figures are for';
COMMENT ON COLUMN %1$I.release.allocation IS 'territorial, or for trips induced or resident';
COMMENT ON COLUMN %1$I.release.released_at IS 'When it was released';
COMMENT ON COLUMN %1$I.release.released_by IS 'Role that released it';
COMMENT ON COLUMN %1$I.release.gwp IS 'Global warming potentials over 100 years: AR4, AR5 or AR6';
COMMENT ON COLUMN %1$I.release.replaces IS 'Release it corrects';
COMMENT ON COLUMN %1$I.release.correction IS 'Why';
COMMENT ON COLUMN %1$I.release.sources IS 'Datasets behind it, those of the factors included (terrcarbon.dataset_catalogue)';
COMMENT ON COLUMN %1$I.release.licences IS 'Licences it may be published under, to choose from';
COMMENT ON COLUMN %1$I.release.attribution IS 'Sources to credit';
COMMENT ON COLUMN %1$I.release.duties IS 'What publication asks besides';

CREATE TABLE %1$I.release_dataset (
    release_id int NOT NULL REFERENCES %1$I.release,
    dataset_id int NOT NULL,
    used boolean NOT NULL,
    access text NOT NULL,
    licence text NOT NULL,
    updated date,
    reason text,
    PRIMARY KEY (release_id, dataset_id)
);
COMMENT ON TABLE %1$I.release_dataset IS
    'Datasets of the account at a release, used or left out, as the catalogue stood.';
COMMENT ON COLUMN %1$I.release_dataset.release_id IS 'Release';
COMMENT ON COLUMN %1$I.release_dataset.dataset_id IS 'Dataset';
COMMENT ON COLUMN %1$I.release_dataset.used IS 'Whether its figures are in the release';
COMMENT ON COLUMN %1$I.release_dataset.access IS 'Its access then';
COMMENT ON COLUMN %1$I.release_dataset.licence IS 'Its licence then';
COMMENT ON COLUMN %1$I.release_dataset.updated IS 'Date of its last update then';
COMMENT ON COLUMN %1$I.release_dataset.reason IS 'Why it was left out';

CREATE TABLE %1$I.release_cell (
    release_id int NOT NULL REFERENCES %1$I.release,
    territory_code text NOT NULL,
    sector text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('emissions', 'removals')),
    territory_name text NOT NULL,
    level text NOT NULL,
    parent_code text,
    co2e float8,
    notation text CHECK (notation IN ('NO', 'NE', 'IE', 'C')),
    datasets int[],
    PRIMARY KEY (release_id, territory_code, sector, measure),
    CHECK (num_nonnulls(co2e, notation) = 1)
);
COMMENT ON TABLE %1$I.release_cell IS 'Figures of releases: territory × sector × measure.';
COMMENT ON COLUMN %1$I.release_cell.release_id IS 'Release';
COMMENT ON COLUMN %1$I.release_cell.territory_code IS 'Territory, its parts included';
COMMENT ON COLUMN %1$I.release_cell.sector IS 'Sector, or all: every sector but land';
COMMENT ON COLUMN %1$I.release_cell.measure IS 'emissions or removals, both gross';
COMMENT ON COLUMN %1$I.release_cell.territory_name IS 'Name of the territory then';
COMMENT ON COLUMN %1$I.release_cell.level IS 'Its level';
COMMENT ON COLUMN %1$I.release_cell.parent_code IS 'What it was part of then, of the territories of the release';
COMMENT ON COLUMN %1$I.release_cell.co2e IS 't CO2e, scopes 1 and 2; removals are negative';
COMMENT ON COLUMN %1$I.release_cell.notation IS 'Why there is no figure: C confidential, NE not estimated, NO does not occur, IE included elsewhere';
COMMENT ON COLUMN %1$I.release_cell.datasets IS 'Datasets with a figure in it';

CREATE TABLE %1$I.release_part (
    dataset_id int NOT NULL,
    release_id int NOT NULL REFERENCES %1$I.release,
    territory_code text NOT NULL,
    sector text NOT NULL,
    measure text NOT NULL,
    unit_key text NOT NULL,
    contribution text NOT NULL DEFAULT '',
    amount float8 NOT NULL,
    PRIMARY KEY (dataset_id, release_id, territory_code, sector, measure, unit_key, contribution)
);
COMMENT ON TABLE %1$I.release_part IS
    'What each confidential unit added to a release, kept so that a correction cannot give one away. Under the licences of the rows.';
COMMENT ON COLUMN %1$I.release_part.dataset_id IS 'Dataset';
COMMENT ON COLUMN %1$I.release_part.release_id IS 'Release';
COMMENT ON COLUMN %1$I.release_part.territory_code IS 'Territory the unit is in';
COMMENT ON COLUMN %1$I.release_part.sector IS 'Sector';
COMMENT ON COLUMN %1$I.release_part.measure IS 'emissions or removals';
COMMENT ON COLUMN %1$I.release_part.unit_key IS 'Unit: from respondent, or the row';
COMMENT ON COLUMN %1$I.release_part.contribution IS 'The row, where one is spread over several territories; else empty';
COMMENT ON COLUMN %1$I.release_part.amount IS 'kg CO2e';

CREATE VIEW %1$I.released WITH (security_invoker = on) AS
SELECT concat_ws('/', r.year, r.allocation, c.territory_code, c.sector, c.measure) AS id,
       c.territory_code, c.territory_name, c.level, c.parent_code, r.year, r.allocation, c.sector, c.measure,
       c.co2e, c.notation, array_to_string(c.datasets, ', ') AS datasets,
       array_to_string(r.licences, ', ') AS licences, r.attribution,
       (r.released_at AT TIME ZONE 'UTC')::date AS released_on, r.id AS release_id
FROM %1$I.release_cell c
JOIN %1$I.release r ON r.id = c.release_id
WHERE NOT EXISTS (SELECT FROM %1$I.release later WHERE later.replaces = r.id);
COMMENT ON VIEW %1$I.released IS 'The figures in force of all releases, for everybody. Unique by id.';
COMMENT ON COLUMN %1$I.released.id IS 'year/allocation/territory/sector/measure: unique';
COMMENT ON COLUMN %1$I.released.territory_code IS 'Territory, its parts included';
COMMENT ON COLUMN %1$I.released.territory_name IS 'Its name';
COMMENT ON COLUMN %1$I.released.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN %1$I.released.parent_code IS 'What it is part of';
COMMENT ON COLUMN %1$I.released.year IS 'Year';
COMMENT ON COLUMN %1$I.released.allocation IS 'territorial, or for trips induced or resident; never add two of them';
COMMENT ON COLUMN %1$I.released.sector IS 'Sector, or all: every sector but land';
COMMENT ON COLUMN %1$I.released.measure IS 'emissions or removals, both gross';
COMMENT ON COLUMN %1$I.released.co2e IS 't CO2e, scopes 1 and 2; removals are negative';
COMMENT ON COLUMN %1$I.released.notation IS 'Why there is no figure: C confidential, NE not estimated, NO does not occur, IE included elsewhere';
COMMENT ON COLUMN %1$I.released.datasets IS 'Datasets with a figure in it (terrcarbon.dataset_catalogue)';
COMMENT ON COLUMN %1$I.released.licences IS 'Licences the release may be published under, to choose from';
COMMENT ON COLUMN %1$I.released.attribution IS 'Sources to credit';
COMMENT ON COLUMN %1$I.released.released_on IS 'Day of the release, in UTC';
COMMENT ON COLUMN %1$I.released.release_id IS 'Release';

GRANT USAGE ON SCHEMA %1$I TO PUBLIC;
GRANT SELECT ON %1$I.release, %1$I.release_dataset, %1$I.release_cell, %1$I.released TO PUBLIC;
$ddl$, account);
    PERFORM protect(format('%I.respondent', account)::regclass);
    PERFORM protect(format('%I.release_part', account)::regclass, derived => true);

    FOREACH tbl IN ARRAY '{release,release_dataset,release_cell,release_part}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON %I.%I
            FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final()', account, tbl);
        IF tbl <> 'release' THEN
            EXECUTE format('CREATE TRIGGER closed AFTER INSERT ON %I.%I REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final()', account, tbl);
        END IF;
    END LOOP;
END;
$outer$;
COMMENT ON FUNCTION prepare_release(name) IS
    'Makes the tables of releases of an account (respondent, release, release_dataset, release_cell, release_part, released) unless they are there, and lets everybody use the schema: its other tables stay closed to those without rights on them. For the owner of the account; release calls it. Error 3F000 when there is no such account.';

-- --- what a release is made from ------------------------------------------------------

-- Rows one by one, where refresh sums them up at once.
CREATE FUNCTION terrcarbon_internal.account_items(account name, of_year int, of_allocation text, datasets int[] DEFAULT NULL,
        within text DEFAULT NULL)
    RETURNS TABLE (dataset_id int, territory_code text, reference text, sector text, scope text, layer text,
        id bigint, unit_key text, factor text, unit text, quantity float8, emission ghg)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    RETURN QUERY EXECUTE format($query$
WITH RECURSIVE inside (code) AS (
    SELECT code FROM %1$I.territory WHERE CASE WHEN $4 IS NULL THEN parent_code IS NULL ELSE code = $4 END
  UNION ALL
    SELECT t.code FROM inside JOIN %1$I.territory t ON t.parent_code = inside.code
),
up (code, at_code, reference) AS (
    SELECT t.code, t.parent_code, coalesce(t.reference_code, r.code)
    FROM inside
    JOIN %1$I.territory t USING (code)
    LEFT JOIN terrcarbon.reference_territory r USING (code)
    WHERE coalesce(t.valid_from <= make_date($2, 1, 1), true) AND coalesce(t.valid_to >= make_date($2, 1, 1), true)
  UNION ALL
    SELECT up.code, t.parent_code, coalesce(t.reference_code, r.code)
    FROM up
    JOIN %1$I.territory t ON t.code = up.at_code
    LEFT JOIN terrcarbon.reference_territory r ON r.code = t.code
    WHERE up.reference IS NULL
),
t AS MATERIALIZED (
    SELECT t.code, up.reference, t.geom,
           NOT EXISTS (SELECT FROM %1$I.territory child WHERE child.parent_code = t.code) AS leaf
    FROM %1$I.territory t
    JOIN (SELECT code, max(reference) AS reference FROM up GROUP BY code) AS up USING (code)
)
-- Two carriers of a building are two rows and one unit.
SELECT b.dataset_id, t.code, t.reference, b.sector, b.scope, 'building', b.id,
       concat_ws('/', b.dataset_id, 'building', md5(%2$I.st_asbinary(b.geom))),
       b.carrier, b.unit, used.kwh * shared.m2 / b.area_m2, NULL::terrcarbon.ghg
FROM t
JOIN %1$I.building b ON b.geom OPERATOR(terrcarbon.&&) t.geom
CROSS JOIN LATERAL terrcarbon.shared_area(b.geom, t.geom) AS shared (m2)
CROSS JOIN LATERAL terrcarbon.building_floor_area(b.area_m2, b.floors, b.height_m) AS floor
CROSS JOIN LATERAL terrcarbon.building_energy(b.energy, floor.floor_area_m2, b.energy_per_m2) AS used
WHERE $3 = 'territorial' AND t.leaf AND coalesce(b.dataset_id = ANY ($1), $1 IS NULL) AND shared.m2 > 0
    AND $2 BETWEEN b.year_from AND coalesce(b.year_to, b.year_from)
UNION ALL
SELECT r.dataset_id, t.code, t.reference, 'road_transport', '1', 'road_segment', r.id,
       concat_ws('/', r.dataset_id, 'road_segment', r.id),
       r.factor, r.unit, r.aadt * shared.m / 1000 * terrcarbon.road_vehicle_km(1, 1, $2), NULL
FROM t
JOIN %1$I.road_segment r ON r.geom OPERATOR(terrcarbon.&&) t.geom
CROSS JOIN LATERAL terrcarbon.shared_length(r.geom, t.geom) AS shared (m)
WHERE $3 = 'territorial' AND t.leaf AND coalesce(r.dataset_id = ANY ($1), $1 IS NULL) AND shared.m > 0
    AND $2 BETWEEN r.year_from AND coalesce(r.year_to, r.year_from)
UNION ALL
SELECT p.dataset_id, t.code, t.reference, p.sector, '1', 'trip', p.id,
       concat_ws('/', p.dataset_id, 'trip', p.id), p.factor, p.unit,
       share.part * CASE WHEN p.occupancy IS NULL THEN p.person_trips * p.trip_km
           ELSE terrcarbon.trip_vehicle_km(p.person_trips, p.trip_km, p.occupancy) END, NULL
FROM %1$I.trip p
CROSS JOIN LATERAL (VALUES ('induced', p.origin_code, 0.5), ('induced', p.destination_code, 0.5),
                           ('resident', p.home_code, 1)) AS share (allocation, code, part)
JOIN t ON t.code = share.code
WHERE share.allocation = $3 AND coalesce(p.dataset_id = ANY ($1), $1 IS NULL) AND p.year = $2
UNION ALL
SELECT a.dataset_id, t.code, t.reference, a.sector, a.scope, 'activity', a.id,
       concat_ws('/', a.dataset_id, 'activity', a.id), a.factor, a.unit, a.quantity, a.emission
FROM %1$I.activity a
JOIN t ON t.code = a.territory_code
WHERE $3 = 'territorial' AND coalesce(a.dataset_id = ANY ($1), $1 IS NULL) AND a.year = $2 AND a.notation IS NULL
$query$, account, terrcarbon_internal.postgis_schema())
    USING datasets, of_year, of_allocation, within;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.account_items(name, int, text, int[], text) IS
    'The rows behind the balance of a year, one for each territory they are in: a quantity and its factor, or an emission. datasets: only these; within: only a territory and its parts. Land cover is not among them. Reads what the caller may read.';

CREATE FUNCTION terrcarbon_internal.release_parts(account name, datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, measure text, unit_key text, contribution text,
        amount float8)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    RETURN QUERY EXECUTE format($query$
        WITH item AS MATERIALIZED (
            SELECT i.*, count(*) OVER (PARTITION BY i.dataset_id, i.layer, i.id) > 1 AS spread
            FROM terrcarbon_internal.account_items($2, $3, $4, $1) AS i WHERE i.scope IN ('1', '2')
        ),
        priced AS MATERIALIZED (
            SELECT k.*, terrcarbon.value(p.co2e) AS kg
            FROM (SELECT DISTINCT factor, unit, reference FROM item WHERE quantity IS NOT NULL AND factor IS NOT NULL) AS k
            CROSS JOIN LATERAL terrcarbon_internal.price(k.factor, k.unit, $3, k.reference) AS p
            WHERE p.emission IS NOT NULL
        ),
        flow AS (
            SELECT i.*, coalesce(terrcarbon.co2e(i.emission), i.quantity * p.kg) AS kg
            FROM item i
            LEFT JOIN priced p ON p.factor = i.factor AND p.unit = i.unit AND p.reference IS NOT DISTINCT FROM i.reference
        )
        SELECT f.dataset_id, f.territory_code, f.sector, f.measure,
               CASE WHEN f.units > 1 THEN concat_ws(' of ', n, f.unit_key) ELSE f.unit_key END, f.contribution,
               f.kg * CASE WHEN f.units = 1 THEN 1 WHEN n = 1 THEN f.largest_share
                           ELSE (1 - f.largest_share) / (least(f.units, 40) - 1) END
        FROM (
            SELECT f.dataset_id, f.territory_code, f.sector, CASE WHEN f.kg < 0 THEN 'removals' ELSE 'emissions' END AS measure,
                   coalesce('unit ' || r.unit_key, f.unit_key) AS unit_key,
                   CASE WHEN f.spread THEN concat_ws('/', f.layer, f.id) ELSE '' END AS contribution,
                   coalesce(r.units, 1) AS units, r.largest_share,
                   terrcarbon.value(sum(terrcarbon.estimate(f.kg, 0))) AS kg
            FROM flow f
            LEFT JOIN %I.respondent r USING (dataset_id, layer, id)
            WHERE f.kg IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ) AS f
        -- Forty stand for more than that: it is never too many.
        CROSS JOIN LATERAL generate_series(1, least(f.units, 40)) AS n
        $query$, account)
        USING datasets, account, of_year, of_allocation;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.release_parts(name, int[], int, text) IS
    'What each unit of some datasets adds to each territory itself in a year, kg CO2e (terrcarbon.gwp), scopes 1 and 2; rows that are in several territories apart. A row that stands for many units is taken apart, the largest first, the others alike. Land cover has no units.';

CREATE FUNCTION terrcarbon_internal.release_figures(account name, datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (territory_code text, sector text, measure text, kg float8, notation text,
        dataset_ids int[], sources int[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    RETURN QUERY EXECUTE format($query$
WITH RECURSIVE node AS MATERIALIZED (
    SELECT code, parent_code FROM %1$I.territory
    WHERE coalesce(valid_from <= make_date($2, 1, 1), true) AND coalesce(valid_to >= make_date($2, 1, 1), true)
),
b AS MATERIALIZED (
    SELECT b.* FROM %1$I.balance b
    WHERE b.dataset_id = ANY ($1) AND b.allocation = $3 AND b.scope IN ('1', '2')
        AND b.territory_code IN (SELECT code FROM node)
),
whole AS MATERIALIZED (
    SELECT DISTINCT territory_code, sector, scope FROM b
    WHERE year = $2 AND leaves >= leaves_expected AND leaves_expected > 0
),
-- From each territory down to the parts that lack a figure.
opened (root, sector, scope, code) AS (
    SELECT DISTINCT territory_code, sector, scope, territory_code FROM b
  UNION ALL
    SELECT o.root, o.sector, o.scope, n.code
    FROM opened o
    JOIN node n ON n.parent_code = o.code
    WHERE (o.code, o.sector, o.scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
),
missing AS (
    SELECT DISTINCT root, sector FROM opened o
    WHERE (code, sector, scope) NOT IN (SELECT territory_code, sector, scope FROM whole)
        AND NOT EXISTS (SELECT FROM node n WHERE n.parent_code = o.code)
),
cell AS (
    SELECT b.territory_code, s.sector, b.sector AS part, b.year, b.dataset_id, b.co2e, b.removal_co2e,
           CASE WHEN b.unpriced > 0 THEN 'NE' ELSE b.notation END AS notation
    FROM b
    CROSS JOIN LATERAL (SELECT b.sector UNION ALL SELECT 'all' WHERE b.sector <> 'land') AS s (sector)
),
figure AS (
    SELECT c.territory_code, c.sector,
           bool_or(m.root IS NOT NULL) AS missing,
           min(c.notation) FILTER (WHERE c.year = $2 AND c.notation IN ('C', 'NE')) AS unknown,
           min(c.notation) FILTER (WHERE c.year = $2) AS notation,
           terrcarbon.value(sum(c.co2e) FILTER (WHERE c.year = $2)) AS emitted,
           terrcarbon.value(sum(c.removal_co2e) FILTER (WHERE c.year = $2)) AS removed,
           array_agg(DISTINCT c.dataset_id) FILTER (WHERE c.year = $2 AND c.co2e IS NOT NULL) AS emitters,
           array_agg(DISTINCT c.dataset_id) FILTER (WHERE c.year = $2 AND c.removal_co2e IS NOT NULL) AS removers,
           terrcarbon.sources_agg(terrcarbon.sources(c.co2e)) FILTER (WHERE c.year = $2 AND c.co2e IS NOT NULL) AS emission_sources,
           terrcarbon.sources_agg(terrcarbon.sources(c.removal_co2e)) FILTER (WHERE c.year = $2 AND c.removal_co2e IS NOT NULL) AS removal_sources
    FROM cell c
    LEFT JOIN missing m ON m.root = c.territory_code AND m.sector = c.part
    GROUP BY c.territory_code, c.sector
)
SELECT territory_code, sector, measure,
       CASE WHEN NOT missing AND unknown IS NULL THEN kg END,
       CASE WHEN unknown IS NOT NULL THEN unknown WHEN missing THEN 'NE' WHEN kg IS NULL THEN coalesce(notation, 'NE') END,
       ids, sources
FROM figure
CROSS JOIN LATERAL (VALUES
    ('emissions', CASE WHEN removed IS NULL THEN emitted ELSE coalesce(emitted, 0) END, emitters, emission_sources),
    ('removals', removed, removers, removal_sources)) AS m (measure, kg, ids, sources)
WHERE measure = 'emissions' OR kg IS NOT NULL
$query$, account)
    USING datasets, of_year, of_allocation;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.release_figures(name, int[], int, text) IS
    'The balance of some datasets as cells of a release, kg CO2e, before secrecy: a figure, or a notation key where there is none.';

-- --- releasing ------------------------------------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_datasets(account name)
    RETURNS TABLE (dataset_id int, used boolean, access text, licence text, updated date, reason text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
BEGIN
    RETURN QUERY EXECUTE format($query$
        SELECT d.id, d.access IN ('open', 'aggregate') AND terrcarbon.can_read(d.id), d.access, d.licence, d.updated,
               CASE WHEN d.access NOT IN ('open', 'aggregate')
                    THEN format('it is %%s: its producer may choose open or aggregate', d.access)
                    WHEN NOT terrcarbon.can_read(d.id)
                    THEN format('%%s has no access to its rows', current_user) END
        FROM (SELECT DISTINCT c.dataset_id FROM %I.contribution c) AS c
        JOIN terrcarbon.dataset_catalogue d ON d.id = c.dataset_id
        $query$, account);
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.release_datasets(name) IS
    'Datasets with figures in an account, and whether a release may use them: open or aggregate, and read by the current user.';

-- A correction is compared with each release it follows.  Wherever rows changed,
-- the change must be one of enough units: then no difference between the two says
-- what one of them did.  Rows that have a new name and the same figure did not change.
CREATE FUNCTION terrcarbon_internal.release_check_correction(account name, old_id int, new_id int, used int[])
    RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $outer$
DECLARE
    found_detail text;
BEGIN
    EXECUTE format($query$
        SELECT format('%%s was used by release %%s and cannot be now.', terrcarbon_internal.dataset_name(min(dataset_id)), $1)
        FROM %1$I.release_dataset
        WHERE release_id = $1 AND used AND access = 'aggregate' AND dataset_id <> ALL ($2)
        HAVING count(*) > 0
        $query$, account) INTO found_detail USING old_id, used;
    IF found_detail IS NULL THEN
        EXECUTE format($query$
            SELECT format('Territory %%s is not what it was, or not part of what it was.', min(territory_code))
            FROM ((SELECT territory_code, parent_code FROM %1$I.release_cell WHERE release_id = $1
                   EXCEPT SELECT territory_code, parent_code FROM %1$I.release_cell WHERE release_id = $2)
                  UNION ALL
                  (SELECT territory_code, parent_code FROM %1$I.release_cell WHERE release_id = $2
                   EXCEPT SELECT territory_code, parent_code FROM %1$I.release_cell WHERE release_id = $1)) AS d
            HAVING count(*) > 0
            $query$, account) INTO found_detail USING old_id, new_id;
    END IF;
    IF found_detail IS NULL THEN
        EXECUTE format($query$
            WITH part AS (
                SELECT dataset_id, territory_code, sector, measure, unit_key, contribution, amount,
                       to_char(amount, '9.999999999EEEE') AS figure, release_id = $2 AS later
                FROM %1$I.release_part
                WHERE release_id IN ($1, $2)
            ),
            -- First what kept its name, then what kept its figure.
            named AS (
                SELECT *, count(*) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS times,
                       count(*) FILTER (WHERE later) OVER (PARTITION BY territory_code, sector, measure, unit_key, contribution, figure) AS later_times
                FROM part
            ),
            renamed AS (
                SELECT *, row_number() OVER (PARTITION BY territory_code, sector, measure, figure, later
                                             ORDER BY unit_key, contribution, dataset_id) AS n
                FROM named
                WHERE later_times * 2 <> times
            ),
            changed AS MATERIALIZED (
                SELECT * FROM renamed AS r
                WHERE NOT EXISTS (SELECT FROM renamed AS o
                    WHERE o.territory_code = r.territory_code AND o.sector = r.sector AND o.measure = r.measure
                        AND o.figure = r.figure AND o.later <> r.later AND o.n = r.n)
            ),
            reader AS (
                SELECT '' AS reader, '{}'::int[] AS known
                UNION ALL
                SELECT r.reader, array_agg(r.dataset_id)
                FROM unnest(terrcarbon_internal.secrecy_readers(ARRAY(SELECT DISTINCT dataset_id FROM part))) AS r
                GROUP BY r.reader
            ),
            unit AS (
                SELECT r.reader, c.territory_code, c.sector, c.measure, c.unit_key,
                       bool_or(c.later) AS is_later, bool_or(NOT c.later) AS is_former,
                       abs(sum(CASE WHEN c.later THEN c.amount ELSE -c.amount END)) AS change
                FROM reader AS r
                JOIN changed AS c ON c.dataset_id <> ALL (r.known)
                GROUP BY r.reader, c.territory_code, c.sector, c.measure, c.unit_key
            ),
            -- A name that went and one that came may be one unit.
            counted AS (
                SELECT reader, territory_code, sector, measure, max(change) AS largest,
                       count(*) FILTER (WHERE is_later AND is_former)
                       + greatest(count(*) FILTER (WHERE NOT is_later), count(*) FILTER (WHERE NOT is_former)) AS units,
                       coalesce(sum(change) FILTER (WHERE is_later AND is_former), 0)
                       + greatest(coalesce(sum(change) FILTER (WHERE NOT is_later), 0),
                                  coalesce(sum(change) FILTER (WHERE NOT is_former), 0)) AS total
                FROM unit
                GROUP BY reader, territory_code, sector, measure
            )
            SELECT format('In %%s, %%s, too few rows changed, or one of them too much.', c.territory_code, c.sector)
            FROM counted AS c
            JOIN terrcarbon.secrecy_rule_in_force AS r ON r.sector = c.sector
            WHERE c.units < r.min_units OR c.largest > r.max_share * c.total
            ORDER BY 1
            LIMIT 1
            $query$, account) INTO found_detail USING old_id, new_id;
    END IF;
    IF found_detail IS NOT NULL THEN
        RAISE EXCEPTION 'this correction of release % cannot be released', old_id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = found_detail,
                  HINT = 'The difference between the two releases could give a confidential figure away.';
    END IF;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.release_check_correction(name, int, int, int[]) IS
    'Refuses a correction whose difference to a former release could give a unit away. Error 55000.';

CREATE FUNCTION terrcarbon_internal.release_cells(account name, new_id int, corrects int, of_measure text, used int[],
        confidential int[], without_units text[])
    RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
BEGIN
    EXECUTE format($query$
        WITH this AS (SELECT year, allocation FROM %1$I.release WHERE id = $1),
        -- All that is out on the same rows: other years, what this one corrects.
        former AS (
            SELECT r.id FROM %1$I.release AS r, this
            WHERE r.id < $1 AND (r.allocation = 'territorial') = (this.allocation = 'territorial')
        ),
        node AS MATERIALIZED (
            SELECT code, parent_code FROM %1$I.territory, this
            WHERE coalesce(valid_from <= make_date(this.year, 1, 1), true)
                AND coalesce(valid_to >= make_date(this.year, 1, 1), true)
        ),
        -- Maps of land cover that are confidential have no units to count.
        figure AS MATERIALIZED (
            SELECT f.territory_code, f.sector, f.measure, f.dataset_ids,
                   CASE WHEN NOT unknown THEN f.kg END AS kg, CASE WHEN unknown THEN 'NE' ELSE f.notation END AS notation
            FROM this
            CROSS JOIN LATERAL terrcarbon_internal.release_figures($6, $4, this.year, this.allocation) AS f
            CROSS JOIN LATERAL (VALUES (f.sector = 'land' AND f.territory_code || '/' || f.measure = ANY ($5))) AS u (unknown)
            WHERE f.measure = $3
        ),
        cell AS MATERIALIZED (
            SELECT c.release_id, c.territory_code, c.sector, c.measure, c.parent_code, c.co2e,
                   -- What its producer has withdrawn may not be read any more.
                   c.datasets && ARRAY(
                       SELECT d.dataset_id FROM %1$I.release_dataset AS d
                       WHERE d.release_id = c.release_id AND d.used AND d.access = 'aggregate'
                           AND d.dataset_id <> ALL ($4)) AS partly
            FROM %1$I.release_cell AS c JOIN former ON former.id = c.release_id
        ),
        part AS MATERIALIZED (
            SELECT p.* FROM %1$I.release_part AS p
            WHERE p.measure = $3
                AND (p.release_id = $1 OR p.release_id IN (SELECT id FROM former)
                     -- What is open by now, everybody knows.
                     AND NOT (p.dataset_id = ANY ($4) AND p.dataset_id <> ALL ($7)))
        ),
        chosen AS MATERIALIZED (
            SELECT c.* FROM terrcarbon.publishable_cells(
                ARRAY(SELECT ROW(0, code, parent_code)::terrcarbon.secrecy_territory FROM node ORDER BY code)
                || ARRAY(SELECT DISTINCT ROW(release_id, territory_code, parent_code)::terrcarbon.secrecy_territory
                         FROM cell WHERE measure = 'emissions' ORDER BY 1),
                ARRAY(SELECT ROW(CASE WHEN release_id = $1 THEN 0 ELSE release_id END, territory_code, sector, dataset_id,
                                 unit_key, nullif(contribution, ''), abs(amount))::terrcarbon.secrecy_part
                      FROM part ORDER BY release_id, territory_code, sector, dataset_id, unit_key, contribution),
                -- A correction shows what the first release did.
                ARRAY(SELECT ROW(0, territory_code, sector, false)::terrcarbon.secrecy_figure FROM figure
                      WHERE $2 IS NULL AND kg IS NOT NULL)
                || ARRAY(SELECT ROW(CASE WHEN n.new THEN 0 ELSE release_id END, territory_code, sector, partly)::terrcarbon.secrecy_figure
                         FROM cell CROSS JOIN (VALUES (false), (true)) AS n (new)
                         WHERE measure = $3 AND co2e IS NOT NULL AND (NOT n.new OR release_id = $2)),
                terrcarbon_internal.secrecy_readers(ARRAY(SELECT DISTINCT dataset_id FROM part)),
                $2 IS NOT NULL) AS c
        )
        INSERT INTO %1$I.release_cell (release_id, territory_code, sector, measure, territory_name, level,
            parent_code, co2e, notation, datasets)
        SELECT $1, f.territory_code, f.sector, f.measure, t.name, t.level, p.code,
               CASE WHEN c.published THEN f.kg / 1000 END,
               CASE WHEN f.kg IS NULL THEN f.notation WHEN c.published THEN NULL ELSE 'C' END,
               CASE WHEN c.published THEN f.dataset_ids END
        FROM figure f
        JOIN %1$I.territory t ON t.code = f.territory_code
        LEFT JOIN node AS p ON p.code = t.parent_code
        LEFT JOIN chosen AS c ON c.territory_code = f.territory_code AND c.sector = f.sector
        $query$, account)
        USING new_id, corrects, of_measure, used, without_units, account, confidential;
END;
$outer$;
COMMENT ON FUNCTION terrcarbon_internal.release_cells(name, int, int, text, int[], int[], text[]) IS
    'Writes the cells of one measure of a release: figures that may be published, notation keys for others. corrects: the release whose cells it shows; without_units: territory/measure of land that is not to be shown.';

-- --- releasing ------------------------------------------------------------------------

CREATE FUNCTION release(account name, year int, allocation text DEFAULT 'territorial',
        correction text DEFAULT NULL)
    RETURNS int
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, terrcarbon, pg_temp
    SET jit = off
AS $outer$
#variable_conflict use_column
DECLARE
    used int[];
    confidential int[];
    former record;
    potentials text;
    kept_potentials text := current_setting('terrcarbon.gwp', true);
    new_id int;
    sources int[];
    terms record;
    problem record;
    territories text;
    count_out bigint;
    count_secret bigint;
    left_out text;
BEGIN
    IF release.year IS NULL OR release.allocation IS NULL
        OR release.allocation <> ALL (terrcarbon.allocations()) THEN
        RAISE EXCEPTION 'a release is of one year and one allocation'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The year is %s, the allocation %s.', coalesce(release.year::text, 'NULL'),
                                  coalesce(quote_literal(release.allocation), 'NULL')),
                  HINT = 'The allocation is territorial or, for trips, induced or resident.';
    END IF;
    IF to_regnamespace(quote_ident(account)) IS NOT NULL AND NOT pg_has_role(
        (SELECT nspowner FROM pg_namespace WHERE nspname = account), 'USAGE') THEN
        RAISE EXCEPTION 'only the owner of account % may release its figures', quote_ident(account)
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM prepare_release(account);
    -- No refresh meanwhile, and one release at a time.
    PERFORM terrcarbon_internal.account_lock(account);
    EXECUTE format('SELECT s.gwp FROM %I.setting s', account) INTO potentials;
    PERFORM set_config('terrcarbon.gwp', potentials, true);

    SELECT array_agg(d.dataset_id ORDER BY d.dataset_id) FILTER (WHERE d.used),
           coalesce(array_agg(d.dataset_id) FILTER (WHERE d.used AND d.access = 'aggregate'), '{}'),
           string_agg(format('%s (%s)', terrcarbon_internal.dataset_name(d.dataset_id), d.reason), ', ' ORDER BY d.dataset_id) FILTER (WHERE NOT d.used)
    INTO used, confidential, left_out
    FROM terrcarbon_internal.release_datasets(account) AS d;
    IF used IS NULL THEN
        RAISE EXCEPTION 'account % has no figures to release', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = coalesce('Left out: ' || left_out || '.', 'It has no figures at all.'),
                  HINT = 'Releases are made from datasets that are open or aggregate.';
    END IF;

    EXECUTE format($query$
        SELECT r.id, r.allocation, r.gwp FROM %I.release r
        WHERE r.year = $1 AND (r.allocation = 'territorial') = ($2 = 'territorial')
        ORDER BY r.id DESC LIMIT 1
        $query$, account) INTO former USING release.year, release.allocation;
    IF former.id IS NOT NULL AND former.allocation <> release.allocation THEN
        RAISE EXCEPTION 'the trips of % are released already, as %', release.year, former.allocation
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'Induced and resident figures are made of the same trips: their difference could give one away.';
    ELSIF former.id IS NOT NULL AND coalesce(btrim(correction), '') = '' THEN
        RAISE EXCEPTION '% is released already (release %)', release.year, former.id
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'What is out stays as it is. A new release can take its place: say why, with correction => ''...''.';
    ELSIF former.id IS NULL AND correction IS NOT NULL THEN
        RAISE EXCEPTION 'there is no release of % to correct', release.year
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;

    SELECT sources_agg(f.sources) INTO sources
    FROM terrcarbon_internal.release_figures(account, used, release.year, release.allocation) AS f WHERE f.kg IS NOT NULL;
    IF sources IS NULL THEN
        RAISE EXCEPTION 'account % has no figures of % to release', quote_ident(account), release.year
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = coalesce('Left out: ' || left_out || '.', 'All datasets are used.'),
                  HINT = 'A territory has a figure when all its parts have one: see balance_by_territory.';
    END IF;
    SELECT * INTO terms FROM effective_licence(sources);
    IF NOT terms.publishable THEN
        RAISE EXCEPTION 'these figures may not be published'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = terms.reason,
                  HINT = 'See terrcarbon.effective_licence.';
    END IF;
    EXECUTE format($query$
        INSERT INTO %I.release (year, allocation, gwp, replaces, correction, sources, licences, attribution, duties)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
        $query$, account) INTO new_id
        USING release.year, release.allocation, potentials, former.id, correction, sources,
              terms.licences, terms.attribution, terms.duties;
    EXECUTE format('INSERT INTO %I.release_dataset SELECT $1, * FROM terrcarbon_internal.release_datasets($2)', account)
        USING new_id, account;
    EXECUTE format($query$
        INSERT INTO %I.release_part (release_id, dataset_id, territory_code, sector, measure, unit_key, contribution, amount)
        SELECT $1, * FROM terrcarbon_internal.release_parts($2, $3, $4, $5)
        $query$, account) USING new_id, account, confidential, release.year, release.allocation;

    -- The rows must be those that the balance was made from.
    EXECUTE format($query$
        SELECT EXISTS (SELECT FROM %1$I.change WHERE dataset_id IS NULL OR dataset_id = ANY ($1))
            OR EXISTS (SELECT FROM %1$I.pending WHERE dataset_id = ANY ($1))
            OR EXISTS (SELECT FROM %1$I.refresh_state WHERE finished_at IS NULL) AS stale
        $query$, account) INTO problem USING used;
    IF problem.stale THEN
        RAISE EXCEPTION 'the balance of account % is not up to date', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('CALL terrcarbon.refresh(%L) first.', account);
    END IF;
    territories := format('SELECT code, parent_code FROM %I.territory
        WHERE coalesce(valid_from <= make_date(%s, 1, 1), true) AND coalesce(valid_to >= make_date(%2$s, 1, 1), true)',
        account, release.year);
    EXECUTE format($query$
        WITH RECURSIVE node AS MATERIALIZED (%2$s),
        own AS (
            SELECT territory_code, sector, measure, sum(amount) AS kg
            FROM %1$I.release_part WHERE release_id = $1
            GROUP BY territory_code, sector, measure
        ),
        up (code, at_code) AS (
            SELECT code, code FROM node
          UNION ALL
            SELECT up.code, node.parent_code FROM up JOIN node ON node.code = up.at_code WHERE node.parent_code IS NOT NULL
        ),
        counted AS (
            SELECT up.at_code AS territory_code, own.sector, own.measure, sum(own.kg) AS kg
            FROM own JOIN up ON up.code = own.territory_code
            GROUP BY up.at_code, own.sector, own.measure
        ),
        balanced AS (
            SELECT b.territory_code, b.sector, m.measure, sum(m.kg) AS kg
            FROM %1$I.balance b
            CROSS JOIN LATERAL (VALUES ('emissions', terrcarbon.value(b.co2e)),
                                       ('removals', terrcarbon.value(b.removal_co2e))) AS m (measure, kg)
            WHERE b.dataset_id = ANY ($2) AND b.year = $3 AND b.allocation = $4 AND b.scope IN ('1', '2')
                AND b.territory_code IN (SELECT code FROM node)
            GROUP BY b.territory_code, b.sector, m.measure
        )
        SELECT coalesce(array_agg(territory_code || '/' || measure) FILTER (WHERE sector = 'land'), '{}') AS land,
               min(territory_code || ', ' || sector) FILTER (WHERE sector <> 'land') AS other
        FROM counted
        FULL JOIN balanced USING (territory_code, sector, measure)
        WHERE abs(coalesce(counted.kg, 0) - coalesce(balanced.kg, 0)) >
            1e-9 * (abs(coalesce(counted.kg, 0)) + abs(coalesce(balanced.kg, 0)))
        $query$, account, territories)
        INTO problem USING new_id, confidential, release.year, release.allocation;
    IF problem.other IS NOT NULL THEN
        RAISE EXCEPTION 'the balance of account % does not follow from its rows', quote_ident(account)
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('At %s.', problem.other),
                  HINT = format('CALL terrcarbon.refresh(%L, "full" => true) first.', account);
    END IF;
    PERFORM terrcarbon_internal.release_cells(account, new_id, former.id, m, used, confidential, problem.land)
    FROM unnest('{emissions,removals}'::text[]) AS m;
    IF former.id IS NOT NULL THEN
        FOR problem IN EXECUTE format($query$
                SELECT r.id FROM %I.release r
                WHERE r.year = $1 AND (r.allocation = 'territorial') = ($2 = 'territorial') AND r.id < $3
                ORDER BY r.id DESC
                $query$, account) USING release.year, release.allocation, new_id
        LOOP
            PERFORM terrcarbon_internal.release_check_correction(account, problem.id, new_id, used);
        END LOOP;
        EXECUTE format($query$
            SELECT c.territory_code || ', ' || c.sector AS cell
            FROM %1$I.release_cell o
            LEFT JOIN %1$I.release_cell c ON c.release_id = $2 AND c.territory_code = o.territory_code
                AND c.sector = o.sector AND c.measure = o.measure
            WHERE o.release_id = $1 AND o.co2e IS NOT NULL AND c.co2e IS NULL
            LIMIT 1
            $query$, account) INTO problem USING former.id, new_id;
        IF problem.cell IS NOT NULL THEN
            RAISE EXCEPTION 'this correction of release % cannot be released', former.id
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = format('It shows %s, which has no figure any more, or would now give a confidential figure away together with the others.', problem.cell);
        END IF;
    END IF;

    IF EXISTS (SELECT d.dataset_id, d.access FROM terrcarbon_internal.release_datasets(account) AS d WHERE d.used
               EXCEPT SELECT u, CASE WHEN u = ANY (confidential) THEN 'aggregate' ELSE 'open' END FROM unnest(used) AS u)
        OR (SELECT count(*) FROM terrcarbon_internal.release_datasets(account) AS d WHERE d.used) <> cardinality(used) THEN
        RAISE EXCEPTION 'access to a dataset changed meanwhile'
            USING ERRCODE = 'serialization_failure', HINT = 'Release again.';
    END IF;
    EXECUTE format('SELECT count(co2e), count(*) FILTER (WHERE notation = ''C'') FROM %I.release_cell WHERE release_id = $1',
        account) INTO count_out, count_secret USING new_id;
    RAISE NOTICE 'release % of account %: % figures out, % withheld', new_id, account, count_out, count_secret
        USING DETAIL = coalesce('Left out: ' || left_out || '.', 'All datasets are used.');
    PERFORM set_config('terrcarbon.gwp', kept_potentials, true);
    RETURN new_id;
END;
$outer$;
COMMENT ON FUNCTION release(name, int, text, text) IS
    'Publishes the figures of a year: territory × sector (and all: every sector but land) × gross emissions and gross removals, t CO2e of scopes 1 and 2, from the open and aggregate datasets that the caller reads, as the balance has them. Figures that fail secrecy_rule are withheld (notation C) together with those they could be computed from. Everybody reads the result in the view released of the account; nothing changes it any more. correction: why a new release takes the place of the former one of the year; it shows the same cells, and is refused when comparing the two could give a unit away. Returns the number of the release. For the owner of the account. Errors: 42501 not the owner, 3F000 no such account, 22023, 55000 not refreshed, nothing to release, not publishable by licence, released already.';
