package dev.rehearsal.dataset;

import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.dataset.ServerTable.Check;
import dev.rehearsal.scenario.DatasetSpec;
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
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
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
    /** Rows of one COPY. Small, so that two sessions taking turns leave the table nearly in the order of its rows. */
    private static final int SLICE_ROWS = 25_000;
    /** Bytes given to the driver at once. */
    private static final int CHUNK_BYTES = 1 << 16;
    /** Of each table, before all of them. */
    private static final int TRIED_ROWS = 200;

    private static final List<String> SESSION_SETTINGS = List.of(
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
    private final Map<String, Long> loaded = new ConcurrentHashMap<>();

    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress) {
        this(spec, seed, progress, Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4));
    }

    /** @param streams how many connections load side by side; the rows are the same for any number */
    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress, int streams) {
        this.spec = spec;
        this.seed = seed;
        this.places = new DatasetPlaces(spec.definition());
        this.progress = new ProgressMeter(progress);
        this.streams = streams;
    }

    /** A table and what writes its rows. */
    private record Target(TablePlan plan, ColumnCompiler compiler) {
        String name() {
            return plan.table().name();
        }

        String copyStatement() {
            StringBuilder sql = new StringBuilder("copy ").append(plan.table().sqlName());
            if (!plan.columns().isEmpty()) {
                sql.append(plan.columns().keySet().stream()
                        .map(SqlNames::quoted)
                        .collect(Collectors.joining(", ", " (", ")")));
            }
            return sql.append(" from stdin (format binary)").toString();
        }

        ColumnGenerator[] generators() throws InvalidScenarioException {
            ColumnGenerator[] columns = new ColumnGenerator[plan.columns().size()];
            int index = 0;
            for (ColumnPlan column : plan.columns().values()) {
                columns[index++] = compiler.compile(column);
            }
            return columns;
        }
    }

    /**
     * Loads everything into the database behind the URL.
     *
     * @return the rows that the server took, by table, in the order of loading
     * @throws InvalidScenarioException if the server refuses a statement of the schema, or a column cannot be made as the definition says
     * @throws SQLException if the server fails otherwise
     */
    Map<String, Long> load(String jdbcUrl) throws InvalidScenarioException, SQLException, InterruptedException {
        try (Sessions sessions = Sessions.open(jdbcUrl, streams, SESSION_SETTINGS)) {
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
            ColumnCompiler compiler = new ColumnCompiler(plan, seed, places, values, dictionaries);
            List<Target> targets = plan.tables().values().stream()
                    .filter(table -> table.rows() > 0)
                    .map(table -> new Target(table, compiler))
                    .toList();
            DeferredKeys deferred = DeferredKeys.takeFrom(sessions.first());
            TriggerRest triggers = TriggerRest.begun(sessions.first());
            tryOut(targets, triggers, sessions.first());
            progress.expect(
                    targets.stream().mapToLong(target -> target.plan().rows()).sum());
            run(sessions, copies(targets, triggers));
            triggers.end(sessions.first());
            progress.phase("freezing rows");
            run(
                    sessions,
                    targets.stream()
                            .map(target -> statement(
                                    "vacuum (freeze) " + target.plan().table().sqlName()))
                            .toList());
            run(sessions, deferred.jobs(this::bringBack));
            refreshViews(sessions.first());
            progress.phase("gathering statistics");
            setSequences(sessions.first(), targets);
            List<Sessions.Job> analyses = new ArrayList<>();
            for (String table : tables(sessions.first())) {
                analyses.add(statement("analyze " + table));
            }
            run(sessions, analyses);
            // What the schema itself wrote, and the catalog. Frozen pages are skipped, so that this costs next to
            // nothing.
            run(sessions, List.of(statement("vacuum (freeze)")));
            return loaded(plan);
        }
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
    private void tryOut(List<Target> targets, TriggerRest triggers, Connection connection)
            throws SQLException, InvalidScenarioException {
        List<Problem> problems = new ArrayList<>();
        connection.setAutoCommit(false);
        try {
            // Set back by the rollback.
            triggers.enter(connection);
            for (Target target : targets) {
                Savepoint before = connection.setSavepoint();
                try {
                    copy(target, 0, Math.min(TRIED_ROWS, target.plan().rows()), connection, rows -> {});
                } catch (InvalidScenarioException refused) {
                    problems.addAll(refused.problems());
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
        forget(targets, triggers, connection);
    }

    /** What was taken back lies in the files all the same, and the first rows would have to find their place around it. */
    private static void forget(List<Target> targets, TriggerRest triggers, Connection connection) throws SQLException {
        String tables = targets.stream()
                .map(target -> target.plan().table())
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

    /** The slices of all tables, in the order of loading. A table's rows wait for no other table: foreign keys come later. */
    private List<Sessions.Job> copies(List<Target> targets, TriggerRest triggers) {
        List<Sessions.Job> jobs = new ArrayList<>();
        for (Target target : targets) {
            long rows = target.plan().rows();
            for (long first = 0; first < rows; first += SLICE_ROWS) {
                long from = first;
                long to = Math.min(rows, first + SLICE_ROWS);
                jobs.add(new Sessions.Job(Set.of(), connection -> {
                    triggers.enter(connection);
                    try {
                        loaded.merge(
                                target.name(),
                                copy(target, from, to, connection, more -> progress.loaded(target.name(), more, rows)),
                                Long::sum);
                    } finally {
                        triggers.leave(connection);
                    }
                }));
            }
        }
        return jobs;
    }

    private interface Told {
        void rows(long more);
    }

    private long copy(Target target, long from, long to, Connection connection, Told told)
            throws SQLException, InvalidScenarioException {
        ColumnGenerator[] columns = target.generators();
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(target.copyStatement());
        try {
            CopyBuffer buffer = new CopyBuffer(2 * CHUNK_BYTES);
            buffer.header();
            long done = from;
            for (long row = from; row < to; row++) {
                buffer.writeShort(columns.length);
                for (ColumnGenerator column : columns) {
                    column.write(row, buffer);
                }
                if (buffer.size() >= CHUNK_BYTES) {
                    copy.writeToCopy(buffer.array(), 0, buffer.size());
                    buffer.clear();
                    told.rows(row + 1 - done);
                    done = row + 1;
                }
            }
            buffer.trailer();
            copy.writeToCopy(buffer.array(), 0, buffer.size());
            long taken = copy.endCopy();
            told.rows(to - done);
            return taken;
        } catch (PSQLException failure) {
            throw rowsRefused(target.plan().table(), failure);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** A constraint, a domain, a partition or a type that does not take what was made; anything else is the server's trouble. */
    private InvalidScenarioException rowsRefused(ServerTable table, PSQLException failure) throws PSQLException {
        ServerErrorMessage message = failure.getServerErrorMessage();
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (message == null || !(state.startsWith("22") || state.startsWith("23"))) {
            throw failure;
        }
        String constraint = message.getConstraint() == null ? "" : message.getConstraint();
        Optional<Check> check = table.checks().stream()
                .filter(found -> found.name().equals(constraint))
                .findFirst();
        String detail = message.getDetail() == null ? "" : " (" + message.getDetail() + ")";
        if (check.isPresent()) {
            List<String> columns = columnsOf(table, check.get());
            String column = columns.isEmpty() ? "" : columns.getFirst();
            return places.wrongColumn(
                    table.name(),
                    column,
                    "the rows made for " + table.name() + " do not meet the check " + constraint + ": "
                            + check.get().expression() + detail + "; give " + String.join(" or ", columns)
                            + " a generator that does, e.g. columns: { " + column + ": { choice: [ … ] } }");
        }
        return new InvalidScenarioException(List.of(places.ofTable(
                table.name(),
                "the server refuses the rows made for " + table.name() + ": " + message.getMessage() + detail
                        + "; give its columns generators that fit")));
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
    private static void setSequences(Connection connection, List<Target> targets) throws SQLException {
        for (Target target : targets) {
            String table = target.plan().table().sqlName();
            for (String column : target.plan().columns().keySet()) {
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
