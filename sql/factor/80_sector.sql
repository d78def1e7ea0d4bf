-- Sectors of an account, and how they answer to the GPC.

CREATE TABLE sector (
    code    text PRIMARY KEY CHECK (code <> ''),
    name    text NOT NULL,
    name_fr text NOT NULL,
    place   int NOT NULL UNIQUE,
    note    text,
    aliases text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE sector IS
    'Sectors: the eight of French climate plans (PCAET, arrêté of 4 August 2016) and land (UTCATF).';
COMMENT ON COLUMN sector.code IS 'What tables call it.';
COMMENT ON COLUMN sector.name IS 'Name in English.';
COMMENT ON COLUMN sector.name_fr IS 'Name in the regulation.';
COMMENT ON COLUMN sector.place IS 'Order in tables and charts.';
COMMENT ON COLUMN sector.note IS 'What it leaves out.';
COMMENT ON COLUMN sector.aliases IS 'Other names, in French and English, that a deposit takes for it; case, accents and signs aside.';

INSERT INTO sector (place, code, name, name_fr, note) VALUES
    (1, 'residential', 'Residential', 'Résidentiel', NULL),
    (2, 'tertiary', 'Tertiary', 'Tertiaire', NULL),
    (3, 'road_transport', 'Road transport', 'Transport routier', NULL),
    (4, 'other_transport', 'Other transport', 'Autres transports', NULL),
    (5, 'agriculture', 'Agriculture', 'Agriculture', NULL),
    (6, 'waste', 'Waste', 'Déchets', NULL),
    (7, 'industry', 'Industry, energy industries aside', 'Industrie hors branche énergie', NULL),
    (8, 'energy', 'Energy industries', 'Branche énergie',
        'Greenhouse gases without those of making electricity, heat and cold, which count where these are used'),
    (9, 'land', 'Land use, land-use change and forestry', 'UTCATF', 'Not one of the eight; shown beside them');
-- None that could be of two sectors, such as Transports or Bâtiments.
UPDATE sector SET aliases = a.aliases
FROM (VALUES
    ('residential', '{Logement,Logements,Habitat,Résidentiels,Secteur résidentiel,Ménages,Housing,Households,Dwellings,Residential buildings}'::text[]),
    ('tertiary', '{Secteur tertiaire,Services,Bâtiments tertiaires,Tertiary buildings,Commercial and institutional,Commercial et institutionnel}'),
    ('road_transport', '{Transports routiers,Transport (routier),Transport par route,Circulation routière,Road,Road traffic,Road transportation}'),
    ('other_transport', '{Autre transport,Transports non routiers,Transport non routier,Transports hors route,Transports autres que routier,Non-road transport,Other transports,Other transportation}'),
    ('agriculture', '{Agricole,Secteur agricole,Farming}'),
    ('waste', '{Déchet,Traitement des déchets,Gestion des déchets,Secteur déchets,Waste management,Waste treatment}'),
    ('industry', '{Industrie,Industries,Industriel,Secteur industriel,Industrie manufacturière,Industrie (hors énergie),Industrie hors énergie,Manufacturing,Manufacturing industry}'),
    ('energy', '{Énergie,Secteur énergétique,Industrie de l''énergie,Industries de l''énergie,Production d''énergie,Transformation d''énergie,Energy industry,Energy supply,Energy production}'),
    ('land', '{LULUCF,Land use,Utilisation des terres,Changement d''affectation des sols}')
) AS a (code, aliases) WHERE a.code = sector.code;

CREATE TABLE gpc_reference (
    ref             text PRIMARY KEY,
    sector          text NOT NULL,
    subsector       text NOT NULL,
    scope           int NOT NULL CHECK (scope IN (1, 2, 3)),
    reporting_level text NOT NULL CHECK (reporting_level IN ('basic', 'basic+', 'territorial', 'other'))
);
COMMENT ON TABLE gpc_reference IS
    'Lines of the Global Protocol for Community-Scale Greenhouse Gas Inventories, version 1.1.';
COMMENT ON COLUMN gpc_reference.ref IS 'Reference number of the line.';
COMMENT ON COLUMN gpc_reference.sector IS 'Sector of the protocol.';
COMMENT ON COLUMN gpc_reference.subsector IS 'Sub-sector of the protocol.';
COMMENT ON COLUMN gpc_reference.scope IS '1: emitted inside the boundary; 2: grid energy used inside; 3: emitted outside because of what happens inside.';
COMMENT ON COLUMN gpc_reference.reporting_level IS 'Totals that count the line: basic, basic+ (basic counts there too), territorial only, or other.';

INSERT INTO gpc_reference (ref, sector, subsector, scope, reporting_level)
    SELECT ref, CASE split_part(ref, '.', 1)
               WHEN 'I' THEN 'Stationary Energy'
               WHEN 'II' THEN 'Transportation'
               WHEN 'III' THEN 'Waste'
               WHEN 'IV' THEN 'Industrial Processes and Product Uses (IPPU)'
               WHEN 'V' THEN 'Agriculture, Forestry, and Other Land Use (AFOLU)'
               ELSE 'Other Scope 3'
           END, subsector, scope, reporting_level
    FROM (
        -- Every use of energy has one line a scope.
        SELECT part || '.' || scope AS ref, subsector, scope,
               CASE WHEN scope = 3 THEN 'basic+' ELSE 'basic' END AS reporting_level
        FROM (VALUES
            ('I.1', 'Residential buildings', 3),
            ('I.2', 'Commercial and institutional buildings and facilities', 3),
            ('I.3', 'Manufacturing industries and construction', 3),
            ('I.4', 'Energy industries', 3),
            ('I.5', 'Agriculture, forestry and fishing activities', 3),
            ('I.6', 'Non-specified sources', 3),
            ('I.7', 'Fugitive emissions from mining, processing, storage, and transportation of coal', 1),
            ('I.8', 'Fugitive emissions from oil and natural gas systems', 1),
            ('II.1', 'On-road transportation', 3),
            ('II.2', 'Railways', 3),
            ('II.3', 'Waterborne navigation', 3),
            ('II.4', 'Aviation', 3),
            ('II.5', 'Off-road transportation', 2)
        ) AS energy (part, subsector, scopes), generate_series(1, scopes) AS scope
      UNION ALL
        -- Waste: made and treated inside; made inside, treated outside; brought in.
        SELECT part || '.' || line, subsector, scope, reporting_level
        FROM (VALUES
            ('III.1', 'Solid waste disposal'),
            ('III.2', 'Biological treatment of waste'),
            ('III.3', 'Incineration and open burning'),
            ('III.4', 'Wastewater treatment and discharge')
        ) AS waste (part, subsector),
        (VALUES (1, 1, 'basic'), (2, 3, 'basic'), (3, 1, 'territorial')) AS line (line, scope, reporting_level)
      UNION ALL
        SELECT * FROM (VALUES
            ('I.4.4', 'Energy industries', 1, 'territorial'),
            ('IV.1', 'Emissions from industrial processes occurring within the city boundary', 1, 'basic+'),
            ('IV.2', 'Emissions from product use occurring within the city boundary', 1, 'basic+'),
            ('V.1', 'Emissions from livestock within the city boundary', 1, 'basic+'),
            ('V.2', 'Emissions from land within the city boundary', 1, 'basic+'),
            ('V.3', 'Emissions from aggregate sources and non-CO2 emission sources on land within the city boundary', 1, 'basic+'),
            ('VI.1', 'Other Scope 3', 3, 'other')
        ) AS single
    ) AS line (ref, subsector, scope, reporting_level);

CREATE TABLE sector_gpc (
    sector  text NOT NULL REFERENCES sector,
    gpc_ref text NOT NULL UNIQUE REFERENCES gpc_reference,
    PRIMARY KEY (sector, gpc_ref)
);
COMMENT ON TABLE sector_gpc IS
    'Which GPC lines a sector answers to. A line belongs to one sector, so that nothing counts twice. Lines of no sector: I.6 (non-specified) and VI.1 (other scope 3). A sector and a scope may answer to several lines: which of them is for the account to say.';
COMMENT ON COLUMN sector_gpc.sector IS 'The sector.';
COMMENT ON COLUMN sector_gpc.gpc_ref IS 'The GPC line.';

INSERT INTO sector_gpc (sector, gpc_ref)
    SELECT part.sector, r.ref
    FROM (VALUES
        ('residential', 'I.1'), ('tertiary', 'I.2'), ('industry', 'I.3'), ('industry', 'IV'),
        ('energy', 'I.4'), ('energy', 'I.7'), ('energy', 'I.8'), ('agriculture', 'I.5'),
        ('agriculture', 'V.1'), ('agriculture', 'V.3'), ('land', 'V.2'), ('waste', 'III'),
        ('road_transport', 'II.1'), ('other_transport', 'II.2'), ('other_transport', 'II.3'),
        ('other_transport', 'II.4'), ('other_transport', 'II.5')
    ) AS part (sector, prefix)
    JOIN gpc_reference r ON r.ref = part.prefix OR r.ref LIKE part.prefix || '.%';

GRANT SELECT ON sector, gpc_reference, sector_gpc TO PUBLIC;
