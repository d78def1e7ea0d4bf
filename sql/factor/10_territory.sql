-- What factors and stock references share: territories and who is part of whom,
-- the moment whose knowledge counts, guards.

CREATE TABLE territory_level (
    level text PRIMARY KEY,
    place int NOT NULL UNIQUE,
    note  text NOT NULL
);
COMMENT ON TABLE territory_level IS
    'Levels of territories, from the most to the least specific.';
COMMENT ON COLUMN territory_level.level IS 'What tables call it.';
COMMENT ON COLUMN territory_level.place IS 'Order: 1 is the most specific.';
COMMENT ON COLUMN territory_level.note IS 'What it is.';
INSERT INTO territory_level (place, level, note) VALUES
    (1, 'IRIS', 'Part of a commune, for statistics'),
    (2, 'commune', 'Commune'),
    (3, 'EPCI', 'Group of communes'),
    (4, 'zone', 'Natural zone: pedoclimatic, forest ...'),
    (5, 'department', 'Department'),
    (6, 'region', 'Region'),
    (7, 'country', 'Country');
GRANT SELECT ON territory_level TO PUBLIC;

CREATE TABLE reference_territory (
    code    text PRIMARY KEY CHECK (code <> ''),
    level   text NOT NULL REFERENCES territory_level,
    name    text NOT NULL,
    shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE reference_territory IS
    'Territories that a factor or a stock reference may be limited to. Add your own (communes, EPCI) as rows; those that came with the extension cannot be changed.';
COMMENT ON COLUMN reference_territory.code IS
    'Unique code: INSEE for a commune or an IRIS, SIREN for an EPCI, FR-17 for a department, FR-NAQ for a region, FR for the country, a prefixed code for a zone (ZPC_4_1).';
COMMENT ON COLUMN reference_territory.level IS
    'One of territory_level.';
COMMENT ON COLUMN reference_territory.name IS 'Name for readers.';
COMMENT ON COLUMN reference_territory.shipped IS 'Came with the extension.';

CREATE TABLE reference_territory_parent (
    code        text NOT NULL REFERENCES reference_territory ON UPDATE CASCADE ON DELETE CASCADE,
    parent_code text NOT NULL REFERENCES reference_territory ON UPDATE CASCADE,
    shipped     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (code, parent_code),
    CHECK (code <> parent_code)
);
COMMENT ON TABLE reference_territory_parent IS
    'What a territory is part of. A commune may have several parents: its EPCI, its department, its pedoclimatic zone, its forest zone.';
COMMENT ON COLUMN reference_territory_parent.code IS 'The part.';
COMMENT ON COLUMN reference_territory_parent.parent_code IS 'A whole it is part of.';
COMMENT ON COLUMN reference_territory_parent.shipped IS 'Came with the extension.';

CREATE FUNCTION territory_chain(territory_code text, OUT code text, OUT level text, OUT place int)
    RETURNS SETOF record
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10 ROWS 8
    AS 'MODULE_PATHNAME', 'territory_chain';
COMMENT ON FUNCTION territory_chain(text) IS
    'The territory and everything it is part of, the most specific first (place 1), in the order of territory_level; at one level, the nearest first. Nothing for a territory that reference_territory does not know.';

INSERT INTO reference_territory (code, level, name, shipped) VALUES
    ('FR', 'country', 'France', true),
    ('FR-ARA', 'region', 'Auvergne-Rhône-Alpes', true),
    ('FR-BFC', 'region', 'Bourgogne-Franche-Comté', true),
    ('FR-BRE', 'region', 'Bretagne', true),
    ('FR-COR', 'region', 'Corse', true),
    ('FR-CVL', 'region', 'Centre-Val de Loire', true),
    ('FR-GES', 'region', 'Grand Est', true),
    ('FR-HDF', 'region', 'Hauts-de-France', true),
    ('FR-IDF', 'region', 'Île-de-France', true),
    ('FR-NAQ', 'region', 'Nouvelle-Aquitaine', true),
    ('FR-NOR', 'region', 'Normandie', true),
    ('FR-OCC', 'region', 'Occitanie', true),
    ('FR-PAC', 'region', 'Provence-Alpes-Côte d''Azur', true),
    ('FR-PDL', 'region', 'Pays de la Loire', true);

INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT code, 'FR', true
    FROM reference_territory
    WHERE level = 'region';

WITH department (number, name, region) AS (VALUES
    ('01', 'Ain', 'ARA'), ('02', 'Aisne', 'HDF'), ('03', 'Allier', 'ARA'),
    ('04', 'Alpes-de-Haute-Provence', 'PAC'), ('05', 'Hautes-Alpes', 'PAC'),
    ('06', 'Alpes-Maritimes', 'PAC'), ('07', 'Ardèche', 'ARA'), ('08', 'Ardennes', 'GES'),
    ('09', 'Ariège', 'OCC'), ('10', 'Aube', 'GES'), ('11', 'Aude', 'OCC'),
    ('12', 'Aveyron', 'OCC'), ('13', 'Bouches-du-Rhône', 'PAC'), ('14', 'Calvados', 'NOR'),
    ('15', 'Cantal', 'ARA'), ('16', 'Charente', 'NAQ'), ('17', 'Charente-Maritime', 'NAQ'),
    ('18', 'Cher', 'CVL'), ('19', 'Corrèze', 'NAQ'), ('2A', 'Corse-du-Sud', 'COR'),
    ('2B', 'Haute-Corse', 'COR'), ('21', 'Côte-d''Or', 'BFC'), ('22', 'Côtes-d''Armor', 'BRE'),
    ('23', 'Creuse', 'NAQ'), ('24', 'Dordogne', 'NAQ'), ('25', 'Doubs', 'BFC'),
    ('26', 'Drôme', 'ARA'), ('27', 'Eure', 'NOR'), ('28', 'Eure-et-Loir', 'CVL'),
    ('29', 'Finistère', 'BRE'), ('30', 'Gard', 'OCC'), ('31', 'Haute-Garonne', 'OCC'),
    ('32', 'Gers', 'OCC'), ('33', 'Gironde', 'NAQ'), ('34', 'Hérault', 'OCC'),
    ('35', 'Ille-et-Vilaine', 'BRE'), ('36', 'Indre', 'CVL'), ('37', 'Indre-et-Loire', 'CVL'),
    ('38', 'Isère', 'ARA'), ('39', 'Jura', 'BFC'), ('40', 'Landes', 'NAQ'),
    ('41', 'Loir-et-Cher', 'CVL'), ('42', 'Loire', 'ARA'), ('43', 'Haute-Loire', 'ARA'),
    ('44', 'Loire-Atlantique', 'PDL'), ('45', 'Loiret', 'CVL'), ('46', 'Lot', 'OCC'),
    ('47', 'Lot-et-Garonne', 'NAQ'), ('48', 'Lozère', 'OCC'), ('49', 'Maine-et-Loire', 'PDL'),
    ('50', 'Manche', 'NOR'), ('51', 'Marne', 'GES'), ('52', 'Haute-Marne', 'GES'),
    ('53', 'Mayenne', 'PDL'), ('54', 'Meurthe-et-Moselle', 'GES'), ('55', 'Meuse', 'GES'),
    ('56', 'Morbihan', 'BRE'), ('57', 'Moselle', 'GES'), ('58', 'Nièvre', 'BFC'),
    ('59', 'Nord', 'HDF'), ('60', 'Oise', 'HDF'), ('61', 'Orne', 'NOR'),
    ('62', 'Pas-de-Calais', 'HDF'), ('63', 'Puy-de-Dôme', 'ARA'),
    ('64', 'Pyrénées-Atlantiques', 'NAQ'), ('65', 'Hautes-Pyrénées', 'OCC'),
    ('66', 'Pyrénées-Orientales', 'OCC'), ('67', 'Bas-Rhin', 'GES'), ('68', 'Haut-Rhin', 'GES'),
    ('69', 'Rhône', 'ARA'), ('70', 'Haute-Saône', 'BFC'), ('71', 'Saône-et-Loire', 'BFC'),
    ('72', 'Sarthe', 'PDL'), ('73', 'Savoie', 'ARA'), ('74', 'Haute-Savoie', 'ARA'),
    ('75', 'Paris', 'IDF'), ('76', 'Seine-Maritime', 'NOR'), ('77', 'Seine-et-Marne', 'IDF'),
    ('78', 'Yvelines', 'IDF'), ('79', 'Deux-Sèvres', 'NAQ'), ('80', 'Somme', 'HDF'),
    ('81', 'Tarn', 'OCC'), ('82', 'Tarn-et-Garonne', 'OCC'), ('83', 'Var', 'PAC'),
    ('84', 'Vaucluse', 'PAC'), ('85', 'Vendée', 'PDL'), ('86', 'Vienne', 'NAQ'),
    ('87', 'Haute-Vienne', 'NAQ'), ('88', 'Vosges', 'GES'), ('89', 'Yonne', 'BFC'),
    ('90', 'Territoire de Belfort', 'BFC'), ('91', 'Essonne', 'IDF'),
    ('92', 'Hauts-de-Seine', 'IDF'), ('93', 'Seine-Saint-Denis', 'IDF'),
    ('94', 'Val-de-Marne', 'IDF'), ('95', 'Val-d''Oise', 'IDF')
), added AS (
    INSERT INTO reference_territory (code, level, name, shipped)
        SELECT 'FR-' || number, 'department', name, true
        FROM department
)
INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT 'FR-' || number, 'FR-' || region, true
    FROM department;

-- Pedoclimatic zones of the soil quality network (GIS Sol), as ALDO numbers them.
WITH zone (number) AS (VALUES
    ('1_1'), ('1_2'), ('1_3'), ('2_1'), ('2_2'), ('2_3'), ('3_1'),
    ('3_2'), ('3_3'), ('4_1'), ('4_2'), ('4_3'), ('5_1'), ('5_3')
), added AS (
    INSERT INTO reference_territory (code, level, name, shipped)
        SELECT 'ZPC_' || number, 'zone', 'Pedoclimatic zone ' || number, true
        FROM zone
)
INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT 'ZPC_' || number, 'FR', true
    FROM zone;

-- Great ecological regions (GRECO) of the national forest inventory (IGN).
WITH zone (letter, name) AS (VALUES
    ('A', 'Grand Ouest cristallin et océanique'),
    ('B', 'Centre Nord semi-océanique'),
    ('C', 'Grand Est semi-continental'),
    ('D', 'Vosges'),
    ('E', 'Jura'),
    ('F', 'Sud-Ouest océanique'),
    ('G', 'Massif central'),
    ('H', 'Alpes'),
    ('I', 'Pyrénées'),
    ('J', 'Méditerranée'),
    ('K', 'Corse')
), added AS (
    INSERT INTO reference_territory (code, level, name, shipped)
        SELECT 'GRECO_' || letter, 'zone', 'Great ecological region: ' || name, true
        FROM zone
)
INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT 'GRECO_' || letter, 'FR', true
    FROM zone;

-- Groups of forest ecological regions (IGN): letter of the great region, number.
WITH zone (code, parent) AS (
    SELECT letter || member, letter
    FROM (VALUES
        ('A', '1X'), ('B', '3456789X'), ('C', '12345'), ('D', '1'), ('E', '12'), ('F', '12345'),
        ('G', '123456789'), ('H', '1234'), ('I', '12'), ('J', 'X'), ('K', '1')
    ) AS great (letter, members), regexp_split_to_table(members, '') AS member
), added AS (
    INSERT INTO reference_territory (code, level, name, shipped)
        SELECT 'SER_' || code, 'zone', 'Group of forest ecological regions ' || code, true
        FROM zone
)
INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT 'SER_' || code, 'GRECO_' || parent, true
    FROM zone;

WITH zone (code, name) AS (VALUES
    ('NORD', 'Nord'), ('NORD_EST', 'Nord-Est'), ('NORD_OUEST', 'Nord-Ouest'), ('SUD', 'Sud')
), added AS (
    INSERT INTO reference_territory (code, level, name, shipped)
        SELECT 'POPLAR_' || code, 'zone', 'Poplar basin ' || name, true
        FROM zone
)
INSERT INTO reference_territory_parent (code, parent_code, shipped)
    SELECT 'POPLAR_' || code, 'FR', true
    FROM zone;

SELECT pg_catalog.pg_extension_config_dump('reference_territory', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('reference_territory_parent', 'WHERE NOT shipped');

CREATE FUNCTION terrcarbon_internal.guard_recorded_rows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF OLD.superseded_at IS NULL
       AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a recorded figure cannot be changed'
        USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('Table "%s", row %s.', TG_TABLE_NAME, OLD.id),
            HINT = 'Set superseded_at = now() on the old row and insert a new one: what was published stays reproducible.';
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.guard_recorded_rows() IS
    'Trigger: a figure can only be superseded, not changed. Error 55000.';

-- What each backend remembers of the catalogues must be read again.
CREATE FUNCTION terrcarbon_internal.catalogue_changed() RETURNS trigger
    LANGUAGE C
    AS 'MODULE_PATHNAME', 'catalogue_changed';
COMMENT ON FUNCTION terrcarbon_internal.catalogue_changed() IS
    'Trigger: tells every backend that a catalogue of factors or references changed.';

CREATE FUNCTION known_at() RETURNS timestamptz
    LANGUAGE C STABLE PARALLEL SAFE COST 1
    AS 'MODULE_PATHNAME', 'known_at';
COMMENT ON FUNCTION known_at() IS
    'The moment whose knowledge look-ups of factors and stock references use: the one set by as_known, else infinity (all that is known now).';

CREATE FUNCTION as_known(moment timestamptz) RETURNS timestamptz
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1
    AS 'MODULE_PATHNAME', 'as_known';
COMMENT ON FUNCTION as_known(timestamptz) IS
    'Until the end of the transaction, look-ups of factors and stock references use what was recorded and not yet superseded at this moment, which reproduces a published figure. NULL returns to the present. The setting terrcarbon.as_known does the same for a session.';

GRANT SELECT ON reference_territory, reference_territory_parent TO PUBLIC;
