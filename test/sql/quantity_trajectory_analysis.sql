-- trajectory: look-up, budgets, targets, trends, projections.
SET search_path = terrcarbon, public;

\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/failure.psql'
\set ECHO none
\i :include
\set ECHO all
-- Equal but for rounding.
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql
    RETURN abs(a - b) <= 1e-10 * greatest(abs(a), abs(b));

-- Values, years and rows.
SELECT value_at(t, 2015) AS y2015, value_at(t, 2017) AS missing, value_at(t, -4) AS before, value_at(t, 2147483647) AS after,
    years(t), years('{}') AS none
FROM (VALUES ('{"2015": 900, "2016": 880, "2018": 700}'::trajectory)) v(t);
SELECT p.* FROM points('{"2015": 900, "2018": -1}') p;
SELECT * FROM points('{}');
SELECT id, (points(t)).* FROM (VALUES (1, '{"2015": 1, "2016": 2}'::trajectory), (2, '{}'), (3, '{"2020": 3}')) v(id, t);

SELECT slice(t, 2016, 2018), slice(t, 2019, 2030) AS outside, slice(t, -2147483648, 2147483647) = t AS whole,
    slice(t, 2016, 2016) AS one
FROM (VALUES ('{"2015": 900, "2016": 880, "2018": 700}'::trajectory)) v(t);

-- Inner gaps along straight lines, nothing outside.
SELECT interpolate('{"2015": 900, "2018": 600, "2020": 700}'), interpolate('{"2015": 1}') AS one, interpolate('{}') AS none;
SELECT bool_and(value = 1000 - year) AS straight, count(*) FROM points(interpolate('{"1": 999, "9999": -8999}'));

-- Budgets refuse holes.
SELECT budget(t, 2015, 2016) AS both, budget(t, 2016, 2016) AS one, budget(t, 2015, 2017) AS hole, budget(t, 2014, 2015) AS before,
    budget(t, -2147483648, 2147483647) AS all_years, budget('{}', 2015, 2015) AS none
FROM (VALUES ('{"2015": 900, "2016": 880, "2018": 700}'::trajectory)) v(t);
-- Exact: ten times 0.1 is 1, which plain addition misses.
SELECT budget(linear_target(2015, 0.1, 2024, 0.1), 2015, 2024) AS budget, sum(0.1::float8) AS plain FROM generate_series(1, 10);

-- Targets.
SELECT linear_target(2020, 900, 2023, 600), linear_target(2020, 5, 2020, 5) AS one_year, linear_target(2020, 0, 2022, -10) AS removals;
SELECT compound_target(2020, 1000, -0.5, 2023), compound_target(2020, 100, 0.1, 2020) AS one_year,
    compound_target(2020, 100, -1, 2022) AS all_gone, compound_target(2020, 100, 0, 2021) AS flat;
SELECT bool_and(pg_temp.near(value, 100 * 0.95 ^ (year - 2020))) AS compound, count(*)
FROM points(compound_target(2020, 100, -0.05, 2050));
-- Milestones are an interpolated trajectory.
SELECT gap('{"2020": 100, "2022": 90, "2025": 80}', interpolate('{"2020": 100, "2025": 50, "2030": 0}'));

-- Trends against the server's own regression functions and exact rationals.
CREATE TEMP TABLE series (id int, year int, value float8);
INSERT INTO series
SELECT 1, year, value FROM (VALUES (2015, 900), (2016, 880), (2018, 700), (2019, 690.5)) v(year, value)
UNION ALL SELECT 2, y, 1e6 + 1e3 * sin(y) - 12.5 * y FROM generate_series(1990, 2023) y
UNION ALL SELECT 3, y, 3 * y - 6000 FROM generate_series(2000, 2010) y;
SELECT id, f.n, f.n = p.n AS n_same, pg_temp.near(f.slope, p.slope) AS slope_same, pg_temp.near(f.intercept, p.intercept) AS intercept_same,
    pg_temp.near(f.r2, p.r2) AS r2_same,
    abs(f.residual_sd - sqrt(p.sse / (p.n - 2))) < 1e-9 * p.spread AS sd_same,
    abs(f.slope_se - sqrt(p.sse / (p.n - 2) / p.sxx)) < 1e-9 * p.spread AS se_same
