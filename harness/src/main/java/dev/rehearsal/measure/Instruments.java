package dev.rehearsal.measure;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All instruments of one run, over one server. Safe for use by several threads. */
public final class Instruments implements AutoCloseable {
    /** Low, so that short waits are logged too; its side effects (deadlocks and autovacuum end sooner) are for the report to tell. */
    public static final Duration DEADLOCK_TIMEOUT = Duration.ofMillis(10);

    private final ObservedServer server;
    private final RunClock clock;
    private final Journal journal;
    private final Absences absences;
    private long absentSinceNanos;
    private final WaitAccount tracer;
    private final StatementWitness witness;
    private final ServerSampler sampler;
    private final PauseMeter pauses;
    private final ReplicaWatch replicas;
    private Optional<LedgerChecker> ledger = Optional.empty();

    private Instruments(
            ObservedServer server,
            RunClock clock,
            Journal journal,
            Absences absences,
            WaitAccount tracer,
            StatementWitness witness,
            ServerSampler sampler,
            PauseMeter pauses,
            ReplicaWatch replicas) {
        this.replicas = replicas;
        this.server = server;
        this.clock = clock;
        this.journal = journal;
        this.absences = absences;
        this.tracer = tracer;
        this.witness = witness;
        this.sampler = sampler;
        this.pauses = pauses;
    }

    /** What the server must be started with, beside what {@link dev.rehearsal.engine.LogFormat#settings} says; a scenario may replace {@code deadlock_timeout} alone. */
    public static Map<String, String> serverSettings() {
        return LockTracer.requiredSettings(DEADLOCK_TIMEOUT);
    }

    /**
     * Installs the event triggers and starts every instrument; when one of them does not start, those that did are closed.
     *
     * <p>What a server does not allow is journaled, and something less exact takes its place: without its log, or without its event triggers,
     * locks and tables are looked at.
     *
     * @param directJdbcUrl of a superuser, past the fault proxy; of an owner of the database, where the server is not ours
     * @param log of the server
     * @param postmasterPid root of the process tree whose processor time is the server's
     */
    public static Instruments armed(
            String directJdbcUrl, LogAccess log, long postmasterPid, RunClock clock, Journal journal)
            throws EnvironmentException {
        return armed(directJdbcUrl, log, postmasterPid, Map.of(), clock, journal);
    }

    /**
     * The same, with replicas that are to be watched.
     *
     * @param replicas their JDBC URLs, past the fault proxies, by name
     */
    public static Instruments armed(
            String directJdbcUrl,
            LogAccess log,
            long postmasterPid,
            Map<String, String> replicas,
            RunClock clock,
            Journal journal)
            throws EnvironmentException {
        ObservedServer server = new ObservedServer(directJdbcUrl);
        Absences absences = new Absences();
        Means means;
        try (Connection connection = server.open()) {
            means = Means.of(connection, log, clock, journal);
        } catch (SQLException e) {
            throw unusable(e);
        }
        WaitAccount tracer = waits(means.log(), server, clock, journal, absences);
        try {
            StatementWitness witness = new StatementWitness(server, tracer, means.triggers(), clock, journal, absences);
            try {
                ServerSampler sampler = ServerSampler.started(server, postmasterPid, clock, journal, absences);
                return new Instruments(
                        server,
                        clock,
                        journal,
                        absences,
                        tracer,
                        witness,
                        sampler,
                        PauseMeter.started("harness", clock, journal),
                        ReplicaWatch.started(server, replicas, clock, journal));
            } catch (SQLException e) {
                witness.close();
                throw e;
            }
        } catch (SQLException e) {
            tracer.close();
            throw unusable(e);
        }
    }

    private static WaitAccount waits(
            LogAccess log, ObservedServer server, RunClock clock, Journal journal, Absences absences)
            throws EnvironmentException {
        return switch (log) {
            case LogAccess.AtHand readable -> LockTracer.armed(readable.file(), server, clock, journal, absences);
            case LogAccess.Unreadable unreadable -> {
                try {
                    yield WaitSampler.started(server, unreadable.reason(), clock, journal, absences);
                } catch (SQLException e) {
                    throw unusable(e);
                }
            }
        };
    }

    private static EnvironmentException unusable(SQLException e) {
        return new EnvironmentException(
                "the instruments cannot use the server: " + e.getMessage(),
                "they connect as a superuser, past the fault proxy; see the server's log",
                e);
    }

