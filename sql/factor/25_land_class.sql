-- Kinds of land classes, and published changes of soil between classes.

CREATE TABLE land_class (
    nomenclature text NOT NULL CHECK (length(nomenclature) BETWEEN 1 AND 100),
    code         text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
    kind         text NOT NULL CHECK (kind IN ('artificial', 'wetland', 'other')),
    shipped      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (nomenclature, code, shipped)
);
COMMENT ON TABLE land_class IS
    'Which land classes are artificial and which are wetland, by start of the code, the longest winning: soil carbon is lost at once where land becomes artificial or wetland is lost. A class without a row is neither; a row of your own goes before a shipped one.';
COMMENT ON COLUMN land_class.nomenclature IS 'Land-cover nomenclature: CLC, ALDO, EUNIS ...; upper and lower case of A to Z are one.';
COMMENT ON COLUMN land_class.code IS 'Class code, or the start of it.';
COMMENT ON COLUMN land_class.kind IS 'artificial, wetland, or other where a longer code is neither.';
COMMENT ON COLUMN land_class.shipped IS 'Came with the extension.';
INSERT INTO land_class VALUES
    ('ALDO', 'sols_artificiels', 'artificial', true), ('ALDO', 'zones_humides', 'wetland', true),
    ('CLC', '1', 'artificial', true), ('CLC', '4', 'wetland', true),
    ('EUNIS', 'J', 'artificial', true), ('EUNIS', 'A2.5', 'wetland', true), ('EUNIS', 'D', 'wetland', true);
SELECT pg_catalog.pg_extension_config_dump('land_class', 'WHERE NOT shipped');
GRANT SELECT ON land_class TO PUBLIC;

CREATE FUNCTION land_kind(nomenclature text, code text)
    RETURNS text
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'land_kind';
COMMENT ON FUNCTION land_kind(text, text) IS
    'artificial, wetland or other: the kind of a land class, from the table land_class.';

CREATE TABLE soil_flux (
    nomenclature   text NOT NULL CHECK (nomenclature <> ''),
    from_code      text NOT NULL CHECK (length(from_code) BETWEEN 1 AND 100),
    to_code        text NOT NULL CHECK (length(to_code) BETWEEN 1 AND 100),
    territory_code text NOT NULL REFERENCES reference_territory,
    flux           float8 NOT NULL CHECK (abs(flux) < 'Infinity'),
    years          int NOT NULL CHECK (years BETWEEN 1 AND 200),
    source         text NOT NULL CHECK (source <> ''),
    shipped        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (nomenclature, from_code, to_code, territory_code, shipped)
);
COMMENT ON TABLE soil_flux IS
    'Published change of soil carbon when land passes from one class to another: flux tC/ha/year (gain positive) during years. Codes match by their start, the longest winning, then the most specific territory, then a row of your own. Where there is none the difference of the two stock references is taken.';
COMMENT ON COLUMN soil_flux.nomenclature IS 'Land-cover nomenclature of both codes; upper and lower case of A to Z are one.';
COMMENT ON COLUMN soil_flux.from_code IS 'Class the land leaves, or the start of its code.';
COMMENT ON COLUMN soil_flux.to_code IS 'Class the land enters, or the start of its code.';
COMMENT ON COLUMN soil_flux.flux IS 'tC/ha in each of the years; positive where soil gains.';
COMMENT ON COLUMN soil_flux.years IS 'How many years the change takes; 1 is at once.';
COMMENT ON COLUMN soil_flux.territory_code IS 'Where it applies (reference_territory).';
COMMENT ON COLUMN soil_flux.source IS 'Where the figure was published.';
COMMENT ON COLUMN soil_flux.shipped IS 'Came with the extension.';
CREATE INDEX soil_flux_territory ON soil_flux (territory_code);
COMMENT ON INDEX soil_flux_territory IS 'Finds the figures of a territory.';
SELECT pg_catalog.pg_extension_config_dump('soil_flux', 'WHERE NOT shipped');
GRANT SELECT ON soil_flux TO PUBLIC;
