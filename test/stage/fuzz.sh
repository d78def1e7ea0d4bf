#!/bin/sh
# Compiles and runs the programs of test/fuzz, with the sanitizers when the
# compiler has them; each prints TAP.
#
#   sh test/stage/fuzz.sh [ITERATIONS [SEED]]
set -u
iterations=${1:-200000}
seed=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cflags='-O1 -g -Wall -Werror -ffp-contract=off -Isrc -Itest/fuzz'
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
# Leak detection needs ptrace, which containers often forbid.
export ASAN_OPTIONS=detect_leaks=0
echo 'int main(void) { return 0; }' >"$work/empty.c"
# shellcheck disable=SC2086
if cc $sanitize -o "$work/empty" "$work/empty.c" 2>/dev/null && "$work/empty"; then
	cflags="$cflags $sanitize"
else
	echo "# the compiler has no sanitizers"
fi

status=0
fail() {
	echo "not ok 1 - $1"
	status=1
}
for program in test/fuzz/*.c; do
	name=$(basename "$program" .c)
	echo "# $name"
	inputs=$(awk '{ print } /\*\// { exit }' "$program" | tr '\n' ' ' |
		sed -n 's|^/\* fuzz: \(.*\) \*/.*|\1|p' | sed 's| \* | |g')
	if [ -z "$inputs" ]; then
		fail "$name: its first comment does not say what to compile it with"
		continue
	fi
	# shellcheck disable=SC2086
	if ! cc $cflags -o "$work/$name" "$program" $inputs; then
		fail "$name: does not compile"
		continue
	fi
	# shellcheck disable=SC2086
	if "$work/$name" "$iterations" $seed >"$work/$name.tap" 2>&1; then
		cat "$work/$name.tap"
		grep -q '^ok ' "$work/$name.tap" || fail "$name: tests nothing"
	else
		code=$?
		cat "$work/$name.tap"
		fail "$name: ends with status $code"
	fi
done
exit $status
