#!/bin/sh
# META.json, by which PGXN knows the extension, says what the other files say.
exec perl test/stage/meta.pl
