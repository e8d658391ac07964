package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Curve;
import dev.rehearsal.report.ReportData.Point;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Response and service time by percentile, in the baseline and in the migration. The gap between the two of one stage is what waited outside of the
 * server, in front of it: a tool that starts its clock there never sees it.
 *
 * <p>Percentiles come ever closer to 100, five for each halving of what is left, as HdrHistogram prints them; a curve ends where its requests are
 * too few for the next.
 */
final class PercentileCurves {
    private static final List<Stage> STAGES = List.of(Stage.BASELINE, Stage.MIGRATION);
    private static final int POINTS_PER_HALVING = 5;
    private static final double CLOSEST = 99.9999;

    private PercentileCurves() {}

    static List<Curve> of(Verdict verdict) {
        return STAGES.stream()
                .flatMap(word -> stage(verdict, word).stream())
                .flatMap(stage -> Stream.concat(Stream.of(stage.overall()), operations(stage))
                        .flatMap(statistics -> Stream.of(
                                curve(stage, "response", statistics, statistics.response()),
                                curve(stage, "service", statistics, statistics.serviceTime()))))
                .filter(curve -> !curve.points().isEmpty())
                .toList();
    }

    /** Versions of an operation together, as in the other charts. */
    private static Stream<OperationStatistics> operations(StageStatistics stage) {
        record Name(String service, String operation) {}
        return stage.operations().stream()
                .map(o -> new Name(o.service(), o.operation()))
                .distinct()
                .map(name -> stage.of(Optional.of(name.service()), Optional.of(name.operation())));
    }

    private static Curve curve(StageStatistics stage, String measure, OperationStatistics statistics, Timings timings) {
        return new Curve(
                stage.stage().word(),
                measure,
                statistics.service(),
                statistics.operation(),
                timings.count(),
                points(timings));
    }

    private static List<Point> points(Timings timings) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; ; i++) {
            double percentile = 100 - 100 * Math.pow(2, -(double) i / POINTS_PER_HALVING);
            if (percentile > CLOSEST || timings.count() < Math.max(1, Timings.requestsNeeded(percentile))) {
                return points;
            }
            points.add(new Point(
                    Math.round(percentile * 1e4) / 1e4,
                    Math.round(timings.percentileMillis(Math.max(percentile, 0.0001)) * 1000) / 1000.0));
        }
    }

    private static Optional<StageStatistics> stage(Verdict verdict, Stage word) {
        return verdict.stages().stream().filter(s -> s.stage() == word).findFirst();
    }

    /** The curves of all requests, said with figures. */
    static String described(Verdict verdict) {
        return STAGES.stream()
                .flatMap(word -> stage(verdict, word).stream())
                .filter(stage -> stage.overall().arrivals() > 0)
                .map(stage -> "In the " + stage.stage().word() + ", of "
                        + Quantities.count(stage.overall().arrivals()) + " requests: "
                        + figures("response", stage.overall().response())
                        + (stage.overall().serviceTime().count() == 0
                                ? ""
                                : "; "
                                        + figures(
                                                "service time alone",
                                                stage.overall().serviceTime()))
                        + ".")
                .collect(Collectors.joining(" "));
    }

    private static String figures(String measure, Timings timings) {
        return measure
                + Stream.of(50.0, 99.0, 99.9)
                        .filter(percentile -> timings.count() >= Timings.requestsNeeded(percentile))
                        .map(percentile -> " p" + (percentile == 99.9 ? "99.9" : String.valueOf(percentile.intValue()))
                                + " " + Quantities.duration(timings.percentileNanos(percentile)))
                        .collect(Collectors.joining(","));
    }
}