FROM (SELECT id, trajectory_agg(year, value) AS t, regr_slope(value, year) AS slope, regr_intercept(value, year) AS intercept,
        regr_r2(value, year) AS r2, regr_count(value, year) AS n, regr_sxx(value, year) AS sxx,
        regr_syy(value, year) - regr_sxy(value, year) ^ 2 / regr_sxx(value, year) AS sse, sqrt(regr_syy(value, year)) AS spread
      FROM series WHERE year <> 2005 GROUP BY id) p, trend(t, 1900, 2100) f
ORDER BY id;
-- -59.9 a year from 121610.925 at year 0; computed with rationals.
SELECT slope, intercept, pg_temp.near(r2, 0.9399416795057984) AS r2, n, pg_temp.near(residual_sd, 33.85696014115857) AS sd,
    pg_temp.near(slope_se, 10.7065108695597) AS se
FROM (SELECT trajectory_agg(year, value) AS t FROM series WHERE id = 1) s, trend(t, 2015, 2019);
-- Only the years asked for; none, one, two of them; a flat series.
SELECT from_year, to_year, f.* FROM (SELECT trajectory_agg(year, value) AS t FROM series WHERE id = 1) s,
    (VALUES (2000, 2010), (2015, 2015), (2015, 2016), (2016, 2018), (2017, 2019)) v(from_year, to_year), trend(t, from_year, to_year) f;
SELECT * FROM trend('{"2015": 0.1, "2016": 0.1, "2018": 0.1}', 2015, 2018);

-- Where the line comes down to 0: 2030.23 for the first series.
SELECT pg_temp.near(zero_year(t, 2015, 2019), 2030.232470784641) AS zero FROM (SELECT trajectory_agg(year, value) AS t FROM series WHERE id = 1) s;
SELECT zero_year('{"2015": 100, "2016": 90}', 2015, 2016) AS ahead,
    zero_year('{"2015": 10, "2016": -10}', 2015, 2016) AS inside,
    zero_year('{"2015": 7, "2016": 7, "2018": 7}', 2015, 2018) AS flat,
    zero_year('{"2015": 0, "2016": 0}', 2015, 2016) AS at_zero,
    zero_year('{"2015": 7, "2016": 8}', 2015, 2016) AS rising,
    zero_year('{"2015": -2, "2016": -1}', 2015, 2016) AS rising_from_below,
    zero_year('{"2015": 1e9, "2016": 999999999}', 2015, 2016) AS beyond_years,
    zero_year('{"2015": 7}', 2015, 2016) AS one, zero_year('{}', 2015, 2016) AS none;

-- Projections name their method and give only what comes after.
SELECT pg_temp.near(value_at(l, 2020), 612.925) AND pg_temp.near(value_at(l, 2025), 313.425) AS linear,
    pg_temp.near(value_at(c, 2020), 626.4465770659627) AND pg_temp.near(value_at(c, 2025), 428.6599391561417) AS compound,
    years(l) = ARRAY[2020, 2021, 2022, 2023, 2024, 2025] AS years_ahead, years(c) = years(l) AS same_years
FROM (SELECT trajectory_agg(year, value) AS t FROM series WHERE id = 1) s, project(t, 2025, 'linear') l, project(t, 2025, 'compound') c;
SELECT project('{"2015": 100, "2016": 90}', 2019, 'linear') AS falling,
    project('{"2015": 5, "2016": 5}', 2018, 'linear') AS flat,
    project('{"2015": 10, "2017": -10}', 2018, 'linear') AS below_zero,
    project('{"2015": 100, "2016": 90}', 2016, 'linear') AS nothing_ahead,
    project('{"2015": 100}', 2019, 'linear') AS one, project('{}', 2019, 'linear') AS none,
    project('{"2015": 100, "2016": 0}', 2019, 'compound') AS no_logarithm;
SELECT bool_and(pg_temp.near(value, 100 * 0.95 ^ (year - 2020))) AS compound, count(*)
FROM points(project(compound_target(2020, 100, -0.05, 2030), 2050, 'compound'));

