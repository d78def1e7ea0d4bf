-- Files of national producers in France.  Columns are named as the producers name them;
-- what a class of one nomenclature answers to in another is this project's reading.

INSERT INTO source_mapping (code, target, mapping, name, note, source, shipped)
    SELECT format('clc_%s', v.year), 'land_cover',
           jsonb_build_object('nomenclature', '{"value": "CLC"}'::jsonb, 'year', jsonb_build_object('value', v.year),
               'code', jsonb_build_object('column', to_jsonb(ARRAY[format('code_%s', v.suffix), 'code_clc', 'clc_code']))),
           format('CORINE Land Cover %s', v.year), NULL,
           'Copernicus Land Monitoring Service, CORINE Land Cover: one column CODE_yy for each vintage; SDES for France', true
    FROM (VALUES (1990, '90'), (2000, '00'), (2006, '06'), (2012, '12'), (2018, '18')) AS v (year, suffix);

INSERT INTO source_mapping (code, target, mapping, name, note, source, shipped) VALUES
('ocsge', 'land_cover', $json${
    "nomenclature": {"value": "ALDO"},
    "year": {"column": ["millesime", "annee"], "optional": true},
    "code": {"columns": ["code_cs", "code_us"], "codes": {
        "CS1.1*": "sols_artificiels_impermeabilises",
        "CS1.2.2*": "zones_humides",
        "CS2.1.1.1*": "foret_feuillu", "CS2.1.1.2*": "foret_conifere", "CS2.1.1.3*": "foret_mixte",
        "CS2.1.1.1 US2*": "sols_artificiels_arbores", "CS2.1.1.2 US2*": "sols_artificiels_arbores", "CS2.1.1.3 US2*": "sols_artificiels_arbores",
        "CS2.1.1.1 US3*": "sols_artificiels_arbores", "CS2.1.1.2 US3*": "sols_artificiels_arbores", "CS2.1.1.3 US3*": "sols_artificiels_arbores",
        "CS2.1.1.1 US4*": "sols_artificiels_arbores", "CS2.1.1.2 US4*": "sols_artificiels_arbores", "CS2.1.1.3 US4*": "sols_artificiels_arbores",
        "CS2.1.1.1 US5*": "sols_artificiels_arbores", "CS2.1.1.2 US5*": "sols_artificiels_arbores", "CS2.1.1.3 US5*": "sols_artificiels_arbores",
        "CS2.1.2*": "prairies_arbustives",
        "CS2.1.2 US2*": "sols_artificiels_arbustifs", "CS2.1.2 US3*": "sols_artificiels_arbustifs",
        "CS2.1.2 US4*": "sols_artificiels_arbustifs", "CS2.1.2 US5*": "sols_artificiels_arbustifs",
        "CS2.1.3*": "vignes",
        "CS2.2.1 US2*": "sols_artificiels_arbustifs", "CS2.2.1 US3*": "sols_artificiels_arbustifs",
        "CS2.2.1 US4*": "sols_artificiels_arbustifs", "CS2.2.1 US5*": "sols_artificiels_arbustifs",
        "CS2.2.1 US1.2*": "prairies_herbacees", "CS2.2.1 US6*": "prairies_herbacees"}}}$json$,
    'OCS GE, cover and use', 'Herbaceous land in agricultural use (CS2.2.1 US1.1) is field or meadow, and bare ground (CS1.2.1) has no reference: both keep their code and have no carbon; take fields and meadows from the RPG. The year is of the file',
    'IGN, OCS GE, nomenclatures of cover and use (tables of codes of the CNIG)', true),
('rpg', 'land_cover', $json${
    "nomenclature": {"value": "ALDO"},
    "code": {"column": "code_group", "codes": {"1": "cultures", "2": "cultures", "3": "cultures", "4": "cultures", "5": "cultures", "6": "cultures", "7": "cultures",
        "8": "cultures", "9": "cultures", "11": "cultures", "14": "cultures", "15": "cultures", "16": "cultures", "17": "prairies_arbustives",
        "18": "prairies_herbacees", "19": "prairies_herbacees", "20": "vergers", "21": "vignes", "22": "vergers", "23": "vergers", "24": "cultures",
        "25": "cultures", "26": "cultures", "28": "cultures"}}}$json$,
    'RPG, crop groups of parcels', 'Give the year of the campaign. Groups that are not listed keep their number', 'IGN and ASP, Registre parcellaire graphique, groups of crops (CODE_GROUP)', true),
