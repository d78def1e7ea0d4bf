-- Energy by speed, as data, and the traffic of a fleet on a road.

CREATE TABLE speed_function (
    code               text PRIMARY KEY CHECK (code <> ''),
    name               text NOT NULL,
    v_min              float8 NOT NULL,
    v_max              float8 NOT NULL,
    used_from          float8,
    used_to            float8,
    alpha              float8 NOT NULL DEFAULT 0,
    beta               float8 NOT NULL DEFAULT 0,
    gamma              float8 NOT NULL DEFAULT 0,
    delta              float8 NOT NULL DEFAULT 0,
    epsilon            float8 NOT NULL DEFAULT 0,
    zeta               float8 NOT NULL DEFAULT 0,
    eta                float8 NOT NULL DEFAULT 1,
    reduction_fraction float8 NOT NULL DEFAULT 0,
    source             text NOT NULL CHECK (source <> ''),
    shipped            boolean NOT NULL DEFAULT false,
    CONSTRAINT speed_function_has_a_value CHECK (
        hot_emission_factor(alpha, beta, gamma, delta, epsilon, zeta, eta, reduction_fraction, v_min, v_max,
            coalesce(used_from, v_min), coalesce(used_from, v_min), coalesce(used_to, v_max)) >= 0)
);
COMMENT ON TABLE speed_function IS
    'Energy of a vehicle with a warm engine by speed, MJ/km: the coefficients of hot_emission_factor.';
COMMENT ON COLUMN speed_function.code IS 'vehicle.fuel of vehicle_fleet, so car.petrol.euro4 is the fuel petrol.euro4 of cars.';
COMMENT ON COLUMN speed_function.name IS 'Name for readers.';
COMMENT ON COLUMN speed_function.v_min IS 'Lowest speed it holds for, km/h; slower traffic takes its value there.';
COMMENT ON COLUMN speed_function.v_max IS 'Highest speed.';
COMMENT ON COLUMN speed_function.used_from IS 'Lowest speed that is used, where the denominator vanishes below; NULL: v_min.';
COMMENT ON COLUMN speed_function.used_to IS 'Highest speed that is used, where it vanishes above; NULL: v_max.';
COMMENT ON COLUMN speed_function.alpha IS 'Of V^2 in the numerator.';
COMMENT ON COLUMN speed_function.beta IS 'Of V.';
COMMENT ON COLUMN speed_function.gamma IS 'Constant.';
COMMENT ON COLUMN speed_function.delta IS 'Of 1 / V.';
COMMENT ON COLUMN speed_function.epsilon IS 'Of V^2 in the denominator.';
COMMENT ON COLUMN speed_function.zeta IS 'Of V.';
COMMENT ON COLUMN speed_function.eta IS 'Constant.';
COMMENT ON COLUMN speed_function.reduction_fraction IS 'Reduction, a fraction.';
COMMENT ON COLUMN speed_function.source IS 'Where it was published.';
COMMENT ON COLUMN speed_function.shipped IS 'Came with the extension.';
SELECT pg_catalog.pg_extension_config_dump('speed_function', 'WHERE NOT shipped');
GRANT SELECT ON speed_function TO PUBLIC;

CREATE FUNCTION speed_energy(code text, speed_kmh float8) RETURNS float8
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
    SELECT hot_emission_factor(f.alpha, f.beta, f.gamma, f.delta, f.epsilon, f.zeta, f.eta, f.reduction_fraction,
        f.v_min, f.v_max, speed_kmh, coalesce(f.used_from, f.v_min), coalesce(f.used_to, f.v_max))
    FROM speed_function f
    WHERE f.code = speed_energy.code;
END;
COMMENT ON FUNCTION speed_energy(text, float8) IS
    'Energy of a vehicle with a warm engine at a speed, MJ/km, by speed_function. NULL for a code that has no function. Error 22023 for a speed outside used_from .. used_to, or that is not finite or negative.';

CREATE FUNCTION road_fleet(aadt float8, length_km float8, year int, vehicle text, speed_kmh float8, territory_code text,
        trip_km float8 DEFAULT NULL, temp_c float8 DEFAULT NULL)
    RETURNS TABLE (fuel text, share float8, vehicle_km float8, mj_per_km float8, emission ghg)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 5
BEGIN ATOMIC
    WITH driven AS (
        SELECT f.fuel, split_part(f.fuel, '.', 1) AS carrier, f.share, f.share * road_vehicle_km(aadt, length_km, year) AS km,
               speed_energy(vehicle || '.' || f.fuel, speed_kmh) AS hot
        FROM fleet_shares(vehicle, year, territory_code) AS f
    ), used AS (
        SELECT d.*, d.hot + CASE WHEN trip_km IS NULL OR temp_c IS NULL OR d.carrier NOT IN ('petrol', 'diesel') THEN 0
                                 ELSE cold_excess_factor(d.hot, d.carrier, trip_km, temp_c) END AS mj
        FROM driven d
    )
    SELECT u.fuel, u.share, u.km, u.mj,
           CASE WHEN u.mj IS NOT NULL THEN emission(u.km * u.mj, CASE u.carrier WHEN 'electricity' THEN 'MJ' ELSE 'MJ LHV' END,
                                                    u.carrier, year, territory_code) END
    FROM used u
    ORDER BY u.share DESC, u.fuel;
END;
COMMENT ON FUNCTION road_fleet(float8, float8, int, text, float8, text, float8, float8) IS
    'The traffic of a kind of vehicle on a road in a year by fuel: its share of the fleet (fleet_shares), vehicle-km (aadt x km x days), energy per km at a mean speed (speed_energy of vehicle.fuel, with cold starts where the mean trip and the temperature are given, for petrol and diesel), and the emission (ghg, kg) by the factor of the carrier, the first word of the fuel. mj_per_km and emission are NULL for a fuel without function: sum only what is known, and say so. Errors as those of road_vehicle_km, speed_energy, cold_share, emission.';
