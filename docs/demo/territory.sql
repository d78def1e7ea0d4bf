-- A fictional coastal territory, made from nothing but this file: the same on
-- every machine.  Coordinates are Lambert-93 (EPSG:2154), a place in the sea.
--
-- Tables: demo.territory, demo.land_cover, demo.building, demo.road.
CREATE SCHEMA demo;
SET search_path = demo, public;

-- A pseudo-random number in [0, 1), fixed by its two arguments.
CREATE FUNCTION noise(i int, salt int) RETURNS float8
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
RETURN (hashint4(i * 31 + salt * 7919)::bigint + 2147483648) / 4294967296.0;

-- The shore, as x for a given y: an open coast with two bays.
CREATE FUNCTION shore(y float8) RETURNS float8
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
RETURN 381500 + 1100 * sin(y / 2700) + 450 * sin(y / 1130 + 1) + 130 * sin(y / 370);

-- The river that leaves the land in a wide estuary, as y for a given x.
CREATE FUNCTION river(x float8) RETURNS float8
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
RETURN 6577300 + 900 * sin(x / 2100) + 260 * sin(x / 790);

CREATE FUNCTION river_width(x float8) RETURNS float8
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE
RETURN 45 + 420 * exp(-(x - 381000) / 2200);

CREATE TABLE outline AS
WITH coast AS (
    SELECT array_agg(ST_MakePoint(shore(y), y) ORDER BY y) AS points
    FROM generate_series(6566000, 6588000, 100) AS y
), bank AS (
    SELECT array_agg(ST_MakePoint(x, river(x) + river_width(x)) ORDER BY x) AS north,
           array_agg(ST_MakePoint(x, river(x) - river_width(x)) ORDER BY x DESC) AS south
    FROM generate_series(379500, 401000, 100) AS x
), part AS (
    SELECT ST_SetSRID(ST_MakePolygon(ST_AddPoint(
               ST_MakeLine(points || ST_MakePoint(400000, 6588000) || ST_MakePoint(400000, 6566000)),
               points[1])), 2154) AS land,
           ST_SetSRID(ST_MakePolygon(ST_MakeLine(north || south || north[1])), 2154) AS river
    FROM coast, bank
), shore AS (
    -- what the tide uncovers: a strip along the coast and in the mouth
    SELECT land, river,
           ST_Union(ST_Difference(ST_Translate(land, -750, 0), land),
                    ST_Difference(ST_Buffer(ST_Intersection(river, land), 220), river)) AS tidal
    FROM part
)
SELECT ST_Union(land, tidal) AS land, river,
       ST_Difference(land, ST_Union(river, tidal)) AS dry, ST_Difference(tidal, river) AS tidal,
       ST_SetSRID(ST_MakeEnvelope(379500, 6566000, 400000, 6588000), 2154) AS frame
FROM shore;

-- Communes: Voronoi cells around their towns, over the land and its foreshore.
CREATE TABLE town (code text PRIMARY KEY, name text, x float8, y float8, population int);
INSERT INTO town VALUES
    ('F01', 'Port-Sel',             383900, 6582300, 24600),
    ('F02', 'Les Claires',          383000, 6573700,  3900),
    ('F03', 'Marais-Neuf',          386700, 6575400,  2100),
    ('F04', 'Saint-Aubin-le-Gué',   391600, 6578600,  5200),
    ('F05', 'La Tonnelle',          388300, 6582600,  7400),
    ('F06', 'Châtelmer',            383400, 6586200,  4800),
    ('F07', 'Bois-Rémi',            394800, 6584600,  1600),
    ('F08', 'Vigneuil',             396700, 6573300,  1900),
    ('F09', 'Le Grand-Pré',         391500, 6571500,  2700),
    ('F10', 'Pointe-aux-Bars',      383200, 6568600,  1300),
    ('F11', 'Sainte-Orse',          396900, 6579600,  1100),
    ('F12', 'Moulin-l''Étier',      387600, 6568900,  2400);

-- What stands below each picture.
CREATE TABLE about (source text NOT NULL, licence text NOT NULL, year int NOT NULL);
INSERT INTO about VALUES ('Invented for the demo', 'CC0', 2024);

CREATE TABLE territory (
    code text PRIMARY KEY,
    name text NOT NULL,
    population int NOT NULL,
    seat geometry(Point, 2154) NOT NULL,      -- the town, where a map writes the name
    geom geometry(MultiPolygon, 2154) NOT NULL
);
INSERT INTO territory
SELECT t.code, t.name, t.population, ST_SetSRID(ST_MakePoint(t.x, t.y), 2154),
       ST_Multi(ST_CollectionExtract(ST_Intersection(cell.geom, o.land), 3))
FROM outline o,
     LATERAL (SELECT ST_VoronoiPolygons(
                         ST_Collect(ST_SetSRID(ST_MakePoint(x, y), 2154)), 0, o.frame) AS cells
              FROM town) v,
     LATERAL ST_Dump(v.cells) AS cell
     JOIN town t ON ST_Contains(cell.geom, ST_SetSRID(ST_MakePoint(t.x, t.y), 2154));

