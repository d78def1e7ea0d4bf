#!/bin/sh
# Builds with each C compiler that test/stage/compilers.packages names and this
# release offers, warnings being errors.
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pg_config=/usr/lib/postgresql/$PGVERSION/bin/pg_config
status=0
number=0
for compiler in clang gcc-12 gcc-13 gcc-14 gcc-15 gcc-16; do
	command -v "$compiler" >/dev/null || continue
	number=$((number + 1))
	# The server's options, as far as this compiler knows them; what is left to the
	# linker (-flto) needs the server's own compiler.
	cflags=-Werror
	for option in $("$pg_config" --cflags | tr ' ' '\n' | grep -v lto); do
		! echo | "$compiler" -Werror "$option" -x c -c -o /dev/null - 2>/dev/null || cflags="$cflags $option"
	done
	# clang has no gnu_printf, which PostgreSQL declares its functions by.
	[ "$compiler" != clang ] || cflags="$cflags -Wno-ignored-attributes"
	rm -rf "$scratch/tree"
	mkdir "$scratch/tree"
	cp -r Makefile terrcarbon.control src sql "$scratch/tree"
	find "$scratch/tree" \( -name '*.o' -o -name '*.bc' \) -delete
	if make -s -j2 -C "$scratch/tree" PG_CONFIG="$pg_config" CC="$compiler" CFLAGS="$cflags" LDFLAGS= \
		with_llvm=no >"$scratch/log" 2>&1; then
		echo "ok $number - compilers: $compiler $("$compiler" -dumpversion), PostgreSQL $PGVERSION"
	else
		grep -E -A 6 'error|warning' "$scratch/log" | head -n 60
		echo "not ok $number - compilers: $compiler $("$compiler" -dumpversion), PostgreSQL $PGVERSION"
		status=1
	fi
done
echo "1..$number"
[ $number -gt 1 ] || status=1
exit $status
