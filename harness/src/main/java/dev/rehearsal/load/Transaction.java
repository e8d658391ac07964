package dev.rehearsal.load;

import dev.rehearsal.measure.LedgerTable;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Reads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * One operation, ready to run: as an application would, with prepared statements and every row read. Safe for use by several threads.
 *
 * <p>An operation that leaves entries in the ledger sends each together with its last statement, in one message, which costs nobody a round trip. If that
 * statement is the only one, the two are a transaction with a COMMIT of its own, which does: in autocommit the driver sometimes puts a Sync between
 * them (behind a statement that returns rows of any length, once it is prepared on the server), and then they are two transactions.
 */
final class Transaction {
    /** SQLState query_canceled: what a statement timeout answers. */
    private static final String CANCELLED = "57014";

    private final List<Values> parameters;
    private final List<Prepared> statements;
    private final boolean writes;
    private final Reads reads;
    private final OptionalInt ledgerOperation;

    /**
     * @param parameters for each placeholder, an index into the operation's parameters
     * @param entry whether a ledger entry's placeholders come behind them
     */
    private record Prepared(String sql, List<Integer> parameters, boolean entry) {}

    /**
     * Which attempt at which request.
     *
     * @param arrival its number within the service
     * @param attempt from 1
     */
    record Identity(long arrival, int attempt) {}

    /** Of what leaves no entry. */
    private static final Identity NOBODY = new Identity(-1, 1);

    /**
     * How a transaction ended.
     *
     * @param failedStatement its index; -1 if none did, or the commit failed
     * @param sqlState empty if there is none
     * @param unknown whether nobody can say if it was committed; of an operation without a ledger, never
     */
    record Ending(Outcome outcome, int failedStatement, String sqlState, boolean unknown) {
        static final Ending SUCCEEDED = new Ending(Outcome.SUCCEEDED, -1, "", false);

        /** Of one that was never begun, or of which nobody will ask. */
        Ending(Outcome outcome, int failedStatement, String sqlState) {
            this(outcome, failedStatement, sqlState, false);
        }

        static Ending failed(SQLException e, int failedStatement, boolean unknown) {
            String state = Transaction.sqlState(e);
            return new Ending(
                    state.equals(CANCELLED) ? Outcome.TIMED_OUT : Outcome.FAILED, failedStatement, state, unknown);
        }
    }

    /** To be tried out, which leaves no entry. */
    Transaction(Operation operation, Map<String, KeyDomain> keys) {
        this(operation, OptionalInt.empty(), keys);
    }

    /** @param number of the operation in the request log */
    Transaction(Operation operation, int number, Map<String, KeyDomain> keys) {
        this(operation, operation.ledger() ? OptionalInt.of(number) : OptionalInt.empty(), keys);
    }

    private Transaction(Operation operation, OptionalInt ledgerOperation, Map<String, KeyDomain> keys) {
        this.ledgerOperation = ledgerOperation;
        this.reads = operation.reads();
        List<String> names = List.copyOf(operation.parameters().keySet());
        List<Values> sources = new ArrayList<>();
        for (String name : names) {
            sources.add(Values.of(operation.parameters().get(name), keys));
        }
        this.parameters = List.copyOf(sources);
        List<Prepared> prepared = new ArrayList<>();
        for (OperationStatement statement : operation.transaction()) {
            boolean entry = ledgerOperation.isPresent()
                    && prepared.size() == operation.transaction().size() - 1;
            prepared.add(new Prepared(
                    entry ? statement.jdbcSql() + "\n;" + LedgerTable.INSERT : statement.jdbcSql(),
                    statement.parameterNames().stream().map(names::indexOf).toList(),
                    entry));
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

    /** Of what leaves no entry. */
    Ending run(Connection connection, Object[] values) {
        return run(connection, values, NOBODY);
    }

    /** Runs everything on a connection in autocommit, and leaves it so; a failed transaction is rolled back. */
    Ending run(Connection connection, Object[] values, Identity identity) {
        return statements.size() == 1 && ledgerOperation.isEmpty()
                ? runAlone(connection, values, identity)
                : runTogether(connection, values, identity);
    }

    /** Runs everything, and leaves nothing of it but what sequences have given. A single statement that only reads runs in autocommit, as in {@link #run}. */
    void tryOut(Connection connection, Object[] values) throws SQLException {
        boolean together = statements.size() > 1 || writes;
        try {
            if (together) {
                connection.setAutoCommit(false);
            }
            for (Prepared statement : statements) {
                execute(connection, statement, values, NOBODY);
            }
        } finally {
            if (together) {
                rollBack(connection);
            }
        }
    }

    private Ending runAlone(Connection connection, Object[] values, Identity identity) {
        try {
            execute(connection, statements.get(0), values, identity);
            return Ending.SUCCEEDED;
        } catch (SQLException e) {
            return Ending.failed(e, 0, false);
        }
    }

    private Ending runTogether(Connection connection, Object[] values, Identity identity) {
        int statement = 0;
        try {
            connection.setAutoCommit(false);
            for (; statement < statements.size(); statement++) {
                execute(connection, statements.get(statement), values, identity);
            }
            Ending ending = committed(commit(connection));
            connection.setAutoCommit(true);
            return ending;
        } catch (SQLException e) {
            rollBack(connection);
            boolean commitSent = statement == statements.size();
            return Ending.failed(
                    e, commitSent ? -1 : statement, commitSent && ledgerOperation.isPresent() && !Commits.refused(e));
        }
    }

    /** @return what the server had to say against it */
    private Optional<SQLWarning> commit(Connection connection) throws SQLException {
        if (ledgerOperation.isEmpty()) {
            connection.commit();
            return Optional.empty();
        }
        connection.clearWarnings();
        connection.commit();
        return Optional.ofNullable(connection.getWarnings());
    }

    private static Ending committed(Optional<SQLWarning> warning) {
        return warning.flatMap(Commits::notAcknowledged)
                .map(state -> new Ending(Outcome.SUCCEEDED, -1, state, true))
                .orElse(Ending.SUCCEEDED);
    }

    private void execute(Connection connection, Prepared statement, Object[] values, Identity identity)
            throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement.sql())) {
            int placeholders = statement.parameters().size();
            for (int i = 0; i < placeholders; i++) {
                bind(prepared, i + 1, values[statement.parameters().get(i)]);
            }
            if (statement.entry()) {
                prepared.setLong(placeholders + 1, identity.arrival());
                prepared.setInt(placeholders + 2, ledgerOperation.orElseThrow());
                prepared.setInt(placeholders + 3, identity.attempt());
            }
            readFully(prepared, prepared.execute());
        }
    }

    static void bind(PreparedStatement prepared, int position, Object value) throws SQLException {
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

    /** Back to autocommit, with nothing left of the transaction. */
    static void rollBack(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The connection is broken, which the transaction's own error has told already; the pool discards it.
        }
    }
}
