-- terrcarbon is installed by CREATE EXTENSION, never by running this file.
\echo Use "CREATE EXTENSION terrcarbon" to load this file. \quit

-- First of all: texts of the catalogues and of results are Unicode.
DO $$
BEGIN
    IF pg_catalog.current_setting('server_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE feature_not_supported USING
            MESSAGE = 'terrcarbon needs a database in UTF8',
            DETAIL = pg_catalog.format('This one is in %s.', pg_catalog.current_setting('server_encoding')),
            HINT = 'Create one with CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0; pg_dump and pg_restore convert what is there.';
    END IF;
END;
$$;
