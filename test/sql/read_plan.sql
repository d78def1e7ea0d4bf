-- Pictures of plans: well-formed, to scale, nothing injected, and of what the reader may see.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
SET jit = off;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
CREATE FUNCTION pg_temp.paths(svg text, class text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT d::text FROM unnest(xpath(format('//s:path[starts-with(@class, "%s")]/@d', class), svg::xml, '{{s,http://www.w3.org/2000/svg}}')) AS d
$$;
CREATE FUNCTION pg_temp.words(svg text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT t::text FROM unnest(xpath('//s:text/text()', svg::xml, '{{s,http://www.w3.org/2000/svg}}')) AS t
$$;
\set ECHO all
-- 300 t at -20 first, then 100 t at 10: the axis runs from -20 to 10, 280 pixels from 398 up,
-- so 0 is at 398 - 280 x 20 / 30 = 211.3; the plot begins at 24 + 3 x 0.7 x 13 + 10 = 61.3
-- and ends at 776, and three quarters of that are at 597.3.
CREATE TEMP TABLE svg AS SELECT abatement_svg('{Heat,Buses & <b>trams</b>}', '{100,300}', '{10,-20}', '{5,NULL}', '{10,NULL}', 'Cost', source => 'invented', year => 2023) AS picture;
SELECT d FROM svg, pg_temp.paths(picture, 'wedge') AS d;
SELECT t FROM svg, pg_temp.words(picture) AS t;
SELECT abatement_svg('{a}', '{2.5}', '{0}', title => 'x', point => ',') ~ '1\. a: 2,5 t, 0<' AS comma, abatement_svg('{}', '{}', '{}') IS NULL AS none, abatement_svg(NULL, NULL, NULL) IS NULL AS nothing,
       abatement_svg('{a}', '{1}', '{1}', scheme => 'dark') !~ 'prefers-color-scheme' AS dark, abatement_svg('{a}', '{1}', '{1}') ~ 'prefers-color-scheme' AS auto;
-- Kinds are colours, and go with their bars: b costs less and stands first.
SELECT k FROM unnest(xpath('//s:path/@class', abatement_svg('{a,b}', '{1,1}', '{2,1}', kinds => '{2,1}', kind_names => '{Running,Planned}')::xml, '{{s,http://www.w3.org/2000/svg}}')::text[]) WITH ORDINALITY AS x (k, n) WHERE k ~ '^wedge' ORDER BY n;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY['SELECT abatement_svg(''{a}'', ''{1}'', ''{1}'', kinds => ''{5}'')', 'SELECT abatement_svg(''{a}'', ''{1}'', ''{1}'', kinds => ''{1,1}'')']) AS c;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY['SELECT abatement_svg(''{a}'', ''{0}'', ''{1}'')', 'SELECT abatement_svg(''{a,b}'', ''{1}'', ''{1,2}'')', 'SELECT abatement_svg(''{a}'', ''{1}'', ''{1}'', ''{2}'', ''{3}'')',
    'SELECT abatement_svg(''{a}'', ''{1}'', ''{NULL}'')', 'SELECT abatement_svg(''{a}'', ''{1}'', ''{Infinity}'')', 'SELECT abatement_svg(''{a}'', ''{1}'', ''{1}'', ''{NULL}'', ''{3}'')',
    'SELECT abatement_svg(array_fill(''a''::text, ''{41}''), array_fill(1::float8, ''{41}''), array_fill(1::float8, ''{41}''))', 'SELECT abatement_svg(''{a}'', ''{1}'', ''{1}'', scheme => ''red'')',
    'SELECT abatement_svg(''{{a,b}}'', ''{1,2}'', ''{1,2}'') IS NOT NULL']) AS c;

-- 90 less 30 and 10: from y(v) = 348 - 2.9 v, 87 to 174 to 203; the second wedge is not known in 2022.
SELECT regexp_replace(d, '[0-9.]+ ', 'x ', 'g') AS d FROM pg_temp.paths(chart_svg(NULL, '{"2020": 100, "2022": 0}', '{"2020": 100, "2021": 90, "2022": 90}',
    wedges => '{"{\"2020\": 0, \"2021\": 30, \"2022\": 30}","{\"2020\": 0, \"2021\": 10}"}', wedge_names => '{Running,Planned}'), 'wedge') AS d;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY['SELECT chart_svg(''{"2020": 1}'', wedges => ''{"{\"2020\": 0}"}'', wedge_names => ''{a}'')',
    'SELECT chart_svg(''{"2020": 1}'', projection => ''{"2021": 1}'', wedges => ''{"{\"2020\": 0}"}'')',
    'SELECT chart_svg(''{"2020": 1}'', projection => ''{"2021": 1}'', wedges => ''{NULL,NULL}'', wedge_names => ''{a,b}'') IS NOT NULL']) AS c;

