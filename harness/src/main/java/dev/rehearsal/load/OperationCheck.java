package dev.rehearsal.load;

import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Has a server parse every statement of a workload before any load runs. Nothing is executed. */
public final class OperationCheck {
    private OperationCheck() {}

    /**
     * One statement that the server refuses.
     *
     * @param service index in the workload
     * @param operation index in the service
     * @param statement index in the transaction
     * @param offset of the offending character in the statement's {@code sql} as written, from 0; -1 if the server named no place
     */
    public record StatementProblem(
            int service, int operation, int statement, int offset, String sqlState, String message) {}

    /**
     * Prepares every statement of {@code workload}.
     *
     * @param connection to the rehearsal database, in autocommit; parameters of text are best left untyped ({@code stringtype=unspecified})
     * @return in the workload's order; empty when all is well
     * @throws SQLException if the connection itself fails
     */
    public static List<StatementProblem> check(Workload workload, Connection connection) throws SQLException {
        List<StatementProblem> problems = new ArrayList<>();
        for (int s = 0; s < workload.services().size(); s++) {
            Service service = workload.services().get(s);
            for (int o = 0; o < service.operations().size(); o++) {
                Operation operation = service.operations().get(o);
                for (int t = 0; t < operation.transaction().size(); t++) {
                    OperationStatement statement = operation.transaction().get(t);
                    try {
                        prepare(statement, connection);
                    } catch (SQLException e) {
                        String state = e.getSQLState() == null ? "" : e.getSQLState();
                        if (state.startsWith("08") || state.startsWith("57P")) {
                            throw e;
                        }
                        problems.add(new StatementProblem(s, o, t, offset(statement, e), state, message(e)));
                    }
                }
            }
        }
        return problems;
    }

    private static void prepare(OperationStatement statement, Connection connection) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
            // Parse and Describe, without Execute.
            prepared.getParameterMetaData();
        }
    }

    private static String message(SQLException e) {
        Optional<ServerErrorMessage> server = answer(e);
        String message = server.map(ServerErrorMessage::getMessage).orElseGet(() -> String.valueOf(e.getMessage()));
        return server.map(ServerErrorMessage::getHint)
                .map(hint -> message + " (" + hint + ")")
                .orElse(message);
    }

    private static int offset(OperationStatement statement, SQLException e) {
        return answer(e)
                .map(ServerErrorMessage::getPosition)
                .filter(position -> position > 0)
                .map(position -> StatementOffsets.toWritten(statement, position - 1))
                .orElse(-1);
    }

    private static Optional<ServerErrorMessage> answer(SQLException e) {
        return e instanceof PSQLException refused
                ? Optional.ofNullable(refused.getServerErrorMessage())
                : Optional.empty();
    }
}
