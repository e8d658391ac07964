package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Whether a stage has enough requests behind each percentile that is judged in it.
 *
 * <p>The percentile p is the value that a share of 1 − p exceeds. With 2 / (1 − p) requests two are expected beyond it: fewer, and a single
 * slow request decides. So p99 needs 200 requests and p99.9 needs 2,000; the maximum (p100) needs no number.
 *
 * <p>A rate that changes counts with its mean over baseline and migration, which begin when the file says, and over stages after these with its lowest.
 */
record Reachability(Workload workload) {
    private static final Duration LONGEST_DEFAULT = Duration.ofSeconds(60);
    private static final Duration SHORTEST_MIGRATION = Duration.ofSeconds(5);
    private static final Duration SHORTEST_ROLLBACK = Duration.ofSeconds(3);

    /** How long the migration is watched if the scenario does not say. */
    Duration defaultMigration(List<Objective> objectives) {
        return defaultLength(objectives, Stage.MIGRATION, SHORTEST_MIGRATION);
    }

    /** How long the rollback is watched if the scenario does not say. */
    Duration defaultRollback(List<Objective> objectives, boolean hasRollback) {
        return hasRollback ? defaultLength(objectives, Stage.ROLLBACK, SHORTEST_ROLLBACK) : Duration.ZERO;
    }

    private Duration defaultLength(List<Objective> objectives, Stage stage, Duration shortest) {
        long seconds = latencies(objectives)
                .filter(latency -> latency.during() == stage)
                .flatMap(latency -> rarest(latency, Rate::lowest).stream().map(subject -> seconds(latency, subject)))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        Duration needed = Duration.ofSeconds(Math.min(seconds, LONGEST_DEFAULT.toSeconds()));
        return needed.compareTo(shortest) > 0 ? needed : shortest;
    }

    /** What is wrong with one objective; empty if nothing is. */
    List<String> problems(Objective.Latency latency, Timeline timeline) {
        List<Stage> stages = new ArrayList<>(List.of(latency.during()));
        if (latency.regression().isPresent() && latency.during() != Stage.BASELINE) {
            stages.add(Stage.BASELINE);
        }
        return stages.stream()
                .flatMap(stage -> rarest(latency, rate -> during(stage, rate, timeline))
                        .flatMap(subject -> problem(latency, subject, stage, timeline))
                        .stream())
                .toList();
    }

    /** A regression is judged beside the baseline's own fluctuation, which takes some seconds of it. */
    Optional<String> baselineTooShort(Objective.Latency latency, Timeline timeline) {
        Duration needed = latency.baselineNeeded();
        return timeline.baseline().compareTo(needed) >= 0
                ? Optional.empty()
                : latency.regression()
                        .map(factor ->
                                "is compared with how much the baseline fluctuates, which takes %s of it; got %s: make timeline.baseline at least %s"
                                        .formatted(
                                                Quantity.write(needed),
                                                Quantity.write(timeline.baseline()),
                                                Quantity.write(needed)));
    }

    private static Optional<String> problem(
            Objective.Latency latency, Subject subject, Stage stage, Timeline timeline) {
        long needed = requests(latency);
        Duration length = length(stage, timeline);
        double expected = subject.arrivalsPerSecond() * length.toNanos() / 1e9;
        // A sixth of 100/s for 12 s is 200 requests, less a few units in the last place.
        if (expected >= needed - 1e-6) {
            return Optional.empty();
        }
        return Optional.of(
                "p%s of %s needs %,d requests; %s/s for %s of %s gives %,d: make timeline.%s at least %,ds, or raise the rate"
                        .formatted(
                                Quantity.plain(latency.percentile()),
                                subject.name(),
                                needed,
                                perSecond(subject),
                                Quantity.write(length),
                                stage.word(),
                                (long) expected,
                                key(stage),
                                seconds(latency, subject)));
    }

    private static double during(Stage stage, Rate rate, Timeline timeline) {
        Optional<Duration> start = switch (stage) {
            case WARMUP -> Optional.of(Duration.ZERO);
            case BASELINE -> Optional.of(timeline.warmup());
            case MIGRATION -> Optional.of(timeline.warmup().plus(timeline.baseline()));
            case SETTLE, ROLLBACK, RECOVERY -> Optional.empty();
        };
        Duration length = length(stage, timeline);
        if (rate.steady() || start.isEmpty() || length.isZero()) {
            return rate.lowest();
        }
        return rate.expected().mean(seconds(start.get()), seconds(start.get().plus(length)));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static String perSecond(Subject subject) {
        return Quantity.plain(
                new java.math.BigDecimal(subject.arrivalsPerSecond()).round(new java.math.MathContext(4)));
    }

    private static Stream<Objective.Latency> latencies(List<Objective> objectives) {
        return objectives.stream().filter(Objective.Latency.class::isInstance).map(Objective.Latency.class::cast);
    }

    private static long requests(Objective.Latency latency) {
        if (latency.percentile() >= 100) {
            return 0;
        }
        // The subtraction is off by a few units in the last place, which must not become a request more.
        return (long) Math.ceil(200 / (100 - latency.percentile()) - 1e-6);
    }

    private static long seconds(Objective.Latency latency, Subject subject) {
        return (long) Math.ceil(requests(latency) / subject.arrivalsPerSecond() - 1e-9);
    }

    private static Duration length(Stage stage, Timeline timeline) {
        return switch (stage) {
            case WARMUP -> timeline.warmup();
            case BASELINE -> timeline.baseline();
            case MIGRATION -> timeline.migration();
            case SETTLE, RECOVERY -> timeline.settle();
            case ROLLBACK -> timeline.rollback();
        };
    }

    private static String key(Stage stage) {
        return stage == Stage.RECOVERY ? Stage.SETTLE.word() : stage.word();
    }

    /** Requests that are judged together. */
    private record Subject(String name, double arrivalsPerSecond) {}

    private Optional<Subject> rarest(Objective.Latency latency, ToDoubleFunction<Rate> rates) {
        List<Subject> subjects = new ArrayList<>();
        for (Workload.Service service : workload.services()) {
            if (latency.service().isPresent() && !latency.service().get().equals(service.name())) {
                continue;
            }
            double perSecond = rates.applyAsDouble(service.rate());
            if (latency.service().isPresent() && latency.operation().isEmpty()) {
                subjects.add(new Subject(service.name(), perSecond));
                continue;
            }
            service.shares().stream()
                    .filter(operation -> latency.operation().isEmpty()
                            || latency.operation().get().equals(operation.name()))
                    .forEach(operation ->
                            subjects.add(new Subject(operation.name(), perSecond * operation.perArrival())));
        }
        return subjects.stream().min(Comparator.comparingDouble(Subject::arrivalsPerSecond));
    }
}