('bdforet', 'land_cover', $json${
    "nomenclature": {"value": "ALDO"},
    "code": {"column": ["code_tfv", "tfv"], "codes": {"FF1*": "foret_feuillu", "FF2*": "foret_conifere", "FF3*": "foret_mixte",
        "FO1*": "foret_feuillu", "FO2*": "foret_conifere", "FO3*": "foret_mixte", "FF0*": "foret", "FO0*": "foret",
        "FP*": "foret_peupleraie", "LA4*": "prairies_arbustives", "LA6*": "prairies_herbacees"}}}$json$,
    'BD Forêt version 2, vegetation types', 'Give the year, which differs by department', 'IGN, BD Forêt version 2, CODE_TFV', true),
('wetland_inventory', 'land_cover', $json${"nomenclature": {"value": "ALDO"}, "code": {"value": "zones_humides"}}$json$,
    'Inventory of wetlands: every polygon is one', 'Give the year. For EUNIS habitats, map code to their column and nomenclature to EUNIS', 'SDAGE and SAGE inventories; ALDO has one class of wetland', true),
('bdtopo_building', 'building', $json${
    "name": {"column": ["cleabs", "id"], "optional": true},
    "sector": {"column": ["usage_1", "usage1"], "codes": {"Résidentiel": "residential", "Commercial et services": "tertiary", "Sportif": "tertiary",
        "Religieux": "tertiary", "Industriel": "industry", "Agricole": "agriculture", "Indifférencié": null, "Annexe": null}},
    "floors": {"column": ["nombre_d_etages", "nb_etages"], "codes": {"0": null}, "optional": true},
    "height_m": {"column": "hauteur", "codes": {"0": null}},
    "year_built": {"column": ["date_d_apparition", "date_app"], "optional": true},
    "altitude_m": {"column": ["altitude_minimale_sol", "z_min_sol"], "optional": true},
    "use": {"columns": ["usage_1", "nombre_de_logements"], "codes": {"Résidentiel 0": null, "Résidentiel 1": "house", "Résidentiel *": "apartment", "*": null}, "optional": true},
    "unit": null}$json$,
    'BD TOPO version 3, buildings', 'Give year_from. A use that is not told (Indifférencié, Annexe) is the default of the table, residential. A height of 0 is one that is not known. Energy is not in it: give heating and climate_zone, or what else is known, and buildings take an archetype. A dwelling alone is a house; shapefiles call their number NB_LOGTS',
    'IGN, BD TOPO version 3, class Bâtiment: USAGE1, NB_ETAGES, HAUTEUR in shapefiles, usage_1, nombre_d_etages, hauteur in GeoPackages', true),
('bdtopo_vegetation', 'land_cover', $json${
    "nomenclature": {"value": "ALDO"},
    "code": {"column": "nature", "codes": {"Forêt fermée de feuillus": "foret_feuillu", "Forêt fermée de conifères": "foret_conifere", "Forêt fermée mixte": "foret_mixte",
        "Forêt ouverte": "foret", "Bois": "foret", "Peupleraie": "foret_peupleraie", "Haie": "haies", "Lande ligneuse": "prairies_arbustives",
        "Verger": "vergers", "Vigne": "vignes"}}}$json$,
    'BD TOPO version 3, vegetation', 'Give the year. It leaves out what has no woody plants, so it is no map of all the ground: beside one, the ground would count twice',
    'IGN, BD TOPO version 3, class Zone de végétation, NATURE', true),
('bdtopo_road', 'road_segment', $json${
    "name": {"column": ["cpx_numero", "numero", "nom_1_gauche", "nom_1_g", "id", "cleabs"], "optional": true},
    "aadt": null, "unit": null}$json$,
    'BD TOPO version 3, roads', 'Give year_from. Traffic is not in it', 'IGN, BD TOPO version 3, class Tronçon de route', true),
