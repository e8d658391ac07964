package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Lag;
import dev.rehearsal.report.ReportData.ReplicaSeries;
import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.run.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How far each replica was behind, to be drawn: one line a replica. */
final class ReplicaLines {
    private static final int MOST_POINTS = 1500;
    /** Replicas are asked ten times a second; one that was not heard for this long is away, and a line over that time would be made up. */
    private static final long SILENCE_NANOS = 1_000_000_000;

    private ReplicaLines() {}

    /** In the order in which they were first heard. */
    static List<ReplicaSeries> of(RunRecord run, TimeAxis axis) {
        return run.replicaSamples().stream()
                .map(ReplicaSampled::replica)
                .distinct()
                .map(replica -> new ReplicaSeries(replica, points(heard(run, axis, replica), axis)))
                .filter(series -> !series.lag().isEmpty())
                .toList();
    }

    private static List<ReplicaSampled> heard(RunRecord run, TimeAxis axis, String replica) {
        return run.replicaSamples().stream()
                .filter(sample -> sample.replica().equals(replica))
                .filter(sample -> sample.atNanos() >= axis.fromNanos() && sample.atNanos() <= axis.toNanos())
                .toList();
    }

    /** Of a long run the worst of every n: a peak is never left out. */
    private static List<Lag> points(List<ReplicaSampled> heard, TimeAxis axis) {
        int every = Math.max(1, (heard.size() + MOST_POINTS - 1) / MOST_POINTS);
        List<Lag> points = new ArrayList<>();
        long last = Long.MAX_VALUE;
        long worst = 0;
        int kept = 0;
        for (ReplicaSampled sample : heard) {
            if (last != Long.MAX_VALUE && sample.atNanos() - last > SILENCE_NANOS) {
                if (kept > 0) {
                    points.add(point(axis, last, worst));
                    kept = 0;
                    worst = 0;
                }
                points.add(new Lag(axis.millis(last), OptionalDouble.empty()));
            }
            worst = Math.max(worst, sample.lagNanos());
            last = sample.atNanos();
            if (++kept == every) {
                points.add(point(axis, last, worst));
                kept = 0;
                worst = 0;
            }
        }
        if (kept > 0) {
            points.add(point(axis, last, worst));
        }
        return points;
    }

    private static Lag point(TimeAxis axis, long atNanos, long lagNanos) {
        return new Lag(axis.millis(atNanos), OptionalDouble.of(Math.round(lagNanos / 1e3) / 1e3));
    }
}
