-- Import of the Base Carbone: hand-made lines under its real header.
SET search_path = terrcarbon, public;
\pset null NULL

SELECT n, terrcarbon_internal.decimal_comma(n)
FROM unnest(ARRAY['1234,5', '1 234,5', '1 234.5', '-0,03', '1e-3', ' ', '', 'douze', '1,2,3', '-', ',', '5,', '5,92E-3', 'Infinity', 'NaN', '0x10', NULL]) AS n;

BEGIN;
CREATE TEMP TABLE staging OF base_carbone_line;
COPY staging FROM stdin (FORMAT csv, HEADER MATCH, DELIMITER ';');
Type Ligne;Identifiant de l'élément;Structure;Type de l'élément;Statut de l'élément;Nom base français;Nom base anglais;Nom base espagnol;Nom attribut français;Nom attribut anglais;Nom attribut espagnol;Nom frontière français;Nom frontière anglais;Nom frontière espagnol;Code de la catégorie;Tags français;Tags anglais;Tags espagnol;Unité français;Unité anglais;Unité espagnol;Contributeur;Autres Contributeurs;Programme;Url du programme;Source;Localisation géographique;Sous-localisation géographique français;Sous-localisation géographique anglais;Sous-localisation géographique espagnol;Date de création;Date de modification;Période de validité;Incertitude;Réglementations;Transparence;Qualité;Qualité TeR;Qualité GR;Qualité TiR;Qualité C;Qualité P;Qualité M;Commentaire français;Commentaire anglais;Commentaire espagnol;Type poste;Nom poste français;Nom poste anglais;Nom poste espagnol;Total poste non décomposé;CO2f;CH4f;CH4b;N2O;Code gaz supplémentaire 1;Valeur gaz supplémentaire 1;Code gaz supplémentaire 2;Valeur gaz supplémentaire 2;Code gaz supplémentaire 3;Valeur gaz supplémentaire 3;Code gaz supplémentaire 4;Valeur gaz supplémentaire 4;Code gaz supplémentaire 5;Valeur gaz supplémentaire 5;Autres GES;CO2b
Elément;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;2023;;;"mix moyen; ""France""";;;Combustibles > Fossiles > Gazeux;;;;kgCO2e/kWh PCI;;;;;;;CITEPA;France continentale;;;;;2023-10-01;Décembre 2024;5;;;;;;;;;;;;;;;;;0,227;0,2110;0,0150;0;0,0010;;;;;;;;;;;0;0
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Combustion;;;;0,205;0,2040;0;0;0,0010;;;;;;;;;;;;0
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Amont;;;;0,012;0,0070;0,0050;;;;;;;;;;;;;;
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Amont;transport;;;0,010;;0,0100;;;;;;;;;;;;;;
Elément;1002;;Facteur d'émission;Valide générique;Bûches;;;;;;;;;Combustibles > Organiques;;;;kgCO2e/tonne;;;;;;;;France continentale;;;;;;;50;;;;;;;;;;;;;;;;;1 234,5;;;;;;;;;;;;;;;;1600
Elément;1003;;Facteur d'émission;Valide générique;Climatisation;;;R410A;;;;;;Process;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1923,5;;;;;HFC-32;338,5;R125;1585;;;;;;;;
Elément;1004;;Facteur d'émission;Valide spécifique;Solvant;;;;;;;;;Process;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;10;6;;;;Inconnu;3;;;;;;;;;1;
Elément;1005;;Facteur d'émission;Archivé;Ancien;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1006;;Données source;Valide générique;Donnée;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1007;;Facteur d'émission;Valide générique;Achats;;;;;;;;;;;;;kgCO2e/keuro (2019) HT;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;300;;;;;;;;;;;;;;;;
Elément;1008;;Facteur d'émission;Valide générique;Pouvoir calorifique;;;;;;;;;;;;;kWh PCI/tonne;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;300;;;;;;;;;;;;;;;;
Elément;1009;;Facteur d'émission;Valide générique;Mix;;;;;;;;;;;;;kgCO2e/kWh;;;;;;;;Autre pays du monde;Atlantide;;;;;;;;;;;;;;;;;;;;;;;0,4;;;;;;;;;;;;;;;;
Elément;1010;;Facteur d'émission;Valide générique;Sans total;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;
Elément;1011;;Facteur d'émission;Valide générique;Faux;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;douze;;;;;;;;;;;;;;;;
Elément;1012;;Facteur d'émission;Valide générique;Incohérent;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;10;5;;;;;;;;;;;;;;;
Elément;1002;;Facteur d'émission;Valide générique;Bûches;;;;;;;;;;;;;kgCO2e/tonne;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;Transport de personnes;;;;kgCO2e/passager.km;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;0,12242;0,1224;;;;;;;;;;;;;;;
Poste;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Fabrication du véhicule;;;;0,00892;;;;;;;;;;;;;;;;
Poste;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Fuites;;;;0,001;;;;;;;;;;;;;;;;
Poste;1005;;Facteur d'émission;Archivé;Ancien;;;;;;;;;;;;;;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;Combustion;;;;1;;;;;;;;;;;;;;;;
Poste;9999;;Facteur d'émission;Valide générique;Perdu;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Combustion;;;;1;;;;;;;;;;;;;;;;
Total;9998;;Facteur d'émission;Valide générique;Autre;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1014;;Facteur d'émission;Valide générique;Déchets;;;;;;;;;;;;;kgCO2e/tonne de déchets;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;43;;;;;;;;;;;;;;;;
Elément;1015;;Facteur d'émission;Valide générique;Electricité;;;2022 - mix moyen;;;consommation;;;Électricité > Mix réseau;;;;kgCO2e/kWh;;;;;;;;France continentale;;;;;;;10;;;;;;;;;;;;;;;;;0,052;;;;;;;;;;;;;;;;
\.

