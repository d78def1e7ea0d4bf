-- What the columns and codes of files that come again and again mean: mappings of
-- deposits, as data.

CREATE TABLE source_mapping (
    code text NOT NULL CHECK (code <> ''),
    target text NOT NULL CHECK (target <> ''),
    mapping jsonb NOT NULL CHECK (jsonb_typeof(mapping) = 'object'),
    name text NOT NULL,
    note text,
    source text NOT NULL CHECK (source <> ''),
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (code, shipped)
);
COMMENT ON TABLE source_mapping IS 'Mappings for deposit: which column of a known file is what, and which of its codes means which class, sector or unit. A row of your own goes before a shipped one.';
COMMENT ON COLUMN source_mapping.code IS 'What mapping_of calls it.';
COMMENT ON COLUMN source_mapping.target IS 'Layer that it is for.';
COMMENT ON COLUMN source_mapping.mapping IS 'The mapping, as that of deposit.';
COMMENT ON COLUMN source_mapping.name IS 'The file, in words.';
COMMENT ON COLUMN source_mapping.note IS 'What it leaves open.';
COMMENT ON COLUMN source_mapping.source IS 'Where columns and codes are described.';
COMMENT ON COLUMN source_mapping.shipped IS 'Came with the extension.';
SELECT pg_catalog.pg_extension_config_dump('source_mapping', 'WHERE NOT shipped');
GRANT SELECT ON source_mapping TO PUBLIC;

CREATE FUNCTION mapping_of(code text, change jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 20
    SET search_path = pg_catalog, terrcarbon, pg_temp
AS $$
DECLARE
    found CONSTANT jsonb := (SELECT m.mapping FROM source_mapping m WHERE m.code = mapping_of.code ORDER BY m.shipped LIMIT 1);
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'there is no mapping %', quote_ident(left(code, 100))
            USING ERRCODE = 'no_data_found',
                  HINT = 'There are ' || (SELECT string_agg(DISTINCT m.code, ', ') FROM source_mapping m) || '.';
    END IF;
    RETURN found || change;
END;
$$;
COMMENT ON FUNCTION mapping_of(text, jsonb) IS
    'The mapping of a known file (source_mapping), for deposit and create_inbox; change: columns that are mapped otherwise, such as {"year": {"value": 2022}}. Error P0002 for an unknown one.';
