-- Governance: what the inventory lacks and who might have it; proposals of reuse and what
-- producers, stewards and citizens say to them.

CREATE TABLE data_holder (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sector text NOT NULL CHECK (terrcarbon_internal.is_sector(sector)),
    name text NOT NULL CHECK (name <> ''),
    holds text NOT NULL CHECK (holds <> ''),
    contact text,
    source text
);
COMMENT ON TABLE data_holder IS 'Who is known to hold data of a sector that the account does not have, entered by its owner.';
COMMENT ON COLUMN data_holder.id IS 'Number of the row';
COMMENT ON COLUMN data_holder.sector IS 'Sector';
COMMENT ON COLUMN data_holder.name IS 'Who holds the data';
COMMENT ON COLUMN data_holder.holds IS 'What they hold';
COMMENT ON COLUMN data_holder.contact IS 'Whom to ask';
COMMENT ON COLUMN data_holder.source IS 'How that is known';

CREATE VIEW inventory_gap WITH (security_invoker = on) AS
SELECT concat_ws('/', t.code, g.sector, g.lacks) AS id, t.code AS territory_code, t.name AS territory_name, t.level, g.sector, g.lacks, g.years,
       (SELECT string_agg(DISTINCT concat_ws(', ', d.producer, d.contact), '; ')
        FROM balance b JOIN terrcarbon.dataset_catalogue d ON d.id = b.dataset_id WHERE b.sector = g.sector) AS producers,
       (SELECT string_agg(concat_ws(', ', h.name || ': ' || h.holds, h.contact), '; ' ORDER BY h.id) FROM data_holder h WHERE h.sector = g.sector) AS holders,
       missing_datasets(t.code) AS hidden
FROM territory t
CROSS JOIN LATERAL (
    WITH seen AS MATERIALIZED (
        SELECT e.sector, e.year,
               CASE WHEN e.notation = 'C' THEN 'confidential' WHEN e.notation = 'NE' THEN 'not estimated' WHEN NOT e.known THEN 'rows without a value'
                    WHEN NOT e.complete AND e.hidden IS NULL THEN 'not for all parts' END AS lacks
        FROM balance_estimate e
        WHERE e.territory_code = t.code AND e.allocation = 'territorial' AND e.scope IN ('1', '2')
    ), lacking AS (
        SELECT seen.sector, seen.lacks, seen.year FROM seen WHERE seen.lacks IS NOT NULL
      UNION
        SELECT s.code, 'no figure', y.year
        FROM terrcarbon.sector s
        CROSS JOIN (SELECT DISTINCT seen.year FROM seen) AS y
        WHERE NOT EXISTS (SELECT FROM seen WHERE seen.sector = s.code AND seen.year = y.year)
      UNION
        SELECT s.code, 'no figure', NULL FROM terrcarbon.sector s WHERE NOT EXISTS (SELECT FROM seen)
    )
    SELECT l.sector, l.lacks, array_remove(array_agg(l.year ORDER BY l.year), NULL) AS years FROM lacking l GROUP BY l.sector, l.lacks
) AS g;
COMMENT ON VIEW inventory_gap IS
    'What each territory lacks by sector, scopes 1 and 2, in the years in which it has any figure that the reader may see, and who might have it. Unique by id.';
COMMENT ON COLUMN inventory_gap.id IS 'territory/sector/lacks: unique';
COMMENT ON COLUMN inventory_gap.territory_code IS 'Territory';
COMMENT ON COLUMN inventory_gap.territory_name IS 'Its name';
COMMENT ON COLUMN inventory_gap.level IS 'IRIS, commune, EPCI ...';
COMMENT ON COLUMN inventory_gap.sector IS 'Sector';
COMMENT ON COLUMN inventory_gap.lacks IS 'no figure, not for all parts, rows without a value, not estimated (NE) or confidential (C)';
COMMENT ON COLUMN inventory_gap.years IS 'Years concerned; empty where there is no figure of any sector in any year';
COMMENT ON COLUMN inventory_gap.producers IS 'Producers, with their contacts, of the datasets that have the sector elsewhere or in other years, of those the reader may see';
COMMENT ON COLUMN inventory_gap.holders IS 'Others that are known to hold data of the sector (data_holder)';
COMMENT ON COLUMN inventory_gap.hidden IS 'Datasets with figures there that the reader may not see, which may fill the gap; NULL: none';

CREATE TABLE committee (
    role_name name PRIMARY KEY,
    title text NOT NULL CHECK (title <> '')
);
COMMENT ON TABLE committee IS 'Roles whose members speak as citizens on proposals of reuse, named by the owner of the account.';
COMMENT ON COLUMN committee.role_name IS 'Role of the database';
COMMENT ON COLUMN committee.title IS 'Name of the committee';

