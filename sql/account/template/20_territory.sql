-- Territories, who lives in them, and for whom somebody answers.

CREATE TABLE territory (
    code text PRIMARY KEY CHECK (code <> ''),
    name text NOT NULL,
    level text NOT NULL CHECK (level IN
        ('IRIS', 'commune', 'EPCI', 'zone', 'department', 'region', 'country')),
    parent_code text REFERENCES territory (code) ON UPDATE CASCADE
        DEFERRABLE INITIALLY IMMEDIATE,
    reference_code text,
    valid_from date,
    valid_to date,
    member_from int NOT NULL DEFAULT 1,
    geom geometry(MultiPolygon, 4326) NOT NULL
        CHECK (st_isvalid(geom) AND NOT st_isempty(geom)),
    area_m2 float8 NOT NULL GENERATED ALWAYS AS (terrcarbon.true_area(geom)) STORED,
    CHECK (parent_code <> code),
    CHECK (valid_from <= valid_to)
);
CREATE INDEX territory_parent ON territory (parent_code);
CREATE INDEX territory_geom ON territory USING gist (geom);
COMMENT ON TABLE territory IS
    'Territories and what they are part of. Maps are measured against territories without children; a parent adds its children up.';
COMMENT ON COLUMN territory.code IS 'Unique code, such as the INSEE code of a commune';
COMMENT ON COLUMN territory.name IS 'Name for readers';
COMMENT ON COLUMN territory.level IS 'IRIS, commune, EPCI, zone, department, region or country';
COMMENT ON COLUMN territory.parent_code IS 'The territory it is part of, in all years that former_parent does not speak of; NULL for the whole';
COMMENT ON COLUMN territory.reference_code IS
    'Territory of terrcarbon.reference_territory whose factors and stock references apply here; NULL: that of the parent, at last none but the general ones';
COMMENT ON COLUMN territory.valid_from IS 'First day it exists; NULL: from ever. It counts for the years on whose 1 January it exists';
COMMENT ON COLUMN territory.valid_to IS 'Last day it exists; NULL: for ever';
COMMENT ON COLUMN territory.member_from IS 'First year it is part of parent_code; worked out when former_parent changes';
COMMENT ON COLUMN territory.geom IS 'Boundary, of a whole the last one; in the SRID of the account, which load_territories transforms to and an INSERT must (ST_Transform)';
COMMENT ON COLUMN territory.area_m2 IS 'Area on the ellipsoid, m2';

CREATE TABLE former_territory (
    code text NOT NULL CHECK (code <> ''),
    successor_code text NOT NULL CHECK (successor_code <> ''),
    since date NOT NULL,
    source text,
    PRIMARY KEY (code, successor_code, since),
    CHECK (code <> successor_code)
);
COMMENT ON TABLE former_territory IS
    'Codes that territories had before a merger, a split or a change of code. A deposit for one that merged is taken for what it became a part of.';
COMMENT ON COLUMN former_territory.code IS 'Former code';
COMMENT ON COLUMN former_territory.successor_code IS 'What it became, or became a part of; several rows where it was split';
COMMENT ON COLUMN former_territory.since IS 'First day of the successor';
COMMENT ON COLUMN former_territory.source IS 'Where the change was published';

-- Only the end of each period is told, so that periods neither overlap nor leave a gap.
CREATE TABLE former_parent (
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    valid_to date NOT NULL CHECK (isfinite(valid_to)),
    parent_code text REFERENCES territory (code) ON UPDATE CASCADE,
    source text,
    member_from int NOT NULL DEFAULT 1,
    PRIMARY KEY (territory_code, valid_to),
    CHECK (parent_code <> territory_code)
);
CREATE INDEX former_parent_parent ON former_parent (parent_code);
COMMENT ON TABLE former_parent IS
    'What a territory was part of before it became part of territory.parent_code: the perimeter of a whole by date. Without rows, the perimeter of today is that of all years.';
COMMENT ON COLUMN former_parent.territory_code IS 'Territory';
COMMENT ON COLUMN former_parent.valid_to IS 'Last day it was part of it, from the day after the valid_to before this one, if there is one, else from ever';
COMMENT ON COLUMN former_parent.parent_code IS 'What it was part of; NULL: of nothing';
COMMENT ON COLUMN former_parent.source IS 'Where the change was published';
COMMENT ON COLUMN former_parent.member_from IS 'First year it was part of it; worked out';

