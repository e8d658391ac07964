package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.ServerActivity;
import dev.rehearsal.run.RunEvent.ServerSampled;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The slow picture of the server, about ten times a second: for charts, never for judging. What costs a look at every file or every process, the database's
 * size and the processor time, is read more rarely and repeated in between.
 */
final class ServerSampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final int SAMPLES_PER_SIZE = 30;
    private static final int SAMPLES_PER_SHARES = 4;
    private static final String SIZE = "select pg_database_size(current_database())";

    private volatile int waitingForLocks;
    private final ObservedServer server;
    private final Absences absences;
    private volatile ProcessorTime processorTime;
    private volatile List<ProcessorTime> generatorTimes = List.of();
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

    /** From now on the load generator's processor time is known too; where it has no process on this machine, it is not. */
    void watchGenerator(List<Long> pids) {
        generatorTimes = pids.stream().map(ProcessorTime::new).toList();
    }

    private double generatorsSinceLast() {
        List<ProcessorTime> generators = generatorTimes;
        return generators.isEmpty()
                ? -1
                : generators.stream().mapToDouble(ProcessorTime::treeSinceLast).sum();
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

    /** Sessions that waited for a lock when the server was last looked at. */
    int waitingForLocks() {
        return waitingForLocks;
    }

    private void trouble(SQLException e) {
        if (!Thread.currentThread().isInterrupted()) {
            journal.record(new InstrumentTrouble(
                    clock.nowNanos(), "server sampler", "the server could not be sampled: " + e.getMessage()));
        }
    }

    /** @return whether to go on over another connection: this one was lost with the server, as the scenario asks */
    private boolean sampleOver(Connection connection, int begunBefore) throws InterruptedException {
        try (ServerQueries queries = new ServerQueries(connection);
                PreparedStatement size = connection.prepareStatement(SIZE)) {
            long databaseBytes = 0;
            ProcessorTime.Shares shares = new ProcessorTime.Shares(-1, -1);
            double generator = -1;
            for (int count = 0; !Thread.currentThread().isInterrupted(); count++) {
                if (count % SAMPLES_PER_SIZE == 0) {
                    databaseBytes = databaseBytes(size);
                }
                if (count % SAMPLES_PER_SHARES == 0) {
                    shares = processorTime.sinceLast();
                    generator = generatorsSinceLast();
                }
                ServerQueries.Activity activity = queries.activity();
                waitingForLocks = activity.waitingForLocks();
                journal.record(new ServerSampled(
                        clock.nowNanos(),
                        activity.active(),
                        activity.waitingForLocks(),
                        activity.walBytes(),
                        databaseBytes,
                        shares.server(),
                        shares.machine(),
                        Optional.of(new ServerActivity(
                                activity.activeByWait(), activity.autovacuumWorkers(), generator, queries.totals()))));
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

    @Override
    public void close() {
        EndingThreads.end(thread);
    }
}
