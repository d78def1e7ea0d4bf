-- Soil cores.
SET search_path = terrcarbon, public;
\set SHOW_CONTEXT never

-- 8 % organic matter: 0.40 x 8 + 0.0025 x 64 = 3.36 % carbon
SELECT round(carbon_of_organic_matter(0.08)::numeric, 6) AS carbon, carbon_of_organic_matter(0) AS none;
SELECT carbon_of_organic_matter(8);

CREATE TEMP TABLE slice (core text, top float8, bottom float8, density float8, carbon float8);
INSERT INTO slice VALUES
    ('sound', 20, 40, 0.6, 0.03), ('sound', 0, 10, 0.5, 0.06), ('sound', 10, 20, 0.5, 0.04),
    ('overlap', 0, 10, 0.5, 0.06), ('overlap', 8, 30, 0.5, 0.04),
    ('twice', 0, 10, 0.5, 0.06), ('twice', 0, 10, 0.5, 0.06), ('twice', 10, 30, 0.5, 0.06),
    ('gap', 0, 10, 0.5, 0.06), ('gap', 12, 30, 0.5, 0.04),
    ('no top', 2, 30, 0.5, 0.06),
    ('no thickness', 0, 10, 0.5, 0.06), ('no thickness', 10, 10, 0.5, 0.06),
    ('short', 0, 25, 0.5, 0.06),
    ('unweighed', 0, 10, 0.5, 0.06), ('unweighed', 10, 30, NULL, 0.04),
    ('percent', 0, 30, 0.5, 6),
    ('kg', 0, 30, 500, 0.06);
-- 0.5 x 0.06 x 10 x 100 + 0.5 x 0.04 x 10 x 100 = 50 to 20 cm;
-- + 0.6 x 0.03 x 10 x 100 = 68 to 30; + 0.6 x 0.03 x 20 x 100 = 86 to 40
SELECT depth, round(soil_core_stock(top, bottom, density, carbon, depth)::numeric, 9) AS tc_ha
FROM slice, unnest('{20,30,40}'::float8[]) AS depth
WHERE core = 'sound' GROUP BY depth ORDER BY depth;
-- whole down to 20 cm, so usable there
SELECT round(soil_core_stock(top, bottom, density, carbon, 10)::numeric, 9) AS above_the_gap FROM slice WHERE core = 'gap';
SELECT soil_core_stock(top, bottom, density, carbon, 30) IS NULL AS no_slices FROM slice WHERE core = 'none';
-- Coarse fragments hold none: 1.3 g/cm3, 2 % carbon, 30 cm, 30 % stones are 54.6, not 78.
SELECT round(soil_core_stock(0, 30, 1.3, 0.02, 30)::numeric, 9) AS without, round(soil_core_stock(0, 30, 1.3, 0.02, 30, 0.3)::numeric, 9) AS with_stones;
SELECT round(soil_core_stock(top, bottom, density, carbon, 30, CASE WHEN top < 20 THEN 0.5 ELSE 0 END)::numeric, 9) AS half_of_50_and_18
FROM slice WHERE core = 'sound';
SELECT soil_core_stock(0, 30, 1.3, 0.02, 30, 30);
SELECT soil_core_stock(0, 30, 1.3, 0.02, 30, NULL);
SELECT soil_core_stock(0, 30, 'NaN', 0.02, 30, 0.1);
-- partial states join whatever their order
SELECT round(terrcarbon_internal.soil_core_final(array_cat(terrcarbon_internal.soil_core_step(NULL, 10, 20, 0.5, 0.04, 20),
       terrcarbon_internal.soil_core_step(NULL, 0, 10, 0.5, 0.06, 20, 0.5)))::numeric, 9);
-- States that no core made.
SELECT terrcarbon_internal.soil_core_final('{}'), terrcarbon_internal.soil_core_final('{NULL,NULL,NULL,NULL,NULL,NULL}');
SELECT terrcarbon_internal.soil_core_final('{1,2,3}');
SELECT terrcarbon_internal.soil_core_final('{{0,30,1,0.1,30,0},{30,40,1,0.1,30,0}}');
SELECT terrcarbon_internal.soil_core_final('{0,Infinity,1,0.1,Infinity,0}');
SELECT terrcarbon_internal.soil_core_final('{-Infinity,30,1,0.1,30,0}');
SELECT terrcarbon_internal.soil_core_step('{1,2,3}', 0, 10, 0.5, 0.06, 20);
SELECT terrcarbon_internal.soil_core_final(array_fill(0::float8, '{60006}'));
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'overlap';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'twice';
-- a defect below the depth speaks against the whole core
SELECT soil_core_stock(top, bottom, density, carbon, 5) FROM slice WHERE core = 'overlap';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'gap';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'no top';
SELECT soil_core_stock(top, bottom, density, carbon, 10) FROM slice WHERE core = 'no thickness';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'short';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'unweighed';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'percent';
SELECT soil_core_stock(top, bottom, density, carbon, 30) FROM slice WHERE core = 'kg';
SELECT soil_core_stock(top, bottom, density, carbon, bottom) FROM slice WHERE core = 'sound';
SELECT soil_core_stock(top, bottom, density, carbon, NULL) FROM slice WHERE core = 'sound';
DROP TABLE slice;
