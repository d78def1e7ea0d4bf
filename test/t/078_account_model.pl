# Totals of random accounts are what follows from their rows, worked out again by
# account_model.py.  By hand more of them: TERRCARBON_ACCOUNTS=500 TERRCARBON_SEED=7.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'python3 is not installed' if system('python3 -c "" >/dev/null 2>&1') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\njit = off\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION postgis; CREATE EXTENSION terrcarbon;
	CREATE ROLE model_owner; CREATE ROLE model_producer; CREATE ROLE model_reader;
	GRANT CREATE ON DATABASE postgres TO model_owner;
	INSERT INTO terrcarbon.factor (code, name, unit, amount, u95_percent, part, source, year_from)
	VALUES ('model-gas', 'Gas', 'kWh', '{"CO2": 0.2}', 5, 'combustion', 'test', NULL),
		('model-late', 'Gas, known from 2017 on', 'kWh', '{"CO2": 0.3}', 5, 'combustion', 'test', 2017)});
my ($seed, $accounts) = ($ENV{TERRCARBON_SEED} || 1, $ENV{TERRCARBON_ACCOUNTS} || 15);
{
	local @ENV{qw(PGHOST PGPORT PGDATABASE)} = ($node->host, $node->port, 'postgres');
	my ($out, $err) = run_command([ 'python3', 'test/t/account_model.py', $seed, $accounts ]);
	is($err, '', 'the accounts are made and read');
	like($out, qr/^[1-9]\d+ figures$/, 'their figures are those that follow from the rows');
}
$node->stop;
done_testing();
