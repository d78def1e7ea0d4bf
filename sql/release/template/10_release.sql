-- The releases of an account: figures that everybody may see, unchangeable.

CREATE TABLE release (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year int NOT NULL,
    allocation text NOT NULL CHECK (allocation = ANY (terrcarbon.allocations())),
    released_at timestamptz NOT NULL DEFAULT now(),
    released_by text NOT NULL DEFAULT current_user,
    gwp text NOT NULL,
    replaces int UNIQUE REFERENCES release,
    correction text CHECK (correction <> ''),
    sources int[] NOT NULL,
    licences text[] NOT NULL,
    attribution text,
    duties text[] NOT NULL,
    CHECK ((replaces IS NULL) = (correction IS NULL))
);
COMMENT ON TABLE release IS 'Releases: figures that everybody may see, unchangeable.';
COMMENT ON COLUMN release.id IS 'Number of the release';
COMMENT ON COLUMN release.year IS 'Year the figures are for';
COMMENT ON COLUMN release.allocation IS 'territorial, or for trips induced or resident';
COMMENT ON COLUMN release.released_at IS 'When it was released';
COMMENT ON COLUMN release.released_by IS 'Role that released it';
COMMENT ON COLUMN release.gwp IS 'Global warming potentials over 100 years: AR4, AR5 or AR6';
COMMENT ON COLUMN release.replaces IS 'Release it corrects';
COMMENT ON COLUMN release.correction IS 'Why';
COMMENT ON COLUMN release.sources IS 'Datasets behind it, those of the factors included (terrcarbon.dataset_catalogue)';
COMMENT ON COLUMN release.licences IS 'Licences it may be published under, to choose from';
COMMENT ON COLUMN release.attribution IS 'Sources to credit';
COMMENT ON COLUMN release.duties IS 'What publication asks besides';

CREATE TABLE release_dataset (
    release_id int NOT NULL REFERENCES release,
    dataset_id int NOT NULL,
    used boolean NOT NULL,
    access text NOT NULL,
    licence text NOT NULL,
    updated date,
    reason text,
    PRIMARY KEY (release_id, dataset_id)
);
COMMENT ON TABLE release_dataset IS
    'Datasets of the account at a release, used or left out, as the catalogue stood.';
COMMENT ON COLUMN release_dataset.release_id IS 'Release';
COMMENT ON COLUMN release_dataset.dataset_id IS 'Dataset';
COMMENT ON COLUMN release_dataset.used IS 'Whether its figures are in the release';
COMMENT ON COLUMN release_dataset.access IS 'Its access then';
COMMENT ON COLUMN release_dataset.licence IS 'Its licence then';
COMMENT ON COLUMN release_dataset.updated IS 'Date of its last update then';
COMMENT ON COLUMN release_dataset.reason IS 'Why it was left out';

CREATE TABLE release_cell (
    release_id int NOT NULL REFERENCES release,
    territory_code text NOT NULL,
    sector text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('emissions', 'removals')),
    territory_name text NOT NULL,
    level text NOT NULL,
    parent_code text,
    tonnes float8,
    notation text CHECK (notation IN ('NO', 'NE', 'IE', 'C')),
    datasets int[],
    PRIMARY KEY (release_id, territory_code, sector, measure),
    CHECK (num_nonnulls(tonnes, notation) = 1)
);
COMMENT ON TABLE release_cell IS 'Figures of releases: territory × sector × measure.';
COMMENT ON COLUMN release_cell.release_id IS 'Release';
COMMENT ON COLUMN release_cell.territory_code IS 'Territory, its parts included';
COMMENT ON COLUMN release_cell.sector IS 'Sector, or all: every sector but land';
COMMENT ON COLUMN release_cell.measure IS 'emissions or removals, both gross';
COMMENT ON COLUMN release_cell.territory_name IS 'Name of the territory then';
COMMENT ON COLUMN release_cell.level IS 'Its level';
COMMENT ON COLUMN release_cell.parent_code IS 'What it was part of then, of the territories of the release';
COMMENT ON COLUMN release_cell.tonnes IS 't CO2e, scopes 1 and 2; removals are negative';
COMMENT ON COLUMN release_cell.notation IS 'Why there is no figure: C confidential, NE not estimated, NO does not occur, IE included elsewhere';
COMMENT ON COLUMN release_cell.datasets IS 'Datasets with a figure in it';

CREATE TABLE release_part (
    dataset_id int NOT NULL,
    release_id int NOT NULL REFERENCES release,
    territory_code text NOT NULL,
    sector text NOT NULL,
    measure text NOT NULL,
    unit_key text NOT NULL,
    contribution text NOT NULL DEFAULT '',
    amount float8 NOT NULL,
    PRIMARY KEY (dataset_id, release_id, territory_code, sector, measure, unit_key, contribution)
);
COMMENT ON TABLE release_part IS
    'What each confidential unit added to a release, kept so that a correction cannot give one away. Under the licences of the rows.';
COMMENT ON COLUMN release_part.dataset_id IS 'Dataset';
COMMENT ON COLUMN release_part.release_id IS 'Release';
COMMENT ON COLUMN release_part.territory_code IS 'Territory the unit is in';
COMMENT ON COLUMN release_part.sector IS 'Sector';
COMMENT ON COLUMN release_part.measure IS 'emissions or removals';
COMMENT ON COLUMN release_part.unit_key IS 'Unit: from respondent, or the row';
COMMENT ON COLUMN release_part.contribution IS 'The row, where one is spread over several territories; else empty';
COMMENT ON COLUMN release_part.amount IS 'kg CO2e';

