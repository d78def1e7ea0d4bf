-- Projects side by side.

CREATE FUNCTION compare_projects(account name, names text[], geoms geometry[], to_codes text[], start_year int, horizon int,
        discount_rate float8 DEFAULT 0, costs float8[] DEFAULT NULL, dataset_id int DEFAULT NULL)
    RETURNS TABLE (name text, to_code text, emissions float8, emissions_low float8, emissions_high float8,
        discounted float8, discounted_low float8, discounted_high float8, by_year trajectory, no_worse_than jsonb,
        cost float8, dominated_by text, covered_ha float8, uncovered_ha float8,
        sources int[], publishable boolean, licences text[], attribution text, missing_datasets text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 5 COST 1000000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION compare_projects(name, text[], geometry[], text[], int, int, float8, float8[], int) IS
    'Projects of land side by side, each a polygon that passes to one class in start_year (what_if): t CO2e over horizon years, positive is emitted, as it is and discounted by discount_rate a year (discounted), each with its 95 % interval, and by year; no_worse_than: for each other project the probability that this one emits no more than that, discounted, in which errors that both share, such as one reference, do not count as uncertainty; cost as given, EUR, and dominated_by: the projects that cost no more and emit no more, one of the two less; the ground, and the sources with their licence, as what_if has them. NULL where nothing is covered. Errors: 3F000 no such account, 22023 arrays of different lengths, none or more than 50 projects, names that are NULL or not unique, a rate below 0 or above 1, a cost that is not a number, and those of what_if.';

CREATE FUNCTION terrcarbon_internal.check_projects(names text[], geoms geometry[], to_codes text[], discount_rate float8, costs float8[])
    RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    IF NOT coalesce(cardinality(names) BETWEEN 1 AND 50 AND cardinality(geoms) = cardinality(names) AND cardinality(to_codes) = cardinality(names)
            AND coalesce(cardinality(costs) = cardinality(names), true)
            AND array_position(names, NULL) IS NULL AND cardinality(names) = (SELECT count(DISTINCT n) FROM unnest(names) AS n), false) THEN
        RAISE EXCEPTION 'projects need as many names, each its own, as polygons, classes and costs, and are 1 to 50'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('There are %s names, %s polygons, %s classes, %s costs.', coalesce(cardinality(names), 0),
                      coalesce(cardinality(geoms), 0), coalesce(cardinality(to_codes), 0), coalesce(cardinality(costs)::text, 'no'));
    END IF;
    IF NOT coalesce(discount_rate BETWEEN 0 AND 1, false)
        OR EXISTS (SELECT FROM unnest(costs) AS c WHERE c IN ('NaN', 'Infinity', '-Infinity')) THEN
        RAISE EXCEPTION 'a discount rate is from 0 to 1, and a cost is a number'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The rate is %s, the costs are %s.', coalesce(discount_rate::text, 'NULL'), coalesce(left(costs::text, 100), 'not given'));
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_projects(text[], geometry[], text[], float8, float8[]) IS 'Error 22023 for projects that cannot be compared.';

CREATE FUNCTION terrcarbon_internal.compare_projects(account name, names text[], geoms geometry[], to_codes text[], start_year int, horizon int,
        discount_rate float8, costs float8[], dataset_id int)
    RETURNS TABLE (name text, to_code text, emissions float8, emissions_low float8, emissions_high float8,
        discounted float8, discounted_low float8, discounted_high float8, by_year trajectory, no_worse_than jsonb,
        cost float8, dominated_by text, covered_ha float8, uncovered_ha float8,
        sources int[], publishable boolean, licences text[], attribution text, missing_datasets text)
    LANGUAGE plpgsql STABLE ROWS 5
    SET jit = off
AS $$
BEGIN
    PERFORM terrcarbon_internal.check_projects(names, geoms, to_codes, discount_rate, costs);
    RETURN QUERY
    WITH yearly AS MATERIALIZED (
        -- What is emitted is the carbon lost, with its causes, and N2O.
        SELECT p.place, w.*,
               coalesce(w.change_estimate * (-44.0 / 12)::float8
                   + estimate(w.emissions + value(w.change_estimate) * 44 / 12, 0), CASE WHEN w.emissions = 0 THEN estimate(0, 0) END) AS e
        FROM unnest(geoms, to_codes) WITH ORDINALITY AS p (geom, code, place)
        CROSS JOIN LATERAL what_if(account, p.geom, p.code, start_year, horizon, dataset_id) AS w
        WHERE w.pool = 'all'
    ), whole AS MATERIALIZED (
        SELECT y.place, CASE WHEN count(*) = count(y.e) THEN sum(y.e) END AS plain,
               CASE WHEN count(*) = count(y.e) THEN sum(y.e * (1 / (1 + discount_rate) ^ (y.year - start_year))) END AS present,
               trajectory_agg(y.year, y.emissions) AS by_year, max(y.covered_ha) AS covered_ha, max(y.uncovered_ha) AS uncovered_ha,
               min(y.missing_datasets) AS missing_datasets
        FROM yearly y
        GROUP BY y.place
    )
    SELECT names[p.place], to_codes[p.place], value(w.plain), lower(w.plain), upper(w.plain),
           value(w.present), lower(w.present), upper(w.present), w.by_year,
           (SELECT jsonb_object_agg(names[o.place], round(probability_within(w.present - o.present, 0)::numeric, 6))
            FROM whole o WHERE o.place <> p.place AND w.present IS NOT NULL AND o.present IS NOT NULL),
           costs[p.place],
           (SELECT string_agg(names[o.place], ', ' ORDER BY o.place) FROM whole o
            WHERE o.place <> p.place AND costs[o.place] <= costs[p.place] AND value(o.present) <= value(w.present)
                AND (costs[o.place] < costs[p.place] OR value(o.present) < value(w.present))),
           coalesce(w.covered_ha, 0), coalesce(w.uncovered_ha, true_area(geoms[p.place]) / 1e4),
           u.ids, l.publishable, l.licences, l.attribution, w.missing_datasets
    FROM generate_subscripts(names, 1) AS p (place)
    LEFT JOIN whole w ON w.place = p.place
    LEFT JOIN LATERAL (SELECT y.sources AS ids FROM yearly y WHERE y.place = p.place LIMIT 1) AS u ON true
    LEFT JOIN LATERAL effective_licence(u.ids) AS l ON u.ids IS NOT NULL
    ORDER BY p.place;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.compare_projects(name, text[], geometry[], text[], int, int, float8, float8[], int) IS
    'Behind compare_projects, with the account on the path.';
