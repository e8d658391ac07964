package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that is broken on purpose. {@code duration} is the file's {@code for}; empty: until the stage that it began in ends.
 */
public sealed interface Fault {
    Cue cue();

    Optional<Duration> duration();

    /** The word of the scenario file. */
    String kind();

    /** What it is done to: a server, or a link between two, as {@link ServerNames} has them. */
    default String of() {
        return ServerNames.PRIMARY;
    }

    /** A fault of the network: between a server and its clients, or between two servers. */
    sealed interface NetworkFault extends Fault {
        /** Towards the client ({@code downstream}, Toxiproxy's default) or towards the server ({@code upstream}). */
        Direction direction();
    }

    /** Toxiproxy's two streams. */
    enum Direction {
        DOWNSTREAM,
        UPSTREAM
    }

    record Latency(
            String of, Cue cue, Optional<Duration> duration, Direction direction, Duration delay, Duration jitter)
            implements NetworkFault {
        @Override
        public String kind() {
            return "latency";
        }
    }

    /** @param kilobytesPerSecond 0: bytes wait until the fault ends, which is a clean stall */
    record Bandwidth(String of, Cue cue, Optional<Duration> duration, Direction direction, long kilobytesPerSecond)
            implements NetworkFault {
        @Override
        public String kind() {
            return "bandwidth";
        }
    }

    /** Drops all bytes, and closes the connection after {@code timeout} (0: only when the fault ends). */
    record Timeout(String of, Cue cue, Optional<Duration> duration, Direction direction, Duration timeout)
            implements NetworkFault {
        @Override
        public String kind() {
            return "timeout";
        }
    }

    /** Resets every connection after {@code timeout}. */
    record ResetPeer(String of, Cue cue, Optional<Duration> duration, Direction direction, Duration timeout)
            implements NetworkFault {
        @Override
        public String kind() {
            return "resetPeer";
        }
    }

    /** Passes the end of a connection on only after {@code delay}. */
    record SlowClose(String of, Cue cue, Optional<Duration> duration, Direction direction, Duration delay)
            implements NetworkFault {
        @Override
        public String kind() {
            return "slowClose";
        }
    }

    /**
     * Cuts bytes into small pieces, with a {@code delay} after each.
     *
     * @param averageSizeBytes of a piece
     * @param sizeVariationBytes more or less than the average, which is larger
     */
    record Slicer(
            String of,
            Cue cue,
            Optional<Duration> duration,
            Direction direction,
            long averageSizeBytes,
            long sizeVariationBytes,
            Duration delay)
            implements NetworkFault {
        @Override
        public String kind() {
            return "slicer";
        }
    }

    /** Closes every connection after so many bytes, counted from the fault's begin. */
    record LimitData(String of, Cue cue, Optional<Duration> duration, Direction direction, long bytes)
            implements NetworkFault {
        @Override
        public String kind() {
            return "limitData";
        }
    }

    /** Closes every connection and refuses new ones. */
    record Down(String of, Cue cue, Optional<Duration> duration) implements Fault {
        @Override
        public String kind() {
            return "down";
        }
    }

    /** A fault of the server itself: of every one of its processes. Always has a duration. */
    sealed interface ServerFault extends Fault {}

    /** Stops every process of the server where it is (SIGSTOP), and lets them go on after {@code duration}: connections stay open. */
    record Pause(String of, Cue cue, Optional<Duration> duration) implements ServerFault {
        @Override
        public String kind() {
            return "pause";
        }
    }

    /**
     * Kills every process of the server at once (SIGKILL), and after {@code duration} starts it again over the same data, which it recovers first.
     */
    record Crash(String of, Cue cue, Optional<Duration> duration) implements ServerFault {
        @Override
        public String kind() {
            return "crash";
        }
    }

    /**
     * Fills up the disk that the primary has for its tables and write-ahead log, {@link EnvironmentSpec#disk}, and makes room on it again after
     * {@code duration}, which it always has. A server that went down by it is started again then.
     *
     * @param leaveBytes that stay free
     */
    record DiskFull(Cue cue, Optional<Duration> duration, long leaveBytes) implements Fault {
        @Override
        public String kind() {
            return "diskFull";
        }
    }

    /** Cuts the link between the primary and a replica: bytes go lost both ways, and neither hears of it. */
    record Partition(String replica, Cue cue, Optional<Duration> duration) implements Fault {
        @Override
        public String of() {
            return ServerNames.link(replica);
        }

        @Override
        public String kind() {
            return "partition";
        }
    }

    /**
     * Makes a replica the primary; the address of the primary leads to it from then on, and the old primary is gone for good. It is over when that
     * is done.
     *
     * @param promote the replica
     * @param planned whether the old primary is shut down first and has sent everything; else it is killed at once, as by {@link Crash}
     */
    record Failover(Cue cue, String promote, boolean planned) implements Fault {
        @Override
        public Optional<Duration> duration() {
            return Optional.empty();
        }

        @Override
        public String kind() {
            return "failover";
        }
    }

    /**
     * Has a cluster that is not the harness's own make another of its members the leader: the address leads there by whatever the cluster has for that.
     * Who it is the cluster decides. It is over when that is done.
     *
     * @param planned whether Patroni is asked for a switchover; else the leader is killed by the scenario's own command, and Patroni sees to the rest
     */
    record Election(Cue cue, boolean planned) implements Fault {
        @Override
        public Optional<Duration> duration() {
            return Optional.empty();
        }

        @Override
        public String kind() {
            return "failover";
        }
    }

    /** A long transaction of somebody else's: runs {@code sql} in a transaction and keeps that open for {@code hold}. */
    record Blocker(Cue cue, String sql, Duration hold) implements Fault {
        @Override
        public Optional<Duration> duration() {
            return Optional.of(hold);
        }

        @Override
        public String kind() {
            return "blocker";
        }
    }
}