-- Land cover: some 2 700 parcels that follow the ground, not the communes.
CREATE TABLE land_cover (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL,          -- CORINE Land Cover
    geom geometry(MultiPolygon, 2154) NOT NULL
);
CREATE TEMPORARY TABLE parcel AS
WITH seed AS (
    -- an evenly spread sequence, shaken a little
    SELECT i, 379500 + 20500 * (i * 0.7548776662466927 - floor(i * 0.7548776662466927))
              + 190 * (noise(i, 1) - 0.5) AS x,
           6566000 + 22000 * (i * 0.5698402909980532 - floor(i * 0.5698402909980532))
              + 190 * (noise(i, 2) - 0.5) AS y
    FROM generate_series(1, 2900) AS i
), cell AS (
    SELECT (ST_Dump(ST_VoronoiPolygons(
               ST_Collect(ST_SetSRID(ST_MakePoint(x, y), 2154)), 0, o.frame))).geom
    FROM seed, outline o
    GROUP BY o.frame
), piece AS (
    SELECT true AS dry, ST_Intersection(c.geom, o.dry) AS geom
    FROM cell c, outline o
    UNION ALL
    SELECT false, ST_Intersection(c.geom, o.tidal)
    FROM cell c, outline o
)
SELECT row_number() OVER (ORDER BY ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)))::int AS i,
       dry, ST_Multi(ST_CollectionExtract(geom, 3)) AS geom,
       ST_X(ST_Centroid(geom)) AS x, ST_Y(ST_Centroid(geom)) AS y
FROM piece
WHERE ST_Area(geom) > 1;

INSERT INTO land_cover (code, geom)
SELECT CASE
           WHEN NOT dry THEN CASE WHEN abs(y - river(x)) < 700 AND x > 382500 THEN '421' ELSE '423' END
           WHEN town.d < 0.22 * town.size THEN '111'
           WHEN town.d < 0.75 * town.size THEN '112'
           WHEN town.d < 1.15 * town.size AND noise(i, 3) < 0.35 THEN '121'
           WHEN town.d < 1.15 * town.size AND noise(i, 3) > 0.93 THEN '141'
           WHEN x - shore(y) < 650 AND noise(i, 4) < 0.55 THEN '421'
           WHEN abs(y - river(x)) < 1000 AND noise(i, 5) < 0.75 THEN '411'
           WHEN abs(y - river(x)) < 2100 AND noise(i, 5) < 0.72 THEN '231'
           WHEN wood > 0.66 THEN '311'
           WHEN wood > 0.54 THEN '313'
           WHEN x > 389000 AND vine > 0.6 THEN '221'
           WHEN noise(i, 6) < 0.12 THEN '231'
           WHEN noise(i, 6) < 0.22 THEN '242'
           ELSE '211'
       END, geom
FROM parcel,
     LATERAL (SELECT sqrt((parcel.x - town.x) ^ 2 + (parcel.y - town.y) ^ 2) AS d,
                     8.5 * sqrt(population) AS size
              FROM town ORDER BY 1 LIMIT 1) AS town,
     LATERAL (SELECT sin(x / 1500 + 2 + 1.3 * sin(y / 1900)) * sin(y / 1650 + 0.9 * sin(x / 1050)),
                     sin(x / 1300 + 1.1 * sin(y / 800)) * sin(y / 1150 + 1 + 0.7 * sin(x / 1700))) AS f(wood, vine)
ORDER BY i;

INSERT INTO land_cover (code, geom)
SELECT '522', ST_Multi(ST_CollectionExtract(ST_Intersection(river, land), 3)) FROM outline;

-- Buildings: small rectangles, denser near the towns.
CREATE TABLE building (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    floors int,
    geom geometry(Polygon, 2154) NOT NULL
);
INSERT INTO building (floors, geom)
SELECT CASE WHEN noise(i, 14) < 0.9 THEN 1 + floor(3 * noise(i, 15) ^ 2)::int END,
       ST_Rotate(ST_SetSRID(ST_MakeEnvelope(p.x - w, p.y - h, p.x + w, p.y + h), 2154),
                 pi() * noise(i, 13), p.x, p.y)
FROM town t, generate_series(1, greatest(30, population / 40)) AS n,
     LATERAL (SELECT n * 17 + ascii(right(t.code, 1)) * 1009 + ascii(substr(t.code, 2, 1)) * 50021) AS k(i),
     LATERAL (SELECT t.x + cos(2 * pi() * noise(i, 10)) * r AS x,
                     t.y + sin(2 * pi() * noise(i, 10)) * r AS y
              FROM (SELECT 6.5 * sqrt(population) * noise(i, 9) ^ 0.7) AS d(r)) AS p,
     LATERAL (SELECT 4 + 5 * noise(i, 11), 4 + 9 * noise(i, 12)) AS size(w, h);

-- Roads: from each town to its three nearest, gently bent.
CREATE TABLE road (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vehicles_per_day int NOT NULL,
    geom geometry(LineString, 2154) NOT NULL
);
INSERT INTO road (vehicles_per_day, geom)
SELECT DISTINCT ON (least(a.code, b.code), greatest(a.code, b.code))
       300 + 100 * ((a.population + b.population) / 400),
       ST_SetSRID(ST_MakeLine(ARRAY(
           SELECT ST_MakePoint(a.x + f * (b.x - a.x) - sin(pi() * f) * (b.y - a.y) * 0.06,
                               a.y + f * (b.y - a.y) + sin(pi() * f) * (b.x - a.x) * 0.06)
           FROM generate_series(0, 20) AS s, LATERAL (SELECT s / 20.0::float8) AS g(f)
           ORDER BY s)), 2154)
FROM town a,
     LATERAL (SELECT * FROM town o WHERE o.code <> a.code
              ORDER BY (o.x - a.x) ^ 2 + (o.y - a.y) ^ 2 LIMIT 3) AS b
ORDER BY least(a.code, b.code), greatest(a.code, b.code);

CREATE INDEX ON territory USING gist (geom);
CREATE INDEX ON land_cover USING gist (geom);
DROP TABLE parcel;
ANALYZE territory, land_cover, building, road;
