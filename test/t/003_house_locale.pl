# Databases in other encodings are refused; in other locales every test gives what
# it gives in C.  French sorts otherwise and writes decimal commas; in Turkish the
# small letter of I is not i.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $locales = PostgreSQL::Test::Utils::tempdir;
for my $language ('fr_FR', 'tr_TR')
{
	system_or_bail('localedef', '-i', $language, '-f', 'UTF-8', "$locales/$language.UTF-8");
}
$ENV{LOCPATH} = $locales;

for my $language ('fr_FR', 'tr_TR')
{
	my $node = PostgreSQL::Test::Cluster->new($language);
	$node->init(extra => [ "--locale=$language.UTF-8", '--encoding=UTF8' ]);
	$node->append_conf('postgresql.conf', "lc_messages = 'C'\nmax_worker_processes = 16\nshared_buffers = 256MB\n");
	$node->start;
	is($node->safe_psql('postgres', 'SHOW lc_numeric'), "$language.UTF-8", "$language: it is the locale");
	is($node->safe_psql('postgres', q{SELECT lower('I') = 'i'}), $language eq 'tr_TR' ? 'f' : 't',
		"$language: it has its lower case");

	my $output = PostgreSQL::Test::Utils::tempdir;
	symlink("$ENV{PWD}/expected", "$output/expected") or die $!;
	my ($stdout, $stderr);
	my $passed = IPC::Run::run [
		$ENV{PG_REGRESS}, '--inputdir=test', "--outputdir=$output",
		'--bindir=' . $node->config_data('--bindir'), '--host=' . $node->host, '--port=' . $node->port,
		'--load-extension=postgis', '--load-extension=terrcarbon',
		map { m{(\w+)\.sql$} } sort glob('test/sql/*.sql') ],
		'>', \$stdout, '2>', \$stderr;
	ok($passed, "$language: every test passes")
	  or diag($stdout, -e "$output/regression.diffs" ? slurp_file("$output/regression.diffs") : '');

	if ($language eq 'fr_FR')
	{
		for my $encoding ('LATIN1', 'LATIN9', 'WIN1252', 'SQL_ASCII')
		{
			$node->safe_psql('postgres', "CREATE DATABASE other ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
			my ($out, $err);
			$node->psql('other', 'CREATE EXTENSION terrcarbon CASCADE', stdout => \$out, stderr => \$err,
				extra_params => [ '-v', 'VERBOSITY=verbose' ]);
			like($err, qr/ERROR:  0A000: terrcarbon needs a database in UTF8\nDETAIL:  This one is in $encoding\.\nHINT:  Create one/,
				"$encoding is refused");
			is($node->safe_psql('other', q{SELECT count(*) FROM pg_namespace WHERE nspname ~ 'terrcarbon'}), '0',
				"$encoding: nothing is left");
			$node->safe_psql('postgres', 'DROP DATABASE other');
		}
	}
	$node->stop;
}

done_testing();
