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
), origin AS (
    SELECT string_agg(format('%s (%s, %s)', d.title, d.producer, coalesce(d.updated::text, 'no date')), '; ' ORDER BY d.title) AS source,
           string_agg(DISTINCT d.licence_title, '; ') AS licence
    FROM coast.contribution c JOIN dataset_catalogue d ON d.id = c.dataset_id
    WHERE c.territory_code = 'COAST' AND can_read(d.id)
)
-- A target for all emissions says nothing to who sees a part of them.
SELECT chart_svg(emissions, target => CASE WHEN missing IS NULL THEN target END, projection => project(emissions, 2050, 'linear'),
                 low => low, high => high,
                 title => 'Emissions of the coast' || coalesce(', without: ' || missing, ''),
                 unit => 't CO2e a year', source => origin.source, licence => origin.licence, year => (years(emissions))[cardinality(years(emissions))])
FROM seen, origin;
