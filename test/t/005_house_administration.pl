# The fenced blocks of docs/administration.md, in their order: from an empty database
# through a restore on a second server to one where nothing is left.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my %node;
for my $name ('origin', 'copy')
{
	$node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node{$name}->init;
	$node{$name}->append_conf('postgresql.conf', "fsync = off\nshared_preload_libraries = 'terrcarbon'");
	$node{$name}->start;
}
$node{origin}->safe_psql('postgres', 'CREATE DATABASE territory');

my %blocks;
my ($section, $page) = ('', slurp_file('docs/administration.md'));
while ($page =~ /^## (.*?)\n|^```(sh|sql)\n(.*?)^```/msg)
{
	if (defined $1) { $section = $1; }
	else { push @{ $blocks{$section} }, [ $2, $3 ]; }
}
my $folder = PostgreSQL::Test::Utils::tempdir;

# Runs the blocks of a section; its errors are those that the page tells of.
sub run_section
{
	my ($name, $server, $errors) = @_;
	my $node = $node{$server};
	my $said = '';
	ok($blocks{$name}, "the page has $name");
	for my $block (@{ $blocks{$name} // [] })
	{
		my ($language, $text) = @$block;
		local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'territory');
		my $output = '';
		IPC::Run::run($language eq 'sql' ? [ 'psql', '-Xq' ] : [ 'sh', '-c', "cd '$folder' && exec sh" ], '<', \$text, '>&', \$output);
		$said .= $output;
	}
	my %seen = map { s/(?<=for table ").*(?=")/T/r => 1 } $said =~ /(?:ERROR|error):\s+(.*)/g;
	is(join("\n", sort keys %seen), $errors // '', "$name on $server");
	return $said;
}

run_section('Install', 'origin');
run_section('Roles', 'origin');
is($node{origin}->safe_psql('territory', q{SELECT count(*) FROM terrcarbon.doctor() WHERE remedy IS NOT NULL}), '0', 'doctor() has nothing left to do');
$node{origin}->safe_psql('territory', q{
	SET ROLE water_office;
	SELECT register_dataset('open', 'O', 'water_office', 'CC0-1.0', 'open'), register_dataset('shared', 'S', 'water_office', 'lov2', 'shared', reason => 'few');
	SELECT grant_access(2, 'observatory', 'totals');
	RESET ROLE; SET ROLE observatory;
	INSERT INTO bay.territory (code, name, level, geom) VALUES
		('A', 'A', 'commune', ST_Multi(ST_MakeEnvelope(380000, 6570000, 381000, 6571000, 2154))),
		('B', 'B', 'commune', ST_Multi(ST_MakeEnvelope(381000, 6570000, 382000, 6571000, 2154)));
	RESET ROLE; SET ROLE water_office;
	INSERT INTO bay.activity (dataset_id, territory_code, sector, year, emission, u95_percent) VALUES
		(1, 'A', 'waste', 2020, ghg('CH4', 1000), 30), (2, 'B', 'waste', 2020, ghg('N2O', 10), 50);
	RESET ROLE; SET ROLE observatory;
	CALL refresh('bay');
	CREATE MATERIALIZED VIEW bay.guarded AS SELECT sector, sum(lines) AS lines, sources_agg(dataset_id) AS sources FROM bay.balance GROUP BY sector;
	SELECT protect_matview('bay.guarded');
	CREATE MATERIALIZED VIEW bay.plain AS SELECT territory_code, emissions FROM bay.trajectory_by_territory;});

# What each role reads, and what is set.
sub state_of
{
	my ($server) = @_;
	return join "\n", map { $node{$server}->safe_psql('territory', "SET ROLE $_; " . q{
		SELECT current_user, terrcarbon.readable_datasets(), current_setting('search_path'), (SELECT setconfig FROM pg_db_role_setting WHERE setrole = 0);
		SELECT territory_code, year, emissions, emissions_low, emissions_high, as_of, stale FROM bay.trajectory_by_territory ORDER BY territory_code;})
	} 'reader', 'observatory';
}
my $before = state_of('origin');
# 1000 kg of methane at 28 in AR5, and 10 kg of nitrous oxide at 265 that the reader may not read.
like($before, qr/^reader\|\{1\}.*^A\|2020\|28\|19\.6\|36\.4\|/ms, 'the reader reads the open dataset');
like($before, qr/^observatory\|\{1,2\}.*^B\|2020\|2\.65\|/ms, 'the owner both');

run_section('Back up', 'origin');
my $superuser = $node{copy}->safe_psql('postgres', 'SELECT current_user');
my $said = run_section('Restore', 'copy', join "\n", sort('could not execute query: ERROR:  query would be affected by row-level security policy for table "T"',
	qq{role "$superuser" already exists}));
is(state_of('copy'), $before, 'rights, settings and figures are those of the origin');
is($node{copy}->safe_psql('territory', 'SET ROLE observatory; SELECT lines FROM bay.guarded_readable; SELECT count(*) FROM bay.plain'), "2\n2", 'materialized views are filled');
is($node{copy}->safe_psql('territory', q{SELECT string_agg(object, ' ') FROM terrcarbon.doctor() WHERE severity <> 'notice'}), '', 'and doctor() has nothing to say');

# A view on those of the account is in the way.
$node{copy}->safe_psql('territory', 'DROP MATERIALIZED VIEW bay.plain');
$said = run_section('Upgrade the extension', 'copy');
like($said, qr/account bay: version (\S+) to \1, 0 changes to its tables, views made anew/, 'upgrade_account says what it did');
$node{copy}->safe_psql('territory', q{SET ROLE observatory; CALL refresh('bay')});
is(state_of('copy') =~ s/\|[^|\n]*\|f$//mgr, $before =~ s/\|[^|\n]*\|f$//mgr, 'the account is as it was');

run_section('Uninstall', 'copy');
is($node{copy}->safe_psql('territory', q{
	SELECT extname FROM pg_extension WHERE extname = 'terrcarbon'
	UNION ALL SELECT nspname FROM pg_namespace WHERE nspname IN ('bay', 'terrcarbon', 'terrcarbon_internal')
	UNION ALL SELECT rolname FROM pg_roles WHERE rolname IN ('observatory', 'water_office', 'reader')
	UNION ALL SELECT evtname FROM pg_event_trigger}), '', 'nothing is left');
done_testing();