CREATE ROLE pln_owner;
CREATE ROLE pln_citizen;
GRANT CREATE ON DATABASE :DBNAME TO pln_owner;
SELECT register_dataset('pln-inventory', 'Inventory', 'pln_owner', 'CC0-1.0', 'shared', updated => '2024-01-01') AS inventory \gset
SET ROLE pln_owner;
SELECT create_account('moor', 4326);
GRANT USAGE ON SCHEMA moor TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA moor TO PUBLIC;
INSERT INTO moor.territory (code, name, level, geom) VALUES ('T', 'The moor', 'commune', ST_Multi(ST_MakeEnvelope(0, 46, 0.05, 46.05, 4326)));
INSERT INTO moor.activity (dataset_id, territory_code, sector, scope, year, emission, u95_percent)
    SELECT :inventory, 'T', 'residential', '1', y, ghg('CO2', 1000.0 * t), 0 FROM (VALUES (2020, 400), (2021, 390), (2022, 380)) AS v (y, t);
CALL refresh('moor');
INSERT INTO moor.plan (territory_code, plan) VALUES ('T', 'climate plan');
INSERT INTO moor.target (territory_code, plan, year, value) VALUES ('T', 'climate plan', 2020, 400), ('T', 'climate plan', 2026, 280);
INSERT INTO moor.action (code, title, territory_code, sector, status, year_from, base_year, investment) VALUES
    ('renovate', 'Renovate homes', 'T', 'residential', 'running', 2023, 2020, 60000), ('boilers', 'Boilers', 'T', 'residential', 'planned', 2024, 2020, 9000),
    ('club', 'A club', 'T', 'residential', 'planned', 2024, 2020, NULL);
INSERT INTO moor.action_effect (action_code, year, reduction, u95_percent, method)
    SELECT 'renovate', y, (y - 2022) * 10, 20, 'audits' FROM generate_series(2023, 2026) AS y UNION ALL SELECT 'boilers', y, 15, 10, 'meters' FROM generate_series(2025, 2026) AS y
    UNION ALL VALUES ('club', 2026, 1, 50, 'guess');
-- In 2026 the trend is 340, less 40 of running and 16 of planned actions; 60000 / 100 = 600 a
-- tonne, known to 20 %: 600 x 40 / 48 = 500 to 600 x 40 / 32 = 750; boilers 9000 / 30 = 300.
SELECT t FROM pg_temp.words(wedge_chart('moor', 'T')) AS t WHERE t !~ '^[0-9]';
-- From 280 to 400, so the axis begins there.
SELECT array_agg(t::int ORDER BY t::int) AS axis FROM pg_temp.words(wedge_chart('moor', 'T')) AS t WHERE t ~ '^[0-9]+$' AND t::int < 2000;
SELECT count(*) AS wedges FROM pg_temp.paths(wedge_chart('moor', 'T', scheme => 'dark'), 'wedge');
SELECT substring(wedge_chart('moor', 'T') FROM '<desc>(.*)</desc>') AS said;
SELECT t FROM pg_temp.words(wedge_chart('moor', 'T', language => 'fr')) AS t WHERE t ~ '^(Act|Tend|Avec|Const)';
SELECT t FROM pg_temp.words(abatement_chart('moor', 'T', 2026)) AS t WHERE t !~ '^[0-9]+$';
SELECT t FROM pg_temp.words(abatement_chart('moor', 'T', 2026, 'fr')) AS t WHERE t ~ '^(EUR|t CO2e|Inv)';
SELECT abatement_chart('moor', 'T', 2001) IS NULL AS none;
SELECT pg_temp.outcome(c) FROM unnest(ARRAY[$$SELECT wedge_chart('moor', 'T', 'waste')$$, $$SELECT wedge_chart('moor', 'T', language => 'de')$$, $$SELECT abatement_chart('moor', 'T', 2026, 'de')$$]) AS c;
-- Who may not see the dataset sees the target, neither emissions nor trend; and what actions
-- that name no lines are expected to bring.
SET ROLE pln_citizen;
SELECT t FROM pg_temp.words(wedge_chart('moor', 'T')) AS t WHERE t !~ '^[0-9]';
SELECT count(*) AS bars FROM pg_temp.paths(abatement_chart('moor', 'T', 2026), 'wedge');
RESET ROLE;
SELECT drop_account('moor');
REVOKE CREATE ON DATABASE :DBNAME FROM pln_owner;
DELETE FROM dataset WHERE slug LIKE 'pln-%';
DROP ROLE pln_owner, pln_citizen;
