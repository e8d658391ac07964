package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Supplier;

/** Waits until a query comes back through a pooler. */
final class FirstQuery {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(5);

    static final String REMEDY =
            "See its words above; a setting in environment.pooler.settings that its version does not know is the usual reason.";

    private FirstQuery() {}

    /**
     * @param port of the pooler, on the loopback interface
     * @param what the pooler is, for an error
     * @param log its last words, likewise
     * @return false if it ended
     * @throws EnvironmentException if it lets no query through
     */
    static boolean await(
            int port, PoolerConfiguration.Upstream upstream, String what, FirstAnswer.End end, Supplier<String> log)
            throws EnvironmentException {
        String url = JdbcUrl.of("127.0.0.1", port, upstream.database(), upstream.user(), upstream.password())
                + "&connectTimeout=5&socketTimeout=10";
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String refusal = "";
        try {
            while (!end.within(STEP)) {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select 1")) {
                    if (row.next()) {
                        return true;
                    }
                } catch (SQLException e) {
                    refusal = String.valueOf(e.getMessage());
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new EnvironmentException(
                            what + " let no query through within " + PATIENCE.toSeconds() + " s: " + refusal + "\n"
                                    + log.get(),
                            REMEDY);
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the pooler started", "Start again.", e);
        }
    }
}
