package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunEvent.HttpTiming;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding.Interval;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Response times beside their limits.
 *
 * <p>A percentile p needs at least 2 / (1 − p) requests (200 for p99): with fewer, two of them decide. It is then inconclusive, unless every
 * request was within the limit: then so was the percentile, whatever it is. A regression asks the same of the baseline.
 *
 * <p>Where Gatling has timed requests in whole milliseconds, a percentile is within its limit if it is so with its error added, beyond it if it is so
 * with its error taken off, and inconclusive in between.
 *
 * <p>A maximum is a fact of the run. A regression compares two stages, and chance has a part in both: it is judged by the interval of
 * {@link BlockBootstrap}. It failed if the whole interval is beyond the limit, it passed if none of it is, and is inconclusive in between. Where the scenario has
 * the rate change, it shows only what more or less traffic cannot have done (see {@link RateChange}).
 */
final class LatencyJudge {
    private static final String OBJECTIVE = "latency";

    private final Evidence evidence;
    private final List<Double> limitsNanos = new ArrayList<>();

    LatencyJudge(Evidence evidence) {
        this.evidence = evidence;
    }

    List<Finding> judge(Objective.Latency objective) {
        if (objective.service().isPresent() || objective.operation().isPresent()) {
            return List.of(judge(
                    objective,
                    objective.service(),
                    objective.operation(),
                    Wording.operations(objective.service(), objective.operation())));
        }
        return evidence.run().requests().operations().stream()
                .map(key -> new OperationKey(key.service(), key.operation(), "", false))
                .distinct()
                .map(key -> judge(
                        objective,
                        Optional.of(key.service()),
                        Optional.of(key.operation()),
                        Wording.operation(evidence.run(), key.service(), key.operation())))
                .toList();
    }

    /** One of the one or two limits of an objective, judged. */
    private record Part(Status status, OptionalDouble limitNanos, String why, Optional<Interval> interval) {
        Part(Status status, OptionalDouble limitNanos, String why) {
            this(status, limitNanos, why, Optional.empty());
        }
    }

    private Finding judge(
            Objective.Latency objective, Optional<String> service, Optional<String> operation, String name) {
        String subject = "response " + Wording.percentile(objective.percentile()) + " of " + name + " "
                + Wording.during(objective.during());
        Optional<OperationStatistics> observed =
                evidence.stage(objective.during()).map(s -> s.of(service, operation));
        if (observed.isEmpty() || observed.get().arrivals() == 0) {
            String why = observed.isEmpty()
                    ? "The run did not come that far."
                    : "There was no such request; lengthen the stage or raise the rate.";
            return finding(objective, Status.INCONCLUSIVE, subject, OptionalDouble.empty(), limitOf(objective), why);
        }
        Timings response = observed.get().response();
        Optional<Timings> baseline = evidence.stage(Stage.BASELINE)
                .map(s -> s.of(service, operation).response())
                .filter(timings -> timings.count() > 0);
        long error = errorNanos(service, operation);
        List<Part> parts = new ArrayList<>();
        objective
                .max()
                .ifPresent(max -> parts.add(against(
                        objective,
                        response,
                        (double) max.toNanos(),
                        "the limit is " + Quantities.duration(max.toNanos()),
                        (double) error)));
        objective
                .regression()
                .ifPresent(factor -> parts.add(despiteRate(
                        RateChange.of(evidence, objective.during(), service, operation),
                        regression(objective, new Subject(service, operation), response, baseline, factor, error))));
        Part worst = parts.stream().reduce(LatencyJudge::worse).orElseThrow();

        String beside = baseline.filter(b -> objective.during() != Stage.BASELINE)
                .map(b -> "; in the baseline it was " + Quantities.duration(b.percentileNanos(objective.percentile())))
                .orElse("");
        String message = sentence(subject) + " was "
                + Quantities.duration(response.percentileNanos(objective.percentile()))
                + (error > 0 ? " ± " + Quantities.duration(error) : "") + " over "
                + Wording.count(response.count(), "request", "requests") + beside + "; " + worst.why() + ".";
        Finding finding = finding(
                objective,
                worst.status(),
                subject,
                OptionalDouble.of((double) response.percentileNanos(objective.percentile())),
                worst.limitNanos(),
                message);
        Finding judged = worst.interval().map(finding::within).orElse(finding);
        return judged.status() == Status.PASSED
                ? judged
                : judged.causedBy(evidence.culprit(objective.during(), service, operation));
    }

    /** Of all that was judged so far, nanoseconds; empty if no limit was. */
    OptionalDouble smallestLimitNanos() {
        return limitsNanos.stream().mapToDouble(Double::doubleValue).min();
    }

    /** Whose requests; all services or operations where it has none. */
    private record Subject(Optional<String> service, Optional<String> operation) {}

    /** By how much a response time of these may be off; 0 where we have taken it. */
    private long errorNanos(Optional<String> service, Optional<String> operation) {
        return evidence.run().requests().operations().stream()
                .filter(key -> service.map(key.service()::equals).orElse(true))
                .filter(key -> operation.map(key.operation()::equals).orElse(true))
                .flatMap(key -> evidence.run().http(key.service()).stream())
                .mapToLong(HttpTiming::errorNanos)
                .max()
                .orElse(0);
    }

