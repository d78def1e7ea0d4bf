-- terrcarbon is installed by CREATE EXTENSION, never by running this file.
\echo Use "CREATE EXTENSION terrcarbon" to load this file. \quit
