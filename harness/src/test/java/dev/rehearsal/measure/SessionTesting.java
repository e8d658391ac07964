package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What tests of a tool's sessions do in them and ask of them. */
final class SessionTesting {
    private SessionTesting() {}

    static void runFailing(Connection connection, String sql) {
        try {
            MeasuredServer.execute(connection, sql);
            throw new AssertionError("the server took " + sql);
        } catch (SQLException expected) {
            assertThat(expected.getSQLState()).isNotNull();
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** @param question that the server answers with yes or no */
    static void await(MeasuredServer server, String question) throws SQLException {
        try (Connection connection = server.connect("harness-observer")) {
            while (!text(connection, question).equals("t")) {
                Thread.onSpinWait();
            }
        }
    }

    static Observation found(List<ToolStatement> statements, String sql) {
        return statements.stream()
                .filter(statement -> statement.sql().equals(sql))
                .findFirst()
                .orElseThrow()
                .observation();
    }
}
