package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Refuses faults that leave each other nothing to do: while no byte passes, nothing can be done to bytes; while a server stands still, nothing can
 * be done to it.
 *
 * <p>Knows of those that begin by the same step or stage; how far apart two steps are is known only when they run.
 */
final class FaultOverlaps {
    /** From the kill of the old primary until the new one is in its place, generously. */
    private static final Duration FAILOVER_TAKES = Duration.ofSeconds(5);

    /** Until a cluster has another leader: with Patroni's own settings the old one's lease runs for 30 s. */
    private static final Duration ELECTION_TAKES = Duration.ofSeconds(45);

    private final List<Known> known = new ArrayList<>();

    private record Known(Fault fault, String path) {}

    /**
     * When a fault is there.
     *
     * @param anchor what its times are counted from
     * @param end empty: long after
     */
    private record Span(String anchor, Duration start, Optional<Duration> end) {
        static Span of(Fault fault) {
            String anchor = switch (fault.cue()) {
                case Cue.BeforeStep before -> "step " + before.step();
                case Cue.AfterStepStart after -> "step " + after.step();
                case Cue.AfterStageStart after -> "stage " + after.stage().word();
                case Cue.Committing committing -> "commit of " + committing.step();
                case Cue.InPhase inPhase ->
                    "phase " + inPhase.phase()
                            + inPhase.step().map(step -> " of " + step).orElse("");
                case Cue.LockQueued queued -> "queue for " + queued.table();
                case Cue.LockHeld held -> "lock on " + held.table();
            };
            Duration start = switch (fault.cue()) {
                case Cue.BeforeStep before -> before.lead().negated();
                case Cue.AfterStepStart after -> after.delay();
                case Cue.AfterStageStart after -> after.delay();
                case Cue.Committing committing -> Duration.ZERO;
                case Cue.InPhase inPhase -> Duration.ZERO;
                case Cue.OnLock onLock -> Duration.ZERO;
            };
            Optional<Duration> lasts = fault instanceof Fault.Failover
                    ? Optional.of(FAILOVER_TAKES)
                    : fault instanceof Fault.Election ? Optional.of(ELECTION_TAKES) : fault.duration();
            return new Span(anchor, start, lasts.map(start::plus));
        }

        boolean overlaps(Span other) {
            return anchor.equals(other.anchor) && beginsBeforeTheEndOf(other) && other.beginsBeforeTheEndOf(this);
        }

        private boolean beginsBeforeTheEndOf(Span other) {
            return other.end.isEmpty() || start.compareTo(other.end.get()) < 0;
        }
    }

    /** Compares a fault with those that it was told of before. */
    void check(Fault fault, Value value) {
        for (Known other : known) {
            if (promotesTwice(fault, other.fault)) {
                value.problem("promotes a replica that " + other.path
                        + " has made the primary already; promote another one, or keep one of them");
                break;
            }
            if (contradict(fault, other.fault) && Span.of(fault).overlaps(Span.of(other.fault))) {
                value.problem("overlaps " + other.path + " (" + other.fault.kind() + "), and " + why(fault, other.fault)
                        + " has nothing to act on; let one end before the other begins");
                break;
            }
        }
        known.add(new Known(fault, value.path()));
    }

    private static boolean promotesTwice(Fault fault, Fault other) {
        return fault instanceof Fault.Failover one
                && other instanceof Fault.Failover two
                && one.promote().equals(two.promote());
    }

    private static boolean contradict(Fault fault, Fault other) {
        if (fault instanceof Fault.Failover failover) {
            return contradicts(failover, other);
        }
        if (other instanceof Fault.Failover failover) {
            return contradicts(failover, fault);
        }
        if (fault instanceof Fault.Election || other instanceof Fault.Election) {
            // Of all else that can be done to a server at a url, the network's faults go on beside it.
            return fault.getClass() == other.getClass()
                    || fault instanceof Fault.Blocker
                    || other instanceof Fault.Blocker;
        }
        if (!fault.of().equals(other.of())) {
            return false;
        }
        if (fault instanceof Fault.DiskFull || other instanceof Fault.DiskFull) {
            // A server that goes down by it is started again when it ends, and so is one that another fault ends.
            return stopsTheServer(fault) && stopsTheServer(other);
        }
        if (fault instanceof Fault.Blocker || other instanceof Fault.Blocker) {
            // It reaches the server past the proxy, but lives no longer than the server.
            return fault instanceof Fault.Crash || other instanceof Fault.Crash;
        }
        boolean oneStopsAll = stopsAllBytes(fault) || stopsAllBytes(other);
        return oneStopsAll && sameWay(fault, other);
    }

