package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.LedgerFile;
import dev.rehearsal.run.LedgerKey;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LedgerRead;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Reads the ledger back, and writes down what was there: nothing is compared here.
 *
 * <p>It reads over a connection of its own, past the fault proxy, from whatever server is the primary then. The clock is read before the server is
 * asked, so that everything acknowledged until then has to be in the answer. A reading that fails because the server was taken away again is done once
 * more when it is back; any other failure is written down as one.
 *
 * <p>Safe for use by several threads; readings come one after the other.
 */
public final class LedgerChecker implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 20_000;

    private final ObservedServer server;
    private final LedgerFile file;
    private final RunClock clock;
    private final Journal journal;
    private final Absences absences;
    private final ExecutorService readings = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("ledger").daemon().factory());

    private LedgerChecker(ObservedServer server, LedgerFile file, RunClock clock, Journal journal, Absences absences) {
        this.server = server;
        this.file = file;
        this.clock = clock;
        this.journal = journal;
        this.absences = absences;
    }

    /**
     * Makes the ledger, in the schema that the instruments have made.
     *
     * @param server the present primary, whichever that is
     * @param path {@code ledger.bin}, begun here
     */
    static LedgerChecker armed(ObservedServer server, Path path, RunClock clock, Journal journal, Absences absences)
            throws EnvironmentException {
        try (Connection connection = server.open()) {
            LedgerTable.create(connection);
            return new LedgerChecker(server, new LedgerFile(path), clock, journal, absences);
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the ledger cannot be made: " + e.getMessage(),
                    "the instruments connect as a superuser, past the fault proxy; see the server's log",
                    e);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot write " + path + ": " + e.getMessage(),
                    "Make the run's directory writable, and see that its disk is not full.",
                    e);
        }
    }

    /** Reads while the load goes on. Returns at once. */
    void readSoon(String occasion) {
        readings.execute(() -> read(occasion, false));
    }

    /** Reads when no request is under way any more; returns when it has, after all readings that were asked for before. */
    void readLast() throws InterruptedException {
        readings.execute(() -> read("at the end of the run", true));
        readings.shutdown();
        if (!readings.awaitTermination(1, TimeUnit.HOURS)) {
            throw new IllegalStateException("the ledger is still being read");
        }
    }

    private void read(String occasion, boolean last) {
        while (true) {
            int begun = absences.begun();
            long begunNanos = clock.nowNanos();
            try {
                record(begunNanos, occasion, last, OptionalInt.of(file.append(entries())), Optional.empty());
                return;
            } catch (SQLException e) {
                if (!absences.haveBegunSince(begun) && absences.present()) {
                    record(
                            begunNanos,
                            occasion,
                            last,
                            OptionalInt.empty(),
                            Optional.of(String.valueOf(e.getMessage())));
                    return;
                }
            } catch (IOException e) {
                record(
                        begunNanos,
                        occasion,
                        last,
                        OptionalInt.empty(),
                        Optional.of("ledger.bin cannot be written: " + e.getMessage()));
                return;
            }
            try {
                absences.awaitEnd();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                record(
                        begunNanos,
                        occasion,
                        last,
                        OptionalInt.empty(),
                        Optional.of("the run ended before it could be"));
                return;
            }
        }
    }

    private void record(long begunNanos, String occasion, boolean last, OptionalInt section, Optional<String> failure) {
        journal.record(new LedgerRead(clock.nowNanos(), begunNanos, occasion, last, section, failure));
    }

    private long[] entries() throws SQLException {
        try (Connection connection = server.open()) {
            // The driver fetches piece by piece only inside a transaction.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows = statement.executeQuery(LedgerTable.SELECT)) {
                    return keys(rows);
                }
            }
        }
    }

    private static long[] keys(ResultSet rows) throws SQLException {
        long[] keys = new long[ROWS_AT_ONCE];
        int length = 0;
        while (rows.next()) {
            if (length == keys.length) {
                keys = Arrays.copyOf(keys, length * 2);
            }
            keys[length++] = LedgerKey.of(rows.getInt(2), rows.getLong(1), rows.getInt(3));
        }
        return Arrays.copyOf(keys, length);
    }

    /** What has not been read until now, is not. */
    @Override
    public void close() {
        readings.shutdownNow();
        try {
            file.close();
        } catch (IOException e) {
            // Each reading that was journaled is in the file already.
        }
    }
}