-- For the owner alone, whatever is granted, and whatever becomes of the dataset: row
-- security without a policy.
CREATE TABLE release_trace (
    release_id int NOT NULL REFERENCES release,
    of_dataset int NOT NULL,
    territory_code text NOT NULL,
    sector text NOT NULL,
    measure text NOT NULL,
    digest text NOT NULL,
    unit text NOT NULL,
    contribution text NOT NULL,
    share float8 NOT NULL,
    magnitude int
);
ALTER TABLE release_trace ENABLE ROW LEVEL SECURITY;
CREATE INDEX release_trace_release ON release_trace (release_id, of_dataset);
COMMENT ON TABLE release_trace IS
    'Digests and orders of magnitude of what confidential units added to a release. When a dataset is withdrawn, they stand for its rows, and tell them from new ones when they come back in another. For the owner alone.';
COMMENT ON COLUMN release_trace.release_id IS 'Release';
COMMENT ON COLUMN release_trace.of_dataset IS 'Dataset';
COMMENT ON COLUMN release_trace.territory_code IS 'Territory the unit is in';
COMMENT ON COLUMN release_trace.sector IS 'Sector';
COMMENT ON COLUMN release_trace.measure IS 'emissions or removals';
COMMENT ON COLUMN release_trace.digest IS 'Of the amount, to ten digits';
COMMENT ON COLUMN release_trace.unit IS 'Digest of the unit';
COMMENT ON COLUMN release_trace.contribution IS 'The row, where one is spread over several territories; else empty';
COMMENT ON COLUMN release_trace.share IS 'Share of it that is here';
COMMENT ON COLUMN release_trace.magnitude IS 'All of it is from 2 to this power to twice as much, kg CO2e; NULL: it is 0';

CREATE TABLE release_footprint (
    dataset_id int NOT NULL,
    release_id int NOT NULL REFERENCES release,
    unit_key text NOT NULL,
    shape text NOT NULL,
    m2 float8 NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL,
    PRIMARY KEY (dataset_id, release_id, unit_key)
);
CREATE INDEX release_footprint_geom ON release_footprint USING gist (geom);
COMMENT ON TABLE release_footprint IS
    'Where the buildings behind a release stand, kept so that one that is drawn anew is not taken for another. Under the licences of the rows.';
COMMENT ON COLUMN release_footprint.dataset_id IS 'Dataset';
COMMENT ON COLUMN release_footprint.release_id IS 'Release';
COMMENT ON COLUMN release_footprint.unit_key IS 'Unit, as in release_part';
COMMENT ON COLUMN release_footprint.shape IS 'Digest of geom: equal for what is drawn alike';
COMMENT ON COLUMN release_footprint.m2 IS 'Ground, m2 on the ellipsoid';
COMMENT ON COLUMN release_footprint.geom IS 'Ground of all its buildings';

CREATE VIEW released WITH (security_invoker = on) AS
SELECT concat_ws('/', r.year, r.allocation, c.territory_code, c.sector, c.measure) AS id,
       c.territory_code, c.territory_name, c.level, c.parent_code, r.year, r.allocation, c.sector, c.measure,
       c.tonnes, c.notation, array_to_string(c.datasets, ', ') AS datasets,
       array_to_string(r.licences, ', ') AS licences, r.attribution,
       (r.released_at AT TIME ZONE 'UTC')::date AS released_on, r.id AS release_id
FROM release_cell c
JOIN release r ON r.id = c.release_id
WHERE NOT EXISTS (SELECT FROM release later WHERE later.replaces = r.id);
COMMENT ON VIEW released IS 'The figures in force of all releases, for everybody. Unique by id.';
COMMENT ON COLUMN released.id IS 'year/allocation/territory/sector/measure: unique';
COMMENT ON COLUMN released.territory_code IS 'Territory, its parts included';
COMMENT ON COLUMN released.territory_name IS 'Its name';
COMMENT ON COLUMN released.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN released.parent_code IS 'What it is part of';
COMMENT ON COLUMN released.year IS 'Year';
COMMENT ON COLUMN released.allocation IS 'territorial, or for trips induced or resident; never add two of them';
COMMENT ON COLUMN released.sector IS 'Sector, or all: every sector but land';
COMMENT ON COLUMN released.measure IS 'emissions or removals, both gross';
COMMENT ON COLUMN released.tonnes IS 't CO2e, scopes 1 and 2; removals are negative';
COMMENT ON COLUMN released.notation IS 'Why there is no figure: C confidential, NE not estimated, NO does not occur, IE included elsewhere';
COMMENT ON COLUMN released.datasets IS 'Datasets with a figure in it (terrcarbon.dataset_catalogue)';
COMMENT ON COLUMN released.licences IS 'Licences the release may be published under, to choose from';
COMMENT ON COLUMN released.attribution IS 'Sources to credit';
COMMENT ON COLUMN released.released_on IS 'Day of the release, in UTC';
COMMENT ON COLUMN released.release_id IS 'Release';

GRANT SELECT ON release, release_dataset, release_cell, released TO PUBLIC;
SELECT terrcarbon.protect('release_part'::regclass, derived => true);
SELECT terrcarbon.protect('release_footprint'::regclass, derived => true);

CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release_dataset
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release_cell
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release_part
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release_footprint
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON release_trace
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER closed AFTER INSERT ON release_dataset REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER closed AFTER INSERT ON release_cell REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER closed AFTER INSERT ON release_part REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER closed AFTER INSERT ON release_footprint REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
CREATE TRIGGER closed AFTER INSERT ON release_trace REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.release_is_final();
