# A dump carries the licences, names and compatibility rows a site added, and
# leaves the shipped ones to the extension.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE origin; CREATE DATABASE copy');
$node->safe_psql('origin', q{
	CREATE EXTENSION terrcarbon CASCADE;
	SET search_path = terrcarbon;
	INSERT INTO licence VALUES
		('OGL-UK-3.0', 'Open Government Licence 3.0', NULL, 'any',
		 false, true, false, true, false, false, false, false, false, false, true);
	INSERT INTO licence (id, title) VALUES ('LicenseRef-utility', 'Terms of the utility');
	INSERT INTO licence_alias VALUES ('ogl', 'OGL-UK-3.0');
	INSERT INTO licence_compatibility (source, adaptation, use, condition, legal_basis)
	VALUES ('OGL-UK-3.0', 'CC-BY-4.0', 'database', 'keep the notice', 'OGL names CC-BY 4.0 as compatible'),
	       ('etalab-2.0', 'OGL-UK-3.0', 'database', NULL, 'Licence Ouverte names OGL as compatible');
	-- Stricter than the shipped row of the same key.
	INSERT INTO licence_compatibility (source, adaptation, use, allowed, legal_basis)
	VALUES ('CC-BY-4.0', 'ODbL-1.0', 'database', false, 'waiver asked for');
	INSERT INTO dataset (slug, title, producer, producer_name, licence, access)
	VALUES ('a', 'A', current_user::regrole, 'P', 'OGL-UK-3.0', 'open'),
	       ('b', 'B', current_user::regrole, 'P', 'etalab-2.0', 'open'),
	       ('c', 'C', current_user::regrole, 'P', 'CC-BY-4.0', 'open'),
	       ('d', 'D', current_user::regrole, 'P', 'ODbL-1.0', 'open');
	-- What a result may be published under, seen by an ordinary view.
	CREATE VIEW public.reuse AS
	SELECT name, e.*
	FROM (VALUES ('ab', '{a,b}'::text[]), ('cd', '{c,d}'), ('b', '{b}')) AS v (name, slugs),
	     LATERAL (SELECT terrcarbon.sources_agg(id) AS sources FROM terrcarbon.dataset WHERE slug = ANY (slugs)) AS s,
	     terrcarbon.effective_licence(s.sources) AS e;
});

my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, 'origin' ], 'dump');
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-d', 'copy', '-f', $dump ], 'restore');

unlike(slurp_file($dump), qr/declares itself compatible with it/, 'shipped rows are not dumped');

for my $table ('licence', 'licence_alias', 'licence_compatibility', 'dataset_catalogue')
{
	my $query = "SELECT t::text FROM terrcarbon.$table AS t ORDER BY t::text COLLATE \"C\"";
	is($node->safe_psql('copy', $query), $node->safe_psql('origin', $query), "$table is restored");
}
my $query = 'SELECT name, publishable, licences, conflicts FROM reuse ORDER BY name';
my $result = $node->safe_psql('copy', $query);
is($result, $node->safe_psql('origin', $query), 'effective licences are the same');
like($result, qr/^ab\|t\|\{CC-BY-4.0\}/m, 'added rows count');
like($result, qr/^cd\|f\|\{\}/m, 'a withdrawn row stays withdrawn');
is($node->safe_psql('copy', q{SELECT terrcarbon.canonical_licence('OGL')}), 'OGL-UK-3.0', 'added name');

my ($ret, $out, $err) = $node->psql('copy', q{DELETE FROM terrcarbon.licence WHERE shipped});
like($err, qr/cannot be deleted/, 'shipped rows are guarded on the other side too');

$node->stop;
done_testing();
