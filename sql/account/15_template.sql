-- What an account is made of: the files of template/, which the Makefile puts into
-- this table.  They are plain SQL; 4326 in them stands for the account's SRID.

CREATE TABLE terrcarbon_internal.account_template (
    room text NOT NULL,
    name text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (room, name)
);
COMMENT ON TABLE terrcarbon_internal.account_template IS 'The statements that make the tables and views of an account, or those of its releases, in the order of their names.';
COMMENT ON COLUMN terrcarbon_internal.account_template.room IS 'account, or release';
COMMENT ON COLUMN terrcarbon_internal.account_template.name IS 'File, without .sql';
COMMENT ON COLUMN terrcarbon_internal.account_template.body IS 'Statements';
GRANT SELECT ON terrcarbon_internal.account_template TO PUBLIC;