('tmja', 'road_segment', $json${
    "name": {"column": "route", "optional": true}, "aadt": "tmja", "year_from": {"column": ["annee_mesure", "anneemesuretrafic"], "optional": true}}$json$,
    'Traffic of national roads (TMJA)', 'Lines are those of the file, or straight between its points. RATIO_PL is printed without its decimal comma on some rows',
    'Ministry of transport, data.gouv.fr, Trafic moyen journalier annuel sur le réseau routier national', true),
('enedis', 'activity', $json${
    "territory_code": "code_commune", "year": "annee", "quantity": {"column": ["conso_totale_mwh", "conso"]}, "unit": {"value": "MWh"}, "factor": {"value": "electricity"},
    "sector": {"column": "code_grand_secteur", "codes": {"RESIDENTIEL": "residential", "TERTIAIRE": "tertiary", "INDUSTRIE": "industry", "AGRICULTURE": "agriculture",
        "R": "residential", "T": "tertiary", "I": "industry", "A": "agriculture"}}}$json$,
    'Electricity sold by commune and sector, Enedis', 'What has no sector (INCONNU) is refused: state it or leave it out. MWh of what secrecy hides are not in it',
    'Enedis, open data, Consommation annuelle d''électricité par secteur d''activité et commune', true),
('local_energy', 'activity', $json${
    "territory_code": "code_commune", "year": "annee", "quantity": {"column": ["conso", "consototale"]},
    "sector": {"column": "code_grand_secteur", "codes": {"RESIDENTIEL": "residential", "TERTIAIRE": "tertiary", "INDUSTRIE": "industry", "AGRICULTURE": "agriculture",
        "R": "residential", "T": "tertiary", "I": "industry", "A": "agriculture"}},
    "factor": {"column": "filiere", "codes": {"E": "electricity", "Electricité": "electricity", "Électricité": "electricity", "G": "natural_gas", "Gaz": "natural_gas"}},
    "unit": {"column": "filiere", "codes": {"E": "MWh", "Electricité": "MWh", "Électricité": "MWh", "G": "MWh HHV", "Gaz": "MWh HHV"}}}$json$,
    'Electricity and gas sold by commune and sector (GRDF, GRTgaz, Enedis and others)', 'Gas is in MWh of the higher heating value. What has no sector is refused',
    'SDES, Données locales de consommation d''énergie, and Agence ORE: annee, filiere, code_grand_secteur, conso (MWh)', true),
('dpe', 'activity', $json${
    "territory_code": "code_insee_ban", "sector": {"value": "residential"}, "year": "date_etablissement_dpe", "unit_key": {"column": ["numero_dpe", "n_dpe"]},
    "quantity": {"column": ["conso_5_usages_ef_energie_n1", "conso_5_usages_e_finale_energie_n_1"]},
    "factor": {"column": ["type_energie_n1", "type_energie_n_1"], "codes": {"Électricité": "electricity", "Électricité d*origine renouvelable*": "dpe.electricity_solar",
        "Gaz naturel": "dpe.natural_gas", "Fioul domestique": "dpe.heating_oil",
        "Charbon": "dpe.coal", "GPL": "dpe.lpg", "Propane": "dpe.lpg", "Butane": "dpe.lpg", "Bois * B*ches": "dpe.wood_logs", "Bois * Granul*": "dpe.wood_pellets",
        "Bois * Plaquettes foresti*": "dpe.wood_chips_forest", "Bois * Plaquettes d*": "dpe.wood_chips_industry", "Réseau de Chauffage urbain": "dpe.district_heat",
        "Réseau de chauffage urbain": "dpe.district_heat"}},
    "unit": {"column": ["type_energie_n1", "type_energie_n_1"], "codes": {"Électricité*": "kWh", "Réseau*": "kWh", "Gaz naturel": "kWh LHV", "Fioul domestique": "kWh LHV", "Charbon": "kWh LHV",
        "GPL": "kWh LHV", "Propane": "kWh LHV", "Butane": "kWh LHV", "Bois*": "kWh LHV", "autre combustible fossile": "kWh LHV"}}}$json$,
    'Energy performance certificates of dwellings (DPE), first energy', 'Computed for usual weather and use, and only some dwellings have one: an account by certificates alone lacks the others. A certificate is one dwelling or a whole building, whose dwellings may have theirs beside it: leave one of them out, and what is there twice or replaced. Energies n2 and n3 are rows of their own: dpe_2, dpe_3',
    'ADEME, data.ademe.fr, DPE Logements existants and neufs, by the names of columns since 2025 (type_energie_n1) and before (Type_énergie_n°1): final energy in kWh of the lower heating value', true);

