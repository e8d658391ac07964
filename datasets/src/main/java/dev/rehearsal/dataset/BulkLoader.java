package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Fills an empty database: tables, rows by binary COPY, then keys, indexes and the rest of the schema, then statistics.
 *
 * <p>Afterwards the database is as one that has been in use: rows frozen and pages marked all-visible, so that no first reader of a rehearsal pays
 * for setting hint bits; statistics gathered, so that plans are production's; sequences past the largest key.
 */
final class BulkLoader {
    /** Rows of one COPY. Small, so that two sessions taking turns leave the table nearly in the order of its rows. */
    private static final int SLICE_ROWS = 25_000;
    /** Bytes given to the driver at once. */
    private static final int CHUNK_BYTES = 1 << 16;

    private static final List<String> SESSION_SETTINGS = List.of(
            "set client_min_messages = warning",
            "set maintenance_work_mem = '256MB'",
            "set synchronous_commit = off",
            "set statement_timeout = 0",
            "set lock_timeout = 0");

    private final DatasetSpec spec;
    private final ColumnCompiler compiler;
    private final DatasetPlaces places;
    private final ProgressMeter progress;
    private final Map<String, Long> loaded = new ConcurrentHashMap<>();

    BulkLoader(DatasetSpec spec, long seed, BuildProgress progress) {
        this.spec = spec;
        this.compiler = new ColumnCompiler(spec, seed);
        this.places = new DatasetPlaces(spec.definition());
        this.progress = new ProgressMeter(progress);
    }

    /** A table whose every column is known to be writable. */
    private record TablePlan(
            String name, String sqlName, long rows, List<ServerColumn> columns, List<Generator> generators) {
        String copyStatement() {
            StringBuilder sql = new StringBuilder("copy ").append(sqlName);
            if (!columns.isEmpty()) {
                sql.append(" (");
                sql.append(String.join(
                        ", ",
                        columns.stream().map(column -> quoted(column.name())).toList()));
                sql.append(')');
            }
            return sql.append(" from stdin (format binary)").toString();
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
        SchemaScript script = SchemaScript.of(spec.definition().schemaSql());
        int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);
        try (Sessions sessions = Sessions.open(jdbcUrl, count, SESSION_SETTINGS)) {
            progress.phase("creating tables");
            for (SchemaScript.Statement statement : script.beforeRows()) {
                execute(statement, sessions.first());
            }
            List<TablePlan> plans = plans(sessions.first());
            run(sessions, copies(plans));
            progress.phase("freezing rows");
            run(
                    sessions,
                    plans.stream()
                            .map(plan -> statement("vacuum (freeze) " + plan.sqlName()))
                            .toList());
            run(sessions, remainder(script.afterRows()));
            progress.phase("gathering statistics");
            setSequences(sessions.first(), plans);
            List<Sessions.Job> analyses = new ArrayList<>();
            for (String table : tables(sessions.first())) {
                analyses.add(statement("analyze " + table));
            }
            run(sessions, analyses);
            // What the schema itself wrote, and the catalog. Frozen pages are skipped, so that this costs next to
            // nothing.
            run(sessions, List.of(statement("vacuum (freeze)")));
        }
        Map<String, Long> rows = new LinkedHashMap<>();
        for (String table : spec.definition().tables().keySet()) {
            rows.put(table, loaded.getOrDefault(table, 0L));
        }
        return rows;
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

    private void execute(SchemaScript.Statement statement, Connection connection)
            throws InvalidScenarioException, SQLException {
        try {
            execute(connection, statement.sql());
        } catch (PSQLException failure) {
            throw refused(statement, failure);
        }
    }

    /** The user's schema is wrong if the server says so; a lost connection is not the schema's fault. */
    private InvalidScenarioException refused(SchemaScript.Statement statement, PSQLException failure)
            throws PSQLException {
        ServerErrorMessage message = failure.getServerErrorMessage();
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (message == null || state.startsWith("57P") || state.startsWith("53") || state.startsWith("58")) {
            throw failure;
        }
        // Positions count code points from 1.
        int inStatement = message.getPosition() <= 0
                ? 0
                : statement
                        .sql()
                        .offsetByCodePoints(
                                0,
                                Math.min(
                                        message.getPosition() - 1,
                                        statement.sql().length()));
        String detail = message.getDetail() == null ? "" : " (" + message.getDetail() + ")";
        return places.wrongSchema(
                statement.offset() + inStatement, message.getMessage() + detail + "; in: " + statement.title());
    }

    private List<TablePlan> plans(Connection connection) throws SQLException, InvalidScenarioException {
        List<TablePlan> plans = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (TableDefinition table : spec.definition().tables().values()) {
            Map<String, ServerColumn> columns = ServerColumn.of(connection, table.name());
            if (columns.isEmpty()) {
                problems.add(places.ofTable(table.name(), "schema.sql creates no table " + table.name()));
                continue;
            }
            List<ServerColumn> filled = new ArrayList<>();
            List<Generator> generators = new ArrayList<>();
            table.columns().forEach((name, generator) -> {
                ServerColumn column = columns.get(name);
                if (column == null) {
                    problems.add(places.ofColumn(
                            table.name(), name, "the table " + table.name() + " has no column " + name));
                    return;
                }
                try {
                    compiler.compile(column, generator);
                    filled.add(column);
                    generators.add(generator);
                } catch (InvalidScenarioException wrong) {
                    problems.addAll(wrong.problems());
                }
            });
            plans.add(new TablePlan(
                    table.name(),
                    text(connection, "select to_regclass(?)::text", table.name()),
                    spec.rows(table.name()),
                    filled,
                    generators));
        }
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
        }
        return plans;
    }

