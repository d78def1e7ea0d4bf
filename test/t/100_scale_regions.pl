# One database for each region, and a national reader that gets their catalogues,
# balances and territories by logical replication: the reader shows what the licences
# allow there, and a right that is taken back in a region is gone at the reader with
# the next statement, in sessions that have used it too.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @roles = map { "CREATE ROLE $_;" } qw(observatory town ministry);
my %node;
for my $name (qw(north south nation))
{
	my $node = $node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\n");
	$node->start;
	$node->safe_psql('postgres', "CREATE EXTENSION terrcarbon CASCADE; @roles CREATE ROLE citizen LOGIN; CREATE ROLE minister LOGIN IN ROLE ministry;
		GRANT CREATE ON DATABASE postgres TO observatory;");
}

# From 16 on, changes are applied as the owner of each table, unless it is said
# otherwise, and he is under the policies.
my $with = $node{nation}->pg_version >= 16 ? 'WITH (run_as_owner = true)' : '';

# What the regions send.  The numbers of a region's datasets and grants begin where
# no other's do.
my @catalogue = qw(terrcarbon.dataset terrcarbon.access_grant);
my @figures = qw(territory population contribution refresh_state part balance coverage plan target);
my %first = (north => 28_000_000, south => 93_000_000);
for my $region (sort keys %first)
{
	my $n = $first{$region};
	my $published = join(', ', @catalogue, map { "$region.$_" } @figures);
	$node{$region}->safe_psql('postgres', qq{
		ALTER SEQUENCE terrcarbon.dataset_id_seq RESTART WITH $n;
		ALTER SEQUENCE terrcarbon.access_grant_id_seq RESTART WITH $n;
		SET search_path = terrcarbon, public;
		SELECT register_dataset('$region-open', 'Open', 'town', 'CC0-1.0', 'open'),
			register_dataset('$region-gas', 'Gas', 'town', 'CC0-1.0', 'shared');
		SELECT grant_access($n + 1, r, 'roll-up') FROM unnest('{observatory, ministry}'::regrole[]) AS r;
		SET ROLE observatory;
		SELECT create_account('$region', 2154);
		GRANT USAGE ON SCHEMA $region TO PUBLIC;
		GRANT SELECT ON ALL TABLES IN SCHEMA $region TO PUBLIC;
		RESET ROLE;
		INSERT INTO $region.territory (code, name, level, parent_code, geom)
			SELECT '$region' || v.code, v.code, v.level, '$region' || v.parent,
				ST_Multi(ST_MakeEnvelope(v.x, 6570000, v.x + v.width, 6571000, 2154))
			FROM (VALUES ('', 'region', NULL, 380000, 2000), ('-A', 'commune', '', 380000, 1000),
				('-B', 'commune', '', 381000, 1000)) AS v (code, level, parent, x, width);
		INSERT INTO $region.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
			SELECT d, '$region-' || c, CASE d WHEN $n THEN 'waste' ELSE 'residential' END, y, 1000 * (d - $n + 1), 'GWh HHV', 'natural_gas', 5
			FROM generate_series($n, $n + 1) AS d, unnest('{A, B}'::text[]) AS c, generate_series(2020, 2021) AS y;
		SET client_min_messages = warning;
		CALL refresh('$region');
		CREATE PUBLICATION nation FOR TABLE $published;});
	# The reader has an account of the same name, of which it fills nothing itself.
	$node{nation}->safe_psql('postgres', qq{
		SET ROLE observatory;
		SELECT terrcarbon.create_account('$region', 2154);
		DELETE FROM $region.refresh_state;
		GRANT USAGE ON SCHEMA $region TO PUBLIC;
		GRANT SELECT ON ALL TABLES IN SCHEMA $region TO PUBLIC;});
}

sub nation
{
	my ($role, $sql) = @_;
	return $node{nation}->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]);
}

# Figures without their catalogue are an error and not no rows.
$node{north}->safe_psql('postgres', q{CREATE PUBLICATION figures FOR TABLE north.balance});
my $from = $node{north}->connstr . ' dbname=postgres';
$node{nation}->safe_psql('postgres', "CREATE SUBSCRIPTION torn CONNECTION '$from' PUBLICATION figures $with");
$node{nation}->wait_for_subscription_sync($node{north}, 'torn');
my ($status, $out, $err) = $node{nation}->psql('postgres', 'SELECT count(*) FROM north.balance', extra_params => [ '-U', 'citizen' ]);
like($err, qr/the catalogue of datasets is empty/, 'figures that came without their catalogue are an error');
$node{nation}->safe_psql('postgres', 'DROP SUBSCRIPTION torn; TRUNCATE north.balance');

for my $region (sort keys %first)
{
	my $from = $node{$region}->connstr . ' dbname=postgres';
	$node{nation}->safe_psql('postgres', "CREATE SUBSCRIPTION $region CONNECTION '$from application_name=$region' PUBLICATION nation $with");
	$node{nation}->wait_for_subscription_sync($node{$region}, $region);
}

# The same figures for the same role, in the region and at the reader.
my $trajectory = q{SELECT territory_code, year, emissions, emissions_low, complete, missing, as_of, stale FROM %1$s.trajectory_by_territory ORDER BY 1, 2};
for my $region (sort keys %first)
{
	for my $role ('citizen', 'minister')
	{
		my $there = $node{$region}->safe_psql('postgres', sprintf($trajectory, $region), extra_params => [ '-U', $role ]);
		is(nation($role, sprintf($trajectory, $region)), $there, "$region: a $role reads the same at the reader");
		cmp_ok(scalar(split /\n/, $there), '>=', 6, '... and something');
	}
	is(nation('citizen', "SELECT count(DISTINCT dataset_id) FROM $region.balance"), 1, '... a citizen one dataset');
	is(nation('minister', "SELECT count(DISTINCT dataset_id) FROM $region.balance"), 2, '... the ministry both');
}
is(nation('minister', q{SELECT string_agg(slug, ',' ORDER BY slug) FROM terrcarbon.dataset_catalogue}),
	'north-gas,north-open,south-gas,south-open', 'one catalogue of all regions');

