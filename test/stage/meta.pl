# META.json against the fields that PGXN demands, the control file, the changelog and the
# files it names.  TAP lines; fails if one is not ok.
use strict;
use warnings FATAL => 'all';

use JSON::PP;
use Test::More;

sub slurp
{
	my ($file) = @_;
	local $/;
	open my $in, '<', $file or die "$file: $!";
	return <$in>;
}

my $meta = decode_json(slurp('META.json'));
my $control = slurp('terrcarbon.control');
my ($version) = $control =~ /^default_version = '(.*)'/m;
my $provided = $meta->{provides}{terrcarbon};

my @lacking = grep { !defined $meta->{$_} }
  qw(name abstract version maintainer license provides meta-spec);
is("@lacking", '', 'meta: every field that PGXN demands is there');
is($meta->{name}, 'terrcarbon', 'meta: the name is that of the control file');
like($version, qr/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/, 'meta: the version is a semantic one');
is($meta->{version}, $version, 'meta: the version of the distribution is that of the control file');
is($provided->{version}, $version, 'meta: the version of the extension is that of the control file');
like(slurp('CHANGELOG.md'), qr/^## \Q$version\E\b/m, 'meta: the changelog has the version');
for my $named (grep { defined } @$provided{qw(file docfile)})
{
	ok(-f $named, "meta: $named is there");
}
like(slurp('LICENSE'), qr/Apache License\s+Version 2\.0/, 'meta: the licence is the one that is named')
  if $meta->{license} eq 'apache_2_0';
is_deeply([ keys %{ $meta->{provides} } ], ['terrcarbon'], 'meta: nothing else is provided');
my ($required) = $control =~ /^requires = '(.*)'/m;
my @unsaid = grep { !exists $meta->{prereqs}{runtime}{requires}{$_} } split(/\s*,\s*/, $required), 'PostgreSQL';
is("@unsaid", '', 'meta: what the control file requires is required');
done_testing();
