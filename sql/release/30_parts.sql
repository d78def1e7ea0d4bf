-- What a release is made from: datasets, and what each confidential unit adds.

CREATE FUNCTION terrcarbon_internal.release_datasets()
    RETURNS TABLE (dataset_id int, used boolean, access text, licence text, updated date, reason text)
    LANGUAGE plpgsql STABLE ROWS 20
AS $$
BEGIN
    RETURN QUERY
    SELECT d.id, d.access IN ('open', 'aggregate') AND can_read(d.id), d.access, d.licence, d.updated,
           CASE WHEN d.access NOT IN ('open', 'aggregate')
                THEN format('it is %s: its producer may choose open or aggregate', d.access)
                WHEN NOT can_read(d.id)
                THEN format('%s has no access to its rows', current_user) END
    FROM (SELECT DISTINCT c.dataset_id FROM contribution c) AS c
    JOIN dataset_catalogue d ON d.id = c.dataset_id;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_datasets() IS
    'Datasets with figures in an account, and whether a release may use them: open or aggregate, and read by the current user.';

CREATE FUNCTION terrcarbon_internal.release_parts(datasets int[], of_year int, of_allocation text)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, measure text, unit_key text, contribution text,
        amount float8)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH l AS MATERIALIZED (
        SELECT l.dataset_id, l.layer, l.row_id, l.territory_code, l.sector, CASE l.kind WHEN 'removal' THEN 'removals' ELSE 'emissions' END AS measure,
               coalesce(l.unit_key, concat_ws('/', l.dataset_id, l.layer, l.row_id)) AS unit_key, l.units, l.largest_share,
               value(sum(l.co2e)) AS kg
        FROM line l
        WHERE l.dataset_id = ANY (datasets) AND l.year = of_year AND l.allocation = of_allocation AND l.scope IN ('1', '2')
            AND l.kind IN ('emission', 'removal') AND l.row_id IS NOT NULL AND l.co2e IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ), spread AS (
        SELECT l.dataset_id, l.layer, l.row_id FROM l GROUP BY 1, 2, 3 HAVING count(DISTINCT l.territory_code) > 1
    ), f AS (
        SELECT l.dataset_id, l.territory_code, l.sector, l.measure, l.unit_key, l.units, l.largest_share,
               CASE WHEN s.row_id IS NOT NULL THEN concat_ws('/', l.layer, l.row_id) ELSE '' END AS contribution,
               value(sum(estimate(l.kg, 0))) AS kg
        FROM l LEFT JOIN spread s ON s.dataset_id = l.dataset_id AND s.layer = l.layer AND s.row_id = l.row_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    SELECT f.dataset_id, f.territory_code, f.sector, f.measure,
           CASE WHEN f.units > 1 THEN concat_ws(' of ', n, f.unit_key) ELSE f.unit_key END, f.contribution,
           f.kg * CASE WHEN f.units = 1 THEN 1 WHEN n = 1 THEN f.largest_share
                       ELSE (1 - f.largest_share) / (least(f.units, 40) - 1) END
    FROM f
    -- Forty stand for more than that: it is never too many.
    CROSS JOIN LATERAL generate_series(1, least(f.units, 40)) AS n;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_parts(int[], int, text) IS
    'What each unit of some datasets adds to each territory itself in a year, kg CO2e, scopes 1 and 2; rows that are in several territories apart. A row that stands for many units is taken apart, the largest first, the others alike. Maps of land cover have no units.';

-- --- what is the same in several releases --------------------------------------------

CREATE FUNCTION terrcarbon_internal.release_footprints(datasets int[], of_year int)
    RETURNS TABLE (dataset_id int, unit_key text, shape text, m2 float8, geom geometry)
    LANGUAGE plpgsql STABLE ROWS 10000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT dataset_id, unit_key, md5(st_asbinary(geom)), m2, geom
    FROM (
        SELECT b.dataset_id, coalesce(b.unit_key, concat_ws('/', b.dataset_id, 'building', md5(st_asbinary(b.geom)))) AS unit_key,
               CASE WHEN count(DISTINCT b.geom) = 1 THEN max(b.area_m2) ELSE true_area(st_union(b.geom)) END AS m2,
               CASE WHEN count(DISTINCT b.geom) = 1 THEN (array_agg(b.geom))[1] ELSE st_multi(st_union(b.geom)) END AS geom
        FROM building b
        WHERE b.dataset_id = ANY (datasets) AND of_year BETWEEN b.year_from AND coalesce(b.year_to, b.year_from) AND b.units = 1
        GROUP BY 1, 2
    ) AS u
    WHERE m2 > 0;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_footprints(int[], int) IS
    'Ground of the units of some datasets that are buildings in a year, named as in release_parts.';

CREATE FUNCTION terrcarbon_internal.release_digest(amount float8) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT md5(to_char(amount, '9.999999999EEEE')) $$;
COMMENT ON FUNCTION terrcarbon_internal.release_digest(float8) IS 'The same for amounts that are the same to ten digits.';

-- Rows of a dataset that was withdrawn may not be read.  Their traces stand for them, or
-- the rows of another dataset in which they have come back: the same figure in the same
-- place, or in the sector where the place is new or gone.
CREATE FUNCTION terrcarbon_internal.release_withdrawn(new_id int, former int[], of_measure text, used_ids int[])
    RETURNS TABLE (release_id int, dataset_id int, territory_code text, sector text, unit_key text, contribution text, amount float8,
        most float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH withdrawn AS MATERIALIZED (
        SELECT d.release_id, d.dataset_id FROM release_dataset d
        WHERE d.release_id = ANY (former) AND d.used AND d.access = 'aggregate' AND d.dataset_id <> ALL (used_ids)
            AND NOT EXISTS (SELECT FROM release_part p WHERE p.release_id = d.release_id AND p.dataset_id = d.dataset_id)
    ),
    place AS MATERIALIZED (
        SELECT DISTINCT c.release_id, c.territory_code FROM release_cell c
        WHERE c.release_id IN (SELECT w.release_id FROM withdrawn w)
    ),
    node AS MATERIALIZED (
        SELECT l.code FROM lifetime l, release r WHERE r.id = new_id AND r.year BETWEEN l.first_year AND l.last_year
    ),
    gone AS (
        SELECT t.release_id, t.of_dataset, t.territory_code, t.sector, t.digest, coalesce(n.code, '') AS place,
               t.unit, t.contribution, t.share, t.magnitude,
               row_number() OVER (PARTITION BY t.release_id, t.sector, t.digest, n.code ORDER BY t.of_dataset, t.territory_code) AS n
        FROM withdrawn w
        JOIN release_trace t ON t.release_id = w.release_id AND t.of_dataset = w.dataset_id AND t.measure = of_measure
        LEFT JOIN node n ON n.code = t.territory_code
    ),
    back AS (
        SELECT f.id AS release_id, p.sector, p.unit_key, p.contribution, p.amount, d.digest, coalesce(k.territory_code, '') AS place,
               row_number() OVER (PARTITION BY f.id, p.sector, d.digest, k.territory_code
                                  ORDER BY p.dataset_id, p.unit_key, p.contribution) AS n
        FROM (SELECT DISTINCT w.release_id AS id FROM withdrawn w) AS f
        CROSS JOIN release_part p
        CROSS JOIN LATERAL (SELECT terrcarbon_internal.release_digest(p.amount) AS digest OFFSET 0) AS d
        LEFT JOIN place k ON k.release_id = f.id AND k.territory_code = p.territory_code
        WHERE p.release_id = new_id AND p.measure = of_measure
            -- What was in that release itself is no other.
            AND p.dataset_id NOT IN (SELECT o.dataset_id FROM release_dataset o WHERE o.release_id = f.id AND o.used)
    ),
    -- A row that is spread over several places is back when all of it is.
    found AS (
        SELECT g.*, b.unit_key, b.contribution AS row_back, b.amount,
               CASE WHEN g.contribution = '' THEN b.amount IS NOT NULL ELSE bool_and(b.amount IS NOT NULL) OVER spread END AS is_back,
               CASE WHEN g.contribution = '' THEN g.digest ELSE min(g.digest) OVER spread END AS mark
        FROM gone g
        LEFT JOIN back b ON b.release_id = g.release_id AND b.sector = g.sector AND b.digest = g.digest AND b.place = g.place AND b.n = g.n
        WINDOW spread AS (PARTITION BY g.release_id, g.of_dataset, g.unit, g.contribution)
    ),
    -- Units that have rows in other datasets too.
    known AS (
        SELECT md5(p.unit_key) AS unit, min(p.unit_key) AS unit_key FROM release_part p
        WHERE EXISTS (SELECT FROM withdrawn) GROUP BY 1
    )
    SELECT f.release_id, f.of_dataset, f.territory_code, f.sector, coalesce(CASE WHEN f.is_back THEN f.unit_key END, k.unit_key, f.unit),
           CASE WHEN f.is_back THEN f.row_back ELSE f.contribution END,
           CASE WHEN f.is_back THEN abs(f.amount) ELSE coalesce(f.share * s.least, 0) END,
           CASE WHEN NOT f.is_back THEN f.share * s.most END
    FROM found f
    LEFT JOIN known k ON k.unit = f.unit
    -- A little apart, so that equal figures of several releases are known to be, and only they.
    CROSS JOIN LATERAL (SELECT 2::float8 ^ f.magnitude * (0.98 + 0.01 * ('x' || left(f.mark, 8))::bit(32)::int8 / 4294967296) AS least,
                               2::float8 ^ f.magnitude * 2.02 AS most) AS s;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_withdrawn(int, int[], text, int[]) IS
    'What units of withdrawn datasets added to former releases: the least and the most, by their traces, or the very figure where the same is in a release that is being made, in datasets that the former one did not use.';

-- The owner may ask who reads what it read itself, which it may have done as a member of a
-- role that it is no more in: such a dataset may then be known to anybody, or not.
CREATE FUNCTION terrcarbon_internal.release_readers(datasets int[], used_ids int[]) RETURNS secrecy_reader[]
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    used CONSTANT int[] := ARRAY(SELECT i FROM unnest(datasets) AS i WHERE i = ANY (used_ids));
    lost CONSTANT int[] := ARRAY(SELECT i FROM unnest(datasets) AS i WHERE i <> ALL (used_ids));
BEGIN
    RETURN secrecy_readers(datasets);
EXCEPTION WHEN insufficient_privilege THEN
    RETURN ARRAY(
        WITH reader AS (
            SELECT r.reader, array_agg(r.dataset_id) AS ids FROM unnest(secrecy_readers(used)) AS r GROUP BY r.reader
            UNION ALL VALUES ('nobody', '{}'), ('all', used)
        ),
        besides AS (
            SELECT '{}'::int[] AS ids UNION SELECT ARRAY[i] FROM unnest(lost) AS i UNION SELECT lost
        )
        SELECT ROW(concat_ws(' and ', r.reader, b.ids::text), i)::secrecy_reader
        FROM reader AS r CROSS JOIN besides AS b CROSS JOIN LATERAL unnest(r.ids || b.ids) AS i);
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_readers(int[], int[]) IS
    'secrecy_readers for an owner who may not ask it of all datasets of former releases.';

-- Buildings drawn anew or by another, split and merged: what covers half of the smaller
-- one is the same ground.  What is drawn alike in all releases needs no look.
CREATE FUNCTION terrcarbon_internal.release_overlaps(releases int[])
    RETURNS TABLE (shape text, other_shape text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT shape, (array_agg(geom))[1] AS geom FROM release_footprint
        WHERE release_id = ANY (releases)
        GROUP BY shape
        HAVING count(DISTINCT release_id) < (SELECT count(DISTINCT release_id) FROM release_footprint WHERE release_id = ANY (releases))
    )
    SELECT DISTINCT a.shape, b.shape
    FROM moved AS a
    JOIN release_footprint AS b ON b.geom OPERATOR(terrcarbon.&&) a.geom
    WHERE b.release_id = ANY (releases) AND b.shape <> a.shape
        AND shared_area(a.geom, b.geom, true) >= 0.5 * least(st_area(a.geom), st_area(b.geom));
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_overlaps(int[]) IS
    'Pairs of footprints of some releases that are the same ground, one of which is not in all of them.';

CREATE FUNCTION terrcarbon_internal.release_ground(releases int[])
    RETURNS TABLE (release_id int, dataset_id int, unit_key text, ground text, m2 float8)
    LANGUAGE plpgsql STABLE ROWS 100
    SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    pairs CONSTANT text[] := ARRAY(SELECT ARRAY[shape, other_shape] FROM terrcarbon_internal.release_overlaps(releases));
    shapes CONSTANT text[] := ARRAY(SELECT DISTINCT s FROM unnest(pairs) AS s ORDER BY s);
    root int[] := ARRAY(SELECT generate_series(1, cardinality(shapes)));
    pair record;
    a int;
    b int;
BEGIN
    FOR pair IN
        SELECT s.n AS a, o.n AS b
        FROM generate_series(1, coalesce(array_length(pairs, 1), 0)) AS i
        JOIN unnest(shapes) WITH ORDINALITY AS s (shape, n) ON s.shape = pairs[i][1]
        JOIN unnest(shapes) WITH ORDINALITY AS o (shape, n) ON o.shape = pairs[i][2]
    LOOP
        a := pair.a;
        b := pair.b;
        WHILE root[a] <> a LOOP
            root[a] := root[root[a]];
            a := root[a];
        END LOOP;
        WHILE root[b] <> b LOOP
            root[b] := root[root[b]];
            b := root[b];
        END LOOP;
        root[greatest(a, b)] := least(a, b);
    END LOOP;
    FOR a IN 1 .. cardinality(shapes) LOOP
        root[a] := root[root[a]];
    END LOOP;
    RETURN QUERY
    WITH seen AS (
        SELECT f.release_id, f.dataset_id, f.unit_key, f.shape, f.m2, root[s.n] AS ground
        FROM unnest(shapes) WITH ORDINALITY AS s (shape, n)
        JOIN release_footprint AS f ON f.shape = s.shape
        WHERE f.release_id = ANY (releases)
    )
    SELECT s.release_id, s.dataset_id, s.unit_key, 'ground ' || s.ground, w.m2
    FROM seen AS s
    JOIN (SELECT release_id, dataset_id, ground, sum(m2) AS m2
          FROM (SELECT DISTINCT release_id, dataset_id, ground, shape, m2 FROM seen) AS d
          GROUP BY release_id, dataset_id, ground) AS w
        ON w.release_id = s.release_id AND w.dataset_id = s.dataset_id AND w.ground = s.ground;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.release_ground(int[]) IS
    'Units of some releases that stand on the same ground in several of them, drawn otherwise: the name of the ground, and how large it is drawn.';
