package dev.rehearsal.measure;

import dev.rehearsal.engine.PostgresVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;

/**
 * What we put into the database under test: event triggers that write to the server's log, in a schema of their own.
 *
 * <p>They speak from inside the migration's transaction, so they know what nobody outside can see before the commit, and what they said stays when the
 * transaction is rolled back.
 *
 * <ul>
 *   <li>{@code table_rewrite}, of every session: which relation, and why.
 *   <li>{@code ddl_command_end}, of the migration's session, and of those of a tool that runs it: the locks it has and the rows its transaction has read. It costs the
 *       statement about 0.2 ms (measured), without a round trip; reading the same over the migration's own connection would keep its locks for
 *       one more trip through the fault proxy.
 *   <li>{@code ddl_command_start}, of a tool's sessions, and before PostgreSQL 15 of the migration's own: the rows that the session had counted
 *       before the command. Nobody can have a tool's session set its counts back, and an older server sets a session's counts back when it reports them, at most twice a second, and not when a transaction ends: what an earlier
 *       statement has read would be taken for this one's. Inside a transaction nothing is set back, so the difference is exact.
 * </ul>
 *
 * <p>The functions are security definers, so that a migration which changes its role does not break on them; their search path is fixed, which
 * also makes the names they print qualified.
 */
final class InstrumentSchema {
    static final String NAME = "harness_instruments";

    private static final String SQL = """
            drop event trigger if exists harness_table_rewritten;
            drop event trigger if exists harness_command_began;
            drop event trigger if exists harness_command_ended;
            drop schema if exists harness_instruments cascade;
            create schema harness_instruments;

            create function harness_instruments.table_rewritten() returns event_trigger
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            begin
                raise log 'harness rewrite % % % %', (extract(epoch from clock_timestamp()) * 1000000)::bigint,
                    pg_event_trigger_table_rewrite_reason(), pg_event_trigger_table_rewrite_oid(),
                    pg_event_trigger_table_rewrite_oid()::regclass;
            end $$;

            create function harness_instruments.command_ended() returns event_trigger
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            declare
                report text;
            begin
                if current_setting('application_name') <> 'harness-migration' and session_user <> 'harness_tool' then
                    if current_setting('application_name') not like 'harness-%' then
                        raise log 'harness stranger';
                    end if;
                    return;
                end if;
                begin
                    select string_agg(
                            concat_ws(' ', l.relation::oid, l.mode,
                                    pg_stat_get_xact_tuples_returned(l.relation), l.relation::regclass),
                            e'\\n')
                        into report
                        from pg_lock_status() l
                        where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
                            and l.relation >= 16384;
                    raise log e'harness command %\\n%',
                        (extract(epoch from clock_timestamp()) * 1000000)::bigint, coalesce(report, '');
                exception when others then
                    raise log 'harness trouble %', sqlerrm;
                end;
            end $$;

            create event trigger harness_table_rewritten on table_rewrite
                execute function harness_instruments.table_rewritten();
            create event trigger harness_command_ended on ddl_command_end
                execute function harness_instruments.command_ended();
            """;

    /** The relations {@code c} whose rows this session has counted since it last reported. */
    static final String COUNTED_RELATIONS = """
            pg_catalog.pg_class c
            where c.oid >= 16384 and c.relkind in ('r', 'm') and pg_stat_get_xact_tuples_returned(c.oid) > 0""";

    private static final String COUNTS_BEFORE = """
            create function harness_instruments.command_began() returns event_trigger
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            declare
                counted text;
            begin
                if session_user <> 'harness_tool'
                        and (OURS_RESET or current_setting('application_name') <> 'harness-migration') then
                    return;
                end if;
                begin
                    select string_agg(concat_ws(' ', c.oid, pg_stat_get_xact_tuples_returned(c.oid)), e'\\n')
                        into counted
                        from COUNTED_RELATIONS;
                    raise log e'harness before %\\n%',
                        (extract(epoch from clock_timestamp()) * 1000000)::bigint, coalesce(counted, '');
                exception when others then
                    raise log 'harness trouble %', sqlerrm;
                end;
            end $$;

            create event trigger harness_command_began on ddl_command_start
                execute function harness_instruments.command_began();
            """.replace("COUNTED_RELATIONS", COUNTED_RELATIONS);

    /** The right is missing; the server knows no event triggers, or no PL/pgSQL. */
    private static final Set<String> MAY_NOT_BE = Set.of("42501", "0A000", "42601", "42704", "42883");

    private InstrumentSchema() {}

    /**
     * Installs the triggers, replacing older ones. Needs a superuser, as event triggers do.
     *
     * @return why the server does not let us, if it does not; then only the schema is there
     */
    static Optional<String> install(Connection connection) throws SQLException {
        boolean reset = PostgresVersion.of(connection).reportsStatisticsOnDemand();
        String counts = COUNTS_BEFORE.replace("OURS_RESET", Boolean.toString(reset));
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin;" + SQL + counts + "commit");
            return Optional.empty();
        } catch (SQLException e) {
            if (!MAY_NOT_BE.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
            installSchema(connection);
            return Optional.of(firstLine(e));
        }
    }

    /** Makes the schema alone: for the ledger. */
    static void installSchema(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // A transaction that failed may still be open.
            statement.execute("rollback");
            statement.execute("begin;drop schema if exists " + NAME + " cascade;create schema " + NAME + ";commit");
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("^ERROR: ", "");
    }
}
