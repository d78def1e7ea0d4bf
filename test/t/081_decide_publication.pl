# A publication can be checked without this extension: its seal is the SHA-256 of a
# text that a script makes of the tables.  Confidential rows are in it as a release
# shows them, and sessions that publish at once make one chain.
use strict;
use warnings FATAL => 'all';

use Digest::SHA qw(sha256_hex);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	ALTER DATABASE postgres SET search_path = public, terrcarbon;
});
$node->safe_psql('postgres', q{
	CREATE ROLE keeper;
	CREATE ROLE citizen LOGIN;
	SELECT create_account('bay', 4326, owner => 'keeper');
	INSERT INTO bay.territory (code, name, level, parent_code, geom) VALUES
		('E', 'La baie « été »', 'EPCI', NULL, ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.3, 45.1, 4326))),
		('A', 'Aville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.0, 45.0, 0.1, 45.1, 4326))),
		('B', 'Bville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.1, 45.0, 0.2, 45.1, 4326))),
		('C', 'Cville', 'commune', 'E', ST_Multi(ST_MakeEnvelope(0.2, 45.0, 0.3, 45.1, 4326)));
	SELECT register_dataset('firms', 'Energy of firms', 'keeper', 'lov2', 'aggregate', updated => '2024-01-31');
	SELECT register_dataset('homes', 'Homes', 'keeper', 'lov2', 'open', updated => '2024-01-31');
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
	SELECT 1, code, sector, 2023, ghg('CO2', 123456), 10
	FROM unnest('{A,B,C}'::text[]) AS code, unnest('{industry,tertiary}'::text[]) AS sector, generate_series(1, 5) AS i
	WHERE NOT (code = 'A' AND sector = 'industry' AND i > 1);
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent)
	SELECT 2, code, 'residential', 2023, ghg('CO2', 1000 / 3.0), 10 FROM unnest('{A,B,C}'::text[]) AS code;
});
$node->safe_psql('postgres', q{CALL refresh('bay')});
$node->safe_psql('postgres', q{SELECT release('bay', 2023)});

# Eight at once.
my $folder = PostgreSQL::Test::Utils::tempdir;
append_to_file("$folder/publish.sql", "SELECT publish('bay', 'Figures of 2023', 2023);\n");
$node->command_ok([ 'pgbench', '-n', '-c', '8', '-t', '1', '-f', "$folder/publish.sql", $node->connstr('postgres') ], 'eight sessions publish');
is($node->safe_psql('postgres', q{SET ROLE citizen; SELECT count(*), bool_and(intact) FROM verify_publication('bay')}), '8|t', 'one chain of eight');
is($node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(version::text, ' ' ORDER BY id) FROM bay.publication}), '1 2 3 4 5 6 7 8', 'of eight versions');

# What the seal is of, made here from the tables.
sub rows
{
	my ($query) = @_;
	my $out = $node->safe_psql('postgres', "SET ROLE citizen; $query");
	return map { [ split /\x1f/, $_, -1 ] } split /\x1e\n?/, $out;
}
my $former;
for my $p (rows(q{SELECT p.id || E'\x1f' || s.digest || E'\x1f' || coalesce(p.former_digest, '') || E'\x1f' ||
		jsonb_build_object('title', p.title, 'year', p.year, 'version', p.version, 'published_at', to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
			'published_by', p.published_by, 'software', p.software, 'gwp', p.gwp, 'licences', p.licences, 'attribution', p.attribution,
			'former_digest', p.former_digest)::text || E'\x1e' FROM bay.publication p JOIN bay.publication_seal s ON s.publication_id = p.id ORDER BY p.id}))
{
	my ($id, $digest, $before, $head) = @$p;
	my @items = rows(qq{SELECT kind || E'\\x1f' || key || E'\\x1f' || content::text || E'\\x1e' FROM bay.publication_item WHERE publication_id = $id});
	my $text = "$head\n" . join('', map { "$_\n" } map { join "\t", $_->[0], $_->[1], sha256_hex($_->[2]) }
		sort { $a->[0] cmp $b->[0] || $a->[1] cmp $b->[1] } @items);
	is(sha256_hex($text), $digest, "the seal of publication $id");
	is($before, $former // '', "publication $id carries on the one before");
	$former = $digest;
}

# What firms have a part in has no total of open figures, and that of the release stands.
is($node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(concat_ws(' ', kind, territory_code, scope, coalesce(emissions::text, 'unknown')), ', ' ORDER BY kind, territory_code)
	FROM bay.publication_figure WHERE publication_id = 1 AND sector = 'all'}), 'figure A 1+2 unknown, figure B 1+2 unknown, figure C 1+2 unknown, figure E 1+2 unknown, '
	. $node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(concat_ws(' ', 'released', territory_code, '1+2', tonnes), ', ' ORDER BY territory_code)
	FROM bay.released WHERE sector = 'all' AND measure = 'emissions' AND tonnes IS NOT NULL}), 'totals are unknown, or those of the release');

# Firms are in it as released, and no line of theirs.
is($node->safe_psql('postgres', q{SET ROLE citizen; SELECT count(*) FROM bay.publication_item WHERE kind = 'line' AND (content ->> 'dataset_id' = '1' OR content::text LIKE '%123456%')}),
	'0', 'no line of a confidential dataset');
is($node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(territory_code || ' ' || sector || ' ' || emissions, ', ' ORDER BY territory_code, sector) FROM bay.publication_figure
	WHERE publication_id = 1 AND kind = 'released' AND sector = 'industry'}),
	$node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(territory_code || ' ' || sector || ' ' || tonnes, ', ' ORDER BY territory_code, sector) FROM bay.released
	WHERE sector = 'industry' AND measure = 'emissions' AND tonnes IS NOT NULL}), 'what is released is published as it is');
unlike($node->safe_psql('postgres', q{SET ROLE citizen; SELECT string_agg(territory_code || sector, ' ') FROM bay.publication_figure}), qr/Aindustry/, 'and not what the release withholds');
$node->stop;
done_testing();
