-- Soil cores: from slices of a core to the carbon of a hectare.

CREATE FUNCTION carbon_of_organic_matter(organic_fraction float8)
    RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF NOT (organic_fraction BETWEEN 0 AND 1) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'organic matter must be a fraction within 0 .. 1',
            DETAIL = format('It is %s.', organic_fraction),
            HINT = 'Percentages are divided by 100.';
    END IF;
    RETURN 0.40 * organic_fraction + 0.25 * organic_fraction ^ 2;
END;
$$;
COMMENT ON FUNCTION carbon_of_organic_matter(float8) IS
    'Organic carbon (fraction of dry mass) of a marsh soil from its organic matter by loss on ignition (fraction): in %, C = 0.40 LOI + 0.0025 LOI^2. Fitted on 250 salt and brackish marsh soils of North Carolina with 0 to 11 % clay. Error 22023 outside 0 .. 1. Source: Craft, Seneca and Broome 1991, doi 10.2307/1351691.';

-- The state lists five numbers a slice; a core has tens of slices.
CREATE FUNCTION soil_core_step(slices float8[], top_cm float8, bottom_cm float8,
        dry_bulk_density float8, carbon_fraction float8, depth_cm float8)
    RETURNS float8[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN slices || ARRAY[top_cm, bottom_cm, dry_bulk_density, carbon_fraction, depth_cm];
COMMENT ON FUNCTION soil_core_step(float8[], float8, float8, float8, float8, float8) IS
    'Transition function of soil_core_stock.';

CREATE FUNCTION soil_core_final(slices float8[])
    RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    slice record;
    reached float8 := 0;
    depth_cm float8;
    stock float8 := 0;
BEGIN
    FOR slice IN
        SELECT slices[i] AS top, slices[i + 1] AS bottom, slices[i + 2] AS density,
               slices[i + 3] AS carbon, slices[i + 4] AS depth
        FROM generate_series(1, cardinality(slices), 5) AS i
        ORDER BY 1, 2
    LOOP
        depth_cm := coalesce(depth_cm, slice.depth);
        IF slice.depth IS DISTINCT FROM depth_cm OR NOT (depth_cm > 0 AND depth_cm < 'Infinity') OR depth_cm IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'the depth of a core''s stock must be one number above 0',
                DETAIL = format('It is %s and %s cm.', coalesce(depth_cm::text, 'NULL'), coalesce(slice.depth::text, 'NULL'));
        END IF;
        IF (slice.top >= 0 AND slice.bottom > slice.top AND slice.bottom < 'Infinity') IS NOT TRUE THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'a soil slice must reach from its top down to a lower bottom',
                DETAIL = format('It reaches from %s to %s cm.', coalesce(slice.top::text, 'NULL'), coalesce(slice.bottom::text, 'NULL'));
        END IF;
        IF slice.top < reached - 1e-6 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'soil slices overlap',
                DETAIL = format('One ends at %s cm, another begins at %s cm.', reached, slice.top),
                HINT = 'Correct the core at its source; one depth cannot be counted twice.';
        END IF;
        -- Below the depth only the order of the slices matters.
        IF reached >= depth_cm - 1e-6 THEN
            reached := slice.bottom;
            CONTINUE;
        END IF;
        IF slice.top > reached + 1e-6 THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'a soil slice is missing',
                DETAIL = format('Nothing is known from %s to %s cm.', reached, slice.top),
                HINT = 'Take the stock to a depth above the gap, or fill it explicitly.';
        END IF;
        IF (slice.density > 0 AND slice.density <= 2.7) IS NOT TRUE OR (slice.carbon BETWEEN 0 AND 1) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'a soil slice needs a dry bulk density within 0 .. 2.7 g/cm3 and a carbon fraction within 0 .. 1',
                DETAIL = format('From %s to %s cm the density is %s, the fraction %s.', slice.top, slice.bottom,
                                coalesce(slice.density::text, 'NULL'), coalesce(slice.carbon::text, 'NULL'));
        END IF;
        -- g/cm2 x 100 = t/ha
        stock := stock + slice.density * slice.carbon * (least(slice.bottom, depth_cm) - slice.top) * 100;
        reached := slice.bottom;
    END LOOP;
    IF reached < depth_cm - 1e-6 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'the core does not reach the depth asked for',
            DETAIL = format('It ends at %s cm, and the stock is to %s cm.', reached, depth_cm),
            HINT = 'A stock is comparable only to the same depth.';
    END IF;
    RETURN stock;
END;
$$;
COMMENT ON FUNCTION soil_core_final(float8[]) IS
    'Final function of soil_core_stock.';

CREATE AGGREGATE soil_core_stock(top_cm float8, bottom_cm float8, dry_bulk_density float8,
        carbon_fraction float8, depth_cm float8) (
    SFUNC = soil_core_step,
    STYPE = float8[],
    FINALFUNC = soil_core_final,
    COMBINEFUNC = pg_catalog.array_cat,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE soil_core_stock(float8, float8, float8, float8, float8) IS
    'Organic carbon of a soil core to a depth, tC/ha: sum over its slices of dry bulk density (g/cm3) x carbon fraction x thickness (cm) x 100, a slice that crosses the depth by its part above. GROUP BY core. NULL without slices. Error 22023: slices that overlap or are missing, a core that does not start at 0 or reach the depth, a slice without thickness, density or carbon.';
