-- The balance: sums of lines by territory, kept by refresh, and what refresh needs
-- to know.

CREATE TABLE balance (
    dataset_id int NOT NULL,
    territory_code text NOT NULL,
    sector text NOT NULL,
    scope text NOT NULL,
    allocation text NOT NULL,
    year int NOT NULL,
    emission terrcarbon.ghg,
    co2e terrcarbon.estimate,
    removal terrcarbon.ghg,
    removal_co2e terrcarbon.estimate,
    stock terrcarbon.carbon_stock,
    carbon terrcarbon.estimate,
    area_ha float8,
    notation text,
    lines bigint NOT NULL,
    unknown_lines bigint NOT NULL,
    leaves int NOT NULL,
    leaves_expected int NOT NULL,
    PRIMARY KEY (dataset_id, territory_code, sector, scope, allocation, year)
);
CREATE INDEX balance_territory ON balance (territory_code, year);
COMMENT ON TABLE balance IS
    'Sums of lines, made by refresh: what each dataset says of each territory, children included. Never add rows of a parent to those of its children.';
COMMENT ON COLUMN balance.dataset_id IS 'Dataset the figure comes from';
COMMENT ON COLUMN balance.territory_code IS 'Territory';
COMMENT ON COLUMN balance.sector IS 'Sector (terrcarbon.sector)';
COMMENT ON COLUMN balance.scope IS '1, 2 or 3 for flows of a year; stock for the carbon the land holds in a year; memo for what is shown beside the total';
COMMENT ON COLUMN balance.allocation IS 'territorial, or for trips induced or resident: three views of the same journeys, never added';
COMMENT ON COLUMN balance.year IS 'Year';
COMMENT ON COLUMN balance.emission IS 'Gross emissions of what is known, kg of each gas';
COMMENT ON COLUMN balance.co2e IS 'The same with uncertainty, kg CO2e';
COMMENT ON COLUMN balance.removal IS 'Gross removals of what is known, kg of each gas, negative';
COMMENT ON COLUMN balance.removal_co2e IS 'The same with uncertainty, kg CO2e, negative';
COMMENT ON COLUMN balance.stock IS 'Carbon held by the land that has a reference, t by pool';
COMMENT ON COLUMN balance.carbon IS 'The same with uncertainty, t';
COMMENT ON COLUMN balance.area_ha IS 'Land the stock or the flow is for, ha; NULL: not from a map';
COMMENT ON COLUMN balance.notation IS 'Why there is no figure, or none to add: NO, NE, IE or C';
COMMENT ON COLUMN balance.lines IS 'Lines that belong in the figure';
COMMENT ON COLUMN balance.unknown_lines IS 'Those of them with a finding: with one the figure is a part, and the whole is unknown';
COMMENT ON COLUMN balance.leaves IS 'Territories without children, here within, for which this dataset has the figure';
COMMENT ON COLUMN balance.leaves_expected IS 'Territories without children here within in that year';

CREATE TABLE coverage (
    dataset_id int NOT NULL,
    territory_code text NOT NULL,
    layer text NOT NULL,
    sector text NOT NULL,
    scope text NOT NULL,
    allocation text NOT NULL,
    year_from int NOT NULL,
    year_to int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('measured', 'finding', 'note', 'outside')),
    reason text NOT NULL,
    detail text NOT NULL,
    item_count bigint NOT NULL,
    amount float8,
    unit text,
    PRIMARY KEY (dataset_id, territory_code, layer, sector, scope, allocation, year_from, year_to, kind, reason, detail)
);
CREATE INDEX coverage_territory ON coverage (territory_code, year_from) WHERE kind = 'finding';
COMMENT ON TABLE coverage IS 'What refresh could and could not count, by dataset and territory.';
COMMENT ON COLUMN coverage.dataset_id IS 'Dataset';
COMMENT ON COLUMN coverage.territory_code IS 'Territory; empty for what lies in none';
COMMENT ON COLUMN coverage.layer IS 'Layer the rows are in';
COMMENT ON COLUMN coverage.sector IS 'Sector; empty for what lies in no territory';
COMMENT ON COLUMN coverage.scope IS 'Scope of the lines, memo for what is beside the total; empty for what is measured or outside';
COMMENT ON COLUMN coverage.allocation IS 'territorial, induced or resident';
COMMENT ON COLUMN coverage.year_from IS 'First of the years that this is said of; measured rows of other years may overlap and add up';
COMMENT ON COLUMN coverage.year_to IS 'Last of them';
COMMENT ON COLUMN coverage.kind IS
    'measured; finding: the rows could not be priced or measured, so their total is unknown; note: counted, but doubtful; outside: in no territory of the account';
