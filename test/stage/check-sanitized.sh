#!/bin/sh
# Runs the regression tests and those with hostile input in a server that has the
# extension built with the address and undefined-behaviour sanitizers.  It has an
# installation of its own, made of links to the real one: the server looks for its
# libraries and shared files beside its program.
set -eu
bindir=$("$PG_CONFIG" --bindir)
pkglibdir=$("$PG_CONFIG" --pkglibdir)
sharedir=$("$PG_CONFIG" --sharedir)
root=$(mktemp -d)
trap 'LD_PRELOAD="" "$root$bindir/pg_ctl" -D "$root/data" -m immediate stop >"$root/stopped" 2>&1 || true; rm -rf "$root"' EXIT

make -s -j2 PG_CONFIG="$PG_CONFIG" with_llvm=no \
	COPT='-O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
mkdir -p "$root$bindir" "$root$pkglibdir" "$root$sharedir/extension" "$root/reports"
cp "$bindir"/* "$root$bindir/"
for file in "$pkglibdir"/* "$sharedir"/* "$sharedir"/extension/*; do
	case $file in
		*/extension | */terrcarbon*) ;;
		*) ln -sfn "$file" "$root$file" ;;
	esac
done
make -s PG_CONFIG="$PG_CONFIG" with_llvm=no install DESTDIR="$root"
export PATH="$root$bindir:$PATH" PG_CONFIG="$root$bindir/pg_config"
export PGHOST="$root" PGPORT=65431 PGUSER=postgres
initdb -D "$root/data" -U postgres -A trust --no-sync >"$root/initdb.log"
cat >>"$root/data/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$root'
port = $PGPORT
fsync = off
jit = off
max_worker_processes = 16
shared_buffers = 256MB
EOF

# The first report ends the process, and with it all sessions of the server.  What
# palloc() gives from one block is one piece of memory to the sanitizer; the programs
# of test/fuzz use malloc().
LD_PRELOAD=$(cc -print-file-name=libasan.so)
ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:log_path=$root/reports/asan
UBSAN_OPTIONS=print_stacktrace=1:log_path=$root/reports/ubsan
export LD_PRELOAD ASAN_OPTIONS UBSAN_OPTIONS
pg_ctl -D "$root/data" -l "$root/log" -w start >"$root/started"
status=0
sh test/stage/regress.sh sanitized || status=1
LD_PRELOAD='' pg_ctl -D "$root/data" -w stop >"$root/stopped"
if [ -n "$(ls "$root/reports")" ] || grep -q 'terminated by signal' "$root/log"; then
	head -n 60 "$root"/reports/*
	grep -A 1 'terminated by signal' "$root/log" || true
	echo 'not ok 1 - sanitizers: nothing to report'
	exit 1
fi
echo 'ok 1 - sanitizers: nothing to report'
exit $status
