package dev.rehearsal.fault;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.scenario.Fault;
import dev.rehearsal.scenario.ServerNames;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What the report says about faults, in whole sentences. */
final class Sentences {
    private Sentences() {}

    /** What is about to be done. */
    static String description(Fault fault) {
        String until =
                fault.duration().map(duration -> " for " + words(duration)).orElse(" until the stage ends");
        return switch (fault) {
            case Fault.Latency latency -> "Bytes " + way(latency) + " are delayed by " + delay(latency) + until + ".";
            case Fault.Bandwidth bandwidth ->
                bandwidth.kilobytesPerSecond() == 0
                        ? "No bytes get " + way(bandwidth) + until + "; none are lost."
                        : "Bytes " + way(bandwidth) + " get through at " + bandwidth.kilobytesPerSecond()
                                + " kB/s a connection" + until + ".";
            case Fault.Timeout timeout ->
                "Bytes " + way(timeout) + " are dropped" + until
                        + (timeout.timeout().isZero()
                                ? "; connections are closed when it ends."
                                : ", and connections without any are closed after " + words(timeout.timeout()) + ".");
            case Fault.ResetPeer reset ->
                "Connections that send bytes " + way(reset) + " are reset"
                        + (reset.timeout().isZero() ? "" : " after " + words(reset.timeout())) + until + ".";
            case Fault.SlowClose slowClose ->
                "The end of connections " + way(slowClose) + " arrives " + words(slowClose.delay()) + " late" + until
                        + ".";
            case Fault.Slicer slicer -> "Bytes " + way(slicer) + " arrive in pieces of " + pieces(slicer) + until + ".";
            case Fault.LimitData limit ->
                "Connections are closed after " + limit.bytes() + " bytes " + way(limit) + until + ".";
            case Fault.Down down -> "Every connection" + to(down) + " is closed and new ones are refused" + until + ".";
            case Fault.Pause pause ->
                "Every process of " + server(pause) + " stands still" + until + "; connections stay open.";
            case Fault.Partition partition ->
                "The link between the primary and " + partition.replica() + " is cut both ways" + until + ".";
            case Fault.Failover failover ->
                (failover.planned() ? "The primary is shut down" : "Every process of the primary is killed at once")
                        + ", " + failover.promote() + " is promoted, and the primary's address leads to it.";
            case Fault.Election election ->
                election.planned()
                        ? "Patroni is asked for a switchover: it shuts the leader down and makes another member the leader."
                        : "The cluster's leader is killed by the command of the scenario, and Patroni decides who leads.";
            case Fault.Crash crash ->
                "Every process of " + server(crash) + " is killed at once; it is started again"
                        + crash.duration()
                                .map(duration -> " " + words(duration) + " later")
                                .orElse("") + ".";
            case Fault.DiskFull full ->
                "The disk of the server's tables and write-ahead log is filled up" + left(full) + until + ".";
            case Fault.Blocker blocker ->
                "A transaction of somebody else's runs \"" + cut(blocker.sql()) + "\" and stays open for "
                        + words(blocker.hold()) + ".";
        };
    }

