"""The measure: the same rows through psql, floats by float8send."""
import subprocess

for line in open('test/clients/queries.txt', encoding='utf-8'):
    name, parameter, query = line.rstrip('\n').split('|', 2)
    sql = f"""
        CREATE TEMP VIEW wanted AS {query.replace('?', "'" + parameter + "'")};
        SELECT format($$SELECT concat(E'{name} ', row_number() OVER () - 1, ' ', %L, ' = ', coalesce(%s, 'NULL')) FROM wanted$$, attname,
               CASE atttypid WHEN 'float8'::regtype THEN format($$encode(float8send(%I), 'hex')$$, attname)
                             WHEN 'bool'::regtype THEN format($$CASE WHEN %I THEN 't' WHEN NOT %I THEN 'f' END$$, attname, attname)
                             WHEN 'date'::regtype THEN format($$to_char(%I, 'YYYY-MM-DD')$$, attname)
                             ELSE format('%I::text', attname) END)
        FROM pg_attribute WHERE attrelid = 'pg_temp.wanted'::regclass AND attnum > 0 ORDER BY attnum \\gexec
        """
    print(subprocess.run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1'], input=sql, capture_output=True, text=True, check=True).stdout, end='')
