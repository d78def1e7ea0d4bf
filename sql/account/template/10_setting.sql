-- Settings of an account.  In these files 4326 stands for the account's SRID, and
-- names without a schema are those of the account.

CREATE TABLE setting (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    srid int NOT NULL DEFAULT 4326 CHECK (srid = 4326),
    gwp text NOT NULL DEFAULT 'AR5' CHECK (gwp = ANY (terrcarbon.gwp_sets())),
    assumed_u95_percent float8 CHECK (assumed_u95_percent >= 0 AND assumed_u95_percent < 'Infinity'),
    materiality float8 NOT NULL DEFAULT 0 CHECK (materiality >= 0 AND materiality < 1),
    required_sectors text[] NOT NULL DEFAULT '{}' CHECK (required_sectors
        <@ '{residential,tertiary,road_transport,other_transport,agriculture,waste,industry,energy}'),
    land_dataset_id int,
    land_tolerance float8 NOT NULL DEFAULT 0.005 CHECK (land_tolerance >= 0 AND land_tolerance < 1),
    land_flow text NOT NULL DEFAULT 'transition' CHECK (land_flow IN ('transition', 'stock_difference')),
    degree_days_reference float8 CHECK (degree_days_reference > 0 AND degree_days_reference < 'Infinity'),
    carry_land_years int NOT NULL DEFAULT 0 CHECK (carry_land_years BETWEEN 0 AND 50),
    when_stale text NOT NULL DEFAULT 'warn' CHECK (when_stale IN ('warn', 'notify', 'fail')),
    batch_size int NOT NULL DEFAULT 100 CHECK (batch_size BETWEEN 1 AND 10000)
);
COMMENT ON TABLE setting IS 'Settings of the account: one row.';
COMMENT ON COLUMN setting.single IS 'Keeps the table to one row';
COMMENT ON COLUMN setting.srid IS 'SRID of every geometry of the account';
COMMENT ON COLUMN setting.gwp IS 'Global warming potentials over 100 years that CO2e figures use: AR4, AR5 or AR6';
COMMENT ON COLUMN setting.assumed_u95_percent IS
    'Half-width of the 95 % interval, in %, of factors, references and rows that state none; NULL: they count as exact. Either is noted in coverage';
COMMENT ON COLUMN setting.materiality IS
    'A total stands, with a note, when at most this share of the lines it is made of could not be priced; 0: every line counts';
COMMENT ON COLUMN setting.required_sectors IS
    'Sectors without which the total of a territory is unknown, though nobody ever deposited a figure for them; a sector that has figures is always required. A declared gap, or a row with the notation NO or IE, answers for one';
COMMENT ON COLUMN setting.land_dataset_id IS
    'Which of several land-cover datasets of one ground is counted; NULL: in each territory the one that maps the most';
COMMENT ON COLUMN setting.land_tolerance IS
    'What part of a territory a land-cover map may leave out, or count twice, before the stock is incomplete';
COMMENT ON COLUMN setting.land_flow IS
    'transition: each change of land takes effect over its own time (IPCC 2006), from the overlay of two maps; stock_difference: the difference of the stocks of two maps, evenly over the years between, for maps that cannot be overlaid';
COMMENT ON COLUMN setting.degree_days_reference IS
    'Degree days of the climate that metered heating is brought to, from those of its year (degree_days): E x (1 - s + s x reference / observed), s the heating_share of the row; NULL: energy counts as metered';
COMMENT ON COLUMN setting.carry_land_years IS
    'For how many years after the last map the last yearly change of land is taken to go on, with a note; after these the flow is unknown';
COMMENT ON COLUMN setting.when_stale IS
    'What a refresh does, besides its warnings, when it leaves figures stale (a dataset that the owner may not read, a territory that cannot be computed): nothing; notify on the channel terrcarbon; or notify and fail at its end, so that a nightly job is not green. What was computed stays';
COMMENT ON COLUMN setting.batch_size IS 'Territories that one step of a refresh computes and commits, at the least: where a territory has hundreds of parts, more';
INSERT INTO setting DEFAULT VALUES;
