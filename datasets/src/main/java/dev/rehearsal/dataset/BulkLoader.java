package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ServerTable.Check;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.sql.CheckCondition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Fills an empty database: the whole schema, then without its keys and indexes rows by binary COPY, then the keys and indexes again, then statistics.
 *
 * <p>The schema is complete before the first row is made, so that the server has said everything that is wrong with it, and what a table is can be asked of
 * the catalog instead of being read from the file. A few rows of every table are tried first and taken back, so that what no constraint lets through is
 * known in an instant and not after an hour.
 *
 * <p>Afterwards the database is as one that has been in use: rows frozen and pages marked all-visible, so that no first reader of a rehearsal pays
 * for setting hint bits; statistics gathered, so that plans are production's; sequences past the largest key.
 */
final class BulkLoader {
    /** Rows of one COPY. Few, so that sessions taking turns leave the table nearly in the order of its rows. */
    private static final int RANGE_ROWS = 25_000;
    /** Of each table, before all of them. */
    private static final int TRIED_ROWS = 200;

    static final List<String> SESSION_SETTINGS = List.of(
            "set client_min_messages = warning",
            "select set_config('maintenance_work_mem', '256MB', false)"
                    + " where pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')",
            "set synchronous_commit = off",
            "set statement_timeout = 0",
            "set lock_timeout = 0");

