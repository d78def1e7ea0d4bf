-- Publications: open and released figures with all they rest on, sealed.

CREATE TABLE publication (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    year int NOT NULL,
    version int NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    software text NOT NULL,
    gwp text NOT NULL,
    licences text[] NOT NULL,
    attribution text,
    former_digest text UNIQUE,
    UNIQUE (title, year, version)
);
COMMENT ON TABLE publication IS 'Publications of the account, each sealed by a digest that the next one carries on. Everybody reads them.';
COMMENT ON COLUMN publication.id IS 'Number of the publication';
COMMENT ON COLUMN publication.title IS 'Title';
COMMENT ON COLUMN publication.year IS 'Year of the figures';
COMMENT ON COLUMN publication.version IS 'How often this title was published for the year, with this one; the highest is the latest';
COMMENT ON COLUMN publication.published_at IS 'When it was published';
COMMENT ON COLUMN publication.published_by IS 'Role that published it, by its name on that day';
COMMENT ON COLUMN publication.software IS 'Version of the extension';
COMMENT ON COLUMN publication.gwp IS 'Global warming potentials of the figures';
COMMENT ON COLUMN publication.licences IS 'Licences it may be used under';
COMMENT ON COLUMN publication.attribution IS 'Credit that the licences ask for';
COMMENT ON COLUMN publication.former_digest IS 'Digest of the publication before; NULL: it is the first';

CREATE TABLE publication_seal (
    publication_id int PRIMARY KEY REFERENCES publication,
    digest text NOT NULL UNIQUE
);
COMMENT ON TABLE publication_seal IS 'The digests of publications. Everybody reads them.';
COMMENT ON COLUMN publication_seal.publication_id IS 'Publication';
COMMENT ON COLUMN publication_seal.digest IS 'SHA-256 of its canonical text (publication_text), in hexadecimal';

CREATE TABLE publication_item (
    publication_id int NOT NULL REFERENCES publication,
    kind text NOT NULL CHECK (kind IN ('figure', 'released', 'line', 'factor', 'reference', 'territory', 'dataset')),
    key text NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (publication_id, kind, key)
);
COMMENT ON TABLE publication_item IS 'What a publication is made of. Everybody reads it.';
COMMENT ON COLUMN publication_item.publication_id IS 'Publication';
COMMENT ON COLUMN publication_item.kind IS
    'figure: a figure of open datasets, or their total; released: one of a release; line: a line of the ledger behind an open figure; factor, reference: the version a line was priced with; territory: with its residents in that year and the SHA-256 of its boundary; dataset: with its licence';
COMMENT ON COLUMN publication_item.key IS 'Unique in its kind: territory/sector/scope of a figure ...';
COMMENT ON COLUMN publication_item.content IS 'What it says; t CO2e for figures, kg CO2e for lines';

CREATE VIEW publication_figure WITH (security_invoker = on) AS
SELECT concat_ws('/', i.publication_id, i.kind, i.key) AS id, i.publication_id, p.title, p.year, p.version, i.kind,
       i.content ->> 'territory_code' AS territory_code, i.content ->> 'sector' AS sector, coalesce(i.content ->> 'scope', '1+2') AS scope,
       (i.content ->> 'emissions')::float8 AS emissions, (i.content ->> 'emissions_low')::float8 AS emissions_low,
       (i.content ->> 'emissions_high')::float8 AS emissions_high, (i.content ->> 'removals')::float8 AS removals,
       (i.content ->> 'emissions')::float8 / nullif((t.content ->> 'residents')::float8, 0) AS emissions_per_inhabitant,
       array_to_string(p.licences, ', ') AS licences, p.attribution
FROM publication p
JOIN publication_item i ON i.publication_id = p.id
LEFT JOIN publication_item t ON t.publication_id = p.id AND t.kind = 'territory' AND t.key = i.content ->> 'territory_code'
WHERE i.kind IN ('figure', 'released');
COMMENT ON VIEW publication_figure IS 'Published figures, t CO2e. Unique by id.';
COMMENT ON COLUMN publication_figure.id IS 'publication/kind/key: unique';
COMMENT ON COLUMN publication_figure.publication_id IS 'Publication';
COMMENT ON COLUMN publication_figure.title IS 'Its title';
COMMENT ON COLUMN publication_figure.year IS 'Year';
COMMENT ON COLUMN publication_figure.version IS 'Version of the publication: how often its title was published for the year, with this one';
COMMENT ON COLUMN publication_figure.kind IS 'figure: of open datasets; released: of a release';
COMMENT ON COLUMN publication_figure.territory_code IS 'Territory';
COMMENT ON COLUMN publication_figure.sector IS 'Sector; all: every sector but land';
COMMENT ON COLUMN publication_figure.scope IS 'Scope; 1+2 for all, and in a release';
COMMENT ON COLUMN publication_figure.emissions IS 'Gross emissions, t CO2e; NULL for an unknown total (sector all)';
COMMENT ON COLUMN publication_figure.emissions_low IS 'Lower end of their 95 % interval, t CO2e';
COMMENT ON COLUMN publication_figure.emissions_high IS 'Upper end of their 95 % interval, t CO2e';
COMMENT ON COLUMN publication_figure.removals IS 'Gross removals, t CO2e, negative';
COMMENT ON COLUMN publication_figure.emissions_per_inhabitant IS 'Gross emissions, t CO2e per resident; NULL where the population was not known';
COMMENT ON COLUMN publication_figure.licences IS 'Licences the publication may be used under';
COMMENT ON COLUMN publication_figure.attribution IS 'Credit that they ask for';

-- The text that is sealed: one line for the publication, then one for each item with its
-- own SHA-256, in the order of their bytes.
CREATE FUNCTION publication_text(publication_id int) RETURNS text
    LANGUAGE sql STABLE STRICT COST 100000
    SET extra_float_digits = 1
BEGIN ATOMIC
    SELECT jsonb_build_object('title', p.title, 'year', p.year, 'version', p.version, 'published_at', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'published_by', p.published_by, 'software', p.software, 'gwp', p.gwp, 'licences', p.licences, 'attribution', p.attribution,
               'former_digest', p.former_digest)::text || E'\n'
           || coalesce((SELECT string_agg(concat_ws(E'\t', i.kind, i.key, encode(sha256(convert_to(i.content::text, 'UTF8')), 'hex')), E'\n'
                            ORDER BY i.kind COLLATE "C", i.key COLLATE "C")
                        FROM publication_item i WHERE i.publication_id = p.id), '') || E'\n'
    FROM publication p
    WHERE p.id = publication_text.publication_id;
END;
COMMENT ON FUNCTION publication_text(int) IS
    'The canonical text of a publication, of which its digest is the SHA-256 (in UTF-8): its own columns as a JSON object, then a line for each item: kind, key and SHA-256 of its content as jsonb prints it, with tabs between.';

GRANT SELECT ON publication, publication_seal, publication_item, publication_figure TO PUBLIC;

CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON publication
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.publication_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_seal
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.publication_is_final();
CREATE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON publication_item
    FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.publication_is_final();