# The sum over regions, exactly what the regions say.
my $sum = q{SET search_path = terrcarbon, public; SELECT sum(e) FROM (%s) AS x (e)};
my $part = q{SELECT emission FROM %s.balance WHERE territory_code = '%1$s' AND year = 2021};
my @region_sums = map { $node{$_}->safe_psql('postgres', sprintf($sum, sprintf($part, $_))) } sort keys %first;
is(nation('minister', sprintf($sum, join(' UNION ALL ', map { sprintf($part, $_) } sort keys %first))),
	$node{nation}->safe_psql('postgres', "SET search_path = terrcarbon; SELECT sum(v::ghg) FROM unnest(ARRAY['" . join("', '", @region_sums) . "']) AS v"),
	'the sum over the regions');

is(nation('minister', q{SELECT string_agg(territory_code || ' ' || (emissions > 0) || ' ' || peers, ',' ORDER BY territory_code)
	FROM terrcarbon.compare_territories('{north, south}', 'commune', 2021)}),
	'north-A true 4,north-B true 4,south-A true 4,south-B true 4', 'communes of both regions, side by side');

# A right that is taken back, beside sessions that have used it.
my $session = $node{nation}->background_psql('postgres', extra_params => [ '-U', 'minister' ]);
my $rows = q{SELECT count(DISTINCT dataset_id) FROM north.balance};
# It ends with a newline before 17.
sub answer { my $answer = shift->query_safe($rows); chomp $answer; return $answer }
is(answer($session), '2', 'a session of the ministry reads both datasets');
is(answer($session), '2', '... again');
$node{north}->safe_psql('postgres', q{SELECT terrcarbon.revoke_access(28000001, 'ministry')});
$node{north}->wait_for_catchup('north');
is(answer($session), '1', '... and no more once a revoke of the region has come');
$node{north}->safe_psql('postgres', q{SELECT terrcarbon.set_access(28000001, 'open')});
$node{north}->wait_for_catchup('north');
is(answer($session), '2', '... again when the producer opens it');
$node{north}->safe_psql('postgres', q{SELECT terrcarbon.set_access(28000001, 'shared')});
$node{north}->safe_psql('postgres', q{SELECT terrcarbon.grant_access(28000001, 'ministry', 'roll-up')});
$node{north}->wait_for_catchup('north');
is(answer($session), '2', '... and when it grants anew');
# One transaction with many changes, and one that is rolled back.
$node{north}->safe_psql('postgres', q{
	BEGIN;
	SELECT terrcarbon.register_dataset('north-' || i, 'N', 'town', 'CC0-1.0', 'open') FROM generate_series(1, 300) AS i;
	SAVEPOINT s;
	SELECT terrcarbon.set_access(28000001, 'private');
	ROLLBACK TO s;
	COMMIT;});
$node{north}->wait_for_catchup('north');
is(answer($session), '2', 'what a region rolled back takes nothing away');
is($node{nation}->safe_psql('postgres', q{SELECT count(*) FROM terrcarbon.dataset WHERE slug LIKE 'north%'}), '302', '... and the rest came');
cmp_ok($node{nation}->safe_psql('postgres', q{SELECT count(*) FROM terrcarbon_internal.access_change}), '<=', 70,
	'a transaction of 300 changes is noted once');
$session->quit;

# New figures of a region.
$node{north}->safe_psql('postgres', q{
	UPDATE north.activity SET quantity = 2 * quantity;
	SET client_min_messages = warning; SET ROLE observatory;
	CALL terrcarbon.refresh('north');});
$node{north}->wait_for_catchup('north');
for my $role ('citizen', 'minister')
{
	is(nation($role, sprintf($trajectory, 'north')),
		$node{north}->safe_psql('postgres', sprintf($trajectory, 'north'), extra_params => [ '-U', $role ]),
		"a $role reads new figures of a region");
}

# What is known of the reader, and of a region that is down: its figures stay as they
# were, and the server says so.
my $ill = q{SELECT remedy FROM terrcarbon.doctor() WHERE problem LIKE '%does not always fire%'};
is($node{nation}->safe_psql('postgres', $ill), '', 'doctor: rights follow');
$node{nation}->safe_psql('postgres', 'ALTER TABLE terrcarbon.access_grant ENABLE TRIGGER access_replicated');
is($node{nation}->safe_psql('postgres', $ill), 'ALTER TABLE terrcarbon.access_grant ENABLE REPLICA TRIGGER access_replicated',
	'... and what to do where they would not');
is($node{north}->safe_psql('postgres', q{SELECT count(*) FROM terrcarbon.doctor() WHERE problem LIKE 'publication nation%'}), '3',
	'doctor of a region names the publication of protected tables');
$node{south}->stop('immediate');
cmp_ok(nation('citizen', q{SELECT count(*) FROM south.trajectory_by_territory WHERE emissions IS NOT NULL}), '>', 0, 'a region that is down is read as it was');
ok($node{nation}->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_stat_subscription WHERE subname = 'south' AND pid IS NOT NULL)}),
	'... and pg_stat_subscription shows that it is');
$node{$_}->stop for 'north', 'nation';
done_testing();
