#!/bin/sh
# A release archive as PGXN takes it, terrcarbon-VERSION.zip, of the commit that is
# checked out.  It is kept only if what is in it can be built and installed.
set -eu
# What the outer make was given would reach the inner ones.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
for tool in git unzip perl; do
	command -v $tool >/dev/null || {
		echo "make dist needs $tool"
		exit 1
	}
done
git rev-parse --verify -q HEAD >/dev/null || {
	echo "make dist needs a git checkout: an archive holds what was committed"
	exit 1
}
[ -z "$(git status --porcelain)" ] || {
	echo "Commit these first, or put them away: an archive holds what was committed"
	git status --short
	exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# say WHAT COMMAND...: with its output only when it fails
say() {
	echo "$1"
	shift
	"$@" >"$work/log" 2>&1 || {
		cat "$work/log"
		exit 1
	}
}

say 'Checking META.json' perl test/stage/meta.pl
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" terrcarbon.control)
name=terrcarbon-$version
git archive --format=zip --prefix="$name/" -o "$work/$name.zip" HEAD
unzip -q "$work/$name.zip" -d "$work"
pg_config=${PG_CONFIG:-pg_config}
say "Building what is in it for $("$pg_config" --version)" make -s -C "$work/$name" -j2 PG_CONFIG="$pg_config"
say 'Installing it, in a folder of its own' make -s -C "$work/$name" PG_CONFIG="$pg_config" DESTDIR="$work/root" install
for file in "$("$pg_config" --pkglibdir)/terrcarbon.so" \
	"$("$pg_config" --sharedir)/extension/terrcarbon.control" \
	"$("$pg_config" --sharedir)/extension/terrcarbon--$version.sql"; do
	[ -s "$work/root$file" ] || {
		echo "not installed: $file"
		exit 1
	}
done
mv "$work/$name.zip" .
echo "$name.zip: $(wc -c <"$name.zip") bytes, SHA-256 $(sha256sum "$name.zip" | cut -d' ' -f1)"
