#!/bin/sh
# Runs a goal on a machine that may have nothing yet: installs what is missing,
# builds in a scratch copy, and gives the stage script test/stage/GOAL.sh a
# throw-away server, which ends with it.
#
#   sh test/run.sh check|demo|clients|bench|fuzz|coverage|attack|lint|compilers|reference|check-sanitized [DATA]
set -eu
# The TAP modules drop LC_ALL, and then LANG decides.
export LC_ALL=C.UTF-8 LANG=C.UTF-8
# A DATA= given to the outer make would reach the inner ones.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
goal=$1
data=${2:+$(readlink -f "$2")}
here=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$here"

give_up() {
	echo "$goal: $*" >&2
	exit 1
}
as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# --- packages ---------------------------------------------------------------
# The server version: the one asked for, else the newest with a pg_config, else
# what this release of Debian or Ubuntu offers.
if [ -z "${PGVERSION:-}" ]; then
	PGVERSION=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/pg_config' 2>/dev/null |
		cut -d/ -f5 | sort -n | tail -n 1)
fi
command -v apt-get >/dev/null ||
	give_up "needs Debian or Ubuntu; elsewhere: make && sudo make install && make installcheck"
if [ -z "$PGVERSION" ]; then
	apt-cache show postgresql >/dev/null 2>&1 || as_root apt-get update -q
	PGVERSION=$(apt-cache depends postgresql |
		sed -n 's/^ *Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1)
fi
[ "${PGVERSION:-0}" -ge 15 ] 2>/dev/null ||
	give_up "needs PostgreSQL 15 or later, not ${PGVERSION:-none}: PGVERSION=15 chooses among those that apt has"
export PGVERSION

packages="gcc make pkg-config postgresql-common postgresql-$PGVERSION
	postgresql-server-dev-$PGVERSION postgresql-$PGVERSION-postgis-3
	libgeos-dev libproj-dev coinor-libclp-dev libipc-run-perl"
if [ -f "test/stage/$goal.packages" ]; then
	packages="$packages $(sed "s/@PGVERSION@/$PGVERSION/g" "test/stage/$goal.packages")"
fi
missing=
for package in $packages; do
	# ?NAME: where this release has it; COMMAND:NAME: where there is no such command
	case $package in
		*:*)
			command -v "${package%%:*}" >/dev/null && continue
			package=${package#*:}
			;;
		\?*)
			package=${package#\?}
			apt-cache show "$package" >/dev/null 2>&1 || continue
			;;
	esac
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $package"
done
if [ -n "$missing" ]; then
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		give_up "run it as root, or install sudo first: packages are missing:$missing"
	echo "Installing, which takes some minutes:$missing"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	status=0
	{
		as_root apt-get update -q
		# Without this, the server package would leave a cluster running.
		as_root apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends postgresql-common
		as_root mkdir -p /etc/postgresql-common/createcluster.d
		no_cluster=/etc/postgresql-common/createcluster.d/terrcarbon-build.conf
		echo 'create_main_cluster = false' | as_root tee $no_cluster
		# shellcheck disable=SC2086
		as_root apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $missing || status=$?
		as_root rm -f $no_cluster
	} >"$log" 2>&1 || status=$?
	if [ $status -ne 0 ]; then
		tail -n 30 "$log"
		if grep -qE 'Could not resolve|Temporary failure|Could not connect|Network is unreachable' "$log"; then
			why='no network, or no way to the package servers'
		elif grep -q 'No space left on device' "$log"; then
			why='the disk is full'
		elif grep -qE 'Could not get lock|is another process using it' "$log"; then
			why='another program is installing packages: try again when it has ended'
		else
			why='see above'
		fi
		give_up "could not install the packages: $why (all that apt said is in $log)"
	fi
	rm -f "$log"
else
	echo "Installing: nothing, all packages are there (PostgreSQL $PGVERSION)"
fi

# These read the files as they stand and need no server.
case $goal in
	lint | compilers)
		sh "test/stage/$goal.sh"
		exit
		;;
esac

# --- a scratch copy, owned by somebody initdb accepts --------------------------
scratch=$(mktemp -d)
# Outputs come back to the caller; the copy goes.
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
if [ "$(id -u)" -eq 0 ]; then
	run_as() { runuser -u postgres -- "$@"; }
else
	run_as() { "$@"; }
fi
mkdir "$scratch/tree"
tar -cf - --exclude=.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
	--exclude=results --exclude=tmp_check --exclude=demo-output . |
	tar -xf - -C "$scratch/tree"
mkdir "$scratch/output"
if [ -n "$data" ]; then
	cp -rL "$data" "$scratch/data"
	chmod -R u+w "$scratch/data"
	export TERRCARBON_DATA="$scratch/data"
fi
[ "$(id -u)" -ne 0 ] || chown -R postgres "$scratch"
cd "$scratch/tree"

export PG_CONFIG="/usr/lib/postgresql/$PGVERSION/bin/pg_config"
export TERRCARBON_OUTPUT="$scratch/output" TERRCARBON_SUMMARY="$scratch/summary"
# It has a build and an installation of its own.
if [ "$goal" = check-sanitized ]; then
	status=0
	run_as sh test/stage/check-sanitized.sh || status=$?
	exit $status
fi
[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
	give_up "run it as root, or install sudo first: it installs the extension"
echo "Building for PostgreSQL $PGVERSION, about a minute"
run_as make -s -j2 PG_CONFIG="$PG_CONFIG" COPT=-Werror >"$scratch/build.log" 2>&1 || {
	cat "$scratch/build.log"
	exit 1
}
as_root make -s PG_CONFIG="$PG_CONFIG" install >"$scratch/install.log" 2>&1 || {
	cat "$scratch/install.log"
	exit 1
}

# --- the stage, in a server of its own ---------------------------------------
status=0
# The bench measures what recording the use of datasets costs.
preload=
[ "$goal" != bench ] || preload='-o shared_preload_libraries=terrcarbon'
# shellcheck disable=SC2086
run_as timeout "${TERRCARBON_TIMEOUT:-4800}" pg_virtualenv -v "$PGVERSION" \
	-o fsync=off -o max_wal_senders=0 -o wal_level=minimal \
	-o max_worker_processes=16 -o shared_buffers=256MB $preload \
	sh "test/stage/$goal.sh" || status=$?
# The demo leaves something to look at, the reference page is kept.
if [ "$goal" = reference ]; then
	[ $status -ne 0 ] || cp "$scratch/output/reference.md" "$here/docs/reference.md"
elif [ "$(ls -A "$scratch/output")" ]; then
	mkdir -p "$here/demo-output"
	cp -r "$scratch/output/." "$here/demo-output/"
	[ "$(id -u)" -ne 0 ] || chown -R "$(stat -c %u:%g "$here")" "$here/demo-output"
fi
# Last, after what pg_virtualenv has to say.
[ ! -f "$scratch/summary" ] || cat "$scratch/summary"
exit $status