-- The second and third energy of a certificate.
INSERT INTO source_mapping (code, target, mapping, name, note, source, shipped)
    SELECT 'dpe_' || n, m.target, regexp_replace(m.mapping::text, '(energie_n_?)1', '\1' || n, 'g')::jsonb,
           replace(m.name, 'first', CASE n WHEN 2 THEN 'second' ELSE 'third' END),
           'Deposit the certificates that have one: WHERE type_energie_n' || n || ' IS NOT NULL', m.source, true
    FROM source_mapping m
    CROSS JOIN generate_series(2, 3) AS n
    WHERE m.code = 'dpe';

-- Crops by the codes that farmers declare; those that are not listed are of several kinds.
INSERT INTO source_mapping (code, target, mapping, name, note, source, shipped)
    SELECT 'rpg_crop', 'land_cover', jsonb_build_object('nomenclature', '{"value": "ALDO"}'::jsonb,
               'code', jsonb_build_object('column', '["code_cultu", "type"]'::jsonb, 'codes', jsonb_object_agg(c.code, v.class))),
           'RPG, declared crops of parcels', 'Give the year of the campaign. Crops that are not listed keep their code and have no reference',
           'IGN and ASP, Registre parcellaire graphique, codes of crops (CODE_CULTU); classes as those of their groups', true
    FROM (VALUES
        ('prairies_herbacees', 'BRO DTY FET FLO GFP MLG PAT PPH PRL PTR RGA SIN XFE'),
        ('prairies_arbustives', 'SPH SPL'),
        ('vignes', 'VRC VRN VRT'),
        ('vergers', 'AGR CBT CTG NOS NOX OLI PIS PRU PVT PWT VRG'),
        ('cultures', 'AFG AIL ARA ART AUB AVH AVP BDH BDP BDT BTH BTN BTP BVF CAF CAG CAH CCN CCT CEL CES CGF CGH CGO CGP CGS CHA CHF CHH
        CHS CHT CHU CHV CMB CML CPA CPH CPL CPS CPT CPZ CRN CRS CZH CZP DOL EPE FAG FEV FF5 FF6 FF7 FF8 FFO FSG FVL FVP FVT
        GES HAR J5M J6P J6S JAC JNO JO5 JO6 JO7 JO8 JOD JOS LBF LDH LDP LDT LEC LEF LFH LFP LH5 LH6 LH7 LH8 LIF LIH LIP LO7
        LO8 LOT LP5 LP6 LP7 LP8 LU5 LU6 LU7 LU8 LUD LUZ MAC MC5 MC6 MC7 MC8 MCR MCS ME5 ME6 ME7 ME8 MED MEL MH5 MH6 MH7 MI7
        MI8 MID MIE MIN MIS ML5 ML6 ML7 ML8 MLC MLD MLF MLO MLS MLT MOH MOL MOT MPC MPP MPT NVE NVF NVH NVT NYG OAG OEH OEI
        OHN OHR OIG OPN OPR ORH ORP PAG PAN PAS PCH PFH PFP PH5 PH6 PH7 PH8 PHF PHI PHS POR POT PP5 PP6 PP7 PP8 PPO PPR PPT
        PTC PTF PVP RDF RDI RIZ ROQ RUT SA5 SA6 SA7 SA8 SAD SAI SE5 SE6 SE7 SE8 SED SER SFI SGH SGP SOG SOJ SRS TAB TOM TOP
        TOT TR5 TR6 TR7 TR8 TRD TRE TRN TTH TTP VE5 VE6 VE7 VE8 VED VES')
    ) AS v (class, codes)
    CROSS JOIN LATERAL regexp_split_to_table(v.codes, '\s+') AS c (code);
