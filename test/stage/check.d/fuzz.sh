#!/bin/sh
# A short run of every fuzz program; make fuzz is the long one.
exec sh test/stage/fuzz.sh 2000