CREATE TABLE extent (
    dataset_id int NOT NULL,
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    PRIMARY KEY (dataset_id, territory_code, sector)
);
COMMENT ON TABLE extent IS
    'A producer''s statement that a dataset is complete for a sector in a territory and all its parts, so that a part without rows has none to have. Without it, such a part is unknown and so is the whole.';
COMMENT ON COLUMN extent.dataset_id IS 'The dataset';
COMMENT ON COLUMN extent.territory_code IS 'Where it is complete';
COMMENT ON COLUMN extent.sector IS 'For which sector';

CREATE TABLE population (
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    residents float8 CHECK (residents >= 0 AND residents < 'Infinity'),
    equivalent_residents float8 CHECK (equivalent_residents >= 0 AND equivalent_residents < 'Infinity'),
    tourist_nights float8 CHECK (tourist_nights >= 0 AND tourist_nights < 'Infinity'),
    jobs float8 CHECK (jobs >= 0 AND jobs < 'Infinity'),
    source text,
    PRIMARY KEY (territory_code, year)
);
COMMENT ON TABLE population IS 'Population of a territory by year, for figures per inhabitant of that year; a year without a row has none.';
COMMENT ON COLUMN population.territory_code IS 'Territory';
COMMENT ON COLUMN population.year IS 'Year';
COMMENT ON COLUMN population.residents IS 'Inhabitants; figures per inhabitant are divided by them';
COMMENT ON COLUMN population.equivalent_residents IS 'Residents and seasonal population, as the mean over the year of who is there';
COMMENT ON COLUMN population.tourist_nights IS 'Nights spent by tourists in the year';
COMMENT ON COLUMN population.jobs IS 'Jobs whose place of work is there; figures per job are divided by them';
COMMENT ON COLUMN population.source IS 'Where the figures were published';

CREATE TABLE degree_days (
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    degree_days float8 NOT NULL CHECK (degree_days > 0 AND degree_days < 'Infinity'),
    source text,
    PRIMARY KEY (territory_code, year)
);
COMMENT ON TABLE degree_days IS
    'Degree days observed in a territory and its parts; a part''s own go first. Refresh needs them where setting.degree_days_reference is set.';
COMMENT ON COLUMN degree_days.territory_code IS 'Territory';
COMMENT ON COLUMN degree_days.year IS 'Year';
COMMENT ON COLUMN degree_days.degree_days IS 'Unified degree days of the year (DJU, base 18 C in France), of the same base as the reference';
COMMENT ON COLUMN degree_days.source IS 'Station, or where they were published';

CREATE TABLE actor (
    code text PRIMARY KEY CHECK (code <> ''),
    name text NOT NULL,
    kind text,
    sector text CHECK (terrcarbon_internal.is_sector(sector)),
    role_name name,
    source text
);
COMMENT ON TABLE actor IS 'Who emits or removes: firms, public bodies, associations. Deposited rows may name one.';
COMMENT ON COLUMN actor.code IS 'Code, such as a SIREN number';
COMMENT ON COLUMN actor.name IS 'Name for readers';
COMMENT ON COLUMN actor.kind IS 'Kind of actor, in the account''s own words';
COMMENT ON COLUMN actor.sector IS 'Sector it is compared with';
COMMENT ON COLUMN actor.role_name IS 'Role of the database whose members speak for it';
COMMENT ON COLUMN actor.source IS 'Where the entry comes from';

CREATE TABLE declared_gap (
    dataset_id int NOT NULL,
    id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    scope text NOT NULL DEFAULT '1' CHECK (scope IN ('1', '2', '3')),
    year_from int NOT NULL CHECK (year_from BETWEEN 1900 AND 2200),
    year_to int NOT NULL CHECK (year_to BETWEEN 1900 AND 2200),
    notation text NOT NULL CHECK (notation IN ('NE', 'IE')),
    tonnes float8 CHECK (tonnes > '-Infinity' AND tonnes < 'Infinity'),
    u95_percent float8 CHECK (u95_percent >= 0 AND u95_percent < 'Infinity'),
    reason text NOT NULL CHECK (reason <> ''),
    author text NOT NULL DEFAULT current_user,
    declared_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (dataset_id, id),
    CHECK (year_from <= year_to),
    CONSTRAINT declared_estimate CHECK ((notation = 'NE') = (tonnes IS NOT NULL) AND (tonnes IS NULL) = (u95_percent IS NULL))
);
CREATE INDEX declared_gap_territory ON declared_gap (territory_code);
COMMENT ON TABLE declared_gap IS
    'What is known to be missing and is answered for: where a gap is declared, lines that could not be priced and figures that are not estimated leave the total standing, with a note, and the estimate given here is counted instead.';
