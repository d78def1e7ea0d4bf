-- The coast's trajectory as an SVG chart, as the role in the variable "reader" sees
-- it.  Needs account.sql.
SET search_path = demo, terrcarbon, public;
SET ROLE :"reader";

WITH seen AS (
    SELECT trajectory_agg(year, emissions) FILTER (WHERE emissions IS NOT NULL) AS emissions,
           trajectory_agg(year, target) FILTER (WHERE target IS NOT NULL) AS target,
           trajectory_agg(year, emissions_low) FILTER (WHERE emissions_low IS NOT NULL) AS low,
           trajectory_agg(year, emissions_high) FILTER (WHERE emissions_high IS NOT NULL) AS high,
           coast.missing_datasets('COAST') AS missing
    FROM coast.trajectory_by_territory
    WHERE territory_code = 'COAST'
)
-- A target for all emissions says nothing to who sees a part of them.
SELECT chart_svg(emissions, target => CASE WHEN missing IS NULL THEN target END, projection => project(emissions, 2050, 'linear'),
                 low => low, high => high,
                 title => 'Emissions of the coast' || coalesce(', without: ' || missing, ''),
                 unit => 't CO2e a year')
FROM seen;
