# terrcarbon
#
#   make && make install && make installcheck    for those who have a server
#   make demo                                    see it work on a bare machine
#   make check                                   run every test there
#   make bench                                   measure it against plain SQL
#   make check-versions                          run every test with PostgreSQL 16, 17 and 18
#   make check-sanitized                         run the regression tests under sanitizers
#   make clients                                 read the demo with the tools of users, as three roles
#   make fuzz                                    feed hostile input to the C code
#   make attack                                  attack releases with linear programmes
#   make coverage                                let libFuzzer look for such input, for an hour
#   make reference                               write docs/reference.md from the comments
#   make lint                                    ask tools about the style
#   make compilers                               build with each compiler, warnings being errors
#   make dist                                    a release archive that was built and installed once

EXTENSION = terrcarbon
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" terrcarbon.control)
BASE_SCRIPT = terrcarbon--$(EXTVERSION).sql

# These do all they need by themselves, the installation of PostgreSQL included,
# so they cannot rest on PGXS.
MACHINE_GOALS = demo check clients bench fuzz coverage attack lint compilers reference check-sanitized check-versions

ifneq ($(filter dist,$(MAKECMDGOALS)),)

.PHONY: dist
dist:
	@PG_CONFIG='$(PG_CONFIG)' sh test/stage/dist.sh

else ifneq ($(filter $(MACHINE_GOALS),$(MAKECMDGOALS)),)

.PHONY: $(MACHINE_GOALS)
$(filter-out check-versions check-sanitized,$(MACHINE_GOALS)):
	@sh test/run.sh $@ $(DATA)
check-versions:
	@sh test/versions.sh $(SUITES)
# The address sanitizer of Debian 12 does not get along with its PostgreSQL.
check-sanitized:
	@TERRCARBON_GOALS=check-sanitized sh test/versions.sh $(or $(SUITES),trixie)

else

MODULE_big = terrcarbon
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
UPGRADES = $(notdir $(wildcard sql/upgrade/terrcarbon--*--*.sql))
DATA = $(BASE_SCRIPT) $(UPGRADES)

# The install script: the schemas, the rooms in this order with their files by
# number, the guard of shipped rows, and at last guards and privileges.
SQL_ROOMS = numeric geometry quantity licence factor model account release decide read
SQL_FILES = sql/head.sql sql/schema.sql \
	$(foreach room,$(SQL_ROOMS),$(sort $(wildcard sql/$(room)/*.sql))) sql/shipped.sql
# Plain SQL that makes the tables of an account; the installation script carries it
# as data.
TEMPLATES = $(sort $(wildcard sql/*/template/*.sql))

# -ffp-contract=off: a fused multiply-add would make totals differ between
# machines.
PG_CPPFLAGS = -Isrc -DTERRCARBON_VERSION='"$(EXTVERSION)"' $(shell pkg-config --cflags proj clp)
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -Wno-declaration-after-statement -ffp-contract=off
SHLIB_LINK = $(shell pkg-config --libs proj) -Wl,--as-needed $(shell pkg-config --libs clp) -lm

REGRESS = $(basename $(notdir $(sort $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --load-extension=postgis --load-extension=terrcarbon
ISOLATION = $(basename $(notdir $(sort $(wildcard test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test --load-extension=postgis --load-extension=terrcarbon
TAP_TESTS := $(if $(wildcard test/t/*.pl),1)
PROVE_TESTS = test/t/*.pl

all: $(BASE_SCRIPT) $(UPGRADES)

# pg_isolation_regress 15 looks for expected files in its output folder, later
# ones in the current one; the root's expected/ serves both.
installcheck: output_iso/expected
output_iso/expected:
	mkdir -p output_iso && ln -sfn ../expected $@

EXTRA_CLEAN = $(BASE_SCRIPT) $(UPGRADES) results output_iso tmp_check

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)


# The folders too: a fragment that goes changes nothing but that.
$(BASE_SCRIPT): $(SQL_FILES) $(TEMPLATES) sql/tail.sql sql $(addprefix sql/,$(SQL_ROOMS)) $(sort $(dir $(TEMPLATES)))
	{ cat $(SQL_FILES); \
	for f in $(TEMPLATES); do \
		printf "\nINSERT INTO terrcarbon_internal.account_template VALUES ('%s', '%s', \$$template\$$\n" \
			"$$(basename "$$(dirname "$$(dirname "$$f")")")" "$$(basename "$$f" .sql)"; \
		cat "$$f"; \
		printf '$$template$$);\n'; \
	done; \
	cat sql/tail.sql; } > $@

$(UPGRADES): %: sql/upgrade/% sql/tail.sql
	cat $^ > $@

# Objects depend on every header: the project is small, and a stale object is
# worse than a few seconds.
$(OBJS): $(wildcard src/*.h src/*/*.h)

endif