COMMENT ON COLUMN declared_gap.dataset_id IS 'Dataset of the estimate, whose licence it carries';
COMMENT ON COLUMN declared_gap.id IS 'Number of the row within its dataset';
COMMENT ON COLUMN declared_gap.territory_code IS 'Territory, with all its parts';
COMMENT ON COLUMN declared_gap.sector IS 'Sector';
COMMENT ON COLUMN declared_gap.scope IS 'Scope the estimate counts in';
COMMENT ON COLUMN declared_gap.year_from IS 'First year';
COMMENT ON COLUMN declared_gap.year_to IS 'Last year';
COMMENT ON COLUMN declared_gap.notation IS 'NE: not estimated by rows, so by this; IE: included elsewhere, so nothing to add';
COMMENT ON COLUMN declared_gap.tonnes IS 'Estimate, t CO2e a year, negative for a removal; NULL for IE';
COMMENT ON COLUMN declared_gap.u95_percent IS 'Half-width of its 95 % interval, in %';
COMMENT ON COLUMN declared_gap.reason IS 'Why it is missing, and what the estimate rests on';
COMMENT ON COLUMN declared_gap.author IS 'Who declares it';
COMMENT ON COLUMN declared_gap.declared_at IS 'When';

-- --- places, each rule once --------------------------------------------------------

CREATE VIEW membership WITH (security_invoker = on) AS
SELECT t.code, t.parent_code, t.member_from AS first_year, 9999 AS last_year
FROM territory t
UNION ALL
SELECT f.territory_code, f.parent_code, f.member_from, extract(year FROM f.valid_to)::int
FROM former_parent f;
COMMENT ON VIEW membership IS
    'What each territory is part of, by year: that of 1 January. Whatever adds up or looks down a whole in a year goes by it.';
COMMENT ON COLUMN membership.code IS 'Territory; one row for each period, which together span all years';
COMMENT ON COLUMN membership.parent_code IS 'What it is part of; NULL: nothing';
COMMENT ON COLUMN membership.first_year IS 'First year of the period';
COMMENT ON COLUMN membership.last_year IS 'Last year of the period; less than first_year where it has no 1 January';

-- UNION ALL, as parts lie in no ring over all years: the table that UNION would need is
-- made anew for each query, as large as all memberships are taken to be.
CREATE VIEW changed_whole WITH (security_invoker = on) AS
WITH RECURSIVE up (code, first_year, last_year) AS (
    SELECT m.parent_code, m.first_year, m.last_year
    FROM (SELECT DISTINCT f.territory_code AS code FROM former_parent f) AS moved
    CROSS JOIN LATERAL (SELECT * FROM membership m WHERE m.code = moved.code OFFSET 0) AS m
    WHERE m.parent_code IS NOT NULL
  UNION ALL
    SELECT m.parent_code, greatest(m.first_year, up.first_year), least(m.last_year, up.last_year)
    FROM up
    CROSS JOIN LATERAL (
        SELECT * FROM membership m
        WHERE m.code = up.code AND m.first_year <= up.last_year AND m.last_year >= up.first_year OFFSET 0) AS m
    WHERE m.parent_code IS NOT NULL
)
SELECT DISTINCT up.code FROM up;
COMMENT ON VIEW changed_whole IS 'Territories that may have had other parts in some years than in others.';
COMMENT ON COLUMN changed_whole.code IS 'Territory';

CREATE VIEW leaf WITH (security_invoker = on) AS
SELECT t.code, t.area_m2, t.geom
FROM territory t
WHERE NOT EXISTS (SELECT FROM membership child WHERE child.parent_code = t.code);
COMMENT ON VIEW leaf IS 'Territories that have children in no year: those that maps are measured against.';
COMMENT ON COLUMN leaf.code IS 'Territory';
COMMENT ON COLUMN leaf.area_m2 IS 'Area on the ellipsoid, m2';
COMMENT ON COLUMN leaf.geom IS 'Boundary';

