-- What it would change when travellers of a place take another mode.

CREATE FUNCTION what_if_modal_shift(account name, territory_code text, year int, share float8, from_factor text, to_factor text,
        to_occupancy float8 DEFAULT NULL, for_purpose text DEFAULT NULL, up_to_km float8 DEFAULT NULL, allocation text DEFAULT 'resident')
    RETURNS TABLE (dataset_id int, row_id bigint, part_code text, purpose text, person_km float8, shifted_person_km float8,
        emissions estimate, change estimate, finding text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 1000 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_reader';
COMMENT ON FUNCTION what_if_modal_shift(name, text, int, float8, text, text, float8, text, float8, text) IS
    'What it would change in a year when a share (0 .. 1) of the person-km that are travelled by from_factor went by to_factor, for what the caller may read: a row for each trip that counts in the territory or its parts (part_code) by the allocation, of the purpose and up to a length where these are given. to_occupancy: persons a vehicle, for a factor per vehicle-km; NULL for one per passenger-km. person_km of the row, those that shift, emissions before and the change, t CO2e in all scopes, since some factors have them in one figure; sum(change) is that of the place, and knows what the rows share. The network is taken as it is: a bus that runs anyhow emits no more. Figures are NULL with a finding: no occupancy, no factor, cannot be priced. Errors: 3F000 no such account; 22023 no such territory or allocation, a NULL year, share or factor, a share outside 0 .. 1, an occupancy not above 0.';

CREATE FUNCTION terrcarbon_internal.check_modal_shift(territory_code text, year int, share float8, from_factor text, to_factor text,
        to_occupancy float8, allocation text)
    RETURNS void
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF num_nulls(year, from_factor, to_factor) > 0 OR NOT coalesce(share BETWEEN 0 AND 1, false)
       OR NOT coalesce(to_occupancy > 0 AND to_occupancy < 'Infinity', true) OR (allocation = ANY (allocations())) IS NOT TRUE
       OR NOT EXISTS (SELECT FROM territory t WHERE t.code = check_modal_shift.territory_code) THEN
        RAISE EXCEPTION 'what_if_modal_shift needs a territory, a year, a share of 0 to 1, two factors and an allocation'
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('The territory is %s, the year %s, the share %s, the factors %s and %s, the occupancy %s, the allocation %s.',
                      left(territory_code, 100), year, share, left(from_factor, 100), left(to_factor, 100), to_occupancy, left(allocation, 100)),
                  HINT = 'Percentages are divided by 100; SELECT terrcarbon.allocations() lists the allocations.';
    END IF;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_modal_shift(text, int, float8, text, text, float8, text) IS
    'Error 22023 for what is no shift of what_if_modal_shift.';

CREATE FUNCTION terrcarbon_internal.what_if_modal_shift(account name, territory_code text, year int, share float8, from_factor text,
        to_factor text, to_occupancy float8, for_purpose text, up_to_km float8, allocation text)
    RETURNS TABLE (dataset_id int, row_id bigint, part_code text, purpose text, person_km float8, shifted_person_km float8,
        emissions estimate, change estimate, finding text)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM terrcarbon_internal.check_modal_shift(territory_code, year, share, from_factor, to_factor, to_occupancy, allocation);
    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT i.dataset_id, i.row_id, i.territory_code, t.purpose, i.unit, i.scope, i.finding, p.reference_code, coalesce(t.occupancy, 1) AS aboard,
               terrcarbon_internal.row_estimate(i.quantity * coalesce(t.occupancy, 1), i.u95_percent, i.cause, i.dataset_id,
                   coalesce(s.assumed_u95_percent, 0)) AS person_km
        FROM setting s
        CROSS JOIN terrcarbon_internal.territories_within(what_if_modal_shift.territory_code, what_if_modal_shift.year) AS d (code)
        JOIN trip_item i ON i.territory_code = d.code
        JOIN trip t ON t.dataset_id = i.dataset_id AND t.id = i.row_id
        JOIN place p ON p.code = i.territory_code
        WHERE i.allocation = what_if_modal_shift.allocation AND i.factor = from_factor AND i.year_from = what_if_modal_shift.year
          AND coalesce(t.purpose = for_purpose, for_purpose IS NULL) AND coalesce(t.trip_km <= up_to_km, true)
    ), priced AS MATERIALIZED (
        SELECT k.*, old.co2e AS old_co2e, (1 / coalesce(to_occupancy, 1)) * new.co2e AS new_co2e, coalesce(old.finding, new.finding) AS unpriced
        FROM (SELECT DISTINCT m.unit, m.scope, m.reference_code FROM moved m) AS k
        CROSS JOIN LATERAL terrcarbon_internal.whole_price(from_factor, k.unit, what_if_modal_shift.year, k.reference_code, k.scope) AS old
        CROSS JOIN LATERAL terrcarbon_internal.whole_price(to_factor, CASE WHEN to_occupancy IS NULL THEN 'pkm' ELSE 'vkm' END,
            what_if_modal_shift.year, k.reference_code, NULL) AS new
    )
    SELECT m.dataset_id, m.row_id, m.territory_code, m.purpose, value(m.person_km), share * value(m.person_km), v.before, v.change, w.finding
    FROM moved m
    JOIN priced p ON p.unit = m.unit AND p.scope IS NOT DISTINCT FROM m.scope AND p.reference_code IS NOT DISTINCT FROM m.reference_code
    CROSS JOIN LATERAL (SELECT coalesce(m.finding, p.unpriced)) AS w (finding)
    LEFT JOIN LATERAL (
        SELECT m.person_km * ((0.001 / m.aboard) * p.old_co2e),
               (share * m.person_km) * (0.001::float8 * p.new_co2e - (0.001 / m.aboard) * p.old_co2e)
        WHERE w.finding IS NULL) AS v (before, change) ON true
    ORDER BY m.dataset_id, m.row_id, m.territory_code;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.what_if_modal_shift(name, text, int, float8, text, text, float8, text, float8, text) IS
    'Behind what_if_modal_shift, with the account on the path.';
