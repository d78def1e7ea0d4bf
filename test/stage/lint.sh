#!/bin/sh
# What tools say of the style: layout of C, faults that can be seen in the text,
# shell scripts, spelling.  Silent but for TAP lines when there is nothing to say.
# clang-format's layout differs by version, so it is held by Debian 12's alone.
set -u
status=0
step() {
	name=$1
	shift
	if output=$("$@" 2>&1) && [ -z "$output" ]; then
		echo "ok 1 - lint: $name"
	else
		echo "$output" | head -n 100
		echo "not ok 1 - lint: $name"
		status=1
	fi
}

c_files=$(find src test/fuzz -name '*.[ch]' | sort)
formatter=$(command -v clang-format-14 || command -v clang-format)
if "$formatter" --version | grep -q 'version 14\.'; then
	# shellcheck disable=SC2086
	step 'C is laid out by .clang-format' "$formatter" --dry-run -Werror $c_files
else
	echo "ok 1 - lint: layout of C # SKIP needs clang-format 14"
fi
step 'cppcheck finds nothing' cppcheck -q --std=c11 --inline-suppr -j2 \
	--enable=warning,performance,portability --library=test/stage/cppcheck.cfg -DPG_VERSION_NUM=150000 -Isrc src test/fuzz
# shellcheck disable=SC2046
step 'shellcheck finds nothing' shellcheck $(find test .ci -name '*.sh' -o -path .ci/run)
# Words of French, of SQL and of file formats that are not misspelt English.
step 'codespell finds nothing' codespell --skip='*.o,*.so,*.bc,expected,results,tmp_check,terrcarbon--*' \
	--ignore-words-list='attribut,isnt,ges,inout,nd,valide,ot,larg' \
	Makefile README.md CHANGELOG.md .ci src sql test docs
exit $status
