-- The registry of layers: what refresh, release, explanations and coverage know
-- of the tables that rows are deposited in.

CREATE TABLE layer (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_][a-z0-9_]*$'),
    items name NOT NULL,
    places name,
    deposits name,
    changes name,
    flows name,
    shipped boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE layer IS 'The layers of the account; register_layer adds one. All relations are in the schema of the account.';
COMMENT ON COLUMN layer.name IS 'What lines and findings call it';
COMMENT ON COLUMN layer.items IS
    'View of its rows in territories: what is to be priced; the columns are those of item, of which dataset_id, row_id, territory_code, year_from, year_to and sector must be there';
COMMENT ON COLUMN layer.places IS
    'View of the territories each dataset may have rows in, found fast: dataset_id, territory_code; NULL: those of items';
COMMENT ON COLUMN layer.deposits IS
    'View of its rows as deposited, to find those in no territory: dataset_id, year_from, year_to, placed (false: names no territory; NULL: by its measure), measure, measure_unit';
COMMENT ON COLUMN layer.changes IS
    'View of land that changed its class, which is priced by the hectare: the columns of land_cover_change';
COMMENT ON COLUMN layer.flows IS
    'View of lines that have their value already: the columns of land_cover_flow';
COMMENT ON COLUMN layer.shipped IS 'Came with the account';
