-- The end of the install script and of every upgrade; what it does may be done again.

-- After the last shipped row, each catalogue gets the guard of sql/shipped.sql.
DO $$
DECLARE
    path text := pg_catalog.current_setting('search_path');
    shipping regclass;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    FOR shipping IN
        SELECT a.attrelid
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
        WHERE a.attname = 'shipped' AND c.relnamespace = 'terrcarbon'::regnamespace
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER guard_new BEFORE INSERT ON %s
            FOR EACH ROW WHEN (NEW.shipped) EXECUTE FUNCTION terrcarbon_internal.guard_shipped_rows()', shipping);
        EXECUTE format('CREATE OR REPLACE TRIGGER guard_change BEFORE UPDATE ON %s
            FOR EACH ROW WHEN (OLD.shipped OR NEW.shipped) EXECUTE FUNCTION terrcarbon_internal.guard_shipped_rows()', shipping);
        EXECUTE format('CREATE OR REPLACE TRIGGER guard_delete BEFORE DELETE ON %s
            FOR EACH ROW WHEN (OLD.shipped) EXECUTE FUNCTION terrcarbon_internal.guard_shipped_rows()', shipping);
        EXECUTE format('CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION terrcarbon_internal.guard_shipped_rows()', shipping);
    END LOOP;
    PERFORM pg_catalog.set_config('search_path', path, true);
END;
$$;

-- Privileges in terrcarbon_internal: PUBLIC executes only what a query of its own
-- needs there.  PostgreSQL checks the privileges of the functions behind types,
-- operators and planner support by the one who runs the query, those behind an
-- aggregate by its owner, so nobody else needs these; what is needed otherwise is
-- named below.
DO $$
DECLARE
    -- Called by policies, views, defaults, checks, or by public functions that
    -- run with the rights of their caller.
    needed CONSTANT text[] := '{
        account_at_work,
        account_build,
        account_objects,
        analyze_figures,
        archetype_of,
        base_carbone_element,
        base_carbone_gases,
        base_carbone_lines,
        base_carbone_pieces,
        base_carbone_plan,
        build_ledger,
        carried_note,
        change_parts,
        check_figure,
        check_fleet,
        check_gtfs_days,
        check_mapping,
        check_modal_shift,
        check_new_account,
        check_parents,
        check_project,
        check_projects,
        check_renovation,
        check_row,
        check_rows_of,
        check_tourism,
        check_wetland,
        checked_horizon,
        checked_steps,
        choose_cells,
        coastal_figures,
        coastal_pools,
        coastal_series,
        code_distance,
        collapse_prefix,
        columns_of,
        complete_sectors,
        compute,
        compute_batch,
        copy_comments,
        counted_rows,
        dataset_fault,
        dataset_name,
        dcat_context,
        decimal_comma,
        deposit_columns,
        deposit_dataset,
        deposit_faults,
        deposit_query,
        deposit_readings,
        deposit_report,
        deposit_rows,
        deposit_target,
        deposits_in,
        described_sources,
        edit_row,
        export_csv,
        export_datapackage,
        export_dcat,
        export_jsonstat,
        export_rows,
        figure_gaps,
        figure_inputs,
        figure_sums,
        fill_publication,
        fingerprint,
        fitting_geometry,
        folded,
        former_ground,
        geometry_fault,
        grant_by_columns,
        grants_on,
        ground_finding,
        gtfs_lines,
        gtfs_route_type,
        gtfs_runs,
        gtfs_seconds,
        handle_repeated,
        hint_contains,
        hint_overlaps,
        hint_within,
        hold_refresh,
        implausible_figures,
        in_figure,
        inputs_now,
        is_factor_part,
        is_sector,
        known_codes,
        known_in_words,
        known_use,
        land_flow_per_ha,
        land_groups,
        layers_of,
        leaves_of,
        levels_of,
        licence_choice,
        lines_of_figure,
        located,
        make_editing_view,
        make_inbox,
        make_layer_styles,
        map_label,
        mapped_columns,
        match_codes,
        match_quantities,
        matview_sources,
        measure,
        membership_periods,
        near_numbers,
        neutrality_part,
        neutrality_rule_of,
        neutrality_target,
        note_around,
        note_boxes,
        note_datasets,
        note_everything,
        note_gaps,
        note_inputs,
        note_matview,
        note_members,
        note_outside,
        note_territories,
        note_territory,
        note_trips,
        open_figures,
        other_parts,
        peer_figures,
        plan_refresh,
        postgis_schema,
        prepare_release,
        plan_origin,
        price_parts,
        priced_groups,
        project_ground,
        project_place,
        protect_one,
        protected_family,
        publication_digest,
        publication_duties,
        publication_is_final,
        publication_lines,
        publication_obstacles,
        published_figure,
        published_lines,
        published_territories,
        qgis_class,
        qgis_crs,
        qgis_drawing,
        qgis_label,
        qgis_layer,
        qgis_layout,
        qgis_map,
        qgis_options,
        qgis_origin,
        qgis_project,
        qgis_source,
        qgis_style,
        qgis_symbol,
        read_geometry,
        read_ghg,
        read_number,
        read_whole,
        rebuild_ledger,
        record_retirement,
        refresh_begin,
        refresh_end,
        refresh_step,
        refuse_geometry,
        release_balance,
        release_begin,
        release_cells,
        release_changed_too_little,
        release_changes,
        release_check_correction,
        release_check_rows,
        release_check_shown,
        release_choice,
        release_datasets,
        release_digest,
        release_figures,
        release_footprints,
        release_former,
        release_ground,
        release_is_final,
        release_missing,
        release_overlaps,
        release_parts,
        release_readers,
        release_territories,
        release_withdrawn,
        released_figures,
        replace_level,
        replace_territories,
        role_name,
        role_of_acl,
        row_estimate,
        row_fault,
        row_fault_here,
        row_groups,
        row_version,
        run_as,
        sector_quartiles,
        self_consumption_groups,
        sign_account,
        staged_columns,
        staged_communes,
        staged_territories,
        start_refresh_workers,
        stock_difference,
        stock_per_ha,
        sum_population,
        take_changes,
        take_inbox,
        take_rest,
        take_rows,
        take_turn,
        territories_within,
        total_notation,
        tell_progress,
        translation_sql,
        trimmed,
        undo_deposit,
        union_of,
        unprotect_one,
        unprotected_below,
        unused_columns,
        upgrade_build,
        upgrade_tables,
        upgrade_views,
        usage_in_memory,
        wait_for_refresh_workers,
        warn_of_findings,
        watch_table,
        wetland_figures,
        whole_price,
        write_layer_styles,
        write_qgis_project,
        xml_text,
        zip_file,
        zone_change_matrix}';
    path text := pg_catalog.current_setting('search_path');
    f record;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    FOR f IN
        SELECT p.oid::regprocedure AS signature, p.prokind
        FROM pg_proc AS p
        WHERE p.pronamespace = 'terrcarbon_internal'::regnamespace
          AND p.proname <> ALL (needed)
          AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN
                (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze))
          AND NOT EXISTS (SELECT FROM pg_operator AS o WHERE p.oid IN (o.oprcode, o.oprrest, o.oprjoin))
          AND NOT EXISTS (SELECT FROM pg_amproc AS m WHERE p.oid = m.amproc)
          AND NOT EXISTS (SELECT FROM pg_cast AS c WHERE p.oid = c.castfunc)
          AND NOT EXISTS (SELECT FROM pg_proc AS s WHERE p.oid = s.prosupport)
    LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    PERFORM pg_catalog.set_config('search_path', path, true);
END;
$$;