    private Part regression(
            Objective.Latency objective,
            Subject subject,
            Timings response,
            Optional<Timings> baseline,
            double factor,
            long errorNanos) {
        // The limit is made of a response time that may be off as well.
        double error = errorNanos * (1 + factor);
        if (baseline.isEmpty()) {
            return new Part(
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "the baseline has no such request to compare with; lengthen the baseline");
        }
        long needed = Timings.requestsNeeded(objective.percentile());
        if (baseline.get().count() < needed) {
            return new Part(
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "the baseline has " + Wording.count(baseline.get().count(), "request", "requests") + ", and "
                            + Wording.percentile(objective.percentile()) + " needs " + Quantities.count(needed)
                            + "; lengthen the baseline or raise the rate");
        }
        double limit = factor * baseline.get().percentileNanos(objective.percentile());
        String limited =
                "the limit is " + factor(factor) + " times the baseline's, " + Quantities.duration(Math.round(limit));
        Optional<BlockBootstrap> bootstrap = BlockBootstrap.of(evidence.run(), subject.service(), subject.operation());
        int seconds = bootstrap.map(BlockBootstrap::seconds).orElse(0);
        if (seconds < objective.baselineNeeded().toSeconds()) {
            return new Part(
                    Status.INCONCLUSIVE,
                    OptionalDouble.of(limit),
                    limited + ", but from " + seconds
                            + " s of baseline nobody can tell how much it fluctuates; make it at least "
                            + objective.baselineNeeded().toSeconds() + " s");
        }
        if (response.count() < needed) {
            return against(objective, response, limit, limited, error);
        }
        limitsNanos.add(limit);
        int stageSeconds = evidence.run()
                .stage(objective.during())
                .map(BlockBootstrap::seconds)
                .orElse(1);
        return bootstrap
                .orElseThrow()
                .interval(
                        objective.percentile(),
                        (double) response.percentileNanos(objective.percentile()),
                        Math.max(1, stageSeconds))
                .map(interval -> within(interval, limit, limited, error))
                .orElseGet(() -> new Part(
                        Status.INCONCLUSIVE,
                        OptionalDouble.of(limit),
                        limited + ", but such requests are too rare for comparing; raise the rate"));
    }

    private static Part despiteRate(Optional<RateChange> change, Part part) {
        return change.filter(changed -> changed.explains(part.status()))
                .map(changed -> new Part(
                        Status.INCONCLUSIVE,
                        part.limitNanos(),
                        part.why() + ", but " + changed.inWords()
                                + "; judge it by a max, or keep the rate the same from the baseline on",
                        part.interval()))
                .orElse(part);
    }

    private static Part within(Interval interval, double limitNanos, String limited, double errorNanos) {
        Status status = interval.low() - errorNanos > limitNanos
                ? Status.FAILED
                : interval.high() + errorNanos <= limitNanos ? Status.PASSED : Status.INCONCLUSIVE;
        String why = limited + ", and as the baseline fluctuates it stands for "
                + Quantities.duration(Math.round(interval.low())) + " to "
                + Quantities.duration(Math.round(interval.high())) + " ("
                + Quantities.percent(interval.confidence()) + " confidence)"
                + (status == Status.INCONCLUSIVE
                        ? ", on both sides of the limit; lengthen the baseline and the stage, or raise the rate"
                        : "");
        return new Part(status, OptionalDouble.of(limitNanos), why, Optional.of(interval));
    }

    private Part against(
            Objective.Latency objective, Timings response, double limitNanos, String limit, double errorNanos) {
        OptionalDouble number = OptionalDouble.of(limitNanos);
        limitsNanos.add(limitNanos);
        long needed = Timings.requestsNeeded(objective.percentile());
        if (response.maxNanos() + errorNanos <= limitNanos) {
            return new Part(Status.PASSED, number, limit);
        }
        if (response.count() < needed) {
            return new Part(
                    Status.INCONCLUSIVE,
                    number,
                    limit + ", but " + Wording.percentile(objective.percentile()) + " needs " + Quantities.count(needed)
                            + " requests; lengthen the stage or raise the rate");
        }
        double percentile = response.percentileNanos(objective.percentile());
        if (percentile + errorNanos <= limitNanos) {
            return new Part(Status.PASSED, number, limit);
        }
        return percentile - errorNanos > limitNanos
                ? new Part(Status.FAILED, number, limit)
                : new Part(Status.INCONCLUSIVE, number, limit + ", which lies within the error; raise it");
    }

    /** Failed before inconclusive before passed; of two alike, the one with the smaller limit. */
    private static Part worse(Part one, Part other) {
        int byStatus = Integer.compare(severity(one.status()), severity(other.status()));
        if (byStatus != 0) {
            return byStatus > 0 ? one : other;
        }
        return one.limitNanos().orElse(Double.MAX_VALUE) <= other.limitNanos().orElse(Double.MAX_VALUE) ? one : other;
    }

    private static int severity(Status status) {
        return switch (status) {
            case PASSED -> 0;
            case INCONCLUSIVE -> 1;
            case FAILED -> 2;
        };
    }

    private static OptionalDouble limitOf(Objective.Latency objective) {
        return objective
                .max()
                .map(max -> OptionalDouble.of((double) max.toNanos()))
                .orElse(OptionalDouble.empty());
    }

    private static Finding finding(
            Objective.Latency objective,
            Status status,
            String subject,
            OptionalDouble observedNanos,
            OptionalDouble limitNanos,
            String message) {
        return Finding.ofDuration(OBJECTIVE, status, subject, observedNanos, limitNanos, message, objective.location());
    }

    private static String factor(double factor) {
        return factor == Math.rint(factor) ? String.format(Locale.ROOT, "%.0f", factor) : String.valueOf(factor);
    }

    private static String sentence(String phrase) {
        return phrase.substring(0, 1).toUpperCase(Locale.ROOT) + phrase.substring(1);
    }
}
