package dev.rehearsal.fault;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Fault;
import java.time.Duration;
import java.util.List;

/** What is done to the network and to servers when a fault begins and when it ends. Used by one thread. */
final class FaultActions {
    private final boolean anyOfTheNetwork;
    private final NetworkToxics toxics;
    private final ServerSwitches servers;

    /** @param faults all that may be begun */
    FaultActions(List<Fault> faults, NetworkToxics toxics, ServerSwitches servers) {
        this.anyOfTheNetwork = faults.stream().anyMatch(FaultActions::isOfTheNetwork);
        this.toxics = toxics;
        this.servers = servers;
    }

    private static boolean isOfTheNetwork(Fault fault) {
        return switch (fault) {
            case Fault.NetworkFault network -> true;
            case Fault.Down down -> true;
            case Fault.Partition partition -> true;
            case Fault.ServerFault server -> false;
            case Fault.DiskFull full -> false;
            case Fault.Failover failover -> false;
            case Fault.Election election -> false;
            case Fault.Blocker blocker -> false;
        };
    }

    /** @param name of the fault, for the proxy */
    void begin(String name, Fault fault) throws FaultFailure {
        if (fault instanceof Fault.ServerFault deed) {
            begin(deed);
        } else if (fault instanceof Fault.DiskFull full) {
            begin(full);
        } else {
            toxics.begin(name, fault);
        }
    }

    void end(String name, Fault fault) throws FaultFailure {
        if (fault instanceof Fault.ServerFault deed) {
            end(deed);
        } else if (fault instanceof Fault.DiskFull) {
            endOfDiskFull();
        } else {
            toxics.end(name, fault);
        }
    }

    /** The proxy as it was, if anything could have changed it. */
    void heal() throws FaultFailure {
        if (anyOfTheNetwork) {
            toxics.heal();
        }
    }

    /** How long the primary's address led nowhere. */
    Duration failOver(Fault.Failover failover) throws FaultFailure {
        try {
            return servers.failOver(failover.promote(), failover.planned());
        } catch (EnvironmentException e) {
            throw new FaultFailure("the failover to " + failover.promote() + " failed: " + e.getMessage(), e);
        }
    }

    /** Who leads then, and how long the address took no writes. */
    Succession elect(Fault.Election election) throws FaultFailure {
        try {
            return servers.elect(election.planned());
        } catch (EnvironmentException e) {
            throw new FaultFailure("the failover of the cluster failed: " + e.getMessage(), e);
        }
    }

    private void begin(Fault.ServerFault deed) throws FaultFailure {
        try {
            switch (deed) {
                case Fault.Pause pause -> servers.pause(deed.of());
                case Fault.Crash crash -> servers.crash(deed.of());
            }
        } catch (EnvironmentException e) {
            throw new FaultFailure(deed.kind() + " of the server failed: " + e.getMessage(), e);
        }
    }

    private void begin(Fault.DiskFull full) throws FaultFailure {
        try {
            servers.fillDisk(full.leaveBytes());
        } catch (EnvironmentException e) {
            throw new FaultFailure("the disk could not be filled: " + e.getMessage(), e);
        }
    }

    private void endOfDiskFull() throws FaultFailure {
        try {
            servers.freeDisk();
        } catch (EnvironmentException e) {
            throw new FaultFailure(
                    "the server could not be brought back after its disk was full: " + e.getMessage(), e);
        }
    }

    private void end(Fault.ServerFault deed) throws FaultFailure {
        try {
            switch (deed) {
                case Fault.Pause pause -> servers.resume(deed.of());
                case Fault.Crash crash -> servers.restart(deed.of());
            }
        } catch (EnvironmentException e) {
            throw new FaultFailure(
                    "the server could not be brought back after the " + deed.kind() + ": " + e.getMessage(), e);
        }
    }
}
