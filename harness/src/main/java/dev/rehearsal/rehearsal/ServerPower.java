package dev.rehearsal.rehearsal;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.Server;
import dev.rehearsal.environment.ServerControl;
import dev.rehearsal.fault.ServerSwitches;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.ServerNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What faults do to servers, with the instruments told before a primary goes: what they lose then is no trouble of theirs. They follow the primary
 * to where it is.
 */
final class ServerPower implements ServerSwitches {
    private final Environment environment;
    private final Instruments instruments;
    /** Of a server that is away, because by the time it returns another one may have its name. */
    private final Map<String, ServerControl> away = new HashMap<>();

    ServerPower(Environment environment, Instruments instruments) {
        this.environment = environment;
        this.instruments = instruments;
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
