-- What renovating the buildings of a place would change.

CREATE FUNCTION what_if_renovation(account name, zone geometry, year int, saving float8, to_factor text DEFAULT NULL,
        to_unit text DEFAULT NULL, efficiency_gain float8 DEFAULT 1, heating_share float8 DEFAULT NULL)
    RETURNS TABLE (dataset_id int, row_id bigint, territory_code text, name text, sector text, floor_area_m2 float8, energy float8,
        unit text, heating float8, heating_after float8, emissions estimate, emissions_after estimate, change estimate, finding text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 1000 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION what_if_renovation(name, geometry, int, float8, text, text, float8, float8) IS
    'What renovating the buildings within a zone would change in a year, a row for each building and territory, for what the caller may read; sum(change) is that of the district, and knows what the buildings share. saving: the share of the heating that better walls save (0 .. 1). What is left is made by the carrier to_factor in to_unit (NULL: the present one), at efficiency_gain kWh of heat for each that the present heating makes of a kWh, each kWh by the heating value its unit names. energy and heating: as refresh counts them, in unit, and heating_after in to_unit; emissions before and after, t CO2e of all the energy of the building, in all scopes, since some factors have them in one figure. Which part of the energy heats is heating_share of the row, all of it for an archetype, else the argument. A building on the border counts by the share of its ground inside. Figures are NULL with a finding: no energy, no heating share, no degree days, no factor, cannot be priced, unit of no energy. Errors: 3F000 no such account; 22023 a zone without area, a NULL year or saving, a saving or share outside 0 .. 1, a gain not above 0, one of to_factor and to_unit without the other.';

CREATE FUNCTION terrcarbon_internal.check_renovation(zone geometry, year int, saving float8, to_factor text, to_unit text,
        efficiency_gain float8, heating_share float8)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF year IS NULL OR NOT coalesce(saving BETWEEN 0 AND 1, false) OR NOT coalesce(heating_share BETWEEN 0 AND 1, true)
       OR NOT coalesce(efficiency_gain > 0 AND efficiency_gain < 'Infinity', false) OR (to_factor IS NULL) <> (to_unit IS NULL) THEN
        RAISE EXCEPTION 'what_if_renovation needs a year, shares of 0 to 1, a gain above 0, and a new carrier with its unit'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The year is %s, the saving %s, the heating share %s, the gain %s, the carrier %s in %s.', year, saving,
                      heating_share, efficiency_gain, left(to_factor, 100), left(to_unit, 100)),
                  HINT = 'Percentages are divided by 100.';
    END IF;
    IF NOT coalesce(true_area(zone) > 0, false) THEN
        RAISE EXCEPTION 'the zone has no area'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Give a polygon or a multipolygon.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_renovation(geometry, int, float8, text, text, float8, float8) IS
    'Error 22023 for what is no renovation of what_if_renovation.';

CREATE FUNCTION terrcarbon_internal.whole_price(factor text, unit text, year int, reference_code text, stated_scope text,
        OUT co2e estimate, OUT finding text)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    SELECT CASE WHEN count(p.finding) = 0 THEN sum(p.co2e) END, min(p.finding)
    INTO co2e, finding
    FROM setting s
    CROSS JOIN LATERAL terrcarbon_internal.price_parts(factor, unit, year, reference_code, stated_scope, s.gwp,
        coalesce(s.assumed_u95_percent, 0)) AS p;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.whole_price(text, text, int, text, text) IS
    'kg CO2e of one unit by a factor, all scopes together, with the account on the path; or the finding that keeps it unknown.';