-- The rate that leads to a value, and back along it.
SELECT pg_temp.near(required_rate(t, 2030, 100), -0.16109575412054733) AS rate,
    pg_temp.near(value_at(compound_target(2019, 690.5, required_rate(t, 2030, 100), 2030), 2030), 100) AS reached
FROM (SELECT trajectory_agg(year, value) AS t FROM series WHERE id = 1) s;
SELECT required_rate(t, 2030, 80) AS rise, required_rate(t, 2030, 40) AS stay, required_rate(t, 2030, 0) AS to_zero,
    required_rate(t, 2030, -5) AS across_zero, required_rate(t, 2029, 10) AS no_year_left, required_rate('{}', 2030, 1) AS none,
    required_rate('{"2029": 0}', 2030, 1) AS from_zero, required_rate('{"2029": -4}', 2030, -6) AS removals
FROM (VALUES ('{"2020": 1, "2029": 40}'::trajectory)) v(t);

SELECT reduction(t, 2015, 2016) AS down, reduction(t, 2016, 2018) AS up, reduction(t, 2015, 2019) AS beyond_zero, reduction(t, 2015, 2015) AS same,
    reduction(t, 2015, 2017) AS missing, reduction(t, 2019, 2020) AS from_below_zero
FROM (VALUES ('{"2015": 1000, "2016": 750, "2018": 1500, "2019": -250, "2020": 3}'::trajectory)) v(t);

-- Neutral from the year after which nothing is above 0 again.
SELECT t, neutrality_year(t) FROM (VALUES ('{"2020": 5, "2021": 0, "2022": -1}'::trajectory),
    ('{"2020": 5, "2021": -1, "2022": 2, "2023": -3, "2024": 0}'), ('{"2020": 5, "2021": -1, "2022": 1}'),
    ('{"2020": -5, "2021": -1}'), ('{"2020": 3, "2021": -1, "2023": -2}'), ('{"2020": 3}'), ('{}')) v(t);

SELECT statement, pg_temp.failure('SELECT ' || statement) AS failure
FROM (VALUES
    ($$budget('{}', 2020, 2019)$$), ($$slice('{}', 2020, 2019)$$), ($$trend('{}', 2020, 2019)$$),
    ($$zero_year('{}', 2020, 2019)$$), ($$reduction('{}', 2020, 2019)$$),
    ($$budget('{"2015": 1e308, "2016": 1e308}', 2015, 2016)$$),
    ($$trend('{"2015": 1e308, "2016": -1e308}', 2015, 2016)$$), ($$trend('{"2015": 1e200, "2016": -1e200}', 2015, 2016)$$),
    ($$zero_year('{"2015": 1e308, "2016": -1e308}', 2015, 2016)$$),
    ('linear_target(2020, 1, 2019, 1)'), ('linear_target(2020, 1, 2020, 2)'), ('linear_target(0, 1, 2020, 2)'),
    ('linear_target(2020, 1, 10000, 2)'), ($$linear_target(2020, 'NaN', 2021, 2)$$), ($$linear_target(2020, 1, 2021, 'Infinity')$$),
    ('compound_target(2020, 1, -1.5, 2021)'), ($$compound_target(2020, 1, 'NaN', 2021)$$), ('compound_target(2020, 1, 1, 9999)'),
    ('compound_target(2020, 1, 0.1, 2019)'),
    ($$project('{}', 2030, 'magic')$$), ($$project('{}', 10000, 'linear')$$), ($$project('{"2015": 1, "2016": 1e300}', 2030, 'compound')$$),
    ($$required_rate('{}', 0, 1)$$), ($$required_rate('{}', 2030, 'NaN')$$),
    ($$required_rate('{"2029": 1e-300}', 2030, 1e300)$$)
) v(statement);

-- NULL in, NULL out.
SELECT num_nonnulls(value_at(NULL, 2015), years(NULL), slice(NULL, 2015, 2016), interpolate(NULL), budget(NULL, 2015, 2016),
    linear_target(2015, NULL, 2016, 1), compound_target(2015, NULL, 0, 2016), gap(NULL, '{}'), zero_year(NULL, 2015, 2016),
    project(NULL, 2030, 'linear'), required_rate(NULL, 2030, 1), reduction(NULL, 2015, 2016), neutrality_year(NULL)) AS not_null;