CREATE TABLE reuse_proposal (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset_id int NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    proposer name NOT NULL DEFAULT current_user,
    proposed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reuse_proposal_dataset ON reuse_proposal (dataset_id);
COMMENT ON TABLE reuse_proposal IS 'Proposals to reuse a dataset, on which opinions are given (reuse_opinion) before its producer decides (grant_access, decide_request). Rows are added and never changed.';
COMMENT ON COLUMN reuse_proposal.id IS 'Number of the proposal';
COMMENT ON COLUMN reuse_proposal.dataset_id IS 'Dataset (terrcarbon.dataset_catalogue)';
COMMENT ON COLUMN reuse_proposal.title IS 'Title';
COMMENT ON COLUMN reuse_proposal.purpose IS 'What the data would be used for';
COMMENT ON COLUMN reuse_proposal.proposer IS 'Role that proposes it';
COMMENT ON COLUMN reuse_proposal.proposed_at IS 'When';

CREATE TABLE reuse_opinion (
    proposal_id int NOT NULL REFERENCES reuse_proposal,
    body text NOT NULL CHECK (body IN ('steward', 'producer', 'citizen committee')),
    member name NOT NULL DEFAULT current_user,
    opinion text NOT NULL CHECK (opinion IN ('for', 'against', 'abstains')),
    reasons text NOT NULL CHECK (reasons <> ''),
    given_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (proposal_id, body, member)
);
COMMENT ON TABLE reuse_opinion IS 'Opinions on proposals of reuse, with their reasons, by those who may speak for a body. Rows are added and never changed.';
COMMENT ON COLUMN reuse_opinion.proposal_id IS 'Proposal';
COMMENT ON COLUMN reuse_opinion.body IS 'steward: of the account''s owner; producer: of the dataset; citizen committee: of a role in committee';
COMMENT ON COLUMN reuse_opinion.member IS 'Role that gives it';
COMMENT ON COLUMN reuse_opinion.opinion IS 'for, against or abstains';
COMMENT ON COLUMN reuse_opinion.reasons IS 'Why';
COMMENT ON COLUMN reuse_opinion.given_at IS 'When';

-- In nobody's name but one's own, now, and for a body one belongs to; the owner too.
ALTER TABLE reuse_proposal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON reuse_proposal FOR SELECT USING (true);
CREATE POLICY proposing ON reuse_proposal FOR INSERT
    WITH CHECK (proposer = current_user AND proposed_at = now() AND EXISTS (SELECT FROM terrcarbon.dataset_catalogue c WHERE c.id = dataset_id));
ALTER TABLE reuse_opinion ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON reuse_opinion FOR SELECT USING (true);
CREATE POLICY speaking ON reuse_opinion FOR INSERT
    WITH CHECK (member = current_user AND given_at = now() AND CASE body
        WHEN 'producer' THEN EXISTS (SELECT FROM reuse_proposal p WHERE p.id = proposal_id AND terrcarbon.can_deposit(p.dataset_id))
        WHEN 'steward' THEN EXISTS (SELECT FROM pg_class c WHERE c.oid = 'reuse_opinion'::regclass AND pg_has_role(current_user, c.relowner, 'USAGE'))
        ELSE EXISTS (SELECT FROM committee m JOIN pg_roles r ON r.rolname = m.role_name WHERE pg_has_role(current_user, r.oid, 'USAGE')) END);

CREATE VIEW reuse_by_proposal WITH (security_invoker = on) AS
SELECT p.id, p.dataset_id, d.slug, p.title, p.purpose, p.proposer, p.proposed_at,
       count(*) FILTER (WHERE o.opinion = 'for') AS opinions_for, count(*) FILTER (WHERE o.opinion = 'against') AS opinions_against,
       count(*) FILTER (WHERE o.opinion = 'abstains') AS abstentions,
       (SELECT string_agg(b.body, ', ' ORDER BY b.body) FROM unnest('{citizen committee,producer,steward}'::text[]) AS b (body)
        WHERE b.body <> ALL (coalesce(array_agg(o.body) FILTER (WHERE o.body IS NOT NULL), '{}'))) AS silent
FROM reuse_proposal p
LEFT JOIN reuse_opinion o ON o.proposal_id = p.id
LEFT JOIN terrcarbon.dataset_catalogue d ON d.id = p.dataset_id
GROUP BY p.id, d.slug;
COMMENT ON VIEW reuse_by_proposal IS 'Proposals of reuse with what was said to them. Unique by id.';
COMMENT ON COLUMN reuse_by_proposal.id IS 'Number of the proposal: unique';
COMMENT ON COLUMN reuse_by_proposal.dataset_id IS 'Dataset';
COMMENT ON COLUMN reuse_by_proposal.slug IS 'Its short name; NULL when it is retired';
COMMENT ON COLUMN reuse_by_proposal.title IS 'Title';
COMMENT ON COLUMN reuse_by_proposal.purpose IS 'What the data would be used for';
COMMENT ON COLUMN reuse_by_proposal.proposer IS 'Role that proposed it';
COMMENT ON COLUMN reuse_by_proposal.proposed_at IS 'When';
COMMENT ON COLUMN reuse_by_proposal.opinions_for IS 'Opinions for it';
COMMENT ON COLUMN reuse_by_proposal.opinions_against IS 'Opinions against it';
COMMENT ON COLUMN reuse_by_proposal.abstentions IS 'Abstentions';
COMMENT ON COLUMN reuse_by_proposal.silent IS 'Bodies that gave no opinion yet';