CREATE FUNCTION terrcarbon_internal.what_if_renovation(account name, zone geometry, year int, saving float8, to_factor text,
        to_unit text, efficiency_gain float8, heating_share float8)
    RETURNS TABLE (dataset_id int, row_id bigint, territory_code text, name text, sector text, floor_area_m2 float8, energy float8,
        unit text, heating float8, heating_after float8, emissions estimate, emissions_after estimate, change estimate, finding text)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM terrcarbon_internal.check_renovation(zone, year, saving, to_factor, to_unit, efficiency_gain, heating_share);
    zone := (SELECT CASE WHEN st_srid(zone) = s.srid THEN zone ELSE st_transform(zone, s.srid) END FROM setting s);
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT i.dataset_id, i.row_id, i.territory_code, b.name, i.sector, i.scope, i.factor, i.unit, p.reference_code,
               b.floor_area_m2 * inside.share AS floor_area_m2, coalesce(i.finding, CASE WHEN c.factor IS NULL THEN 'no degree days' END) AS finding,
               CASE WHEN b.archetype_id IS NOT NULL THEN 1 ELSE coalesce(b.heating_share, what_if_renovation.heating_share) END AS heats,
               terrcarbon_internal.row_estimate(i.quantity * inside.share * c.factor, i.u95_percent, i.cause, i.dataset_id,
                   coalesce(s.assumed_u95_percent, 0)) AS energy
        FROM setting s
        CROSS JOIN building_use b
        CROSS JOIN LATERAL (SELECT shared_area(b.geom, zone) / b.area_m2) AS inside (share)
        JOIN building_item i ON i.dataset_id = b.dataset_id AND i.row_id = b.id
        JOIN place p ON p.code = i.territory_code
        CROSS JOIN LATERAL (SELECT CASE WHEN i.heating_share > 0
                                THEN climate_factor(i.territory_code, what_if_renovation.year, i.heating_share) ELSE 1 END) AS c (factor)
        WHERE b.geom OPERATOR(terrcarbon.&&) zone AND inside.share > 0 AND what_if_renovation.year BETWEEN i.year_from AND i.year_to
    ), priced AS MATERIALIZED (
        SELECT k.*, old.co2e AS old_co2e, new.co2e AS new_co2e, scale.kept,
               coalesce(old.finding, new.finding, CASE WHEN scale.kept IS NULL THEN 'unit of no energy' END) AS unpriced
        FROM (SELECT DISTINCT f.factor, f.unit, f.scope, f.reference_code FROM found f) AS k
        CROSS JOIN LATERAL (
            SELECT (1 - saving) / efficiency_gain * CASE WHEN to_unit IS NULL THEN 1 ELSE
                (SELECT o.in_base FROM unit o WHERE o.code = k.unit AND o.kind = 'energy')
                / (SELECT n.in_base FROM unit n WHERE n.code = to_unit AND n.kind = 'energy') END) AS scale (kept)
        CROSS JOIN LATERAL terrcarbon_internal.whole_price(k.factor, k.unit, what_if_renovation.year, k.reference_code, k.scope) AS old
        CROSS JOIN LATERAL terrcarbon_internal.whole_price(coalesce(to_factor, k.factor), coalesce(to_unit, k.unit),
            what_if_renovation.year, k.reference_code, CASE WHEN to_factor IS NULL THEN k.scope END) AS new
    )
    SELECT f.dataset_id, f.row_id, f.territory_code, f.name, f.sector, f.floor_area_m2, value(f.energy), f.unit, value(f.energy) * f.heats,
           value(f.energy) * f.heats * p.kept, v.before, v.before + v.change, v.change, w.finding
    FROM found f
    JOIN priced p ON p.unit = f.unit AND p.factor IS NOT DISTINCT FROM f.factor AND p.scope IS NOT DISTINCT FROM f.scope
        AND p.reference_code IS NOT DISTINCT FROM f.reference_code
    CROSS JOIN LATERAL (SELECT coalesce(f.finding, CASE WHEN f.heats IS NULL THEN 'no heating share' END, p.unpriced)) AS w (finding)
    LEFT JOIN LATERAL (
        SELECT f.energy * p.old_co2e * 0.001::float8,
               -- At once, for what is uncertain of the energy is so before and after.
               (f.heats * f.energy) * (p.kept * p.new_co2e - p.old_co2e) * 0.001::float8
        WHERE w.finding IS NULL) AS v (before, change) ON true
    ORDER BY f.dataset_id, f.row_id, f.territory_code;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.what_if_renovation(name, geometry, int, float8, text, text, float8, float8) IS
    'Behind what_if_renovation, with the account on the path.';
