-- Rows written to the tables of deposits themselves: what is wrong with one is said,
-- though row security hides what constraints and policies say.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
\pset format unaligned
\pset tuples_only
CREATE ROLE door_owner;
CREATE ROLE door_town;
GRANT CREATE ON DATABASE :DBNAME TO door_owner;
SELECT register_dataset('door-gas', 'Gas', 'door_town', 'etalab-2.0', 'open') AS gas \gset
SELECT register_dataset('door-owner', 'Other', 'door_owner', 'etalab-2.0', 'open') AS other \gset
SET ROLE door_owner;
SELECT create_account('door', 2154);
INSERT INTO door.territory (code, name, level, geom)
    SELECT 17000 + i, 'Commune ' || i, 'commune', ST_Multi(ST_MakeEnvelope(4e5 + i * 1000, 65e5, 4e5 + i * 1000 + 1000, 65e5 + 1000, 2154))
    FROM generate_series(1, 30) AS i;
SELECT grant_depositing('door', 'door_town');
SET ROLE door_town;
CREATE FUNCTION pg_temp.add(change jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.outcome(format('INSERT INTO door.activity (%s) SELECT %1$s FROM jsonb_populate_record(NULL::door.activity, %L) RETURNING id',
        (SELECT string_agg(quote_ident(k), ', ') FROM jsonb_object_keys(r) AS k), r))
    FROM (SELECT jsonb_strip_nulls(jsonb_build_object('dataset_id', (SELECT id FROM terrcarbon.dataset WHERE slug = 'door-gas'), 'territory_code', '17001',
        'sector', 'residential', 'year', 2020, 'quantity', 3, 'unit', 'MWh HHV', 'factor', 'natural_gas') || change) AS r) AS r
$$;
SELECT pg_temp.add('{}');
SELECT pg_temp.add('{"sector": "residentail"}');
SELECT pg_temp.add('{"sector": "Résidentiel"}');
SELECT pg_temp.add('{"territory_code": "17101"}');
SELECT pg_temp.add('{"year": 20204}');
SELECT pg_temp.add('{"unit": "MWH PCS"}');
SELECT pg_temp.add('{"u95_percent": -3}');
SELECT pg_temp.add('{"kind": "emision"}');
SELECT pg_temp.add('{"actor_code": "nobody"}');
SELECT pg_temp.add('{"quantity": null, "unit": null, "factor": null}');
SELECT pg_temp.add('{"quantity": "NaN"}');
SELECT pg_temp.add('{"sector": "energy"}');
SELECT pg_temp.add('{"sector": null}');
SELECT pg_temp.add(jsonb_build_object('unit', repeat('x', 1000)));
-- A factor may come after the rows.
SELECT pg_temp.add('{"factor": "door-none"}');
-- Somebody else's dataset, none, one that is not there.
SELECT pg_temp.add('{"dataset_id": null}');
SELECT pg_temp.outcome(format($$INSERT INTO door.activity (dataset_id, sector, year, notation) VALUES (%s, 'waste', 2020, 'NO')$$, :other));
SELECT pg_temp.outcome($$INSERT INTO door.activity (dataset_id, sector, year, notation) VALUES (2147483647, 'waste', 2020, 'NO')$$);
-- Changes: what is changed must fit.
SELECT pg_temp.outcome($$UPDATE door.activity SET unit = 'MWh PC'$$);
SELECT pg_temp.outcome($$UPDATE door.activity SET year = 1899$$);
SELECT pg_temp.outcome(format($$UPDATE door.activity SET dataset_id = %s$$, :other));
UPDATE door.activity SET note = 'x' WHERE factor = 'natural_gas' RETURNING note;
-- Other tables.
SELECT pg_temp.outcome(format($$INSERT INTO door.extent VALUES (%s, '17099', 'residential')$$, :gas));
SELECT pg_temp.outcome(format($$INSERT INTO door.building (dataset_id, year_from, geom) VALUES (%s, 2020, 'SRID=2154;MULTIPOLYGON(((401000 6500000, 401010 6500010, 401010 6500000, 401000 6500010, 401000 6500000)))')$$, :gas));
SELECT pg_temp.outcome(format($$INSERT INTO door.building (dataset_id, height_m, year_from, geom) VALUES (%s, 0, 2020, 'SRID=2154;MULTIPOLYGON(((401000 6500000, 401010 6500010, 401010 6500000, 401000 6500000)))')$$, :gas));
SELECT pg_temp.outcome(format($$INSERT INTO door.trip (dataset_id, origin_code, year, person_trips, trip_km) VALUES (%s, '17999', 2020, 1, 1)$$, :gas));
-- A row without a year would be in no total: no layer takes it.
SELECT pg_temp.add('{"year": null}');
SELECT pg_temp.outcome($$UPDATE door.activity SET year = NULL WHERE factor = 'natural_gas'$$);
SELECT pg_temp.outcome(format($$INSERT INTO door.building (dataset_id, geom) VALUES (%s, 'SRID=2154;MULTIPOLYGON(((401000 6500000, 401010 6500010, 401010 6500000, 401000 6500000)))')$$, :gas));
SELECT pg_temp.outcome(format($$INSERT INTO door.trip (dataset_id, origin_code, person_trips, trip_km) VALUES (%s, '17001', 1, 1)$$, :gas));
SELECT pg_temp.outcome(format($$INSERT INTO door.herd (dataset_id, territory_code, species, heads) VALUES (%s, '17001', 'sheep', 1)$$, :gas));
SET ROLE door_owner;
SELECT l.name, a.attname, a.attnotnull FROM door.layer l JOIN pg_attribute a ON a.attrelid = ('door.' || l.name)::regclass AND a.attname IN ('year', 'year_from')
WHERE l.deposits IS NOT NULL ORDER BY l.name COLLATE "C";
SET ROLE door_town;
-- Many rows: the fault of one.
SELECT pg_temp.outcome(format($$INSERT INTO door.activity (dataset_id, territory_code, sector, year, quantity, unit)
    SELECT %s, 17001 + i %% 30, 'waste', 2020, i, CASE i WHEN 900 THEN 'tons' ELSE 't' END FROM generate_series(1, 1000) AS i$$, :gas));
-- A new code of a territory is that of its rows.
SET ROLE door_owner;
UPDATE door.territory SET code = '17A01' WHERE code = '17001';
SET ROLE door_town;
SELECT DISTINCT territory_code FROM door.activity;
-- Who may not read the territories learns nothing of them.
RESET ROLE;
REVOKE SELECT ON door.territory FROM door_town;
SET ROLE door_town;
SELECT pg_temp.add('{"territory_code": "17101"}');
SET ROLE door_owner;
-- Triggers of one's own come first, and a table of one's own is no exception.
CREATE FUNCTION door.mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.sector := lower(NEW.sector); RETURN NEW; END $$;
CREATE TRIGGER mend BEFORE INSERT ON door.activity FOR EACH ROW EXECUTE FUNCTION door.mend();
INSERT INTO door.activity (dataset_id, sector, year, notation) VALUES (:other, 'WASTE', 2020, 'NO') RETURNING sector;
CREATE TABLE door.stable (dataset_id int NOT NULL, row_id bigint PRIMARY KEY, territory_code text REFERENCES door.territory, year_from int, year_to int,
    sector text, heads int CHECK (heads > 0), CHECK (year_from <= year_to));
SELECT count(*) FROM protect('door.stable');
SELECT pg_temp.outcome($$SELECT register_layer('door', 'stable', 'door.stable')$$);
ALTER TABLE door.stable ALTER year_from SET NOT NULL;
SELECT register_layer('door', 'stable', 'door.stable');
SELECT pg_temp.outcome(format($$INSERT INTO door.stable (dataset_id, row_id, territory_code, sector, heads) VALUES (%s, 1, '17002', 'agriculture', 5)$$, :other));
SELECT pg_temp.outcome(format($$INSERT INTO door.stable VALUES (%s, 1, '17002', 2020, 2019, 'agriculture', 5)$$, :other));
SELECT pg_temp.outcome(format($$INSERT INTO door.stable VALUES (%s, 1, '1702', 2020, 2020, 'agriculture', 5)$$, :other));
SELECT pg_temp.outcome(format($$INSERT INTO door.stable VALUES (%s, 1, '17002', 2020, 2020, 'agriculture', 0)$$, :other));
-- A view may have rows without a year: they count in none, and refresh fails for their dataset.  Without a last year a row is of its first.
CREATE TABLE door.shed (dataset_id int NOT NULL, row_id bigint PRIMARY KEY, territory_code text, built int, left_in int);
SELECT count(*) FROM protect('door.shed');
CREATE VIEW door.shed_item WITH (security_invoker = on) AS
    SELECT dataset_id, row_id, territory_code, built AS year_from, left_in AS year_to, 'agriculture' AS sector, ghg('CO2', 1000) AS emission, 0::float8 AS u95_percent FROM door.shed;
SELECT register_layer('door', 'shed', 'door.shed_item');
INSERT INTO door.shed VALUES (:other, 1, '17003', 2020, NULL), (:other, 2, '17003', 2020, 2021), (:other, 3, '17003', NULL, 2021), (:other, 4, '17003', NULL, NULL);
CALL refresh('door', full => true);
SELECT row_id, year FROM door.line WHERE layer = 'shed' ORDER BY row_id, year;
SELECT territory_code, problem FROM door.pending;
SELECT year, emissions, stale FROM door.trajectory_by_territory WHERE territory_code = '17003' ORDER BY year;
DELETE FROM door.shed WHERE built IS NULL;
-- Nor do rows of no sector count; those of no territory are told of.
CREATE OR REPLACE VIEW door.shed_item WITH (security_invoker = on) AS
    SELECT dataset_id, row_id, territory_code, built AS year_from, left_in AS year_to, CASE row_id WHEN 5 THEN 'agricultur' WHEN 6 THEN NULL ELSE 'agriculture' END AS sector,
        ghg('CO2', 1000) AS emission, 0::float8 AS u95_percent FROM door.shed;
INSERT INTO door.shed VALUES (:other, 5, '17003', 2020, NULL), (:other, 6, '17003', 2020, NULL), (:other, 7, NULL, 2020, 2021), (:other, 8, '17099', 2020, NULL);
CALL refresh('door', full => true);
SELECT problem FROM door.pending;
SELECT sector, year, emissions FROM door.balance_by_territory WHERE territory_code = '17003' ORDER BY 1, 2;
DELETE FROM door.shed WHERE row_id IN (5, 6);
CALL refresh('door', full => true);
SELECT layer, territory_code, year_from, year_to, reason, item_count FROM door.coverage WHERE kind = 'outside' ORDER BY layer, year_from, year_to;
SELECT year, emissions, stale FROM door.trajectory_by_territory WHERE territory_code = '17003' ORDER BY year;
-- Settings.
SELECT pg_temp.outcome(format('UPDATE door.setting SET %s', s)) FROM unnest(ARRAY['required_sectors = ''{waste,housing}''', 'required_sectors = ''{land}''',
    'required_sectors = ''{waste,NULL}''', 'required_sectors = NULL', 'gwp = ''AR7''', 'land_flow = ''transitional''', 'materiality = 2', 'srid = 4326',
    'land_dataset_id = 2147483647', 'rejected_days = -30']) AS s;
UPDATE door.setting SET land_dataset_id = :other, required_sectors = '{waste,energy}' RETURNING required_sectors;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY['DELETE FROM door.setting', 'INSERT INTO door.setting DEFAULT VALUES', 'TRUNCATE door.setting']) AS c;
-- What only views read, and how a refresh goes, leaves its figures up to date; what it computes with does not.
CALL refresh('door');
CREATE FUNCTION pg_temp.stale_after(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    result boolean;
BEGIN
    EXECUTE format('UPDATE door.setting SET %s', change);
    SELECT EXISTS (SELECT FROM door.stale_dataset) INTO STRICT result;
    RAISE SQLSTATE 'TS000' USING MESSAGE = result::text;
EXCEPTION WHEN SQLSTATE 'TS000' THEN
    RETURN SQLERRM;
END $$;
SELECT c.column_name, pg_temp.stale_after(format('%I = %s', c.column_name, CASE
    WHEN c.column_name IN ('degree_days_reference', 'assumed_u95_percent') THEN '10'
    WHEN c.column_name = 'required_sectors' THEN '''{waste}''' WHEN c.column_name = 'land_dataset_id' THEN 'NULL' WHEN c.column_name = 'gwp' THEN '''AR6'''
    WHEN c.column_name = 'land_flow' THEN '''stock_difference''' WHEN c.column_name = 'when_stale' THEN '''notify''' WHEN c.data_type = 'integer' THEN c.column_name || ' + 1'
    ELSE c.column_name || ' + 0.1' END)) AS stale
FROM information_schema.columns c WHERE c.table_schema = 'door' AND c.table_name = 'setting' AND c.column_name NOT IN ('single', 'srid') ORDER BY c.column_name COLLATE "C";
SELECT pg_temp.stale_after('gwp = gwp, land_flow = land_flow') AS stale;
SELECT drop_account('door');
RESET ROLE;
DELETE FROM dataset WHERE slug LIKE 'door-%';
DROP OWNED BY door_owner, door_town;
DROP ROLE door_owner, door_town;