COMMENT ON COLUMN coverage.reason IS
    'What was found: no factor, cannot be priced, no energy, no traffic, no occupancy, no reference, land not mapped, nomenclatures differ ...';
COMMENT ON COLUMN coverage.detail IS 'Class, factor or message concerned; empty when there is none';
COMMENT ON COLUMN coverage.item_count IS 'Rows concerned in each year; a row that spans territories counts in each';
COMMENT ON COLUMN coverage.amount IS 'How much is concerned in each year, in unit';
COMMENT ON COLUMN coverage.unit IS 'Unit of amount';

CREATE TABLE part (
    dataset_id int NOT NULL,
    territory_code text NOT NULL,
    sector text NOT NULL,
    scope text NOT NULL,
    area_ha float8,
    removes boolean NOT NULL DEFAULT false,
    PRIMARY KEY (dataset_id, territory_code, sector, scope)
);
-- Views read all of it for each territory, from the index alone: its rows lie by dataset.
CREATE INDEX part_territory ON part (territory_code) INCLUDE (dataset_id, sector, scope, area_ha, removes);
COMMENT ON TABLE part IS 'What the total of a territory is made of in one year or another: the sectors and scopes of the balance.';
COMMENT ON COLUMN part.dataset_id IS 'Dataset';
COMMENT ON COLUMN part.territory_code IS 'Territory';
COMMENT ON COLUMN part.sector IS 'Sector';
COMMENT ON COLUMN part.scope IS 'Scope';
COMMENT ON COLUMN part.area_ha IS 'Land that its maps are of, at most, ha; NULL: not from a map';
COMMENT ON COLUMN part.removes IS 'Whether rows of it are removals, with a value or without';

CREATE TABLE contribution (
    territory_code text NOT NULL,
    dataset_id int NOT NULL,
    refreshed_at timestamptz NOT NULL,
    PRIMARY KEY (territory_code, dataset_id)
);
CREATE INDEX contribution_dataset ON contribution (dataset_id);
COMMENT ON TABLE contribution IS
    'Which datasets have a figure for which territory: what a reader needs to see that something is missing for him. No figures.';
COMMENT ON COLUMN contribution.territory_code IS 'Territory';
COMMENT ON COLUMN contribution.dataset_id IS 'Dataset';
COMMENT ON COLUMN contribution.refreshed_at IS 'When its figures were last computed';

CREATE TABLE change (
    dataset_id int,
    territory_code text,
    box geometry(Polygon, 4326)
);
COMMENT ON TABLE change IS
    'What changed since the last refresh, noted by triggers: a box, a territory or the whole of a dataset.';
COMMENT ON COLUMN change.dataset_id IS 'Dataset; NULL: all';
COMMENT ON COLUMN change.territory_code IS 'Territory; NULL with a NULL box: all';
COMMENT ON COLUMN change.box IS 'Bounding box of changed geometries';

CREATE TABLE pending (
    dataset_id int NOT NULL,
    territory_code text NOT NULL,
    parent_code text,
    problem text,
    PRIMARY KEY (dataset_id, territory_code)
);
CREATE INDEX pending_siblings ON pending (dataset_id, parent_code, territory_code) WHERE problem IS NULL AND territory_code <> '';
COMMENT ON TABLE pending IS 'What the running or interrupted refresh has still to compute.';
COMMENT ON COLUMN pending.dataset_id IS 'Dataset';
COMMENT ON COLUMN pending.territory_code IS 'Territory; empty for what lies in none';
COMMENT ON COLUMN pending.parent_code IS 'What it was part of when the refresh was planned: siblings are computed together';
COMMENT ON COLUMN pending.problem IS 'Error that kept the refresh from computing it; its former figures stand';

CREATE TABLE dataset_turn (
    dataset_id int PRIMARY KEY
);
COMMENT ON TABLE dataset_turn IS 'A row for each dataset that was ever refreshed, locked by the session that computes it.';
COMMENT ON COLUMN dataset_turn.dataset_id IS 'Dataset';

CREATE TABLE refresh_state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    started_at timestamptz,
    finished_at timestamptz,
    step_at timestamptz,
    total bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE refresh_state IS 'Where the last refresh stands: one row; see refresh_progress.';
COMMENT ON COLUMN refresh_state.single IS 'Keeps the table to one row';
COMMENT ON COLUMN refresh_state.started_at IS 'When the last refresh started';
COMMENT ON COLUMN refresh_state.finished_at IS 'When it ended; NULL while it runs or when it was interrupted';
COMMENT ON COLUMN refresh_state.step_at IS 'When it last committed a step';
COMMENT ON COLUMN refresh_state.total IS 'Dataset and territory pairs it had to compute';
COMMENT ON COLUMN refresh_state.done IS 'Pairs it has computed';
INSERT INTO refresh_state DEFAULT VALUES;

