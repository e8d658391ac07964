package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.ServerSampled;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The slow picture of the server, a few times a second: for charts, never for judging. The database's size, which costs the server a look at every
 * file, is read once in a few seconds and repeated in between.
 */
final class ServerSampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final int SAMPLES_PER_SIZE = 15;
    private static final String SIZE = "select pg_database_size(current_database())";
    private static final String ACTIVITY = """
            select count(*) filter (where a.state = 'active'), count(*) filter (where a.wait_event_type = 'Lock'),
                pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
            from pg_catalog.pg_stat_activity a
            where a.backend_type = 'client backend' and a.pid <> pg_backend_pid()""";

    private final ObservedServer server;
    private final Absences absences;
    private volatile ProcessorTime processorTime;
    private final RunClock clock;
    private final Journal journal;
    private final Thread thread;

    private ServerSampler(
            ObservedServer server,
            Connection connection,
            ProcessorTime processorTime,
            RunClock clock,
            Journal journal,
            Absences absences) {
        this.server = server;
        this.absences = absences;
        this.processorTime = processorTime;
        this.clock = clock;
        this.journal = journal;
        this.thread = Thread.ofPlatform().name("server-sampler").daemon().unstarted(() -> sample(connection));
    }

    static ServerSampler started(
            ObservedServer server, long postmasterPid, RunClock clock, Journal journal, Absences absences)
            throws SQLException {
        ServerSampler sampler =
                new ServerSampler(server, server.open(), new ProcessorTime(postmasterPid), clock, journal, absences);
        sampler.thread.start();
        return sampler;
    }

    /** From now on the processor time is that of another server. */
    void follow(long postmasterPid) {
        processorTime = new ProcessorTime(postmasterPid);
    }

    private void sample(Connection first) {
        Connection current = first;
        try {
            int begunBefore = absences.begun();
            while (sampleOver(current, begunBefore)) {
                absences.awaitEnd();
                ObserverConnections.close(current);
                begunBefore = absences.begun();
                current = server.open();
            }
        } catch (SQLException e) {
            trouble(e);
        } catch (InterruptedException e) {
            // close() is the only one who interrupts this thread.
        } finally {
            ObserverConnections.close(current);
        }
    }

    private void trouble(SQLException e) {
        if (!Thread.currentThread().isInterrupted()) {
            journal.record(new InstrumentTrouble(
                    clock.nowNanos(), "server sampler", "the server could not be sampled: " + e.getMessage()));
        }
    }

    /** @return whether to go on over another connection: this one was lost with the server, as the scenario asks */
    private boolean sampleOver(Connection connection, int begunBefore) throws InterruptedException {
        try (PreparedStatement activity = connection.prepareStatement(ACTIVITY);
                PreparedStatement size = connection.prepareStatement(SIZE)) {
            long databaseBytes = 0;
            for (int count = 0; !Thread.currentThread().isInterrupted(); count++) {
                if (count % SAMPLES_PER_SIZE == 0) {
                    databaseBytes = databaseBytes(size);
                }
                journal.record(sample(activity, databaseBytes));
                Thread.sleep(INTERVAL);
            }
            return false;
        } catch (SQLException e) {
            if (absences.haveBegunSince(begunBefore)) {
                return true;
            }
            trouble(e);
            return false;
        }
    }

    private static long databaseBytes(PreparedStatement size) throws SQLException {
        try (ResultSet rows = size.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private ServerSampled sample(PreparedStatement activity, long databaseBytes) throws SQLException {
        try (ResultSet rows = activity.executeQuery()) {
            rows.next();
            ProcessorTime.Shares shares = processorTime.sinceLast();
            return new ServerSampled(
                    clock.nowNanos(),
                    rows.getInt(1),
                    rows.getInt(2),
                    rows.getLong(3),
                    databaseBytes,
                    shares.server(),
                    shares.machine());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
