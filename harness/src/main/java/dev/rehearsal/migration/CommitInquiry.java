package dev.rehearsal.migration;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * Asks the server what became of a commit that was sent and never answered, as soon as it answers at all. A client does not know that; a rehearsal
 * can look it up.
 */
final class CommitInquiry {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Supplier<String> directJdbcUrl;
    private final StopRequest stop;

    CommitInquiry(Supplier<String> directJdbcUrl, StopRequest stop) {
        this.directJdbcUrl = directJdbcUrl;
        this.stop = stop;
    }

    /**
     * What the server has, as the end of a sentence; waits for it as long as the migration may take.
     *
     * @param transactionNumber its lower 32 bits
     * @param sentTo the address of the server that the commit was sent to
     */
    String ask(long transactionNumber, String sentTo) throws InterruptedException {
        String last = "it did not answer in time";
        while (!stop.requested()) {
            String address = directJdbcUrl.get();
            try {
                String status = status(address, transactionNumber).orElse("unknown");
                if (!status.equals("in progress")) {
                    return told(status, transactionNumber, address.equals(sentTo));
                }
                last = "it was not done with transaction " + transactionNumber + " when the time was up";
            } catch (SQLException e) {
                last = "it could not be asked: " + FailureText.of(e);
            }
            stop.pause(INTERVAL);
        }
        return "what the server has is not known: " + last;
    }

    private static String told(String status, long number, boolean same) {
        String server = same ? "the server" : "the server that took its place";
        return switch (status) {
            case "committed" ->
                same
                        ? "the server has it: transaction " + number + " is committed"
                        : server + " has a committed transaction of its number, " + number
                                + ", which is another's only if this one never reached it";
            case "aborted" -> server + " does not have it: transaction " + number + " is rolled back";
            case "never begun" -> server + " does not have it: it knows of no transaction " + number;
            default -> server + " cannot say what became of transaction " + number;
        };
    }

    private static Optional<String> status(String jdbcUrl, long number) throws SQLException {
        Properties patience = new Properties();
        patience.setProperty("connectTimeout", "5");
        patience.setProperty("socketTimeout", "5");
        try (Connection connection = DriverManager.getConnection(jdbcUrl, patience)) {
            long next = next(connection);
            // The server shows 32 bits of 64: what is near the next number tells the others.
            int ahead = (int) number - (int) next;
            if (ahead >= 0) {
                return Optional.of("never begun");
            }
            try (PreparedStatement query = connection.prepareStatement("select pg_xact_status(?::xid8)")) {
                query.setString(1, Long.toString(next + ahead));
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return Optional.ofNullable(row.getString(1));
                }
            }
        }
    }

    /** The number that the next transaction gets. */
    private static long next(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_snapshot_xmax(pg_current_snapshot())::text")) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }
}
