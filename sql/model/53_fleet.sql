-- Fleets by year: how many vehicles of which fuel, and how far they drive.

CREATE TABLE vehicle_fleet (
    territory_code text NOT NULL REFERENCES reference_territory,
    vehicle        text NOT NULL CHECK (vehicle <> ''),
    fuel           text NOT NULL CHECK (fuel <> ''),
    year           int NOT NULL,
    vehicles       float8 NOT NULL CHECK (vehicles >= 0 AND vehicles < 'Infinity'),
    km_per_vehicle float8 NOT NULL CHECK (km_per_vehicle >= 0 AND km_per_vehicle < 'Infinity'),
    source         text NOT NULL CHECK (source <> ''),
    shipped        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (territory_code, vehicle, fuel, year, shipped)
);
COMMENT ON TABLE vehicle_fleet IS
    'Vehicles in use by fuel and year, and what each drives.';
COMMENT ON COLUMN vehicle_fleet.territory_code IS 'Where they are registered, a code of reference_territory.';
COMMENT ON COLUMN vehicle_fleet.vehicle IS 'car, van, truck, bus, or your own.';
COMMENT ON COLUMN vehicle_fleet.fuel IS 'diesel, petrol, electricity, lpg, cng, or your own, such as petrol.euro6.';
COMMENT ON COLUMN vehicle_fleet.year IS 'Year.';
COMMENT ON COLUMN vehicle_fleet.vehicles IS 'Mean number in use.';
COMMENT ON COLUMN vehicle_fleet.km_per_vehicle IS 'km a vehicle and year.';
COMMENT ON COLUMN vehicle_fleet.source IS 'Where the figures were published.';
COMMENT ON COLUMN vehicle_fleet.shipped IS 'Came with the extension.';
SELECT pg_catalog.pg_extension_config_dump('vehicle_fleet', 'WHERE NOT shipped');
GRANT SELECT ON vehicle_fleet TO PUBLIC;

CREATE FUNCTION fleet_shares(vehicle text, year int, territory_code text)
    RETURNS TABLE (fuel text, share float8, of_year int)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 ROWS 5
BEGIN ATOMIC
    WITH known AS MATERIALIZED (
        SELECT f.*, rank() OVER (ORDER BY f.year DESC, f.shipped) AS place
        FROM vehicle_fleet f
        WHERE f.vehicle = fleet_shares.vehicle AND f.territory_code = fleet_shares.territory_code AND f.year <= fleet_shares.year
    ), total AS (
        SELECT sum(k.vehicles * k.km_per_vehicle) AS km FROM known k WHERE k.place = 1
    )
    SELECT k.fuel, k.vehicles * k.km_per_vehicle / nullif(t.km, 0), k.year
    FROM known k CROSS JOIN total t
    WHERE k.place = 1
    ORDER BY 2 DESC, 1;
END;
COMMENT ON FUNCTION fleet_shares(text, int, text) IS
    'Shares of the vehicle-km of a fleet by fuel in a year: vehicles x km of each over the sum, from the rows of vehicle_fleet of that year, else of the latest year before (of_year); your own rows before shipped ones. They add up to 1, as fleet_factor wants. No row where no year is known.';
