-- Animals of an account.  Figures by hand from the tables of the 2019 Refinement.
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
CREATE ROLE acc_farmers;
CREATE ROLE acc_reader;
GRANT CREATE ON DATABASE :DBNAME TO acc_owner;
SELECT register_dataset('hrd-herds', 'Herds', 'acc_farmers', 'CC0-1.0', 'open') AS herds \gset
SELECT register_dataset('hrd-shut', 'Shut herds', 'acc_farmers', 'CC0-1.0', 'shared') AS shut \gset
SET ROLE acc_owner;
SELECT create_account('acc', 2154);
GRANT USAGE ON SCHEMA acc TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA acc TO PUBLIC;
SELECT grant_depositing('acc', 'acc_farmers');
INSERT INTO acc.territory (code, name, level, geom) VALUES
    ('A', 'Aville', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
    ('B', 'Bville', 'commune', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
-- A file of a farm census, deposited as any other.
SET ROLE acc_farmers;
CREATE TEMP TABLE census (insee text, annee int, cheptel text, tetes float8);
INSERT INTO census VALUES ('A', 2020, 'vaches laitières', 100), ('A', 2020, 'brebis', 200), ('A', 2021, 'porcs', 300), ('B', 2020, 'poules', 1000), ('Z', 2020, 'porcs', 1);
SELECT rows_in, rows_rejected, reasons FROM deposit('acc', 'herd', 'census', 'hrd-herds', '{"territory_code": "insee", "year": "annee", "heads": "tetes",
    "species": {"column": "cheptel", "codes": {"vaches laitières": "dairy_cattle", "brebis": "sheep", "porcs": "growing_swine", "poules": "layer"}},
    "climate": {"value": "cool"}, "u95_percent": {"value": 10}}');
INSERT INTO acc.herd (dataset_id, territory_code, year, species, heads, u95_percent) VALUES (:herds, 'B', 2021, 'goat', 10, 0), (:herds, 'B', 2022, 'unicorn', 1, 0);
INSERT INTO acc.herd (dataset_id, territory_code, year, species, heads, climate, u95_percent) VALUES (:shut, 'A', 2020, 'dairy_cattle', 1000, 'cool', 0);
SELECT pg_temp.outcome(format($$INSERT INTO acc.herd (dataset_id, territory_code, year, species, heads) VALUES (%s, 'A', 2020, 'sheep', -1)$$, :herds)) ~ '^23514' AS refused,
       pg_temp.outcome(format($$INSERT INTO acc.herd (dataset_id, territory_code, year, species, heads, climate) VALUES (%s, 'A', 2020, 'sheep', 1, 'hot')$$, :herds)) ~ '^23514' AS refused;
SET ROLE acc_owner;
CALL refresh('acc');
-- Dairy cows: 126 kg of methane; 365 x 7.5 x 0.6 kg of solids and 365 x 0.5 x 0.6 kg of
-- nitrogen, by systems of 43, 29, 26 and 2 %. Methane 28, nitrous oxide 265.
SET ROLE acc_reader;
SELECT split_part(l.detail, '.', 2) AS source, round(value(l.co2e)::numeric, 3) AS kg,
       round((100 * CASE split_part(l.detail, '.', 2) WHEN 'enteric' THEN 126 * 28
           WHEN 'manure_ch4' THEN 365 * 7.5 * 0.6 * (0.43 * 33.8 + 0.29 * 3.2 + 0.26 * 0.6 + 0.02 * 0.2) / 1000 * 28
           WHEN 'manure_n2o' THEN 365 * 0.5 * 0.6 * (0.43 * 0.01 / 3 + 0.29 * 0.0075) * 44 / 28 * 265
           ELSE 365 * 0.5 * 0.6 * 0.26 * 0.004 * 44 / 28 * 265 END)::numeric, 3) AS by_hand
FROM acc.line l WHERE l.territory_code = 'A' AND l.year = 2020 AND l.detail LIKE '%dairy%' ORDER BY 1;
-- What is not known of them: methane of hens, of goats in no climate, all of a beast of legend.
SELECT l.territory_code, l.year, split_part(l.detail, 'livestock.', 2) AS source, l.finding FROM acc.line l
WHERE l.territory_code = 'B' OR l.year = 2021 ORDER BY 1, 2, 3;
SELECT b.territory_code, b.year, round(b.emissions::numeric, 3) AS emissions, b.complete, b.missing FROM acc.balance_by_territory b WHERE b.sector = 'agriculture' ORDER BY 1, 2;
-- One herd of the owner's reading: its heads are one error in all four lines.
SET ROLE acc_owner;
SELECT abs(half_width(sum(q)) / value(sum(q)) - 0.1) < 1e-12 AS heads_in_common
FROM (SELECT l.quantity AS q FROM acc.line l WHERE l.territory_code = 'A' AND l.year = 2020 AND l.detail LIKE '%sheep%') AS s;
SELECT kind, name, amount, unit FROM explain_number('acc', 'A', 'agriculture', 2021) WHERE kind IN ('figure', 'dataset') ORDER BY 1;
-- Bought 50 pigs more: a refresh counts them.
SET ROLE acc_farmers;
UPDATE acc.herd_edit SET heads = 350 WHERE species = 'growing_swine';
SET ROLE acc_owner;
CALL refresh('acc');
SELECT round((b.emissions / 350 * 300)::numeric, 3) AS emissions FROM acc.balance_by_territory b WHERE b.territory_code = 'A' AND b.year = 2021;
RESET ROLE;
SELECT drop_account('acc');
DELETE FROM dataset WHERE slug LIKE 'hrd-%';
DROP OWNED BY acc_owner, acc_farmers, acc_reader;
DROP ROLE acc_owner, acc_farmers, acc_reader;
