package dev.rehearsal.report;

import dev.rehearsal.report.ReportData.Sample;
import dev.rehearsal.run.RunEvent.ServerActivity;
import dev.rehearsal.run.RunEvent.ServerSampled;
import dev.rehearsal.run.RunEvent.ServerTotals;
import dev.rehearsal.run.RunRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The server's picture, to be drawn. Of a long run a point stands for several samples: the most of what was counted, rates over all of them. */
final class ServerLines {
    private static final String OTHER_EVENTS = "other";

    private static final int MOST_POINTS = 1500;
    private static final int MOST_EVENTS = 5;

    private final List<ServerSampled> seen;
    private final TimeAxis axis;
    private final List<String> events;

    private ServerLines(RunRecord run, TimeAxis axis) {
        this.seen = run.samples().stream()
                .filter(sample -> sample.atNanos() >= axis.fromNanos() && sample.atNanos() <= axis.toNanos())
                .toList();
        this.axis = axis;
        this.events = mostSeen(seen);
    }

    static ReportData.Server of(RunRecord run, TimeAxis axis) {
        ServerLines lines = new ServerLines(run, axis);
        return new ReportData.Server(lines.events, lines.points());
    }

    /** What active backends were at, most of all first; more than a few cannot be told apart by colour, so the rest is one. */
    private static List<String> mostSeen(List<ServerSampled> samples) {
        Map<String, Integer> backends = new HashMap<>();
        samples.stream()
                .flatMap(sample -> sample.activity().stream())
                .forEach(activity ->
                        activity.activeByWait().forEach((event, count) -> backends.merge(event, count, Integer::sum)));
        List<String> byNumber = backends.keySet().stream()
                .sorted(Comparator.comparing((String event) -> -backends.get(event))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        if (byNumber.size() <= MOST_EVENTS) {
            return byNumber;
        }
        List<String> most = new ArrayList<>(byNumber.subList(0, MOST_EVENTS));
        most.add(OTHER_EVENTS);
        return most;
    }

    private List<Sample> points() {
        int every = Math.max(1, (seen.size() + MOST_POINTS - 1) / MOST_POINTS);
        List<Sample> points = new ArrayList<>();
        for (int i = every; i < seen.size(); i += every) {
            points.add(point(seen.get(i - every), seen.subList(i - every + 1, i + 1)));
        }
        return points;
    }

    private Sample point(ServerSampled before, List<ServerSampled> samples) {
        ServerSampled now = samples.getLast();
        double seconds = Math.max(1, now.atNanos() - before.atNanos()) / 1e9;
        return new Sample(
                axis.millis(now.atNanos()),
                samples.stream().mapToInt(ServerSampled::activeBackends).max().orElse(0),
                samples.stream().mapToInt(ServerSampled::waitingForLocks).max().orElse(0),
                Math.max(0, Math.round((now.walBytesTotal() - before.walBytesTotal()) / seconds)),
                percent(now.serverCpuFraction()),
                percent(now.machineCpuFraction()),
                generatorPercent(samples),
                byEvent(samples),
                most(samples, ServerActivity::autovacuumWorkers),
                counted(before, now, ServerTotals::checkpoints),
                rate(before, now, ServerTotals::blocksRead),
                rate(before, now, ServerTotals::buffersWritten));
    }

    private static OptionalDouble generatorPercent(List<ServerSampled> samples) {
        OptionalDouble fraction = most(samples, ServerActivity::generatorCpuFraction);
        return fraction.isPresent() && fraction.getAsDouble() >= 0
                ? OptionalDouble.of(percent(fraction.getAsDouble()))
                : OptionalDouble.empty();
    }

    private List<Integer> byEvent(List<ServerSampled> samples) {
        List<ServerActivity> activities =
                samples.stream().flatMap(sample -> sample.activity().stream()).toList();
        if (activities.isEmpty()) {
            return List.of();
        }
        return events.stream()
                .map(event -> activities.stream()
                        .mapToInt(activity -> backends(activity, event))
                        .max()
                        .orElse(0))
                .toList();
    }

    private int backends(ServerActivity activity, String event) {
        if (!event.equals(OTHER_EVENTS)) {
            return activity.activeByWait().getOrDefault(event, 0);
        }
        return activity.activeByWait().entrySet().stream()
                .filter(entry -> !events.contains(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static OptionalDouble most(List<ServerSampled> samples, ToDoubleFunction<ServerActivity> value) {
        return samples.stream()
                .flatMap(sample -> sample.activity().stream())
                .mapToDouble(value)
                .max();
    }

    /** A server that took the other's place has counted from zero: what it counted is not known to be of this time. */
    private static OptionalDouble counted(ServerSampled before, ServerSampled now, ToLongFunction<ServerTotals> total) {
        return totals(before)
                .flatMap(earlier -> totals(now).map(later -> total.applyAsLong(later) - total.applyAsLong(earlier)))
                .filter(difference -> difference >= 0)
                .map(difference -> OptionalDouble.of(difference))
                .orElse(OptionalDouble.empty());
    }

    private static OptionalDouble rate(ServerSampled before, ServerSampled now, ToLongFunction<ServerTotals> total) {
        OptionalDouble counted = counted(before, now, total);
        double seconds = Math.max(1, now.atNanos() - before.atNanos()) / 1e9;
        return counted.isPresent()
                ? OptionalDouble.of(Math.rint(counted.getAsDouble() / seconds))
                : OptionalDouble.empty();
    }

    private static Optional<ServerTotals> totals(ServerSampled sample) {
        return sample.activity().flatMap(ServerActivity::totals);
    }

    private static double percent(double fraction) {
        return Math.round(fraction * 1000) / 10.0;
    }
}
