package dev.rehearsal.load;

import dev.rehearsal.load.dsl.Check;
import dev.rehearsal.load.dsl.SqlStatement;
import dev.rehearsal.load.dsl.SqlTransaction;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.Workload.Reads;
import io.gatling.javaapi.core.Session;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One transaction of one user of a simulation: as an application would, with prepared statements and every row read. A check that fails, or a parameter
 * that the session has no value for, fails the transaction; what no server said has a code of its own in the place of an SQLState.
 *
 * <p>For use by one thread at a time.
 */
final class SimulatedRun implements RequestRunner.Task {
    /** In the place of an SQLState: a check failed. */
    static final String CHECK_FAILED = "CHECK";

    /** In the place of an SQLState: the simulation gave a parameter no value, or its code failed. */
    static final String NO_VALUE = "VALUE";

    private final SqlTransaction transaction;
    private final Session before;
    private Session after;

    SimulatedRun(SqlTransaction transaction, Session before) {
        this.transaction = transaction;
        this.before = before;
        this.after = before.markAsFailed();
    }

    /** The session as the transaction left it: with what was saved, or marked as failed. */
    Session after() {
        return after;
    }

    @Override
    public Reads reads() {
        return Reads.PRIMARY;
    }

    /** Not as the simulation wants it, whatever the server thinks. */
    private static final class Unmet extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;

        Unmet(String code, Optional<Throwable> cause) {
            super(code, cause.orElse(null), false, false);
            this.code = code;
        }
    }

    /** Each attempt begins with the same session. */
    @Override
    public Transaction.Ending run(Connection connection, Transaction.Identity identity) {
        List<SqlStatement> statements = transaction.statements();
        boolean together = statements.size() > 1;
        Session session = before;
        int statement = 0;
        try {
            if (together) {
                connection.setAutoCommit(false);
            }
            for (; statement < statements.size(); statement++) {
                session = execute(connection, statements.get(statement), session);
            }
            if (together) {
                connection.commit();
                connection.setAutoCommit(true);
            }
            after = session;
            return Transaction.Ending.SUCCEEDED;
        } catch (SQLException e) {
            rollBack(connection, together);
            return Transaction.Ending.failed(e, statement == statements.size() ? -1 : statement, false);
        } catch (Unmet e) {
            rollBack(connection, together);
            return new Transaction.Ending(Outcome.FAILED, statement, e.code);
        }
    }

    private static void rollBack(Connection connection, boolean together) {
        if (together) {
            Transaction.rollBack(connection);
        }
    }

    private static Session execute(Connection connection, SqlStatement statement, Session session)
            throws SQLException, Unmet {
        try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
            for (int i = 0; i < statement.parameterNames().size(); i++) {
                bind(
                        prepared,
                        i + 1,
                        value(statement, statement.parameterNames().get(i), session));
            }
            Result result = Result.of(prepared, prepared.execute());
            return checked(statement.checks(), result, session);
        }
    }

    private static void bind(PreparedStatement prepared, int position, Object value) throws SQLException {
        switch (value) {
            case Integer number -> prepared.setLong(position, number);
            case Boolean truth -> prepared.setBoolean(position, truth);
            default -> Transaction.bind(prepared, position, value);
        }
    }

    private static Object value(SqlStatement statement, String parameter, Session session) throws Unmet {
        return asked(statement.values().getOrDefault(parameter, known -> known.get(parameter)), session);
    }

    /** What the simulation's own code says. */
    private static Object asked(Function<Session, ?> code, Session session) throws Unmet {
        try {
            return Optional.<Object>ofNullable(code.apply(session)).orElseThrow();
        } catch (RuntimeException e) {
            throw new Unmet(NO_VALUE, Optional.of(e));
        }
    }

    /**
     * What checks can ask about.
     *
     * @param rows returned; of a statement that returns none, changed
     * @param first by label
     */
    private record Result(long rows, Map<String, Optional<Object>> first) {
        static Result of(PreparedStatement prepared, boolean rowsFirst) throws SQLException {
            if (!rowsFirst) {
                return new Result(Math.max(0, prepared.getLargeUpdateCount()), Map.of());
            }
            long rows = 0;
            Map<String, Optional<Object>> first = new HashMap<>();
            try (ResultSet result = prepared.getResultSet()) {
                while (result.next()) {
                    if (rows == 0) {
                        ResultSetMetaData columns = result.getMetaData();
                        for (int i = 1; i <= columns.getColumnCount(); i++) {
                            first.putIfAbsent(columns.getColumnLabel(i), Optional.ofNullable(result.getObject(i)));
                        }
                    }
                    rows++;
                }
            }
            return new Result(rows, first);
        }

        Optional<Object> column(String label) throws Unmet {
            if (!first.containsKey(label)) {
                throw new Unmet(CHECK_FAILED, Optional.empty());
            }
            return first.get(label);
        }
    }

    private static Session checked(List<Check> checks, Result result, Session before) throws Unmet {
        Session session = before;
        for (Check check : checks) {
            switch (check) {
                case Check.Rows rows -> demand(result.rows() >= rows.least() && result.rows() <= rows.most());
                case Check.ColumnIs column -> {
                    Object expected = asked(column.expected(), session);
                    demand(result.column(column.column())
                            .filter(value -> same(value, expected))
                            .isPresent());
                }
                case Check.ColumnSaved column -> {
                    Optional<Object> value = result.column(column.column());
                    session = value.isPresent()
                            ? session.set(column.attribute(), value.get())
                            : session.remove(column.attribute());
                }
            }
        }
        return session;
    }

    private static void demand(boolean met) throws Unmet {
        if (!met) {
            throw new Unmet(CHECK_FAILED, Optional.empty());
        }
    }

    private static boolean same(Object value, Object expected) {
        if (value instanceof Number && expected instanceof Number) {
            return new BigDecimal(value.toString()).compareTo(new BigDecimal(expected.toString())) == 0;
        }
        return value.toString().equals(expected.toString());
    }
}