-- A look before the import changes nothing.
SELECT record, code, name, unit, territory_code, part, grid, u95_percent, lumped_gwp
FROM base_carbone_factors('staging', 'AR5') WHERE reason IS NULL ORDER BY code COLLATE "C", part;
-- Gases are masses again: CH4 of fossil origin is 30 kg CO2e in AR5, N2O 265, HFC32 677, HFC125 3170.
SELECT code, part, jsonb_object_agg(gas, round(kg::numeric, 9) ORDER BY gas COLLATE "C") AS kg, round(co2e(min(amount::text)::ghg, 'AR5')::numeric, 6) AS co2e
FROM base_carbone_factors('staging', 'AR5'), jsonb_each_text(amount::jsonb) AS g (gas, kg)
WHERE reason IS NULL GROUP BY code, part ORDER BY code COLLATE "C", part;
SELECT count(*) FROM factor WHERE code LIKE 'base_carbone.%';

-- The report.
SELECT record, element, action, reason, code, part FROM import_base_carbone('staging', 'AR5') ORDER BY record, part;
SELECT round(gas(emission(12000, 'kWh PCS', 'base_carbone.1001', 2023, 'FR'), 'CO2')::numeric, 6) AS needs_a_ratio;
ROLLBACK;

BEGIN;
CREATE TEMP TABLE staging OF base_carbone_line;
COPY staging FROM stdin (FORMAT csv, HEADER MATCH, DELIMITER ';');
Type Ligne;Identifiant de l'élément;Structure;Type de l'élément;Statut de l'élément;Nom base français;Nom base anglais;Nom base espagnol;Nom attribut français;Nom attribut anglais;Nom attribut espagnol;Nom frontière français;Nom frontière anglais;Nom frontière espagnol;Code de la catégorie;Tags français;Tags anglais;Tags espagnol;Unité français;Unité anglais;Unité espagnol;Contributeur;Autres Contributeurs;Programme;Url du programme;Source;Localisation géographique;Sous-localisation géographique français;Sous-localisation géographique anglais;Sous-localisation géographique espagnol;Date de création;Date de modification;Période de validité;Incertitude;Réglementations;Transparence;Qualité;Qualité TeR;Qualité GR;Qualité TiR;Qualité C;Qualité P;Qualité M;Commentaire français;Commentaire anglais;Commentaire espagnol;Type poste;Nom poste français;Nom poste anglais;Nom poste espagnol;Total poste non décomposé;CO2f;CH4f;CH4b;N2O;Code gaz supplémentaire 1;Valeur gaz supplémentaire 1;Code gaz supplémentaire 2;Valeur gaz supplémentaire 2;Code gaz supplémentaire 3;Valeur gaz supplémentaire 3;Code gaz supplémentaire 4;Valeur gaz supplémentaire 4;Code gaz supplémentaire 5;Valeur gaz supplémentaire 5;Autres GES;CO2b
Elément;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;2023;;;"mix moyen; ""France""";;;Combustibles > Fossiles > Gazeux;;;;kgCO2e/kWh PCI;;;;;;;CITEPA;France continentale;;;;;2023-10-01;Décembre 2024;5;;;;;;;;;;;;;;;;;0,227;0,2110;0,0150;0;0,0010;;;;;;;;;;;0;0
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Combustion;;;;0,205;0,2040;0;0;0,0010;;;;;;;;;;;;0
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Amont;;;;0,012;0,0070;0,0050;;;;;;;;;;;;;;
Poste;1001;;Facteur d'émission;Valide générique;Gaz naturel;;;;;;;;;;;;;kgCO2e/kWh PCI;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Amont;transport;;;0,010;;0,0100;;;;;;;;;;;;;;
Elément;1002;;Facteur d'émission;Valide générique;Bûches;;;;;;;;;Combustibles > Organiques;;;;kgCO2e/tonne;;;;;;;;France continentale;;;;;;;50;;;;;;;;;;;;;;;;;1 234,5;;;;;;;;;;;;;;;;1600
Elément;1003;;Facteur d'émission;Valide générique;Climatisation;;;R410A;;;;;;Process;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1923,5;;;;;HFC-32;338,5;R125;1585;;;;;;;;
Elément;1004;;Facteur d'émission;Valide spécifique;Solvant;;;;;;;;;Process;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;10;6;;;;Inconnu;3;;;;;;;;;1;
Elément;1005;;Facteur d'émission;Archivé;Ancien;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1006;;Données source;Valide générique;Donnée;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1007;;Facteur d'émission;Valide générique;Achats;;;;;;;;;;;;;kgCO2e/keuro (2019) HT;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;300;;;;;;;;;;;;;;;;
Elément;1008;;Facteur d'émission;Valide générique;Pouvoir calorifique;;;;;;;;;;;;;kWh PCI/tonne;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;300;;;;;;;;;;;;;;;;
Elément;1009;;Facteur d'émission;Valide générique;Mix;;;;;;;;;;;;;kgCO2e/kWh;;;;;;;;Autre pays du monde;Atlantide;;;;;;;;;;;;;;;;;;;;;;;0,4;;;;;;;;;;;;;;;;
Elément;1010;;Facteur d'émission;Valide générique;Sans total;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;
Elément;1011;;Facteur d'émission;Valide générique;Faux;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;douze;;;;;;;;;;;;;;;;
Elément;1012;;Facteur d'émission;Valide générique;Incohérent;;;;;;;;;;;;;kgCO2e/kg;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;10;5;;;;;;;;;;;;;;;
Elément;1002;;Facteur d'émission;Valide générique;Bûches;;;;;;;;;;;;;kgCO2e/tonne;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;Transport de personnes;;;;kgCO2e/passager.km;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;0,12242;0,1224;;;;;;;;;;;;;;;
Poste;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Fabrication du véhicule;;;;0,00892;;;;;;;;;;;;;;;;
Poste;1013;;Facteur d'émission;Valide générique;Autobus;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Fuites;;;;0,001;;;;;;;;;;;;;;;;
Poste;1005;;Facteur d'émission;Archivé;Ancien;;;;;;;;;;;;;;;;;;;;;Monde;;;;;;;;;;;;;;;;;;;;Combustion;;;;1;;;;;;;;;;;;;;;;
Poste;9999;;Facteur d'émission;Valide générique;Perdu;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;Combustion;;;;1;;;;;;;;;;;;;;;;
Total;9998;;Facteur d'émission;Valide générique;Autre;;;;;;;;;;;;;;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;1;;;;;;;;;;;;;;;;
Elément;1014;;Facteur d'émission;Valide générique;Déchets;;;;;;;;;;;;;kgCO2e/tonne de déchets;;;;;;;;France continentale;;;;;;;;;;;;;;;;;;;;;;;;43;;;;;;;;;;;;;;;;
Elément;1015;;Facteur d'émission;Valide générique;Electricité;;;2022 - mix moyen;;;consommation;;;Électricité > Mix réseau;;;;kgCO2e/kWh;;;;;;;;France continentale;;;;;;;10;;;;;;;;;;;;;;;;;0,052;;;;;;;;;;;;;;;;
\.
SELECT action, count(*) FROM import_base_carbone('staging', 'AR5') GROUP BY action ORDER BY action;
SELECT co2e(emission(1000, 'kWh PCI', 'base_carbone.1001', 2023, 'FR'), 'AR5') AS priced,
       source FROM factor WHERE code = 'base_carbone.1001';
