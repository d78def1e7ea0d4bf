#!/bin/sh
# Attacks releases at full length: 500 cubes, 300 networks of trips and 100 pairs of
# years for each thing that can change between them; prints TAP.
set -eu
createdb attack
psql -Xq -d attack -c 'SET client_min_messages = warning; CREATE EXTENSION terrcarbon CASCADE'
# The system's python3 is the one that scipy was installed for.
PGDATABASE=attack /usr/bin/python3 test/attack/attacker.py
