#!/bin/sh
# The regression tests give the same results in parallel workers, and some of them
# in compiled expressions.
set -u

# Left out: licence_attacks and licence_map look at plans, or count what a worker
# does on its own, licence_reuse_sources shows a plan with its workers, read_chart and
# read_plan let functions of their session parse XML; account_deposit, decide_attacks and
# release_perimeter take long.
tests=$(find test/sql -maxdepth 1 -name '*.sql' -exec basename {} .sql \; | sort |
	grep -vxE 'account_deposit|decide_attacks|licence_attacks|licence_map|licence_reuse_sources|read_chart|read_plan|release_perimeter')
# "regress" is on, without the lines that say so in errors and plans.
case $(psql -XAtqc 'SHOW server_version_num' postgres) in
	15*) forced=force_parallel_mode ;;
	*) forced=debug_parallel_query ;;
esac
# shellcheck disable=SC2086
PGOPTIONS="-c $forced=regress -c max_parallel_workers_per_gather=4 -c parallel_setup_cost=0
	-c parallel_tuple_cost=0 -c min_parallel_table_scan_size=0" \
	sh test/stage/regress.sh in_parallel $tests

# A choice: each expression compiles for some milliseconds, the whole would take
# ten times as long as without.
if [ "$(psql -XAtqc 'SELECT pg_jit_available()' postgres)" = t ]; then
	PGOPTIONS='-c jit=on -c jit_above_cost=0 -c jit_inline_above_cost=0 -c jit_optimize_above_cost=0' \
		sh test/stage/regress.sh compiled geometry_change geometry_once model_mobility \
			model_soil_core quantity_carbon_stock
else
	echo "ok 1 - compiled: # SKIP this server has no JIT"
fi
