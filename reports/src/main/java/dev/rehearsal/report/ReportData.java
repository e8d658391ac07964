package dev.rehearsal.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What the charts of {@code report.html} draw: the page's script reads exactly this, as JSON.
 *
 * <p>All times are milliseconds relative to {@code zero}: the start of the migration (of the first stage, in a run that never came to its
 * migration), so that the baseline lies before 0. Series by bucket have one value a bucket, empty where nothing was observed.
 *
 * @param zeroNanos where 0 lies, in nanoseconds since the run's origin, as in {@code events.ndjson}
 * @param bucketMillis width of a bucket; the first begins at {@code fromMillis}
 */
public record ReportData(
        long zeroNanos,
        double fromMillis,
        double toMillis,
        double bucketMillis,
        List<Band> stages,
        List<Band> steps,
        List<Band> faults,
        List<Limit> limits,
        List<OperationSeries> operations,
        Locks locks,
        Load load,
        Server server,
        List<ReplicaSeries> replicas,
        List<Curve> curves,
        Descriptions descriptions) {
    public ReportData {
        stages = List.copyOf(stages);
        steps = List.copyOf(steps);
        faults = List.copyOf(faults);
        limits = List.copyOf(limits);
        operations = List.copyOf(operations);
        replicas = List.copyOf(replicas);
        curves = List.copyOf(curves);
    }

    /**
     * Something that went on for a while.
     *
     * @param kind of a stage its word, of a step {@code migration} or {@code rollback}, of a fault its kind
     * @param status of a step, in lower case; else empty
     */
    public record Band(String label, String kind, String status, double fromMillis, double toMillis) {}

    /** A latency objective's bound, drawn over the stage it is for. */
    public record Limit(String label, double millis, double fromMillis, double toMillis) {}

    /**
     * Response time of one operation, by planned arrival.
     *
     * @param p50 by bucket, milliseconds
     * @param max by bucket, milliseconds: never smoothed away
     * @param p99 of windows of at most a second, or of whole stages where an operation has too few requests for that
     */
    public record OperationSeries(
            String service,
            String operation,
            boolean writes,
            List<OptionalDouble> p50,
            List<OptionalDouble> max,
            List<Level> p99) {
        public OperationSeries {
            p50 = List.copyOf(p50);
            max = List.copyOf(max);
            p99 = List.copyOf(p99);
        }
    }

    /** The quantile of all requests whose planned arrival lies in a window. */
    public record Level(double fromMillis, double toMillis, double millis) {}

    /**
     * @param waits of everybody but the migration, the longest of them if there are too many to draw
     * @param waitRows how many rows the waits need so that none covers another
     * @param waitsLeftOut how many shorter ones are not drawn
     */
    public record Locks(
            List<Lane> lanes, List<Bar> bars, List<Wait> waits, int waitRows, int lanesLeftOut, int waitsLeftOut) {
        public Locks {
            lanes = List.copyOf(lanes);
            bars = List.copyOf(bars);
            waits = List.copyOf(waits);
        }
    }

    /** @param blocks {@code everyone}, {@code writers}, {@code schema} (other migrations only), {@code nobody} */
    public record Lane(String label, String blocks) {}

    /**
     * A lock in its lane: asked for at {@code waitFromMillis}, held from {@code fromMillis} to {@code toMillis}.
     *
     * @param fromMillis equal to {@code toMillis} if it was never granted
     */
    public record Bar(
            int lane,
            double waitFromMillis,
            double fromMillis,
            double toMillis,
            double errorMillis,
            String what,
            String outcome) {}

    /** @param row from 0 */
    public record Wait(int row, double fromMillis, double toMillis, String who, String what, String outcome) {}

    /** By planned arrival, a value a bucket. */
    public record Load(List<Double> arrivalsPerSecond, List<Double> failuresPerSecond) {
        public Load {
            arrivalsPerSecond = List.copyOf(arrivalsPerSecond);
            failuresPerSecond = List.copyOf(failuresPerSecond);
        }
    }

    /** @param waitEvents what active backends were at, those of most backends first */
    public record Server(List<String> waitEvents, List<Sample> samples) {
        public Server {
            waitEvents = List.copyOf(waitEvents);
            samples = List.copyOf(samples);
        }
    }

    /**
     * Rates and counts of events are since the sample before; empty is what was not sampled.
     *
     * @param activeByEvent a number for each of {@link Server#waitEvents}, or none at all
     * @param serverCpuPercent negative where it cannot be measured
     */
    public record Sample(
            double atMillis,
            int activeBackends,
            int waitingForLocks,
            double walBytesPerSecond,
            double serverCpuPercent,
            double machineCpuPercent,
            OptionalDouble generatorCpuPercent,
            List<Integer> activeByEvent,
            OptionalDouble autovacuumWorkers,
            OptionalDouble checkpoints,
            OptionalDouble blocksReadPerSecond,
            OptionalDouble buffersWrittenPerSecond) {
        public Sample {
            activeByEvent = List.copyOf(activeByEvent);
        }
    }

    /** How far a replica was behind. */
    public record ReplicaSeries(String replica, List<Lag> lag) {
        public ReplicaSeries {
            lag = List.copyOf(lag);
        }
    }

    /** @param millis the most since the point before, within what the replica watch knows; empty where the line has a gap, because nobody knows */
    public record Lag(double atMillis, OptionalDouble millis) {}

    /**
     * The percentiles of what requests of one stage felt, as far as their number supports them.
     *
     * @param stage its word
     * @param measure {@code response} from the planned arrival, or {@code service} from the connection
     * @param service empty: of all services, as is {@code operation}
     * @param requests behind it
     */
    public record Curve(
            String stage, String measure, String service, String operation, long requests, List<Point> points) {
        public Curve {
            points = List.copyOf(points);
        }
    }

    /** @param percentile at least 0, below 100 */
    public record Point(double percentile, double millis) {}

    /** What a chart shows, in words with figures, for those who cannot see it. */
    public record Descriptions(
            String response, String locks, String load, String replicas, String server, String curves) {}
}
