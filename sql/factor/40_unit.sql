-- Units of the quantities that are priced.

CREATE TABLE unit (
    code    text PRIMARY KEY CHECK (code <> ''),
    name    text NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('energy', 'mass', 'volume', 'distance',
                'passenger-distance', 'tonne-distance', 'area', 'area-year', 'head-year', 'count', 'money')),
    in_base float8 NOT NULL CHECK (in_base > 0 AND in_base < 'Infinity'),
    basis   text CHECK (basis IN ('HHV', 'LHV')),
    shipped boolean NOT NULL DEFAULT false,
    CONSTRAINT unit_basis_of_energy CHECK (basis IS NULL OR kind = 'energy')
);
COMMENT ON TABLE unit IS
    'Units. Quantities of one kind convert into each other, others never: 5 km is not 5 passenger-km. Energy of fuels says which heating value it counts; the two convert through the ratio of the carrier.';
COMMENT ON COLUMN unit.code IS 'What a quantity or a factor calls it, such as kWh LHV.';
COMMENT ON COLUMN unit.name IS 'Name for readers.';
COMMENT ON COLUMN unit.kind IS 'energy, mass, volume, distance, passenger-distance, tonne-distance, area, area-year, head-year, count or money.';
COMMENT ON COLUMN unit.in_base IS 'How many base units make one: kWh, kg, m3, km, pkm, tkm, ha, ha.yr, head.yr, unit, EUR.';
COMMENT ON COLUMN unit.basis IS 'Heating value that an energy counts: HHV (higher, gross, French PCS) or LHV (lower, net, PCI); NULL where there is no such choice, as for electricity.';
COMMENT ON COLUMN unit.shipped IS 'Came with the extension.';

INSERT INTO unit (code, name, kind, in_base, basis, shipped)
    SELECT prefix.code || energy.code || basis.code, prefix.name || energy.name || basis.name,
           'energy', prefix.times * energy.in_base, basis.basis, true
    FROM (VALUES
        ('', '', 1.0::float8), ('k', 'kilo', 1e3), ('M', 'mega', 1e6), ('G', 'giga', 1e9), ('T', 'tera', 1e12)
    ) AS prefix (code, name, times),
    (VALUES
        ('Wh', 'watt-hour', 1e-3::float8), ('J', 'joule', 1e-3 / 3600)
    ) AS energy (code, name, in_base),
    (VALUES
        ('', '', NULL),
        (' LHV', ', lower heating value', 'LHV'), (' HHV', ', higher heating value', 'HHV'),
        (' PCI', ', lower heating value', 'LHV'), (' PCS', ', higher heating value', 'HHV')
    ) AS basis (code, name, basis);

INSERT INTO unit (code, name, kind, in_base, basis, shipped) VALUES
    ('toe', 'tonne of oil equivalent, lower heating value', 'energy', 11630, 'LHV', true),
    ('tep', 'tonne of oil equivalent, lower heating value', 'energy', 11630, 'LHV', true);

INSERT INTO unit (code, name, kind, in_base, shipped) VALUES
    ('g', 'gram', 'mass', 1e-3, true),
    ('kg', 'kilogram', 'mass', 1, true),
    ('t', 'tonne', 'mass', 1e3, true),
    ('tonne', 'tonne', 'mass', 1e3, true),
    ('kt', 'kilotonne', 'mass', 1e6, true),
    ('l', 'litre', 'volume', 1e-3, true),
    ('litre', 'litre', 'volume', 1e-3, true),
    ('hl', 'hectolitre', 'volume', 1e-1, true),
    ('m3', 'cubic metre', 'volume', 1, true),
    ('m³', 'cubic metre', 'volume', 1, true),
    ('m', 'metre', 'distance', 1e-3, true),
    ('km', 'kilometre, of a vehicle', 'distance', 1, true),
    ('vkm', 'vehicle-kilometre', 'distance', 1, true),
    ('véhicule.km', 'vehicle-kilometre', 'distance', 1, true),
    ('pkm', 'passenger-kilometre', 'passenger-distance', 1, true),
    ('passager.km', 'passenger-kilometre', 'passenger-distance', 1, true),
    ('personne.km', 'passenger-kilometre', 'passenger-distance', 1, true),
    ('tkm', 'tonne-kilometre', 'tonne-distance', 1, true),
    ('t.km', 'tonne-kilometre', 'tonne-distance', 1, true),
    ('tonne.km', 'tonne-kilometre', 'tonne-distance', 1, true),
    ('m2', 'square metre', 'area', 1e-4, true),
    ('m²', 'square metre', 'area', 1e-4, true),
    ('ha', 'hectare', 'area', 1, true),
    ('km2', 'square kilometre', 'area', 100, true),
    ('m2.yr', 'square metre and year', 'area-year', 1e-4, true),
    ('ha.yr', 'hectare and year', 'area-year', 1, true),
    ('ha.an', 'hectare and year', 'area-year', 1, true),
    ('head.yr', 'head of livestock kept for a year', 'head-year', 1, true),
    ('unit', 'item', 'count', 1, true),
    ('unité', 'item', 'count', 1, true),
    ('EUR', 'euro', 'money', 1, true),
    ('euro', 'euro', 'money', 1, true),
    ('kEUR', 'thousand euros', 'money', 1e3, true),
    ('keuro', 'thousand euros', 'money', 1e3, true),
    ('k€', 'thousand euros', 'money', 1e3, true);

SELECT pg_catalog.pg_extension_config_dump('unit', 'WHERE NOT shipped');

CREATE FUNCTION convert_unit(quantity float8, from_unit text, to_unit text, hhv_per_lhv float8 DEFAULT NULL)
    RETURNS float8
    LANGUAGE C STABLE PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'convert_unit';
COMMENT ON FUNCTION convert_unit(float8, text, text, float8) IS
    'A quantity in another unit of its kind. hhv_per_lhv is the ratio of the higher to the lower heating value of the carrier (natural gas 1.111), needed between the two. Error 22023 for units of different kind or an unknown one.';

GRANT SELECT ON unit TO PUBLIC;
