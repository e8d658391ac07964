package dev.rehearsal.compare;

import dev.rehearsal.compare.Growth.Measured;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One scenario over a grid of rates and sizes: what grows with what, and up to which rate its objectives hold.
 *
 * @param points in the order in which they were run
 */
public record Sweep(String scenario, List<Point> points) {
    public Sweep {
        points = List.copyOf(points);
    }

    /**
     * One run of it.
     *
     * @param rate times the scenario's rates
     * @param scale times the scenario's rows
     * @param directory relative to the sweep's own
     * @param table of which the longest hold was, or the largest
     * @param hold the longest lock that stopped writes; empty if there was none
     * @param migrationNanos empty if it did not come to its end
     * @param p99Nanos of all responses during the migration
     */
    public record Point(
            double rate,
            double scale,
            String directory,
            double arrivalsPerSecond,
            String table,
            long rows,
            Verdict.Status verdict,
            Optional<LockHeld> hold,
            Optional<Long> migrationNanos,
            Optional<Long> p99Nanos) {
        public static Point of(double rate, double scale, String directory, RunRecord run, Verdict verdict) {
            Map<String, Long> rows =
                    run.dataset().map(dataset -> dataset.rows()).orElse(Map.of());
            Optional<LockHeld> hold = Holds.longest(run);
            String table = hold.map(LockHeld::relation)
                    .filter(rows::containsKey)
                    .or(() -> rows.entrySet().stream()
                            .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                            .map(Map.Entry::getKey))
                    .orElse("");
            return new Point(
                    rate,
                    scale,
                    directory,
                    run.started().highestRate(),
                    table,
                    rows.getOrDefault(table, 0L),
                    verdict.status(),
                    hold,
                    Holds.migrationNanos(run),
                    verdict.stages().stream()
                            .filter(stage -> stage.stage() == Stage.MIGRATION)
                            .map(StageStatistics::overall)
                            .filter(all -> all.arrivals() > 0)
                            .map(all -> all.response().percentileNanos(99))
                            .findFirst());
        }
    }

    /** The longest hold against rows; empty if there are not two sizes. */
    public Optional<Growth> hold() {
        return Growth.of(points.stream()
                .flatMap(point -> point.hold().stream()
                        .map(lock -> new Measured(point.rows(), lock.heldNanos(), lock.errorNanos())))
                .toList());
    }

    /** The migration's duration against rows; empty if there are not two sizes. */
    public Optional<Growth> duration() {
        return Growth.of(points.stream()
                .flatMap(point -> point.migrationNanos().stream().map(nanos -> new Measured(point.rows(), nanos, 0)))
                .toList());
    }

    /** Times the scenario's rates: the highest at which it passed, with none below it at which it did not; empty if there is none. */
    public OptionalDouble highestRate() {
        double end = lowestRateThatDoesNotHold().orElse(Double.MAX_VALUE);
        return points.stream()
                .filter(point -> point.verdict() == Verdict.Status.PASSED && point.rate() < end)
                .mapToDouble(Point::rate)
                .max();
    }

    /** Times the scenario's rates: the lowest at which it did not pass; empty if it passed at all. */
    public OptionalDouble lowestRateThatDoesNotHold() {
        return points.stream()
                .filter(point -> point.verdict() != Verdict.Status.PASSED)
                .mapToDouble(Point::rate)
                .min();
    }

    /** The rate to try next, between the highest that holds and the lowest that does not; empty if the limit is not between two. */
    public OptionalDouble bisected() {
        OptionalDouble low = highestRate();
        OptionalDouble high = lowestRateThatDoesNotHold();
        return low.isPresent() && high.isPresent() && low.getAsDouble() < high.getAsDouble()
                ? OptionalDouble.of(Math.sqrt(low.getAsDouble() * high.getAsDouble()))
                : OptionalDouble.empty();
    }

    /** By rate, then by rows. */
    public List<Point> sorted() {
        return points.stream()
                .sorted(Comparator.comparingDouble(Point::rate).thenComparingLong(Point::rows))
                .toList();
    }

    public boolean variesRate() {
        return points.stream().mapToDouble(Point::rate).distinct().count() > 1;
    }
}
