#!/bin/sh
# Feeds hostile input to the C code as libFuzzer finds it, guided by coverage: the
# programs of test/fuzz/coverage by themselves with the sanitizers, and the forms of
# the types in a single-user server; prints TAP.  What fails is left in a file, whose
# name is said.  A long run starts from what earlier ones found, in
# TERRCARBON_CORPUS, a folder that is kept.
#
#   sh test/stage/coverage.sh [SECONDS for each, 600 unless told]
set -u
seconds=${1:-${TERRCARBON_SECONDS:-600}}
work=$(mktemp -d)
corpus=${TERRCARBON_CORPUS:-$work/corpus}
mkdir -p "$corpus"
failures=${TERRCARBON_OUTPUT:-$(pwd)}/fuzz-failures
mkdir -p "$failures"
trap 'pg_ctl -D "$work/data" -m immediate stop >"$work/stopped" 2>&1 || true
	rmdir "$failures" 2>"$work/stopped" || true; rm -rf "$work"' EXIT
status=0
end() {
	if [ "$2" -eq 0 ] && grep -q 'DONE\|Done ' "$3"; then
		echo "# $1: $(sed -n 's/^#[0-9]*.DONE *\(cov: [0-9]*\).*/\1/p' "$3") edges, $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$3") inputs"
		echo "ok 1 - coverage: $1"
	else
		tail -n 40 "$3"
		echo "not ok 1 - coverage: $1 (input in $failures)"
		status=1
	fi
}

echo 'int LLVMFuzzerTestOneInput(const void *p, long n) { return 0; }' >"$work/empty.c"
if ! clang -fsanitize=fuzzer,address -o "$work/empty" "$work/empty.c" 2>"$work/empty.log"; then
	echo "ok 1 - coverage: # SKIP needs clang with libFuzzer"
	exit 0
fi
runtime=$(clang -print-file-name=libclang_rt.fuzzer_no_main-x86_64.a)
[ -f "$runtime" ] || runtime=$(clang -print-runtime-dir)/libclang_rt.fuzzer_no_main-$(uname -m).a
arguments="-max_total_time=$seconds -rss_limit_mb=4096 -timeout=20 -print_final_stats=0 -artifact_prefix=$failures/"

# Two squares, as PostGIS stores them.
mkdir -p "$corpus/geometry"
perl -e 'print "\x80", map { pack("V a3 C V4 d10", 0, "\0\x08\x6a", 0x40, 3, 1, 5, 0, $_, 0, $_ + 2, 0, $_ + 2, 2, $_, 2, $_, 0) } 0, 1' \
	>"$corpus/geometry/squares"

# --- by themselves ---------------------------------------------------------------
for program in test/fuzz/coverage/*.c; do
	name=$(basename "$program" .c)
	inputs=$(awk '{ print } /\*\// { exit }' "$program" | tr '\n' ' ' |
		sed -n 's|^/\* coverage: \(.*\) \*/.*|\1|p' | sed 's| \* | |g')
	[ -n "$inputs" ] || continue
	mkdir -p "$corpus/$name"
	# shellcheck disable=SC2086
	clang -O1 -g -ffp-contract=off -Isrc -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o "$work/$name" "$program" $inputs &&
		ASAN_OPTIONS=detect_leaks=0 "$work/$name" "$corpus/$name" $arguments -max_len=4096 >"$work/log" 2>&1
	end "$name" $? "$work/log"
done

# --- in a server -----------------------------------------------------------------
bindir=$("$PG_CONFIG" --bindir)
PATH=$bindir:$PATH
export PGHOST="$work" PGPORT=65430 PGUSER=postgres
{
	# shellcheck disable=SC2046,SC2086
	clang -shared -fPIC -O1 -g -ffp-contract=off -w -o "$work/terrcarbon.so" \
		-fsanitize=fuzzer-no-link,undefined -fno-sanitize-recover=all -fsanitize-trap=undefined \
		-Isrc -I"$("$PG_CONFIG" --includedir-server)" -DTERRCARBON_VERSION='"fuzz"' $(pkg-config --cflags proj clp) \
		src/*.c src/*/*.c test/fuzz/coverage/server.c "$runtime" -lstdc++ \
		$(pkg-config --libs proj clp) -lm &&
		initdb -D "$work/data" -U postgres -A trust --no-sync -E UTF8 --locale=C &&
		printf "listen_addresses = ''\nunix_socket_directories = '%s'\nport = %s\nfsync = off\njit = off\nshared_buffers = 64MB\n" \
			"$work" "$PGPORT" >>"$work/data/postgresql.conf" &&
		pg_ctl -D "$work/data" -l "$work/server.log" -w start &&
		psql -XAtqc 'CREATE EXTENSION terrcarbon CASCADE' postgres &&
		psql -XAtqc "UPDATE pg_proc SET probin = '$work/terrcarbon' WHERE probin = '\$libdir/terrcarbon'" postgres
} >"$work/log" 2>&1 || {
	cat "$work/log"
	echo 'not ok 1 - coverage: the server starts'
	exit 1
}
types='ghg carbon_stock estimate trajectory'
for type in $types; do
	mkdir -p "$corpus/$type"
	n=0
	# Both forms of the examples.
	while read -r example; do
		n=$((n + 1))
		printf 't%s' "$example" >"$corpus/$type/text$n"
		psql -XAtq -v example="$example" -v type="$type" postgres >"$work/hex" <<-'END'
			SELECT format('SELECT encode(terrcarbon_internal.%1$s_send(%2$L::terrcarbon.%1$s), %3$L)', :'type', :'example', 'hex') \gexec
		END
		perl -e 'print "b", pack("H*", <STDIN> =~ s/\s//gr)' <"$work/hex" >"$corpus/$type/binary$n"
	done <"test/fuzz/coverage/$type.txt"
done
pg_ctl -D "$work/data" -m fast -w stop >"$work/stopped"
for type in $types; do
	# shellcheck disable=SC2086
	echo "CREATE FUNCTION pg_temp.fuzz_type(regtype, text) RETURNS void LANGUAGE c AS '$work/terrcarbon', 'fuzz_type'; SELECT pg_temp.fuzz_type('terrcarbon.$type', '$corpus/$type $arguments -max_len=2048')" |
		postgres --single -D "$work/data" postgres >"$work/log" 2>&1
	end "$type" $? "$work/log"
done
exit $status
