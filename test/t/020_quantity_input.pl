# Mutated text and binary input of the quantities: an error of the right class,
# or a value that reads and prints the same; never a crash.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TERRCARBON_SEED} // 1;
my $mutants = $ENV{TERRCARBON_MUTANTS} // 200;
srand($seed);
diag("seed $seed");

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION terrcarbon CASCADE;
	CREATE TABLE input (type regtype, form text, bytes bytea, path text);
	CREATE TABLE received ("terrcarbon.ghg" terrcarbon.ghg, "terrcarbon.carbon_stock" terrcarbon.carbon_stock,
		"terrcarbon.estimate" terrcarbon.estimate, "terrcarbon_internal.estimate_sum" terrcarbon_internal.estimate_sum,
		"terrcarbon_internal.sum_state" terrcarbon_internal.sum_state);

	-- What becomes of one input: taken, refused, or what went wrong.
	CREATE FUNCTION outcome(type regtype, form text, bytes bytea, path text) RETURNS text
	LANGUAGE plpgsql AS $$
	DECLARE
		printed text;
		again text;
	BEGIN
		IF form = 'text' THEN
			EXECUTE format('SELECT convert_from($1, ''UTF8'')::%s::text', type) INTO printed USING bytes;
		ELSE
			EXECUTE format('COPY received (%I) FROM %L (FORMAT binary)', type::text, path);
			EXECUTE format('DELETE FROM received RETURNING %I::text', type::text) INTO STRICT printed;
		END IF;
		EXECUTE format('SELECT $1::%s::text', type) INTO again USING printed;
		-- A state that is taken can be finished.
		IF type = 'terrcarbon_internal.estimate_sum'::regtype THEN
			PERFORM terrcarbon_internal.estimate_sum_final(printed::terrcarbon_internal.estimate_sum);
		ELSIF type = 'terrcarbon_internal.sum_state'::regtype THEN
			-- by the aggregate that the state says it is of
			PERFORM CASE substr(printed, 14, 1)
				WHEN '1' THEN terrcarbon_internal.ghg_sum_final(printed::terrcarbon_internal.sum_state)::text
				WHEN '2' THEN terrcarbon_internal.carbon_stock_sum_final(printed::terrcarbon_internal.sum_state)::text
				WHEN '3' THEN terrcarbon_internal.trajectory_sum_final(printed::terrcarbon_internal.sum_state)::text
				WHEN '4' THEN terrcarbon_internal.trajectory_agg_final(printed::terrcarbon_internal.sum_state)::text
				ELSE terrcarbon_internal.allocated_sum_final(printed::terrcarbon_internal.sum_state)::text END;
		END IF;
		RETURN CASE WHEN printed = again THEN 'taken' ELSE 'printed ' || printed || ', read ' || again END;
	EXCEPTION WHEN others THEN
		-- 22023 is byteain's, for what is not hexadecimal.
		RETURN CASE WHEN SQLSTATE IN ('22P02', '22P03', '22003', '22021', '08P01') THEN 'refused'
			WHEN SQLSTATE = '22023' AND SQLERRM ~ '^(invalid hexadecimal|state is not one of)' THEN 'refused'
			ELSE SQLSTATE || ' ' || SQLERRM END;
	END $$;

	CREATE AGGREGATE merge(terrcarbon_internal.estimate_sum) (SFUNC = terrcarbon_internal.estimate_sum_combine, STYPE = terrcarbon_internal.estimate_sum);
	CREATE AGGREGATE merge(terrcarbon_internal.sum_state) (SFUNC = terrcarbon_internal.sum_state_combine, STYPE = terrcarbon_internal.sum_state);
});

# Valid values to start from.
my %values = (
	'terrcarbon.ghg' => [ '{}', '{"CO2": 1000, "CH4": 10, "N2O": -1e-3}', '{"CO2_biogenic": 5e-324, "HFC134a": 0.5, "NF3": 1.7e308}' ],
	'terrcarbon.carbon_stock' => [ '{}', '{"above": 60, "below": 0}', '{"above": 1, "dead_wood": 0.5, "soil": 80, "products": -3, "soil_depth_cm": 30}' ],
	'terrcarbon.estimate' => [ '{"value": 1, "sd": 0}', '{"value": 150, "sd": 4, "causes": {"factor:12": 22.5, "é": -1e-3}, "sources": [3, 7]}',
		'{"value": 1, "sd": 1, "skew": 0.5, "causes": {"f": 2}, "skews": {"f": -1.5}}' ],
	'terrcarbon_internal.estimate_sum' => [ '\x000200000000000000010000000000000000000000000000', '\x00020000000000000002012101000c00000021010020000000000002000166002101000800000101660021010007000000000002' . '0000000300000007' ],
	'terrcarbon_internal.sum_state' => [ '\x00020000000100000000000000000000000000000000', '\x0002000000020000001e00000000000000010000000100000004000000000000000100210001' . '00000000000c0000' ]);

