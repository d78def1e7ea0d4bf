-- Two years in which a whole has other parts are one system: what joined it is not to be
-- had by taking one of its sums from the other.
SET search_path = terrcarbon, public;
SET client_min_messages = warning;
SET extra_float_digits = 0;
\set SHOW_CONTEXT never
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/outcome.psql'
\set ECHO none
\i :include
\set ECHO all
CREATE ROLE prm_owner;
GRANT CREATE ON DATABASE :DBNAME TO prm_owner;
SELECT register_dataset('prm-firms', 'Firms', 'prm_owner', 'lov2', 'aggregate') AS firms \gset
SELECT set_config('prm.firms', :'firms', false) IS NOT NULL AS set;
SET ROLE prm_owner;
-- R > E > A, B, and C, which joins E in 2021; D is a part of R alone.  Seven firms in A, B
-- and D, in_c in C; the same in all years.
CREATE FUNCTION pg_temp.make_account(account name, years int[], in_c int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    firms bigint;
BEGIN
    PERFORM create_account(account, 4326), prepare_release(account);
    EXECUTE format($sql$INSERT INTO %I.territory (code, name, level, parent_code, geom)
        SELECT code, code, level, parent, ST_Multi(ST_MakeEnvelope(x * 0.01, 45, x * 0.01 + w * 0.01, 45.01, 4326))
        FROM (VALUES ('R', 'region', NULL, 0, 4), ('E', 'EPCI', 'R', 0, 3), ('A', 'commune', 'E', 0, 1), ('B', 'commune', 'E', 1, 1),
                     ('C', 'commune', 'E', 2, 1), ('D', 'commune', 'R', 3, 1)) AS v (code, level, parent, x, w)$sql$, account);
    EXECUTE format($sql$INSERT INTO %I.former_parent VALUES ('C', '2020-12-31', 'R')$sql$, account);
    EXECUTE format($sql$INSERT INTO %I.activity (dataset_id, territory_code, sector, year, emission, unit_key)
        SELECT current_setting('prm.firms')::int, t, 'industry', y, ghg('CO2', 1e6 + 1e4 * i + 1e5 * (ascii(t) - 64)), concat(t, i)
        FROM unnest('{A,B,C,D}'::text[]) AS t, generate_series(1, 7) AS i, unnest($1) AS y
        WHERE t <> 'C' OR i <= $2$sql$, account) USING years, in_c;
    GET DIAGNOSTICS firms = ROW_COUNT;
    RETURN firms;
END $$;
SELECT pg_temp.make_account('prm', '{2020,2021}', 1) AS two_years, pg_temp.make_account('prm_alone', '{2021}', 1) AS alone, pg_temp.make_account('prm_many', '{2020,2021}', 7) AS many,
    pg_temp.make_account('prm_back', '{2020,2021}', 1) AS backwards;
CALL refresh('prm');
CALL refresh('prm_alone');
CALL refresh('prm_many');
CALL refresh('prm_back');
-- Sums are those of the parts of the year.
SELECT year, territory_code, value(co2e) / 1000 AS tonnes, leaves, leaves_expected FROM prm.balance ORDER BY 1, 2;
SELECT release('prm', 2020) < release('prm', 2021) AS first, release('prm_alone', 2021) > 0 AS alone, release('prm_many', 2020) < release('prm_many', 2021) AS many,
    release('prm_back', 2021) < release('prm_back', 2020) AS backwards;
CREATE VIEW pg_temp.shown AS
SELECT account, year, string_agg(territory_code, ' ' ORDER BY territory_code) FILTER (WHERE tonnes IS NOT NULL) AS shown,
       string_agg(territory_code || ' in ' || parent_code, ', ' ORDER BY territory_code) FILTER (WHERE territory_code IN ('C', 'E')) AS parts
FROM (SELECT 'prm' AS account, * FROM prm.released UNION ALL SELECT 'prm_alone', * FROM prm_alone.released
      UNION ALL SELECT 'prm_many', * FROM prm_many.released UNION ALL SELECT 'prm_back', * FROM prm_back.released) AS r
WHERE sector = 'industry' GROUP BY account, year ORDER BY account, year;
-- By itself, 2021 shows E and hides C with A.  When E of 2020 is out, which is A and B, E of
-- 2021 would give C away; when E of 2021 is out, that of 2020.
TABLE pg_temp.shown;
-- What is said of E counts for its parts of the year: E is complete for waste, which is in A
-- alone; a gap that is declared for E is one of C in 2021 only.
INSERT INTO prm.extent VALUES (:firms, 'E', 'waste');
INSERT INTO prm.activity (dataset_id, territory_code, sector, year, emission) SELECT :firms, 'A', 'waste', y, ghg('CO2', 7e6) FROM unnest('{2020,2021}'::int[]) AS y;
INSERT INTO prm.declared_gap (dataset_id, territory_code, sector, year_from, year_to, notation, reason) VALUES (:firms, 'E', 'agriculture', 2019, 2030, 'IE', 'test');
CALL refresh('prm');
SELECT territory_code, year, leaves, leaves_expected FROM prm.balance WHERE sector = 'waste' AND territory_code IN ('E', 'R') ORDER BY 1, 2;
SELECT * FROM prm.answered_gap ORDER BY territory_code, year_from;
-- A plan relative to a year with other parts has no limit; one of A has.
INSERT INTO prm.plan (territory_code, sector, plan, base_year) VALUES ('E', 'industry', 'P', 2020), ('A', 'industry', 'P', 2020);
INSERT INTO prm.target (territory_code, sector, plan, year, value) SELECT t, 'industry', 'P', 2021, -10 FROM unnest('{A,E}'::text[]) AS t;
SELECT territory_code, year, target, actual, gap, probability IS NOT NULL AS odds FROM prm.target_by_territory ORDER BY 1, 2;
SELECT DISTINCT territory_code, year, round((emissions / emissions_per_ha)::numeric) AS ha FROM prm.balance_by_territory WHERE territory_code IN ('C', 'E', 'R') AND sector = 'industry' ORDER BY 1, 2;
SELECT code, round((area_m2 / 1e4)::numeric) AS ha FROM prm.territory WHERE code IN ('A', 'B', 'C') ORDER BY 1;
SELECT kind, name, detail FROM explain_number('prm', 'E', 'industry', 2020) WHERE kind = 'note' AND name ~ 'parts';
SELECT reason, detail FROM neutrality_reasons('prm', 'E', 2020) WHERE reason ~ 'parts';
SELECT count(*) FROM neutrality_reasons('prm', 'E', 2021) WHERE reason ~ 'parts';
-- The past is told otherwise: what is out stands, a correction would say what C is.
DELETE FROM prm.former_parent;
SELECT dataset_id = current_setting('prm.firms')::int OR dataset_id IS NULL AS stale FROM prm.stale_dataset;
CALL refresh('prm');
SELECT territory_code, value(co2e) / 1000 AS tonnes, leaves, leaves_expected FROM prm.balance WHERE territory_code IN ('E', 'R') AND year = 2020 AND sector = 'industry' ORDER BY 1;
SELECT pg_temp.outcome($$SELECT release('prm', 2020, correction => 'C was in E')$$) AS outcome \gset
SELECT regexp_replace(:'outcome', 'release \d+', 'release N') AS outcome;
DROP VIEW pg_temp.shown;
SELECT drop_account(a) FROM unnest('{prm,prm_alone,prm_many,prm_back}'::name[]) AS a;
RESET ROLE;
DELETE FROM dataset WHERE slug = 'prm-firms';
DROP OWNED BY prm_owner;
DROP ROLE prm_owner;
