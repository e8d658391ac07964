package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** All instruments of one run, over one server. Safe for use by several threads. */
public final class Instruments implements AutoCloseable {
    /** Low, so that short waits are logged too; its side effects (deadlocks and autovacuum end sooner) are for the report to tell. */
    public static final Duration DEADLOCK_TIMEOUT = Duration.ofMillis(10);

    private final String directJdbcUrl;
    private final LockTracer tracer;
    private final StatementWitness witness;
    private final ServerSampler sampler;
    private final PauseMeter pauses;

    private Instruments(
            String directJdbcUrl,
            LockTracer tracer,
            StatementWitness witness,
            ServerSampler sampler,
            PauseMeter pauses) {
        this.directJdbcUrl = directJdbcUrl;
        this.tracer = tracer;
        this.witness = witness;
        this.sampler = sampler;
        this.pauses = pauses;
    }

    /** What the server must be started with; a scenario may replace {@code deadlock_timeout} alone. */
    public static Map<String, String> serverSettings() {
        return LockTracer.requiredSettings(DEADLOCK_TIMEOUT);
    }

    /**
     * Installs the event triggers and starts every instrument; when one of them does not start, those that did are closed.
     *
     * @param directJdbcUrl of a superuser, past the fault proxy
     * @param jsonLog the file that the server writes its log to, as JSON
     * @param postmasterPid root of the process tree whose processor time is the server's
     */
    public static Instruments armed(
            String directJdbcUrl, Path jsonLog, long postmasterPid, RunClock clock, Journal journal)
            throws EnvironmentException {
        try (Connection connection = ObserverConnections.open(directJdbcUrl)) {
            InstrumentSchema.install(connection);
        } catch (SQLException e) {
            throw unusable(e);
        }
        LockTracer tracer = LockTracer.armed(jsonLog, directJdbcUrl, clock, journal);
        try {
            StatementWitness witness = new StatementWitness(directJdbcUrl, tracer, clock, journal);
            try {
                ServerSampler sampler = ServerSampler.started(directJdbcUrl, postmasterPid, clock, journal);
                return new Instruments(
                        directJdbcUrl, tracer, witness, sampler, PauseMeter.started("harness", clock, journal));
            } catch (SQLException e) {
                witness.close();
                throw e;
            }
        } catch (SQLException e) {
            tracer.close();
            throw unusable(e);
        }
    }

    private static EnvironmentException unusable(SQLException e) {
        return new EnvironmentException(
                "the instruments cannot use the server: " + e.getMessage(),
                "they connect as a superuser, past the fault proxy; see the server's log",
                e);
    }

    public StatementWitness witness() {
        return witness;
    }

    /** Returns when everything that the server has logged up to now is journaled. */
    public void drain() {
        tracer.drain();
    }

    /** The schema as it is now. */
    public SchemaFingerprint schema() throws EnvironmentException {
        try (Connection connection = ObserverConnections.open(directJdbcUrl)) {
            return SchemaFingerprint.of(connection);
        } catch (SQLException e) {
            throw unusable(e);
        }
    }

    /** Drains, and stops. */
    @Override
    public void close() {
        pauses.close();
        sampler.close();
        witness.close();
        tracer.drain();
        tracer.close();
    }
}