    /** The slices of all tables, in the order of loading. A table's rows wait for no other table: foreign keys come later. */
    private List<Sessions.Job> copies(List<TablePlan> plans) {
        List<Sessions.Job> jobs = new ArrayList<>();
        for (TablePlan plan : plans) {
            for (long first = 0; first < plan.rows(); first += SLICE_ROWS) {
                long from = first;
                long to = Math.min(plan.rows(), first + SLICE_ROWS);
                jobs.add(new Sessions.Job(Set.of(), connection -> copy(plan, from, to, connection)));
            }
        }
        return jobs;
    }

    private void copy(TablePlan plan, long from, long to, Connection connection)
            throws SQLException, InvalidScenarioException {
        ColumnGenerator[] columns = new ColumnGenerator[plan.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] =
                    compiler.compile(plan.columns().get(i), plan.generators().get(i));
        }
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(plan.copyStatement());
        try {
            CopyBuffer buffer = new CopyBuffer(2 * CHUNK_BYTES);
            buffer.header();
            long told = from;
            for (long row = from; row < to; row++) {
                buffer.writeShort(columns.length);
                for (ColumnGenerator column : columns) {
                    column.write(row, buffer);
                }
                if (buffer.size() >= CHUNK_BYTES) {
                    copy.writeToCopy(buffer.array(), 0, buffer.size());
                    buffer.clear();
                    progress.loaded(plan.name(), row + 1 - told, plan.rows());
                    told = row + 1;
                }
            }
            buffer.trailer();
            copy.writeToCopy(buffer.array(), 0, buffer.size());
            loaded.merge(plan.name(), copy.endCopy(), Long::sum);
            progress.loaded(plan.name(), to - told, plan.rows());
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** The rest of the schema as jobs that wait for those before them whose locks they would collide with. */
    private List<Sessions.Job> remainder(List<SchemaScript.Statement> statements) {
        Set<String> tables = spec.definition().tables().keySet();
        List<Sessions.Job> jobs = new ArrayList<>();
        for (int i = 0; i < statements.size(); i++) {
            SchemaScript.Statement statement = statements.get(i);
            Set<Integer> after = new HashSet<>();
            for (int earlier = 0; earlier < i; earlier++) {
                if (collide(statement, statements.get(earlier), tables)) {
                    after.add(earlier);
                }
            }
            jobs.add(new Sessions.Job(after, connection -> {
                progress.phase(statement.title());
                execute(statement, connection);
            }));
        }
        return jobs;
    }

    private static boolean collide(SchemaScript.Statement one, SchemaScript.Statement other, Set<String> tables) {
        if (one.kind() == SchemaScript.Kind.OTHER || other.kind() == SchemaScript.Kind.OTHER) {
            return true;
        }
        if (one.kind() == SchemaScript.Kind.INDEX && other.kind() == SchemaScript.Kind.INDEX) {
            return false;
        }
        Set<String> shared = one.tablesAmong(tables);
        Set<String> others = other.tablesAmong(tables);
        // A statement on a table that the dataset does not fill could be about anything.
        return shared.isEmpty() || others.isEmpty() || shared.stream().anyMatch(others::contains);
    }

    /** Identity and serial columns go on behind the largest key that was loaded. */
    private static void setSequences(Connection connection, List<TablePlan> plans) throws SQLException {
        for (TablePlan plan : plans) {
            for (ServerColumn column : plan.columns()) {
                String sequence =
                        text(connection, "select pg_get_serial_sequence(?, ?)", plan.sqlName(), column.name());
                if (!sequence.isEmpty()) {
                    execute(
                            connection,
                            "select setval(" + literal(sequence) + "::regclass, greatest(last, 1), last is not null)"
                                    + " from (select max(" + quoted(column.name()) + ") as last from " + plan.sqlName()
                                    + ") as keys");
                }
            }
        }
    }

    /** Every table that is not the server's own: those of the dataset, and those that the schema filled itself. */
    private static List<String> tables(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select oid::regclass::text from pg_class
                        where relkind in ('r', 'm', 'p')
                          and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                          and not relispartition
                        order by relpages desc
                        """)) {
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

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
