package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Reads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;

/** One operation, ready to run: as an application would, with prepared statements and every row read. Safe for use by several threads. */
final class Transaction {
    /** SQLState query_canceled: what a statement timeout answers. */
    private static final String CANCELLED = "57014";

    private final List<Values> parameters;
    private final List<Prepared> statements;
    private final boolean writes;
    private final Reads reads;

    /** @param parameters for each placeholder, an index into the operation's parameters */
    private record Prepared(String sql, List<Integer> parameters) {}

    /**
     * How a transaction ended.
     *
     * @param failedStatement its index; -1 if none did, or the commit failed
     * @param sqlState empty if there is none
     */
    record Ending(Outcome outcome, int failedStatement, String sqlState) {
        static final Ending SUCCEEDED = new Ending(Outcome.SUCCEEDED, -1, "");

        static Ending failed(SQLException e, int failedStatement) {
            String state = Transaction.sqlState(e);
            return new Ending(state.equals(CANCELLED) ? Outcome.TIMED_OUT : Outcome.FAILED, failedStatement, state);
        }
    }

    Transaction(Operation operation, Map<String, KeyDomain> keys) {
        this.reads = operation.reads();
        List<String> names = List.copyOf(operation.parameters().keySet());
        List<Values> sources = new ArrayList<>();
        for (String name : names) {
            sources.add(Values.of(operation.parameters().get(name), keys));
        }
        this.parameters = List.copyOf(sources);
        List<Prepared> prepared = new ArrayList<>();
        for (OperationStatement statement : operation.transaction()) {
            prepared.add(new Prepared(
                    statement.jdbcSql(),
                    statement.parameterNames().stream().map(names::indexOf).toList()));
        }
        this.statements = List.copyOf(prepared);
        this.writes = operation.writes();
    }

    Reads reads() {
        return reads;
    }

    static String sqlState(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    /** A value for each parameter, all drawn even if a statement fails before it uses them. */
    Object[] values(UniformRandomProvider random, long nth) {
        Object[] values = new Object[parameters.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = parameters.get(i).draw(random, nth);
        }
        return values;
    }

    /** Runs everything on a connection in autocommit, and leaves it so; a failed transaction is rolled back. */
    Ending run(Connection connection, Object[] values) {
        return statements.size() == 1 ? runAlone(connection, values) : runTogether(connection, values);
    }

    /** Runs everything, and leaves nothing of it but what sequences have given. A single statement that only reads runs in autocommit, as in {@link #run}. */
    void tryOut(Connection connection, Object[] values) throws SQLException {
        boolean together = statements.size() > 1 || writes;
        try {
            if (together) {
                connection.setAutoCommit(false);
            }
            for (Prepared statement : statements) {
                execute(connection, statement, values);
            }
        } finally {
            if (together) {
                rollBack(connection);
            }
        }
    }

    private Ending runAlone(Connection connection, Object[] values) {
        try {
            execute(connection, statements.get(0), values);
            return Ending.SUCCEEDED;
        } catch (SQLException e) {
            return Ending.failed(e, 0);
        }
    }

    private Ending runTogether(Connection connection, Object[] values) {
        int statement = 0;
        try {
            connection.setAutoCommit(false);
            for (; statement < statements.size(); statement++) {
                execute(connection, statements.get(statement), values);
            }
            connection.commit();
            connection.setAutoCommit(true);
            return Ending.SUCCEEDED;
        } catch (SQLException e) {
            rollBack(connection);
            return Ending.failed(e, statement < statements.size() ? statement : -1);
        }
    }

    private static void execute(Connection connection, Prepared statement, Object[] values) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement.sql())) {
            for (int i = 0; i < statement.parameters().size(); i++) {
                bind(prepared, i + 1, values[statement.parameters().get(i)]);
            }
            readFully(prepared, prepared.execute());
        }
    }

    private static void bind(PreparedStatement prepared, int position, Object value) throws SQLException {
        switch (value) {
            case Long number -> prepared.setLong(position, number);
            case BigDecimal number -> prepared.setBigDecimal(position, number);
            // Sent without a type (stringtype=unspecified), so that the server parses it as what the statement needs.
            default -> prepared.setString(position, value.toString());
        }
    }

    private static void readFully(PreparedStatement prepared, boolean rowsFirst) throws SQLException {
        boolean rows = rowsFirst;
        while (rows || prepared.getUpdateCount() >= 0) {
            if (rows) {
                try (ResultSet result = prepared.getResultSet()) {
                    while (result.next()) {
                        // The rows are here; what an application does with them is not the database's time.
                    }
                }
            }
            rows = prepared.getMoreResults();
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The connection is broken, which the transaction's own error has told already; the pool discards it.
        }
    }
}
