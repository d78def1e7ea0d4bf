#!/bin/sh
# The style that tools hold, as make lint shows it.
exec sh test/stage/lint.sh
