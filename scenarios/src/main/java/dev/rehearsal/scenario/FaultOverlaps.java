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
                case Cue.LockQueued queued -> "queue for " + queued.table();
                case Cue.LockHeld held -> "lock on " + held.table();
            };
            Duration start = switch (fault.cue()) {
                case Cue.BeforeStep before -> before.lead().negated();
                case Cue.AfterStepStart after -> after.delay();
                case Cue.AfterStageStart after -> after.delay();
                case Cue.OnLock onLock -> Duration.ZERO;
            };
            return new Span(anchor, start, fault.duration().map(start::plus));
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
            if (contradict(fault, other.fault) && Span.of(fault).overlaps(Span.of(other.fault))) {
                value.problem("overlaps " + other.path + " (" + other.fault.kind() + "), and " + why(fault, other.fault)
                        + " has nothing to act on; let one end before the other begins");
                break;
            }
        }
        known.add(new Known(fault, value.path()));
    }

    private static boolean contradict(Fault fault, Fault other) {
        if (fault instanceof Fault.Blocker || other instanceof Fault.Blocker) {
            // It reaches the server past the proxy, but lives no longer than the server.
            return fault instanceof Fault.Crash || other instanceof Fault.Crash;
        }
        boolean oneStopsAll = stopsAllBytes(fault) || stopsAllBytes(other);
        return oneStopsAll && sameWay(fault, other);
    }

    private static String why(Fault fault, Fault other) {
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
            case Fault.Blocker blocker -> false;
        };
    }

    private static boolean sameWay(Fault one, Fault other) {
        return !(one instanceof Fault.NetworkFault here)
                || !(other instanceof Fault.NetworkFault there)
                || here.direction() == there.direction();
    }
}
