# The nightly program: green and silent when all is well, with views refreshed after the
# account; a warning once, while it stands; not green, and heard on the channel, when
# figures are stale.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE owner LOGIN; CREATE ROLE town;
	GRANT CREATE ON DATABASE postgres TO owner;
	SET search_path = terrcarbon, public;
	SELECT register_dataset('open', 'D', 'town', 'CC0-1.0', 'open'), register_dataset('closed', 'D', 'town', 'CC0-1.0', 'private');
	SET ROLE owner;
	SELECT create_account('acc', 4326);
	INSERT INTO acc.territory (code, name, level, geom) VALUES ('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(0, 45, 0.1, 45.1, 4326)));
	RESET ROLE;
	INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (1, 'A', 'waste', 2020, ghg('CH4', 1000), 30);
	SET ROLE owner;
	CREATE MATERIALIZED VIEW acc.plain AS SELECT territory_code, year, emissions FROM acc.trajectory_by_territory;
	CREATE MATERIALIZED VIEW acc."Guarded ""view""" AS SELECT sector, sum(lines) AS lines, sources_agg(dataset_id) AS sources FROM acc.balance GROUP BY sector;
	CREATE MATERIALIZED VIEW acc.above AS SELECT sum(emissions) AS emissions FROM acc.plain;
	SELECT protect_matview('acc."Guarded ""view"""');});

# Runs the program as the owner; gives its status and what it says.
sub nightly
{
	my @accounts = @_;
	local %ENV = (%ENV, HOME => $node->basedir, XDG_STATE_HOME => '', STATE_DIRECTORY => '', PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'postgres', PGUSER => 'owner');
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'sh', 'docs/nightly/terrcarbon-nightly', @accounts ], '>', \$out, '2>', \$err);
	return ($? >> 8, "$out$err");
}

my ($status, $said) = nightly('acc');
is($status, 0, 'green');
is($said, '', 'and silent');
is($node->safe_psql('postgres', 'SELECT emissions FROM acc.above'), '28', 'views are refreshed after the account, those over others last');
is($node->safe_psql('postgres', 'SET ROLE owner; SELECT lines FROM acc."Guarded ""view""_readable"'), '1', 'and guarded ones');

# Rows without a price are no failure: their warning is said once, and again when it is another.
sub add_row { $node->safe_psql('postgres', "INSERT INTO acc.activity (dataset_id, territory_code, sector, year, quantity, unit, factor) VALUES (1, 'A', 'waste', 2021, 1, 'kg', 'no_such_factor')"); }
add_row();
($status, $said) = nightly('acc');
is($status, 0, 'a row without a factor is green');
like($said, qr/WARNING: +account acc: 1 row without a value/, '... and warned of');
is((nightly('acc'))[1], '', '... once');
add_row();
like((nightly('acc'))[1], qr/WARNING: +account acc: 2 rows without a value/, '... and again when there are more');
$node->safe_psql('postgres', q{DELETE FROM acc.activity WHERE factor = 'no_such_factor'});
is((nightly('acc'))[1], '', 'mended, it is silent');
add_row();
like((nightly('acc'))[1], qr/WARNING/, '... and says it when it comes back');
$node->safe_psql('postgres', q{DELETE FROM acc.activity WHERE factor = 'no_such_factor'});
is((nightly('acc'))[1], '', 'mended again');

my ($in, $heard, $timer) = ('', '', IPC::Run::timer(60));
my $ear = IPC::Run::start([ 'psql', '-XqAt', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$heard, '2>&1', $timer);
$in .= "LISTEN terrcarbon;\nSELECT 'ready';\n";
$ear->pump until $heard =~ /ready/;

# A dataset that the owner may not read.
$node->safe_psql('postgres', q{
	INSERT INTO acc.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES (2, 'A', 'waste', 2020, '{"CO2": 1}', 30)});
($status, $said) = nightly('acc');
is($status, 1, 'stale figures are not green, whatever the setting');
like($said, qr/WARNING:.*closed.*account acc: figures of these datasets are stale: closed/s, 'and it is said of which dataset');
$node->safe_psql('postgres', q{UPDATE acc.setting SET when_stale = 'fail'});
($status, $said) = nightly('acc', 'missing');
is($status, 1, 'nor where the refresh itself fails');
like($said, qr/ERROR:.*stale.*ERROR:  there is no account missing/s, 'every account is tried');
is($node->safe_psql('postgres', 'SELECT emissions FROM acc.above'), '28', 'the views are refreshed all the same');
$in .= "SELECT 'done';\n";
$ear->pump until $heard =~ /Asynchronous notification "terrcarbon" with payload "(.*)" received/;
is($1, '{"account" : "acc", "stale" : "closed"}', 'who listens learns it');
$ear->finish;

# Another failure: a view that divides by nothing.
$node->safe_psql('postgres', q{UPDATE acc.setting SET when_stale = 'warn'; DELETE FROM acc.activity WHERE dataset_id = 2;
	SET ROLE owner; CREATE MATERIALIZED VIEW acc.broken AS SELECT 1 / (emissions - 28)::int AS x FROM acc.plain WITH NO DATA});
($status, $said) = nightly('acc');
is($status, 1, 'a view that cannot be refreshed is a failure');
like($said, qr/division by zero/, 'with its reason');
my ($usage_status) = nightly();
is($usage_status, 2, 'no account, no run');

# The units are well-formed.
SKIP:
{
	skip 'systemd-analyze is not installed', 1 unless grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
	my $folder = $node->basedir;
	for my $unit ('service', 'timer')
	{
		my $text = slurp_file("docs/nightly/terrcarbon-nightly.$unit");
		# The program and the user are not there.
		$text =~ s{^ExecStart=\S+}{ExecStart=/bin/true}m;
		$text =~ s{^User=.*}{User=root}m;
		open my $file, '>', "$folder/terrcarbon-nightly.$unit" or die $!;
		print $file $text;
		close $file;
	}
	my ($out, $err) = run_command([ 'systemd-analyze', 'verify', '--man=no', "$folder/terrcarbon-nightly.timer", "$folder/terrcarbon-nightly.service" ]);
	unlike("$out$err", qr/terrcarbon-nightly\.(service|timer):/, 'the units of systemd are well-formed');
}
done_testing();
