#!/bin/sh
# Builds with every compiler and runs make check on other releases of PostgreSQL,
# each in a chroot of the release of Debian or Ubuntu that has it: trixie 17, noble
# (Ubuntu 24.04) 16, forky 18.
# Needs root, or sudo; a chroot is made where it is missing, and kept.  In it, an
# ordinary user with sudo runs everything; make check by root is for the machine itself.
#
#   sh test/versions.sh [SUITE ...]
#
# TERRCARBON_GOALS  what to run there, "compilers check" unless told
# TERRCARBON_CACHE  where the chroots are, /var/cache/terrcarbon unless told
# DEBIAN_MIRROR, UBUNTU_MIRROR  where they are made from
set -eu
if [ "$(id -u)" -ne 0 ]; then
	exec sudo TERRCARBON_GOALS="${TERRCARBON_GOALS:-}" TERRCARBON_CACHE="${TERRCARBON_CACHE:-}" DEBIAN_MIRROR="${DEBIAN_MIRROR:-}" \
		UBUNTU_MIRROR="${UBUNTU_MIRROR:-}" sh "$0" "$@"
fi
goals=${TERRCARBON_GOALS:-compilers check}
cache=${TERRCARBON_CACHE:-/var/cache/terrcarbon}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
here=$(dirname "$(dirname "$(readlink -f "$0")")")
[ $# -gt 0 ] || set -- trixie noble forky

mkdir -p "$cache"
if ! command -v debootstrap >/dev/null; then
	apt-get update -q && apt-get install -y -q --no-install-recommends debootstrap
fi

make_chroot() {
	if [ "$1" != noble ]; then
		# A release newer than this debootstrap is made as the newest it knows.
		debootstrap --variant=minbase "$1" "$2" "$mirror" \
			"$(ls -d /usr/share/debootstrap/scripts/"$1" 2>/dev/null || echo /usr/share/debootstrap/scripts/sid)"
		return
	fi
	# The keys to the archive of Ubuntu are a package of Debian 13.
	chroot "$cache/trixie" sh -c 'apt-get update -q && apt-get install -y -q ubuntu-keyring' &&
		debootstrap --variant=minbase --components=main,universe \
			--keyring="$cache/trixie/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
			"$1" "$2" "${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}" /usr/share/debootstrap/scripts/gutsy
}

# The log of a suite is $cache/SUITE.log; its verdict is shown.
check_suite() {
	root=$cache/$1
	# One at a time in each.
	exec 9>"$cache/$1.lock"
	flock 9
	if [ ! -f "$root/etc/debian_version" ]; then
		rm -rf "$root"
		make_chroot "$1" "$root" || return 1
	fi
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	rm -rf "$root/src"
	mkdir "$root/src"
	if [ ! -d "$root/home/tester" ]; then
		chroot "$root" apt-get update -q
		chroot "$root" apt-get install -y -q --no-install-recommends sudo
		chroot "$root" useradd -m tester
		echo 'tester ALL = (ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/tester"
	fi
	tar -C "$here" -cf - --exclude=.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude=results --exclude=tmp_check --exclude=demo-output . | tar -xf - -C "$root/src"
	chroot "$root" chown -R tester /src
	# Mounts and processes of its own, which end with it.
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child sh -euc '
		mount -t proc proc "$1/proc"
		mount --rbind /sys "$1/sys"
		mount --rbind /dev "$1/dev"
		mount -t tmpfs tmpfs "$1/dev/shm"
		exec env -i HOME=/home/tester TERM=dumb PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin \
			chroot "$1" runuser -u tester -- sh -c \
			"cd /src && for goal in $2; do sh test/run.sh \$goal || exit; done"
	' sh "$root" "$goals"
}

status=0
for suite; do
	start=$(date +%s)
	verdict=green
	check_suite "$suite" >"$cache/$suite.log" 2>&1 || verdict=RED status=1
	grep -aE '^(not ok|test .*FAILED|Failed )' "$cache/$suite.log" || true
	echo "$suite: $verdict, $(grep -aE '^[0-9]+ passed' "$cache/$suite.log" || echo "$goals")," \
		"$((($(date +%s) - start + 30) / 60)) min ($cache/$suite.log)"
done
exit $status
