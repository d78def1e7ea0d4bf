-- Roads and trips: emission factors by speed, traffic on a road, and whose
-- traffic it is.

CREATE FUNCTION hot_emission_factor(
    alpha float8, beta float8, gamma float8, delta float8,
    epsilon float8, zeta float8, eta float8,
    reduction_fraction float8, v_min float8, v_max float8, speed float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hot_emission_factor';
COMMENT ON FUNCTION hot_emission_factor(float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8) IS
    'Emission or energy per km of a vehicle with a warm engine: (alpha V^2 + beta V + gamma + delta / V) / (epsilon V^2 + zeta V + eta) x (1 - reduction_fraction), V being speed in km/h clamped to v_min .. v_max; the unit is the coefficients'' own (g/km, MJ/km). Error 22023: a value that is not finite, v_min above v_max, a negative speed, a denominator that vanishes anywhere in the range, a negative result. Source: EMEP/EEA air pollutant emission inventory guidebook 2019, 1.A.3.b.i-iv, appendix 4.';

CREATE FUNCTION hot_emission_factor(
    alpha float8, beta float8, gamma float8, delta float8,
    epsilon float8, zeta float8, eta float8,
    reduction_fraction float8, v_min float8, v_max float8, speed float8, used_from float8, used_to float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'hot_emission_factor';
COMMENT ON FUNCTION hot_emission_factor(float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8, float8) IS
    'The same where only the speeds from used_from to used_to are used: the denominator may vanish elsewhere in v_min .. v_max, as that of some motorcycles does at 11.4 km/h. Error 22023 also for a speed that is not within the speeds used.';

CREATE FUNCTION cold_share(trip_km float8, temp_c float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'cold_share';
COMMENT ON FUNCTION cold_share(float8, float8) IS
    'Share of a trip''s distance driven with a cold engine: 0.6474 - 0.02545 l - (0.00974 - 0.000385 l) t, l the mean trip length in km, t the mean temperature in degrees C, clamped to 0 .. 1. Error 22023: a value that is not finite, a negative length. Source: EMEP/EEA guidebook, 1.A.3.b.i-iv, the beta parameter.';

CREATE FUNCTION cold_energy_ratio(fuel text, temp_c float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'cold_energy_ratio';
COMMENT ON FUNCTION cold_energy_ratio(text, float8) IS
    'Energy of a car or van per km with a cold engine, to that with a warm one: petrol 1.47 - 0.009 t, diesel 1.34 - 0.008 t, at least 1, and 1 above 30 degrees C. Error 22023 below -10 degrees C, where there is no formula, and for other fuels. Source: EMEP/EEA guidebook, 1.A.3.b.i-iv, cold over hot ratios of fuel consumption.';

CREATE FUNCTION cold_excess_factor(hot_factor float8, fuel text, trip_km float8, temp_c float8)
    RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5
RETURN hot_factor * cold_share(trip_km, temp_c) * (cold_energy_ratio(fuel, temp_c) - 1);
COMMENT ON FUNCTION cold_excess_factor(float8, text, float8, float8) IS
    'What cold starts add per km to the energy or CO2 of a warm engine: hot factor x cold_share(trip_km, temp_c) x (cold_energy_ratio(fuel, temp_c) - 1), in the unit of the factor. Of the roads where trips begin, not of motorways. Errors as those of cold_share and cold_energy_ratio.';

CREATE FUNCTION road_vehicle_km(aadt float8, length_km float8, year int)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'road_vehicle_km';
COMMENT ON FUNCTION road_vehicle_km(float8, float8, int) IS
    'Vehicle-km driven on a road in a year: annual average daily traffic x km x days of that year (365 or 366). Give the true length, as true_length or shared_length measure it, / 1000. Error 22023: a negative or non-finite value, a year outside 1900 .. 2200. Error 22003 out of range.';

-- The factors of a fleet weigh by its shares of the vehicle-km.
CREATE FUNCTION terrcarbon_internal.check_fleet(shares float8[], factors anyarray)
    RETURNS boolean
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'check_fleet';
COMMENT ON FUNCTION terrcarbon_internal.check_fleet(float8[], anyarray) IS
    'True, or error 22023: different numbers of shares and factors, a NULL, a negative share, shares that do not sum to 1 within 1e-6.';

CREATE FUNCTION fleet_factor(shares float8[], factors float8[])
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'fleet_factor';
COMMENT ON FUNCTION fleet_factor(float8[], float8[]) IS
    'Mean factor per vehicle-km of a fleet: sum of share x factor over its vehicle classes. Shares are fractions of the vehicle-km. Error 22023: different numbers of shares and factors, a NULL, a negative share, shares that do not sum to 1 within 1e-6, a negative or non-finite factor.';

CREATE FUNCTION fleet_factor(shares float8[], factors ghg[])
    RETURNS ghg
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500
BEGIN ATOMIC
    SELECT sum(class.factor, class.share)
    FROM unnest(shares, factors) AS class(share, factor)
    WHERE terrcarbon_internal.check_fleet(shares, factors);
END;
COMMENT ON FUNCTION fleet_factor(float8[], ghg[]) IS
    'Mean factor per vehicle-km of a fleet, gas by gas: sum of share x factor over its vehicle classes. Errors as for numbers.';

CREATE FUNCTION road_emission(aadt float8, length_km float8, year int, factor_per_km float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'road_emission';
COMMENT ON FUNCTION road_emission(float8, float8, int, float8) IS
    'Emission of the traffic on a road in a year: aadt x km x days of that year x factor per vehicle-km, in the factor''s unit of mass. 10 000 vehicles a day on 4 km at 0.192 kg/km: 2 803 200 kg in 2023, 2 810 880 in 2024. Errors as road_vehicle_km; 22023 for a negative or non-finite factor.';

CREATE FUNCTION road_emission(aadt float8, length_km float8, year int, factor_per_km ghg)
    RETURNS ghg
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN road_vehicle_km(aadt, length_km, year) * factor_per_km;
COMMENT ON FUNCTION road_emission(float8, float8, int, ghg) IS
    'Emission (ghg, kg) of the traffic on a road in a year: aadt x km x days of that year x factor (ghg, kg per vehicle-km). Errors as road_vehicle_km.';

CREATE FUNCTION road_emission(aadt float8, length_km float8, year int, shares float8[], factors float8[])
    RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN road_emission(aadt, length_km, year, fleet_factor(shares, factors));
COMMENT ON FUNCTION road_emission(float8, float8, int, float8[], float8[]) IS
    'Emission of the traffic of a fleet on a road in a year: aadt x km x days of that year x sum of share x factor per vehicle-km. Errors as road_vehicle_km and fleet_factor.';

CREATE FUNCTION road_emission(aadt float8, length_km float8, year int, shares float8[], factors ghg[])
    RETURNS ghg
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN road_emission(aadt, length_km, year, fleet_factor(shares, factors));
COMMENT ON FUNCTION road_emission(float8, float8, int, float8[], ghg[]) IS
    'Emission (ghg, kg) of the traffic of a fleet on a road in a year: aadt x km x days of that year x sum of share x factor (ghg, kg per vehicle-km). Errors as road_vehicle_km and fleet_factor.';

CREATE FUNCTION trip_vehicle_km(person_trips float8, trip_km float8, occupancy float8)
    RETURNS float8
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'trip_vehicle_km';
COMMENT ON FUNCTION trip_vehicle_km(float8, float8, float8) IS
    'Vehicle-km of persons'' trips: trips x km / persons a vehicle. For modes whose factor is per vehicle-km (cars, two-wheelers); a mode whose factor is per passenger-km takes trips x km. Error 22023: a negative or non-finite value, an occupancy of 0.';

CREATE FUNCTION trip_allocation(
    trip_km float8, km_inside float8,
    starts_inside boolean, ends_inside boolean, resident boolean)
    RETURNS TABLE (allocation text, allocated_km float8)
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5 ROWS 3
    AS 'MODULE_PATHNAME', 'trip_allocation';
COMMENT ON FUNCTION trip_allocation(float8, float8, boolean, boolean, boolean) IS
    'The km of a trip that a territory answers for, by each of three rules: territorial (driven inside, whoever drives), induced (half for each end inside; through traffic 0), resident (all of it when the traveller lives there). One row a rule; the same km is in several of them, so rows of different rules are never added: use allocated_sum. What is not known is NULL, not 0. Error 22023: a negative length, more km inside than in all. Source: GPC 1.1, chapter 7 (geographic, induced activity and resident activity methods).';

CREATE FUNCTION allocations() RETURNS text[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'allocation_list';
COMMENT ON FUNCTION allocations() IS
    'The rules by which emissions of trips are allocated: where they happen, to whom they are due, to who lives here, to who comes to stay.';

CREATE FUNCTION terrcarbon_internal.allocated_sum_step(terrcarbon_internal.sum_state, allocation text, amount float8) RETURNS terrcarbon_internal.sum_state
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'allocated_sum_step';
COMMENT ON FUNCTION terrcarbon_internal.allocated_sum_step(terrcarbon_internal.sum_state, text, float8) IS
    'Transition function of allocated_sum.';

CREATE FUNCTION terrcarbon_internal.allocated_sum_final(terrcarbon_internal.sum_state) RETURNS float8
    LANGUAGE C IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'allocated_sum_final';
COMMENT ON FUNCTION terrcarbon_internal.allocated_sum_final(terrcarbon_internal.sum_state) IS
    'Final function of allocated_sum.';

CREATE AGGREGATE allocated_sum(allocation text, amount float8) (
    SFUNC = terrcarbon_internal.allocated_sum_step,
    STYPE = terrcarbon_internal.sum_state,
    FINALFUNC = terrcarbon_internal.allocated_sum_final,
    COMBINEFUNC = terrcarbon_internal.sum_state_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE allocated_sum(text, float8) IS
    'Sum of amounts allocated by one rule: territorial, induced, resident or visitor. Rows without amount are skipped; NULL when there is none. Error 22023 when rows of different rules meet, as the same journey would count twice, and for an unknown rule.';

CREATE FUNCTION modal_shift(person_km float8, from_code text, to_code text, year int, territory_code text DEFAULT NULL,
        from_occupancy float8 DEFAULT NULL, to_occupancy float8 DEFAULT NULL,
        OUT before ghg, OUT after ghg, OUT change_kg float8)
    LANGUAGE sql STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
    WITH shifted AS (
        SELECT CASE WHEN from_occupancy IS NULL THEN emission(person_km, 'pkm', from_code, year, territory_code)
                    ELSE emission(trip_vehicle_km(person_km, 1, from_occupancy), 'vkm', from_code, year, territory_code) END AS before,
               CASE WHEN to_occupancy IS NULL THEN emission(person_km, 'pkm', to_code, year, territory_code)
                    ELSE emission(trip_vehicle_km(person_km, 1, to_occupancy), 'vkm', to_code, year, territory_code) END AS after
    )
    SELECT s.before, s.after, co2e(s.after) - co2e(s.before) FROM shifted s;
END;
COMMENT ON FUNCTION modal_shift(float8, text, text, int, text, float8, float8) IS
    'What it changes when passenger-km go from one mode to another, kg: before, after, and the change as CO2e (negative: less). A mode whose factor is per vehicle-km takes the persons a vehicle (occupancy); one per passenger-km none. The network is taken as it is: a bus that runs anyhow emits no more, so take this for averages. Errors as those of emission; 22023 for an occupancy that does not go with the factor''s unit.';

CREATE FUNCTION parking_shift(places float8, places_after float8, used_share float8, turnover float8, days float8, one_way_km float8,
        occupancy float8, shifted_share float8, from_code text, to_code text, year int, territory_code text DEFAULT NULL,
        to_occupancy float8 DEFAULT NULL,
        OUT displaced float8, OUT person_km float8, OUT before ghg, OUT after ghg, OUT change_kg float8)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    used float8 := places * used_share;
BEGIN
    IF NOT (places >= 0 AND places < 'Infinity') OR NOT (places_after >= 0 AND places_after < 'Infinity') OR NOT used_share BETWEEN 0 AND 1
       OR NOT (turnover >= 0 AND turnover < 'Infinity') OR NOT days BETWEEN 0 AND 366 OR NOT (one_way_km >= 0 AND one_way_km < 'Infinity')
       OR NOT shifted_share BETWEEN 0 AND 1 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'places, turnover, distance or shares of parking are out of range',
            DETAIL = format('There are %s places used at %s and then %s, %s cars a place and day on %s days, %s km away, of which %s shift.',
                places, used_share, places_after, turnover, days, one_way_km, shifted_share),
            HINT = 'Amounts are finite and not negative, shares are within 0 .. 1, a year has at most 366 days.';
    END IF;
    displaced := CASE WHEN used > places_after THEN used - places_after WHEN used <= places_after THEN 0 END * turnover * days;
    person_km := displaced * shifted_share * occupancy * 2 * one_way_km;
    SELECT m.before, m.after, m.change_kg INTO before, after, change_kg
    FROM modal_shift(person_km, from_code, to_code, year, territory_code, occupancy, to_occupancy) AS m;
END;
$$;
COMMENT ON FUNCTION parking_shift(float8, float8, float8, float8, float8, float8, float8, float8, text, text, int, text, float8) IS
    'What it changes when a place has fewer parking places. Of places, used_share (0 .. 1) are taken at the busiest time, each by turnover cars a day, on days a year. Where fewer are left than are taken, displaced = (places x used_share - places_after) x turnover x days arrivals a year find none; shifted_share of their persons (occupancy a car) come by another mode instead, person_km = both ways, and the rest drive as before. before, after (ghg, kg) and change_kg are those of modal_shift. More places than are taken change nothing here. NULL where something is not known. Error 22023 for what is out of range; those of modal_shift.';
