-- What a figure by sector and inhabitant usually is: a figure in the wrong unit, kt for
-- t or GWh for MWh, is a thousand times off.

CREATE TABLE plausible_range (
    sector text NOT NULL REFERENCES sector,
    measure text NOT NULL CHECK (measure IN ('emission', 'energy')),
    low float8 CHECK (low >= 0 AND low < 'Infinity'),
    high float8 NOT NULL CHECK (high > 0 AND high < 'Infinity'),
    source text NOT NULL,
    shipped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (sector, measure, shipped),
    CHECK (low < high)
);
COMMENT ON TABLE plausible_range IS
    'Ranges of figures by sector and inhabitant that deposits are compared with; a row of one''s own takes the place of the one that came with the extension.';
COMMENT ON COLUMN plausible_range.sector IS 'Sector.';
COMMENT ON COLUMN plausible_range.measure IS 'emission: t CO2e per inhabitant and year; energy: MWh per inhabitant and year.';
COMMENT ON COLUMN plausible_range.low IS 'A figure below is doubtful; NULL: any small figure may be.';
COMMENT ON COLUMN plausible_range.high IS 'A figure above is doubtful.';
COMMENT ON COLUMN plausible_range.source IS 'What the range rests on.';
COMMENT ON COLUMN plausible_range.shipped IS 'Came with the extension.';
SELECT pg_catalog.pg_extension_config_dump('plausible_range', 'WHERE NOT shipped');
GRANT SELECT ON plausible_range TO PUBLIC;

INSERT INTO plausible_range (sector, measure, low, high, source, shipped)
    SELECT r.sector, r.measure, r.low, r.high,
           'About three times beyond what published French climate plans have per inhabitant (52 plans, open data of Territoires & Climat), units mistaken apart', true
    FROM (VALUES
        ('residential', 'emission', 0.1, 5), ('tertiary', 'emission', 0.03, 4), ('road_transport', 'emission', 0.2, 30),
        ('other_transport', 'emission', NULL, 15), ('agriculture', 'emission', NULL, 40), ('waste', 'emission', NULL, 15),
        ('industry', 'emission', NULL, 100), ('energy', 'emission', NULL, 100),
        ('residential', 'energy', 1.5, 35), ('tertiary', 'energy', 0.2, 25), ('road_transport', 'energy', 0.7, 80),
        ('other_transport', 'energy', NULL, 20), ('agriculture', 'energy', NULL, 20), ('waste', 'energy', NULL, 20),
        ('industry', 'energy', NULL, 100), ('energy', 'energy', NULL, 100)
    ) AS r (sector, measure, low, high);

CREATE FUNCTION implausible_figures(account name, batch_id bigint DEFAULT NULL)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, year int, measure text, amount float8, unit text,
        per_inhabitant float8, low float8, high float8, note text)
    LANGUAGE C STABLE PARALLEL SAFE ROWS 100 COST 100000
    AS 'MODULE_PATHNAME', 'on_account_as_caller';
COMMENT ON FUNCTION implausible_figures(name, bigint) IS
    'Activities whose sum by dataset, territory, sector and year is out of plausible_range for the inhabitants there (population of that year, else of the nearest within ten years), in one deposit or all that the caller may read: emissions in t CO2e, energy in MWh. note: a thousand times too little (kt for t, GWh for MWh) or too much, zero, or above the range; a figure below it is taken for one carrier of several unless it fits a thousand times larger. A note, not a fault: the rows are counted. Without population nothing is compared. Error 3F000 no such account.';

CREATE FUNCTION terrcarbon_internal.implausible_figures(account name, batch_id bigint)
    RETURNS TABLE (dataset_id int, territory_code text, sector text, year int, measure text, amount float8, unit text,
        per_inhabitant float8, low float8, high float8, note text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN QUERY
    WITH amount AS (
        SELECT a.dataset_id, a.territory_code, a.sector, a.year,
               CASE WHEN a.emission IS NULL THEN 'energy' ELSE 'emission' END AS measure,
               sum(CASE WHEN a.emission IS NULL THEN a.quantity * u.in_base / mwh.in_base
                   ELSE terrcarbon.co2e(a.emission, s.gwp) / 1000 END) AS amount
        FROM activity a
        CROSS JOIN setting s
        CROSS JOIN (SELECT m.in_base FROM terrcarbon.unit m WHERE m.code = 'MWh') AS mwh
        LEFT JOIN terrcarbon.unit u ON u.code = a.unit AND u.kind = 'energy'
        WHERE (a.emission IS NOT NULL OR u.code IS NOT NULL) AND a.territory_code IS NOT NULL AND a.year IS NOT NULL
            AND coalesce(a.kind, 'emission') = 'emission' AND coalesce(a.batch_id = implausible_figures.batch_id, implausible_figures.batch_id IS NULL)
        GROUP BY a.dataset_id, a.territory_code, a.sector, a.year, 5
    ), range AS (
        SELECT DISTINCT ON (r.sector, r.measure) r.sector, r.measure, r.low, r.high
        FROM terrcarbon.plausible_range r ORDER BY r.sector, r.measure, r.shipped
    )
    SELECT m.dataset_id, m.territory_code, m.sector, m.year, m.measure, m.amount, CASE m.measure WHEN 'energy' THEN 'MWh' ELSE 't CO2e' END,
           h.each, r.low, r.high,
           CASE WHEN m.amount = 0 THEN 'zero: nothing there (NO), or not filled in?'
                WHEN h.each > r.high AND h.each / 1000 BETWEEN coalesce(r.low, 0) AND r.high
                    THEN CASE m.measure WHEN 'energy' THEN 'a thousand times too much: as MWh for GWh' ELSE 'a thousand times too much: as kg for t' END
                WHEN h.each < r.low AND h.each * 1000 BETWEEN r.low AND r.high
                    THEN CASE m.measure WHEN 'energy' THEN 'a thousand times too little: as GWh for MWh' ELSE 'a thousand times too little: as kt for t' END
                ELSE 'above the range' END
    FROM amount m
    JOIN range r ON r.sector = m.sector AND r.measure = m.measure
    CROSS JOIN LATERAL (
        SELECT p.residents FROM population p
        WHERE p.territory_code = m.territory_code AND p.residents > 0 AND abs(p.year - m.year) <= 10
        ORDER BY abs(p.year - m.year), p.year LIMIT 1
    ) AS p
    CROSS JOIN LATERAL (SELECT m.amount / p.residents) AS h (each)
    -- One carrier alone may well be below the range of its sector.
    WHERE h.each > r.high OR h.each < r.low AND (m.amount = 0 OR h.each * 1000 BETWEEN r.low AND r.high)
    ORDER BY m.dataset_id, m.territory_code, m.year, m.sector, m.measure;
END;
$$;
COMMENT ON FUNCTION terrcarbon_internal.implausible_figures(name, bigint) IS 'Behind implausible_figures, with the caller''s rights.';