CREATE VIEW successor WITH (security_invoker = on) AS
WITH RECURSIVE chain (code, successor_code, since, there) AS (
    SELECT f.code, f.successor_code, f.since, EXISTS (SELECT FROM territory t WHERE t.code = f.successor_code)
    FROM former_territory f
    WHERE NOT EXISTS (SELECT FROM territory t WHERE t.code = f.code)
  UNION
    SELECT c.code, f.successor_code, f.since, EXISTS (SELECT FROM territory t WHERE t.code = f.successor_code)
    FROM chain c
    JOIN former_territory f ON f.code = c.successor_code AND f.since >= c.since
    WHERE NOT c.there
)
SELECT DISTINCT c.code, c.successor_code FROM chain c WHERE c.there;
COMMENT ON VIEW successor IS 'What former codes are today, over all changes since; a code that was split has several rows.';
COMMENT ON COLUMN successor.code IS 'Code that is no territory of the account any more';
COMMENT ON COLUMN successor.successor_code IS 'Territory';

CREATE VIEW lifetime WITH (security_invoker = on) AS
SELECT t.code, t.parent_code, t.reference_code,
       coalesce(extract(year FROM t.valid_from - 1)::int + 1, 1) AS first_year,
       coalesce(extract(year FROM t.valid_to)::int, 9999) AS last_year,
       t.area_m2
FROM territory t;
COMMENT ON VIEW lifetime IS 'For which years a territory counts: those on whose 1 January it exists.';
COMMENT ON COLUMN lifetime.code IS 'Territory';
COMMENT ON COLUMN lifetime.parent_code IS 'The territory it is part of at last; by year see membership';
COMMENT ON COLUMN lifetime.reference_code IS 'Its own reference_code';
COMMENT ON COLUMN lifetime.first_year IS 'First year it counts for';
COMMENT ON COLUMN lifetime.last_year IS 'Last year it counts for';
COMMENT ON COLUMN lifetime.area_m2 IS 'Area on the ellipsoid, m2';

CREATE VIEW place WITH (security_invoker = on) AS
SELECT t.code, r.reference_code, t.first_year, t.last_year, t.area_m2
FROM lifetime t
CROSS JOIN LATERAL (
    WITH RECURSIVE up (step, at_code, reference_code) AS (
        SELECT 0, t.parent_code, coalesce(t.reference_code, r.code)
        FROM (SELECT) AS this
        LEFT JOIN terrcarbon.reference_territory r ON r.code = t.code
      UNION ALL
        SELECT up.step + 1, p.parent_code, coalesce(p.reference_code, r.code)
        FROM up
        JOIN territory p ON p.code = up.at_code
        LEFT JOIN terrcarbon.reference_territory r ON r.code = p.code
        WHERE up.reference_code IS NULL
    )
    SELECT max(up.reference_code) AS reference_code FROM up
) AS r;
COMMENT ON VIEW place IS
    'Where a territory looks its factors and references up, and for which years it counts: those on whose 1 January it exists.';
COMMENT ON COLUMN place.code IS 'Territory';
COMMENT ON COLUMN place.reference_code IS
    'Code of terrcarbon.reference_territory: its own, the one it has in reference_code, or that of the nearest territory it is part of, in all years by parent_code, since ground stays in its soil zone; NULL when there is none';
COMMENT ON COLUMN place.first_year IS 'First year it counts for';
COMMENT ON COLUMN place.last_year IS 'Last year it counts for';
COMMENT ON COLUMN place.area_m2 IS 'Area on the ellipsoid, m2';

CREATE FUNCTION climate_factor(territory_code text, year int, heating_share float8) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
    WITH RECURSIVE up (step, code) AS (
        SELECT 0, climate_factor.territory_code
      UNION ALL
        SELECT up.step + 1, m.parent_code
        FROM up
        CROSS JOIN LATERAL (
            SELECT m.parent_code FROM membership m
            WHERE m.code = up.code AND climate_factor.year BETWEEN m.first_year AND m.last_year OFFSET 0) AS m
        WHERE m.parent_code IS NOT NULL
    )
    SELECT CASE WHEN s.degree_days_reference IS NULL THEN 1
                ELSE terrcarbon.climate_corrected(1, climate_factor.heating_share, s.degree_days_reference, (
                    SELECT d.degree_days FROM up JOIN degree_days d ON d.territory_code = up.code AND d.year = climate_factor.year
                    ORDER BY up.step LIMIT 1)) END
    FROM setting s;