    /**
     * It needs a primary to take the role from and a replica to give it to. A link that is cut is one way to lose what was written, but not where the
     * primary is to send everything first.
     */
    private static boolean contradicts(Fault.Failover failover, Fault other) {
        return switch (other) {
            case Fault.ServerFault server ->
                server.of().equals(ServerNames.PRIMARY) || server.of().equals(failover.promote());
            case Fault.Failover another -> true;
            case Fault.Election election -> true;
            case Fault.Blocker blocker -> true;
            case Fault.DiskFull full -> true;
            case Fault.NetworkFault network -> cutsOffBeforePlanned(failover, network);
            case Fault.Down down ->
                !ServerNames.replicas(EnvironmentSpec.Replication.MOST).contains(down.of());
            case Fault.Partition partition -> cutsOffBeforePlanned(failover, partition);
        };
    }

    private static boolean cutsOffBeforePlanned(Fault.Failover failover, Fault link) {
        return failover.planned() && stopsAllBytes(link) && link.of().equals(ServerNames.link(failover.promote()));
    }

    private static String why(Fault fault, Fault other) {
        boolean cutOff = (fault instanceof Fault.Failover one && cutsOffBeforePlanned(one, other))
                || (other instanceof Fault.Failover another && cutsOffBeforePlanned(another, fault));
        if (cutOff) {
            return "a planned failover waits until the replica has everything, which it cannot get meanwhile: the failover";
        }
        if (fault instanceof Fault.Election && other instanceof Fault.Election) {
            return "a cluster that is about to have another leader has none to take the role from: the second of them";
        }
        if (fault instanceof Fault.Election || other instanceof Fault.Election) {
            return "a transaction does not outlive its server: it";
        }
        if (fault instanceof Fault.Failover || other instanceof Fault.Failover) {
            return "a server cannot be promoted, or replaced, while it is away: one of the two";
        }
        if (fault instanceof Fault.DiskFull || other instanceof Fault.DiskFull) {
            return "both may take the server away and bring it back: the second of them";
        }
        if (other instanceof Fault.ServerFault) {
            return "the server does nothing during that, so this";
        }
        if (fault instanceof Fault.ServerFault) {
            return "the server does nothing during this, so that";
        }
        return stopsAllBytes(other) ? "no bytes pass during that, so this" : "no bytes pass during this, so that";
    }

    private static boolean stopsAllBytes(Fault fault) {
        return switch (fault) {
            case Fault.Down down -> true;
            case Fault.Timeout timeout -> true;
            case Fault.ResetPeer reset -> true;
            case Fault.Bandwidth bandwidth -> bandwidth.kilobytesPerSecond() == 0;
            case Fault.Latency latency -> false;
            case Fault.SlowClose slowClose -> false;
            case Fault.Slicer slicer -> false;
            case Fault.LimitData limit -> false;
            case Fault.ServerFault server -> true;
            case Fault.Partition partition -> true;
            case Fault.Failover failover -> true;
            case Fault.Election election -> true;
            case Fault.Blocker blocker -> false;
            case Fault.DiskFull full -> false;
        };
    }

    private static boolean stopsTheServer(Fault fault) {
        return fault instanceof Fault.ServerFault || fault instanceof Fault.DiskFull;
    }

    private static boolean sameWay(Fault one, Fault other) {
        return !(one instanceof Fault.NetworkFault here)
                || !(other instanceof Fault.NetworkFault there)
                || here.direction() == there.direction();
    }
}
