#!/bin/sh
# A short run of every fuzz program, the same each time, so that a failure is the
# change's own; make fuzz is the long one, with a seed of its own.
exec sh test/stage/fuzz.sh 2000 1
