-- What PostgreSQL counts, and whether it tells of hidden rows.
CREATE FUNCTION terrcarbon_internal.server_statistics()
    RETURNS TABLE (name text, tells text, closed_by text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'pg_stat_get_' || n, t.tells, t.closed_by
    FROM (VALUES
        ('rows, blocks and scans that a query touched, hidden ones included', 'doctor', '{
            numscans, lastscan, tuples_returned, tuples_fetched, blocks_fetched, blocks_hit,
            xact_numscans, xact_tuples_returned, xact_tuples_fetched, xact_blocks_fetched, xact_blocks_hit,
            db_tuples_returned, db_tuples_fetched, db_blocks_fetched, db_blocks_hit,
            db_blk_read_time, db_blk_write_time,
            io, backend_io, slru, wal, backend_wal}'::text[]),
        ('hidden rows that a statement changed by a foreign key', 'doctor', '{
            xact_tuples_inserted, xact_tuples_updated, xact_tuples_deleted, xact_tuples_hot_updated,
            xact_tuples_newpage_updated}'),
        ('calls of the policy''s function, one a hidden row, where track_functions is all', 'doctor', '{
            function_calls, function_total_time, function_self_time,
            xact_function_calls, xact_function_total_time, xact_function_self_time}'),
        ('how many rows a table has and had, as pg_class does', 'open', '{
            live_tuples, dead_tuples, mod_since_analyze, ins_since_vacuum,
            tuples_inserted, tuples_updated, tuples_deleted, tuples_hot_updated, tuples_newpage_updated,
            db_tuples_inserted, db_tuples_updated, db_tuples_deleted}'),
        ('when and how long a table was maintained', 'open', '{
            last_vacuum_time, last_autovacuum_time, last_analyze_time, last_autoanalyze_time,
            vacuum_count, autovacuum_count, analyze_count, autoanalyze_count,
            total_vacuum_time, total_autovacuum_time, total_analyze_time, total_autoanalyze_time}'),
        ('nothing of rows: sessions, their own for others than members of pg_monitor', 'nothing', '{
            activity, backend_activity, backend_activity_start, backend_client_addr, backend_client_port,
            backend_dbid, backend_idset, backend_pid, backend_start, backend_userid, backend_wait_event,
            backend_wait_event_type, backend_xact_start, backend_subxact, progress_info}'),
        ('nothing of rows: the server and its databases as a whole', 'nothing', '{
            archiver, bgwriter_buf_written_checkpoints, bgwriter_buf_written_clean,
            bgwriter_maxwritten_clean, bgwriter_requested_checkpoints, bgwriter_stat_reset_time,
            bgwriter_timed_checkpoints, buf_alloc, buf_fsync_backend, buf_written_backend,
            checkpoint_sync_time, checkpoint_write_time, checkpointer_buffers_written,
            checkpointer_num_performed, checkpointer_num_requested, checkpointer_num_timed,
            checkpointer_restartpoints_performed, checkpointer_restartpoints_requested,
            checkpointer_restartpoints_timed, checkpointer_slru_written, checkpointer_stat_reset_time,
            checkpointer_sync_time, checkpointer_write_time,
            db_active_time, db_checksum_failures, db_checksum_last_failure, db_conflict_all,
            db_conflict_bufferpin, db_conflict_lock, db_conflict_logicalslot, db_conflict_snapshot,
            db_conflict_startup_deadlock, db_conflict_tablespace, db_deadlocks,
            db_idle_in_transaction_time, db_numbackends, db_parallel_workers_launched,
            db_parallel_workers_to_launch, db_session_time, db_sessions, db_sessions_abandoned,
            db_sessions_fatal, db_sessions_killed, db_stat_reset_time, db_temp_bytes, db_temp_files,
            db_xact_commit, db_xact_rollback, recovery_prefetch, replication_slot,
            snapshot_timestamp, subscription, subscription_stats, wal_receiver, wal_senders}')
    ) AS t (tells, closed_by, names), unnest(t.names) AS n
    UNION ALL
    VALUES ('pg_lock_status', 'rows that a serializable transaction read, hidden ones included', 'doctor'),
           ('pg_relation_size', 'how large a table and its indexes are', 'open'),
           ('pg_table_size', 'how large a table and its indexes are', 'open'),
           ('pg_indexes_size', 'how large a table and its indexes are', 'open'),
           ('pg_total_relation_size', 'how large a table and its indexes are', 'open'),
           ('pg_database_size', 'how large a table and its indexes are, with the others', 'open'),
           ('pg_tablespace_size', 'how large a table and its indexes are, with the others', 'open'),
           ('pg_current_wal_lsn', 'how much was written: rows that others change, pages that a first reader tidies', 'open'),
           ('pg_current_wal_insert_lsn', 'how much was written: rows that others change, pages that a first reader tidies', 'open'),
           ('pg_current_wal_flush_lsn', 'how much was written: rows that others change, pages that a first reader tidies', 'open')
$$;
COMMENT ON FUNCTION terrcarbon_internal.server_statistics() IS
    'Functions of the server that count or measure: what each tells of the rows of a protected table, and whether doctor() gives the statement that closes it, it stays open, or it tells nothing. Those of PostgreSQL 15 to 18; a test fails on one of the running server that is not listed.';
