-- The worked year of year.sql, as the role in the variable "reader" sees it.
SET client_min_messages = warning;
SET search_path = harbour, public, terrcarbon;
SET jit = off;
SET ROLE :"reader";
\pset border 2
\pset footer off
\pset null '-'
\echo 'As' :reader 'sees it'
\echo
\echo 'Is the harbour neutral in 2023?'
SELECT code, round(emissions::numeric) AS emissions, round(removals::numeric) AS removals, round(net::numeric) AS net, round(net_low::numeric) AS low, round(net_high::numeric) AS high,
       credits, round(credits_counted::numeric, 1) AS counted, complete, verdict
FROM neutrality('harbour', 'H', 2023, 'harbour');
SELECT kind, sector, reason, detail FROM neutrality_reasons('harbour', 'H', 2023, 'harbour') WHERE kind IN ('verdict', 'missing', 'target');
\echo 'Firms in 2023, from the rows this role reads (-: not all of them)'
SELECT actor_name, round(emissions::numeric, 1) AS emissions, round(target::numeric, 1) AS target, round(gap::numeric, 1) AS gap, complete FROM trajectory_by_actor WHERE year = 2023 ORDER BY actor_code;
\echo 'My own figures, and where I stand (only a role of a firm has rows)'
SELECT actor_name, year, round(emissions::numeric, 1) AS emissions, round(target::numeric, 1) AS target, round(gap::numeric, 1) AS gap FROM my_trajectory('harbour') WHERE year BETWEEN 2021 AND 2024;
SELECT actor_name, unit, round(intensity::numeric, 3) AS intensity, peers, round(lower_quartile::numeric, 3) AS lower_quartile, round(median::numeric, 3) AS median, round(upper_quartile::numeric, 3) AS upper_quartile, band
FROM benchmark('harbour');
\echo 'Actions, in 2030'
SELECT action_code, title, status, effect, round(counted::numeric, 1) AS counted, overlaps_with, round(cost_per_tonne::numeric, 1) AS eur_per_t FROM action_by_territory WHERE year = 2030 ORDER BY 1;
\echo 'Is it enough?'
SELECT year, round(target::numeric) AS target, round(actual::numeric) AS actual, round(trend::numeric) AS trend, round(actions::numeric, 1) AS actions, round(gap_with_actions::numeric) AS gap_with_actions
FROM plan_progress WHERE year IN (2021, 2023, 2026, 2030) ORDER BY year;
\echo 'Communes side by side'
SELECT territory_name, round(emissions::numeric) AS emissions, round(emissions_per_inhabitant::numeric, 3) AS per_inhabitant, complete, peers FROM compare_territories('{harbour}', 'commune', 2023) ORDER BY 1;
\echo 'What everybody reads: released and published figures, credits'
SELECT territory_code, sector, tonnes, notation FROM released WHERE sector IN ('industry', 'all') AND measure = 'emissions' ORDER BY 2, 1;
SELECT territory_code, sector, round(emissions::numeric, 1) AS emissions, round(removals::numeric, 1) AS removals FROM publication_figure WHERE kind = 'figure' AND territory_code = 'H' AND (emissions, removals) <> (0, 0) ORDER BY 2;
SELECT project_code, first_serial, last_serial, tonnes, status, territory_code, year FROM credit_register ORDER BY 1, 2;
\echo 'What lacks (no row: nothing)'
SELECT sector, lacks, years, hidden FROM inventory_gap WHERE territory_code = 'H' ORDER BY 1;
