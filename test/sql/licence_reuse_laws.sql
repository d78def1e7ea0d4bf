-- Laws that hold for any set of sources.
SET search_path = terrcarbon, public;

BEGIN;
-- One dataset a licence, numbered 9000, 9001, …, so that a set is a bit mask.
INSERT INTO dataset (id, slug, title, producer, producer_name, licence, access)
OVERRIDING SYSTEM VALUE
SELECT 8999 + n, 'reuse-' || n, 'Dataset ' || n, current_user::regrole, 'Producer ' || n, l, 'open'
FROM unnest('{CC-BY-4.0,CC-BY-SA-4.0,CC-BY-NC-4.0,CC-BY-NC-SA-4.0,CC-BY-ND-4.0,CC-BY-NC-ND-4.0,CC0-1.0,etalab-2.0,ODbL-1.0,ODC-By-1.0}'::text[])
     WITH ORDINALITY AS v (l, n);

CREATE TABLE licence_reuse_sets AS
SELECT mask, use, sources, e.publishable, e.licences, e.commercial, e.attribution, e.duties
FROM (SELECT mask, array_agg(9000 + bit ORDER BY bit) AS sources
      FROM generate_series(1, 1023) AS mask, generate_series(0, 9) AS bit
      WHERE mask & (1 << bit) <> 0 GROUP BY mask) AS s,
     unnest('{database,produced_work}'::text[]) AS use,
     effective_licence(sources, use) AS e;

-- Adding a source never adds a licence, nor drops an attribution or a limit.
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE NOT b.licences <@ a.licences) AS licence_added,
       count(*) FILTER (WHERE b.publishable AND NOT a.publishable) AS became_publishable,
       count(*) FILTER (WHERE b.commercial AND NOT a.commercial) AS became_commercial,
       count(*) FILTER (WHERE NOT string_to_array(b.attribution, '; ') @> string_to_array(a.attribution, '; ')) AS credit_lost
FROM licence_reuse_sets AS a
JOIN licence_reuse_sets AS b ON b.use = a.use AND a.mask & b.mask = a.mask AND a.mask <> b.mask;

-- The result of a union is the intersection of the results: sources of sources lose nothing.
SELECT count(*) FILTER (WHERE ARRAY(SELECT unnest(a.licences) INTERSECT SELECT unnest(b.licences) ORDER BY 1)
                              IS DISTINCT FROM ARRAY(SELECT unnest(u.licences) ORDER BY 1)) AS wrong
FROM licence_reuse_sets AS a
JOIN licence_reuse_sets AS b ON b.use = a.use AND b.mask % 37 = 5 AND a.mask % 11 = 3
JOIN licence_reuse_sets AS u ON u.use = a.use AND u.mask = a.mask | b.mask;

-- Neither order nor repetition matters.
SELECT count(*) FILTER (WHERE s.licences IS DISTINCT FROM e.licences
                           OR s.attribution IS DISTINCT FROM e.attribution
                           OR s.duties IS DISTINCT FROM e.duties) AS wrong
FROM licence_reuse_sets AS s,
     LATERAL (SELECT array_agg(id ORDER BY (id * 7919) % 101) || s.sources AS shuffled FROM unnest(s.sources) AS id) AS r,
     effective_licence(r.shuffled, s.use) AS e
WHERE s.mask % 7 = 0;

-- Among the Creative Commons licences, as their letters say: an adaptation may be
-- shared unless a source is ND; each NC source asks for NC, each SA source for itself.
WITH cc (bit, letters) AS (
    VALUES (0, 'BY'), (1, 'BY-SA'), (2, 'BY-NC'), (3, 'BY-NC-SA'), (4, 'BY-ND'), (5, 'BY-NC-ND')
), expected AS (
    SELECT s.mask, array_agg('CC-' || a.letters || '-4.0' ORDER BY a.letters COLLATE "C") FILTER (
        WHERE NOT EXISTS (SELECT FROM cc AS l WHERE s.mask & (1 << l.bit) <> 0
                          AND (l.letters LIKE '%ND'
                               OR l.letters LIKE '%NC%' AND a.letters NOT LIKE '%NC%'
                               OR l.letters LIKE '%SA' AND a.letters <> l.letters))) AS licences
    FROM licence_reuse_sets AS s, cc AS a
    WHERE s.mask < 64
    GROUP BY s.mask, s.use
)
SELECT count(*) AS sets,
       count(*) FILTER (WHERE coalesce(e.licences, '{}') IS DISTINCT FROM
                              ARRAY(SELECT l FROM unnest(s.licences) AS l WHERE l LIKE 'CC-%' ORDER BY l COLLATE "C")) AS wrong
FROM expected AS e JOIN licence_reuse_sets AS s USING (mask);

-- Every set credits each source but the waiver.
SELECT count(*) FILTER (WHERE cardinality(string_to_array(attribution, '; ')) <> cardinality(array_remove(sources, 9006))) AS wrong
FROM licence_reuse_sets;
ROLLBACK;