-- Nothing new: nothing changes.
CREATE TEMP TABLE before AS SELECT * FROM factor;
SELECT action, count(*) FROM import_base_carbone('staging', 'AR5') GROUP BY action ORDER BY action;
SELECT count(*) AS differences FROM (TABLE factor EXCEPT TABLE before) AS d;
-- A figure that changes supersedes, one that goes stays.
UPDATE staging SET "Total poste non décomposé" = '1 300' WHERE "Identifiant de l'élément" = '1002';
DELETE FROM staging WHERE "Identifiant de l'élément" = '1014';
SELECT action, count(*) FROM import_base_carbone('staging', 'AR5') GROUP BY action ORDER BY action;
SELECT code, gas(amount, 'CO2') AS co2, gas(amount, 'CO2_biogenic') AS biogenic, superseded_at IS NULL AS in_use
FROM factor WHERE code IN ('base_carbone.1002', 'base_carbone.1014') ORDER BY code, id;
SELECT gas(emission(1, 't', 'base_carbone.1002', 2023, 'FR'), 'CO2') AS now,
       as_known((SELECT recorded_at FROM before WHERE code = 'base_carbone.1002')) IS NOT NULL AS then,
       gas(emission(1, 't', 'base_carbone.1002', 2023, 'FR'), 'CO2') AS known_then;