END;
COMMENT ON FUNCTION climate_factor(text, int, float8) IS
    'What metered energy of a year is multiplied by to be that of the reference climate, of a row of which heating_share heats; 1 where setting.degree_days_reference is NULL; NULL where the territory and what it is part of in that year have no degree days of it.';

-- --- perimeters --------------------------------------------------------------------

CREATE FUNCTION leaves_in(territory_code text, year int) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
BEGIN ATOMIC
    WITH RECURSIVE down (code) AS (
        SELECT leaves_in.territory_code
      UNION ALL
        SELECT m.code
        FROM down
        CROSS JOIN LATERAL (
            SELECT m.code FROM membership m
            WHERE m.parent_code = down.code AND leaves_in.year BETWEEN m.first_year AND m.last_year OFFSET 0) AS m
    )
    SELECT down.code FROM down WHERE NOT EXISTS (SELECT FROM membership child WHERE child.parent_code = down.code);
END;
COMMENT ON FUNCTION leaves_in(text, int) IS
    'The perimeter of a territory in a year: the territories without children that were part of it on 1 January, or itself when it has none.';

CREATE FUNCTION same_perimeter(territory_code text, year int, other_year int) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE COST 2000
BEGIN ATOMIC
    SELECT same_perimeter.territory_code NOT IN (SELECT w.code FROM changed_whole w)
        OR same_perimeter.year = same_perimeter.other_year
        OR ARRAY(SELECT l FROM leaves_in(same_perimeter.territory_code, same_perimeter.year) AS l ORDER BY l)
            = ARRAY(SELECT l FROM leaves_in(same_perimeter.territory_code, same_perimeter.other_year) AS l ORDER BY l);
END;
COMMENT ON FUNCTION same_perimeter(text, int, int) IS
    'Whether a territory had the same parts in two years. What it emitted in two years with other parts is not compared.';

-- In FROM it becomes part of the query that asks, which looks for changed wholes once and compares the parts of these only.
CREATE FUNCTION same_perimeter_in(territory_code text, year int, other_year int) RETURNS TABLE (same boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT same_perimeter_in.territory_code NOT IN (SELECT w.code FROM changed_whole w)
        OR same_perimeter(same_perimeter_in.territory_code, same_perimeter_in.year, same_perimeter_in.other_year);
END;
COMMENT ON FUNCTION same_perimeter_in(text, int, int) IS 'What function same_perimeter says, for many rows.';

-- The boundary is that of the last year that had members; those that went or came since are added or taken.
CREATE FUNCTION area_in(territory_code text, year int) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE COST 2000
BEGIN ATOMIC
    -- A boundary that does not fit its parts may leave nothing, or less, which nothing is divided by.
    SELECT CASE WHEN y.m2 > 1e-6 * t.area_m2 THEN y.m2 END
    FROM lifetime t
    CROSS JOIN LATERAL (
        SELECT t.area_m2 + coalesce((
               SELECT terrcarbon.value(terrcarbon.sum(terrcarbon.estimate(p.side * leaf.area_m2, 0)))
               FROM (SELECT l, 1 AS side FROM leaves_in(t.code, area_in.year) AS l
                     UNION ALL
                     SELECT l, -1 FROM leaves_in(t.code, (SELECT least(t.last_year, max(m.last_year))
                                                          FROM membership m WHERE m.parent_code = t.code)) AS l) AS p
               JOIN leaf ON leaf.code = p.l
               WHERE EXISTS (SELECT FROM former_parent)), 0)
    ) AS y (m2)
    WHERE t.code = area_in.territory_code AND EXISTS (SELECT FROM leaves_in(t.code, area_in.year));
END;
COMMENT ON FUNCTION area_in(text, int) IS
    'Area of a territory with the parts it had in a year, m2 on the ellipsoid; NULL when it had none, or when its boundary is not that of its parts of the last year.';

-- In FROM it becomes part of the query that asks, which looks for changed wholes once.
CREATE FUNCTION hectares_in(territory_code text, area_m2 float8, year int) RETURNS TABLE (ha float8)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT CASE WHEN hectares_in.territory_code IN (SELECT w.code FROM changed_whole w)
                THEN area_in(hectares_in.territory_code, hectares_in.year) ELSE hectares_in.area_m2 END / 1e4;
END;
COMMENT ON FUNCTION hectares_in(text, float8, int) IS
    'Area of a territory with the parts it had in a year, ha, for many rows: given the area of today, which most keep.';