    /**
     * Makes the ledger, which is read back whenever the server has been away, and by {@link #readLedger}. Before the first request.
     *
     * @param file {@code ledger.bin}
     */
    public void keepLedger(Path file) throws EnvironmentException {
        ledger = Optional.of(LedgerChecker.armed(server, file, clock, journal, absences));
    }

    /** Reads the ledger for the last time, when no request is under way any more; nothing, if there is none. */
    public void readLedger() throws InterruptedException {
        if (ledger.isPresent()) {
            ledger.get().readLast();
        }
    }

    /** The replica that is furthest behind as it was last asked; empty: none is watched. */
    public Optional<LaggingReplica> furthestBehind() {
        return replicas.furthestBehind();
    }

    /** Sessions that waited for a lock when the server was last looked at, about a tenth of a second ago. */
    public int waitingForLocks() {
        return sampler.waitingForLocks();
    }

    public StatementWitness witness() {
        return witness;
    }

    /** To be said when there is a load generator, so that it is known how busy it was. */
    public void watchGenerator(List<Long> processIds) {
        sampler.watchGenerator(processIds);
    }

    /** To be said before the server is taken away on purpose: that instruments lose it is then no trouble of theirs. */
    public void serverGoes() {
        absentSinceNanos = clock.nowNanos();
        absences.begins();
    }

    /**
     * To be said when it answers again, or never will: then instruments that find no server have trouble again. They go on with new connections,
     * and the log where it ended.
     *
     * @param postmasterPid of the server as it is now
     */
    public void serverIsBack(long postmasterPid) {
        observeAgain(postmasterPid);
        journal.record(
                new Noted(
                        clock.nowNanos(),
                        "The server was away from " + seconds(absentSinceNanos) + " to " + seconds(clock.nowNanos())
                                + ", as the scenario asks. Of locks that were held or waited for when it went, the end is not known; of the"
                                + " time without it there are no samples, and what it had not yet written to its log is lost."));
    }

    /**
     * To be said, instead of {@link #serverIsBack}, when its disk has room again: with a full one it may have gone or stayed.
     *
     * @param postmasterPid of the server as it is now
     */
    public void diskHasRoom(long postmasterPid) {
        observeAgain(postmasterPid);
        journal.record(new Noted(
                clock.nowNanos(),
                "The server's disk was full from " + seconds(absentSinceNanos) + " to "
                        + seconds(clock.nowNanos())
                        + ", as the scenario asks. If the server went down by it, the end of locks that were held or waited for is"
                        + " not known, and there are no samples of the time without it."));
    }

    private void observeAgain(long postmasterPid) {
        try {
            sampler.follow(postmasterPid);
            tracer.reconnect();
            witness.reconnect();
        } catch (SQLException e) {
            journal.record(new InstrumentTrouble(
                    clock.nowNanos(), "instruments", "the server cannot be observed any more: " + e.getMessage()));
        } finally {
            absences.ends();
        }
        ledger.ifPresent(checker -> checker.readSoon("when the server was back"));
    }

    /**
     * To be said, instead of {@link #serverIsBack}, when another server has taken the place of the one that went, with the event triggers that were
     * there.
     *
     * @param name of the server as it was, such as {@code replica-1}
     * @param directJdbcUrl of a superuser, past the fault proxy
     */
    public void serverMoved(String name, String directJdbcUrl, LogAccess log, long postmasterPid) {
        try {
            server.moveTo(directJdbcUrl);
            sampler.follow(postmasterPid);
            tracer.moveTo(log);
            witness.reconnect();
        } catch (SQLException e) {
            journal.record(new InstrumentTrouble(
                    clock.nowNanos(), "instruments", "the new primary cannot be observed: " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            absences.ends();
        }
        ledger.ifPresent(checker -> checker.readSoon("when " + name + " had taken the server's place"));
        journal.record(new Noted(
                clock.nowNanos(),
                "The primary was away from " + seconds(absentSinceNanos) + ", as the scenario asks; from "
                        + seconds(clock.nowNanos()) + " on the instruments observe " + name
                        + " in its place. Of locks that were held or waited for when it went, the end is not known; of the time in"
                        + " between there are no samples and no lock waits."));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** Returns when everything that the server has logged up to now is journaled. */
    public void drain() {
        tracer.drain();
    }

    /** The schema as it is now. */
    public SchemaFingerprint schema() throws EnvironmentException {
        try (Connection connection = server.open()) {
            return SchemaFingerprint.of(connection);
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    /** Drains, and stops. */
    @Override
    public void close() {
        ledger.ifPresent(LedgerChecker::close);
        replicas.close();
        pauses.close();
        sampler.close();
        witness.close();
        tracer.drain();
        tracer.close();
    }
}