-- An element that no longer makes up its total by its parts comes whole: the parts end.
UPDATE staging SET "Total poste non décomposé" = '0,3' WHERE "Identifiant de l'élément" = '1001' AND "Type poste" = 'Combustion';
SELECT record, action, reason, code, part FROM import_base_carbone('staging', 'AR5') WHERE element = '1001' ORDER BY record, part;
SELECT part, superseded_at IS NULL AS in_use FROM factor WHERE code = 'base_carbone.1001' AND dataset_id IS NULL ORDER BY id;
UPDATE staging SET "Total poste non décomposé" = '0,205' WHERE "Identifiant de l'élément" = '1001' AND "Type poste" = 'Combustion';
SELECT action, count(*) FROM import_base_carbone('staging', 'AR5') WHERE element = '1001' GROUP BY action ORDER BY action;
SELECT part, count(*) FILTER (WHERE superseded_at IS NULL) AS in_use FROM factor WHERE code = 'base_carbone.1001' AND dataset_id IS NULL GROUP BY part ORDER BY part;
-- Beside the rows of another dataset.
SELECT action, count(*) FROM import_base_carbone('staging', 'AR5', 7) GROUP BY action ORDER BY action;
-- With other warming potentials the masses differ, the published total does not.
SELECT round(gas(amount, 'CH4_fossil')::numeric, 9) AS kg, round(co2e(amount, 'AR4')::numeric, 9) AS co2e
FROM base_carbone_factors('staging', 'AR4') WHERE code = 'base_carbone.1001' AND part = 'upstream';
ROLLBACK;

-- Not a Base Carbone, or read in the wrong encoding.
\set SHOW_CONTEXT never
CREATE TEMP TABLE staging OF base_carbone_line;
INSERT INTO staging ("Type Ligne", "Identifiant de l'élément") VALUES ('ElÃ©ment', '1');
SELECT * FROM import_base_carbone('staging', 'AR5');
SELECT * FROM import_base_carbone('staging', 'AR3');
SELECT * FROM import_base_carbone('no_such_table');
CREATE TABLE base_carbone_short AS SELECT "Type Ligne", "CO2f" FROM staging;
ALTER TABLE base_carbone_short DROP "CO2f";
\set VERBOSITY sqlstate
SELECT * FROM import_base_carbone('base_carbone_short');
\set VERBOSITY default
DROP TABLE base_carbone_short;
DROP TABLE staging;
