# Streaming standbys: the same figures and rights as on the primary, a revoke as soon as
# it is replayed, nothing written; and what stays when the primary is down.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "fsync = off\nsession_preload_libraries = terrcarbon\nmax_standby_streaming_delay = 0\n");
$primary->start;
$primary->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE ROLE observatory; CREATE ROLE town; CREATE ROLE citizen LOGIN; CREATE ROLE ministry; CREATE ROLE minister LOGIN IN ROLE ministry;
	GRANT CREATE ON DATABASE postgres TO observatory;
	SET search_path = terrcarbon, public;
	SELECT register_dataset('open', 'Open', 'town', 'CC0-1.0', 'open'), register_dataset('gas', 'Gas', 'town', 'CC0-1.0', 'shared');
	SELECT grant_access(2, r, 'roll-up') FROM unnest('{observatory, ministry}'::regrole[]) AS r;
	SET ROLE observatory;
	SELECT create_account('bay', 2154);
	GRANT USAGE ON SCHEMA bay TO PUBLIC;
	GRANT SELECT ON ALL TABLES IN SCHEMA bay TO PUBLIC;
	INSERT INTO bay.territory (code, name, level, geom)
		VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154)));
	RESET ROLE;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, quantity, unit, factor, u95_percent)
		SELECT d, 'A', CASE d WHEN 1 THEN 'waste' ELSE 'residential' END, y, 1000 * d, 'GWh HHV', 'natural_gas', 5
		FROM generate_series(1, 2) AS d, generate_series(2020, 2021) AS y;
	SET client_min_messages = warning;
	CALL refresh('bay');});
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

sub on
{
	my ($node, $role, $sql) = @_;
	return $node->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]);
}
sub refused
{
	my ($node, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql", stdout => \$out, stderr => \$err);
	return $err =~ /ERROR:  (\w{5})/ ? $1 : "no error: $out";
}

my $trajectory = q{SELECT territory_code, year, emissions, emissions_high, complete, missing FROM bay.trajectory_by_territory ORDER BY 1, 2};
for my $role (qw(citizen minister))
{
	my $there = on($primary, $role, $trajectory);
	is(on($standby, $role, $trajectory), $there, "a $role reads the same on the standby");
	like($there, qr/A\|2021\|\d/, '... and figures');
}

# Rights follow, in sessions that have used them.
my $session = $standby->background_psql('postgres', extra_params => [ '-U', 'minister' ]);
my $rows = 'SELECT count(DISTINCT dataset_id) FROM bay.balance';
# It ends with a newline before 17.
sub answer { my $answer = shift->query_safe($rows); chomp $answer; return $answer }
is(answer($session), '2', 'a session on the standby');
$primary->safe_psql('postgres', q{BEGIN; SELECT terrcarbon.revoke_access(2, 'ministry'); ROLLBACK});
$primary->wait_for_catchup($standby);
is(answer($session), '2', 'a revoke that is rolled back takes nothing');
$primary->safe_psql('postgres', q{SELECT terrcarbon.revoke_access(2, 'ministry')});
$primary->wait_for_catchup($standby);
is(answer($session), '1', 'a revoke holds as soon as it is replayed');
$primary->safe_psql('postgres', q{SELECT terrcarbon.grant_access(2, 'ministry', 'again', clock_timestamp() + interval '3 s')});
$primary->wait_for_catchup($standby);
is(answer($session), '2', 'a grant as well');
$session->query_safe('SELECT pg_sleep(3.2)');
is(answer($session), '1', '... which ends by the clock, with nothing replayed');
$session->quit;

# Nothing is written there, and nothing half done.
is(refused($standby, $_), '25006', "read only: $_")
	for (q{CALL terrcarbon.refresh('bay')},
		q{SELECT terrcarbon.register_dataset('new', 'N', 'town', 'CC0-1.0', 'open')},
		q{SELECT terrcarbon.grant_access(2, 'citizen', 'test')},
		q{SET ROLE observatory; SELECT terrcarbon.create_account('other', 2154)});

# The primary is down: clients that name both servers go on reading; who asks for one
# that can be written gets an error.
$primary->stop('immediate');
my $hosts = sprintf('host=%s,%s port=%d,%d dbname=postgres user=citizen connect_timeout=5', $primary->host, $standby->host, $primary->port, $standby->port);
is($standby->safe_psql('postgres', $trajectory, connstr => $hosts), on($standby, 'citizen', $trajectory), 'with the primary down, the standby answers');
my ($out, $err) = ('', '');
$standby->psql('postgres', 'SELECT 1', connstr => "$hosts target_session_attrs=read-write", stdout => \$out, stderr => \$err);
like($err, qr/session is read-only|connection to server/, '... nobody who wants to write');
is($out, '', '... not in silence');

# Promoted, it goes on from the rights it has.
$standby->promote;
$session = $standby->background_psql('postgres', extra_params => [ '-U', 'minister' ]);
is(answer($session), '1', 'promoted: the rights of before');
$standby->safe_psql('postgres', q{SELECT terrcarbon.grant_access(2, 'ministry', 'roll-up')});
is(answer($session), '2', '... and new ones');
$session->quit;
my $emissions = q{SELECT round(sum(emissions)) FROM bay.trajectory_by_territory};
my $before = on($standby, 'minister', $emissions);
$standby->safe_psql('postgres', q{SET client_min_messages = warning; UPDATE bay.activity SET quantity = 2 * quantity; CALL terrcarbon.refresh('bay')});
cmp_ok(abs(on($standby, 'minister', $emissions) - 2 * $before), '<=', 1, 'it refreshes the account');
$standby->stop;
done_testing();
