-- Tourism and seasons: who is there, month by month.

CREATE TABLE tourism_capacity (
    kind             text PRIMARY KEY CHECK (kind <> ''),
    name             text NOT NULL,
    unit             text NOT NULL CHECK (unit <> ''),
    persons_per_unit float8 NOT NULL CHECK (persons_per_unit > 0 AND persons_per_unit < 'Infinity'),
    source           text NOT NULL CHECK (source <> ''),
    shipped          boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE tourism_capacity IS
    'How many persons a unit of accommodation can hold.';
COMMENT ON COLUMN tourism_capacity.kind IS 'What seasonal_population calls it.';
COMMENT ON COLUMN tourism_capacity.name IS 'Name for readers.';
COMMENT ON COLUMN tourism_capacity.unit IS 'What is counted.';
COMMENT ON COLUMN tourism_capacity.persons_per_unit IS 'Persons a unit.';
COMMENT ON COLUMN tourism_capacity.source IS 'Where the figure was published.';
COMMENT ON COLUMN tourism_capacity.shipped IS 'Came with the extension.';
INSERT INTO tourism_capacity (kind, name, unit, persons_per_unit, source, shipped)
    SELECT kind, name, unit, persons, 'Code du tourisme (France), article R133-33', true
    FROM (VALUES
        ('hotel', 'Hotel', 'room', 2),
        ('residence', 'Holiday residence', 'bed', 1),
        ('rental', 'Furnished rental', 'dwelling', 4),
        ('camping', 'Camp site', 'pitch', 3),
        ('holiday_village', 'Holiday village', 'bed', 1),
        ('second_home', 'Second home', 'dwelling', 5),
        ('guest_room', 'Guest room', 'room', 2),
        ('marina', 'Marina', 'mooring', 4)
    ) AS capacity (kind, name, unit, persons);
SELECT pg_catalog.pg_extension_config_dump('tourism_capacity', 'WHERE NOT shipped');
GRANT SELECT ON tourism_capacity TO PUBLIC;

CREATE TYPE tourism_stay AS (kind text, units float8, occupancy float8[]);
COMMENT ON TYPE tourism_stay IS
    'Accommodation of a place: its kind (tourism_capacity), how many units, and the share of their persons present in each of the twelve months.';
COMMENT ON COLUMN tourism_stay.kind IS 'Kind, a row of tourism_capacity.';
COMMENT ON COLUMN tourism_stay.units IS 'Rooms, beds, pitches, dwellings: as the kind counts.';
COMMENT ON COLUMN tourism_stay.occupancy IS 'Twelve fractions, January first: persons present / persons it can hold, mean of all nights; NULL where not known.';

CREATE FUNCTION terrcarbon_internal.check_tourism(residents float8, stays tourism_stay[], away float8[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    stay tourism_stay;
    twelve float8[];
BEGIN
    IF NOT (residents >= 0 AND residents < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'residents must be finite and not negative',
            DETAIL = format('They are %s.', residents);
    END IF;
    FOREACH stay IN ARRAY stays LOOP
        IF NOT EXISTS (SELECT FROM tourism_capacity c WHERE c.kind = stay.kind) OR NOT (stay.units >= 0 AND stay.units < 'Infinity') THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('unknown accommodation %L or invalid number of units', left(stay.kind, 100)),
                DETAIL = format('There are %s units.', coalesce(stay.units::text, 'NULL')),
                HINT = 'Kinds are rows of tourism_capacity; units are finite and not negative.';
        END IF;
    END LOOP;
    FOREACH stay IN ARRAY stays || CASE WHEN away IS NULL THEN '{}' ELSE ARRAY[('away', 0, away)::tourism_stay] END LOOP
        twelve := stay.occupancy;
        IF cardinality(twelve) IS DISTINCT FROM 12 OR EXISTS (SELECT FROM unnest(twelve) AS o (o) WHERE NOT o.o BETWEEN 0 AND 1) THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('%L must have a fraction for each of twelve months', stay.kind),
                DETAIL = format('It is %s.', left(coalesce(twelve::text, 'NULL'), 100)),
                HINT = 'Percentages are divided by 100; what is not known is NULL.';
        END IF;
    END LOOP;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.check_tourism(float8, tourism_stay[], float8[]) IS
    'True, or error 22023.';

CREATE FUNCTION seasonal_population(residents float8, stays tourism_stay[], year int, away float8[] DEFAULT NULL)
    RETURNS TABLE (month int, days int, residents_present float8, visitors float8, present float8)
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 12
BEGIN ATOMIC
    SELECT m.month, (make_date(year, m.month, 1) + interval '1 month')::date - make_date(year, m.month, 1),
           residents * (1 - CASE WHEN away IS NULL THEN 0 ELSE away[m.month] END), v.visitors,
           residents * (1 - CASE WHEN away IS NULL THEN 0 ELSE away[m.month] END) + v.visitors
    FROM generate_series(1, 12) AS m (month)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = count(s.units * s.occupancy[m.month]) THEN coalesce(sum(s.units * c.persons_per_unit * s.occupancy[m.month]), 0) END AS visitors
        FROM unnest(stays) AS s (kind, units, occupancy)
        JOIN tourism_capacity c ON c.kind = s.kind
    ) AS v
    WHERE residents IS NOT NULL AND stays IS NOT NULL AND year IS NOT NULL
      AND terrcarbon_internal.check_tourism(residents, stays, away)
    ORDER BY m.month;
END;
COMMENT ON FUNCTION seasonal_population(float8, tourism_stay[], int, float8[]) IS
    'Who is in a place on a mean day of each month of a year: residents less the share of them that is away (twelve fractions, January first; NULL: nobody), visitors (sum over the accommodation of units x persons a unit x occupancy), and both. NULL in a month where units or an occupancy are not known. Error 22023: an unknown kind, negative units, occupancies that are not twelve fractions.';

CREATE FUNCTION equivalent_residents(residents float8, stays tourism_stay[], year int, away float8[] DEFAULT NULL)
    RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT CASE WHEN count(*) = count(p.present) THEN sum(p.days * p.present) / sum(p.days) END
    FROM seasonal_population(residents, stays, year, away) AS p;
END;
COMMENT ON FUNCTION equivalent_residents(float8, tourism_stay[], int, float8[]) IS
    'Who is in a place on the mean day of a year: seasonal_population weighted by the days of the months. What a territory emits divided by it is its emission per equivalent resident. NULL where a month is not known. Errors as those of seasonal_population.';

CREATE FUNCTION visitor_travel(visitor_nights float8, nights_per_stay float8, one_way_km float8, code text, year int,
        territory_code text DEFAULT NULL, occupancy float8 DEFAULT NULL,
        OUT arrivals float8, OUT person_km float8, OUT emission ghg)
    LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
BEGIN
    IF NOT (visitor_nights >= 0 AND visitor_nights < 'Infinity') OR NOT (nights_per_stay > 0 AND nights_per_stay < 'Infinity')
       OR NOT (one_way_km >= 0 AND one_way_km < 'Infinity') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = 'nights and distance of visitors are out of range',
            DETAIL = format('There are %s nights in stays of %s, %s km from home.', visitor_nights, nights_per_stay, one_way_km),
            HINT = 'They are finite and not negative, and a stay has more than 0 nights.';
    END IF;
    arrivals := visitor_nights / nights_per_stay;
    person_km := arrivals * 2 * one_way_km;
    emission := CASE WHEN occupancy IS NULL THEN emission(person_km, 'pkm', code, year, territory_code)
                     ELSE emission(trip_vehicle_km(person_km, 1, occupancy), 'vkm', code, year, territory_code) END;
END;
$$;
COMMENT ON FUNCTION visitor_travel(float8, float8, float8, text, int, text, float8) IS
    'The travel of visitors to a place and back, apart from what its residents drive: arrivals (nights / nights a stay), passenger-km (arrivals x 2 x distance) and the emission (ghg, kg) by the factor of a mode; with the persons a vehicle (occupancy) for a factor per vehicle-km. A call for each mode and origin. visitor_nights: sum(days x visitors) of seasonal_population. Errors as those of emission and trip_vehicle_km; 22023 for negative nights or km, a stay of 0 nights.';