CREATE TABLE input_seen (
    kind text NOT NULL,
    code text NOT NULL,
    fingerprint text NOT NULL,
    PRIMARY KEY (kind, code)
);
COMMENT ON TABLE input_seen IS 'The factors and references that the last refresh found.';
COMMENT ON COLUMN input_seen.kind IS 'factor, nomenclature (of stock references), or territory (where both are looked up)';
COMMENT ON COLUMN input_seen.code IS 'Code of the factor or nomenclature; empty for territories, which are seen as one';
COMMENT ON COLUMN input_seen.fingerprint IS 'Of all its rows: another one means that figures that rest on it may change';

CREATE TABLE dataset_input (
    dataset_id int NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (dataset_id, kind, code)
);
COMMENT ON TABLE dataset_input IS 'The factors and nomenclatures that rows of a dataset name or once named, found or not: when one changes, the dataset is computed again.';
COMMENT ON COLUMN dataset_input.dataset_id IS 'Dataset';
COMMENT ON COLUMN dataset_input.kind IS 'factor or nomenclature';
COMMENT ON COLUMN dataset_input.code IS 'Its code';

-- With its owner's rights, so that readers learn that a figure is stale; which
-- rows changed, and where, they do not learn.
CREATE VIEW stale_dataset AS
SELECT DISTINCT dataset_id FROM change
UNION
SELECT DISTINCT dataset_id FROM pending;
COMMENT ON VIEW stale_dataset IS 'Datasets with changes that no refresh has counted yet; a NULL: all of them.';
COMMENT ON COLUMN stale_dataset.dataset_id IS 'Dataset; NULL: all';

-- --- targets ---------------------------------------------------------------------

CREATE TABLE plan (
    territory_code text NOT NULL REFERENCES territory (code) ON UPDATE CASCADE,
    sector text NOT NULL DEFAULT 'all' CHECK (sector = 'all' OR terrcarbon_internal.is_sector(sector)),
    plan text NOT NULL CHECK (plan <> ''),
    covers text NOT NULL DEFAULT 'emissions' CHECK (covers IN ('emissions', 'net')),
    base_year int CHECK (base_year BETWEEN 1900 AND 2200),
    interpolated boolean NOT NULL DEFAULT true,
    in_force boolean NOT NULL DEFAULT true,
    source text,
    PRIMARY KEY (territory_code, sector, plan)
);
CREATE UNIQUE INDEX plan_in_force ON plan (territory_code, sector) WHERE in_force;
COMMENT ON TABLE plan IS 'What is aimed at: the years and limits of a plan are rows of target. Not measured, so no dataset.';
COMMENT ON COLUMN plan.territory_code IS 'Territory';
COMMENT ON COLUMN plan.sector IS 'Sector, or all: every sector but land';
COMMENT ON COLUMN plan.plan IS 'Name of the plan, such as PCAET 2020-2026 or SNBC 2';
COMMENT ON COLUMN plan.covers IS 'What it limits: emissions (land apart) or net (with land)';
COMMENT ON COLUMN plan.base_year IS 'Year that the values of target are changes from, in %; they follow its recalculation. NULL: the values are t CO2e';
COMMENT ON COLUMN plan.interpolated IS 'Whether the years between two values lie on the line between them; false: only the years with a value have a limit';
COMMENT ON COLUMN plan.in_force IS 'Whether views compare with this plan; one by territory and sector';
COMMENT ON COLUMN plan.source IS 'Where the plan was published';

CREATE TABLE target (
    territory_code text NOT NULL,
    sector text NOT NULL DEFAULT 'all',
    plan text NOT NULL,
    year int NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    value float8 NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    PRIMARY KEY (territory_code, sector, plan, year),
    FOREIGN KEY (territory_code, sector, plan) REFERENCES plan ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON TABLE target IS 'The years of a plan with a limit.';
COMMENT ON COLUMN target.territory_code IS 'Territory';
COMMENT ON COLUMN target.sector IS 'Sector, or all';
COMMENT ON COLUMN target.plan IS 'Plan';
COMMENT ON COLUMN target.year IS 'Year';
COMMENT ON COLUMN target.value IS 't CO2e a year, not below 0 unless the plan covers net; with a base year the change from it in %, such as -40';
CREATE TRIGGER target_in_tonnes AFTER INSERT OR UPDATE ON target
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.target_in_tonnes();
CREATE TRIGGER target_in_tonnes AFTER UPDATE OF base_year, covers ON plan
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.target_in_tonnes();
