-- Road vehicles by fuel: what they burn, its supply, and making them, which has a
-- code of its own.
--
-- As published by ADEME, Base Carbone V23.6 (Licence Ouverte 2.0), at mean load.
WITH vehicle (id, element, code, name, unit, u95_percent, combustion, upstream, manufacture) AS (VALUES
    (4000, 43786, 'car.e85', 'Car on E85', 'km', 60, 0.0278, 0.106, 0.041),
    (4010, 43789, 'car.cng', 'Car on natural gas', 'km', 60, 0.158, 0.0493, 0.041),
    (4020, 43790, 'car.lpg', 'Car on LPG', 'km', 60, 0.136, 0.0469, 0.041),
    (4030, 28008, 'car.hybrid', 'Hybrid car, compact', 'km', 70, 0.106, 0.0287, 0.0481),
    (4040, 43779, 'motorcycle.small', 'Motorcycle up to 250 cm3', 'km', 60, 0.0529, 0.0166, 0.0175),
    (4050, 43782, 'motorcycle', 'Motorcycle above 250 cm3', 'km', 60, 0.142, 0.0455, 0.0292),
    (4060, 43739, 'bus', 'Bus on diesel', 'pkm', 60, 0.0873, 0.0262, 0.00892),
    (4070, 28005, 'bus_gas', 'Bus on natural gas', 'pkm', 60, 0.0914, 0.0214, 0.0089),
    (4080, 43740, 'coach', 'Coach on diesel', 'pkm', 60, 0.0255, 0.00764, 0.00442),
    (4090, 43735, 'van.diesel', 'Van below 3.5 t on diesel', 'tkm', 70, 0.498, 0.167, 0.177),
    (4100, 43736, 'van.petrol', 'Van below 3.5 t on petrol', 'tkm', 70, 0.562, 0.181, 0.177),
    (4110, 43737, 'van.cng', 'Van below 3.5 t on natural gas', 'tkm', 70, 0.649, 0.243, 0.177),
    (4120, 43738, 'van.lpg', 'Van below 3.5 t on LPG', 'tkm', 70, 0.713, 0.246, 0.177),
    (4130, 43651, 'truck.articulated_34', 'Articulated truck below 34 t on diesel', 'tkm', 70, 0.0717, 0.0239, 0.00373),
    (4140, 43643, 'truck.articulated', 'Articulated truck, 34 to 40 t, on diesel', 'tkm', 70, 0.0627, 0.021, 0.00378),
    (4150, 43644, 'truck.articulated.cng', 'Articulated truck, 34 to 40 t, on natural gas', 'tkm', 70, 0.069, 0.0258, 0.00378),
    (4160, 43645, 'truck.articulated.lng', 'Articulated truck, 34 to 40 t, on liquefied natural gas', 'tkm', 70, 0.0689, 0.0308, 0.00378),
    (4170, 43647, 'truck.articulated_44', 'Articulated truck, 40 to 44 t, on diesel', 'tkm', 70, 0.0538, 0.0179, 0.00381)
)
INSERT INTO factor (id, code, name, part, unit, amount, lumped_gwp, u95_percent, territory_code,
        source, recorded_at, shipped)
    SELECT v.id + part.place, v.code || part.suffix, v.name || part.note, part.name, v.unit, ghg('CO2', part.kg),
           'unknown', v.u95_percent, 'FR', 'ADEME Base Carbone V23.6, element ' || v.element || ', ' || part.name,
           '2026-11-26 00:00+00', true
    FROM vehicle v
    CROSS JOIN LATERAL (VALUES
        (0, '', '', 'combustion', v.combustion),
        (1, '', '', 'upstream', v.upstream),
        (2, '.manufacture', ', its manufacture', 'manufacture', v.manufacture)
    ) AS part (place, suffix, note, name, kg);

-- Per km of a vehicle, by year: litres per 100 km of the French fleet (SDES, bilan de
-- la circulation, Licence Ouverte 2.0) times a litre of fuel as above.  The figures
-- of the Base Carbone for petrol and diesel cars (elements 43787, 43788) are not
-- taken: 0.240 and 0.112 kg/km would be 10.9 and 4.5 litres per 100 km.  Vans are
-- not there: the source repeats the litres of cars.
WITH fleet (year, petrol_car, diesel_car, truck, bus) AS (VALUES
    (2012, 7.66, 6.36, 34.97, 32.78),
    (2013, 7.5, 6.21, 34.81, 32.47),
    (2014, 7.42, 6.19, 34.64, 32.13),
    (2015, 7.42, 6.16, 34.5, 31.81),
    (2016, 7.27, 6.06, 33.87, 31.22),
    (2017, 7.31, 6.07, 34.06, 31.4),
    (2018, 7.18, 6.01, 33.72, 31.09),
    (2019, 7.1, 6.1, 32.9, 30.5),
    (2020, 6.8, 5.9, 33.0, 30.4)
), vehicle AS (
    SELECT f.year, v.*
    FROM fleet f
    CROSS JOIN LATERAL (VALUES
        (0, 'car.petrol', 'Petrol car', 'petrol', f.petrol_car),
        (20, 'car.diesel', 'Diesel car', 'diesel', f.diesel_car),
        (40, 'truck.diesel', 'Truck on diesel', 'diesel', f.truck),
        (60, 'bus_vehicle.diesel', 'Bus or coach on diesel, the vehicle', 'diesel', f.bus)
    ) AS v (place, code, name, fuel, litres)
)
INSERT INTO factor (id, code, name, part, unit, amount, lumped_gwp, year_from, territory_code,
        source, recorded_at, shipped)
    SELECT 4500 + v.place + 2 * (v.year - 2012) + (fuel.part = 'upstream')::int, v.code, v.name || ', fleet of ' || v.year, fuel.part, 'km',
           v.litres / 100 * fuel.amount, fuel.lumped_gwp, v.year, 'FR',
           'SDES, bilan de la circulation: ' || v.litres || ' l/100 km; ' || fuel.source,
           '2026-11-26 00:00+00', true
    FROM vehicle v
    JOIN factor fuel ON fuel.code = v.fuel AND fuel.unit = 'l';
