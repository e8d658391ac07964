package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Waits until a server answers, and is the one over a data directory, not another that has its port. */
final class FirstAnswer {
    /** Long, because a clone of a server that was not stopped cleanly has to recover first. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration STEP = Duration.ofMillis(5);
    /** For a server that refuses because it is about to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** Not listening yet, or: starting up, recovering. */
    private static final Set<String> NOT_YET = Set.of("08001", "08006", "57P03");

    static final String REMEDY =
            "See the server's log above; a setting in environment.settings that it does not take is the usual reason.";

    private FirstAnswer() {}

    /** Whether a server has ended; returns as soon as it has, and after {@code patience} at the latest. */
    @FunctionalInterface
    interface End {
        boolean within(Duration patience) throws InterruptedException;
    }

    /**
     * @param jdbcUrl of the database postgres
     * @param lastLines of the server's log, for an error
     * @return false if the server ended
     * @throws EnvironmentException if it refuses, or says nothing for minutes
     */
    static boolean await(String jdbcUrl, Path dataDirectory, End end, Supplier<String> lastLines)
            throws EnvironmentException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String url = jdbcUrl + "&connectTimeout=5&socketTimeout=10";
        try {
            while (!end.within(STEP)) {
                try (Connection connection = DriverManager.getConnection(url);
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select current_setting('data_directory')")) {
                    row.next();
                    if (Path.of(row.getString(1)).equals(dataDirectory)) {
                        return true;
                    }
                } catch (SQLException e) {
                    boolean retry = e.getSQLState() != null && NOT_YET.contains(e.getSQLState());
                    if (!retry && !end.within(LAST_WORDS)) {
                        throw new EnvironmentException("the server started but refuses: " + e.getMessage(), REMEDY, e);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new EnvironmentException(
                            "the server did not answer within " + PATIENCE.toSeconds() + " s:\n" + lastLines.get(),
                            REMEDY);
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the server started", "Start again.", e);
        }
    }
}
