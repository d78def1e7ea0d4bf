#!/bin/sh
# A short run of what libFuzzer finds; make coverage is the long one.
exec sh test/stage/coverage.sh 20