    private final DatasetSpec spec;
    private final long seed;
    private final DatasetPlaces places;
    private final ProgressMeter progress;
    private final int streams;
    private final Optional<RowLoaders> others;
    private final Map<String, Long> loaded = new ConcurrentHashMap<>();

    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress) {
        this(spec, seed, progress, Optional.empty());
    }

    /** @param others who load the rows, which otherwise this process does */
    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress, Optional<RowLoaders> others) {
        this(spec, seed, progress, Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4), others);
    }

    /** @param streams how many connections load side by side; the rows are the same for any number */
    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress, int streams) {
        this(spec, seed, progress, streams, Optional.empty());
    }

    private BulkLoader(DatasetSpec spec, long seed, BuildProgress progress, int streams, Optional<RowLoaders> others) {
        this.spec = spec;
        this.seed = seed;
        this.places = new DatasetPlaces(spec.definition());
        this.progress = new ProgressMeter(progress);
        this.streams = streams;
        this.others = others;
    }

    /**
     * Tables that wait for their rows.
     *
     * @param rows of those that get some, in the order of loading
     */
    private record Prepared(
            DatasetPlan plan, List<TableRows> rows, KnownFields known, DeferredKeys deferred, TriggerRest triggers) {}

    /**
     * Loads everything into the database behind the URL.
     *
     * @return the rows that the server took, by table, in the order of loading
     * @throws InvalidScenarioException if the server refuses a statement of the schema, or a column cannot be made as the definition says
     * @throws EnvironmentException if others load the rows and one of them fails
     * @throws SQLException if the server fails otherwise
     */
    Map<String, Long> load(String jdbcUrl)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        Prepared prepared;
        try (Sessions sessions = sessions(jdbcUrl)) {
            prepared = prepare(sessions);
            if (others.isEmpty()) {
                run(sessions, copies(prepared));
                return finish(prepared, sessions);
            }
        }
        loadByOthers(others.get(), prepared, jdbcUrl);
        // New ones: what stands between us and the server may have hung up on sessions that were silent for so long.
        try (Sessions sessions = sessions(jdbcUrl)) {
            return finish(prepared, sessions);
        }
    }

    private Sessions sessions(String jdbcUrl) throws SQLException {
        return Sessions.open(jdbcUrl, streams, SESSION_SETTINGS);
    }

    private Prepared prepare(Sessions sessions) throws InvalidScenarioException, SQLException {
        progress.phase("creating tables");
        List<String> notes =
                new SchemaInstallation(places).run(spec.definition().schemaSql(), sessions.first());
        forgetSettings(sessions.first());
        ServerCatalog catalog = ServerCatalog.read(sessions.first());
        ServerValues values = new ServerValues(sessions.first());
        Dictionaries dictionaries = new Dictionaries(seed);
        DatasetPlan plan = new DatasetPlanner(spec, seed, catalog, places, values, dictionaries, values).plan();
        notes.forEach(progress::note);
        plan.notes().forEach(progress::note);
        List<TableRows> rows = TableRows.of(plan, new ColumnCompiler(plan, seed, places, values, dictionaries));
        DeferredKeys deferred = DeferredKeys.takeFrom(sessions.first());
        TriggerRest triggers = TriggerRest.begun(sessions.first());
        tryOut(rows, triggers, sessions.first());
        progress.expect(rows.stream().mapToLong(table -> table.plan().rows()).sum());
        return new Prepared(plan, rows, values.known(), deferred, triggers);
    }

    private Map<String, Long> finish(Prepared prepared, Sessions sessions)
            throws InvalidScenarioException, SQLException, InterruptedException {
        prepared.triggers().end(sessions.first());
        progress.phase("freezing rows");
        run(
                sessions,
                prepared.rows().stream()
                        .map(table -> statement(
                                "vacuum (freeze) " + table.plan().table().sqlName()))
                        .toList());
        run(sessions, prepared.deferred().jobs(this::bringBack));
        refreshViews(sessions.first());
        progress.phase("gathering statistics");
        setSequences(sessions.first(), prepared.rows());
        List<Sessions.Job> analyses = new ArrayList<>();
        for (String table : tables(sessions.first())) {
            analyses.add(statement("analyze " + table));
        }
        run(sessions, analyses);
        // What the schema itself wrote, and the catalog. Frozen pages are skipped, so that this costs next to
        // nothing.
        run(sessions, List.of(statement("vacuum (freeze)")));
        return loaded(prepared.plan());
    }

    /** The tables that somebody sized first, in their order. */
    private Map<String, Long> loaded(DatasetPlan plan) {
        Map<String, Long> rows = new LinkedHashMap<>();
        spec.definition().tables().values().stream()
                .filter(table -> spec.sized(table.name()))
                .forEach(table -> rows.put(table.name(), loaded.getOrDefault(table.name(), 0L)));
        plan.tables().keySet().forEach(table -> rows.putIfAbsent(table, loaded.getOrDefault(table, 0L)));
        return rows;
    }

    /** A dump sets the search path and much else, for itself. */
    private static void forgetSettings(Connection connection) throws SQLException {
        execute(connection, "reset session authorization");
        execute(connection, "reset all");
        for (String setting : SESSION_SETTINGS) {
            execute(connection, setting);
        }
    }

    private static void run(Sessions sessions, List<Sessions.Job> jobs)
            throws InvalidScenarioException, SQLException, InterruptedException {
        try {
            sessions.run(jobs);
        } catch (InvalidScenarioException | SQLException | InterruptedException | RuntimeException expected) {
            throw expected;
        } catch (Exception unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Sessions.Job statement(String sql) {
        return new Sessions.Job(Set.of(), connection -> execute(connection, sql));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Sends the first rows of every table and takes them back. */
    private void tryOut(List<TableRows> tables, TriggerRest triggers, Connection connection)
            throws SQLException, InvalidScenarioException {
        List<Problem> problems = new ArrayList<>();
        connection.setAutoCommit(false);
        try {
            // Set back by the rollback.
            triggers.enter(connection);
            for (TableRows table : tables) {
                Savepoint before = connection.setSavepoint();
                try {
                    table.copy(0, Math.min(TRIED_ROWS, table.plan().rows()), connection, rows -> {});
                } catch (RowsRefusedException refused) {
                    problems.add(problem(table.plan().table(), refused));
                }
                connection.rollback(before);
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
        }
        forget(tables, triggers, connection);
    }

    /** What was taken back lies in the files all the same, and the first rows would have to find their place around it. */
    private static void forget(List<TableRows> rows, TriggerRest triggers, Connection connection) throws SQLException {
        String tables = rows.stream()
                .map(each -> each.plan().table())
                .filter(table -> !table.filled())
                .map(ServerTable::sqlName)
                .collect(Collectors.joining(", "));
        if (!tables.isEmpty()) {
            triggers.enter(connection);
            try {
                execute(connection, "truncate " + tables);
            } finally {
                triggers.leave(connection);
            }
        }
    }

    /** What can be loaded by itself, in the order of loading. A table's rows wait for no other table: foreign keys come later. */
    private static List<RowRange> ranges(List<TableRows> tables) {
        List<RowRange> ranges = new ArrayList<>();
        for (int table = 0; table < tables.size(); table++) {
            long rows = tables.get(table).plan().rows();
            for (long first = 0; first < rows; first += RANGE_ROWS) {
                ranges.add(new RowRange(table, first, Math.min(rows, first + RANGE_ROWS)));
            }
        }
        return ranges;
    }

    private List<Sessions.Job> copies(Prepared prepared) {
        return ranges(prepared.rows()).stream()
                .map(range -> new Sessions.Job(Set.of(), connection -> copy(range, prepared, connection)))
                .toList();
    }

    private void copy(RowRange range, Prepared prepared, Connection connection)
            throws SQLException, InvalidScenarioException {
        TableRows table = prepared.rows().get(range.table());
        prepared.triggers().enter(connection);
        try {
            long taken = table.copy(
                    range.from(),
                    range.to(),
                    connection,
                    more -> progress.loaded(table.name(), more, table.plan().rows()));
            loaded.merge(table.name(), taken, Long::sum);
        } catch (RowsRefusedException refused) {
            throw new InvalidScenarioException(List.of(problem(table.plan().table(), refused)));
        } finally {
            prepared.triggers().leave(connection);
        }
    }

    private void loadByOthers(RowLoaders loaders, Prepared prepared, String jdbcUrl)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        RowPlan plan =
                RowPlan.of(prepared.plan(), seed, prepared.triggers().isBySession(), prepared.known(), prepared.rows());
        try {
            loaders.load(jdbcUrl, plan, ranges(prepared.rows()), (range, taken) -> {
                TableRows table = prepared.rows().get(range.table());
                loaded.merge(table.name(), taken, Long::sum);
                progress.loaded(table.name(), range.rows(), table.plan().rows());
            });
        } catch (RowsRefusedException refused) {
            throw new InvalidScenarioException(List.of(
                    problem(prepared.plan().tables().get(refused.table()).table(), refused)));
        }
    }

    private Problem problem(ServerTable table, RowsRefusedException refused) {
        Optional<Check> check = table.checks().stream()
                .filter(found -> found.name().equals(refused.constraint()))
                .findFirst();
        String detail = refused.detail().isEmpty() ? "" : " (" + refused.detail() + ")";
        if (check.isPresent()) {
            List<String> columns = columnsOf(table, check.get());
            String column = columns.isEmpty() ? "" : columns.getFirst();
            return places.ofColumn(
                    table.name(),
                    column,
                    "the rows made for " + table.name() + " do not meet the check " + refused.constraint() + ": "
                            + check.get().expression() + detail + "; give " + String.join(" or ", columns)
                            + " a generator that does, e.g. columns: { " + column + ": { choice: [ … ] } }");
        }
        return places.ofTable(
                table.name(),
                "the server refuses the rows made for " + table.name() + ": " + refused.message() + detail
                        + "; give its columns generators that fit");
    }

    private static List<String> columnsOf(ServerTable table, Check check) {
        return CheckCondition.read(check.expression()).columns().stream()
                .filter(table.columns()::containsKey)
                .sorted()
                .toList();
    }

    private void bringBack(DeferredKeys.Taken taken, Connection connection)
            throws SQLException, InvalidScenarioException {
        progress.phase(taken.title());
        try {
            for (String sql : taken.makeSql()) {
                execute(connection, sql);
            }
        } catch (PSQLException failure) {
            ServerErrorMessage message = failure.getServerErrorMessage();
            if (message == null || !String.valueOf(failure.getSQLState()).startsWith("23")) {
                throw failure;
            }
            String detail = message.getDetail() == null ? "" : " (" + message.getDetail() + ")";
            throw new InvalidScenarioException(List.of(places.ofTable(
                    message.getTable() == null ? taken.tables().iterator().next() : message.getTable(),
                    "the rows do not meet the schema: " + message.getMessage() + detail + "; in: " + taken.title()
                            + "; give the columns generators that do")));
        }
    }

    /** What was made of empty tables. In the order of their making, so that views of views come later. */
    private static void refreshViews(Connection connection) throws SQLException {
        for (String view : names(
                connection,
                "select oid::regclass::text from pg_class where relkind = 'm' and relnamespace <> 'pg_catalog'::regnamespace"
                        + " order by oid")) {
            execute(connection, "refresh materialized view " + view);
        }
    }

    /** Identity and serial columns go on behind the largest key that was loaded. */
    private static void setSequences(Connection connection, List<TableRows> tables) throws SQLException {
        for (TableRows rows : tables) {
            String table = rows.plan().table().sqlName();
            for (String column : rows.plan().columns().keySet()) {
                String sequence = sequence(connection, table, column);
                if (!sequence.isEmpty()) {
                    execute(
                            connection,
                            "select setval(" + literal(sequence) + "::regclass, greatest(last, 1), last is not null)"
                                    + " from (select max(" + SqlNames.quoted(column) + ") as last from " + table
                                    + ") as keys");
                }
            }
        }
    }

    /** The sequence that a column's default takes its numbers from, whether or not it belongs to the column; empty if there is none. */
    private static String sequence(Connection connection, String table, String column) throws SQLException {
        return text(connection, """
                select coalesce(pg_get_serial_sequence(?, ?), (
                    select d.refobjid::regclass::text from pg_attrdef a
                    join pg_attribute c on c.attrelid = a.adrelid and c.attnum = a.adnum
                    join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid and d.refclassid = 'pg_class'::regclass
                    join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
                    where a.adrelid = ?::regclass and c.attname = ? limit 1))
                """, table, column, table, column);
    }

    /** Every table that is not the server's own: those of the dataset, and those that the schema filled itself. */
    private static List<String> tables(Connection connection) throws SQLException {
        return names(connection, """
                select oid::regclass::text from pg_class
                where relkind in ('r', 'm', 'p')
                  and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                  and not relispartition
                order by relpages desc
                """);
    }

    private static List<String> names(Connection connection, String sql) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    /** The one text that a query gives; empty for null. */
    private static String text(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = query.executeQuery()) {
                String found = row.next() ? row.getString(1) : null;
                return found == null ? "" : found;
            }
        }
    }

    private static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
