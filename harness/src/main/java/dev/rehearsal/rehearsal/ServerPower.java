package dev.rehearsal.rehearsal;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.Server;
import dev.rehearsal.environment.ServerControl;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.fault.ServerSwitches;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ServerNames;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What faults do to servers, with the instruments told before a primary goes: what they lose then is no trouble of theirs. They follow the primary
 * to where it is.
 */
final class ServerPower implements ServerSwitches {
    private static final Duration RECOVERY_PATIENCE = Duration.ofMinutes(2);
    private static final Duration RECOVERY_STEP = Duration.ofMillis(50);

    private final Environment environment;
    private final Instruments instruments;
    private final ServerDisk disk;
    /** Of a server that is away, because by the time it returns another one may have its name. */
    private final Map<String, ServerControl> away = new HashMap<>();

    ServerPower(Environment environment, Instruments instruments, ServerDisk disk) {
        this.environment = environment;
        this.instruments = instruments;
        this.disk = disk;
    }

    @Override
    public void pause(String server) throws EnvironmentException {
        taken(server).pause();
    }

    @Override
    public void resume(String server) throws EnvironmentException {
        returned(server).resume();
    }

    @Override
    public void crash(String server) throws EnvironmentException {
        if (!isObserved(server)) {
            taken(server).kill();
            return;
        }
        instruments.serverGoes();
        boolean gone = false;
        try {
            taken(server).kill();
            gone = true;
        } finally {
            if (!gone) {
                back();
            }
        }
    }

    @Override
    public void restart(String server) throws EnvironmentException {
        ServerControl control = returned(server);
        try {
            control.startAgain();
        } finally {
            if (isObserved(server)) {
                back();
            }
        }
    }

    @Override
    public Duration failOver(String replica, boolean planned) throws EnvironmentException {
        instruments.serverGoes();
        boolean done = false;
        try {
            Duration without = environment.failOver(replica, planned);
            done = true;
            return without;
        } finally {
            if (done) {
                Server primary = environment.primary();
                instruments.serverMoved(
                        replica, primary.jdbcUrl(ApplicationNames.OBSERVER), primary.log(), primary.processId());
            } else {
                back();
            }
        }
    }

    @Override
    public Succession elect(boolean planned) throws EnvironmentException {
        instruments.serverGoes();
        boolean done = false;
        try {
            Succession succession = environment.elect(planned);
            done = true;
            Server primary = environment.primary();
            instruments.serverMoved(
                    succession.to(), primary.jdbcUrl(ApplicationNames.OBSERVER), primary.log(), primary.processId());
            return succession;
        } finally {
            if (!done) {
                back();
            }
        }
    }

    @Override
    public void fillDisk(long leaveBytes) throws EnvironmentException {
        instruments.serverGoes();
        boolean full = false;
        try {
            disk.fill(leaveBytes);
            full = true;
        } finally {
            if (!full) {
                disk.free();
                back();
            }
        }
    }

    @Override
    public void freeDisk() throws EnvironmentException {
        disk.free();
        try {
            awaitAnswer();
        } finally {
            instruments.diskHasRoom(environment.primary().processId());
        }
    }

    /** A server that has ended is started again; one that has ended its sessions recovers by itself. */
    private void awaitAnswer() throws EnvironmentException {
        long deadline = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
        while (true) {
            environment.control().startAgain();
            try (Connection connection =
                    DriverManager.getConnection(environment.primary().jdbcUrl(ApplicationNames.OBSERVER))) {
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new EnvironmentException(
                            "it does not answer " + RECOVERY_PATIENCE.toSeconds() + " s after there was room again: "
                                    + e.getMessage(),
                            "See server.log in the run's directory.",
                            e);
                }
            }
            LockSupport.parkNanos(RECOVERY_STEP.toNanos());
        }
    }

    private void back() {
        instruments.serverIsBack(environment.primary().processId());
    }

    private boolean isObserved(String server) {
        return server.equals(ServerNames.PRIMARY) || !environment.replicas().containsKey(server);
    }

    private ServerControl taken(String server) {
        ServerControl control = environment.control(server);
        away.put(server, control);
        return control;
    }

    private ServerControl returned(String server) {
        ServerControl control = away.remove(server);
        return control == null ? environment.control(server) : control;
    }
}
