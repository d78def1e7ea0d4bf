-- Wetlands of an account with their state, on the map and in the ledger.
SET search_path = terrcarbon, public;
SET client_min_messages = error;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE acc_owner;
CREATE ROLE acc_town;
CREATE ROLE acc_reader;
GRANT CREATE ON DATABASE :DBNAME TO acc_owner;
SELECT register_dataset('wtl-marsh', 'Marshes', 'acc_town', 'CC0-1.0', 'open') AS marsh \gset
SELECT register_dataset('wtl-shut', 'Shut marshes', 'acc_town', 'CC0-1.0', 'shared') AS shut \gset
SET ROLE acc_owner;
SELECT create_account('acc', 2154);
SELECT grant_reading('acc', 'acc_reader');
SELECT grant_depositing('acc', 'acc_town');
SELECT grant_reading('acc', 'acc_town');
INSERT INTO acc.territory (code, name, level, geom) VALUES
    ('A', 'Aville', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Bville', 'commune', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
SET ROLE acc_town;
INSERT INTO acc.wetland_site (dataset_id, name, kind, state, salinity_ppt, soil_tc_ha, soil_u95_percent, year, geom)
SELECT d, n, k, s, p, t, u, 2020, ST_Multi(ST_MakeEnvelope(x, 6570200, x + 100, 6570300, 2154))
FROM (VALUES (:marsh, 'reed bed', 'salt_marsh', 'intact', 30, NULL, NULL, 380100), (:marsh, 'polder', 'salt_marsh', 'drained', 30, NULL, NULL, 380950),
             (:marsh, 'cored', 'salt_marsh', 'embanked', 30, 100.0, 20.0, 380300), (:marsh, 'cored once', 'salt_marsh', 'intact', 30, 100.0, NULL, 380400),
             (:marsh, 'of no salinity', 'salt_marsh', 'intact', NULL, NULL, NULL, 380500), (:marsh, 'of no kind', 'bog of Ys', 'intact', 0, NULL, NULL, 380600),
             (:marsh, 'car park', 'salt_marsh', 'lost', 30, NULL, NULL, 380700), (:shut, 'secret', 'salt_marsh', 'intact', 30, NULL, NULL, 380800)) AS v (d, n, k, s, p, t, u, x);
SELECT pg_temp.outcome(format($$INSERT INTO acc.wetland_site (dataset_id, kind, state, year, geom)
    VALUES (%s, 'salt_marsh', 'wet', 2020, ST_Multi(ST_MakeEnvelope(380100, 6570200, 380200, 6570300, 2154)))$$, :marsh)) ~ '^23514' AS refused;
SET ROLE acc_owner;
CALL refresh('acc');
-- What has no name of its own is called by its kind, in the language of the label.
SELECT count(*) AS without_french FROM wetland_kind WHERE shipped AND name_fr IS NULL;
BEGIN;
SET LOCAL ROLE acc_town;
UPDATE acc.wetland_site SET name = NULL WHERE name = 'cored';
SET LOCAL ROLE acc_owner;
SELECT split_part(label_fr, E'\n', 1) AS french, split_part(label_en, E'\n', 1) AS english FROM acc.wetland_site_map WHERE name IS NULL;
ROLLBACK;
-- A hectare on the map: as wetland_potential says of its area, in the account's potentials; the soil of
-- cores, 100 tC a ha, is 366.7 t CO2; what is not known is NULL, with its polygon.
SET ROLE acc_reader;
SELECT m.name, m.kind_name, m.state, round((m.soil / m.area_ha)::numeric, 3) AS soil, round((m.soil_change / m.area_ha)::numeric, 3) AS change,
       round((m.ch4_kg / m.area_ha)::numeric, 3) AS ch4, m.if_lost_low < m.if_lost AND m.if_lost < m.if_lost_high AS inside, m.left_out,
       abs(m.if_lost - value(p.if_lost_t)) < 1e-9 AS loss, m.if_restored IS NOT DISTINCT FROM value(p.if_restored_t) AS restored
FROM acc.wetland_site_map m
LEFT JOIN LATERAL (SELECT p.* FROM wetland_potential('salt_marsh', m.area_ha, m.state, m.salinity_ppt, 30,
    CASE m.name WHEN 'cored' THEN estimate(100, 20) END, gwp => 'AR5') AS p) AS p ON m.kind = 'salt_marsh'
ORDER BY m.name COLLATE "C";
-- The polder is half in each commune; a memo, in no total.
SELECT l.territory_code, w.name, l.kind, l.scope, round((value(l.co2e) / 1000 / w.area_m2 * 1e4)::numeric, 4) AS t_per_ha,
       round((value(p.emission_t) / w.area_m2 * 1e4 * CASE w.name WHEN 'polder' THEN 0.5 ELSE 1 END)::numeric, 4) AS by_potential, l.finding
FROM acc.line l JOIN acc.wetland_site w ON w.dataset_id = l.dataset_id AND w.id = l.row_id
LEFT JOIN LATERAL (SELECT p.* FROM wetland_potential('salt_marsh', w.area_m2 / 1e4, w.state, w.salinity_ppt, 1, gwp => 'AR5') AS p) AS p
    ON w.kind = 'salt_marsh' AND w.name <> 'cored once'
WHERE l.layer = 'wetland_site' ORDER BY w.name COLLATE "C", 1;
SELECT scope, count(*) AS figures, bool_and(complete) AS complete FROM acc.balance_by_territory GROUP BY scope ORDER BY scope;
-- Under a project: the table is a layer of wetlands_at_stake, for what the reader sees; unknown losses first.
SELECT s.rank, w.name, round(s.share::numeric, 2) AS share, round((value(s.soil_t) / s.area_ha)::numeric, 1) AS soil, s.if_lost_t IS NOT NULL AS known
FROM wetlands_at_stake('acc.wetland_site', ST_MakeEnvelope(380050, 6570000, 380450, 6570250, 2154)) AS s
JOIN acc.wetland_site w ON w.id::text = s.id ORDER BY 1, 2;
SET ROLE acc_town;
SELECT count(*) AS with_the_secret FROM acc.wetland_site_map;
-- Drawn in QGIS: the editing view takes a polygon.
INSERT INTO acc.wetland_site_edit (dataset, name, kind, year, geom) VALUES ('wtl-marsh', 'drawn', 'salt_marsh', 2020, ST_Multi(ST_MakeEnvelope(380100, 6570400, 380200, 6570500, 2154)));
SELECT name, state, year, round(soil_low) AS soil_low FROM acc.wetland_site_map WHERE name = 'drawn';
RESET ROLE;
SELECT map, count(*) FROM terrcarbon_internal.qgis_class('fr') WHERE map = 'wetland_site' GROUP BY map;
SELECT drop_account('acc');
DELETE FROM dataset WHERE slug LIKE 'wtl-%';
DROP OWNED BY acc_owner, acc_town, acc_reader;
DROP ROLE acc_owner, acc_town, acc_reader;