my @scraps = ('{', '}', '[', ']', ':', ',', '"', '\\', '\\u0000', '\\ud800', '0', '9', '-', '.', 'e', 'e308', 'e-400', 'null', 'NaN', 'CO2', 'soil', 'é',
	'"value"', '"sources": [', '"causes": {', "\x00", "\xff", ' ', '1' x 400, '[' x 50, '\\x', '00', 'ff', '7f');

sub mutate_text
{
	my ($text) = @_;
	for (0 .. int(rand(3)))
	{
		my $at = int(rand(length($text) + 1));
		my $length = int(rand(4));
		$length = length($text) - $at if $at + $length > length($text);
		substr($text, $at, $length, rand() < 0.7 ? $scraps[ rand @scraps ] : '');
	}
	return $text;
}

sub mutate_binary
{
	my ($bytes) = @_;
	for (0 .. int(rand(3)))
	{
		my $kind = rand();
		my $at = int(rand(length($bytes) + 1));
		if ($kind < 0.5 && $at < length($bytes))
		{
			substr($bytes, $at, 1, chr(ord(substr($bytes, $at, 1)) ^ (1 << int(rand(8)))));
		}
		elsif ($kind < 0.7)
		{
			substr($bytes, $at, 1, ("\x00", "\x01", "\x7f", "\x80", "\xff")[ rand 5 ]) if $at < length($bytes);
		}
		elsif ($kind < 0.85) { substr($bytes, $at) = '' }
		else { substr($bytes, $at, 0, chr(int(rand(256))) x (1 + int(rand(8)))) }
	}
	return $bytes;
}

my $folder = $node->basedir . '/mutants';
mkdir($folder) or die "cannot make $folder: $!";
my $insert = '';
for my $type (sort keys %values)
{
	my (@texts, @binaries);
	for my $text (@{ $values{$type} })
	{
		push @texts, $text;
		my $hex = $node->safe_psql('postgres', "SELECT encode(" . ("$type" =~ s|^terrcarbon\.|terrcarbon_internal.|r) . "_send('$text'), 'hex')");
		push @binaries, pack('H*', $hex);
	}
	for my $i (0 .. $mutants - 1)
	{
		# The first are as they are.
		my $text = $i < @texts ? $texts[$i] : mutate_text($texts[ rand @texts ]);
		$insert .= "INSERT INTO input VALUES ('$type', 'text', '\\x" . unpack('H*', $text) . "');\n";

		my $bytes = $i < @binaries ? $binaries[$i] : mutate_binary($binaries[ rand @binaries ]);
		my $path = "$folder/$type.$i";
		open my $file, '>:raw', $path or die "cannot write $path: $!";
		print $file "PGCOPY\n\xff\r\n\0", pack('N N n N', 0, 0, 1, length($bytes)), $bytes, pack('n', 0xffff);
		close $file;
		$insert .= "INSERT INTO input VALUES ('$type', 'binary', '\\x" . unpack('H*', $bytes) . "', '$path');\n";
	}
}
$node->safe_psql('postgres', $insert);

# States that are taken can be merged, unless their tags differ.
for my $type ('terrcarbon_internal.estimate_sum', 'terrcarbon_internal.sum_state')
{
	$node->safe_psql('postgres', qq{
		CREATE TABLE state AS SELECT convert_from(bytes, 'UTF8')::$type AS s, count(*) FROM input
		WHERE type = '$type'::regtype AND form = 'text' AND outcome(type, form, bytes, path) = 'taken' GROUP BY bytes;
	});
	my $by = $type eq 'terrcarbon_internal.sum_state' ? 'substr(s::text, 1, 22)' : '()';
	cmp_ok($node->safe_psql('postgres', "SELECT sum(length(merged::text)) FROM (SELECT merge(s) AS merged FROM state GROUP BY $by) AS m"),
		'>', 0, "$type: states that are taken can be merged");
	$node->safe_psql('postgres', 'DROP TABLE state');
}

my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'});
$node->safe_psql('postgres', 'CREATE TABLE result AS SELECT *, outcome(type, form, bytes, path) AS outcome FROM input');
is($node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'}), $pid, 'no backend crashed');
is($node->safe_psql('postgres', q{SELECT type, form, bytes, outcome FROM result WHERE outcome NOT IN ('taken', 'refused') LIMIT 20}),
	'', 'each input is refused with a fitting error or taken without loss');

for my $type (sort keys %values)
{
	for my $form ('text', 'binary')
	{
		my ($taken, $refused) = split /\|/, $node->safe_psql('postgres', qq{
			SELECT count(*) FILTER (WHERE outcome = 'taken'), count(*) FILTER (WHERE outcome = 'refused')
			FROM result WHERE type = '$type'::regtype AND form = '$form'});
		cmp_ok($taken, '>=', scalar @{ $values{$type} }, "$type, $form: valid input is taken ($taken)");
		cmp_ok($refused, '>', $mutants / 10, "$type, $form: damaged input is refused ($refused)");
	}
}

done_testing();
