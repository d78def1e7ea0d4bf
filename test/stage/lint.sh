#!/bin/sh
# What tools say of the style: layout of C, faults that can be seen in the text,
# shell scripts, spelling.  Silent but for TAP lines when there is nothing to say.
# What a tool says differs by its version, so each is held by Debian 12's alone.
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

# version START NAME TOOL ARGUMENT...: a step with a version of the tool.
version() {
	start=$1
	name=$2
	shift 2
	if "$1" --version 2>/dev/null | grep -qE "(^|[^0-9.])$start"; then
		step "$name" "$@"
	else
		echo "ok 1 - lint: $name # SKIP needs $1 $start"
	fi
}

c_files=$(find src test/fuzz -name '*.[ch]' | sort)
# shellcheck disable=SC2086
version 14 'C is laid out by .clang-format' "$(command -v clang-format-14 || echo clang-format)" \
	--dry-run -Werror $c_files
version 2.10 'cppcheck finds nothing' cppcheck -q --std=c11 --inline-suppr -j2 \
	--enable=warning,performance,portability --library=test/stage/cppcheck.cfg -DPG_VERSION_NUM=150000 -Isrc src test/fuzz
# shellcheck disable=SC2046
version 0.9 'shellcheck finds nothing' shellcheck $(find test .ci -name '*.sh' -o -path .ci/run)
# What is French is left out.  Words of French, of SQL and of file formats that are
# not misspelt English, and one misspelt on purpose.
version 2.2 'codespell finds nothing' codespell --skip='*.o,*.so,*.bc,expected,results,tmp_check,terrcarbon--*,*_data_fr.sql,docs/fr' \
	--ignore-words-list='attribut,isnt,ges,inout,nd,valide,ot,larg,ser,residental,emision,branche,habitant,manuel,amont' \
	Makefile README.md CHANGELOG.md .ci src sql test docs
exit $status