    /** What was done, to be said when a network fault has been taken back. */
    static String effect(Fault fault, Duration lasted) {
        String time = " for " + words(lasted);
        return switch (fault) {
            case Fault.Latency latency -> "Delayed bytes " + way(latency) + " by " + delay(latency) + time + ".";
            case Fault.Bandwidth bandwidth ->
                bandwidth.kilobytesPerSecond() == 0
                        ? "Held back bytes " + way(bandwidth) + time + "."
                        : "Let bytes " + way(bandwidth) + " through at " + bandwidth.kilobytesPerSecond() + " kB/s"
                                + time + ".";
            case Fault.Timeout timeout -> "Dropped bytes " + way(timeout) + time + ", then closed the connections.";
            case Fault.ResetPeer reset -> "Reset connections that sent bytes " + way(reset) + time + ".";
            case Fault.SlowClose slowClose ->
                "Held back the end of connections " + way(slowClose) + " by " + words(slowClose.delay()) + time + ".";
            case Fault.Slicer slicer -> "Cut bytes " + way(slicer) + " into pieces of " + pieces(slicer) + time + ".";
            case Fault.LimitData limit ->
                "Closed connections after " + limit.bytes() + " bytes " + way(limit) + time + ".";
            case Fault.Down down ->
                "Kept " + (isLink(down) ? down.of() + " down" : server(down) + " out of reach") + time + ".";
            case Fault.Pause pause -> "Had every process of " + server(pause) + " stand still" + time + ".";
            case Fault.Partition partition ->
                "Cut the link between the primary and " + partition.replica() + time + ".";
            case Fault.Failover failover ->
                (failover.planned() ? "Shut the primary down" : "Killed the primary") + " and promoted "
                        + failover.promote() + ", which took its place after " + words(lasted) + ".";
            case Fault.Election election -> "Had the cluster decide who leads it" + time + ".";
            case Fault.Crash crash ->
                "Killed every process of " + server(crash) + "; started again and recovered, it answered after "
                        + words(lasted) + ".";
            case Fault.DiskFull full ->
                "Kept the server's disk full" + left(full) + "; after " + words(lasted)
                        + " it had room again and the server answered.";
            case Fault.Blocker blocker -> "Kept a transaction open" + time + ".";
        };
    }

    /** What became of a cluster that has lost its leader. */
    static String effect(Fault.Election election, Succession succession) {
        String deed = election.planned()
                ? "Asked Patroni for a switchover from " + succession.from()
                : "Killed the leader, " + succession.from();
        return deed
                + (succession.to().equals(succession.from())
                        ? ", which Patroni let lead on: it took writes again "
                        : "; Patroni made " + succession.to() + " the leader, which took writes ")
                + words(succession.after()) + " later. For " + words(succession.without())
                + " of them the cluster's address took none.";
    }

    private static String left(Fault.DiskFull full) {
        return full.leaveBytes() == 0 ? "" : " but for " + (full.leaveBytes() >> 10) + " kB";
    }

    private static String delay(Fault.Latency latency) {
        return words(latency.delay()) + (latency.jitter().isZero() ? "" : " ± " + words(latency.jitter()));
    }

    private static String pieces(Fault.Slicer slicer) {
        String size = slicer.averageSizeBytes()
                + (slicer.sizeVariationBytes() == 0 ? "" : " ± " + slicer.sizeVariationBytes()) + " bytes";
        long micros = TimeUnit.NANOSECONDS.toMicros(slicer.delay().toNanos());
        if (micros == 0) {
            return size;
        }
        return size + ", " + (micros % 1000 == 0 ? words(slicer.delay()) : micros + " µs") + " apart";
    }

    private static String way(Fault.NetworkFault fault) {
        return switch (fault.direction()) {
            case DOWNSTREAM ->
                isLink(fault)
                        ? "from the primary to the replica (" + fault.of() + ")"
                        : "from " + server(fault) + " to its clients";
            case UPSTREAM ->
                isLink(fault)
                        ? "from the replica to the primary (" + fault.of() + ")"
                        : "from the clients to " + server(fault);
        };
    }

    private static boolean isLink(Fault fault) {
        return ServerNames.isLink(fault.of());
    }

    private static String to(Fault fault) {
        return isLink(fault) ? " of " + fault.of() : " to " + server(fault);
    }

    /** There is but one that needs no name. */
    private static String server(Fault fault) {
        return fault.of().equals(ServerNames.PRIMARY) ? "the server" : fault.of();
    }

    static String words(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        double seconds = duration.toNanos() / 1e9;
        return seconds == Math.rint(seconds) ? (long) seconds + " s" : String.format(Locale.ROOT, "%.2f s", seconds);
    }

    private static String cut(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 199) + "…";
    }
}
